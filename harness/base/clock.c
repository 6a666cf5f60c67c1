/* clock.c - see clock.h. */
#include "harness/base/clock.h"

#include <math.h>

enum {
    BATCHES = 64,      /* the least of so many is free of interrupts */
    CALLS_A_BATCH = 32 /* 64 x 32 calls of 0.4 microseconds: under 1 ms a clock */
};

static void measure(clockid_t id, struct lb_clock_cost *cost)
{
    *cost = (struct lb_clock_cost){INFINITY, INFINITY, INFINITY};
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = lb_clock_wall_ns();
        uint64_t before = lb_clock_read(id);
        for (int call = 0; call < CALLS_A_BATCH; call++) {
            uint64_t after = lb_clock_read(id);
            double read = (double)(after - before);
            cost->bracket_ns = fmin(cost->bracket_ns, read);
            if (read > 0)
                cost->step_ns = fmin(cost->step_ns, read);
            before = after;
        }
        /* The second wall reading counts as one call too many: it is one of 34. */
        double each = (double)(lb_clock_wall_ns() - start) / (CALLS_A_BATCH + 1);
        cost->call_ns = fmin(cost->call_ns, each);
    }
}

void lb_clock_calibrate(struct lb_clock_costs *costs)
{
    measure(CLOCK_MONOTONIC, &costs->wall);
    measure(CLOCK_THREAD_CPUTIME_ID, &costs->cpu);
}
