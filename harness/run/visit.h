/*
 * visit.h - one visit to a case in its standing process: warm, then sample. Nothing else of ours
 * runs meanwhile.
 */
#ifndef LB_VISIT_H
#define LB_VISIT_H

#include "harness/case/child.h"
#include "harness/run/result.h"

/*
 * A visit takes LB_SAMPLES_PER_VISIT samples; fewer, but at least LB_SAMPLES_MIN, of an op so long
 * that all would last more than LB_SAMPLING_NS; and as many again, LB_VISIT_TRIES times in all,
 * when half of them were disturbed.
 */
enum { LB_SAMPLES_PER_VISIT = 8, LB_SAMPLES_MIN = 2, LB_VISIT_TRIES = 4 };
#define LB_SAMPLING_NS UINT64_C(50000000)

/* Warming goes on until two slices agree, but not for longer. */
#define LB_WARMING_NS UINT64_C(100000000)

/* How many samples a visit takes in all, after its first LB_SAMPLES_MIN took so long together. */
unsigned lb_visit_samples(uint64_t first_ns);

/*
 * Visits `result`'s case in `child`, which stands on `cpu` (LB_CPU_NONE: anywhere), and adds the
 * samples to the result. LB_INTERRUPTED; LB_NO_MEMORY; LB_CHILD and others: the child failed.
 */
enum lb_status lb_visit_make(struct lb_child *child, int cpu, unsigned replicate, unsigned round,
                             struct lb_result *result, struct lb_error *error);

#endif
