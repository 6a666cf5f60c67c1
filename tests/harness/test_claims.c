/* Verdicts on small made-up documents: each verdict, each way to have none. */
#include "harness/document/claims.h"
#include "tests/harness/cmocka_all.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

#define TIME(expected)                                                                             \
    "\"time\":{\"formula\":\"ratio\",\"quantity\":\"time.cpu_ns_per_op\",\"of\":\"b\",\"to\":"     \
    "\"a\",\"unit\":\"x\",\"direction\":\"above\",\"neutral\":1,\"margin\":0.05" expected "}"
#define COUNTS(expected)                                                                           \
    "\"counts\":{\"formula\":\"difference\",\"quantity\":\"counts.l1d_misses\",\"of\":\"b\","      \
    "\"to\":\"a\",\"unit\":\"misses\",\"direction\":\"above\",\"neutral\":0,\"margin\":0.25"       \
    "" expected "}"
#define EXPECTED(n)   ",\"expected\":" n ",\"tolerance\":0.25"
#define CLAIM(fields) "{\"id\":\"C1\",\"statement\":\"s\",\"article\":\"f\"," fields "}"

/* Of six replicates, the fewest that have an interval; of fewer rounds the figure is no verdict. */
#define SIX(value) value "," value "," value "," value "," value "," value
#define SAMPLES(ns)                                                                                \
    "\"samples\":{\"replicate\":[0,1,2,3,4,5],\"round\":[" SIX("0") "],\"ops\":[" SIX(             \
        "1") "],"                                                                                  \
             "\"cpu_ns\":[" SIX(ns) "],\"wall_ns\":[" SIX(ns) "],\"kept\":[" SIX("true") "]}"
#define OK(id, ns, simulated)                                                                      \
    "{\"id\":\"" id "\",\"status\":\"ok\",\"counters\":{}," SAMPLES(                               \
        ns) ",\"time\":{\"cpu_ns_per_op\":{\"median\":" ns "}},\"simulated\":" simulated           \
            ",\"memory\":{\"heap_bytes\":0}}"
#define MISSES(n)             "{\"l1d_misses\":{\"value_per_op\":" n "}}"
#define UNKNOWN               "{\"l1d_misses\":{\"value_per_op\":null,\"reason\":\"no valgrind\"}}"
#define SKIPPED(id)           "{\"id\":\"" id "\",\"status\":\"skipped\",\"reason\":\"no room\"}"
#define FAILED(id)            "{\"id\":\"" id "\",\"status\":\"error\",\"reason\":\"it crashed\"}"
#define DOCUMENT(first, last) "{\"cases\":[" first "," last "]}"

#define A    OK("a", "10", MISSES("1"))
#define B    OK("b", "30", MISSES("3"))
#define BOTH TIME(EXPECTED("3")) "," COUNTS(EXPECTED("2"))

/* The one row of one claim; the caller puts it. */
static struct json_object *row_of(const char *claim, const char *document_text)
{
    char source[4096];
    struct lb_error error;
    struct json_object *claims, *document = json_tokener_parse(document_text);
    snprintf(source, sizeof source, "{\"schema_version\":1,\"claims\":[%s]}", claim);
    assert_int_equal(lb_claims_parse(source, &claims, &error), LB_OK);
    assert_non_null(document);
    struct json_object *rows = lb_claims_evaluate(claims, document);
    assert_int_equal(json_object_array_length(rows), 1);
    struct json_object *row = json_object_get(json_object_array_get_idx(rows, 0));
    json_object_put(rows);
    json_object_put(document);
    json_object_put(claims);
    return row;
}

static const char *text(struct json_object *row, const char *key)
{
    return json_object_get_string(json_object_object_get(row, key));
}

static void expect(const char *claim, const char *document, const char *verdict, const char *reason)
{
    struct json_object *row = row_of(claim, document);
    assert_string_equal(text(row, "verdict"), verdict);
    if (!strstr(text(row, "reason"), reason))
        fail_msg("no '%s' in: %s", reason, text(row, "reason"));
    json_object_put(row);
}

