/*
 * provider_perf.c - groups of perf_event_open: hardware events and the kernel's software events.
 *
 * Events count the calling thread only, on whatever CPU it runs. Hardware events leave the kernel
 * and the hypervisor out; software events must not (measuring.md: context switches read 0 then).
 * Not here: what an event means (events.c), how a string becomes an encoding (provider_pfm.c).
 */
#include "harness/counters/provider.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>

/* What PERF_FORMAT_GROUP with both times reads, in this order. */
struct group_read {
    uint64_t size;
    uint64_t time_enabled_ns, time_running_ns;
    uint64_t values[LB_GROUP_MAX];
};

static void fill_attr(struct perf_event_attr *attr, const struct lb_encoding *encoding, bool leads)
{
    memset(attr, 0, sizeof *attr);
    attr->size = sizeof *attr;
    attr->type = encoding->type;
    attr->config = encoding->config;
    attr->config1 = encoding->config1;
    attr->config2 = encoding->config2;
    attr->disabled = leads; /* the others follow their leader */
    attr->exclude_kernel = encoding->user_only;
    attr->exclude_hv = 1;
    attr->read_format =
        PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
}

static void close_first(struct lb_group *group, unsigned count)
{
    while (count-- > 0)
        group->sys->close(group->sys->context, group->fds[count]);
}

static int perf_open(struct lb_group *group)
{
    for (unsigned i = 0; i < group->size; i++) {
        struct perf_event_attr attr;
        fill_attr(&attr, &group->events[i].encoding, i == 0);
        int leader = i == 0 ? -1 : group->fds[0];
        int fd = group->sys->perf_event_open(group->sys->context, &attr, 0, -1, leader,
                                             PERF_FLAG_FD_CLOEXEC);
        if (fd < 0) {
            int error = errno;
            close_first(group, i);
            return error;
        }
        group->fds[i] = fd;
    }
    return 0;
}

static void perf_close(struct lb_group *group)
{
    close_first(group, group->size);
}

static int perf_enable(struct lb_group *group, bool on)
{
    unsigned long request = on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE;
    if (group->sys->ioctl(group->sys->context, group->fds[0], request, PERF_IOC_FLAG_GROUP) < 0)
        return errno;
    group->enabled = on;
    return 0;
}

/* A group in error state reads end-of-file; one that lost a member reads a smaller size. */
static void perf_read(const struct lb_group *group, struct lb_snapshot *snapshot)
{
    struct group_read buffer;
    size_t bytes = offsetof(struct group_read, values) + group->size * sizeof buffer.values[0];
    ssize_t got = group->sys->read(group->sys->context, group->fds[0], &buffer, bytes);
    snapshot->valid = got == (ssize_t)bytes && buffer.size == group->size;
    if (!snapshot->valid)
        return;
    snapshot->time_enabled_ns = buffer.time_enabled_ns;
    snapshot->time_running_ns = buffer.time_running_ns;
    memcpy(snapshot->values, buffer.values, group->size * sizeof buffer.values[0]);
}

const struct lb_provider lb_provider_hardware = {
    .source = "hardware",
    .pmu = true,
    .open = perf_open,
    .close = perf_close,
    .enable = perf_enable,
    .read = perf_read,
};

const struct lb_provider lb_provider_kernel = {
    .source = "kernel",
    .open = perf_open,
    .close = perf_close,
    .enable = perf_enable,
    .read = perf_read,
};
