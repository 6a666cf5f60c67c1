/* test_counts.c - counts of two sides, held against the built-in policy. */
#include "ci/counts.h"
#include "tests/ci/made_side.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SMALL           "toy/sum/inline/ws=256KiB"
#define LARGE           "toy/sum/inline/ws=16MiB"

#define TODAY "2026-11-23"

static struct lb_acknowledgements accepted; /* none, but in one test */

static void believe(struct lb_results *side, const char *id, enum lb_gate_source source,
                    enum lb_gate_metric metric, double count)
{
    case_of(side, id)->readings[source][metric] = LB_READING_BELIEVED;
    case_of(side, id)->counts[source][metric] = count;
}

static void lose_of(struct lb_results *side, const char *id, enum lb_gate_source source,
                    enum lb_gate_metric metric, const char *why)
{
    case_of(side, id)->readings[source][metric] = LB_READING_LOST;
    snprintf(case_of(side, id)->reason, LB_GATE_TEXT_BYTES, "%s", why);
}

static void lose(const char *id, enum lb_gate_source source, enum lb_gate_metric metric,
                 const char *why)
{
    lose_of(&head, id, source, metric, why);
}

/* Every case with its like. */
static void pair_up(struct lb_matches *matches, struct lb_match pairs[MADE_MAX])
{
    *matches = (struct lb_matches){.pairs = pairs, .count = base.case_count};
    for (size_t i = 0; i < base.case_count; i++)
        pairs[i] = (struct lb_match){&base.cases[i], &head.cases[i],
                                     &head.benchmarks[head.cases[i].benchmark]};
}

static void compare(void)
{
    struct lb_policy policy;
    struct lb_match pairs[MADE_MAX];
    struct lb_matches matches;
    pair_up(&matches, pairs);
    lb_gate_free(&gate);
    assert_int_equal(lb_policy_read(NULL, &policy, NULL), LB_OK);
    assert_int_equal(
        lb_counts_compare(&base, &head, &matches, &policy, &accepted, TODAY, &gate, NULL), LB_OK);
}

/* The row of one counter with these two figures. */
static const struct lb_gate_row *compare_one(enum lb_gate_source source, enum lb_gate_metric metric,
                                             double of_base, double of_head)
{
    make_sides(IDS(SMALL), IDS(SMALL));
    believe(&base, SMALL, source, metric, of_base);
    believe(&head, SMALL, source, metric, of_head);
    compare();
    assert_int_equal(gate.row_count, 1);
    return &gate.rows[0];
}

/* ---- Tolerances ---------------------------------------------------------------------------- */

#define ABOVE(x) nextafter(x, INFINITY)
#define BELOW(x) nextafter(x, 0)

