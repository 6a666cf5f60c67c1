/*
 * pmu.c - see pmu.h. Sources: /proc/cpuinfo, /sys/bus/event_source/devices (a `type` file each; a
 * `cpus` file where a PMU belongs to some CPUs only), /proc/sys/kernel/perf_event_paranoid and the
 * Seccomp line of /proc/self/status.
 */
#include "harness/pmu.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 512, LINE_BYTES = 8192 };

static FILE *open_below(const char *root, const char *path)
{
    char full[PATH_BYTES];
    if ((size_t)snprintf(full, sizeof full, "%s%s", root, path) >= sizeof full)
        return NULL;
    return fopen(full, "r");
}

static bool read_line(const char *root, const char *path, char *line, int bytes)
{
    FILE *file = open_below(root, path);
    if (!file)
        return false;
    bool read = fgets(line, bytes, file) != NULL;
    fclose(file);
    return read;
}

/* True if "0-3,8" holds `cpu`. */
static bool list_holds(const char *list, int cpu)
{
    while (*list) {
        char *end;
        long first = strtol(list, &end, 10);
        if (end == list)
            return false;
        long last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        if (cpu >= first && cpu <= last)
            return true;
        list = *end == ',' ? end + 1 : "";
    }
    return false;
}

static enum lb_vendor vendor_of(const char *value)
{
    if (strncmp(value, "GenuineIntel", 12) == 0)
        return LB_VENDOR_INTEL;
    if (strncmp(value, "AuthenticAMD", 12) == 0)
        return LB_VENDOR_AMD;
    return LB_VENDOR_UNKNOWN;
}

/* One "key : value" line of a processor's paragraph in /proc/cpuinfo. */
static void take_cpuinfo(struct lb_pmu *pmu, const char *line, const char *value)
{
    unsigned number = (unsigned)strtoul(value, NULL, 0);
    if (strncmp(line, "vendor_id", 9) == 0)
        pmu->vendor = vendor_of(value);
    else if (strncmp(line, "cpu family", 10) == 0)
        pmu->family = number;
    else if (strncmp(line, "model\t", 6) == 0)
        pmu->model = number;
    else if (strncmp(line, "stepping", 8) == 0)
        pmu->stepping = number;
    else if (strncmp(line, "flags", 5) == 0)
        pmu->virtualised = strstr(value, " hypervisor") != NULL;
    else if (strncmp(line, "CPU implementer", 15) == 0) {
        pmu->vendor = LB_VENDOR_ARM;
        pmu->family = number;
    } else if (strncmp(line, "CPU part", 8) == 0)
        pmu->model = number;
}

static void read_cpuinfo(const char *root, int cpu, struct lb_pmu *pmu)
{
    FILE *file = open_below(root, "/proc/cpuinfo");
    if (!file)
        return;
    bool wanted = false, taken = false;
    char line[LINE_BYTES];
    while (!(taken && !wanted) && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (!colon)
            continue;
        if (strncmp(line, "processor", 9) == 0) {
            wanted = cpu < 0 ? !taken : atoi(colon + 1) == cpu;
            taken = taken || wanted;
        }
        if (wanted)
            take_cpuinfo(pmu, line, colon + 1 + strspn(colon + 1, " "));
    }
    fclose(file);
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
    char path[PATH_BYTES], line[LINE_BYTES];
    snprintf(path, sizeof path, "/sys/bus/event_source/devices/%s/cpus", name);
    return cpu < 0 || !read_line(root, path, line, sizeof line) || list_holds(line, cpu);
}

static void take_device(const char *root, const char *name, struct lb_pmu *pmu)
{
    char path[PATH_BYTES], line[64];
    snprintf(path, sizeof path, "/sys/bus/event_source/devices/%.63s/type", name);
    if (!read_line(root, path, line, sizeof line))
        return;
    snprintf(pmu->device, sizeof pmu->device, "%.63s", name);
    pmu->type = (uint32_t)strtoul(line, NULL, 10);
}

static void read_devices(const char *root, int cpu, struct lb_pmu *pmu)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/sys/bus/event_source/devices", root);
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
    }
    pmu->hybrid = cores > 1;
    for (int i = 0; i < count; i++)
        free(entries[i]);
    if (count >= 0)
        free(entries);
}

static bool runs_under_seccomp(const char *root)
{
    FILE *file = open_below(root, "/proc/self/status");
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
    memset(pmu, 0, sizeof *pmu);
    read_cpuinfo(root, cpu, pmu);
    read_devices(root, cpu, pmu);
    char line[64];
    bool known = read_line(root, "/proc/sys/kernel/perf_event_paranoid", line, sizeof line);
    pmu->paranoid = known ? atoi(line) : LB_PARANOID_UNKNOWN;
    pmu->seccomp = runs_under_seccomp(root);
}
