/* clock.c - see clock.h. */
#include "harness/base/clock.h"

#include <math.h>

/* The least of so many batches is free of interrupts. A call takes 0.02 to 1.2 microseconds. */
enum { BATCHES = 64, BATCHES_OF_A_BRACKET = 8, CALLS_A_BATCH = 32 };

static void measure(clockid_t id, int batches, struct lb_clock_cost *cost)
{
    *cost = (struct lb_clock_cost){INFINITY, INFINITY, INFINITY};
    for (int batch = 0; batch < batches; batch++) {
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
    measure(CLOCK_MONOTONIC, BATCHES, &costs->wall);
    measure(CLOCK_THREAD_CPUTIME_ID, BATCHES, &costs->cpu);
}

double lb_clock_cpu_bracket_ns(void)
{
    struct lb_clock_cost cost;
    measure(CLOCK_THREAD_CPUTIME_ID, BATCHES_OF_A_BRACKET, &cost);
    return cost.bracket_ns;
}
