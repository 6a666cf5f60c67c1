/* looks.c - see looks.h. */
#include "ci/looks.h"

#include "harness/base/stats.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const unsigned lb_looks_pairs[LB_LOOKS] = {8, 12, 16, 20, 28, LB_LOOKS_PAIRS_MAX};

/* A two-sided 98 % interval: its ends are one-sided 99 % bounds. */
#define CONFIDENCE 0.98

bool lb_looks_due(unsigned pairs)
{
    for (size_t i = 0; i < LB_LOOKS; i++)
        if (lb_looks_pairs[i] == pairs)
            return true;
    return false;
}

/*
 * From the median distance to the median, which of normal values is 1 / 1.4826 of the standard
 * deviation. A verdict is by ranks: one pair in ten with pages that others do not get moves it as
 * little as it moves this.
 */
static double robust_deviation(const double *values, unsigned n)
{
    double distances[LB_LOOKS_PAIRS_MAX], scratch[LB_LOOKS_PAIRS_MAX];
    double median = lb_stats_median(values, n, scratch);
    for (unsigned i = 0; i < n; i++)
        distances[i] = fabs(values[i] - median);
    return n > 1 ? 1.4826 * lb_stats_median(distances, n, scratch) : NAN;
}

static enum lb_look_verdict verdict_of(const struct lb_interval *log_ratio, unsigned pairs,
                                       double log_allowed)
{
    if (!log_ratio->bounded || !lb_looks_due(pairs))
        return LB_LOOK_GO_ON;
    if (log_ratio->low > log_allowed)
        return LB_LOOK_SLOWER;
    if (log_ratio->high < log_allowed)
        return LB_LOOK_SAME;
    return pairs == LB_LOOKS_PAIRS_MAX ? LB_LOOK_UNDECIDED : LB_LOOK_GO_ON;
}

void lb_looks_judge(const double *log_ratios, unsigned pairs, double allowance,
                    struct lb_look *look)
{
    double scratch[LB_LOOKS_PAIRS_MAX];
    struct lb_interval interval;
    double log_allowed = log1p(allowance);
    assert(pairs <= LB_LOOKS_PAIRS_MAX);
    lb_stats_median_interval(log_ratios, pairs, CONFIDENCE, scratch, &interval);
    *look = (struct lb_look){
        .verdict = verdict_of(&interval, pairs, log_allowed),
        .pairs = pairs,
        .ratio = exp(interval.median),
        .low = exp(interval.low),
        .high = exp(interval.high),
        .deviation = robust_deviation(log_ratios, pairs),
        .smallest_ratio = exp(log_allowed + interval.median - interval.low),
    };
}

/* ---- Chances --------------------------------------------------------------------------------- */

/* chance[k]: of being still undecided after these pairs, with k of them above the allowance. */
struct walk {
    double chance[LB_LOOKS_PAIRS_MAX + 1];
    unsigned pairs;
};

static void walk_one_pair(struct walk *walk, double chance_above)
{
    walk->pairs++;
    for (unsigned above = walk->pairs; above > 0; above--)
        walk->chance[above] =
            walk->chance[above] * (1 - chance_above) + walk->chance[above - 1] * chance_above;
    walk->chance[0] *= 1 - chance_above;
}

/* Takes what this look decides out of the walk. */
static void walk_look(struct walk *walk, struct lb_looks_chances *chances)
{
    size_t dropped = 0;
    bool bounded = lb_stats_interval_rank(walk->pairs, CONFIDENCE, &dropped);
    assert(bounded);
    for (unsigned above = 0; above <= walk->pairs; above++) {
        bool slower = walk->pairs - above <= dropped, same = above <= dropped;
        bool last = walk->pairs == LB_LOOKS_PAIRS_MAX;
        if (!slower && !same && !last)
            continue;
        *(slower ? &chances->slower
          : same ? &chances->same
                 : &chances->undecided) += walk->chance[above];
        chances->pairs += walk->chance[above] * walk->pairs;
        walk->chance[above] = 0;
    }
}

void lb_looks_chances(double chance_above, struct lb_looks_chances *chances)
{
    struct walk walk = {.chance = {1}};
    memset(chances, 0, sizeof *chances);
    for (size_t look = 0; look < LB_LOOKS; look++) {
        while (walk.pairs < lb_looks_pairs[look])
            walk_one_pair(&walk, chance_above);
        walk_look(&walk, chances);
    }
}
