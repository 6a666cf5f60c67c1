/* test_results.c - what a results document says of one side, and what is not believed. */
#include "ci/results.h"
#include "tests/ci/edited_json.h"

#include <math.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FIRST           "toy/sum/inline/ws=256KiB" /* the document's first case */
#define INSTRUCTIONS    "/cases/0/simulated/instructions"

static struct lb_results results; /* as they were read last */

static struct json_object *toy_document(void)
{
    return json_object_from_file("tests/ci/toy_counts.json");
}

static enum lb_status read_results(const char *path, struct lb_error *error)
{
    lb_results_free(&results);
    return lb_results_read(path, &results, error);
}

static const struct edited edited = {.document = toy_document, .read = read_results};

/* Frees what was read last, after each test. */
static int forget(void **state)
{
    (void)state;
    lb_results_free(&results);
    return 0;
}

static void assert_read(const struct edit *edits, size_t count)
{
    struct lb_error error;
    char path[64];
    if (read_edited(&edited, edits, count, path, &error) != LB_OK)
        fail_msg("row of line %d: %s", count ? edits->line : 0, error.text);
}

/* The first case of the document with one edit. */
static const struct lb_results_case *first_case(const struct edit *edit)
{
    assert_read(edit, 1);
    const struct lb_results_case *c = lb_results_case(&results, FIRST);
    assert_non_null(c);
    return c;
}

/* ---- What is read -------------------------------------------------------------------------- */

static void a_document_tells_benchmarks_as_they_are_defined(void **state)
{
    (void)state;
    assert_read(NULL, 0);
    assert_int_equal(results.benchmark_count, 2);
    const struct lb_results_benchmark *b = lb_results_benchmark(&results, "toy/step");
    assert_non_null(b);
    assert_string_equal(b->definition[LB_DEFINITION_OP], "read");
    assert_string_equal(b->definition[LB_DEFINITION_REVISION], "1");
    assert_string_equal(b->definition[LB_DEFINITION_PARAMETER], "stride_bytes");
    assert_string_equal(b->definition[LB_DEFINITION_SEED], "1");
    assert_string_equal(b->definition[LB_DEFINITION_GENERATOR], "splitmix64/1");
    assert_string_equal(b->source_file, "benchmarks/toy/step.c");
    assert_int_equal(b->source_line, 34);
    b = lb_results_benchmark(&results, "toy/sum");
    assert_non_null(b);
    assert_string_equal(b->definition[LB_DEFINITION_PARAMETER], ""); /* null */
    assert_null(lb_results_benchmark(&results, "toy/su"));
}

static void a_document_tells_cases_with_their_points_and_counts(void **state)
{
    (void)state;
    assert_read(NULL, 0);
    assert_int_equal(results.case_count, 10);
    const struct lb_results_case *c =
        lb_results_case(&results, "toy/step/plain/far/stride_bytes=16");
    assert_non_null(c);
    assert_string_equal(results.benchmarks[c->benchmark].name, "toy/step");
    assert_string_equal(c->variant, "plain");
    assert_string_equal(c->mode, "far");
    assert_string_equal(c->label, "stride_bytes=16");
    assert_int_equal(c->working_set_bytes, 1048576);
    assert_int_equal(c->parameter, 16);
    assert_int_equal(c->elements, 65536);
    assert_int_equal(c->status, LB_RESULT_RAN);
    assert_true(isnan(c->cpu_ns_per_op)); /* not timed */
    assert_true(c->counts[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] == 5);
    assert_true(c->counts[LB_GATE_SIMULATED][LB_GATE_L1D_MISSES] == 0.25);
    assert_true(c->counts[LB_GATE_SIMULATED][LB_GATE_L3_MISSES] == 0);
    assert_int_equal(c->readings[LB_GATE_SIMULATED][LB_GATE_L3_MISSES], LB_READING_BELIEVED);
}

static void every_case_is_found_and_no_other(void **state)
{
    (void)state;
    assert_read(NULL, 0);
    for (size_t i = 0; i < results.case_count; i++)
        assert_ptr_equal(lb_results_case(&results, results.cases[i].id), &results.cases[i]);
    assert_null(lb_results_case(&results, "toy/sum/inline"));
    assert_null(lb_results_case(&results, ""));
    lb_results_free(&results);
    assert_null(lb_results_case(&results, FIRST));
}

