/*
 * provider_fake.h - a small kernel with a PMU of few counters, below the real providers.
 *
 * For tests: everything above the system calls is the real code. Its clock moves only when it is
 * told to, so what it reads is known exactly: an event with config C counts C for each
 * microsecond that it runs.
 */
#ifndef LB_PROVIDER_FAKE_H
#define LB_PROVIDER_FAKE_H

#include "harness/counters/provider.h"

enum {
    LB_FAKE_EVENTS_MAX = 128,
    LB_FAKE_REFUSALS_MAX = 8,
    LB_FAKE_FIRST_FD = 1000,
};

struct lb_fake_event {
    bool open, enabled;
    int leader; /* index; its own: a leader */
    bool software;
    uint32_t type;
    uint64_t config;
    uint64_t count;
    uint64_t enabled_ns, running_ns;
};

/* perf_event_open fails for events of this type (and config, unless any_config). */
struct lb_fake_refusal {
    uint32_t type;
    bool any_config;
    uint64_t config;
    int error;
};

struct lb_fake_kernel {
    /* What a test may set, at any time. */
    unsigned counters;      /* of the PMU */
    unsigned counters_held; /* by somebody else */
    uint64_t never_runs;    /* events of this config open, and get no counter; 0: none */
    bool refuses_groups;    /* EINVAL for a group that is larger than the PMU, as real kernels do */
    unsigned descriptors;   /* how many events may be open; then EMFILE */
    int blocked_errno;      /* perf_event_open fails with it, whatever its arguments; 0: no */
    int usage_errno;        /* getrusage fails with it; 0: it does not */
    uint64_t usage[LB_COUNTER_COUNT];
    bool reads_end; /* reads give end-of-file, as those of a group in error state do */
    struct lb_fake_refusal refusals[LB_FAKE_REFUSALS_MAX];
    unsigned refusal_count;

    uint64_t now_ns;
    struct lb_fake_event events[LB_FAKE_EVENTS_MAX];
    unsigned event_count;
};

/* A kernel with a PMU of `counters` counters, that permits everything. */
void lb_fake_kernel_init(struct lb_fake_kernel *kernel, unsigned counters);

/* Its system calls; `kernel` must outlive them. */
struct lb_syscalls lb_fake_syscalls(struct lb_fake_kernel *kernel);

/* Makes perf_event_open fail with `error` for every event of `type`. */
void lb_fake_kernel_refuse(struct lb_fake_kernel *kernel, uint32_t type, int error);

/* Lets time pass: enabled events whose group has its counters count. */
void lb_fake_kernel_advance(struct lb_fake_kernel *kernel, uint64_t nanoseconds);

/* Number of events that are open. */
unsigned lb_fake_kernel_open_events(const struct lb_fake_kernel *kernel);

#endif