static void a_claim_holds_when_both_witnesses_read_as_expected(void **state)
{
    (void)state;
    struct json_object *row = row_of(CLAIM(BOTH), DOCUMENT(A, B));
    assert_string_equal(text(row, "verdict"), "holds");
    assert_float_equal(json_object_get_double(json_object_object_get(row, "time_figure")), 3, 1e-9);
    assert_float_equal(json_object_get_double(json_object_object_get(row, "count_figure")), 2,
                       1e-9);
    assert_string_equal(text(row, "unit"), "time: x; counts: misses");
    assert_string_equal(json_object_to_json_string_ext(json_object_object_get(row, "cells"), 0),
                        "[\"b\",\"a\"]");
    json_object_put(row);
}

static void another_size_in_the_right_direction_is_direction_holds(void **state)
{
    (void)state;
    expect(CLAIM(TIME(EXPECTED("9")) "," COUNTS(EXPECTED("2"))), DOCUMENT(A, B), "direction_holds",
           "time 3 x (expected 9 within 25 %");
    expect(CLAIM(TIME(EXPECTED("3")) "," COUNTS(EXPECTED("9"))), DOCUMENT(A, B), "direction_holds",
           "counts 2 misses (expected 9");
}

static void a_claim_without_a_figure_asks_for_the_direction_alone(void **state)
{
    (void)state;
    expect(CLAIM(TIME("") "," COUNTS("")), DOCUMENT(A, B), "holds", "expected above 1.05");
}

static void either_witness_against_it_and_a_claim_does_not_hold(void **state)
{
    (void)state;
    expect(CLAIM(BOTH), DOCUMENT(A, OK("b", "10", MISSES("3"))), "does_not_hold", "time 1 x");
    expect(CLAIM(BOTH), DOCUMENT(A, OK("b", "30", MISSES("1"))), "does_not_hold", "counts 0");
    expect(CLAIM(BOTH), DOCUMENT(A, OK("b", "5", MISSES("3"))), "does_not_hold", "time 0.5");
}

static const double ones[] = {1, 1, 1, 1, 1, 1};

/* A case with a sample of so many microseconds in each replicate. */
static void put_case(char *out, size_t size, const char *id, const char *point, int count,
                     const double *us)
{
    char columns[3][128] = {"", "", ""};
    for (int i = 0; i < count; i++) {
        const char *comma = i ? "," : "";
        sprintf(columns[0] + strlen(columns[0]), "%s%d", comma, i);
        sprintf(columns[1] + strlen(columns[1]), "%s1", comma);
        sprintf(columns[2] + strlen(columns[2]), "%s%.0f", comma, 1000 * us[i]);
    }
    snprintf(out, size,
             "{\"id\":\"%s\",\"status\":\"ok\",\"point\":{\"label\":\"%s\"},\"time\":{"
             "\"cpu_ns_per_op\":{\"median\":1}},\"samples\":{\"replicate\":[%s],\"round\":[%s],"
             "\"ops\":[%s],\"cpu_ns\":[%s],\"kept\":[%s]}}",
             id, point, columns[0], columns[1], columns[1], columns[2], columns[1]);
}

