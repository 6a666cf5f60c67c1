/* test_match.c - which cases of two sides compare, and what is told of those that do not. */
#include "ci/match.h"
#include "tests/ci/made_side.h"

#define INLINE "toy/sum/inline/ws=256KiB"
#define BOXED  "toy/sum/boxed/ws=256KiB"
#define NEAR   "toy/step/plain/near/bytes=8"
#define FAR    "toy/step/plain/far/bytes=8"

static struct lb_matches matches;

static int forget(void **state)
{
    lb_matches_free(&matches);
    return forget_sides(state);
}

static void match(const char *const *globs, size_t count)
{
    lb_matches_free(&matches);
    assert_int_equal(lb_match_sides(&base, &head, globs, count, &gate, &matches, NULL), LB_OK);
}

/* The one row, of the case or benchmark as a whole. */
static void assert_row(const char *id, enum lb_gate_verdict verdict, const char *reason)
{
    if (gate.row_count != 1)
        fail_msg("%zu rows, the first of %s", gate.row_count,
                 gate.row_count ? gate.rows[0].case_id : "none");
    const struct lb_gate_row *row = &gate.rows[0];
    assert_string_equal(row->case_id, id);
    assert_int_equal(row->verdict, verdict);
    assert_string_equal(row->reason, reason);
    assert_int_equal(row->metric, LB_GATE_CASE);
    assert_int_equal(row->source, LB_GATE_NO_SOURCE);
    assert_true(isnan(row->base) && isnan(row->head));
    assert_string_equal(row->source_file, "toy.c");
    assert_int_equal(row->source_line, 7);
}

/* ---- What compares ------------------------------------------------------------------------- */

static void cases_of_one_name_and_definition_are_pairs_in_the_order_of_ids(void **state)
{
    (void)state;
    make_sides(IDS(NEAR, INLINE, BOXED), IDS(BOXED, INLINE, NEAR));
    match(NULL, 0);
    assert_int_equal(gate.row_count, 0);
    assert_int_equal(matches.count, 3);
    assert_string_equal(matches.pairs[0].base->id, NEAR);
    assert_string_equal(matches.pairs[1].base->id, BOXED);
    assert_string_equal(matches.pairs[2].base->id, INLINE);
    assert_ptr_equal(matches.pairs[2].head, lb_results_case(&head, INLINE));
    assert_ptr_equal(matches.pairs[2].benchmark, lb_results_benchmark(&head, "toy/sum"));
}

static void globs_narrow_what_is_compared_and_told(void **state)
{
    (void)state;
    make_sides(IDS(NEAR, INLINE, BOXED), IDS(INLINE, FAR));
    match(IDS("toy/sum/inline"), 1);
    assert_int_equal(matches.count, 1);
    assert_string_equal(matches.pairs[0].head->id, INLINE);
    assert_int_equal(gate.row_count, 0);
}

static void a_glob_that_means_nothing_on_either_side_is_refused(void **state)
{
    struct lb_error error;
    (void)state;
    make_sides(IDS(NEAR), IDS(INLINE));
    assert_int_equal(
        lb_match_sides(&base, &head, IDS("toy/step", "toy/su"), 2, &gate, &matches, &error),
        LB_USAGE);
    assert_non_null(strstr(error.text, "'toy/su'"));
    lb_matches_free(&matches);
    match(IDS("toy/step", "toy/sum"), 2); /* each on one side */
}

/* ---- Benchmarks ---------------------------------------------------------------------------- */

static void a_benchmark_that_vanished_is_one_row_with_its_number_of_cases(void **state)
{
    (void)state;
    make_sides(IDS(INLINE, NEAR, FAR), IDS(INLINE));
    match(NULL, 0);
    assert_row("toy/step", LB_GATE_VANISHED, "2 cases are gone");
    assert_int_equal(matches.count, 1);
}

static void a_benchmark_that_is_new_is_one_row_with_its_number_of_cases(void **state)
{
    (void)state;
    make_sides(IDS(INLINE), IDS(INLINE, NEAR, FAR));
    match(NULL, 0);
    assert_row("toy/step", LB_GATE_NEW, "2 cases");
    assert_int_equal(matches.count, 1);
}

