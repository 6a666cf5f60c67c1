/* machine.c - see machine.h. Reading; machine_cpu.c knows CPUs, machine_json.c writes. */
#include "harness/machine/machine.h"

#include "harness/base/available_memory.h"
#include "harness/machine/machine_cpu.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

int64_t lb_machine_cache_bytes(const struct lb_machine *machine, int level)
{
    int64_t largest = LB_UNKNOWN;
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct lb_cache *cache = &machine->caches[i];
        if (cache->level == level && cache->type != LB_CACHE_INSTRUCTION &&
            cache->size_bytes > largest)
            largest = cache->size_bytes;
    }
    return largest;
}

int64_t lb_machine_last_cache_bytes(const struct lb_machine *machine)
{
    int last = 0;
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level > last)
            last = machine->caches[i].level;
    return lb_machine_cache_bytes(machine, last);
}

/* ---- Topology ---- */

/* The CPUs that share a core or package with this one; the file was renamed in Linux 5.0. */
static bool siblings(const char *root, int cpu, const char *name, const char *old_name,
                     struct lb_cpulist *out)
{
    return lb_sysfile_cpulist(root, out, CPU_DIR "/cpu%d/topology/%s", cpu, name) ||
           lb_sysfile_cpulist(root, out, CPU_DIR "/cpu%d/topology/%s", cpu, old_name);
}

/* Each core and each package is counted at its lowest CPU. */
static void read_topology(const char *root, struct lb_machine *machine)
{
    struct lb_cpulist list;
    int cores = 0, sockets = 0, threads = 0;
    bool known = true;
    for (int cpu = -1; (cpu = lb_cpulist_next(&machine->online, cpu)) >= 0;) {
        known = known && siblings(root, cpu, "core_cpus_list", "thread_siblings_list", &list);
        if (!known)
            break;
        cores += lb_cpulist_next(&list, -1) == cpu;
        if (lb_cpulist_count(&list) > threads)
            threads = lb_cpulist_count(&list);
        known = siblings(root, cpu, "package_cpus_list", "core_siblings_list", &list);
        sockets += known && lb_cpulist_next(&list, -1) == cpu;
    }
    machine->physical_cores = known ? cores : LB_UNKNOWN;
    machine->threads_per_core = known ? threads : LB_UNKNOWN;
    machine->sockets = known ? sockets : LB_UNKNOWN;
    machine->numa_nodes = LB_UNKNOWN;
    if (lb_sysfile_cpulist(root, &list, "sys/devices/system/node/online"))
        machine->numa_nodes = lb_cpulist_count(&list);
}

/* Without /sys (some containers) the CPUs are those that /proc/cpuinfo lists. */
static void read_online(const char *root, struct lb_machine *machine)
{
    struct lb_cpuinfo info;
    if (lb_sysfile_cpulist(root, &machine->online, CPU_DIR "/online") ||
        !lb_cpuinfo_read(root, 0, &info))
        return;
    for (int cpu = 0; cpu < info.processors && cpu < LB_CPUS_MAX; cpu++)
        machine->online.bits[cpu / 64] |= UINT64_C(1) << cpu % 64;
}

/* ---- The measured CPU ---- */

static enum lb_core_kind core_kind(const char *root, int cpu)
{
    struct lb_cpulist cpus;
    if (lb_sysfile_cpulist(root, &cpus, "sys/devices/cpu_core/cpus") && lb_cpulist_has(&cpus, cpu))
        return LB_CORE_PERFORMANCE;
    if (lb_sysfile_cpulist(root, &cpus, "sys/devices/cpu_atom/cpus") && lb_cpulist_has(&cpus, cpu))
        return LB_CORE_EFFICIENT;
    return LB_CORE_PLAIN;
}

