/*
 * refusals.h - why the kernel refused an event, in a sentence, and what to do about it.
 *
 * Every sentence a user sees when a counter cannot be had stands in refusals.c.
 */
#ifndef LB_REFUSALS_H
#define LB_REFUSALS_H

#include "harness/counters/counters.h"
#include "harness/counters/pmu.h"

/* What is known when perf_event_open has failed. */
struct lb_refusal_context {
    const struct lb_pmu *pmu;
    const char *event; /* the event's string */
    bool hardware;     /* an event of the PMU, not of the kernel's software */
    int blocked_errno; /* what the call says before it looks at anything; 0: it is not blocked */
};

/* Sets status, reason and advice of *info for the errno of a failed open. */
void lb_refusal_explain(int error, const struct lb_refusal_context *context,
                        struct lb_counter_info *info);

/* The same for an event that opens and never gets a hardware counter. */
void lb_refusal_not_scheduled(const char *event, struct lb_counter_info *info);

/* The same for a counter for which the table of events has no row on this CPU. */
void lb_refusal_no_row(const char *microarchitecture, struct lb_counter_info *info);

/* The same for a named event that is another CPU's. */
void lb_refusal_foreign(const char *event, struct lb_counter_info *info);

/* The same for an event string that libpfm4 does not take; `words` are the library's. */
void lb_refusal_not_encoded(const char *event, const char *words, struct lb_counter_info *info);

#endif
