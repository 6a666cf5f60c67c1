/* test_stats.c - order statistics against values worked out by hand or counted exactly. */
#include "harness/base/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void same(double a, double b)
{
    assert_true(fabs(a - b) <= 1e-12 * fmax(1, fabs(b)));
}

static void sorting_orders_any_input(void **unused)
{
    (void)unused;
    struct lb_rng rng = {1};
    for (size_t n = 0; n < 70; n++) {
        double values[70];
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += values[i] = (double)lb_rng_below(&rng, 20) - 10;
        lb_stats_sort(values, n);
        for (size_t i = 0; i < n; i++)
            sum -= values[i];
        for (size_t i = 1; i < n; i++)
            assert_true(values[i - 1] <= values[i]);
        same(sum, 0);
    }
}

static void the_median_of_nothing_is_not_a_number(void **unused)
{
    (void)unused;
    double scratch[1];
    assert_true(isnan(lb_stats_median(NULL, 0, scratch)));
    assert_true(isnan(lb_stats_quantile(NULL, 0, 0.5)));
}

static void the_median_is_the_middle_or_between_the_middles(void **unused)
{
    (void)unused;
    const double values[] = {9, 1, 5, 2};
    double scratch[4];
    same(lb_stats_median(values, 1, scratch), 9);
    same(lb_stats_median(values, 2, scratch), 5);
    same(lb_stats_median(values, 3, scratch), 5);
    same(lb_stats_median(values, 4, scratch), 3.5);
    assert_true(values[0] == 9 && values[3] == 2);
}

static void a_quantile_is_a_value_at_its_nearest_rank(void **unused)
{
    (void)unused;
    double sorted[100];
    for (size_t i = 0; i < 100; i++)
        sorted[i] = (double)(i + 1);
    for (unsigned percent = 1; percent <= 100; percent++)
        same(lb_stats_quantile(sorted, 100, percent / 100.0), percent);
    same(lb_stats_quantile(sorted, 100, 0), 1);
    same(lb_stats_quantile(sorted, 100, 0.501), 51);
    same(lb_stats_quantile(sorted, 3, 0.5), 2);
    same(lb_stats_quantile(sorted, 4, 0.5), 2);
    same(lb_stats_quantile(sorted, 1, 0.999), 1);
}

/* Ranks from the published tables of the sign test's interval (1-based there: k + 1). */
static void the_interval_drops_as_many_as_the_tables_say(void **unused)
{
    (void)unused;
    static const struct {
        size_t n;
        double confidence;
        size_t k;
    } rows[] = {
        {6, 0.95, 0},  {8, 0.95, 0},    {9, 0.95, 1},   {10, 0.95, 1},   {12, 0.95, 2},
        {20, 0.95, 5}, {30, 0.95, 9},   {50, 0.95, 17}, {100, 0.95, 39}, {8, 0.99, 0},
        {11, 0.99, 0}, {12, 0.99, 1},   {20, 0.99, 3},  {50, 0.99, 15},  {100, 0.99, 36},
        {5, 0.90, 0},  {6, 0.96875, 0},
    };
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++) {
        size_t k = 999;
        assert_true(lb_stats_interval_rank(rows[i].n, rows[i].confidence, &k));
        assert_int_equal(k, rows[i].k);
    }
}

static void too_few_values_have_no_interval(void **unused)
{
    (void)unused;
    size_t k;
    assert_false(lb_stats_interval_rank(0, 0.95, &k));
    assert_false(lb_stats_interval_rank(5, 0.95, &k));
    assert_false(lb_stats_interval_rank(7, 0.99, &k));

    const double values[] = {3, 1, 2, 5, 4};
    double scratch[5];
    struct lb_interval out;
    assert_false(lb_stats_median_interval(values, 5, 0.95, scratch, &out));
    assert_false(out.bounded);
    same(out.median, 3);
    assert_true(isnan(out.low) && isnan(out.high));
}

static void six_values_are_bounded_by_their_range(void **unused)
{
    (void)unused;
    const double values[] = {6, 1, 5, 2, 3, 9};
    double scratch[6];
    struct lb_interval out;
    assert_true(lb_stats_median_interval(values, 6, 0.95, scratch, &out));
    same(out.median, 4);
    same(out.low, 1);
    same(out.high, 9);
}

static void many_values_do_not_underflow(void **unused)
{
    (void)unused;
    size_t k;
    assert_true(lb_stats_interval_rank(100000, 0.95, &k));
    /* Normal approximation: n/2 - 1.96 sqrt(n)/2 = 49690.1. */
    assert_in_range(k, 49688, 49692);
}

/* Draws medians of uniform numbers: the true median must be inside about as often as promised. */
static void the_interval_covers_the_true_median(void **unused)
{
    (void)unused;
    struct lb_rng rng = {7};
    enum { TRIALS = 20000, N = 10 };
    int covered = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double values[N], scratch[N];
        struct lb_interval out;
        for (int i = 0; i < N; i++)
            values[i] = (double)(lb_rng_next(&rng) >> 11) * 0x1p-53;
        assert_true(lb_stats_median_interval(values, N, 0.95, scratch, &out));
        covered += out.low <= 0.5 && 0.5 <= out.high;
    }
    /* Exactly 1 - 2 (1 + 10) / 1024 = 0.9785; 5 standard deviations are 0.005. */
    assert_in_range(covered, TRIALS * 973 / 1000, TRIALS * 984 / 1000);
}

