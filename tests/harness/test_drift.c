/* test_drift.c - a clock that moves is seen, counted and told. */
#include "cmocka_all.h"

#include "harness/run/drift.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

static void a_clock_has_moved_when_the_two_looks_differ(void **state)
{
    struct lb_drift drift = {.replicates = 0};
    (void)state;
    assert_false(lb_drift_look(&drift, 0.50, 0.52));
    assert_true(lb_drift_look(&drift, 0.50, 0.53));
    assert_true(lb_drift_look(&drift, 0.53, 0.50));
    assert_int_equal(drift.replicates, 3);
    assert_int_equal(drift.moved, 2);
}

static void a_clock_that_is_slow_and_stays_so_has_not_moved(void **state)
{
    struct lb_drift drift = {.replicates = 0};
    (void)state;
    assert_false(lb_drift_look(&drift, 0.25, 0.25));
    assert_false(lb_drift_look(&drift, 0.40, 0.41));
    assert_int_equal(drift.moved, 0);
    assert_float_equal(drift.least_ns, 0.25, 1e-9);
    assert_float_equal(drift.most_ns, 0.41, 1e-9);
}

static void a_look_that_failed_is_no_look(void **state)
{
    struct lb_drift drift = {.replicates = 0};
    (void)state;
    assert_false(lb_drift_look(&drift, NAN, 0.5));
    assert_false(lb_drift_look(&drift, 0.5, NAN));
    assert_int_equal(drift.replicates, 0);
}

/* The status of the one check that this drift makes; its figure in *figure. */
static const char *check_of(const struct lb_drift *drift, struct json_object *checks,
                            struct json_object **figure)
{
    lb_drift_check(drift, checks);
    struct json_object *check = json_object_array_get_idx(checks, 0);
    *figure = json_object_object_get(check, "figure");
    return json_object_get_string(json_object_object_get(check, "status"));
}

static void the_check_passes_warns_or_does_not_know(void **state)
{
    static const struct {
        struct lb_drift drift;
        const char *status;
    } rows[] = {
        {{.least_ns = 0.5, .most_ns = 0.51, .replicates = 9}, "pass"},
        {{.least_ns = 0.5, .most_ns = 0.60, .replicates = 9, .moved = 1}, "warn"},
        {{.replicates = 0}, "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_object *checks = json_object_new_array(), *figure;
        assert_string_equal(check_of(&rows[i].drift, checks, &figure), rows[i].status);
        assert_int_equal(figure != NULL, rows[i].drift.replicates > 0);
        json_object_put(checks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_has_moved_when_the_two_looks_differ),
        cmocka_unit_test(a_clock_that_is_slow_and_stays_so_has_not_moved),
        cmocka_unit_test(a_look_that_failed_is_no_look),
        cmocka_unit_test(the_check_passes_warns_or_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
