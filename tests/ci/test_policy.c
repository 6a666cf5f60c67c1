/* test_policy.c - the policy that is built in, one of a file, and what is no policy. */
#include "ci/policy.h"
#include "tests/ci/edited_json.h"

#include <math.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct lb_policy policy; /* as it was read last */

static struct json_object *built_in(void)
{
    return json_tokener_parse(lb_policy_source);
}

static enum lb_status read_policy(const char *path, struct lb_error *error)
{
    return lb_policy_read(path, &policy, error);
}

static const struct edited edited = {.document = built_in, .read = read_policy};

static void assert_read(const struct edit *edits, size_t count)
{
    struct lb_error error;
    char path[64];
    if (read_edited(&edited, edits, count, path, &error) != LB_OK)
        fail_msg("%s", error.text);
}

/* ---- What is read -------------------------------------------------------------------------- */

static void the_built_in_policy_has_the_tolerances_that_the_gate_promises(void **state)
{
    static const struct {
        enum lb_gate_source source;
        enum lb_gate_metric metric;
        double relative, per_op;
        bool judged;
    } rows[] = {
        {LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 0.001, 0, true},
        {LB_GATE_SIMULATED, LB_GATE_L1D_MISSES, 0.005, 0.001, true},
        {LB_GATE_SIMULATED, LB_GATE_L3_MISSES, 0.005, 0.001, true},
        {LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 0.001, 0.01, true},
        {LB_GATE_HARDWARE, LB_GATE_L1D_MISSES, 0.005, 0.001, false},
        {LB_GATE_HARDWARE, LB_GATE_L3_MISSES, 0.005, 0.001, false},
    };
    (void)state;
    assert_int_equal(lb_policy_read(NULL, &policy, NULL), LB_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct lb_policy_tolerance *t =
            lb_policy_tolerance(&policy, rows[i].source, rows[i].metric);
        assert_non_null(t);
        assert_true(t->relative == rows[i].relative && t->per_op == rows[i].per_op);
        assert_int_equal(t->judged, rows[i].judged);
        assert_true(t->reason[0]);
    }
}

static void the_built_in_policy_allows_times_two_percent_at_two_rungs(void **state)
{
    (void)state;
    assert_int_equal(lb_policy_read(NULL, &policy, NULL), LB_OK);
    assert_true(policy.time_allowance == 0.02);
    assert_true(policy.create_limit_ns == 50e6);
    assert_int_equal(policy.time_rung_count, 2);
    assert_string_equal(policy.time_rungs[0], "256KiB");
    assert_string_equal(policy.time_rungs[1], "64MiB");
    assert_true(policy.parameter_limit_bytes == UINT64_C(4) << 20);
}

static void an_exception_is_of_the_cases_that_it_means_and_the_first_one_holds(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/time/exceptions",
         "[{\"cases\":\"toy/sum/*/ws=64MiB\",\"allowance\":null,\"reason\":\"\"},"
         "{\"cases\":\"toy\",\"allowance\":0.1,\"reason\":\"\"}]",
         ""},
    };
    (void)state;
    assert_read(edits, COUNT_OF(edits));
    assert_int_equal(policy.exception_count, 2);
    assert_true(isnan(lb_policy_time_allowance(&policy, "toy/sum/inline/ws=64MiB")));
    assert_true(lb_policy_time_allowance(&policy, "toy/sum/inline/ws=256KiB") == 0.1);
    assert_true(lb_policy_time_allowance(&policy, "toys/sum/inline/ws=256KiB") == 0.02);
}

static void a_file_stands_in_for_what_is_built_in(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/counts/hardware/l3_misses/relative", "0.25", ""},
        {__LINE__, "/counts/hardware/l3_misses/judged", "true", ""},
        {__LINE__, "/counts/simulated/instructions/per_op", "7", ""},
        {__LINE__, "/time/allowance", "0.5", ""},
        {__LINE__, "/time/create_limit_ms", "3", ""},
        {__LINE__, "/time/working_sets", "[\"2MiB\"]", ""},
        {__LINE__, "/time/parameter_limit", "\"48KiB\"", ""},
    };
    (void)state;
    assert_read(edits, COUNT_OF(edits));
    const struct lb_policy_tolerance *t =
        lb_policy_tolerance(&policy, LB_GATE_HARDWARE, LB_GATE_L3_MISSES);
    assert_true(t->relative == 0.25 && t->judged);
    t = lb_policy_tolerance(&policy, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS);
    assert_true(t->per_op == 7);
    assert_true(policy.time_allowance == 0.5);
    assert_true(policy.create_limit_ns == 3e6);
    assert_int_equal(policy.time_rung_count, 1);
    assert_string_equal(policy.time_rungs[0], "2MiB");
    assert_true(policy.parameter_limit_bytes == UINT64_C(48) << 10);
}

