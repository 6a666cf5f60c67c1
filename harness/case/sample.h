/*
 * sample.h - one timed region, and the warming before it. Runs in the process of the case.
 */
#ifndef LB_SAMPLE_H
#define LB_SAMPLE_H

#include "harness/case/instance.h"
#include "harness/counters/counters.h"

/* A sample is to last at least this long, so that the clocks' own cost is lost in it. */
#define LB_SAMPLE_NS UINT64_C(1000000)

struct lb_sample {
    uint64_t ops;
    uint64_t start_ns;        /* by lb_clock_wall_ns, the same for all processes; 0: not told */
    uint64_t wall_ns, cpu_ns; /* of the kernel alone: the clocks' own cost is taken off cpu_ns */
    uint64_t minor_faults, major_faults;
    uint64_t voluntary_switches, involuntary_switches;
    bool migrated; /* began and ended on different CPUs */
    struct lb_counter_delta counters[LB_COUNTERS_MAX];
};

struct lb_warmth {
    unsigned slices;
    bool steady; /* the last two slices agreed, and could (lb_sampler_warm) be believed */
    double ns_per_op;
};

/* Everything that is needed to take samples of one instance. */
struct lb_sampler {
    struct lb_instance *instance;
    struct lb_counter_session *counters; /* NULL: no counters */
    unsigned next_pass;                  /* samples take the counter passes in turn */
    double cpu_bracket_ns;               /* what an empty bracket of the CPU clock reads */
    double ns_per_op[LB_MODES_MAX];      /* from the last warming; 0 before it */
};

void lb_sampler_init(struct lb_sampler *sampler, struct lb_instance *instance,
                     struct lb_counter_session *counters);

/*
 * The first time in a mode: a whole pass, or `max_ns` of it. Then slices (a pass, or about 2 ms of
 * one where a pass is longer) until two in a row agree within 5 %, or until `max_ns` have gone by.
 * Where they are slower by half than the last time's, they make up a whole pass at least.
 * Of an uneven benchmark the first pass is whole and so is each slice, however long they take; one
 * that agrees with what was seen before it is enough.
 */
void lb_sampler_warm(struct lb_sampler *sampler, unsigned mode, uint64_t max_ns,
                     struct lb_warmth *warmth);

/* How many ops last about LB_SAMPLE_NS and a tenth: whole passes where a pass is shorter, and in an
 * uneven benchmark, where they may last much longer. */
uint64_t lb_sampler_ops(const struct lb_sampler *sampler, unsigned mode);

/* Takes one sample of `ops` ops. */
void lb_sampler_take(struct lb_sampler *sampler, unsigned mode, uint64_t ops,
                     struct lb_sample *sample);

/* Reads of an empty region (no kernel at all), for `make bench-harness`. */
void lb_sampler_take_empty(struct lb_sampler *sampler, struct lb_sample *sample);

#endif
