/*
 * test_looks.c - the design of the time tier, proved on sums and random numbers, not on timings.
 */
#include "tests/harness/cmocka_all.h"

#include "ci/looks.h"
#include "harness/api.h"

#include <math.h>
#include <stdbool.h>

#define ALLOWANCE 0.02

static double slower_by(double percent)
{
    return log1p(percent / 100);
}

/* ---- One look -------------------------------------------------------------------------------- */

/* `above` of the pairs are 4 % slower, the others as fast. */
static enum lb_look_verdict verdict_with(unsigned above, unsigned pairs)
{
    double log_ratios[LB_LOOKS_PAIRS_MAX];
    struct lb_look look;
    for (unsigned i = 0; i < pairs; i++)
        log_ratios[i] = i < above ? slower_by(4) : 0;
    lb_looks_judge(log_ratios, pairs, ALLOWANCE, &look);
    assert_int_equal(look.pairs, pairs);
    return look.verdict;
}

static void a_look_is_decided_by_how_many_pairs_are_above_the_allowance(void **state)
{
    /* The most pairs that may lie on the other side: P(Binomial(n, 1/2) <= k) <= 1 %, by hand. */
    static const struct {
        int line;
        unsigned pairs, dissenters;
    } looks[] = {{__LINE__, 8, 0},  {__LINE__, 12, 1}, {__LINE__, 16, 2},
                 {__LINE__, 20, 4}, {__LINE__, 28, 7}, {__LINE__, 40, 12}};
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(looks); i++) {
        unsigned n = looks[i].pairs, k = looks[i].dissenters;
        enum lb_look_verdict open = n == LB_LOOKS_PAIRS_MAX ? LB_LOOK_UNDECIDED : LB_LOOK_GO_ON;
        if (lb_looks_pairs[i] != n || verdict_with(n - k, n) != LB_LOOK_SLOWER ||
            verdict_with(n - k - 1, n) != open || verdict_with(k, n) != LB_LOOK_SAME ||
            verdict_with(k + 1, n) != open)
            fail_msg("line %d: %u pairs", looks[i].line, n);
    }
}

static void nothing_is_said_between_looks(void **state)
{
    (void)state;
    for (unsigned pairs = 0; pairs < LB_LOOKS_PAIRS_MAX; pairs++) {
        bool due = false;
        for (size_t i = 0; i < LB_LOOKS; i++)
            due |= lb_looks_pairs[i] == pairs;
        if (!due && verdict_with(pairs, pairs) != LB_LOOK_GO_ON)
            fail_msg("a verdict after %u pairs", pairs);
    }
}

static void exactly_the_allowance_is_neither_slower_nor_the_same(void **state)
{
    double log_ratios[8];
    struct lb_look look;
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(log_ratios); i++)
        log_ratios[i] = log1p(ALLOWANCE);
    lb_looks_judge(log_ratios, 8, ALLOWANCE, &look);
    assert_int_equal(look.verdict, LB_LOOK_GO_ON);
}

static void figures_are_ratios_and_unknown_bounds_are_not_numbers(void **state)
{
    const double log_ratios[] = {log(1.01), log(1.05), log(1.03), log(1.02),
                                 log(1.04), log(1.03), log(1.03), log(1.06)};
    struct lb_look look;
    (void)state;
    lb_looks_judge(log_ratios, 8, ALLOWANCE, &look);
    assert_true(fabs(look.ratio - 1.03) < 1e-9);
    assert_true(fabs(look.low - 1.01) < 1e-9);
    assert_true(fabs(look.high - 1.06) < 1e-9);
    assert_true(look.deviation > 0.014 && look.deviation < 0.016);
    lb_looks_judge(log_ratios, 6, ALLOWANCE, &look);
    assert_true(isnan(look.low) && isnan(look.high) && isnan(look.smallest_ratio));
    lb_looks_judge(log_ratios, 0, ALLOWANCE, &look);
    assert_true(isnan(look.ratio) && isnan(look.deviation));
}

static void the_smallest_change_is_where_the_verdict_turns(void **state)
{
    double log_ratios[12], moved[12];
    struct lb_look look, nearly, just;
    struct lb_rng rng = {7};
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(log_ratios); i++)
        log_ratios[i] = (double)lb_rng_below(&rng, 1000) * 1e-5;
    lb_looks_judge(log_ratios, 12, ALLOWANCE, &look);
    assert_int_equal(look.verdict, LB_LOOK_SAME);
    for (int step = 0; step < 2; step++) {
        double shift = log(look.smallest_ratio / look.ratio) + (step ? 1e-9 : -1e-9);
        for (size_t i = 0; i < LB_COUNT_OF(moved); i++)
            moved[i] = log_ratios[i] + shift;
        lb_looks_judge(moved, 12, ALLOWANCE, step ? &just : &nearly);
    }
    assert_int_not_equal(nearly.verdict, LB_LOOK_SLOWER);
    assert_int_equal(just.verdict, LB_LOOK_SLOWER);
    assert_true(fabs(just.ratio - look.smallest_ratio) < 1e-6);
}

