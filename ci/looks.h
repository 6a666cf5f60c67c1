/*
 * looks.h - how many pairs are measured, when they are looked at, and what a look may say.
 *
 * A pair is one process of each side; its figure is log(head / base) of their times. At each look
 * the median of the pairs' figures has one-sided 99 % order-statistic bounds (stats.h): slower if
 * the lower one is above log(1 + allowance), the same if the upper one is below it, else more pairs
 * are measured; after the last look it is undecided.
 *
 * What a look says depends only on how many pairs are above the allowance. So the chance of each
 * verdict is an exact sum of binomial terms, and it assumes nothing of how times are distributed:
 * only that pairs are independent, which a process of each side in random order makes them. A
 * program that is slower by exactly the allowance has half of its pairs above it, and is called
 * slower by 1.9 % of such sequences of looks. A slower row counts only when a second sequence, of
 * fresh pairs, says so too: 0.04 %. That is the false alarm rate that the gate is designed for;
 * whatever is slower by less than the allowance is called slower less often.
 */
#ifndef LB_LOOKS_H
#define LB_LOOKS_H

#include <stdbool.h>
#include <stddef.h>

enum { LB_LOOKS = 6, LB_LOOKS_PAIRS_MAX = 40 };

/* After how many pairs each look is taken, ascending. */
extern const unsigned lb_looks_pairs[LB_LOOKS];

bool lb_looks_due(unsigned pairs);

enum lb_look_verdict { LB_LOOK_GO_ON, LB_LOOK_SAME, LB_LOOK_SLOWER, LB_LOOK_UNDECIDED };

struct lb_look {
    enum lb_look_verdict verdict;
    unsigned pairs;
    double ratio;          /* median of head / base; above 1: head is slower */
    double low, high;      /* its one-sided 99 % bounds, as ratios */
    double deviation;      /* of a pair's log-ratio: standard, robustly estimated */
    double smallest_ratio; /* the median from which on this look would have said slower, had all
                              pairs been slower by the same factor */
};

/*
 * What the first `pairs` pairs say; allowance: 0.02 for 2 %. GO_ON as well when no look is due
 * after this many: the figures are there, but the bounds of too few pairs are NaN.
 * log_ratios: finite, at most LB_LOOKS_PAIRS_MAX.
 */
void lb_looks_judge(const double *log_ratios, unsigned pairs, double allowance,
                    struct lb_look *look);

/* How one sequence of looks ends, for pairs that are above the allowance with a given chance. */
struct lb_looks_chances {
    double same, slower, undecided; /* sum to 1 */
    double pairs;                   /* how many are measured on average */
};

/* Exact. chance_above: 0 to 1. */
void lb_looks_chances(double chance_above, struct lb_looks_chances *chances);

#endif
