/*
 * pmu.c - see pmu.h. Sources: /proc/cpuinfo, /sys/bus/event_source/devices (a `type` file each; a
 * `cpus` file where a PMU belongs to some CPUs only), /proc/sys/kernel/perf_event_paranoid and the
 * Seccomp line of /proc/self/status.
 */
#include "harness/counters/pmu.h"
#include "harness/machine/machine_cpu.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char devices[] = "sys/bus/event_source/devices";

static void read_cpu(const char *root, int cpu, struct lb_pmu *pmu)
{
    struct lb_cpuinfo info;
    if (!lb_cpuinfo_read(root, cpu, &info))
        return;
    if (strcmp(pmu->device, "cpu_core") == 0)
        info.cpu.id.core = LB_CORE_PERFORMANCE;
    else if (strcmp(pmu->device, "cpu_atom") == 0)
        info.cpu.id.core = LB_CORE_EFFICIENT;
    pmu->microarchitecture = lb_machine_microarchitecture(&info.cpu.id);
    pmu->virtualised = lb_cpuinfo_has_flag(&info, "hypervisor");
}

/* Core PMUs are "cpu", "cpu_core", "cpu_atom" on x86 and "armv8_..." on Arm ("armv8_pmuv3_0"). */
static bool names_core_pmu(const char *name)
{
    return strcmp(name, "cpu") == 0 || strcmp(name, "cpu_core") == 0 ||
           strcmp(name, "cpu_atom") == 0 || strncmp(name, "armv8_", 6) == 0 ||
           strncmp(name, "armv9_", 6) == 0;
}

static bool device_counts_on(const char *root, const char *name, int cpu)
{
    struct lb_cpulist cpus;
    return !lb_sysfile_cpulist(root, &cpus, "%s/%s/cpus", devices, name) ||
           lb_cpulist_has(&cpus, cpu);
}

static void take_device(const char *root, const char *name, struct lb_pmu *pmu)
{
    int64_t type;
    if (!lb_sysfile_number(root, &type, "%s/%s/type", devices, name))
        return;
    snprintf(pmu->device, sizeof pmu->device, "%.63s", name);
    pmu->type = (uint32_t)type;
}

static void read_devices(const char *root, int cpu, struct lb_pmu *pmu)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root ? root : "", devices);
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    int cores = 0;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (names_core_pmu(name)) {
            cores++;
            if (!pmu->device[0] && device_counts_on(root, name, cpu))
                take_device(root, name, pmu);
        }
        free(entries[i]);
    }
    pmu->hybrid = cores > 1;
    if (count >= 0)
        free(entries);
}

static bool runs_under_seccomp(const char *root)
{
    FILE *file = lb_sysfile_open(root, "proc/self/status");
    if (!file)
        return false;
    char line[256];
    int mode = 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Seccomp: %d", &mode) == 1)
            break;
    fclose(file);
    return mode == 2;
}

void lb_pmu_read(const char *root, int cpu, struct lb_pmu *pmu)
{
    int64_t paranoid;
    memset(pmu, 0, sizeof *pmu);
    read_devices(root, cpu < 0 ? 0 : cpu, pmu);
    read_cpu(root, cpu < 0 ? 0 : cpu, pmu);
    bool known = lb_sysfile_number(root, &paranoid, "proc/sys/kernel/perf_event_paranoid");
    pmu->paranoid = known ? (int)paranoid : LB_PARANOID_UNKNOWN;
    pmu->seccomp = runs_under_seccomp(root);
}
