/* test_conclude.c - from rows to evidence, status and headline. */
#include "tests/harness/cmocka_all.h"

#include "ci/verdict.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SMALL "boxing/sum/inline/ws=256KiB"
#define LARGE "boxing/sum/inline/ws=64MiB"
#define OTHER "boxing/sum/boxed/ws=256KiB"

static struct lb_gate_row *add(struct lb_gate *gate, const char *id, enum lb_gate_metric metric,
                               enum lb_gate_source source, enum lb_gate_verdict verdict)
{
    struct lb_gate_row *row = lb_gate_add_row(gate, id, "boxing/sum", metric, source, verdict);
    assert_non_null(row);
    return row;
}

static void add_time(struct lb_gate *gate, const char *id, enum lb_gate_verdict verdict)
{
    add(gate, id, LB_GATE_TIME, LB_GATE_PAIRS, verdict);
}

static void add_count(struct lb_gate *gate, const char *id, enum lb_gate_verdict verdict)
{
    add(gate, id, LB_GATE_INSTRUCTIONS, LB_GATE_SIMULATED, verdict);
}

/* ---- Which status -------------------------------------------------------------------------- */

static void each_verdict_asks_for_its_status(void **state)
{
    (void)state;
    static const struct {
        enum lb_gate_verdict verdict;
        enum lb_gate_exit status;
    } rows[] = {{LB_GATE_SAME, LB_GATE_EXIT_PASS},
                {LB_GATE_BETTER, LB_GATE_EXIT_PASS},
                {LB_GATE_WORSE, LB_GATE_EXIT_REGRESSION},
                {LB_GATE_FAILED, LB_GATE_EXIT_SET_CHANGED},
                {LB_GATE_VANISHED, LB_GATE_EXIT_SET_CHANGED},
                {LB_GATE_CHANGED, LB_GATE_EXIT_SET_CHANGED},
                {LB_GATE_NOT_COMPARABLE, LB_GATE_EXIT_INCOMPARABLE},
                {LB_GATE_UNDECIDED, LB_GATE_EXIT_UNDECIDED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_gate gate = {.rows = NULL};
        add(&gate, SMALL, LB_GATE_TIME, LB_GATE_PAIRS, rows[i].verdict);
        lb_gate_conclude(&gate);
        assert_int_equal(gate.exit, rows[i].status);
        assert_int_equal(gate.counts[rows[i].verdict], 1);
        lb_gate_free(&gate);
    }
}

static void an_accepted_row_passes_whatever_it_is(void **state)
{
    (void)state;
    for (int v = 0; v < LB_GATE_VERDICT_COUNT; v++) {
        struct lb_gate gate = {.rows = NULL, .strict = true};
        add_count(&gate, OTHER, LB_GATE_SAME);
        struct lb_gate_row *row =
            add(&gate, SMALL, LB_GATE_TIME, LB_GATE_PAIRS, (enum lb_gate_verdict)v);
        snprintf(row->accepted, sizeof row->accepted, "agreed");
        lb_gate_conclude(&gate);
        assert_int_equal(gate.exit, LB_GATE_EXIT_PASS);
        assert_int_equal(gate.accepted, 1);
        lb_gate_free(&gate);
    }
}

static void of_several_statuses_the_first_in_the_order_wins(void **state)
{
    (void)state;
    static const enum lb_gate_verdict ordered[] = {
        LB_GATE_NOT_COMPARABLE, LB_GATE_WORSE, LB_GATE_VANISHED, LB_GATE_UNDECIDED, LB_GATE_SAME};
    static const enum lb_gate_exit wins[] = {LB_GATE_EXIT_INCOMPARABLE, LB_GATE_EXIT_REGRESSION,
                                             LB_GATE_EXIT_SET_CHANGED, LB_GATE_EXIT_UNDECIDED,
                                             LB_GATE_EXIT_PASS};
    for (size_t first = 0; first < 5; first++) {
        struct lb_gate gate = {.rows = NULL};
        for (size_t i = 5; i-- > first;) /* the winner last: order of rows must not matter */
            add(&gate, SMALL, LB_GATE_TIME, LB_GATE_PAIRS, ordered[i]);
        lb_gate_conclude(&gate);
        assert_int_equal(gate.exit, wins[first]);
        lb_gate_free(&gate);
    }
}

static void a_gate_that_judged_nothing_is_no_pass(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_SET_CHANGED);
    add_time(&gate, SMALL, LB_GATE_NOT_GATED);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_SET_CHANGED);
    assert_non_null(strstr(gate.headline, "NOTHING JUDGED"));
    add_count(&gate, SMALL, LB_GATE_SAME);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_PASS);
    lb_gate_free(&gate);
}

