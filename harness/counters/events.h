/*
 * events.h - which event answers for a portable counter on which CPU, and what it truly counts.
 *
 * The tables are data, a file for each maker: events_intel.c, events_amd.c, events_arm.c; the
 * kernel's own events are in provider_kernel.c. Within a microarchitecture the rows of one counter
 * stand in order of preference, and the first that opens is used. All hardware events are
 * task-scoped: uncore events, which count for the whole machine, have no place here.
 */
#ifndef LB_EVENTS_H
#define LB_EVENTS_H

#include "harness/counters/counters.h"
#include "harness/counters/pmu.h"

#include <stddef.h>
#include <stdint.h>

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

enum { LB_EVENT_NAMES_MAX = 6 };

/* A table, and the CPUs that share it. */
struct lb_event_table {
    const char *name;                                       /* for people */
    const char *microarchitectures[LB_EVENT_NAMES_MAX + 1]; /* as machine.h names them */
    const struct lb_event_row *rows;
    size_t row_count;
};

/* How the tables are written: a row for libpfm4, a raw one, and a table with its CPUs. */
#define LB_EVENT_PFM(counter_, event_, counts_)                                                    \
    {                                                                                              \
        .counter = LB_COUNTER_##counter_, .how = LB_EVENT_LIBRARY, .event = (event_),              \
        .counts = (counts_)                                                                        \
    }
#define LB_EVENT_RAW_ROW(counter_, event_, config_, counts_, manual_)                              \
    {                                                                                              \
        .counter = LB_COUNTER_##counter_, .how = LB_EVENT_RAW, .event = (event_),                  \
        .config = (config_), .counts = (counts_), .manual = (manual_)                              \
    }
#define LB_EVENT_TABLE(name_, rows_, ...)                                                          \
    {                                                                                              \
        .name = (name_), .microarchitectures = {__VA_ARGS__}, .rows = (rows_),                     \
        .row_count = sizeof(rows_) / sizeof *(rows_)                                               \
    }

/* Ends with one whose name is NULL. */
extern const struct lb_event_table lb_events_intel[], lb_events_amd[], lb_events_arm[];

/* For Arm cores that have none of their own. */
extern const struct lb_event_table lb_events_pmuv3;

/*
 * The table for a PMU: the microarchitecture's own; else PMUv3's, where the kernel's driver is
 * that; else the kernel's generic events. Never NULL.
 */
const struct lb_event_table *lb_events_find(const struct lb_pmu *pmu);

/* The kernel's generic hardware events; what lb_events_find gives for an unknown CPU. */
extern const struct lb_event_table lb_events_generic;

/* The kernel's software events and what stands in for them; the same on every machine. */
extern const struct lb_event_table lb_events_software;

#endif
