/*
 * cores.h - CPUs of different physical cores, for benchmarks that start threads.
 *
 * Private to benchmarks/padding. Threads that share a core share its first cache too, so no line
 * would have to move between them.
 */
#ifndef LB_CORES_H
#define LB_CORES_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* A number from cpu's topology in sysfs (Documentation/ABI/stable/sysfs-devices-system-cpu). */
static inline int cores_topology(int cpu, const char *name, int otherwise)
{
    char path[96];
    int value = otherwise;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return otherwise;
    if (fscanf(file, "%d", &value) != 1)
        value = otherwise;
    fclose(file);
    return value;
}

/* Where sysfs does not say, each CPU counts as a core of its own. */
static inline bool cores_same(int a, int b)
{
    return cores_topology(a, "core_id", a) == cores_topology(b, "core_id", b) &&
           cores_topology(a, "physical_package_id", 0) ==
               cores_topology(b, "physical_package_id", 0);
}

/*
 * Fills cpus[0 .. count) with CPUs of different cores, cpus[0] being the one that runs this.
 * Returns how many there are, at most `count`.
 */
static inline unsigned cores_choose(int *cpus, unsigned count)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned found = 0;
    int here = sched_getcpu();
    cpus[found++] = here < 0 ? 0 : here;
    for (int cpu = 0; cpu < online && found < count; cpu++) {
        bool taken = false;
        for (unsigned i = 0; i < found; i++)
            taken = taken || cpu == cpus[i] || cores_same(cpu, cpus[i]);
        if (!taken)
            cpus[found++] = cpu;
    }
    return found;
}

#endif
