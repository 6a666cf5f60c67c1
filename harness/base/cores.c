/* cores.c - see cores.h. */
#include "harness/base/cores.h"

#include "harness/base/sysfile.h"

#define CPU_DIR "sys/devices/system/cpu"

/*
 * Arm says it in 1,024ths (Documentation/ABI/testing/sysfs-devices-system-cpu, cpu_capacity),
 * hybrid Intel which cores are the performance ones (sysfs-devices, cpu_core). The highest
 * frequency is no sign of it: some CPUs' favoured cores have a higher one than others of their
 * kind.
 */
int64_t lb_core_capacity(const char *root, int cpu)
{
    int64_t capacity;
    struct lb_cpulist performance;
    if (lb_sysfile_number(root, &capacity, CPU_DIR "/cpu%d/cpu_capacity", cpu))
        return capacity;
    return lb_sysfile_cpulist(root, &performance, "sys/devices/cpu_core/cpus") &&
           lb_cpulist_has(&performance, cpu);
}

/* Documentation/ABI/stable/sysfs-devices-system-cpu; the second is its name before Linux 5.3. */
static bool same_core(const char *root, int a, int b)
{
    struct lb_cpulist siblings;
    bool known =
        lb_sysfile_cpulist(root, &siblings, CPU_DIR "/cpu%d/topology/core_cpus_list", a) ||
        lb_sysfile_cpulist(root, &siblings, CPU_DIR "/cpu%d/topology/thread_siblings_list", a);
    return known && lb_cpulist_has(&siblings, b);
}

/* CPUs that share the last level of cache with this one. False where it is not told. */
static bool read_neighbours(const char *root, int cpu, struct lb_cpulist *out)
{
    bool known = false;
    struct lb_cpulist level;
    for (int i = 0;
         lb_sysfile_cpulist(root, &level, CPU_DIR "/cpu%d/cache/index%d/shared_cpu_list", cpu, i);
         i++) {
        *out = level;
        known = true;
    }
    return known;
}

/* CPUs that share a package with this one. False where it is not told. */
static bool read_package(const char *root, int cpu, struct lb_cpulist *out)
{
    return lb_sysfile_cpulist(root, out, CPU_DIR "/cpu%d/topology/package_cpus_list", cpu) ||
           lb_sysfile_cpulist(root, out, CPU_DIR "/cpu%d/topology/core_siblings_list", cpu);
}

/* Adds CPUs on cores of their own, of those in `among` (NULL: of all that are allowed). */
static unsigned add_kind(const char *root, const cpu_set_t *allowed, const struct lb_cpulist *among,
                         bool same_kind, int *cpus, unsigned found, unsigned count)
{
    int64_t capacity = lb_core_capacity(root, cpus[0]);
    for (int cpu = 0; cpu < CPU_SETSIZE && found < count; cpu++) {
        bool taken = !CPU_ISSET((size_t)cpu, allowed) || (among && !lb_cpulist_has(among, cpu)) ||
                     (same_kind && lb_core_capacity(root, cpu) != capacity);
        for (unsigned i = 0; i < found && !taken; i++)
            taken = cpu == cpus[i] || same_core(root, cpus[i], cpu);
        if (!taken)
            cpus[found++] = cpu;
    }
    return found;
}

/* Cores of the first one's kind before others. */
static unsigned add_from(const char *root, const cpu_set_t *allowed, const struct lb_cpulist *among,
                         int *cpus, unsigned found, unsigned count)
{
    found = add_kind(root, allowed, among, true, cpus, found, count);
    return add_kind(root, allowed, among, false, cpus, found, count);
}

unsigned lb_cores_choose(const char *root, const cpu_set_t *allowed, int first, int *cpus,
                         unsigned count)
{
    struct lb_cpulist near;
    int here = first >= 0 ? first : sched_getcpu();
    if (count == 0)
        return 0;
    cpus[0] = here < 0 ? 0 : here;
    unsigned found = 1;
    if (read_neighbours(root, cpus[0], &near))
        found = add_from(root, allowed, &near, cpus, found, count);
    if (read_package(root, cpus[0], &near))
        found = add_from(root, allowed, &near, cpus, found, count);
    return add_from(root, allowed, NULL, cpus, found, count);
}
