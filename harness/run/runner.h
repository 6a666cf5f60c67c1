/*
 * runner.h - measures one comparison: all variants of a benchmark at one point.
 *
 * Each variant has a process of its own; all stand at once and are visited in rounds, in shuffled
 * order, on one CPU. A replicate is one set of fresh processes at places that it draws (placing.h).
 * Nothing else of ours runs while a visit is being made.
 */
#ifndef LB_RUNNER_H
#define LB_RUNNER_H

#include "harness/case/child.h"
#include "harness/run/drift.h"
#include "harness/run/placing.h"
#include "harness/run/plan.h"
#include "harness/run/result.h"
#include "harness/run/trace.h"

struct lb_runner {
    struct lb_child_options child;
    struct lb_placing placing;
    const struct lb_profile *profile;
    unsigned passes;             /* of the counters, so many samples a visit; 0: off */
    uint64_t memory_limit_bytes; /* variants beyond it are measured in batches with the reference */
    struct lb_rng order;         /* of the visits; seeded from the run's seed */
    struct lb_trace *trace;      /* every visit goes there as well; NULL: nowhere */
    struct lb_drift drift;       /* of the clock, over all comparisons */
    void (*on_replicate)(void *context, unsigned done,
                         unsigned planned); /* progress; may be NULL */
    void *context;
};

/*
 * Fills `results` (as lb_result_init left them; `count` contiguous cases of one comparison, or the
 * same case twice for a variant against itself), and their figures.
 * A case that crashes, hangs or answers wrongly becomes an error row, and the others go on.
 * budget_seconds: stop adding replicates beyond the least when this is used up.
 * LB_INTERRUPTED: what is there is kept. LB_NO_MEMORY, LB_SYSTEM: cannot go on.
 */
enum lb_status lb_runner_compare(struct lb_runner *runner, struct lb_result *results, size_t count,
                                 double budget_seconds, struct lb_error *error);

#endif
