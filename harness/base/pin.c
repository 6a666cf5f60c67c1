/* pin.c - see pin.h. */
#include "harness/base/pin.h"

#include "harness/base/cores.h"

int lb_pin_choose(const char *root, const cpu_set_t *allowed)
{
    int chosen = LB_CPU_NONE;
    int64_t most = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, allowed))
            continue;
        int64_t capacity = lb_core_capacity(root, cpu);
        if (chosen == LB_CPU_NONE || capacity >= most) {
            chosen = cpu;
            most = capacity;
        }
    }
    return chosen;
}

int lb_pin_default_cpu(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? lb_pin_choose("/", &set) : LB_CPU_NONE;
}

int lb_pin_cpu_count(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

enum lb_status lb_pin_to(int cpu, struct lb_error *error)
{
    cpu_set_t set;
    if (cpu == LB_CPU_NONE)
        return LB_OK;
    CPU_ZERO(&set);
    if (cpu >= 0 && cpu < CPU_SETSIZE)
        CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        return lb_fail_errno(error, LB_USAGE, "cannot run on CPU %d", cpu);
    return LB_OK;
}

void lb_pin_note(struct lb_pin_cpus *cpus)
{
    cpus->known = sched_getaffinity(0, sizeof cpus->set, &cpus->set) == 0;
}

void lb_pin_return(const struct lb_pin_cpus *cpus)
{
    if (cpus->known)
        sched_setaffinity(0, sizeof cpus->set, &cpus->set);
}