static void an_interval_that_is_too_wide_settles_nothing(void **state)
{
    (void)state;
    static const struct {
        int line;
        const char *direction;
        double median, low, high;
        const char *verdict, *reason;
    } rows[] = {
        {__LINE__, "above", 1.4, 1.3, 2, "holds", "time 1.4"},
        {__LINE__, "above", 1.4, 1.01, 2, "holds", "time 1.4"},
        {__LINE__, "above", 1.4, 0.9, 2, "not_measurable", "0.9 to 2, is too wide to say"},
        {__LINE__, "above", 1.04, 0.5, 9, "not_measurable", "0.5 to 9, is too wide to say"},
        {__LINE__, "above", 1.04, 1.02, 1.05, "does_not_hold", "time 1.04"},
        {__LINE__, "above", 0.9, 0.8, 1, "does_not_hold", "time 0.9"},
        {__LINE__, "below", 0.7, 0.6, 0.9, "holds", "time 0.7"},
        {__LINE__, "below", 0.7, 0.6, 1.1, "not_measurable", "0.6 to 1.1, is too wide"},
        {__LINE__, "below", 1.2, 0.9, 1.3, "not_measurable", "0.9 to 1.3, is too wide"},
        {__LINE__, "below", 1.2, 0.96, 1.3, "does_not_hold", "time 1.2"},
        {__LINE__, "none", 1.01, 0.97, 1.04, "holds", "time 1.01"},
        {__LINE__, "none", 1.01, 0.5, 3, "not_measurable", "0.5 to 3, is too wide"},
        {__LINE__, "none", 1.03, 1.01, 1.2, "not_measurable", "1.01 to 1.2, is too wide"},
        {__LINE__, "none", 1.17, 0.827, 4.73, "not_measurable", "0.827 to 4.73, is too wide"},
        {__LINE__, "none", 1.17, 1.02, 1.3, "not_measurable", "1.02 to 1.3, is too wide"},
        {__LINE__, "none", 1.17, 1.06, 1.3, "does_not_hold", "time 1.17"},
        {__LINE__, "none", 0.8, 0.7, 0.94, "does_not_hold", "time 0.8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char claim[512], document[2048];
        snprintf(claim, sizeof claim,
                 CLAIM("\"one_witness\":\"w\",\"time\":{\"formula\":\"ratio\",\"quantity\":"
                       "\"time.cpu_ns_per_op\",\"of\":\"b\",\"to\":\"a\",\"unit\":\"x\","
                       "\"direction\":\"%s\",\"neutral\":1,\"margin\":0.05}"),
                 rows[i].direction);
        double values[6] = {rows[i].low,    rows[i].median, rows[i].median,
                            rows[i].median, rows[i].median, rows[i].high};
        char a[512], b[512];
        put_case(a, sizeof a, "a", "n=1", 6, ones);
        put_case(b, sizeof b, "b", "n=1", 6, values);
        snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", a, b);
        print_message("row of line %d\n", rows[i].line);
        expect(claim, document, rows[i].verdict, rows[i].reason);
    }
}

static void expect_ratio(const char *document, double value)
{
    struct json_object *row = row_of(CLAIM("\"one_witness\":\"w\"," TIME("")), document);
    struct json_object *figure = json_object_object_get(row, "time_figure");
    assert_int_equal(figure == NULL, isnan(value));
    if (figure)
        assert_float_equal(json_object_get_double(figure), value, 1e-9);
    json_object_put(row);
}

/* Of a process that got slower all the time: the medians' ratio is 0.2, of every pair 2. */
static void a_ratio_is_paired_by_replicate_whatever_the_reference(void **state)
{
    (void)state;
    static const double drifting[] = {1, 1, 1, 10, 10, 10, 10}, twice[] = {2, 2, 2, 20, 20};
    char a[512], b[512], document[2048];
    put_case(a, sizeof a, "a", "n=1", 7, drifting);
    put_case(b, sizeof b, "b", "n=1", 5, twice);
    snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", a, b);
    expect_ratio(document, 2);
}

static void times_of_different_points_are_not_compared(void **state)
{
    (void)state;
    char a[512], b[512], document[2048];
    put_case(a, sizeof a, "a", "n=1", 6, ones);
    put_case(b, sizeof b, "b", "n=2", 6, ones);
    snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", a, b);
    expect_ratio(document, NAN);
    expect(CLAIM("\"one_witness\":\"w\"," TIME("")), document, "not_measurable",
           "time: no round of this run measured both b and a");
}

/* Rounds of one process; a dropped sample, one without ops, and rows out of order are nobody's. */
static void visits_of_a_process_are_paired_and_dropped_samples_left_out(void **state)
{
    (void)state;
    expect_ratio("{\"cases\":[{\"id\":\"a\",\"status\":\"ok\",\"time\":{\"cpu_ns_per_op\":"
                 "{\"median\":1}},\"samples\":{\"replicate\":[0,0,0],\"round\":[0,1,1],"
                 "\"ops\":[1,1,1],\"cpu_ns\":[10,40,9999],\"kept\":[true,true,false]}},"
                 "{\"id\":\"b\",\"status\":\"ok\",\"time\":{\"cpu_ns_per_op\":"
                 "{\"median\":1}},\"samples\":{\"replicate\":[0,0,0],\"round\":[1,1,0],"
                 "\"ops\":[2,0,2],\"cpu_ns\":[240,9,1],"
                 "\"kept\":[true,true,true]}}]}",
                 3);
}

static void a_time_of_five_rounds_settles_nothing(void **state)
{
    (void)state;
    static const double thrice[] = {3, 3, 3, 3, 3, 3};
    for (int count = 5; count <= 6; count++) {
        char a[512], b[512], document[2048];
        put_case(a, sizeof a, "a", "n=1", count, ones);
        put_case(b, sizeof b, "b", "n=1", count, thrice);
        snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", a, b);
        expect(CLAIM("\"one_witness\":\"w\"," TIME("")), document,
               count == 6 ? "holds" : "not_measurable",
               count == 6 ? "time 3 x" : "without an interval: fewer than six rounds");
    }
}

static void a_verdict_from_the_rounds_of_one_process_says_so(void **state)
{
    (void)state;
    static const char rounds[] = "\"samples\":{\"replicate\":[0,0,0,0,0,0],\"round\":[0,1,2,3,4,5],"
                                 "\"ops\":[1,1,1,1,1,1],\"kept\":[1,1,1,1,1,1],";
    static const char time[] = "\"status\":\"ok\",\"time\":{\"cpu_ns_per_op\":{\"median\":1}}";
    char document[1024];
    snprintf(document, sizeof document,
             "{\"cases\":[{\"id\":\"a\",%s,%s\"cpu_ns\":[10,10,10,10,10,10]}},"
             "{\"id\":\"b\",%s,%s\"cpu_ns\":[30,30,30,30,30,30]}}]}",
             time, rounds, time, rounds);
    expect(CLAIM("\"one_witness\":\"w\"," TIME("")), document, "holds",
           "time 3 x (expected above 1.05), over visits of few processes");
    struct json_object *row = row_of(CLAIM(BOTH), DOCUMENT(A, B));
    assert_null(strstr(text(row, "reason"), "few processes"));
    json_object_put(row);
}

/* Of one cell: more than 200 ns. */
static const char time_alone[] =
    CLAIM("\"one_witness\":\"w\",\"time\":{\"formula\":\"value\",\"quantity\":"
          "\"time.cpu_ns_per_op\",\"of\":\"a\",\"unit\":\"ns\",\"direction\":\"above\","
          "\"neutral\":200,\"margin\":0}");

static void a_time_alone_is_judged_by_its_interval(void **state)
{
    (void)state;
    static const char cell[] = "{\"cases\":[{\"id\":\"a\",\"status\":\"ok\",\"time\":{"
                               "\"cpu_ns_per_op\":{\"median\":150,\"low\":100,\"high\":%s}}}]}";
    char document[512];
    snprintf(document, sizeof document, cell, "180");
    expect(time_alone, document, "does_not_hold", "time 150 ns");
    snprintf(document, sizeof document, cell, "300");
    expect(time_alone, document, "not_measurable", "100 to 300, is too wide");
}

static void a_time_alone_from_the_rounds_of_one_process_says_so(void **state)
{
    (void)state;
    static const char cell[] = "{\"cases\":[{\"id\":\"a\",\"status\":\"ok\",\"time\":{"
                               "\"interval_kind\":\"within_process\",\"cpu_ns_per_op\":"
                               "{\"median\":150,\"low\":100,\"high\":180}}}]}";
    expect(time_alone, cell, "does_not_hold", "over visits of few processes");
}

static void a_claim_of_no_effect_holds_within_its_margin(void **state)
{
    (void)state;
    static const char claim[] =
        CLAIM("\"one_witness\":\"why\",\"time\":{\"formula\":\"ratio\",\"quantity\":"
              "\"time.cpu_ns_per_op\",\"of\":\"b\",\"to\":\"a\",\"unit\":\"x\",\"direction\":"
              "\"none\",\"neutral\":1,\"margin\":0.05}");
    expect(claim, DOCUMENT(OK("a", "1000", MISSES("1")), OK("b", "1030", MISSES("1"))), "holds",
           "give or take 0.05");
    expect(claim, DOCUMENT(OK("a", "1000", MISSES("1")), OK("b", "1100", MISSES("1"))),
           "does_not_hold", "one witness: why");
    expect(claim, DOCUMENT(OK("a", "1000", MISSES("1")), OK("b", "900", MISSES("1"))),
           "does_not_hold", "one witness: why");
}

static void a_missing_witness_is_no_verdict_whichever_it_is(void **state)
{
    (void)state;
    expect(CLAIM(BOTH), DOCUMENT(A, OK("b", "30", UNKNOWN)), "not_measurable",
           "counts: l1d_misses of b is not known: no valgrind");
    expect(CLAIM(BOTH), DOCUMENT(A, OK("b", "30", "{}")), "not_measurable", "is not known");
    expect(CLAIM(BOTH), DOCUMENT(A, OK("b", "null", MISSES("3"))), "not_measurable",
           "time: cpu_ns_per_op of b is not known");
}

static void a_figure_that_is_not_known_is_null_and_not_zero(void **state)
{
    (void)state;
    struct json_object *row = row_of(CLAIM(BOTH), DOCUMENT(A, OK("b", "30", UNKNOWN)));
    assert_null(json_object_object_get(row, "count_figure"));
    assert_float_equal(json_object_get_double(json_object_object_get(row, "time_figure")), 3, 1e-9);
    json_object_put(row);
}

static void skipped_failed_and_missing_cells_say_so(void **state)
{
    (void)state;
    expect(CLAIM(BOTH), DOCUMENT(A, SKIPPED("b")), "not_measurable", "b: skipped: no room");
    expect(CLAIM(BOTH), DOCUMENT(FAILED("a"), B), "not_measurable", "a: error: it crashed");
    expect(CLAIM(BOTH), DOCUMENT(A, SKIPPED("c")), "not_measurable", "b is not in this run");
    expect(CLAIM(BOTH), "{}", "not_measurable", "b is not in this run");
    expect(CLAIM(BOTH), "{\"cases\":[1,null,{\"id\":2}]}", "not_measurable", "not in this run");
}

static void counts_come_from_one_source_for_both_cells(void **state)
{
    (void)state;
    static const char counted[] =
        "{\"id\":\"b\",\"status\":\"ok\",\"time\":{\"cpu_ns_per_op\":{\"median\":30}}," SAMPLES(
            "30") ","
                  "\"simulated\":{},\"counters\":{\"l1d_misses\":{\"value_per_op\":3}}}";
    static const char both[] =
        "{\"id\":\"a\",\"status\":\"ok\",\"time\":{\"cpu_ns_per_op\":{\"median\":10}}," SAMPLES(
            "10") ","
                  "\"simulated\":" MISSES(
                      "2.9") ",\"counters\":{\"l1d_misses\":{\"value_per_op\":1}}}";
    char document[2048];
    snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", both, counted);
    expect(CLAIM(BOTH), document, "holds", "counts 2 ");
    snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", A, counted);
    expect(CLAIM(BOTH), document, "not_measurable", "l1d_misses of");
}

static void the_preferred_source_tells_why_a_count_is_not_known(void **state)
{
    (void)state;
    static const char b[] =
        "{\"id\":\"b\",\"status\":\"ok\",\"time\":{\"cpu_ns_per_op\":{\"median\":30}}," SAMPLES(
            "30") ","
                  "\"simulated\":%s,\"counters\":{\"l1d_misses\":{\"value_per_op\":null,\"reason\":"
                  "\"no "
                  "PMU\"}}}";
    static const char *const simulated[] = {"{\"l1d_misses\":{\"value_per_op\":null,\"reason\":"
                                            "\"the time was used up\"}}",
                                            "{}"};
    static const char *const reasons[] = {"of b is not known: the time was used up",
                                          "of b is not known: no PMU"};
    for (int i = 0; i < 2; i++) {
        char cell[1024], document[2048];
        snprintf(cell, sizeof cell, b, simulated[i]);
        snprintf(document, sizeof document, "{\"cases\":[%s,%s]}", A, cell);
        expect(CLAIM(BOTH), document, "not_measurable", reasons[i]);
    }
}

static void a_ratio_to_zero_is_not_known(void **state)
{
    (void)state;
    expect(CLAIM("\"one_witness\":\"w\",\"counts\":{\"formula\":\"ratio\",\"quantity\":"
                 "\"memory.heap_bytes\",\"of\":\"b\",\"to\":\"a\",\"unit\":\"x\",\"direction\":"
                 "\"above\",\"neutral\":1,\"margin\":0}"),
           DOCUMENT(A, B), "not_measurable", "heap_bytes of a is 0: no ratio");
}

static void a_claim_about_another_processor_has_no_verdict_here(void **state)
{
    (void)state;
    static const char claim[] = CLAIM("\"architecture\":\"aarch64\"," BOTH);
    expect(claim, "{\"machine\":{\"cpu\":{\"architecture\":\"x86_64\"}},\"cases\":[" A "," B "]}",
           "not_measurable", "about aarch64, this machine is x86_64");
    expect(claim, "{\"machine\":{\"cpu\":{\"architecture\":\"aarch64\"}},\"cases\":[" A "," B "]}",
           "holds", "time 3");
}

static void a_method_gets_no_row(void **state)
{
    (void)state;
    struct lb_error error;
    struct json_object *claims, *document = json_object_new_object();
    assert_int_equal(lb_claims_parse("{\"schema_version\":1,\"claims\":[" CLAIM(
                                         "\"method\":\"m\"") "," CLAIM(BOTH) "]}",
                                     &claims, &error),
                     LB_OK);
    struct json_object *rows = lb_claims_evaluate(claims, document);
    assert_int_equal(json_object_array_length(rows), 1);
    json_object_put(rows);
    json_object_put(claims);
    json_object_put(document);
}

static void a_source_that_is_no_claims_document_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "[]", "{\"schema_version\":2,\"claims\":[]}",
                                      "{\"schema_version\":1}",
                                      "{\"schema_version\":1,\"claims\":{}}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lb_error error;
        struct json_object *claims;
        assert_int_equal(lb_claims_parse(bad[i], &claims, &error), LB_USAGE);
        assert_null(claims);
        assert_non_null(strstr(error.text, "benchmarks/claims.json"));
    }
}

