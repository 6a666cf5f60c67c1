/*
 * events.h - which event answers for a portable counter on which CPU, and what it truly counts.
 *
 * The tables are data, a file for each maker: events_intel.c, events_amd.c, events_arm.c; the
 * kernel's own events are in events.c. Within a microarchitecture the rows of one counter stand in
 * order of preference, and the first that opens is used. All hardware events are task-scoped:
 * uncore events, which count for the whole machine, have no place here.
 */
#ifndef LB_EVENTS_H
#define LB_EVENTS_H

#include "harness/counters.h"
#include "harness/pmu.h"

#include <stddef.h>
#include <stdint.h>

/* Ends a list of model ranges: no model is above its own end. */
#define LB_MODELS_END UINT16_MAX, 0

/* How a row's event becomes an encoding. */
enum lb_event_how {
    LB_EVENT_LIBRARY,  /* libpfm4 encodes `event` */
    LB_EVENT_RAW,      /* `config` is the PMU's own; libpfm4 4.13 does not know it; see `manual` */
    LB_EVENT_GENERIC,  /* one of the kernel's generic hardware events; the kernel chooses */
    LB_EVENT_CACHE,    /* one of the kernel's generic cache events; the kernel chooses */
    LB_EVENT_SOFTWARE, /* counted by the kernel itself, in kernel and user mode */
    LB_EVENT_USAGE,    /* getrusage(RUSAGE_THREAD), or the thread's CPU clock */
};

struct lb_event_row {
    enum lb_counter counter;
    enum lb_event_how how;
    const char *event;  /* as libpfm4, or for raw rows the manual, spells it */
    const char *counts; /* one sentence */
    uint64_t config;    /* all but LIBRARY and USAGE */
    const char *manual; /* raw rows: document and section that define the event */
};

/* CPUs that share a table. */
struct lb_microarchitecture {
    const char *name; /* "Zen 3" */
    enum lb_vendor vendor;
    unsigned family;        /* Arm: the implementer, 0: any */
    const uint16_t *models; /* first and last of ranges, in pairs, ended by LB_MODELS_END; Arm:
                               parts */
    unsigned first_stepping, last_stepping; /* both 0: any */
    const char *device; /* only where the core's PMU has this name (hybrids); NULL: any */
    const struct lb_event_row *rows;
    size_t row_count;
};

/* Ends with one whose name is NULL. */
extern const struct lb_microarchitecture lb_events_intel[], lb_events_amd[], lb_events_arm[];

/*
 * The table for a PMU: the maker's own, or the kernel's generic events for a CPU that nobody here
 * knows. Never NULL.
 */
const struct lb_microarchitecture *lb_events_find(const struct lb_pmu *pmu);

/* The kernel's generic hardware events; what lb_events_find gives for an unknown CPU. */
extern const struct lb_microarchitecture lb_events_generic;

/* The kernel's software events and what stands in for them; the same on every machine. */
extern const struct lb_microarchitecture lb_events_software;

#endif