static int read_split_lock_detect(const char *root, const struct lb_cpuinfo *info)
{
    char command_line[4096] = "";
    if (!*info->flags)
        return LB_UNKNOWN;
    lb_sysfile_line(root, command_line, sizeof command_line, "proc/cmdline");
    return !strstr(command_line, "split_lock_detect=off") &&
           (lb_cpuinfo_has_flag(info, "split_lock_detect") ||
            lb_cpuinfo_has_flag(info, "bus_lock_detect"));
}

static bool read_cpu(const char *root, struct lb_machine *machine)
{
    struct lb_cpuinfo info;
    int64_t khz;
    int cpu = machine->measured_cpu;
    if (!lb_cpuinfo_read(root, cpu, &info))
        return false;
    info.cpu.id.core = core_kind(root, cpu);
    const char *name = lb_machine_microarchitecture(&info.cpu.id);
    snprintf(info.cpu.microarchitecture, sizeof info.cpu.microarchitecture, "%s", name ? name : "");
    if (lb_sysfile_number(root, &khz, CPU_DIR "/cpu%d/cpufreq/cpuinfo_max_freq", cpu) && khz > 0)
        info.cpu.max_mhz = (int)(khz / 1000);
    machine->cpu = info.cpu;
    machine->split_lock_detect = read_split_lock_detect(root, &info);
    *machine->governor = '\0';
    lb_sysfile_line(root, machine->governor, sizeof machine->governor,
                    CPU_DIR "/cpu%d/cpufreq/scaling_governor", cpu);
    machine->cache_count = lb_caches_read(root, cpu, machine->caches);
    /* A guest may be told that it is one; its absence on x86 says that there is no hypervisor. */
    if (*info.flags)
        machine->virtualised = lb_cpuinfo_has_flag(&info, "hypervisor");
    return true;
}

enum lb_status lb_machine_use_cpu(const char *root, int cpu, struct lb_machine *machine,
                                  struct lb_error *error)
{
    if (!lb_cpulist_has(&machine->online, cpu))
        return lb_fail(error, LB_USAGE, "CPU %d is not online", cpu);
    machine->measured_cpu = cpu;
    if (!read_cpu(root, machine))
        return lb_fail(error, LB_SYSTEM, "cannot read proc/cpuinfo");
    return LB_OK;
}

/* ---- Memory ---- */

/* /proc/meminfo counts in KiB and calls it kB. */
static bool read_memory(const char *root, struct lb_machine *machine)
{
    int64_t free_bytes = 0;
    const struct {
        const char *name;
        int64_t *bytes;
    } wanted[] = {
        {"MemFree", &free_bytes},
        {"MemTotal", &machine->memory_total_bytes},
        {"MemAvailable", &machine->memory_available_bytes},
        {"SwapTotal", &machine->swap_total_bytes},
        {"SwapFree", &machine->swap_free_bytes},
    };
    FILE *file = lb_sysfile_open(root, "proc/meminfo");
    char name[64];
    long long kib;
    if (!file)
        return false;
    for (int matched; (matched = fscanf(file, "%63[^:]: %lld%*[^\n] ", name, &kib)) != EOF;) {
        if (matched != 2)
            break;
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            if (strcmp(name, wanted[i].name) == 0)
                *wanted[i].bytes = (int64_t)kib * 1024;
    }
    fclose(file);
    /* A kernel before 3.14 does not estimate it; free memory is then the part that is sure. */
    if (machine->memory_available_bytes == LB_UNKNOWN)
        machine->memory_available_bytes = free_bytes;
    uint64_t left = lb_available_memory(root); /* a container's limit, too */
    if (left < (uint64_t)machine->memory_available_bytes)
        machine->memory_available_bytes = (int64_t)left;
    return machine->memory_total_bytes > 0;
}

/* "always [madvise] never": the one in brackets. */
static void read_huge_pages(const char *root, struct lb_machine *machine)
{
    char line[128], *start;
    if (!lb_sysfile_line(root, line, sizeof line, "sys/kernel/mm/transparent_hugepage/enabled") ||
        !(start = strchr(line, '[')))
        return;
    start[strcspn(start, "]")] = '\0';
    snprintf(machine->transparent_hugepages, sizeof machine->transparent_hugepages, "%s",
             start + 1);
}