static void what_is_new_passes_beside_what_is_judged_and_not_alone(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    add(&gate, SMALL, LB_GATE_CASE, LB_GATE_NO_SOURCE, LB_GATE_NEW);
    add_time(&gate, LARGE, LB_GATE_NOT_GATED);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_SET_CHANGED);
    assert_non_null(strstr(gate.headline, "NOTHING JUDGED: no case was compared (2 rows, 1 new"));
    add_count(&gate, OTHER, LB_GATE_SAME);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_PASS);
    lb_gate_free(&gate);
}

static void what_was_agreed_to_is_no_pass_where_nothing_was_judged(void **state)
{
    (void)state;
    static const enum lb_gate_verdict verdicts[] = {LB_GATE_NOT_COMPARABLE, LB_GATE_FAILED,
                                                    LB_GATE_VANISHED, LB_GATE_CHANGED};
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        struct lb_gate gate = {.rows = NULL};
        struct lb_gate_row *row = add(&gate, SMALL, LB_GATE_CASE, LB_GATE_NO_SOURCE, verdicts[i]);
        lb_gate_conclude(&gate);
        assert_null(strstr(gate.headline, "NOTHING JUDGED")); /* it has more to say */
        snprintf(row->accepted, sizeof row->accepted, "agreed");
        lb_gate_conclude(&gate);
        assert_int_equal(gate.exit, LB_GATE_EXIT_SET_CHANGED);
        assert_non_null(strstr(gate.headline, "NOTHING JUDGED"));
        lb_gate_free(&gate);
    }
}

/* ---- Undecided ----------------------------------------------------------------------------- */

static enum lb_gate_exit undecided_with(const char *count_id, enum lb_gate_verdict count,
                                        bool strict)
{
    struct lb_gate gate = {.rows = NULL, .strict = strict};
    add_time(&gate, LARGE, LB_GATE_UNDECIDED);
    add_count(&gate, OTHER, LB_GATE_SAME); /* another layout says nothing of this one */
    if (count_id)
        add_count(&gate, count_id, count);
    lb_gate_conclude(&gate);
    enum lb_gate_exit status = gate.exit;
    lb_gate_free(&gate);
    return status;
}

static void an_undecided_time_passes_only_where_its_counts_are_the_same(void **state)
{
    (void)state;
    assert_int_equal(undecided_with(LARGE, LB_GATE_SAME, false), LB_GATE_EXIT_PASS);
    assert_int_equal(undecided_with(NULL, LB_GATE_SAME, false), LB_GATE_EXIT_UNDECIDED);
    assert_int_equal(undecided_with(LARGE, LB_GATE_BETTER, false), LB_GATE_EXIT_UNDECIDED);
    assert_int_equal(undecided_with(LARGE, LB_GATE_WORSE, false), LB_GATE_EXIT_REGRESSION);
    assert_int_equal(undecided_with(LARGE, LB_GATE_FAILED, false), LB_GATE_EXIT_SET_CHANGED);
}

static void counts_of_the_same_layout_at_another_point_speak_for_it(void **state)
{
    (void)state;
    assert_int_equal(undecided_with(SMALL, LB_GATE_SAME, false), LB_GATE_EXIT_PASS);
}

static void of_a_layout_counted_at_two_points_both_have_to_be_the_same(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    add_time(&gate, LARGE, LB_GATE_UNDECIDED);
    add_count(&gate, SMALL, LB_GATE_SAME);
    add_count(&gate, "boxing/sum/inline/ws=16MiB", LB_GATE_BETTER);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_UNDECIDED);
    lb_gate_free(&gate);
}

static void a_point_whose_counts_could_not_be_compared_is_not_spoken_for_by_another(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    add_time(&gate, LARGE, LB_GATE_UNDECIDED);
    add(&gate, LARGE, LB_GATE_CASE, LB_GATE_SIMULATED, LB_GATE_NOT_GATED);
    add_count(&gate, SMALL, LB_GATE_SAME);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_UNDECIDED);
    lb_gate_free(&gate);
}

static void strict_makes_every_undecided_row_a_failure(void **state)
{
    (void)state;
    assert_int_equal(undecided_with(LARGE, LB_GATE_SAME, true), LB_GATE_EXIT_UNDECIDED);
}

/* A count that is not judged (a PMU's misses) is no witness. */
static void counts_that_are_not_judged_are_no_witness(void **state)
{
    (void)state;
    assert_int_equal(undecided_with(LARGE, LB_GATE_NOT_GATED, false), LB_GATE_EXIT_UNDECIDED);
}

