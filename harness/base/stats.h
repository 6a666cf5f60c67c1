/*
 * stats.h - the order statistics that every figure and every verdict here is made of.
 *
 * Holds for all of this header:
 *  - values are finite doubles of any one unit; results have the unit of the values;
 *  - nothing allocates: `scratch` is the caller's, as many doubles as the function says, and never
 *    overlaps the values; the values are left as they were;
 *  - what cannot be told is NaN with `bounded` false, never 0. A writer of documents turns it into
 *    null.
 */
#ifndef LB_STATS_H
#define LB_STATS_H

#include "harness/api.h"

#include <stdbool.h>
#include <stddef.h>

struct lb_interval {
    double median;    /* NaN when there were no values */
    double low, high; /* NaN unless bounded */
    bool bounded;     /* there were enough values for the confidence that was asked for */
};

/* Sorts ascending in place: O(n log n) at worst, no allocation. */
void lb_stats_sort(double *values, size_t n);

/*
 * Sorts times in ns ascending in place. Those below LB_SHORT_TIMES, which are nearly all where many
 * millions of operations were timed, are counted: O(n). counts: LB_SHORT_TIMES words of scratch.
 */
enum { LB_SHORT_TIMES = 1 << 16 };
void lb_stats_sort_times(uint64_t *ns, size_t n, uint64_t *counts);

/* The middle value, or the mean of the two middle ones; NaN for n == 0. scratch: n doubles. */
double lb_stats_median(const double *values, size_t n, double *scratch);

/*
 * The exact quantile by nearest rank: the smallest value that at least n * p values do not exceed.
 * `sorted` is ascending; 0 <= p <= 1 (p = 0 is the minimum); NaN for n == 0.
 */
double lb_stats_quantile(const double *sorted, size_t n, double p);

/*
 * How many values the sign-test interval drops at each end, so that
 * [sorted[k], sorted[n - 1 - k]] holds the median with at least this confidence (0 < c < 1).
 * False when even the whole range does not: below 6 values for 0.95, below 8 for 0.99.
 */
bool lb_stats_interval_rank(size_t n, double confidence, size_t *k);

/*
 * Median and its exact distribution-free (order-statistic, sign-test) interval: it assumes that
 * the values are independent, and nothing about their distribution. The true confidence is at
 * least the one asked for. Returns out->bounded. scratch: n doubles.
 * (David and Nagaraja, Order Statistics, 3rd edition, section 7.1.)
 */
bool lb_stats_median_interval(const double *values, size_t n, double confidence, double *scratch,
                              struct lb_interval *out);

/*
 * The same for the ratios subject[i] / reference[i] of n pairs, taken as logarithms, so that a
 * ratio and its inverse get the same interval. All must be > 0: otherwise, all of *out is NaN and
 * the result false. scratch: 2 n doubles.
 */
bool lb_stats_ratio_interval(const double *subject, const double *reference, size_t n,
                             double confidence, double *scratch, struct lb_interval *out);

struct lb_line {
    double slope, intercept;
    double correlation; /* Pearson's r, -1 to 1 */
};

/*
 * The straight line of least squares through n points, y = slope x + intercept. False, and all
 * NaN, below 3 points, or where all x or all y are the same.
 */
bool lb_stats_line(const double *x, const double *y, size_t n, struct lb_line *out);

/* Fisher-Yates over order[0 .. n), in place: the order of the variants in a round. */
void lb_stats_shuffle(unsigned *order, size_t n, struct lb_rng *rng);

#endif
