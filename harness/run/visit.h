/*
 * visit.h - one visit to a case in its standing process: warm, then sample. Nothing else of ours
 * runs meanwhile.
 */
#ifndef LB_VISIT_H
#define LB_VISIT_H

#include "harness/case/child.h"
#include "harness/run/result.h"

/*
 * A visit warms until two slices agree, but not for longer than `warming_ms`. Then it takes
 * `samples` samples; fewer, but at least one, where by the visit before they would last more than
 * LB_SAMPLING_NS together; in any case one a pass of the counters; and as many again,
 * LB_VISIT_TRIES times in all, when half were disturbed.
 */
enum { LB_SAMPLES_PER_VISIT = LB_COUNTERS_MAX, LB_VISIT_TRIES = 4 };

struct lb_visit_options {
    int cpu;          /* that the child stands on; LB_CPU_NONE: anywhere */
    unsigned samples; /* 1 .. LB_SAMPLES_PER_VISIT */
    unsigned passes;  /* of the counters; 0: off */
    unsigned warming_ms;
};

/* How many samples a visit takes when one lasted so long at the visit before; 0: not known. */
unsigned lb_visit_samples(const struct lb_visit_options *options, uint64_t sample_ns);

/*
 * Visits `result`'s case in `child` and adds the samples to the result.
 * LB_INTERRUPTED; LB_NO_MEMORY; LB_CHILD and others: the child failed.
 */
enum lb_status lb_visit_make(const struct lb_visit_options *options, struct lb_child *child,
                             unsigned replicate, unsigned round, struct lb_result *result,
                             struct lb_error *error);

#endif
