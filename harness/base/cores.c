/* cores.c - see cores.h. */
#include "harness/base/cores.h"

#include "harness/base/sysfile.h"

/* Documentation/ABI/stable/sysfs-devices-system-cpu; the second is its name before Linux 5.3. */
static bool same_core(const char *root, int a, int b)
{
    struct lb_cpulist siblings;
    bool known =
        lb_sysfile_cpulist(root, &siblings, "sys/devices/system/cpu/cpu%d/topology/core_cpus_list",
                           a) ||
        lb_sysfile_cpulist(root, &siblings,
                           "sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", a);
    return known && lb_cpulist_has(&siblings, b);
}

unsigned lb_cores_choose(const char *root, const cpu_set_t *allowed, int first, int *cpus,
                         unsigned count)
{
    unsigned found = 0;
    int here = first >= 0 ? first : sched_getcpu();
    if (count > 0)
        cpus[found++] = here < 0 ? 0 : here;
    for (int cpu = 0; cpu < CPU_SETSIZE && found < count; cpu++) {
        bool taken = !CPU_ISSET((size_t)cpu, allowed);
        for (unsigned i = 0; i < found && !taken; i++)
            taken = cpu == cpus[i] || same_core(root, cpus[i], cpu);
        if (!taken)
            cpus[found++] = cpu;
    }
    return found;
}
