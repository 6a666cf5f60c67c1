/*
 * clock.h - the two clocks of a sample, and what reading them costs.
 *
 * Wall time is CLOCK_MONOTONIC, through the vDSO: tens of nanoseconds. Thread CPU time is a system
 * call, ten times that: it is read outside the wall bracket. Both in ns; neither ever fails on
 * Linux for the calling thread.
 */
#ifndef LB_CLOCK_H
#define LB_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t lb_clock_read(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Nanoseconds since an arbitrary start; never steps back. */
static inline uint64_t lb_clock_wall_ns(void)
{
    return lb_clock_read(CLOCK_MONOTONIC);
}

/* Nanoseconds that the calling thread has spent on a CPU, in user and kernel mode. */
static inline uint64_t lb_clock_cpu_ns(void)
{
    return lb_clock_read(CLOCK_THREAD_CPUTIME_ID);
}

/* One clock, as it is here and now. */
struct lb_clock_cost {
    double bracket_ns; /* what an empty bracket reads, the least of many; 0: below one step */
    double call_ns;    /* what one call takes, the least mean of many batches */
    double step_ns;    /* the smallest difference that is not 0 */
};

struct lb_clock_costs {
    struct lb_clock_cost wall;
    struct lb_clock_cost cpu;
};

/* Measures both clocks, in about 3 ms. Pin the thread first. */
void lb_clock_calibrate(struct lb_clock_costs *costs);

/* The bracket of the CPU clock alone, in a third of a millisecond: for each process that samples.
 */
double lb_clock_cpu_bracket_ns(void);

#endif