static void the_ends_of_each_range_are_allowed(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/counts/simulated/l1d_misses/relative", "0", ""},
        {__LINE__, "/counts/simulated/l1d_misses/relative", "1", ""},
        {__LINE__, "/counts/simulated/l1d_misses/per_op", "0", ""},
        {__LINE__, "/counts/simulated/l1d_misses/per_op", "1e6", ""},
        {__LINE__, "/time/allowance", "0.001", ""},
        {__LINE__, "/time/allowance", "1", ""},
        {__LINE__, "/time/create_limit_ms", "0", ""},
        {__LINE__, "/time/create_limit_ms", "1000000", ""},
        {__LINE__, "/time/working_sets", "[\"123456789012KiB\"]", ""},
        {__LINE__, "/time/working_sets",
         "[\"1KiB\",\"2KiB\",\"3KiB\",\"4KiB\",\"5KiB\",\"6KiB\",\"7KiB\",\"8KiB\"]", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(edits); i++)
        assert_read(&edits[i], 1);
    assert_int_equal(policy.time_rung_count, 8);
}

static void only_counters_of_the_two_counting_sources_have_tolerances(void **state)
{
    static const enum lb_gate_metric uncounted[] = {LB_GATE_CASE, LB_GATE_ENVIRONMENT,
                                                    LB_GATE_TIME};
    static const enum lb_gate_source elsewhere[] = {LB_GATE_NO_SOURCE, LB_GATE_PAIRS,
                                                    LB_GATE_STORED};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(uncounted); i++)
        assert_null(lb_policy_tolerance(&policy, LB_GATE_SIMULATED, uncounted[i]));
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
        assert_null(lb_policy_tolerance(&policy, elsewhere[i], LB_GATE_INSTRUCTIONS));
}

/* ---- What is refused ----------------------------------------------------------------------- */

