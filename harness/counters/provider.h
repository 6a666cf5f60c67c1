/*
 * provider.h - what the counters' providers share: events, groups, and the system calls below.
 *
 * A provider is a static description; a group is a set of its events that are opened together and
 * read by one system call. Whatever is read keeps its two times, so that a share of a count is
 * never taken for the whole. For harness/counters/counters.c, harness/counters/passes.c and the
 * providers only.
 *
 * Errors here are errno values: harness/counters/refusals.h turns them into a status and a
 * sentence.
 */
#ifndef LB_PROVIDER_H
#define LB_PROVIDER_H

#include "harness/counters/counters.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    LB_GROUP_MAX = 32, /* events in one group: more than any PMU has counters */
};

/*
 * The system calls under the providers, so that tests can put a kernel of their own below them.
 * Each behaves like the call of its name: -1 and errno on failure. `attr` is a
 * struct perf_event_attr; `context` is passed through.
 */
struct lb_syscalls {
    const char *source; /* overrides the providers' own name, or NULL: tests say "fake" */
    int (*perf_event_open)(void *context, void *attr, pid_t pid, int cpu, int group_fd,
                           unsigned long flags);
    int (*ioctl)(void *context, int fd, unsigned long request, unsigned long argument);
    ssize_t (*read)(void *context, int fd, void *buffer, size_t bytes);
    int (*close)(void *context, int fd);
    /* Fills page_faults, context_switches and, if `clock`, task_clock of an array of all. */
    int (*thread_usage)(void *context, bool clock, uint64_t *values);
    void (*spin)(void *context, uint64_t nanoseconds); /* burns CPU time in user mode */
    void *context;
};

/* The kernel of this machine. */
extern const struct lb_syscalls lb_real_syscalls;

/* What perf_event_open is asked for. */
struct lb_encoding {
    uint32_t type;
    uint64_t config, config1, config2;
    bool user_only; /* exclude_kernel */
};

/* One event of a session, whatever provides it. */
struct lb_event {
    enum lb_counter counter;
    struct lb_encoding encoding; /* perf only */
};

/* One reading of a whole group. */
struct lb_snapshot {
    bool valid; /* false: the group is lost, and nothing below means anything */
    uint64_t time_enabled_ns, time_running_ns;
    uint64_t values[LB_GROUP_MAX];
};

struct lb_provider;

/* Events that are counted and read together. Zeroed: closed. */
struct lb_group {
    const struct lb_provider *provider; /* NULL: closed */
    const struct lb_syscalls *sys;
    unsigned size;
    struct lb_event events[LB_GROUP_MAX];
    int fds[LB_GROUP_MAX]; /* perf only; fds[0] leads */
    bool enabled;
    struct lb_snapshot begin;
};

struct lb_provider {
    const char *source;
    bool pmu; /* its events compete for a PMU's few counters */
    /* Opens group->events (disabled); 0, or the errno, with nothing left open. */
    int (*open)(struct lb_group *group);
    void (*close)(struct lb_group *group);
    /* Counting on or off; 0 or the errno. */
    int (*enable)(struct lb_group *group, bool on);
    void (*read)(const struct lb_group *group, struct lb_snapshot *snapshot);
};

extern const struct lb_provider lb_provider_hardware; /* provider_perf.c: a PMU's events */
extern const struct lb_provider lb_provider_kernel;   /* provider_perf.c: software events */
extern const struct lb_provider lb_provider_rusage;   /* provider_rusage.c */

/* Opens `size` events as one group; 0 or the errno. The group is closed after a failure. */
int lb_group_open(struct lb_group *group, const struct lb_provider *provider,
                  const struct lb_syscalls *sys, const struct lb_event *events, unsigned size);
void lb_group_close(struct lb_group *group);

struct lb_event_row;
struct lb_pmu;

/*
 * provider_encode.c: a row of the event tables, for the PMU that is to count it. NULL, or why it
 * cannot be encoded, in libpfm4's words.
 */
const char *lb_event_encode(const struct lb_event_row *row, const struct lb_pmu *pmu,
                            struct lb_encoding *encoding);

/*
 * The errno of perf_event_open when it is refused before the kernel looks at its arguments (by a
 * seccomp filter, or because the kernel has no such call); 0: it is not.
 */
int lb_perf_blocked_errno(const struct lb_syscalls *sys);

/* The errno of opening the kernel's generic cycles, which every PMU counts; 0: it opens. */
int lb_perf_try_cycles(const struct lb_syscalls *sys);

/*
 * provider_pfm.c: libpfm4's encoding of an event string such as "skx::L1D:REPLACEMENT", for CPUs
 * that are not this one too. NULL, or libpfm4's own words for what is wrong with it.
 */
const char *lb_pfm_encode(const char *event, struct lb_encoding *encoding);

/* An event as libpfm4 knows it. */
struct lb_pfm_event {
    char pmu[64];      /* "arm_n1"; "" when there is no such event */
    bool software;     /* counted by the kernel itself */
    bool present;      /* that PMU is this machine's, as far as libpfm4 can tell */
    const char *words; /* what it counts, the library's own; NULL: it says nothing */
};

void lb_pfm_find(const char *event, struct lb_pfm_event *found);

/* Offers every event that libpfm4 knows, those without a PMU's name if `typed` has none. */
struct lb_suggestion;
void lb_pfm_suggest(const char *typed, struct lb_suggestion *nearest);

/* 1 when libpfm4 has the events of this machine's CPU, 0 when not, -1 when it cannot tell. */
int lb_pfm_knows_cpu(void);

#endif
