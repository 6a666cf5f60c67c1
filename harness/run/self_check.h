/*
 * self_check.h - what this run would call a difference when there is none: a variant against
 * itself (the same machinery, the same CPU, the same minutes), and how wide its rows' intervals
 * are.
 */
#ifndef LB_SELF_CHECK_H
#define LB_SELF_CHECK_H

#include "harness/run/runner.h"

struct json_object;

/*
 * Measures `boxing/sum/inline/ws=256KiB` and a chase through memory, the profile's self_case (those
 * of them that this program has), each against itself, 11 replicates: the fewest for an interval of
 * 99.9 %. Not at the edge of the last cache, where a guest's share of it may change from one minute
 * to the next: rows there have wide intervals of their own.
 * Appends a `check` object a kernel to `checks`: pass when the 99.9 % interval of the ratio holds
 * 1. *smallest_difference: the wider half of their 95 % intervals, relative; NaN: not measured.
 * LB_INTERRUPTED on Ctrl-C.
 */
enum lb_status lb_self_check(struct lb_runner *runner, struct json_object *checks,
                             double *smallest_difference, struct lb_error *error);

/*
 * The rows themselves, which have fewer replicates: appends the check "ratio_intervals" (the wider
 * half of a ratio's interval, relative, in the median over all ratios that have one; pass up to
 * 10 %) and raises *smallest_difference to it. Neither where no ratio has an interval.
 */
void lb_self_check_rows(const struct lb_result *results, size_t count, struct json_object *checks,
                        double *smallest_difference);

#endif
