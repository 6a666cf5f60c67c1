/*
 * latency.c - lb_measure_latencies of api.h: every operation timed alone, and exact percentiles.
 *
 * No histogram: all samples are kept and sorted, so a percentile is a value that was measured (the
 * nearest rank). The clock's own part stays in and is shown beside: taking off a typical cost would
 * make single samples wrong, and the short ones negative.
 */
#include "harness/api.h"
#include "harness/base/clock.h"
#include "harness/base/stats.h"

#include <math.h>
#include <sys/resource.h>

enum { CLOCK_CALLS = 1001 };

/* Sorted samples: the smallest that at least this share of all does not exceed. */
static double percentile(const uint64_t *sorted, uint64_t count, double share)
{
    double rank = ceil(share * (double)count);
    uint64_t at = rank < 1 ? 0 : (uint64_t)rank - 1;
    return (double)sorted[at < count ? at : count - 1];
}

static uint64_t time_each(lb_operation *operation, void *context, uint64_t count, uint64_t *ns)
{
    uint64_t sum = 0;
    for (uint64_t op = 0; op < count; op++) {
        uint64_t start = lb_clock_wall_ns();
        sum += operation(context, op);
        ns[op] = lb_clock_wall_ns() - start;
    }
    return sum;
}

static uint64_t nothing(void *context, uint64_t op)
{
    (void)context;
    return op;
}

static double clock_part(lb_operation *no_work, uint64_t *ns, uint64_t *counts)
{
    time_each(no_work, NULL, CLOCK_CALLS, ns);
    lb_stats_sort_times(ns, CLOCK_CALLS, counts);
    return percentile(ns, CLOCK_CALLS, 0.5);
}

static double interruptions(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (double)usage.ru_nivcsw;
}

uint64_t lb_measure_latencies(const struct lb_measurement *m, lb_operation *operation,
                              void *context, uint64_t count)
{
    static const struct {
        const char *name;
        double share;
    } wanted[] = {
        {"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p99_9_ns", 0.999}, {"max_ns", 1}};
    uint64_t room = count > CLOCK_CALLS ? count : CLOCK_CALLS;
    uint64_t *ns = lb_scratch_alloc(m->arena, room * sizeof *ns);
    uint64_t *counts = lb_scratch_alloc(m->arena, LB_SHORT_TIMES * sizeof *counts);
    /* Through memory: neither call is inlined, so both brackets hold the same call. */
    lb_operation *volatile no_work = nothing;
    lb_metric_set(m, "clock_ns", clock_part(no_work, ns, counts));
    double before = interruptions();
    uint64_t sum = time_each(operation, context, count, ns);
    lb_metric_set(m, "interruptions", interruptions() - before);
    lb_stats_sort_times(ns, count, counts);
    for (size_t i = 0; i < LB_COUNT_OF(wanted) && count > 0; i++)
        lb_metric_set(m, wanted[i].name, percentile(ns, count, wanted[i].share));
    return sum;
}