static void a_benchmark_that_was_renamed_is_told_with_its_new_name(void **state)
{
    (void)state;
    make_sides(IDS(NEAR, FAR), IDS("toy/walk/plain/near/bytes=8", "toy/walk/plain/far/bytes=8"));
    match(NULL, 0);
    assert_int_equal(gate.row_count, 2);
    assert_string_equal(gate.rows[0].case_id, "toy/step");
    assert_int_equal(gate.rows[0].verdict, LB_GATE_VANISHED);
    assert_string_equal(gate.rows[0].reason, "2 cases are gone: renamed to toy/walk?");
    assert_string_equal(gate.rows[1].case_id, "toy/walk");
    assert_int_equal(gate.rows[1].verdict, LB_GATE_NEW);
}

/* Vanished, but not as a benchmark that was renamed. */
static void assert_not_renamed(void)
{
    match(NULL, 0);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_VANISHED);
    assert_null(strstr(gate.rows[0].reason, "renamed"));
}

static void what_differs_in_op_or_cases_or_was_there_before_is_no_new_name(void **state)
{
    (void)state;
    make_sides(IDS(NEAR), IDS("toy/walk/plain/near/bytes=8"));
    strcpy(head.benchmarks[0].definition[LB_DEFINITION_OP], "write");
    assert_not_renamed();
    make_sides(IDS(NEAR), IDS("toy/walk/plain/near/bytes=16"));
    assert_not_renamed();
    make_sides(IDS(NEAR), IDS("toy/walk/plain/near/bytes=8", "toy/walk/plain/far/bytes=8"));
    assert_not_renamed();
    make_sides(IDS(NEAR, "toy/walk/plain/near/bytes=8"), IDS("toy/walk/plain/near/bytes=8"));
    assert_not_renamed();
}

static void a_benchmark_that_came_back_empty_has_failed(void **state)
{
    (void)state;
    make_sides(IDS(INLINE, NEAR, FAR), IDS(INLINE));
    made_benchmark(&head, "toy/step");
    match(NULL, 0);
    assert_row("toy/step", LB_GATE_FAILED, "came back empty: it had 2 cases");
    assert_int_equal(matches.count, 1);
}

static void a_layout_that_is_gone_does_not_make_its_benchmark_empty(void **state)
{
    (void)state;
    make_sides(IDS(INLINE, BOXED), IDS(INLINE));
    match(IDS("toy/sum/boxed"), 1);
    assert_row(BOXED, LB_GATE_VANISHED, "only the base has this case");
}