/* ---- Evidence ------------------------------------------------------------------------------ */

static void witnesses_are_told_for_both_sides_of_a_case(void **state)
{
    (void)state;
    enum { W = LB_GATE_WORSE, B = LB_GATE_BETTER, S = LB_GATE_SAME, U = LB_GATE_UNDECIDED };
    static const struct {
        int line, time, count, of_time, of_count; /* verdicts; NEW: there is no such row */
    } rows[] = {
        {__LINE__, W, W, LB_GATE_AGREE, LB_GATE_AGREE},
        {__LINE__, B, B, LB_GATE_AGREE, LB_GATE_AGREE},
        {__LINE__, W, S, LB_GATE_TIME_ALONE, LB_GATE_NO_EVIDENCE},
        {__LINE__, S, W, LB_GATE_NO_EVIDENCE, LB_GATE_COUNTS_ALONE},
        {__LINE__, U, W, LB_GATE_NO_EVIDENCE, LB_GATE_COUNTS_UNTIMED},
        {__LINE__, W, B, LB_GATE_CONTRADICT, LB_GATE_CONTRADICT},
        {__LINE__, B, W, LB_GATE_CONTRADICT, LB_GATE_CONTRADICT},
        {__LINE__, W, LB_GATE_NEW, LB_GATE_TIME_UNCOUNTED, LB_GATE_NO_EVIDENCE},
        {__LINE__, W, LB_GATE_FAILED, LB_GATE_TIME_UNCOUNTED, LB_GATE_NO_EVIDENCE},
        {__LINE__, LB_GATE_NEW, W, LB_GATE_NO_EVIDENCE, LB_GATE_COUNTS_UNTIMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_gate gate = {.rows = NULL};
        add(&gate, SMALL, LB_GATE_TIME,
            rows[i].time == LB_GATE_NEW ? LB_GATE_NO_SOURCE : LB_GATE_PAIRS,
            (enum lb_gate_verdict)rows[i].time);
        add(&gate, SMALL, LB_GATE_INSTRUCTIONS,
            rows[i].count == LB_GATE_NEW ? LB_GATE_NO_SOURCE : LB_GATE_SIMULATED,
            (enum lb_gate_verdict)rows[i].count);
        lb_gate_conclude(&gate);
        if (gate.rows[0].evidence != (enum lb_gate_evidence)rows[i].of_time ||
            gate.rows[1].evidence != (enum lb_gate_evidence)rows[i].of_count)
            fail_msg("line %d: %s and %s", rows[i].line,
                     lb_gate_evidence_name(gate.rows[0].evidence),
                     lb_gate_evidence_name(gate.rows[1].evidence));
        lb_gate_free(&gate);
    }
}

/* One of three counters that moved agrees with the time; the others need not. */
static void a_slower_row_with_equal_counts_is_still_a_regression(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    add_time(&gate, SMALL, LB_GATE_WORSE);
    add_count(&gate, SMALL, LB_GATE_SAME);
    lb_gate_conclude(&gate);
    assert_int_equal(gate.exit, LB_GATE_EXIT_REGRESSION);
    assert_int_equal(gate.rows[0].evidence, LB_GATE_TIME_ALONE);
    lb_gate_free(&gate);
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static void a_row_starts_with_nothing_known(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    const struct lb_gate_row *row = add(&gate, SMALL, LB_GATE_TIME, LB_GATE_PAIRS, LB_GATE_SAME);
    assert_true(isnan(row->base) && isnan(row->head) && isnan(row->ratio) && isnan(row->low) &&
                isnan(row->high) && isnan(row->smallest_change) && isnan(row->pair_deviation));
    assert_string_equal(row->case_id, SMALL);
    assert_string_equal(row->reason, "");
    lb_gate_free(&gate);
}

static void rows_stay_as_they_were_while_more_are_added(void **state)
{
    (void)state;
    struct lb_gate gate = {.rows = NULL};
    for (int i = 0; i < 1000; i++) {
        char id[32];
        snprintf(id, sizeof id, "case %d", i);
        add_count(&gate, id, LB_GATE_SAME);
    }
    assert_int_equal(gate.row_count, 1000);
    assert_string_equal(gate.rows[0].case_id, "case 0");
    assert_string_equal(gate.rows[999].case_id, "case 999");
    lb_gate_free(&gate);
}

static void words_are_of_the_metric(void **state)
{
    (void)state;
    struct lb_gate_row row = {.metric = LB_GATE_TIME, .verdict = LB_GATE_WORSE};
    assert_string_equal(lb_gate_row_word(&row), "slower");
    row.metric = LB_GATE_L3_MISSES;
    assert_string_equal(lb_gate_row_word(&row), "more");
    row.verdict = LB_GATE_BETTER;
    assert_string_equal(lb_gate_row_word(&row), "fewer");
    row.verdict = LB_GATE_VANISHED;
    assert_string_equal(lb_gate_row_word(&row), "vanished");
    assert_int_equal(lb_gate_metric_of("l1d_misses"), LB_GATE_L1D_MISSES);
    assert_int_equal(lb_gate_metric_of("l4_misses"), LB_GATE_METRIC_COUNT);
}

static void a_row_is_repeated_the_way_the_gate_was_called(void **state)
{
    (void)state;
    struct lb_gate gate = {.base = {.results = "a.json"}, .head = {.results = "b.json"}};
    struct lb_gate_row row = {.case_id = SMALL};
    char text[1024];
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_non_null(strstr(text, "--base-results a.json --head-results b.json"));
    assert_non_null(strstr(text, "--filter '" SMALL "'"));
    gate.base = (struct lb_gate_side){.program = "base/layoutbench"};
    gate.head = (struct lb_gate_side){.program = "head/layoutbench"};
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_non_null(strstr(text, "--base-binary base/layoutbench --head-binary head/layoutbench"));
    strcpy(gate.base.revision, "main");
    strcpy(gate.head.revision, "this tree");
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_string_equal(text, "scripts/gate main --filter '" SMALL "'");
}

static void a_side_is_repeated_as_what_it_was_given_as(void **state)
{
    (void)state;
    struct lb_gate gate = {.base = {.results = "a.json"}, .head = {.program = "b"}};
    struct lb_gate_row row = {.case_id = SMALL};
    char text[1024];
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_string_equal(
        text, "layoutbench-gate --base-results a.json --head-binary b --filter '" SMALL "'");
    strcpy(gate.base.program, "a"); /* its counts are the document's */
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_string_equal(text, "layoutbench-gate --base-binary a --base-results a.json "
                              "--head-binary b --filter '" SMALL "'");
    strcpy(gate.base.revision, "main"); /* and the head is none that the script builds */
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_string_equal(text, "scripts/gate main --head-binary b --filter '" SMALL "'");
}

static void a_row_is_repeated_by_the_terms_that_were_given(void **state)
{
    (void)state;
    struct lb_gate gate = {.base = {.results = "a.json"},
                           .head = {.results = "b.json"},
                           .strict = true,
                           .policy_file = "my policy.json",
                           .accepted_file = "accepted.json",
                           .seed = 0,
                           .seed_given = true,
                           .no_time = true,
                           .cpu_text = "none"};
    struct lb_gate_row row = {.case_id = SMALL};
    char text[1024];
    lb_gate_reproduce(&gate, &row, text, sizeof text);
    assert_string_equal(text, "layoutbench-gate --base-results a.json --head-results b.json "
                              "--policy 'my policy.json' --accepted accepted.json --seed 0 "
                              "--cpu none --no-time --strict --filter '" SMALL "'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verdict_asks_for_its_status),
        cmocka_unit_test(an_accepted_row_passes_whatever_it_is),
        cmocka_unit_test(of_several_statuses_the_first_in_the_order_wins),
        cmocka_unit_test(a_gate_that_judged_nothing_is_no_pass),
        cmocka_unit_test(what_is_new_passes_beside_what_is_judged_and_not_alone),
        cmocka_unit_test(what_was_agreed_to_is_no_pass_where_nothing_was_judged),
        cmocka_unit_test(an_undecided_time_passes_only_where_its_counts_are_the_same),
        cmocka_unit_test(counts_of_the_same_layout_at_another_point_speak_for_it),
        cmocka_unit_test(of_a_layout_counted_at_two_points_both_have_to_be_the_same),
        cmocka_unit_test(a_point_whose_counts_could_not_be_compared_is_not_spoken_for_by_another),
        cmocka_unit_test(strict_makes_every_undecided_row_a_failure),
        cmocka_unit_test(counts_that_are_not_judged_are_no_witness),
        cmocka_unit_test(witnesses_are_told_for_both_sides_of_a_case),
        cmocka_unit_test(a_slower_row_with_equal_counts_is_still_a_regression),
        cmocka_unit_test(a_row_starts_with_nothing_known),
        cmocka_unit_test(rows_stay_as_they_were_while_more_are_added),
        cmocka_unit_test(words_are_of_the_metric),
        cmocka_unit_test(a_row_is_repeated_the_way_the_gate_was_called),
        cmocka_unit_test(a_side_is_repeated_as_what_it_was_given_as),
        cmocka_unit_test(a_row_is_repeated_by_the_terms_that_were_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
