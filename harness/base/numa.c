/* numa.c - see numa.h. */
#include "harness/base/numa.h"

#include "harness/base/sysfile.h"

#define NODE_DIR "sys/devices/system/node" /* Documentation/ABI/stable/sysfs-devices-node */

static bool find_node(const char *root, int cpu, struct lb_cpulist *cpus)
{
    struct lb_cpulist nodes;
    if (cpu < 0 || !lb_sysfile_cpulist(root, &nodes, NODE_DIR "/online"))
        return false;
    for (int node = lb_cpulist_next(&nodes, -1); node >= 0; node = lb_cpulist_next(&nodes, node))
        if (lb_sysfile_cpulist(root, cpus, NODE_DIR "/node%d/cpulist", node) &&
            lb_cpulist_has(cpus, cpu))
            return true;
    return false;
}

bool lb_numa_near(const char *root, int cpu, const cpu_set_t *allowed, cpu_set_t *near)
{
    struct lb_cpulist cpus;
    *near = *allowed;
    if (!find_node(root, cpu, &cpus))
        return false;
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (!lb_cpulist_has(&cpus, i))
            CPU_CLR((size_t)i, near);
    if (CPU_COUNT(near) > 0)
        return true;
    /* --cpu may leave what the process was allowed: then the node's own, of which the kernel
       leaves those that it can have. */
    for (int i = lb_cpulist_next(&cpus, -1); i >= 0; i = lb_cpulist_next(&cpus, i))
        CPU_SET((size_t)i, near);
    return true;
}

void lb_numa_stay_near(int cpu)
{
    cpu_set_t allowed, near;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 &&
        lb_numa_near("/", cpu, &allowed, &near))
        sched_setaffinity(0, sizeof near, &near);
}
