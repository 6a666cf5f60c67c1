/*
 * claims_pair.h - the paired ratio of any two cases of a comparison, from a document's samples.
 *
 * The document's own ratios are against one reference; claims compare other variants, too, and
 * modes. Whatever was visited in the same rounds can be paired.
 */
#ifndef LB_CLAIMS_PAIR_H
#define LB_CLAIMS_PAIR_H

#include "harness/base/error.h"
#include "harness/base/stats.h"

struct json_object;

/*
 * How many times the CPU time (or wall time) per op of `to` that of `of` is, paired as
 * lb_result_ratio does it, which says what *within_process is. All NaN when they were not measured
 * in turn, which is so for different benchmarks and points, or when a sample has no time.
 * LB_NO_MEMORY.
 */
enum lb_status lb_claims_pair(struct json_object *of, struct json_object *to, bool wall,
                              struct lb_interval *ratio, bool *within_process);

#endif
