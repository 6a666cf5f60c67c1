/*
 * passes.h - puts events into groups that the PMU counts all at once: one group a pass.
 *
 * Whether a group fits is not computed from a manual but tried: a group fits if, over a short
 * spin, it ran for as long as it was enabled.
 */
#ifndef LB_PASSES_H
#define LB_PASSES_H

#include "harness/counters/provider.h"

enum {
    LB_PASSES_MAX = 32,
    LB_PASS_NONE = -1,
    LB_PROBE_SPIN_NS = 200000,
};

/* Where one event went. */
struct lb_placement {
    int pass;  /* LB_PASS_NONE: nowhere */
    int error; /* then: the errno of opening it alone; 0: it opens, but never runs */
};

struct lb_passes {
    unsigned count;
    struct lb_group groups[LB_PASSES_MAX]; /* open and disabled; a closed one lost its place */
};

/*
 * Places `count` events (at most LB_PASSES_MAX of them alone) greedily: each into the first pass
 * that it fits into, in the order given. placements: array of `count`. Close with
 * lb_passes_close. If a finished group cannot be opened again, its events are placed nowhere, with
 * the errno.
 */
void lb_passes_plan(const struct lb_provider *provider, const struct lb_syscalls *sys,
                    const struct lb_event *events, unsigned count, struct lb_placement *placements,
                    struct lb_passes *passes);

void lb_passes_close(struct lb_passes *passes);

#endif
