/* summary.h - what a run found out, as a table on the terminal. */
#ifndef LB_SUMMARY_H
#define LB_SUMMARY_H

#include "harness/run/plan.h"
#include "harness/run/result.h"

#include <stdio.h>

/* One table: a line a benchmark, variant and mode at the largest point that was measured. */
void lb_summary_print(FILE *out, const struct lb_result *results, const struct lb_plan *plan);

/* Cases that were skipped or failed, with their reasons; equal reasons once. */
void lb_summary_troubles(FILE *out, const struct lb_result *results, size_t count);

#endif
