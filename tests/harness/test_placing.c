/* test_placing.c - what the processes of a replicate share, and what the next one has instead. */
#include "cmocka_all.h"

#include "harness/base/placement.h"
#include "harness/run/placing.h"

#include <json-c/json.h>
#include <string.h>

static struct lb_placing placing;

static const char *said_of(struct json_object *checks, const char *key)
{
    struct json_object *check = json_object_array_get_idx(checks, 0);
    return json_object_get_string(json_object_object_get(check, key));
}

static void replicates_differ_in_their_copy_and_in_their_addresses(void **state)
{
    struct lb_child_options first = {.seed = 7}, second = {.seed = 7};
    (void)state;
    lb_placing_prepare(&placing, "/bin/sh", 1, NULL);
    lb_placing_draw(&placing, &first);
    lb_placing_draw(&placing, &second);
    assert_string_not_equal(first.file, second.file);
    assert_true(first.placement && second.placement && first.placement != second.placement);
    assert_int_equal(second.seed, 7);
    lb_placing_free(&placing);
}

static void the_same_seed_draws_the_same_addresses(void **state)
{
    struct lb_child_options once, again, other;
    (void)state;
    for (int i = 0; i < 3; i++) {
        lb_placing_prepare(&placing, "/bin/sh", i < 2 ? 5 : 6, NULL);
        lb_placing_draw(&placing, i == 0 ? &once : i == 1 ? &again : &other);
        lb_placing_free(&placing);
    }
    assert_true(once.placement == again.placement);
    assert_true(once.placement != other.placement);
}

static void this_program_is_copied_where_none_is_named_and_the_check_passes(void **state)
{
    struct json_object *checks = json_object_new_array();
    (void)state;
    lb_placing_prepare(&placing, NULL, 1, checks);
    assert_int_equal(placing.copies.count, LB_COPIES);
    assert_string_equal(said_of(checks, "status"), lb_placement_can_fix() ? "pass" : "warn");
    lb_placing_free(&placing);
    json_object_put(checks);
}

static void what_cannot_be_copied_is_a_warning_and_the_program_itself(void **state)
{
    struct json_object *checks = json_object_new_array();
    struct lb_child_options child = {.file = "before"};
    (void)state;
    lb_placing_prepare(&placing, "/nonexistent/program", 1, checks);
    lb_placing_draw(&placing, &child);
    assert_null(child.file);
    assert_true(child.placement != 0);
    assert_string_equal(said_of(checks, "status"), "warn");
    assert_non_null(strstr(said_of(checks, "text"), "cannot read /nonexistent/program"));
    lb_placing_free(&placing);
    json_object_put(checks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replicates_differ_in_their_copy_and_in_their_addresses),
        cmocka_unit_test(the_same_seed_draws_the_same_addresses),
        cmocka_unit_test(this_program_is_copied_where_none_is_named_and_the_check_passes),
        cmocka_unit_test(what_cannot_be_copied_is_a_warning_and_the_program_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