static void a_document_tells_where_and_of_what_it_was_made(void **state)
{
    (void)state;
    assert_read(NULL, 0);
    assert_int_equal(results.environment_count, 2);
    assert_string_equal(results.environment[1].name, "libc");
    assert_string_equal(results.environment[1].value, "2.36");
    assert_int_equal(results.machine_count, 2);
    assert_string_equal(results.machine[0].name, "cpu");
    assert_string_equal(results.environment_digest, "eeeeeeeeeeeeeeee");
    assert_string_equal(results.machine_digest, "machine-vm-2core");
    assert_string_equal(results.commit, "0123456789ab");
}

static void a_case_that_did_not_run_keeps_its_reason(void **state)
{
    static const struct edit skipped = {__LINE__, "/cases/0/status", "\"skipped\"", ""},
                             failed = {__LINE__, "/cases/0/status", "\"error\"", ""};
    (void)state;
    const struct lb_results_case *c = first_case(&skipped);
    assert_int_equal(c->status, LB_RESULT_SKIPPED);
    assert_string_equal(c->reason, "only counts were asked for");
    assert_int_equal(first_case(&failed)->status, LB_RESULT_FAILED);
}

static void a_case_that_was_timed_has_its_median(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/cases/0/status", "\"ok\"", ""},
        {__LINE__, "/cases/0/time", "{\"cpu_ns_per_op\": {\"median\": 1.25}}", ""},
    };
    (void)state;
    assert_read(edits, COUNT_OF(edits));
    const struct lb_results_case *c = lb_results_case(&results, FIRST);
    assert_int_equal(c->status, LB_RESULT_RAN);
    assert_true(c->cpu_ns_per_op == 1.25);
}

/* ---- Readings ------------------------------------------------------------------------------ */

#define COUNTED(status, source)                                                                    \
    "{\"value_per_op\":2,\"status\":\"" status "\",\"source\":\"" source "\"}"
#define UNCOUNTED(status)                                                                          \
    "{\"value_per_op\":null,\"status\":\"" status "\",\"source\":null,\"reason\":\"why not\"}"

static void only_what_its_own_source_counted_is_believed(void **state)
{
    static const struct {
        int line;
        const char *member, *reading;
        enum lb_gate_source source;
        enum lb_reading wanted;
    } rows[] = {
        {__LINE__, "simulated", COUNTED("simulated", "simulated"), LB_GATE_SIMULATED,
         LB_READING_BELIEVED},
        {__LINE__, "simulated", COUNTED("counted", "hardware"), LB_GATE_SIMULATED, LB_READING_NONE},
        {__LINE__, "simulated", UNCOUNTED("lost"), LB_GATE_SIMULATED, LB_READING_LOST},
        {__LINE__, "simulated", UNCOUNTED("unsupported"), LB_GATE_SIMULATED, LB_READING_NONE},
        {__LINE__, "counters", COUNTED("counted", "hardware"), LB_GATE_HARDWARE,
         LB_READING_BELIEVED},
        {__LINE__, "counters", COUNTED("counted", "fake"), LB_GATE_HARDWARE, LB_READING_NONE},
        {__LINE__, "counters", UNCOUNTED("distrusted"), LB_GATE_HARDWARE, LB_READING_LOST},
        {__LINE__, "counters", UNCOUNTED("unsupported"), LB_GATE_HARDWARE, LB_READING_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/cases/0/%s/instructions", rows[i].member);
        const struct edit edit = {rows[i].line, pointer, rows[i].reading, ""};
        const struct lb_results_case *c = first_case(&edit);
        double value = c->counts[rows[i].source][LB_GATE_INSTRUCTIONS];
        if (c->readings[rows[i].source][LB_GATE_INSTRUCTIONS] != rows[i].wanted ||
            isnan(value) != (rows[i].wanted != LB_READING_BELIEVED))
            fail_msg("row of line %d: %d, %g", rows[i].line,
                     (int)c->readings[rows[i].source][LB_GATE_INSTRUCTIONS], value);
    }
}

static void a_counter_that_is_not_there_is_absent_and_unknown(void **state)
{
    static const struct edit gone = {__LINE__, INSTRUCTIONS, NULL, ""};
    (void)state;
    const struct lb_results_case *c = first_case(&gone);
    assert_int_equal(c->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS], LB_READING_ABSENT);
    assert_true(isnan(c->counts[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS]));
    assert_int_equal(c->readings[LB_GATE_SIMULATED][LB_GATE_L1D_MISSES], LB_READING_BELIEVED);
}

static void a_lost_counter_leaves_why(void **state)
{
    static const struct edit lost = {__LINE__, INSTRUCTIONS, UNCOUNTED("lost"), ""};
    (void)state;
    assert_string_equal(first_case(&lost)->reason, "why not");
}

