/*
 * sample.c - see sample.h.
 *
 * The order of a bracket: rusage, counters, CPU clock, wall clock, kernel, and back. The wall
 * clock is innermost because it is cheapest; what lies outside it is not in the wall time at all,
 * and what the CPU clock sees of its own call is calibrated and taken off.
 */
#include "harness/case/sample.h"

#include "harness/base/clock.h"

#include <math.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

/* A tick of the kernel took 5 % of half a millisecond on one guest: two slices hardly agreed. */
#define SLICE_MIN_NS UINT64_C(1000000)
#define SLICE_MAX_NS UINT64_C(2000000)

/* So much slower than at the last visit is not yet warm: a last-level cache beside memory. */
#define NOT_YET_WARM 1.5

void lb_sampler_init(struct lb_sampler *sampler, struct lb_instance *instance,
                     struct lb_counter_session *counters)
{
    memset(sampler, 0, sizeof *sampler);
    sampler->instance = instance;
    sampler->counters = counters;
    sampler->cpu_bracket_ns = lb_clock_cpu_bracket_ns();
}

/* ---- One bracket --------------------------------------------------------------------------- */

struct bracket {
    struct rusage usage;
    int cpu;
    uint64_t cpu_ns, wall_ns;
    unsigned pass;
};

static inline void bracket_open(struct lb_sampler *sampler, struct bracket *b)
{
    b->pass = 0;
    getrusage(RUSAGE_THREAD, &b->usage);
    b->cpu = sched_getcpu();
    if (sampler->counters) {
        b->pass = sampler->next_pass++ % lb_counters_passes(sampler->counters);
        lb_counters_begin(sampler->counters, b->pass);
    }
    b->cpu_ns = lb_clock_cpu_ns();
    b->wall_ns = lb_clock_wall_ns();
}

static inline void bracket_close(struct lb_sampler *sampler, const struct bracket *b,
                                 struct lb_sample *sample)
{
    uint64_t wall = lb_clock_wall_ns();
    uint64_t cpu = lb_clock_cpu_ns() - b->cpu_ns;
    memset(sample->counters, 0, sizeof sample->counters);
    if (sampler->counters)
        lb_counters_end(sampler->counters, b->pass, sample->counters);
    struct rusage usage;
    sample->migrated = sched_getcpu() != b->cpu;
    getrusage(RUSAGE_THREAD, &usage);
    uint64_t own = (uint64_t)sampler->cpu_bracket_ns;
    sample->start_ns = b->wall_ns;
    sample->wall_ns = wall - b->wall_ns;
    sample->cpu_ns = cpu > own ? cpu - own : 0;
    sample->minor_faults = (uint64_t)(usage.ru_minflt - b->usage.ru_minflt);
    sample->major_faults = (uint64_t)(usage.ru_majflt - b->usage.ru_majflt);
    sample->voluntary_switches = (uint64_t)(usage.ru_nvcsw - b->usage.ru_nvcsw);
    sample->involuntary_switches = (uint64_t)(usage.ru_nivcsw - b->usage.ru_nivcsw);
}

void lb_sampler_take(struct lb_sampler *sampler, unsigned mode, uint64_t ops,
                     struct lb_sample *sample)
{
    struct bracket b;
    lb_instance_prepare(sampler->instance, mode, ops);
    sample->ops = ops;
    bracket_open(sampler, &b);
    lb_instance_run(sampler->instance, mode, ops);
    bracket_close(sampler, &b, sample);
}

void lb_sampler_take_empty(struct lb_sampler *sampler, struct lb_sample *sample)
{
    struct bracket b;
    sample->ops = 1;
    bracket_open(sampler, &b);
    bracket_close(sampler, &b, sample);
}

/* ---- Warming ------------------------------------------------------------------------------- */

/* Of CPU time, which a neighbour on this core does not move; of wall time where sleeping is work.
 */
static double slice_ns(struct lb_sampler *sampler, unsigned mode, uint64_t ops)
{
    bool wall = sampler->instance->c.benchmark->blocks;
    lb_instance_prepare(sampler->instance, mode, ops);
    uint64_t start = wall ? lb_clock_wall_ns() : lb_clock_cpu_ns();
    lb_instance_run(sampler->instance, mode, ops);
    uint64_t elapsed = (wall ? lb_clock_wall_ns() : lb_clock_cpu_ns()) - start;
    return (double)(elapsed ? elapsed : 1);
}

