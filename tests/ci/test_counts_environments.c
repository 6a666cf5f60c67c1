/* test_counts_environments.c - whether two sides were built alike, and in which field not. */
#include "ci/counts.h"
#include "tests/ci/made_side.h"

static void set_environment(struct lb_results *side, const char *compiler, const char *libc)
{
    side->environment_count = 0;
    add_field(side->environment, &side->environment_count, "compiler", compiler);
    if (libc)
        add_field(side->environment, &side->environment_count, "libc", libc);
}

/* Whether the sides are comparable, where what `glob` means was accepted until 2026-11-23. */
static bool comparable(const char *glob, const char *today)
{
    struct lb_acknowledgement entry = {
        .metric = LB_GATE_ENVIRONMENT, .limit = NAN, .reason = "agreed", .expires = "2026-11-23"};
    struct lb_acknowledgements accepted = {.entries = &entry, .count = 1};
    bool comparable = false;
    snprintf(entry.cases, sizeof entry.cases, "%s", glob);
    lb_gate_free(&gate);
    assert_int_equal(
        lb_counts_compare_environments(&base, &head, &accepted, today, &gate, &comparable, NULL),
        LB_OK);
    return comparable;
}

static void assert_differs(size_t i, const char *field, const char *text)
{
    assert_true(i < gate.row_count && i < gate.notice_count);
    assert_string_equal(gate.rows[i].case_id, field);
    assert_int_equal(gate.rows[i].metric, LB_GATE_ENVIRONMENT);
    assert_int_equal(gate.rows[i].verdict, LB_GATE_NOT_COMPARABLE);
    assert_string_equal(gate.rows[i].reason, text);
    assert_int_equal(gate.notices[i].kind, LB_GATE_NOTICE_DIFFERS);
    assert_string_equal(gate.notices[i].subject, field);
    assert_string_equal(gate.notices[i].text, text);
}

static void each_field_in_which_environments_differ_is_named_with_both_values(void **state)
{
    (void)state;
    set_environment(&base, "gcc", "2.36");
    set_environment(&head, "gcc", "2.36");
    assert_true(comparable("", "2026-11-23"));
    assert_int_equal(gate.row_count, 0);
    set_environment(&head, "clang", "2.36");
    assert_false(comparable("", "2026-11-23"));
    assert_int_equal(gate.row_count, 1);
    assert_differs(0, "compiler", "'gcc' against 'clang'");
}

static void a_field_that_one_side_does_not_tell_differs(void **state)
{
    (void)state;
    set_environment(&base, "gcc", NULL);
    set_environment(&head, "gcc", "2.36");
    assert_false(comparable("", "2026-11-23"));
    assert_int_equal(gate.row_count, 1);
    assert_differs(0, "libc", "'not told' against '2.36'");
    set_environment(&base, "gcc", "2.36");
    set_environment(&head, "gcc", NULL);
    assert_false(comparable("", "2026-11-23"));
    assert_int_equal(gate.row_count, 1);
    assert_differs(0, "libc", "'2.36' against 'not told'");
    head.environment_count = 0; /* not known at all: nothing to hold it against */
    assert_true(comparable("", "2026-11-23"));
}

static void environments_compare_when_every_difference_was_accepted(void **state)
{
    (void)state;
    set_environment(&base, "gcc", "2.36");
    set_environment(&head, "clang", "2.36");
    assert_true(comparable("compiler", "2026-11-23"));
    assert_string_equal(gate.rows[0].accepted, "agreed");
    assert_false(comparable("compiler", "2026-11-24"));
    assert_false(comparable("libc", "2026-11-23"));
    set_environment(&head, "clang", "2.37");
    assert_false(comparable("compiler", "2026-11-23"));
    assert_false(comparable("libc", "2026-11-23"));
    assert_true(comparable("*", "2026-11-23"));
}

#define TEST(name) cmocka_unit_test_teardown(name, forget_sides)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_field_in_which_environments_differ_is_named_with_both_values),
        TEST(a_field_that_one_side_does_not_tell_differs),
        TEST(environments_compare_when_every_difference_was_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
