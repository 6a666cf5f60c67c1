/* cpu_sets.h - sets of CPUs that tests allow a process. */
#ifndef LB_CPU_SETS_H
#define LB_CPU_SETS_H

#include <sched.h>

/* CPUs 0 to count - 1. */
static inline cpu_set_t first_cpus(int count)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int cpu = 0; cpu < count; cpu++)
        CPU_SET((size_t)cpu, &set);
    return set;
}

#endif
