/*
 * test_case_json.c - what was read of a counter over a case's samples, as the document says it: a
 * number, or null with its status and reason. Over a fake kernel, through the real bracket.
 */
#include "cmocka_all.h"

#include "tests/harness/fake_benchmarks.h"
#include "tests/harness/fake_machine.h"

#include "harness/document/case_json.h"

#include <json-c/json.h>
#include <math.h>

enum { COUNTERS = 4, OPS = 1000 };
#define MILLISECOND_NS UINT64_C(1000000)

static struct {
    struct fake_machine machine;
    struct lb_counter_session *session;
    struct lb_case c;
    struct lb_result result;
    unsigned next_pass;
} fixture;

static int set_up(void **state)
{
    (void)state;
    struct lb_named_events events = {.count = 0};
    assert_int_equal(lb_named_events_add(&events, "r1001,r1002", NULL), LB_OK);
    fake_machine_init_zen3(&fixture.machine, COUNTERS);
    fixture.session = fake_machine_open_with(&fixture.machine, 0, &events);
    fixture.c = (struct lb_case){.benchmark = &fake_rungs, .variant = &fake_variants[0]};
    fixture.next_pass = 0;
    lb_result_init(&fixture.result, &fixture.c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lb_result_free(&fixture.result);
    lb_counters_close(fixture.session);
    fake_machine_remove(&fixture.machine);
    return 0;
}

/* A visit of so many samples of a millisecond, which take the passes in turn. */
static void visit(unsigned samples)
{
    struct lb_sample taken[8];
    const struct lb_visit visit = {.steady = true};
    for (unsigned i = 0; i < samples; i++) {
        unsigned pass = fixture.next_pass++ % lb_counters_passes(fixture.session);
        taken[i] =
            (struct lb_sample){.ops = OPS, .wall_ns = MILLISECOND_NS, .cpu_ns = MILLISECOND_NS};
        lb_counters_begin(fixture.session, pass);
        lb_fake_kernel_advance(&fixture.machine.kernel, MILLISECOND_NS);
        lb_counters_end(fixture.session, pass, taken[i].counters);
    }
    assert_int_equal(lb_result_add_visit(&fixture.result, &visit, taken, samples), LB_OK);
}

/* The member `key` of a counter of the document's case; NULL: it is null, or not there. */
static struct json_object *of(struct json_object *row, const char *counter, const char *key)
{
    struct json_object *counters = NULL, *reading = NULL, *value = NULL;
    assert_true(json_object_object_get_ex(row, "counters", &counters));
    if (!json_object_object_get_ex(counters, counter, &reading))
        fail_msg("no %s in %s", counter, json_object_to_json_string(counters));
    json_object_object_get_ex(reading, key, &value);
    return value;
}

static void is(struct json_object *row, const char *counter, const char *status, double value)
{
    struct json_object *found = of(row, counter, "value_per_op");
    assert_string_equal(json_object_get_string(of(row, counter, "status")), status);
    if (isnan(value)) {
        assert_null(found);
        assert_non_null(of(row, counter, "reason"));
    } else {
        assert_non_null(found);
        assert_true(fabs(json_object_get_double(found) - value) < 1e-9);
        assert_null(of(row, counter, "reason"));
    }
}

static struct json_object *row_of_the_case(void)
{
    const struct lb_point_label label = {.level = NULL};
    assert_int_equal(lb_result_analyse(&fixture.result, NULL), LB_OK);
    return lb_case_to_json(&fixture.result, NULL, fixture.session, &label);
}

/* Ten hardware events on four counters: three passes. An event rNNNN counts NNNN a microsecond. */
static void what_each_pass_counted_is_a_number_per_op(void **state)
{
    (void)state;
    assert_int_equal(lb_counters_passes(fixture.session), 3);
    visit(3);
    visit(4);
    struct json_object *row = row_of_the_case();
    is(row, "r1001", "counted", 0x1001);
    is(row, "r1002", "counted", 0x1002);
    assert_string_equal(json_object_get_string(of(row, "r1001", "event")), "perf_raw::r1001");
    assert_string_equal(json_object_get_string(of(row, "r1001", "source")), "fake");
    assert_null(of(row, "r1001", "raw"));
    json_object_put(row);
}

/* r1001 and r1002 are in the third pass; its second reading shares the PMU for half of the time. */
static void a_count_of_a_part_of_the_time_is_raw_and_no_figure(void **state)
{
    (void)state;
    visit(5);
    fixture.machine.kernel.counters_held = COUNTERS;
    visit(1);
    fixture.machine.kernel.counters_held = 0;
    struct json_object *row = row_of_the_case();
    is(row, "r1001", "multiplexed", NAN);
    assert_int_equal(json_object_get_int64(of(row, "r1001", "raw")), 0x1001 * 1000);
    assert_int_equal(json_object_get_int64(of(row, "r1001", "time_enabled_ns")),
                     2 * MILLISECOND_NS);
    assert_int_equal(json_object_get_int64(of(row, "r1001", "time_running_ns")), MILLISECOND_NS);
    is(row, "cycles", "counted", json_object_get_double(of(row, "cycles", "value_per_op")));
    is(row, "page_faults", "counted", 2);
    json_object_put(row);
}

static void a_counter_that_went_away_is_lost_and_no_smaller_number(void **state)
{
    (void)state;
    visit(3);
    fixture.machine.kernel.reads_end = true;
    visit(3);
    struct json_object *row = row_of_the_case();
    is(row, "cycles", "lost", NAN);
    is(row, "r1002", "lost", NAN);
    assert_non_null(strstr(json_object_get_string(of(row, "r1002", "reason")), "went away"));
    assert_null(of(row, "r1002", "raw"));
    json_object_put(row);
}

static void what_no_sample_has_read_is_lost_and_not_zero(void **state)
{
    (void)state;
    visit(2);
    struct json_object *row = row_of_the_case();
    is(row, "r1001", "lost", NAN);
    assert_non_null(strstr(json_object_get_string(of(row, "r1001", "reason")), "no sample"));
    json_object_put(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_each_pass_counted_is_a_number_per_op, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_count_of_a_part_of_the_time_is_raw_and_no_figure, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_counter_that_went_away_is_lost_and_no_smaller_number,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_sample_has_read_is_lost_and_not_zero, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