static void a_tolerance_holds_to_its_end_and_no_further(void **state)
{
    const struct {
        int line;
        enum lb_gate_metric metric;
        double base, head;
        enum lb_gate_verdict verdict;
    } rows[] = {
        /* 0.1 % of instructions */
        {__LINE__, LB_GATE_INSTRUCTIONS, 1000, 1000, LB_GATE_SAME},
        {__LINE__, LB_GATE_INSTRUCTIONS, 1000, 1001, LB_GATE_SAME},
        {__LINE__, LB_GATE_INSTRUCTIONS, 1000, ABOVE(1001), LB_GATE_WORSE},
        {__LINE__, LB_GATE_INSTRUCTIONS, 1000, 999, LB_GATE_SAME},
        {__LINE__, LB_GATE_INSTRUCTIONS, 1000, BELOW(999), LB_GATE_BETTER},
        {__LINE__, LB_GATE_INSTRUCTIONS, 0, 5e-324, LB_GATE_WORSE}, /* nothing per op */
        /* 0.5 % of misses where that is more */
        {__LINE__, LB_GATE_L1D_MISSES, 200, 201, LB_GATE_SAME},
        {__LINE__, LB_GATE_L1D_MISSES, 200, ABOVE(201), LB_GATE_WORSE},
        {__LINE__, LB_GATE_L1D_MISSES, 200, 199, LB_GATE_SAME},
        {__LINE__, LB_GATE_L1D_MISSES, 200, BELOW(199), LB_GATE_BETTER},
        {__LINE__, LB_GATE_L1D_MISSES, 1, 1.004, LB_GATE_SAME},
        {__LINE__, LB_GATE_L1D_MISSES, 1, 1.006, LB_GATE_WORSE},
        /* 0.001 an op where that is more */
        {__LINE__, LB_GATE_L3_MISSES, 0, 0.001, LB_GATE_SAME},
        {__LINE__, LB_GATE_L3_MISSES, 0, ABOVE(0.001), LB_GATE_WORSE},
        {__LINE__, LB_GATE_L3_MISSES, 0.001, 0, LB_GATE_SAME},
        {__LINE__, LB_GATE_L3_MISSES, ABOVE(0.001), 0, LB_GATE_BETTER},
        {__LINE__, LB_GATE_L3_MISSES, 0.1, 0.1009, LB_GATE_SAME},
        {__LINE__, LB_GATE_L3_MISSES, 0.1, 0.1011, LB_GATE_WORSE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct lb_gate_row *row =
            compare_one(LB_GATE_SIMULATED, rows[i].metric, rows[i].base, rows[i].head);
        if (row->verdict != rows[i].verdict)
            fail_msg("row of line %d: %s", rows[i].line, lb_gate_verdict_name(row->verdict));
    }
}

static void a_row_has_both_figures_their_ratio_and_what_was_allowed(void **state)
{
    (void)state;
    const struct lb_gate_row *row = compare_one(LB_GATE_SIMULATED, LB_GATE_L1D_MISSES, 0.5, 0.75);
    assert_string_equal(row->case_id, SMALL);
    assert_string_equal(row->benchmark, "toy/sum");
    assert_string_equal(row->source_file, "toy.c");
    assert_int_equal(row->metric, LB_GATE_L1D_MISSES);
    assert_int_equal(row->source, LB_GATE_SIMULATED);
    assert_true(row->base == 0.5 && row->head == 0.75 && row->ratio == 1.5);
    assert_true(row->allowance == 0.005 && row->allowance_per_op == 0.001);
    assert_true(isnan(compare_one(LB_GATE_SIMULATED, LB_GATE_L1D_MISSES, 0, 1)->ratio));
}

static void what_the_pmu_counted_has_a_policy_of_its_own(void **state)
{
    (void)state;
    /* 0.01 instructions an op are allowed here, not to the simulation. */
    assert_int_equal(compare_one(LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 0, 0.01)->verdict,
                     LB_GATE_SAME);
    assert_int_equal(compare_one(LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 0, 0.011)->verdict,
                     LB_GATE_WORSE);
    const struct lb_gate_row *row = compare_one(LB_GATE_HARDWARE, LB_GATE_L3_MISSES, 1, 9);
    assert_int_equal(row->verdict, LB_GATE_NOT_GATED);
    assert_true(row->reason[0]);
}

/* ---- Counters that one side lacks ---------------------------------------------------------- */

static void a_counter_that_the_head_lost_has_failed_with_why(void **state)
{
    (void)state;
    make_sides(IDS(SMALL), IDS(SMALL));
    for (int m = LB_GATE_INSTRUCTIONS; m <= LB_GATE_L1D_MISSES; m++)
        believe(&base, SMALL, LB_GATE_SIMULATED, (enum lb_gate_metric)m, 4);
    believe(&head, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
    lose(SMALL, LB_GATE_SIMULATED, LB_GATE_L1D_MISSES, "killed by SIGKILL");
    compare();
    assert_int_equal(gate.row_count, 2);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_SAME);
    const struct lb_gate_row *row = &gate.rows[1];
    assert_int_equal(row->metric, LB_GATE_L1D_MISSES);
    assert_int_equal(row->verdict, LB_GATE_FAILED);
    assert_string_equal(row->reason, "lost its counts: killed by SIGKILL");
    assert_true(row->base == 4 && isnan(row->head));
}

static void counters_that_went_together_are_one_row_without_a_figure(void **state)
{
    (void)state;
    make_sides(IDS(SMALL), IDS(SMALL));
    for (int m = LB_GATE_INSTRUCTIONS; m <= LB_GATE_L3_MISSES; m++)
        believe(&base, SMALL, LB_GATE_SIMULATED, (enum lb_gate_metric)m, 4);
    compare();
    assert_int_equal(gate.row_count, 1);
    const struct lb_gate_row *row = &gate.rows[0];
    assert_int_equal(row->metric, LB_GATE_CASE);
    assert_int_equal(row->source, LB_GATE_SIMULATED);
    assert_int_equal(row->verdict, LB_GATE_FAILED);
    assert_string_equal(row->reason, "lost its counts: the head has none");
    assert_true(isnan(row->base) && isnan(row->head));
}

static void one_source_that_was_lost_does_not_hide_the_other(void **state)
{
    (void)state;
    make_sides(IDS(SMALL), IDS(SMALL));
    believe(&base, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
    believe(&base, SMALL, LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 4);
    believe(&head, SMALL, LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 5);
    compare();
    assert_int_equal(gate.row_count, 2);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_FAILED);
    assert_int_equal(gate.rows[1].verdict, LB_GATE_WORSE);
    assert_int_equal(gate.rows[1].source, LB_GATE_HARDWARE);
}

static void a_counter_that_only_the_head_has_is_no_row(void **state)
{
    (void)state;
    make_sides(IDS(SMALL), IDS(SMALL));
    believe(&head, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
    compare();
    assert_int_equal(gate.row_count, 0);
    assert_int_equal(gate.notice_count, 0);
}

static void what_neither_side_could_count_is_told_and_not_judged(void **state)
{
    (void)state;
    make_sides(IDS(SMALL), IDS(SMALL));
    lose(SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, "it starts threads");
    compare();
    assert_int_equal(gate.row_count, 1);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_NOT_GATED);
    assert_int_equal(gate.rows[0].metric, LB_GATE_CASE);
    assert_string_equal(gate.rows[0].reason, "not counted: it starts threads");
}

static void what_the_base_could_not_count_is_told_and_not_judged(void **state)
{
    (void)state;
    make_sides(IDS(SMALL), IDS(SMALL));
    lose_of(&base, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, "killed by SIGKILL");
    believe(&head, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
    compare();
    assert_int_equal(gate.row_count, 1);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_NOT_GATED);
    assert_string_equal(gate.rows[0].reason,
                        "not compared: the base has no counts: killed by SIGKILL");
}

/* ---- Other instructions -------------------------------------------------------------------- */

static void other_instructions_are_told_once_a_layout_even_within_the_tolerance(void **state)
{
    const char *const ids[] = {SMALL, LARGE, "toy/sum/boxed/ws=256KiB", NULL};
    (void)state;
    make_sides(ids, ids);
    for (size_t i = 0; i < base.case_count; i++) {
        bool other = strstr(base.cases[i].id, "inline") != NULL;
        believe(&base, base.cases[i].id, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
        believe(&head, base.cases[i].id, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS,
                other ? 4.001 : 4);
    }
    compare();
    assert_int_equal(gate.rows[0].verdict, LB_GATE_SAME);
    assert_int_equal(gate.notice_count, 1);
    assert_int_equal(gate.notices[0].kind, LB_GATE_NOTICE_CODE);
    assert_string_equal(gate.notices[0].subject, "toy/sum/inline");
    assert_string_equal(gate.notices[0].text, "4.001 instructions per op, was 4");
}

static void only_the_simulation_tells_of_other_instructions(void **state)
{
    (void)state;
    compare_one(LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 4, 4.001);
    assert_int_equal(gate.notice_count, 0);
}

/* ---- Machines ------------------------------------------------------------------------------ */

static void assert_cpu_differs(void)
{
    assert_int_equal(gate.row_count, 2);
    assert_string_equal(gate.rows[0].case_id, "cpu");
    assert_int_equal(gate.rows[0].metric, LB_GATE_ENVIRONMENT);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_NOT_COMPARABLE);
    assert_string_equal(gate.rows[0].reason, "'Zen 4' against 'Zen 5'");
    assert_int_equal(gate.rows[1].source, LB_GATE_SIMULATED);
    assert_int_equal(gate.rows[1].verdict, LB_GATE_SAME);
}

static void set_machines(const char *of_base, const char *of_head)
{
    base.machine_count = head.machine_count = 0;
    add_field(base.machine, &base.machine_count, "cpu", of_base);
    add_field(head.machine, &head.machine_count, "cpu", of_head);
}

static void on_another_machine_the_simulation_alone_compares(void **state)
{
    (void)state;
    compare_one(LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 4, 5);
    believe(&base, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
    believe(&head, SMALL, LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4);
    set_machines("Zen 4", "Zen 5");
    compare();
    assert_cpu_differs();
    /* A PMU that the other machine has not was not lost. */
    case_of(&head, SMALL)->readings[LB_GATE_HARDWARE][LB_GATE_INSTRUCTIONS] = LB_READING_NONE;
    compare();
    assert_cpu_differs();
    set_machines("Zen 5", "Zen 5");
    compare();
    assert_int_equal(gate.rows[1].source, LB_GATE_HARDWARE);
    assert_int_equal(gate.rows[1].verdict, LB_GATE_FAILED);
}

static void on_a_machine_that_was_accepted_the_pmu_compares_as_well(void **state)
{
    struct lb_acknowledgement entry = {.cases = "cpu",
                                       .metric = LB_GATE_ENVIRONMENT,
                                       .limit = NAN,
                                       .reason = "the same board",
                                       .expires = TODAY};
    (void)state;
    compare_one(LB_GATE_HARDWARE, LB_GATE_INSTRUCTIONS, 4, 5);
    set_machines("Zen 4", "Zen 5");
    accepted = (struct lb_acknowledgements){.entries = &entry, .count = 1};
    compare();
    accepted = (struct lb_acknowledgements){.count = 0};
    assert_int_equal(gate.row_count, 2);
    assert_string_equal(gate.rows[0].accepted, "the same board");
    assert_int_equal(gate.rows[1].source, LB_GATE_HARDWARE);
    assert_int_equal(gate.rows[1].verdict, LB_GATE_WORSE);
}

static void the_machine_does_not_matter_where_a_pmu_counted_nothing(void **state)
{
    (void)state;
    compare_one(LB_GATE_SIMULATED, LB_GATE_INSTRUCTIONS, 4, 4);
    set_machines("Zen 4", "Zen 5");
    compare();
    assert_int_equal(gate.row_count, 1);
    assert_int_equal(gate.rows[0].verdict, LB_GATE_SAME);
}

/* ---- Time ---------------------------------------------------------------------------------- */

static void advise(void)
{
    struct lb_match pairs[MADE_MAX];
    struct lb_matches matches;
    pair_up(&matches, pairs);
    assert_int_equal(lb_counts_advise_time(&matches, &gate, NULL), LB_OK);
}

static void stored_times_are_one_notice_and_no_row(void **state)
{
    static const char *const ids[] = {"toy/sum/a/ws=1KiB", "toy/sum/b/ws=1KiB", "toy/sum/c/ws=1KiB",
                                      "toy/sum/d/ws=1KiB", NULL};
    static const double ratios[] = {1.5, 1, 1.25, 9};
    (void)state;
    make_sides(ids, ids);
    advise();
    assert_int_equal(gate.notice_count, 0);
    for (size_t i = 0; i < COUNT_OF(ratios); i++) {
        base.cases[i].cpu_ns_per_op = 2;
        head.cases[i].cpu_ns_per_op = 2 * ratios[i];
    }
    base.cases[3].cpu_ns_per_op = 0; /* no ratio */
    advise();
    assert_int_equal(gate.row_count, 0);
    assert_int_equal(gate.notice_count, 1);
    assert_int_equal(gate.notices[0].kind, LB_GATE_NOTICE_ADVICE);
    assert_non_null(strstr(gate.notices[0].text,
                           "over 3 cases the median ratio is 1.250, the largest 1.50 (toy/sum/a"));
}

#define TEST(name) cmocka_unit_test_teardown(name, forget_sides)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_tolerance_holds_to_its_end_and_no_further),
        TEST(a_row_has_both_figures_their_ratio_and_what_was_allowed),
        TEST(what_the_pmu_counted_has_a_policy_of_its_own),
        TEST(a_counter_that_the_head_lost_has_failed_with_why),
        TEST(counters_that_went_together_are_one_row_without_a_figure),
        TEST(one_source_that_was_lost_does_not_hide_the_other),
        TEST(a_counter_that_only_the_head_has_is_no_row),
        TEST(what_neither_side_could_count_is_told_and_not_judged),
        TEST(what_the_base_could_not_count_is_told_and_not_judged),
        TEST(other_instructions_are_told_once_a_layout_even_within_the_tolerance),
        TEST(only_the_simulation_tells_of_other_instructions),
        TEST(on_another_machine_the_simulation_alone_compares),
        TEST(on_a_machine_that_was_accepted_the_pmu_compares_as_well),
        TEST(the_machine_does_not_matter_where_a_pmu_counted_nothing),
        TEST(stored_times_are_one_notice_and_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
