/*
 * session.h - opening a session over another kernel or another machine's tree: for tests, and for
 * the modules that look at a session's inside. Users of counters include
 * harness/counters/counters.h.
 */
#ifndef LB_SESSION_H
#define LB_SESSION_H

#include "harness/counters/counters.h"
#include "harness/counters/events.h"
#include "harness/counters/named_events.h"
#include "harness/counters/passes.h"
#include "harness/counters/pmu.h"
#include "harness/counters/provider.h"

struct lb_counter_setup {
    int cpu;                       /* -1: whatever it is */
    const char *root;              /* where /proc and /sys are read; "" for the running machine */
    const struct lb_syscalls *sys; /* not NULL */
    const struct lb_named_events *named; /* copied; NULL: none */
};

enum { LB_SHARED_GROUPS = 2 }; /* kernel and rusage */

struct lb_counter_session {
    struct lb_counter_setup setup;
    struct lb_pmu pmu;
    const struct lb_event_table *table; /* of the hardware events */
    struct lb_named_events named;
    struct lb_counter_info info[LB_COUNTERS_MAX];
    struct lb_group shared[LB_SHARED_GROUPS]; /* always on, read in every pass */
    struct lb_passes passes;                  /* of hardware events */
    unsigned seen_counting;                   /* portable counters that a loop made count: bits */
    int active;                               /* the pass that is on; -1: none */
};

/* As lb_counters_open, over `setup`. */
enum lb_status lb_session_open(const struct lb_counter_setup *setup,
                               struct lb_counter_session **session, struct lb_error *error);

#endif
