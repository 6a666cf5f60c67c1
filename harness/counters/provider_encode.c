/*
 * provider_encode.c - rows of the event tables to what perf_event_open is asked for, and two
 * questions that are asked of it first. See provider.h.
 */
#include "harness/counters/events.h"
#include "harness/counters/provider.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

static uint32_t plain_type(enum lb_event_how how)
{
    switch (how) {
    case LB_EVENT_GENERIC:
        return PERF_TYPE_HARDWARE;
    case LB_EVENT_CACHE:
        return PERF_TYPE_HW_CACHE;
    case LB_EVENT_SOFTWARE:
        return PERF_TYPE_SOFTWARE;
    default:
        return PERF_TYPE_RAW;
    }
}

/*
 * On hybrid machines the plain types mean the PMU of whatever CPU comes first: raw events go to
 * the core's own PMU by its type, generic ones by the extended type in the upper half of config.
 */
static void aim_at_pmu(const struct lb_pmu *pmu, struct lb_encoding *encoding)
{
    if (!pmu->hybrid || !pmu->device[0])
        return;
    if (encoding->type == PERF_TYPE_RAW)
        encoding->type = pmu->type;
    else if (encoding->type == PERF_TYPE_HARDWARE || encoding->type == PERF_TYPE_HW_CACHE)
        encoding->config |= (uint64_t)pmu->type << 32;
}

const char *lb_event_encode(const struct lb_event_row *row, const struct lb_pmu *pmu,
                            struct lb_encoding *encoding)
{
    memset(encoding, 0, sizeof *encoding);
    if (row->how == LB_EVENT_LIBRARY) {
        const char *words = lb_pfm_encode(row->event, encoding);
        if (words)
            return words;
    } else {
        encoding->type = plain_type(row->how);
        encoding->config = row->config;
    }
    encoding->user_only = row->how != LB_EVENT_SOFTWARE;
    aim_at_pmu(pmu, encoding);
    return NULL;
}

int lb_perf_blocked_errno(const struct lb_syscalls *sys)
{
    struct perf_event_attr attr = {.size = sizeof attr};
    int fd = sys->perf_event_open(sys->context, &attr, 0, -1, -1, ~0ul);
    if (fd >= 0) {
        sys->close(sys->context, fd);
        return 0;
    }
    return errno == EINVAL ? 0 : errno;
}

int lb_perf_try_cycles(const struct lb_syscalls *sys)
{
    const struct lb_event cycles = {
        .encoding = {.type = PERF_TYPE_HARDWARE,
                     .config = PERF_COUNT_HW_CPU_CYCLES,
                     .user_only = true},
    };
    struct lb_group group;
    int error = lb_group_open(&group, &lb_provider_hardware, sys, &cycles, 1);
    if (!error)
        lb_group_close(&group);
    return error;
}