/* ---- The system ---- */

static void read_distribution(const char *root, struct lb_machine *machine)
{
    FILE *file = lb_sysfile_open(root, "etc/os-release");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        char *value = line + strlen("PRETTY_NAME=");
        if (strncmp(line, "PRETTY_NAME=", strlen("PRETTY_NAME=")) != 0)
            continue;
        value += strspn(value, "\"'");
        value[strcspn(value, "\"'\n")] = '\0';
        snprintf(machine->distribution, sizeof machine->distribution, "%s", value);
    }
    if (file)
        fclose(file);
}

/* kernel.arch is new in Linux 6.1; before, a captured tree shows it only by the shape of cpuinfo.
 */
static void read_architecture(const char *root, struct lb_machine *machine)
{
    struct utsname system;
    char *out = machine->architecture;
    size_t size = sizeof machine->architecture;
    if (lb_sysfile_is_live(root) && uname(&system) == 0)
        snprintf(out, size, "%s", system.machine);
    else if (!lb_sysfile_line(root, out, size, "proc/sys/kernel/arch"))
        snprintf(out, size, "%s",
                 strcmp(machine->cpu.id.vendor, "GenuineIntel") == 0 ||
                         strcmp(machine->cpu.id.vendor, "AuthenticAMD") == 0
                     ? "x86_64"
                 : machine->cpu.id.family == 8 ? "aarch64"
                                               : "unknown");
}

static void read_kernel(const char *root, struct lb_machine *machine)
{
    char type[32] = "Linux", release[80] = "";
    lb_sysfile_line(root, type, sizeof type, "proc/sys/kernel/ostype");
    lb_sysfile_line(root, release, sizeof release, "proc/sys/kernel/osrelease");
    snprintf(machine->kernel, sizeof machine->kernel, "%s %s", type,
             *release ? release : "(unknown)");
    lb_sysfile_line(root, machine->host, sizeof machine->host, "proc/sys/kernel/hostname");
}

static void read_libc(struct lb_machine *machine)
{
#ifdef __GLIBC__
    snprintf(machine->libc, sizeof machine->libc, "glibc %s", gnu_get_libc_version());
#else
    snprintf(machine->libc, sizeof machine->libc, "not glibc");
#endif
    machine->page_bytes = sysconf(_SC_PAGESIZE);
}

/* A small switch of the kernel: 0 or 1 (or more); LB_UNKNOWN where there is no such file. */
static int setting(const char *root, const char *path)
{
    int64_t number;
    return lb_sysfile_number(root, &number, "%s", path) && number >= 0 && number < INT32_MAX
               ? (int)number
               : LB_UNKNOWN;
}

static void read_settings(const char *root, struct lb_machine *machine)
{
    int no_turbo = setting(root, CPU_DIR "/intel_pstate/no_turbo");
    int64_t paranoid;
    machine->turbo = no_turbo == LB_UNKNOWN ? setting(root, CPU_DIR "/cpufreq/boost") : !no_turbo;
    machine->smt = setting(root, CPU_DIR "/smt/active");
    machine->aslr = setting(root, "proc/sys/kernel/randomize_va_space");
    machine->perf_event_paranoid = LB_UNKNOWN;
    if (lb_sysfile_number(root, &paranoid, "proc/sys/kernel/perf_event_paranoid")) {
        machine->perf_event_paranoid = (int)paranoid;
        machine->perf_event_paranoid_known = true;
    }
    lb_sysfile_line(root, machine->clocksource, sizeof machine->clocksource,
                    "sys/devices/system/clocksource/clocksource0/current_clocksource");
}