static void a_reading_that_contradicts_itself_is_refused(void **state)
{
#define PLACE "$.cases[0].simulated.instructions"
    static const struct edit edits[] = {
        {__LINE__, INSTRUCTIONS "/value_per_op", "null", PLACE ": its status is simulated and"},
        {__LINE__, INSTRUCTIONS, COUNTED("lost", "simulated"),
         PLACE ": its status is lost and its"},
        {__LINE__, INSTRUCTIONS, COUNTED("unsupported", "simulated"), "and its value a number"},
        {__LINE__, INSTRUCTIONS "/value_per_op", "-1", PLACE ".value_per_op: -1 is not from 0"},
        {__LINE__, INSTRUCTIONS "/value_per_op", "2e15", PLACE ".value_per_op: 2e+15 is not from"},
        {__LINE__, INSTRUCTIONS "/value_per_op", "NaN", PLACE ".value_per_op: NaN and infinities"},
        {__LINE__, INSTRUCTIONS "/value_per_op", "-Infinity", PLACE ".value_per_op: NaN and"},
        {__LINE__, INSTRUCTIONS "/value_per_op", "\"4\"", PLACE ".value_per_op: not a number"},
        {__LINE__, INSTRUCTIONS "/value_per_op", NULL, PLACE ".value_per_op: missing"},
        {__LINE__, INSTRUCTIONS "/status", NULL, PLACE ".status: missing"},
        {__LINE__, INSTRUCTIONS "/source", NULL, PLACE ".source: missing"},
        {__LINE__, INSTRUCTIONS, "{\"status\":\"lost\",\"value_per_op\":null,\"source\":null}",
         PLACE ".reason: missing"},
        {__LINE__, INSTRUCTIONS, "4", PLACE ": not an object"},
        {__LINE__, INSTRUCTIONS, "null", PLACE ": not an object"},
        {__LINE__, "/cases/0/simulated", "null", "$.cases[0].simulated: not an object"},
        {__LINE__, "/cases/0/counters", NULL, "$.cases[0].counters: missing"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
#undef PLACE
}

/* ---- What is refused ----------------------------------------------------------------------- */

static void a_document_that_cannot_be_whole_is_refused(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/schema_version", "2", "$.schema_version: is 2, this program reads 1"},
        {__LINE__, "/schema_version", NULL, "$.schema_version"},
        {__LINE__, "", "[]", "$: not an object"},
        {__LINE__, "/run", NULL, "$.run: missing"},
        {__LINE__, "/run/complete", "false", "$.run: complete is false: the run was interrupted"},
        {__LINE__, "/run/complete", "1", "$.run.complete: not true or false"},
        {__LINE__, "/run/complete", NULL, "$.run.complete: missing"},
        {__LINE__, "/benchmarks", NULL, "$.benchmarks: missing"},
        {__LINE__, "/benchmarks", "[]", "its benchmark toy/sum is not in $.benchmarks"},
        {__LINE__, "/cases", "{}", "$.cases: not an array"},
        {__LINE__, "/cases", "[]", "$.cases: empty: there is nothing to compare"},
        {__LINE__, "/cases/1", "7", "$.cases[1]: not an object"},
        {__LINE__, "/cases/1/id", "\"" FIRST "\"", "the case " FIRST " stands there twice"},
        {__LINE__, "/benchmarks/1/name", "\"sum\"",
         "$.benchmarks[1]: the benchmark toy/sum stands there twice"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
}

static void a_definition_or_a_point_with_a_hole_is_refused(void **state)
{
    static const struct edit edits[] = {
        {__LINE__, "/benchmarks/0/family", NULL, "$.benchmarks[0].family: missing"},
        {__LINE__, "/benchmarks/0/op", NULL, "$.benchmarks[0].op: missing"},
        {__LINE__, "/benchmarks/0/revision", "-1", "$.benchmarks[0].revision: below 0"},
        {__LINE__, "/benchmarks/0/revision", "1.5", "revision: not a whole number"},
        {__LINE__, "/benchmarks/0/parameter", NULL, "$.benchmarks[0].parameter: missing"},
        {__LINE__, "/benchmarks/0/source_line", NULL, "source_line: missing"},
        {__LINE__, "/run/seed", NULL, "$.run.seed: missing"},
        {__LINE__, "/run/input_generator", NULL, "$.run.input_generator: missing"},
        {__LINE__, "/cases/0/benchmark", "\"toy/product\"",
         "$.cases[0]: its benchmark toy/product is not in $.benchmarks"},
        {__LINE__, "/cases/0/id", "\"toy\\u001b[2J\"", "$.cases[0].id: holds a control character"},
        {__LINE__, "/cases/0/point/elements", "null", "point.elements: not a whole number"},
        {__LINE__, "/cases/0/point/elements", "1e3", "point.elements: not a whole number"},
        {__LINE__, "/cases/0/point/working_set_bytes", "-1", "working_set_bytes: below 0"},
        {__LINE__, "/cases/0/point/parameter", "-8", "point.parameter: -8 is not from 0"},
        {__LINE__, "/cases/0/status", NULL, "$.cases[0].status: missing"},
        {__LINE__, "/cases/0/status", "\"ok\"", "$.cases[0].time: not an object"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
}

static void fingerprints_that_cannot_be_told_in_a_line_are_refused(void **state)
{
#define FIELDS "/machine/fingerprints/environment_fields"
#define PLACE  "$.machine.fingerprints.environment_fields"
#define LONG   "a_name_of_sixty_four_bytes_which_is_one_too_many_for_a_field_xxx"
    static const struct edit edits[] = {
        {__LINE__, "/machine", NULL, "$.machine: missing"},
        {__LINE__, FIELDS, NULL, PLACE ": missing"},
        {__LINE__, FIELDS "/libc", "2.36", PLACE ".libc: not a text"},
        {__LINE__, FIELDS "/libc", "\"2\\n36\"", PLACE ".libc: holds a control character"},
        {__LINE__, FIELDS "/li\033bc", "\"\"", PLACE ": a field's name holds a control character"},
        {__LINE__, FIELDS "/" LONG, "\"\"", PLACE ": a field's name is longer than 63 bytes"},
        {__LINE__, "/machine/fingerprints/machine", "null", "fingerprints.machine: not a text"},
        {__LINE__, "/tool", NULL, "$.tool: missing"},
    };
    (void)state;
    assert_refused(&edited, edits, COUNT_OF(edits));
#undef FIELDS
#undef PLACE
#undef LONG
}

/* A JSON text of so many characters. */
static const char *long_text(char *text, size_t length)
{
    memset(text, 'x', length + 2);
    text[0] = text[length + 1] = '"';
    text[length + 2] = 0;
    return text;
}

static void texts_as_long_as_the_harness_writes_them_are_read(void **state)
{
    char value[LB_FINGERPRINT_VALUE_BYTES + 2], reason[LB_REASON_BYTES + 2];
    const struct edit edits[] = {
        {__LINE__, "/machine/fingerprints/environment_fields/libc",
         long_text(value, LB_FINGERPRINT_VALUE_BYTES - 1), ""},
        {__LINE__, "/cases/0/status", "\"error\"", ""},
        {__LINE__, "/cases/0/reason", long_text(reason, LB_REASON_BYTES - 1), ""},
    };
    (void)state;
    assert_read(edits, COUNT_OF(edits));
    assert_int_equal(strlen(results.environment[1].value), LB_FINGERPRINT_VALUE_BYTES - 1);
    assert_int_equal(strlen(lb_results_case(&results, FIRST)->reason), LB_REASON_BYTES - 1);
}

static void more_fields_than_there_is_room_for_are_refused(void **state)
{
    char pointers[LB_FIELDS_MAX][64], path[64];
    struct edit edits[LB_FIELDS_MAX];
    struct lb_error error;
    (void)state;
    for (int i = 0; i < LB_FIELDS_MAX; i++) {
        snprintf(pointers[i], sizeof pointers[i], "/machine/fingerprints/machine_fields/f%d", i);
        edits[i] = (struct edit){__LINE__, pointers[i], "\"x\"", ""};
    }
    assert_read(edits, LB_FIELDS_MAX - 2); /* and the two that there are */
    assert_int_equal(results.machine_count, LB_FIELDS_MAX);
    assert_int_equal(read_edited(&edited, edits, LB_FIELDS_MAX - 1, path, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "machine_fields: more than 32 fields"));
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_document_tells_benchmarks_as_they_are_defined),
        TEST(a_document_tells_cases_with_their_points_and_counts),
        TEST(every_case_is_found_and_no_other),
        TEST(a_document_tells_where_and_of_what_it_was_made),
        TEST(a_case_that_did_not_run_keeps_its_reason),
        TEST(a_case_that_was_timed_has_its_median),
        TEST(only_what_its_own_source_counted_is_believed),
        TEST(a_counter_that_is_not_there_is_absent_and_unknown),
        TEST(a_lost_counter_leaves_why),
        TEST(a_reading_that_contradicts_itself_is_refused),
        TEST(a_document_that_cannot_be_whole_is_refused),
        TEST(a_definition_or_a_point_with_a_hole_is_refused),
        TEST(fingerprints_that_cannot_be_told_in_a_line_are_refused),
        TEST(texts_as_long_as_the_harness_writes_them_are_read),
        TEST(more_fields_than_there_is_room_for_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