static void the_claims_that_were_built_in_are_readable(void **state)
{
    (void)state;
    struct lb_error error;
    struct json_object *claims;
    assert_int_equal(lb_claims_parse(lb_claims_source, &claims, &error), LB_OK);
    assert_true(json_object_array_length(claims) >= 24);
    json_object_put(claims);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claim_holds_when_both_witnesses_read_as_expected),
        cmocka_unit_test(another_size_in_the_right_direction_is_direction_holds),
        cmocka_unit_test(a_claim_without_a_figure_asks_for_the_direction_alone),
        cmocka_unit_test(either_witness_against_it_and_a_claim_does_not_hold),
        cmocka_unit_test(an_interval_that_is_too_wide_settles_nothing),
        cmocka_unit_test(a_ratio_is_paired_by_replicate_whatever_the_reference),
        cmocka_unit_test(times_of_different_points_are_not_compared),
        cmocka_unit_test(visits_of_a_process_are_paired_and_dropped_samples_left_out),
        cmocka_unit_test(a_time_of_five_rounds_settles_nothing),
        cmocka_unit_test(a_verdict_from_the_rounds_of_one_process_says_so),
        cmocka_unit_test(a_time_alone_is_judged_by_its_interval),
        cmocka_unit_test(a_time_alone_from_the_rounds_of_one_process_says_so),
        cmocka_unit_test(a_claim_of_no_effect_holds_within_its_margin),
        cmocka_unit_test(a_missing_witness_is_no_verdict_whichever_it_is),
        cmocka_unit_test(a_figure_that_is_not_known_is_null_and_not_zero),
        cmocka_unit_test(skipped_failed_and_missing_cells_say_so),
        cmocka_unit_test(counts_come_from_one_source_for_both_cells),
        cmocka_unit_test(the_preferred_source_tells_why_a_count_is_not_known),
        cmocka_unit_test(a_ratio_to_zero_is_not_known),
        cmocka_unit_test(a_claim_about_another_processor_has_no_verdict_here),
        cmocka_unit_test(a_method_gets_no_row),
        cmocka_unit_test(a_source_that_is_no_claims_document_is_refused),
        cmocka_unit_test(the_claims_that_were_built_in_are_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