static void a_tolerance_that_is_not_understood_is_refused_by_its_place(void **state)
{
#define TOLERANCE "/counts/simulated/instructions"
#define PLACE     "$.counts.simulated.instructions"
    static const struct edit edits[] = {
        {__LINE__, TOLERANCE "/relative", "-0.001", PLACE ".relative: -0.001 is not from 0 to 1"},
        {__LINE__, TOLERANCE "/relative", "1.001", PLACE ".relative: 1.001 is not from 0 to 1"},
        {__LINE__, TOLERANCE "/relative", "NaN", PLACE ".relative: NaN"},
        {__LINE__, TOLERANCE "/relative", "Infinity", PLACE ".relative: NaN and infinities"},
        {__LINE__, TOLERANCE "/relative", "\"0.1 %\"", PLACE ".relative: not a number"},
        {__LINE__, TOLERANCE "/relative", "null", PLACE ".relative: not a number"},
        {__LINE__, TOLERANCE "/relative", NULL, PLACE ".relative: missing"},
        {__LINE__, TOLERANCE "/per_op", "-1", PLACE ".per_op: -1 is not from 0"},
        {__LINE__, TOLERANCE "/per_op", "1000001", PLACE ".per_op: 1e+06 is not from 0"},
        {__LINE__, TOLERANCE "/per_op", NULL, PLACE ".per_op: missing"},
        {__LINE__, TOLERANCE "/judged", "1", PLACE ".judged: not true or false"},
        {__LINE__, TOLERANCE "/judged", NULL, PLACE ".judged: missing"},
        {__LINE__, TOLERANCE "/reason", NULL, PLACE ".reason: missing"},
        {__LINE__, TOLERANCE "/reason", "\"two\\nlines\"", PLACE ".reason: holds a control"},
        {__LINE__, TOLERANCE "/absolute", "1", PLACE ": unknown field 'absolute'"},
        {__LINE__, TOLERANCE, "[]", PLACE ": not an object"},
        {__LINE__, TOLERANCE, NULL, PLACE ": missing"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
#undef TOLERANCE
#undef PLACE
}

static void a_metric_or_a_source_that_is_not_known_is_refused_with_the_nearest(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/counts/simulated/l4_misses", "{}",
         "$.counts.simulated: unknown field 'l4_misses'; did you mean 'l3_misses'?"},
        {__LINE__, "/counts/simulated/time", "{}", "$.counts.simulated: unknown field 'time'"},
        {__LINE__, "/counts/simulate", "{}",
         "$.counts: unknown field 'simulate'; did you mean 'simulated'?"},
        {__LINE__, "/counts/pairs", "{}", "$.counts: unknown field 'pairs'"},
        {__LINE__, "/counts/hardware", NULL, "$.counts.hardware: missing"},
        {__LINE__, "/counts", NULL, "$.counts: missing"},
        {__LINE__, "/count", "{}", "$: unknown field 'count'; did you mean 'counts'?"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
}

static void what_is_said_of_time_is_read_as_strictly(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/time/allowance", "0", "$.time.allowance: 0 is not from 0.001 to 1"},
        {__LINE__, "/time/allowance", "1.01", "$.time.allowance: 1.01 is not from 0.001 to 1"},
        {__LINE__, "/time/create_limit_ms", "-1", "$.time.create_limit_ms: -1 is not from 0"},
        {__LINE__, "/time/parameter_limit", NULL, "$.time.parameter_limit: missing"},
        {__LINE__, "/time/parameter_limit", "4", "$.time.parameter_limit: not a text"},
        {__LINE__, "/time/parameter_limit", "\"4MB\"", "$.time.parameter_limit: not a working set"},
        {__LINE__, "/time/reason", NULL, "$.time.reason: missing"},
        {__LINE__, "/time/working_set", "[]", "did you mean 'working_sets'?"},
        {__LINE__, "/time/working_sets", "{}", "$.time.working_sets: not an array"},
        {__LINE__, "/time/working_sets", "[]", "$.time.working_sets: has to name 1 to 8"},
        {__LINE__, "/time/working_sets", "[1,2,3,4,5,6,7,8,9]", "has to name 1 to 8"},
        {__LINE__, "/time/working_sets/1", "7", "$.time.working_sets[1]: not a text"},
        {__LINE__, "/time/working_sets/1", "\"64\"", "$.time.working_sets[1]: not a working set"},
        {__LINE__, "/time/working_sets/1", "\"64MB\"", "[1]: not a working set"},
        {__LINE__, "/time/working_sets/1", "\"64MiB \"", "[1]: not a working set"},
        {__LINE__, "/time/working_sets/1", "\"064MiB\"", "[1]: not a working set"},
        {__LINE__, "/time/working_sets/1", "\"MiB\"", "[1]: not a working set"},
        {__LINE__, "/time/working_sets/1", "\"1234567890123KiB\"", "[1]: not a working set"},
        {__LINE__, "/time/exceptions", NULL, "$.time.exceptions: missing"},
        {__LINE__, "/time/exceptions", "{}", "$.time.exceptions: not an array"},
        {__LINE__, "/time/exceptions", "[7]", "$.time.exceptions[0]: not an object"},
        {__LINE__, "/time/exceptions/0/cases", NULL, "$.time.exceptions[0].cases: missing"},
        {__LINE__, "/time/exceptions/0/allowance", NULL, "exceptions[0].allowance: missing"},
        {__LINE__, "/time/exceptions/0/allowance", "0", "[0].allowance: 0 is not from 0.001 to 1"},
        {__LINE__, "/time/exceptions/0/reason", NULL, "$.time.exceptions[0].reason: missing"},
        {__LINE__, "/time/exceptions/0/case", "\"a\"", "did you mean 'cases'?"},
        {__LINE__, "/time", NULL, "$.time: missing"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
}

static void more_exceptions_than_a_reader_can_keep_in_mind_are_refused(void **state)
{
    static const char one[] = "{\"cases\":\"a\",\"allowance\":0.1,\"reason\":\"\"},";
    char all[(LB_POLICY_EXCEPTIONS_MAX + 1) * sizeof one + 2] = "[";
    (void)state;
    for (int i = 0; i <= LB_POLICY_EXCEPTIONS_MAX; i++)
        strcat(all, one);
    all[strlen(all) - 1] = ']';
    const struct edit edit = {__LINE__, "/time/exceptions", all,
                              "$.time.exceptions: has more than 32"};
    assert_refused(&edited, &edit, 1);
}

static void a_policy_of_another_version_is_refused(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/schema_version", "2", "$.schema_version: is 2, this program reads 1"},
        {__LINE__, "/schema_version", NULL, "$.schema_version"},
        {__LINE__, "", "[]", "$: not an object"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
}

static void a_field_whose_name_would_steer_a_terminal_is_refused_without_it(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/time/\033[2J", "1", "$.time: "},
        {__LINE__, "/time/a\nb", "1", "$.time: "},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
}

static void a_file_that_is_not_there_is_named(void **state)
{
    struct lb_error error;
    (void)state;
    assert_int_equal(lb_policy_read("/nonexistent/policy.json", &policy, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "/nonexistent/policy.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_policy_has_the_tolerances_that_the_gate_promises),
        cmocka_unit_test(the_built_in_policy_allows_times_two_percent_at_two_rungs),
        cmocka_unit_test(an_exception_is_of_the_cases_that_it_means_and_the_first_one_holds),
        cmocka_unit_test(a_file_stands_in_for_what_is_built_in),
        cmocka_unit_test(the_ends_of_each_range_are_allowed),
        cmocka_unit_test(only_counters_of_the_two_counting_sources_have_tolerances),
        cmocka_unit_test(a_tolerance_that_is_not_understood_is_refused_by_its_place),
        cmocka_unit_test(a_metric_or_a_source_that_is_not_known_is_refused_with_the_nearest),
        cmocka_unit_test(what_is_said_of_time_is_read_as_strictly),
        cmocka_unit_test(more_exceptions_than_a_reader_can_keep_in_mind_are_refused),
        cmocka_unit_test(a_policy_of_another_version_is_refused),
        cmocka_unit_test(a_field_whose_name_would_steer_a_terminal_is_refused_without_it),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