/* x86 calls its PMU "cpu" where there is one kind of core; every other core PMU lists its CPUs. */
static int read_has_pmu(const char *root)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/sys/bus/event_source/devices",
             lb_sysfile_is_live(root) ? "" : root);
    DIR *devices = opendir(path);
    if (!devices)
        return LB_UNKNOWN;
    int found = 0;
    for (struct dirent *entry; (entry = readdir(devices));)
        if (strcmp(entry->d_name, "cpu") == 0 ||
            (*entry->d_name != '.' &&
             lb_sysfile_exists(root, "sys/bus/event_source/devices/%s/cpus", entry->d_name)))
            found = 1;
    closedir(devices);
    return found;
}

/* ---- Hypervisor ---- */

/* How a hypervisor shows itself: in the firmware's tables, or by the clock that it offers. */
static const struct {
    const char *path, *text, *name;
} hypervisors[] = {
    {"sys/class/dmi/id/sys_vendor", "VMware", "VMware"},
    {"sys/class/dmi/id/sys_vendor", "innotek", "VirtualBox"},
    {"sys/class/dmi/id/sys_vendor", "Xen", "Xen"},
    {"sys/class/dmi/id/sys_vendor", "Amazon EC2", "Amazon EC2 (Nitro, KVM)"},
    {"sys/class/dmi/id/product_name", "Google Compute Engine", "Google Compute Engine (KVM)"},
    {"sys/class/dmi/id/sys_vendor", "QEMU", "QEMU"},
    {"sys/class/dmi/id/product_name", "KVM", "KVM"},
    {"sys/class/dmi/id/product_name", "Virtual Machine", "Hyper-V"},
    {"sys/hypervisor/type", "xen", "Xen"},
    {"proc/device-tree/compatible", "linux,dummy-virt", "QEMU"},
    {"sys/devices/system/clocksource/clocksource0/available_clocksource", "kvm-clock", "KVM"},
    {"sys/devices/system/clocksource/clocksource0/available_clocksource", "hyperv", "Hyper-V"},
    {"sys/devices/system/clocksource/clocksource0/available_clocksource", "xen", "Xen"},
};

static void read_hypervisor(const char *root, struct lb_machine *machine)
{
    char line[256];
    /* EC2's bare-metal machines have the vendor of its guests; only the product tells. */
    if (machine->virtualised == 0 ||
        (lb_sysfile_line(root, line, sizeof line, "sys/class/dmi/id/product_name") &&
         strstr(line, ".metal")))
        return;
    for (size_t i = 0; i < sizeof hypervisors / sizeof *hypervisors; i++)
        if (lb_sysfile_line(root, line, sizeof line, "%s", hypervisors[i].path) &&
            strstr(line, hypervisors[i].text)) {
            snprintf(machine->hypervisor, sizeof machine->hypervisor, "%s", hypervisors[i].name);
            machine->virtualised = 1;
            return;
        }
}

enum lb_status lb_machine_read(const char *root, struct lb_machine *machine, struct lb_error *error)
{
    *machine = (struct lb_machine){
        .memory_total_bytes = LB_UNKNOWN,
        .memory_available_bytes = LB_UNKNOWN,
        .virtualised = LB_UNKNOWN,
    };
    read_online(root, machine);
    machine->logical_cpus = lb_cpulist_count(&machine->online);
    machine->measured_cpu = lb_cpulist_next(&machine->online, -1);
    if (machine->logical_cpus == 0 || !read_cpu(root, machine))
        return lb_fail(error, LB_SYSTEM, "cannot read %s/proc/cpuinfo: is /proc mounted?",
                       lb_sysfile_is_live(root) ? "" : root);
    if (!read_memory(root, machine))
        return lb_fail(error, LB_SYSTEM, "cannot read %s/proc/meminfo: is /proc mounted?",
                       lb_sysfile_is_live(root) ? "" : root);
    read_topology(root, machine);
    read_huge_pages(root, machine);
    read_distribution(root, machine);
    read_architecture(root, machine);
    read_kernel(root, machine);
    read_libc(machine);
    read_settings(root, machine);
    machine->has_pmu = read_has_pmu(root);
    read_hypervisor(root, machine);
    return LB_OK;
}