static void a_ratio_and_its_inverse_have_the_same_interval(void **unused)
{
    (void)unused;
    const double a[] = {2, 4.2, 6.1, 7.9, 10.4, 12, 13.3};
    const double b[] = {1, 2, 3, 4, 5, 6, 7};
    double scratch[14];
    struct lb_interval over, under;
    assert_true(lb_stats_ratio_interval(a, b, 7, 0.95, scratch, &over));
    assert_true(lb_stats_ratio_interval(b, a, 7, 0.95, scratch, &under));
    same(over.median, 2);
    same(over.low, 1.9);
    same(over.high, 2.1);
    same(under.median, 1 / over.median);
    same(under.low, 1 / over.high);
    same(under.high, 1 / over.low);
}

static void a_ratio_to_nothing_is_not_a_number(void **unused)
{
    (void)unused;
    const double a[] = {1, 1, 1, 1, 1, 1};
    const double b[] = {1, 1, 0, 1, 1, 1};
    double scratch[12];
    struct lb_interval out;
    assert_false(lb_stats_ratio_interval(a, b, 6, 0.95, scratch, &out));
    assert_true(isnan(out.median) && isnan(out.low) && isnan(out.high) && !out.bounded);
}

static void every_order_of_a_round_is_equally_likely(void **unused)
{
    (void)unused;
    struct lb_rng rng = {42};
    enum { TRIALS = 60000 };
    unsigned seen[3][3][3] = {{{0}}};
    unsigned order[3] = {0, 1, 2};
    for (int trial = 0; trial < TRIALS; trial++) {
        lb_stats_shuffle(order, 3, &rng);
        seen[order[0]][order[1]][order[2]]++;
    }
    for (unsigned a = 0; a < 3; a++)
        for (unsigned b = 0; b < 3; b++)
            for (unsigned c = 0; c < 3; c++)
                if (a != b && b != c && a != c)
                    assert_in_range(seen[a][b][c], TRIALS / 6 - 500, TRIALS / 6 + 500);
                else
                    assert_int_equal(seen[a][b][c], 0);
}

static void points_on_a_line_are_found_to_be_one(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, 4, 7}, up[] = {5, 8, 14, 23}, down[] = {-1, -2, -4, -7};
    struct lb_line line;
    assert_true(lb_stats_line(x, up, 4, &line));
    assert_true(fabs(line.slope - 3) < 1e-12 && fabs(line.intercept - 2) < 1e-12);
    assert_true(fabs(line.correlation - 1) < 1e-12);
    assert_true(lb_stats_line(x, down, 4, &line));
    assert_true(fabs(line.correlation + 1) < 1e-12);
}

/* By hand: means 2 and 3, xx = 2, xy = 1, yy = 2. */
static void points_beside_a_line_have_its_slope_and_a_smaller_r(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, 3}, y[] = {3, 2, 4};
    struct lb_line line;
    assert_true(lb_stats_line(x, y, 3, &line));
    assert_true(fabs(line.slope - 0.5) < 1e-12 && fabs(line.intercept - 2) < 1e-12);
    assert_true(fabs(line.correlation - 0.5) < 1e-12);
}

static void two_points_or_a_level_row_are_no_line(void **unused)
{
    (void)unused;
    const double x[] = {1, 2, 3}, same[] = {2, 2, 2};
    struct lb_line line;
    assert_false(lb_stats_line(x, x, 2, &line));
    assert_true(isnan(line.slope) && isnan(line.correlation));
    assert_false(lb_stats_line(x, same, 3, &line));
    assert_false(lb_stats_line(same, x, 3, &line));
}

static void times_are_sorted_be_they_short_or_long(void **unused)
{
    (void)unused;
    enum { TIMES = 999 };
    static uint64_t ns[TIMES], counts[LB_SHORT_TIMES];
    struct lb_rng rng = {1};
    uint64_t sum = 0, all = 0;
    for (size_t i = 0; i < TIMES; i++)
        ns[i] = lb_rng_below(&rng, i % 3 ? 90 : 3 * LB_SHORT_TIMES);
    ns[7] += UINT64_MAX / 2;
    ns[9] = LB_SHORT_TIMES;
    for (size_t i = 0; i < TIMES; i++)
        sum += ns[i];
    lb_stats_sort_times(ns, TIMES, counts);
    for (size_t i = 0; i < TIMES; i++) {
        all += ns[i];
        assert_true(i == 0 || ns[i - 1] <= ns[i]);
    }
    assert_int_equal(all, sum);
    lb_stats_sort_times(ns, 0, counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorting_orders_any_input),
        cmocka_unit_test(times_are_sorted_be_they_short_or_long),
        cmocka_unit_test(the_median_of_nothing_is_not_a_number),
        cmocka_unit_test(the_median_is_the_middle_or_between_the_middles),
        cmocka_unit_test(a_quantile_is_a_value_at_its_nearest_rank),
        cmocka_unit_test(the_interval_drops_as_many_as_the_tables_say),
        cmocka_unit_test(too_few_values_have_no_interval),
        cmocka_unit_test(six_values_are_bounded_by_their_range),
        cmocka_unit_test(many_values_do_not_underflow),
        cmocka_unit_test(the_interval_covers_the_true_median),
        cmocka_unit_test(a_ratio_and_its_inverse_have_the_same_interval),
        cmocka_unit_test(a_ratio_to_nothing_is_not_a_number),
        cmocka_unit_test(points_on_a_line_are_found_to_be_one),
        cmocka_unit_test(points_beside_a_line_have_its_slope_and_a_smaller_r),
        cmocka_unit_test(two_points_or_a_level_row_are_no_line),
        cmocka_unit_test(every_order_of_a_round_is_equally_likely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
