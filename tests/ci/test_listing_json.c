/* test_listing_json.c - a build's cases out of its list, and lists that are none. */
#include "tests/harness/cmocka_all.h"

#include "tests/ci/toy_side.h"

#include <math.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A row, piece by piece, of which one is left out or wrong. */
#define ROW(id, benchmark, point, elements, revision, seed)                                        \
    "[{\"id\":" id ",\"benchmark\":" benchmark ",\"variant\":\"a\",\"mode\":\"\",\"point\":" point \
    ",\"working_set_bytes\":4096,\"parameter_value\":null,\"elements\":" elements                  \
    ",\"op\":\"read\",\"revision\":" revision ",\"parameter\":null,\"seed\":" seed                 \
    ",\"input_generator\":\"toy/1\",\"source_file\":\"toy.c\",\"source_line\":7}]"

static void a_list_tells_cases_and_definitions(void **state)
{
    (void)state;
    struct lb_results side;
    assert_int_equal(lb_listing_parse("toy", TOY_LIST, &side, NULL), LB_OK);
    assert_int_equal(side.case_count, 11);
    assert_int_equal(side.benchmark_count, 2);
    const struct lb_results_case *c = lb_results_case(&side, "toy/step/plain/far/bytes=16");
    assert_non_null(c);
    assert_int_equal(c->parameter, 16);
    assert_int_equal(c->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS], LB_READING_ABSENT);
    const struct lb_results_benchmark *b = lb_results_benchmark(&side, "toy/step");
    assert_non_null(b);
    assert_string_equal(b->definition[LB_DEFINITION_PARAMETER], "bytes");
    assert_string_equal(b->definition[LB_DEFINITION_GENERATOR], "toy/1");
    assert_int_equal(b->source_line, 7);
    assert_null(lb_results_case(&side, "toy/step/plain/far/bytes=17"));
    lb_results_free(&side);
}

static void an_older_list_is_unavailable_and_a_wrong_one_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum lb_status status;
    } rows[] = {
        {"[{\"id\":\"a/b/c/ws=16KiB\",\"elements\":1}]", LB_UNAVAILABLE},
        {"[]", LB_USAGE},
        {"{}", LB_USAGE},
        {"", LB_USAGE},
        {"[" TOY_RUNG("inline", "16MiB") "," TOY_RUNG("inline", "16MiB") "]", LB_USAGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_results side;
        struct lb_error error = {.text = ""};
        assert_int_equal(lb_listing_parse("toy", rows[i].text, &side, &error), rows[i].status);
        assert_non_null(strstr(error.text, "toy"));
        lb_results_free(&side);
    }
}

static void a_listed_case_has_neither_counts_nor_time(void **state)
{
    struct lb_results side;
    (void)state;
    assert_int_equal(lb_listing_parse("toy", TOY_LIST, &side, NULL), LB_OK);
    for (size_t i = 0; i < side.case_count; i++) {
        assert_true(isnan(side.cases[i].cpu_ns_per_op));
        assert_int_equal(side.cases[i].status, LB_RESULT_RAN);
        for (int s = 0; s < LB_GATE_SOURCE_COUNT; s++)
            for (int m = 0; m < LB_GATE_METRIC_COUNT; m++)
                assert_int_equal(side.cases[i].readings[s][m], LB_READING_ABSENT);
    }
    assert_int_equal(side.environment_count, 0);
    assert_int_equal(side.machine_count, 0);
    lb_results_free(&side);
}

static void a_row_that_is_not_whole_is_refused_by_its_place(void **state)
{
#define GOOD_ID    "\"toy/sum/a/ws=1KiB\""
#define GOOD_SUM   "\"toy/sum\""
#define GOOD_POINT "\"ws=1KiB\""
    static const struct {
        int line;
        const char *text, *message;
    } rows[] = {
        {__LINE__, ROW("7", GOOD_SUM, GOOD_POINT, "1", "1", "1"), "list[0].id: not a text"},
        {__LINE__, ROW("\"a\\nb\"", GOOD_SUM, GOOD_POINT, "1", "1", "1"), "id: holds a control"},
        {__LINE__, ROW(GOOD_ID, "null", GOOD_POINT, "1", "1", "1"), "benchmark: not a text"},
        {__LINE__, ROW(GOOD_ID, GOOD_SUM, "{}", "1", "1", "1"), "list[0].point: not a text"},
        {__LINE__, ROW(GOOD_ID, GOOD_SUM, GOOD_POINT, "1.5", "1", "1"), "elements: not a whole"},
        {__LINE__, ROW(GOOD_ID, GOOD_SUM, GOOD_POINT, "-1", "1", "1"), "elements: below 0"},
        {__LINE__, ROW(GOOD_ID, GOOD_SUM, GOOD_POINT, "1", "null", "1"), "revision: not a whole"},
        {__LINE__, ROW(GOOD_ID, GOOD_SUM, GOOD_POINT, "1", "1", "NaN"), "seed: NaN"},
        {__LINE__, "[{\"input_generator\": \"toy/1\"}]", "list[0].benchmark: missing"},
        {__LINE__, "{\"cases\": []}", "list: not an array"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lb_results side;
        struct lb_error error = {.text = ""};
        if (lb_listing_parse("toy", rows[i].text, &side, &error) != LB_USAGE ||
            !strstr(error.text, rows[i].message) || strncmp(error.text, "toy:", 4) != 0)
            fail_msg("row of line %d: '%s'", rows[i].line, error.text);
        lb_results_free(&side);
    }
    struct lb_results side;
    const char *good = ROW(GOOD_ID, GOOD_SUM, GOOD_POINT, "1", "1", "1");
    assert_int_equal(lb_listing_parse("toy", good, &side, NULL), LB_OK);
    lb_results_free(&side);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_tells_cases_and_definitions),
        cmocka_unit_test(an_older_list_is_unavailable_and_a_wrong_one_is_refused),
        cmocka_unit_test(a_listed_case_has_neither_counts_nor_time),
        cmocka_unit_test(a_row_that_is_not_whole_is_refused_by_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