/* ---- All looks ------------------------------------------------------------------------------- */

static double normal_cdf(double z)
{
    return erfc(-z / M_SQRT2) / 2;
}

/* Of a program that is slower by `percent`, where a pair scatters by `deviation_percent`. */
static struct lb_looks_chances chances_of(double percent, double deviation_percent)
{
    struct lb_looks_chances chances;
    double distance = slower_by(percent) - slower_by(100 * ALLOWANCE);
    lb_looks_chances(normal_cdf(distance / (deviation_percent / 100)), &chances);
    return chances;
}

static void a_false_alarm_has_at_most_a_chance_of_one_in_a_thousand(void **state)
{
    (void)state;
    /* The worst case that may not fail: slower by just the allowance, or by anything less. */
    for (double above = 0; above <= 0.5; above += 1.0 / 64) {
        struct lb_looks_chances chances;
        lb_looks_chances(above, &chances);
        double confirmed = chances.slower * chances.slower;
        if (confirmed > 0.0004)
            fail_msg("chance %.3f: %.6f false alarms", above, confirmed);
    }
}

static void a_program_against_itself_is_the_same_in_nearly_all_cases(void **state)
{
    (void)state;
    struct lb_looks_chances chances = chances_of(0, 2);
    assert_true(chances.undecided < 0.01);
    assert_true(chances.slower < 1e-6);
    chances = chances_of(0, 0.5);
    assert_true(chances.undecided < 1e-6);
    assert_true(chances.pairs < 8.1);
}

static void what_must_be_found_is_found(void **state)
{
    (void)state;
    struct lb_looks_chances five = chances_of(5, 3), three = chances_of(3, 1.3);
    assert_true(five.slower * five.slower > 0.95);
    assert_true(five.same < 1e-5);
    assert_true(three.slower * three.slower > 0.80);
    assert_true(three.same < 1e-4);
}

static void certain_pairs_are_decided_at_the_first_look(void **state)
{
    struct lb_looks_chances chances;
    (void)state;
    lb_looks_chances(0, &chances);
    assert_true(chances.same == 1 && chances.pairs == 8);
    lb_looks_chances(1, &chances);
    assert_true(chances.slower == 1 && chances.pairs == 8);
}

/* What lb_looks_judge says of random pairs, look after look, as the duel does. */
static enum lb_look_verdict random_sequence(struct lb_rng *rng, double chance_above)
{
    double log_ratios[LB_LOOKS_PAIRS_MAX];
    struct lb_look look = {.verdict = LB_LOOK_GO_ON};
    for (unsigned pairs = 0; look.verdict == LB_LOOK_GO_ON;) {
        bool above = (double)(lb_rng_next(rng) >> 11) * 0x1p-53 < chance_above;
        log_ratios[pairs++] = slower_by(above ? 3 : 1);
        lb_looks_judge(log_ratios, pairs, ALLOWANCE, &look);
    }
    return look.verdict;
}

static void random_pairs_end_as_often_as_the_exact_sums_say(void **state)
{
    static const double chances_above[] = {0.5, 0.25, 0.8};
    enum { TRIALS = 20000 };
    struct lb_rng rng = {20};
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(chances_above); i++) {
        unsigned ends[LB_LOOK_UNDECIDED + 1] = {0};
        struct lb_looks_chances exact;
        lb_looks_chances(chances_above[i], &exact);
        for (int trial = 0; trial < TRIALS; trial++)
            ends[random_sequence(&rng, chances_above[i])]++;
        /* Four standard errors of a share are at most 2 %/sqrt(2). */
        assert_true(fabs(ends[LB_LOOK_SAME] / (double)TRIALS - exact.same) < 0.0142);
        assert_true(fabs(ends[LB_LOOK_SLOWER] / (double)TRIALS - exact.slower) < 0.0142);
        assert_true(fabs(ends[LB_LOOK_UNDECIDED] / (double)TRIALS - exact.undecided) < 0.0142);
        assert_true(fabs(exact.same + exact.slower + exact.undecided - 1) < 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_is_decided_by_how_many_pairs_are_above_the_allowance),
        cmocka_unit_test(nothing_is_said_between_looks),
        cmocka_unit_test(exactly_the_allowance_is_neither_slower_nor_the_same),
        cmocka_unit_test(figures_are_ratios_and_unknown_bounds_are_not_numbers),
        cmocka_unit_test(the_smallest_change_is_where_the_verdict_turns),
        cmocka_unit_test(a_false_alarm_has_at_most_a_chance_of_one_in_a_thousand),
        cmocka_unit_test(a_program_against_itself_is_the_same_in_nearly_all_cases),
        cmocka_unit_test(what_must_be_found_is_found),
        cmocka_unit_test(certain_pairs_are_decided_at_the_first_look),
        cmocka_unit_test(random_pairs_end_as_often_as_the_exact_sums_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
