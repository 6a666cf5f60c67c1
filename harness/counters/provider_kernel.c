/*
 * provider_kernel.c - the kernel's own events, generic hardware ones and software ones, as tables.
 *
 * Numbers: linux/perf_event.h. What the software events count: perf_event_open(2).
 */
#include "harness/counters/events.h"

#include <linux/perf_event.h>

/* ---- The kernel's generic hardware events --------------------------------------------------- */

#define CACHE_EVENT(cache, operation, result)                                                      \
    (PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_##operation << 8 |                       \
     PERF_COUNT_HW_CACHE_RESULT_##result << 16)

static const struct lb_event_row generic_rows[] = {
    {.counter = LB_COUNTER_CYCLES,
     .how = LB_EVENT_GENERIC,
     .event = "perf::CPU-CYCLES",
     .config = PERF_COUNT_HW_CPU_CYCLES,
     .counts = "Core clock cycles in user mode, by the kernel's choice of event for this CPU."},
    {.counter = LB_COUNTER_INSTRUCTIONS,
     .how = LB_EVENT_GENERIC,
     .event = "perf::INSTRUCTIONS",
     .config = PERF_COUNT_HW_INSTRUCTIONS,
     .counts = "Instructions retired in user mode, by the kernel's choice of event for this CPU."},
    {.counter = LB_COUNTER_BRANCH_MISSES,
     .how = LB_EVENT_GENERIC,
     .event = "perf::BRANCH-MISSES",
     .config = PERF_COUNT_HW_BRANCH_MISSES,
     .counts = "Branches that were mispredicted, by the kernel's choice of event for this CPU; "
               "whether only retired ones is not known."},
    {.counter = LB_COUNTER_L1D_LOADS,
     .how = LB_EVENT_CACHE,
     .event = "perf::L1-DCACHE-LOADS",
     .config = CACHE_EVENT(L1D, READ, ACCESS),
     .counts = "Reads of the L1 data cache, by the kernel's choice of event for this CPU; whether "
               "speculative ones are in is not known."},
    {.counter = LB_COUNTER_L1D_MISSES,
     .how = LB_EVENT_CACHE,
     .event = "perf::L1-DCACHE-LOAD-MISSES",
     .config = CACHE_EVENT(L1D, READ, MISS),
     .counts = "Reads that missed the L1 data cache, by the kernel's choice of event for this CPU; "
               "whether prefetches are in is not known."},
    {.counter = LB_COUNTER_L3_MISSES,
     .how = LB_EVENT_CACHE,
     .event = "perf::LLC-LOAD-MISSES",
     .config = CACHE_EVENT(LL, READ, MISS),
     .counts = "Reads that missed what the kernel takes for the last-level cache, by its choice of "
               "event for this CPU; on some CPUs that is the L2."},
    {.counter = LB_COUNTER_DTLB_MISSES,
     .how = LB_EVENT_CACHE,
     .event = "perf::DTLB-LOAD-MISSES",
     .config = CACHE_EVENT(DTLB, READ, MISS),
     .counts = "Reads that missed the data TLB, by the kernel's choice of event for this CPU; at "
               "which of its levels is not known."},
};

const struct lb_event_table lb_events_generic = {
    .name = "a CPU that the table of events does not know",
    .rows = generic_rows,
    .row_count = sizeof generic_rows / sizeof *generic_rows,
};

/* ---- The kernel's software events ----------------------------------------------------------- */

static const struct lb_event_row software_rows[] = {
    {.counter = LB_COUNTER_PAGE_FAULTS,
     .how = LB_EVENT_SOFTWARE,
     .event = "perf::PAGE-FAULTS",
     .config = PERF_COUNT_SW_PAGE_FAULTS,
     .counts = "Page faults of the thread, minor and major, in user mode and inside system calls."},
    {.counter = LB_COUNTER_PAGE_FAULTS,
     .how = LB_EVENT_USAGE,
     .event = "ru_minflt+ru_majflt",
     .counts = "Page faults of the thread, minor and major, as getrusage tells them."},
    {.counter = LB_COUNTER_CONTEXT_SWITCHES,
     .how = LB_EVENT_SOFTWARE,
     .event = "perf::CONTEXT-SWITCHES",
     .config = PERF_COUNT_SW_CONTEXT_SWITCHES,
     .counts = "Times that the thread was switched out, of its own will or not."},
    {.counter = LB_COUNTER_CONTEXT_SWITCHES,
     .how = LB_EVENT_USAGE,
     .event = "ru_nvcsw+ru_nivcsw",
     .counts = "Times that the thread was switched out, of its own will or not, as getrusage tells "
               "them."},
    {.counter = LB_COUNTER_MIGRATIONS,
     .how = LB_EVENT_SOFTWARE,
     .event = "perf::CPU-MIGRATIONS",
     .config = PERF_COUNT_SW_CPU_MIGRATIONS,
     .counts = "Times that the thread was moved to another CPU."},
    {.counter = LB_COUNTER_TASK_CLOCK,
     .how = LB_EVENT_SOFTWARE,
     .event = "perf::TASK-CLOCK",
     .config = PERF_COUNT_SW_TASK_CLOCK,
     .counts = "Nanoseconds of CPU time of the thread, user and kernel; steal by the hypervisor is "
               "in it."},
    {.counter = LB_COUNTER_TASK_CLOCK,
     .how = LB_EVENT_USAGE,
     .event = "CLOCK_THREAD_CPUTIME_ID",
     .counts = "Nanoseconds of CPU time of the thread, user and kernel; steal by the hypervisor is "
               "in it."},
};

const struct lb_event_table lb_events_software = {
    .name = "the kernel",
    .rows = software_rows,
    .row_count = sizeof software_rows / sizeof *software_rows,
};
