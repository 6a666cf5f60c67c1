/*
 * counters.h - performance counters behind one interface, whatever provides them.
 *
 * A counter is asked for by a portable name. lb_counters_open decides for each name which
 * provider reads it and through which event, and puts the events into passes: groups that the
 * hardware can count all at once. One sample is measured with one pass; samples take turns.
 *
 * The rule of the whole file: a counter that could not be read is never 0. A reading has a status,
 * and only LB_COUNTED and LB_SIMULATED are numbers to believe.
 */
#ifndef LB_COUNTERS_H
#define LB_COUNTERS_H

#include "harness/base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Portable names, in the order of every table. X(identifier, "name") */
#define LB_COUNTERS(X)                                                                             \
    X(CYCLES, "cycles")                                                                            \
    X(INSTRUCTIONS, "instructions")                                                                \
    X(BRANCH_MISSES, "branch_misses")                                                              \
    X(L1D_LOADS, "l1d_loads")                                                                      \
    X(L1D_MISSES, "l1d_misses")                                                                    \
    X(L2_MISSES, "l2_misses")                                                                      \
    X(L3_MISSES, "l3_misses")                                                                      \
    X(DTLB_MISSES, "dtlb_misses")                                                                  \
    X(PAGE_FAULTS, "page_faults")                                                                  \
    X(CONTEXT_SWITCHES, "context_switches")                                                        \
    X(MIGRATIONS, "migrations")                                                                    \
    X(TASK_CLOCK, "task_clock") /* nanoseconds of CPU time */

enum lb_counter {
#define X(identifier, name) LB_COUNTER_##identifier,
    LB_COUNTERS(X)
#undef X
        LB_COUNTER_COUNT
};

/*
 * Events that a user asks for by their own names (named_events.h) stand behind the portable
 * counters, in the order in which they were given: numbers from LB_COUNTER_COUNT.
 */
enum {
    LB_NAMED_EVENTS_MAX = 24,
    LB_COUNTERS_MAX = LB_COUNTER_COUNT + LB_NAMED_EVENTS_MAX,
};

#define LB_STATUSES(X)                                                                             \
    X(COUNTED, "counted")                                                                          \
    X(SIMULATED, "simulated")                                                                      \
    X(MULTIPLEXED, "multiplexed")     /* time_running < time_enabled: raw value kept, no figure */ \
    X(UNSUPPORTED, "unsupported")     /* this machine has no such event */                         \
    X(NOT_PERMITTED, "not_permitted") /* the kernel refuses it to this user */                     \
    X(NOT_SCHEDULED, "not_scheduled") /* opens, but never gets a hardware counter */               \
    X(LOST, "lost")                   /* was there, and went away half way */                      \
    X(UNTRUSTED, "untrusted")         /* failed its known-answer loop, or none made it count */

enum lb_reading_status {
#define X(identifier, name) LB_##identifier,
    LB_STATUSES(X)
#undef X
        LB_READING_STATUS_COUNT
};

/* One counter on this machine: what was chosen for it, and why it cannot be read if it cannot. */
struct lb_counter_info {
    const char *name; /* the portable one, or as the user wrote it; the session's */
    enum lb_reading_status status;
    const char *source; /* "hardware", "kernel", "rusage", "fake"; NULL when none could */
    char event[256];    /* the event string used; "" when none */
    const char *counts; /* what the event truly counts, one sentence; NULL when unknown */
    char reason[256];   /* "" when counted */
    char advice[256];   /* what to do to have it; "" when there is nothing */
    int pass;           /* which pass reads it, from 0; -1: none. Software events: every pass */
    bool known_answer;  /* the four below are filled */
    const char *loop;   /* which known-answer loop, in words */
    const char *unit;   /* of the three below, e.g. "misses per op" */
    double expected_low, expected_high, read;
};

/* What one counter read over one bracket. valid false: not read in this pass, or lost (see lost) */
struct lb_counter_delta {
    bool valid;
    bool lost;
    uint64_t value; /* raw; never scaled */
    uint64_t time_enabled_ns, time_running_ns;
};

/* Counters of the calling thread. Opaque. */
struct lb_counter_session;

struct lb_named_events;

const char *lb_counter_name(enum lb_counter counter);
const char *lb_reading_status_name(enum lb_reading_status status);

/* The version of libpfm4 that this program is linked with. */
void lb_counters_library_version(int *major, int *minor);

/* -1 when there is no such counter. */
int lb_counter_by_name(const char *name);

/*
 * Opens all portable counters, and the named events (NULL: none), for the calling thread on `cpu`
 * (hybrid machines: the PMU of that CPU's core; -1: whatever it is). Never fails for lack of
 * counters: what cannot be read has its status. LB_NO_MEMORY only. Close with lb_counters_close.
 */
enum lb_status lb_counters_open(int cpu, const struct lb_named_events *named,
                                struct lb_counter_session **session, struct lb_error *error);
void lb_counters_close(struct lb_counter_session *session);

/* LB_COUNTER_COUNT and the named events. */
unsigned lb_counters_count(const struct lb_counter_session *session);

/* Array of lb_counters_count, owned by the session. */
const struct lb_counter_info *lb_counters_info(const struct lb_counter_session *session);

/* Number of passes, at least 1 (a pass may be empty). */
unsigned lb_counters_passes(const struct lb_counter_session *session);

/*
 * Brackets one timed region. begin is the last thing before the clocks are read, end the first
 * thing after them: two reads of each group, about 3 microseconds where a system call takes 1, and
 * nothing of it is inside the region.
 * deltas: array of LB_COUNTERS_MAX; filled whole (valid false for what this pass does not read).
 */
void lb_counters_begin(struct lb_counter_session *session, unsigned pass);
void lb_counters_end(struct lb_counter_session *session, unsigned pass,
                     struct lb_counter_delta *deltas);

/*
 * Runs the known-answer loops in the calling thread (pin it first; about half a second) and marks
 * counters that fail theirs LB_UNTRUSTED, with what they read and what was expected, in the info;
 * a hardware counter, too, that no loop could make count (too little memory for it, a shared PMU).
 * A named event has no answer of its own: it shares that of a portable counter by the same event.
 */
enum lb_status lb_counters_prove(struct lb_counter_session *session, struct lb_error *error);

#endif
