/* stats.c - see stats.h. */
#include "harness/base/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

static void sift_down(double *heap, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && heap[child + 1] > heap[child])
            child++;
        if (heap[root] >= heap[child])
            return;
        swap(&heap[root], &heap[child]);
    }
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void lb_stats_sort_times(uint64_t *ns, size_t n, uint64_t *counts)
{
    size_t longs = 0, at = 0;
    memset(counts, 0, LB_SHORT_TIMES * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        if (ns[i] < LB_SHORT_TIMES)
            counts[ns[i]]++;
        else
            ns[longs++] = ns[i];
    }
    qsort(ns, longs, sizeof *ns, by_size);
    memmove(ns + n - longs, ns, longs * sizeof *ns);
    for (uint64_t value = 0; value < LB_SHORT_TIMES; value++)
        for (uint64_t left = counts[value]; left > 0; left--)
            ns[at++] = value;
}

/* Heapsort and not qsort: glibc's qsort allocates, and callers measure their own allocations. */
void lb_stats_sort(double *values, size_t n)
{
    for (size_t root = n / 2; root-- > 0;)
        sift_down(values, root, n);
    for (size_t last = n; last-- > 1;) {
        swap(&values[0], &values[last]);
        sift_down(values, 0, last);
    }
}

static const double *sorted_copy(const double *values, size_t n, double *scratch)
{
    if (n > 0)
        memcpy(scratch, values, n * sizeof *values);
    lb_stats_sort(scratch, n);
    return scratch;
}

static double median_of_sorted(const double *sorted, size_t n)
{
    if (n == 0)
        return NAN;
    double upper = sorted[n / 2];
    return n % 2 ? upper : sorted[n / 2 - 1] + (upper - sorted[n / 2 - 1]) / 2;
}

double lb_stats_median(const double *values, size_t n, double *scratch)
{
    return median_of_sorted(sorted_copy(values, n, scratch), n);
}

double lb_stats_quantile(const double *sorted, size_t n, double p)
{
    if (n == 0)
        return NAN;
    /* 0.07 * 100 is a little above 7 in binary: without the slack it would be rank 8. */
    double rank = ceil((double)n * p * (1 - 1e-12));
    if (rank < 1)
        return sorted[0];
    return sorted[rank > (double)n ? n - 1 : (size_t)rank - 1];
}

bool lb_stats_interval_rank(size_t n, double confidence, size_t *k)
{
    /*
     * The median lies below sorted[k] when at most k of n fair coins fall on the one side, and the
     * same above: 2 P(Binomial(n, 1/2) <= k) may be at most 1 - confidence. Logarithms, because
     * 2^-n underflows; the slack keeps n = 6 at a confidence of exactly 1 - 2/64.
     */
    const double allowed = (1 - confidence) * (1 + 1e-9);
    double log_term = -(double)n * M_LN2;
    double tail = 2 * exp(log_term);
    if (n == 0 || tail > allowed)
        return false;
    size_t dropped = 0;
    for (;;) {
        log_term += log((double)(n - dropped) / (double)(dropped + 1));
        tail += 2 * exp(log_term);
        if (tail > allowed)
            break;
        dropped++;
    }
    *k = dropped;
    return true;
}

bool lb_stats_median_interval(const double *values, size_t n, double confidence, double *scratch,
                              struct lb_interval *out)
{
    const double *sorted = sorted_copy(values, n, scratch);
    size_t k;
    *out = (struct lb_interval){median_of_sorted(sorted, n), NAN, NAN, false};
    if (lb_stats_interval_rank(n, confidence, &k)) {
        out->low = sorted[k];
        out->high = sorted[n - 1 - k];
        out->bounded = true;
    }
    return out->bounded;
}

bool lb_stats_ratio_interval(const double *subject, const double *reference, size_t n,
                             double confidence, double *scratch, struct lb_interval *out)
{
    *out = (struct lb_interval){NAN, NAN, NAN, false};
    for (size_t i = 0; i < n; i++) {
        if (!(subject[i] > 0 && reference[i] > 0))
            return false;
        scratch[i] = log(subject[i] / reference[i]);
    }
    lb_stats_median_interval(scratch, n, confidence, scratch + n, out);
    out->median = exp(out->median);
    out->low = exp(out->low);
    out->high = exp(out->high);
    return out->bounded;
}

static double mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

bool lb_stats_line(const double *x, const double *y, size_t n, struct lb_line *out)
{
    *out = (struct lb_line){NAN, NAN, NAN};
    if (n < 3)
        return false;
    double mean_x = mean(x, n), mean_y = mean(y, n), xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
    }
    if (xx <= 0 || yy <= 0)
        return false;
    out->slope = xy / xx;
    out->intercept = mean_y - out->slope * mean_x;
    out->correlation = xy / sqrt(xx * yy);
    return true;
}

void lb_stats_shuffle(unsigned *order, size_t n, struct lb_rng *rng)
{
    for (size_t left = n; left > 1; left--) {
        size_t chosen = (size_t)lb_rng_below(rng, left);
        unsigned kept = order[left - 1];
        order[left - 1] = order[chosen];
        order[chosen] = kept;
    }
}
