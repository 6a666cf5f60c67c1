/*
 * named_events.h - events that a user asks for by their own names, beside the portable counters.
 *
 * What stands in the tables of events.h has a portable name, a sentence and a known answer. These
 * have libpfm4's word only: nobody proves them, and they are shown under the name they were given.
 */
#ifndef LB_NAMED_EVENTS_H
#define LB_NAMED_EVENTS_H

#include "harness/base/error.h"
#include "harness/counters/events.h"

enum { LB_EVENT_NAME_BYTES = 128 };

struct lb_named_events {
    unsigned count;
    char names[LB_NAMED_EVENTS_MAX][LB_EVENT_NAME_BYTES]; /* as the user wrote them */
};

/*
 * Adds the events of `list`, between commas: strings of libpfm4 ("arm_n1::L1D_CACHE_RD", or without
 * the PMU's name for this machine's own), or a raw number as "r11". LB_USAGE, with the nearest name
 * that libpfm4 has: it knows no such event, it stands there twice, or there are too many.
 * Whether it can be counted here is found out when it is opened.
 */
enum lb_status lb_named_events_add(struct lb_named_events *events, const char *list,
                                   struct lb_error *error);

/* The row that an event of that name would have in the tables, and where its strings live. */
struct lb_named_row {
    struct lb_event_row row;
    char event[LB_EVENT_NAME_BYTES + 64]; /* with the PMU's name */
};

/*
 * `table` is that of this machine's CPU: false if the event belongs to the PMU of another one,
 * where the same number would count something else.
 */
bool lb_named_events_row(const struct lb_named_events *events, unsigned index,
                         const struct lb_event_table *table, struct lb_named_row *row);

#endif
