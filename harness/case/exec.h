/*
 * exec.h - `layoutbench exec CASE`: one case in this process. One code path, two ways to drive it.
 *
 * Free-running is what valgrind wraps, hyperfine times and a person profiles: create, one warm
 * pass, exactly `ops` ops, verify, destroy, one JSON record on `out`. Driven is what `run` and the
 * gate use: the line protocol of protocol.h.
 */
#ifndef LB_EXEC_H
#define LB_EXEC_H

#include "harness/case/case.h"

#include <stdio.h>

struct lb_exec_options {
    int cpu;                              /* LB_CPU_NONE: not pinned */
    bool counters;                        /* driven: bracket samples with counters */
    const struct lb_named_events *events; /* driven: counted as well; NULL: none */
    bool ops_given;                       /* otherwise one pass */
    uint64_t ops;                         /* 0: create and destroy only, for the allocation count */
    /* Driven: a sample does this many thousandths more ops than it reports. For the self-test. */
    unsigned slowdown_permille;
    bool metrics; /* free-running: the named metrics as well, after the ops */
};

/*
 * LB_WRONG: the answer was wrong. The record says so as well: its status is "error" or "skipped"
 * with the reason whenever there is nothing to report.
 */
enum lb_status lb_exec_free_running(const struct lb_case *c, const struct lb_exec_options *options,
                                    FILE *out, struct lb_error *error);

/* Serves the driver on `fd` until it says quit. What fails is also told to the driver. */
enum lb_status lb_exec_driven(const struct lb_case *c, const struct lb_exec_options *options,
                              int fd, struct lb_error *error);

#endif