static void a_changed_definition_is_one_row_that_names_what_changed(void **state)
{
    static const struct {
        enum lb_definition field;
        const char *value, *reason;
    } rows[] = {
        {LB_DEFINITION_OP, "write", "definition: op: 'read' against 'write'"},
        {LB_DEFINITION_REVISION, "2", "definition: revision: '1' against '2'"},
        {LB_DEFINITION_PARAMETER, "bytes", "definition: parameter: '' against 'bytes'"},
        {LB_DEFINITION_SEED, "2", "definition: seed: '1' against '2'"},
        {LB_DEFINITION_GENERATOR, "toy/2", "definition: input generator: 'toy/1' against 'toy/2'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_sides(IDS(INLINE, BOXED), IDS(INLINE, BOXED));
        strcpy(head.benchmarks[0].definition[rows[i].field], rows[i].value);
        match(NULL, 0);
        assert_row("toy/sum", LB_GATE_CHANGED, rows[i].reason);
        assert_int_equal(matches.count, 0);
    }
}

static void all_that_changed_in_a_definition_is_named(void **state)
{
    (void)state;
    make_sides(IDS(INLINE), IDS(INLINE));
    strcpy(head.benchmarks[0].definition[LB_DEFINITION_OP], "write");
    strcpy(head.benchmarks[0].definition[LB_DEFINITION_SEED], "2");
    match(NULL, 0);
    assert_row("toy/sum", LB_GATE_CHANGED,
               "definition: op: 'read' against 'write', seed: '1' against '2'");
}

/* ---- Cases --------------------------------------------------------------------------------- */

static void a_case_that_vanished_or_is_new_is_told_by_its_id(void **state)
{
    (void)state;
    make_sides(IDS(INLINE, BOXED), IDS(INLINE));
    match(NULL, 0);
    assert_row(BOXED, LB_GATE_VANISHED, "only the base has this case");
    make_sides(IDS(INLINE), IDS(INLINE, BOXED));
    match(NULL, 0);
    assert_row(BOXED, LB_GATE_NEW, "");
    assert_int_equal(matches.count, 1);
}

static void a_point_that_means_something_else_has_changed(void **state)
{
    (void)state;
    make_sides(IDS(INLINE), IDS(INLINE));
    case_of(&head, INLINE)->working_set_bytes++;
    match(NULL, 0);
    assert_row(INLINE, LB_GATE_CHANGED, "definition: working set in bytes: 4096 against 4097");
    make_sides(IDS(INLINE), IDS(INLINE));
    case_of(&head, INLINE)->elements = 512;
    match(NULL, 0);
    assert_row(INLINE, LB_GATE_CHANGED, "definition: elements: 511 against 512");
    make_sides(IDS(NEAR), IDS(NEAR));
    case_of(&head, NEAR)->parameter = 8;
    match(NULL, 0);
    assert_row(NEAR, LB_GATE_CHANGED, "definition: parameter: 0 against 8");
    assert_int_equal(matches.count, 0);
}

static void only_what_ran_on_both_sides_compares(void **state)
{
    static const struct {
        int line;
        enum lb_result_status base, head;
        enum lb_gate_verdict verdict;
        const char *reason;
    } rows[] = {
        {__LINE__, LB_RESULT_RAN, LB_RESULT_FAILED, LB_GATE_FAILED, "why"},
        {__LINE__, LB_RESULT_SKIPPED, LB_RESULT_FAILED, LB_GATE_FAILED, "why"},
        {__LINE__, LB_RESULT_FAILED, LB_RESULT_FAILED, LB_GATE_FAILED, "why"},
        {__LINE__, LB_RESULT_RAN, LB_RESULT_SKIPPED, LB_GATE_FAILED, "came back skipped: why"},
        {__LINE__, LB_RESULT_SKIPPED, LB_RESULT_SKIPPED, LB_GATE_NOT_GATED, "why"},
        {__LINE__, LB_RESULT_FAILED, LB_RESULT_SKIPPED, LB_GATE_NOT_GATED, "why"},
        {__LINE__, LB_RESULT_SKIPPED, LB_RESULT_RAN, LB_GATE_NEW, "the base did not measure it"},
        {__LINE__, LB_RESULT_FAILED, LB_RESULT_RAN, LB_GATE_NEW, "the base did not measure it"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_sides(IDS(INLINE), IDS(INLINE));
        case_of(&base, INLINE)->status = rows[i].base;
        case_of(&head, INLINE)->status = rows[i].head;
        strcpy(case_of(&head, INLINE)->reason, "why");
        match(NULL, 0);
        if (gate.row_count != 1 || gate.rows[0].verdict != rows[i].verdict ||
            strcmp(gate.rows[0].reason, rows[i].reason) != 0 || matches.count)
            fail_msg("row of line %d: %zu rows, the first '%s'", rows[i].line, gate.row_count,
                     gate.row_count ? gate.rows[0].reason : "");
    }
}

static void lose_counts(void)
{
    case_of(&base, INLINE)->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] = LB_READING_BELIEVED;
    case_of(&head, INLINE)->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] = LB_READING_LOST;
    strcpy(case_of(&head, INLINE)->reason, "why");
}

