/*
 * random.c - keys, permutations, cycles and skewed ranks for benchmarks; declared in api.h.
 *
 * Everything is a function of the seed alone, so that every variant, process and machine works on
 * the same data. (lb_zipf goes through libm's exp and log, which may differ in the last bit from
 * one libc to another: the environment fingerprint holds the libc.)
 */
#include "harness/api.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A bijection of words over the seed's own offset. The lowest bit says whether the key is absent;
 * bit 63 of the offset is set and 2 i + 1 < 2^49 cannot clear it, so the word is never 0, and 0 is
 * the only word that the mix sends to 0.
 */
static uint64_t key_of(uint64_t seed, uint64_t i, uint64_t absent)
{
    uint64_t offset = lb_mix64(seed + UINT64_C(0x9e3779b97f4a7c15)) | UINT64_C(1) << 63;
    return lb_mix64(offset ^ (i << 1 | absent));
}

uint64_t lb_key(uint64_t seed, uint64_t i)
{
    return key_of(seed, i, 0);
}

uint64_t lb_missing_key(uint64_t seed, uint64_t i)
{
    return key_of(seed, i, 1);
}

/* Swaps each element with one before it: itself included (any permutation), or not (one cycle). */
static void shuffle(uint32_t *order, uint64_t n, uint64_t seed, bool with_itself)
{
    struct lb_rng rng = {seed};
    for (uint64_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (uint64_t last = n; last-- > 1;) {
        uint64_t chosen = lb_rng_below(&rng, last + with_itself);
        uint32_t kept = order[last];
        order[last] = order[chosen];
        order[chosen] = kept;
    }
}

void lb_permutation(uint32_t *order, uint64_t n, uint64_t seed)
{
    shuffle(order, n, seed, true);
}

static void require_single_cycle(const uint32_t *next, uint64_t n)
{
    uint64_t hops = 0;
    uint32_t at = 0;
    do {
        at = next[at];
        hops++;
    } while (at != 0 && hops < n);
    if (at != 0 || hops != n) {
        fprintf(stderr, "lb_single_cycle: element 0 is back after %llu of %llu hops\n",
                (unsigned long long)hops, (unsigned long long)n);
        abort();
    }
}

void lb_single_cycle(uint32_t *next, uint64_t n, uint64_t seed)
{
    shuffle(next, n, seed, false);
    if (n > 0)
        require_single_cycle(next, n);
}

/* ---- Zipf ---- */

/*
 * Rejection-inversion: W. Hoermann and G. Derflinger, "Rejection-inversion to generate variates
 * from monotone discrete distributions", ACM TOMACS 6(3), 1996. Inverts the integral of the
 * density x^-s and rejects the little that the integral has too much; constant time a draw, no
 * table. Any exponent s >= 0, 1 and its neighbourhood included.
 */
struct zipf {
    double exponent;
    double integral_low, integral_high; /* the range to draw from */
    double accept_below;                /* a draw this little below its integer is always good */
};

/* (e^x - 1) / x, 1 at 0. */
static double expm1_over(double x)
{
    return fabs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2;
}

/* log(1 + x) / x, 1 at 0. */
static double log1p_over(double x)
{
    return fabs(x) > 1e-8 ? log1p(x) / x : 1 - x / 2;
}

static double density(const struct zipf *zipf, double x)
{
    return exp(-zipf->exponent * log(x));
}

/* The integral of the density from 1 to x, and its inverse. */
static double integral(const struct zipf *zipf, double x)
{
    double log_x = log(x);
    return log_x * expm1_over((1 - zipf->exponent) * log_x);
}

static double integral_inverse(const struct zipf *zipf, double y)
{
    /* Rounding may push the argument past the pole at -1. */
    double t = fmax(y * (1 - zipf->exponent), -1);
    return exp(y * log1p_over(t));
}

static struct zipf zipf_make(double exponent, uint64_t n)
{
    struct zipf zipf = {.exponent = exponent};
    zipf.integral_low = integral(&zipf, 1.5) - 1;
    zipf.integral_high = integral(&zipf, (double)n + 0.5);
    zipf.accept_below = 2 - integral_inverse(&zipf, integral(&zipf, 2.5) - density(&zipf, 2));
    return zipf;
}

/* 1 .. n */
static uint64_t zipf_draw(const struct zipf *zipf, uint64_t n, struct lb_rng *rng)
{
    for (;;) {
        double uniform = (double)(lb_rng_next(rng) >> 11) * 0x1p-53; /* [0, 1) */
        double y = zipf->integral_high - uniform * (zipf->integral_high - zipf->integral_low);
        double x = integral_inverse(zipf, y);
        double k = fmin(fmax(floor(x + 0.5), 1), (double)n);
        if (k - x <= zipf->accept_below || y >= integral(zipf, k + 0.5) - density(zipf, k))
            return (uint64_t)k;
    }
}

void lb_zipf(uint32_t *ranks, uint64_t count, uint64_t n, double exponent, uint64_t seed)
{
    struct lb_rng rng = {seed};
    struct zipf zipf = zipf_make(exponent, n);
    for (uint64_t i = 0; i < count; i++)
        ranks[i] = (uint32_t)(zipf_draw(&zipf, n, &rng) - 1);
}

uint32_t *lb_random_indices(const struct lb_point *point, struct lb_arena *arena, uint64_t count,
                            uint64_t n)
{
    uint32_t *indices = lb_scratch_alloc(arena, count * sizeof *indices);
    for (uint64_t i = 0; i < count; i++)
        indices[i] = (uint32_t)lb_random_index(point, n, i);
    return indices;
}
