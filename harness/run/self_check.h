/*
 * self_check.h - a variant against itself: what this run would call a difference when there is
 * none. The same machinery, the same CPU, the same minutes.
 */
#ifndef LB_SELF_CHECK_H
#define LB_SELF_CHECK_H

#include "harness/run/runner.h"

struct json_object;

/*
 * Measures `boxing/sum/inline/ws=256KiB` and `density/chase/shuffled/ws=16MiB` (those of them that
 * this program has) each against itself, 11 replicates: the fewest for an interval of 99.9 %.
 * Appends a `check` object a kernel to `checks`: pass when the 99.9 % interval of the ratio holds
 * 1. *smallest_difference: the wider half of their 95 % intervals, relative; NaN: not measured.
 * LB_INTERRUPTED on Ctrl-C.
 */
enum lb_status lb_self_check(struct lb_runner *runner, struct json_object *checks,
                             double *smallest_difference, struct lb_error *error);

#endif
