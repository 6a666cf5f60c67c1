/* test_metrics.c - what authors set, what they leave out, and exact percentiles. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/case/metrics.h"
#include "harness/case/metrics_json.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lb_benchmark benchmark;
static struct lb_metric_values values;
static struct lb_measurement measurement;

static int set_up(void **state)
{
    (void)state;
    benchmark = fake_rungs;
    benchmark.metrics[0] =
        (struct lb_metric){"probes", "probes per op", "slots seen", LB_LOWER_IS_BETTER};
    benchmark.metrics[1] = (struct lb_metric){"share", "share", "of the time", LB_HIGHER_IS_BETTER};
    measurement = (struct lb_measurement){.values = &values};
    lb_metrics_init(&values, &benchmark, "nobody asked");
    return 0;
}

static void a_metric_that_nothing_was_said_of_is_not_zero(void **state)
{
    (void)state;
    assert_int_equal(lb_metrics_count(&benchmark), 2);
    assert_true(isnan(values.of[0].value));
    assert_string_equal(values.of[0].reason, "nobody asked");
}

static void what_was_set_is_found_by_name(void **state)
{
    (void)state;
    lb_metric_set(&measurement, "share", 0.75);
    assert_true(lb_metrics_find(&values, "share")->value == 0.75);
    assert_string_equal(lb_metrics_find(&values, "share")->reason, "");
    assert_null(lb_metrics_find(&values, "shares"));
}

static void zero_is_a_measurement(void **state)
{
    (void)state;
    lb_metric_set(&measurement, "probes", 0);
    assert_true(values.of[0].value == 0 && values.of[0].reason[0] == 0);
}

static void unknown_has_the_reason_that_was_given(void **state)
{
    (void)state;
    lb_metric_set(&measurement, "probes", 3);
    lb_metric_unknown(&measurement, "probes", "the library does not tell");
    assert_true(isnan(values.of[0].value));
    assert_string_equal(values.of[0].reason, "the library does not tell");
}

static void what_is_no_number_is_unknown(void **state)
{
    static const double none[] = {NAN, INFINITY, -INFINITY};
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(none); i++) {
        lb_metric_set(&measurement, "probes", none[i]);
        assert_true(isnan(values.of[0].value) && values.of[0].reason[0]);
    }
}

static void a_name_that_was_not_named_ends_the_process_of_the_case(void **state)
{
    int status;
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        lb_metric_set(&measurement, "probs", 1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
}

static const char *text_of(struct json_object *o, const char *key)
{
    struct json_object *text = NULL;
    return json_object_object_get_ex(o, key, &text) ? json_object_get_string(text) : NULL;
}

static void the_document_has_a_number_or_null_with_its_reason(void **state)
{
    struct json_object *all, *probes, *share;
    (void)state;
    lb_metric_set(&measurement, "probes", 1.5);
    all = lb_metrics_to_json(&values);
    assert_true(json_object_object_get_ex(all, "probes", &probes));
    assert_string_equal(text_of(probes, "value"), "1.5");
    assert_string_equal(text_of(probes, "unit"), "probes per op");
    assert_string_equal(text_of(probes, "better"), "lower");
    assert_string_equal(text_of(probes, "status"), "ok");
    assert_null(text_of(probes, "reason"));
    assert_true(json_object_object_get_ex(all, "share", &share));
    assert_null(text_of(share, "value"));
    assert_string_equal(text_of(share, "better"), "higher");
    assert_string_equal(text_of(share, "status"), "unknown");
    assert_string_equal(text_of(share, "reason"), "nobody asked");
    json_object_put(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_metric_that_nothing_was_said_of_is_not_zero, set_up),
        cmocka_unit_test_setup(what_was_set_is_found_by_name, set_up),
        cmocka_unit_test_setup(zero_is_a_measurement, set_up),
        cmocka_unit_test_setup(unknown_has_the_reason_that_was_given, set_up),
        cmocka_unit_test_setup(what_is_no_number_is_unknown, set_up),
        cmocka_unit_test_setup(a_name_that_was_not_named_ends_the_process_of_the_case, set_up),
        cmocka_unit_test_setup(the_document_has_a_number_or_null_with_its_reason, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
