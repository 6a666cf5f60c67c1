/*
 * trace.h - a run as a Chrome trace, which Perfetto and chrome://tracing open: each visit and each
 * sample with its switches and faults, where it lay in time.
 *
 * A process of the trace is a benchmark, a thread of it one of its variants; one more thread has
 * what is done to all of them between the visits: build, metrics, verify. Events are written as
 * they come, beside the path; the trace is moved there when it is whole.
 */
#ifndef LB_TRACE_H
#define LB_TRACE_H

#include "harness/base/atomic_file.h"
#include "harness/run/result.h"

#include <stdio.h>

struct lb_trace {
    struct lb_atomic_file file;
    FILE *stream; /* NULL: not open */
    uint64_t began_ns;
    const struct lb_benchmark *benchmark; /* of the last event */
    unsigned benchmarks;                  /* seen so far: the number of the trace's process */
    size_t events;
};

/* LB_SYSTEM with the reason; before anything is measured. */
enum lb_status lb_trace_open(struct lb_trace *trace, const char *path, struct lb_error *error);

/*
 * The visit that was last added to the result, from start to end by lb_clock_wall_ns, and its
 * samples. Writes to memory most of the time; never while a visit is being made.
 */
void lb_trace_visit(struct lb_trace *trace, const struct lb_result *result, uint64_t start_ns,
                    uint64_t end_ns);

/* What was done to all variants of a comparison, at the point of `c`: "build", say. */
void lb_trace_phase(struct lb_trace *trace, const struct lb_case *c, const char *what,
                    uint64_t start_ns, uint64_t end_ns);

/* Puts the whole trace in its place. LB_SYSTEM: what was not written is told, nothing is left. */
enum lb_status lb_trace_commit(struct lb_trace *trace, struct lb_error *error);

/* Safe on one that is not open, and after a commit. */
void lb_trace_abandon(struct lb_trace *trace);

#endif