/*
 * The fewest ops that stand for all others. Where they differ along a pass that is a whole one: of
 * samples that are parts of it the median would leave out what comes seldom and costs much.
 */
static uint64_t least_ops(const struct lb_sampler *sampler, unsigned mode)
{
    bool uneven = sampler->instance->c.benchmark->uneven;
    return uneven ? lb_instance_pass_ops(sampler->instance, mode) : 1;
}

/* A first idea of the speed: ever more ops, until they last long enough to be told by the clock. */
static double first_ns_per_op(struct lb_sampler *sampler, unsigned mode)
{
    for (uint64_t ops = least_ops(sampler, mode);; ops *= 4) {
        double ns = slice_ns(sampler, mode, ops);
        if (ns >= (double)SLICE_MIN_NS / 4 || ops > (UINT64_C(1) << 32))
            return ns / (double)ops;
    }
}

/*
 * Whole passes where a pass is shorter than `ns`, so that each slice does the same work; and where
 * its ops are uneven, however long it is.
 */
static uint64_t ops_lasting(const struct lb_sampler *sampler, unsigned mode, double ns,
                            double ns_per_op)
{
    uint64_t pass = lb_instance_pass_ops(sampler->instance, mode);
    uint64_t least = least_ops(sampler, mode);
    double ops = fmax(ceil(ns / ns_per_op), (double)least);
    if (ops < (double)pass)
        return (uint64_t)ops;
    return (uint64_t)ceil(ops / (double)pass) * pass;
}

static uint64_t slice_ops(const struct lb_sampler *sampler, unsigned mode, double ns_per_op)
{
    double pass_ns = ns_per_op * (double)lb_instance_pass_ops(sampler->instance, mode);
    double ns = fmin(fmax(pass_ns, (double)SLICE_MIN_NS), (double)SLICE_MAX_NS);
    return ops_lasting(sampler, mode, ns, ns_per_op);
}

/*
 * A whole pass, or as much of it as the time allows. Its stores are the first to some pages: the
 * kernel sees no fault where it mapped them ahead, but a hypervisor may (a store took 11 ns instead
 * of 0.3), and two slices of such a pass agree with each other.
 */
static double first_pass_ns_per_op(struct lb_sampler *sampler, unsigned mode, uint64_t max_ns)
{
    uint64_t start = lb_clock_wall_ns();
    uint64_t pass = lb_instance_pass_ops(sampler->instance, mode);
    double last = first_ns_per_op(sampler, mode);
    while (sampler->instance->next_op[mode] < pass && lb_clock_wall_ns() - start < max_ns) {
        uint64_t ops = slice_ops(sampler, mode, last);
        last = slice_ns(sampler, mode, ops) / (double)ops;
    }
    return last;
}

/*
 * Two slices of a part of a pass agree, too, when neither finds anything in the caches that the
 * whole would be found in, because the other layouts of a round have swept them. A slice of an
 * uneven benchmark is a whole pass, and may agree with the last visit's or with the first pass.
 */
void lb_sampler_warm(struct lb_sampler *sampler, unsigned mode, uint64_t max_ns,
                     struct lb_warmth *warmth)
{
    double before = sampler->ns_per_op[mode];
    double last = before > 0 ? before : first_pass_ns_per_op(sampler, mode, max_ns);
    uint64_t start = lb_clock_wall_ns(), first_op = sampler->instance->next_op[mode];
    uint64_t pass = lb_instance_pass_ops(sampler->instance, mode);
    bool whole = sampler->instance->c.benchmark->uneven;
    *warmth = (struct lb_warmth){.ns_per_op = last};
    while (!warmth->steady) {
        uint64_t ops = slice_ops(sampler, mode, last);
        double now = slice_ns(sampler, mode, ops) / (double)ops;
        bool agree = (++warmth->slices > 1 || whole) && fabs(now - last) <= 0.05 * last;
        bool slower = before > 0 && now > NOT_YET_WARM * before;
        warmth->steady = agree && (!slower || sampler->instance->next_op[mode] - first_op >= pass);
        last = now;
        if (lb_clock_wall_ns() - start >= max_ns)
            break;
    }
    warmth->ns_per_op = sampler->ns_per_op[mode] = last;
}

uint64_t lb_sampler_ops(const struct lb_sampler *sampler, unsigned mode)
{
    return ops_lasting(sampler, mode, 1.1 * (double)LB_SAMPLE_NS, sampler->ns_per_op[mode]);
}
