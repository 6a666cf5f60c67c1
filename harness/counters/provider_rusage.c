/*
 * provider_rusage.c - faults and switches of the calling thread by getrusage, and its CPU clock.
 *
 * For users whom the kernel refuses its software events (perf_event_paranoid 2 and above). Always
 * counts, so both times stay 0: there is no share of a count to speak of. The CPU time is not
 * getrusage's, which moves at timer ticks only, but CLOCK_THREAD_CPUTIME_ID.
 */
#include "harness/counters/provider.h"

#include <errno.h>

static int read_usage(const struct lb_group *group, uint64_t *values)
{
    bool clock = false;
    for (unsigned i = 0; i < group->size; i++)
        clock |= group->events[i].counter == LB_COUNTER_TASK_CLOCK;
    return group->sys->thread_usage(group->sys->context, clock, values);
}

static int usage_open(struct lb_group *group)
{
    uint64_t values[LB_COUNTER_COUNT];
    return read_usage(group, values) < 0 ? errno : 0;
}

static void usage_close(struct lb_group *group)
{
    (void)group;
}

static int usage_enable(struct lb_group *group, bool on)
{
    group->enabled = on;
    return 0;
}

static void usage_read(const struct lb_group *group, struct lb_snapshot *snapshot)
{
    uint64_t values[LB_COUNTER_COUNT];
    snapshot->valid = read_usage(group, values) == 0;
    snapshot->time_enabled_ns = snapshot->time_running_ns = 0;
    if (!snapshot->valid)
        return;
    for (unsigned i = 0; i < group->size; i++)
        snapshot->values[i] = values[group->events[i].counter];
}

const struct lb_provider lb_provider_rusage = {
    .source = "rusage",
    .open = usage_open,
    .close = usage_close,
    .enable = usage_enable,
    .read = usage_read,
};