static void a_new_definition_does_not_hide_a_case_that_failed_or_lost_its_counts(void **state)
{
    static const struct {
        int line;
        enum lb_result_status head;
        bool lost;
        const char *reason;
    } rows[] = {
        {__LINE__, LB_RESULT_FAILED, false, "why"},
        {__LINE__, LB_RESULT_SKIPPED, false, "came back skipped: why"},
        {__LINE__, LB_RESULT_RAN, true, "lost its counts: why"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_sides(IDS(INLINE, BOXED), IDS(INLINE, BOXED));
        strcpy(head.benchmarks[0].definition[LB_DEFINITION_REVISION], "2");
        case_of(&head, INLINE)->status = rows[i].head;
        strcpy(case_of(&head, INLINE)->reason, "why");
        if (rows[i].lost)
            lose_counts();
        match(NULL, 0);
        if (gate.row_count != 2 || gate.rows[0].verdict != LB_GATE_CHANGED ||
            gate.rows[1].verdict != LB_GATE_FAILED ||
            strcmp(gate.rows[1].reason, rows[i].reason) != 0 || matches.count)
            fail_msg("row of line %d: %zu rows, the last '%s'", rows[i].line, gate.row_count,
                     gate.rows[gate.row_count - 1].reason);
    }
}

static void a_point_that_means_something_else_does_not_hide_counts_that_were_lost(void **state)
{
    (void)state;
    make_sides(IDS(INLINE), IDS(INLINE));
    case_of(&head, INLINE)->elements = 512;
    lose_counts();
    match(NULL, 0);
    assert_row(INLINE, LB_GATE_FAILED, "lost its counts: why");
}

static void a_new_case_that_fails_has_failed(void **state)
{
    (void)state;
    make_sides(IDS(INLINE), IDS(INLINE, BOXED));
    case_of(&head, BOXED)->status = LB_RESULT_FAILED;
    strcpy(case_of(&head, BOXED)->reason, "killed by SIGSEGV");
    match(NULL, 0);
    assert_row(BOXED, LB_GATE_FAILED, "killed by SIGSEGV");
}

/* ---- A document for a program -------------------------------------------------------------- */

static void a_document_of_what_the_program_measures_is_taken_for_its_counts(void **state)
{
    (void)state;
    make_sides(IDS(INLINE, NEAR), IDS(INLINE, BOXED)); /* each may have cases of its own */
    assert_int_equal(lb_match_check_document(&base, &head, NULL), LB_OK);
}

static void a_document_of_another_question_is_refused_with_the_case_and_what_differs(void **state)
{
    struct lb_error error;
    (void)state;
    for (int field = 0; field < LB_DEFINITION_COUNT; field++) {
        make_sides(IDS(INLINE), IDS(INLINE));
        strcpy(head.benchmarks[0].definition[field], "9");
        assert_int_equal(lb_match_check_document(&base, &head, &error), LB_USAGE);
        assert_non_null(strstr(error.text, "made: " INLINE ": not what its program measures: "));
        assert_non_null(strstr(error.text, ": '9' against '"));
    }
    make_sides(IDS(INLINE), IDS(INLINE));
    case_of(&head, INLINE)->elements = 512;
    assert_int_equal(lb_match_check_document(&base, &head, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "elements: 512 against 511"));
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cases_of_one_name_and_definition_are_pairs_in_the_order_of_ids),
        TEST(globs_narrow_what_is_compared_and_told),
        TEST(a_glob_that_means_nothing_on_either_side_is_refused),
        TEST(a_benchmark_that_vanished_is_one_row_with_its_number_of_cases),
        TEST(a_benchmark_that_is_new_is_one_row_with_its_number_of_cases),
        TEST(a_benchmark_that_was_renamed_is_told_with_its_new_name),
        TEST(what_differs_in_op_or_cases_or_was_there_before_is_no_new_name),
        TEST(a_benchmark_that_came_back_empty_has_failed),
        TEST(a_layout_that_is_gone_does_not_make_its_benchmark_empty),
        TEST(a_changed_definition_is_one_row_that_names_what_changed),
        TEST(all_that_changed_in_a_definition_is_named),
        TEST(a_case_that_vanished_or_is_new_is_told_by_its_id),
        TEST(a_point_that_means_something_else_has_changed),
        TEST(only_what_ran_on_both_sides_compares),
        TEST(a_new_definition_does_not_hide_a_case_that_failed_or_lost_its_counts),
        TEST(a_point_that_means_something_else_does_not_hide_counts_that_were_lost),
        TEST(a_new_case_that_fails_has_failed),
        TEST(a_document_of_what_the_program_measures_is_taken_for_its_counts),
        TEST(a_document_of_another_question_is_refused_with_the_case_and_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
