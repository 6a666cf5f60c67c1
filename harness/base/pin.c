/* pin.c - see pin.h. */
#include "harness/base/pin.h"

#include "harness/base/sysfile.h"

/*
 * How much a core can do beside the others of its machine. Arm says it in 1,024ths
 * (Documentation/ABI/testing/sysfs-devices-system-cpu, cpu_capacity), hybrid x86 which cores are
 * the performance ones (sysfs-devices, cpu_core).
 */
static int64_t capacity_of(const char *root, const struct lb_cpulist *performance, int cpu)
{
    int64_t capacity;
    if (lb_sysfile_number(root, &capacity, "sys/devices/system/cpu/cpu%d/cpu_capacity", cpu))
        return capacity;
    return lb_cpulist_has(performance, cpu);
}

int lb_pin_choose(const char *root, const cpu_set_t *allowed)
{
    struct lb_cpulist performance = {0};
    int chosen = LB_CPU_NONE;
    int64_t most = 0;
    if (!lb_sysfile_cpulist(root, &performance, "sys/devices/cpu_core/cpus"))
        performance = (struct lb_cpulist){0};
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, allowed))
            continue;
        int64_t capacity = capacity_of(root, &performance, cpu);
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
