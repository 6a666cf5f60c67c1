/* doctor.c - see doctor.h. The sentences are in conditions.c. */
#include "harness/machine/doctor.h"

#include "harness/base/cpu_quota.h"
#include "harness/counters/provider.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- Counters and tools ---- */

/* CAP_PERFMON (38) or CAP_SYS_ADMIN (21) in this process: levels do not bind it. */
static bool may_count_anything(const char *root)
{
    FILE *file = lb_sysfile_open(root, "proc/self/status");
    char line[256];
    unsigned long long capabilities = 0;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "CapEff: %llx", &capabilities) == 1)
            break;
    if (file)
        fclose(file);
    return (capabilities >> 38 | capabilities >> 21) & 1;
}

static void examine_permission(const struct lb_doctor_facts *facts, struct lb_conditions *out)
{
    const struct lb_machine *machine = facts->machine;
    int level = machine->perf_event_paranoid;
    if (!machine->perf_event_paranoid_known || level < 2 || may_count_anything(facts->root))
        return;
    lb_conditions_note_detail(out, level > 2 ? LB_CONDITION_PARANOID : LB_CONDITION_PARANOID_KERNEL,
                              "%d", level);
}

static bool is_installed(const char *path, const char *tool)
{
    char candidate[4096];
    while (path && *path) {
        size_t length = strcspn(path, ":");
        snprintf(candidate, sizeof candidate, "%.*s/%s", (int)length, path, tool);
        if (length > 0 && access(candidate, X_OK) == 0)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static void examine_counters(const struct lb_doctor_facts *facts, struct lb_conditions *out)
{
    const struct lb_machine *machine = facts->machine;
    bool valgrind = is_installed(facts->path, "valgrind");
    examine_permission(facts, out);
    if (machine->has_pmu == 0)
        lb_conditions_note_detail(out, LB_CONDITION_NO_PMU, "%s",
                                  machine->virtualised == 1 ? " in this virtual machine" : "");
    else if (machine->has_pmu == 1 && facts->libpfm_knows_cpu == 0)
        lb_conditions_note_detail(out, LB_CONDITION_LIBPFM_UNKNOWN, "%s",
                                  *machine->cpu.microarchitecture ? machine->cpu.microarchitecture
                                  : *machine->cpu.model_name      ? machine->cpu.model_name
                                                                  : "nor does this suite's table");
    if (!valgrind)
        lb_conditions_note(out, machine->has_pmu == 0 ? LB_CONDITION_NO_MISSES
                                                      : LB_CONDITION_NO_VALGRIND);
    if (!is_installed(facts->path, "hyperfine"))
        lb_conditions_note(out, LB_CONDITION_NO_HYPERFINE);
    if (!is_installed(facts->path, "pahole"))
        lb_conditions_note(out, LB_CONDITION_NO_PAHOLE);
}

/* ---- The CPU ---- */

static bool is_discharging(const char *root, char *name, size_t size)
{
    char path[4096], line[64];
    bool found = false;
    snprintf(path, sizeof path, "%s/sys/class/power_supply", lb_sysfile_is_live(root) ? "" : root);
    DIR *supplies = opendir(path);
    for (struct dirent *entry; supplies && !found && (entry = readdir(supplies));) {
        found = lb_sysfile_line(root, line, sizeof line, "sys/class/power_supply/%s/status",
                                entry->d_name) &&
                strcmp(line, "Discharging") == 0;
        if (found)
            snprintf(name, size, "%s", entry->d_name);
    }
    if (supplies)
        closedir(supplies);
    return found;
}

static void examine_cpu(const struct lb_doctor_facts *facts, struct lb_conditions *out)
{
    const struct lb_machine *machine = facts->machine;
    char battery[256];
    if (*machine->governor && strcmp(machine->governor, "performance") != 0)
        lb_conditions_note_detail(out, LB_CONDITION_GOVERNOR, "%s", machine->governor);
    if (machine->turbo == 1)
        lb_conditions_note(out, LB_CONDITION_TURBO);
    if (machine->smt == 1)
        lb_conditions_note(out, LB_CONDITION_SMT);
    if (machine->cpu.id.core != LB_CORE_PLAIN)
        lb_conditions_note_detail(
            out, LB_CONDITION_HYBRID, "CPU %d, %s core", machine->measured_cpu,
            machine->cpu.id.core == LB_CORE_PERFORMANCE ? "a performance" : "an efficiency");
    if (is_discharging(facts->root, battery, sizeof battery))
        lb_conditions_note_detail(out, LB_CONDITION_BATTERY, "%s", battery);
    if (machine->logical_cpus == 1)
        lb_conditions_note(out, LB_CONDITION_SINGLE_CPU);
    if (machine->split_lock_detect == 1)
        lb_conditions_note(out, LB_CONDITION_SPLIT_LOCK);
}

/* The clocks that are read without a system call: the CPU's own counter, and what guests get. */
static void examine_clock(const struct lb_machine *machine, struct lb_conditions *out)
{
    static const char *const quick[] = {"tsc", "arch_sys_counter", "kvm-clock",
                                        "hyperv_clocksource_tsc_page", "timebase"};
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++)
        if (strcmp(machine->clocksource, quick[i]) == 0)
            return;
    if (*machine->clocksource)
        lb_conditions_note_detail(out, LB_CONDITION_CLOCKSOURCE, "%s", machine->clocksource);
}

/* ---- Neighbours ---- */

static void examine_quota(const struct lb_doctor_facts *facts, struct lb_conditions *out)
{
    double quota = lb_cpu_quota(facts->root);
    if (quota < (facts->machine->logical_cpus < 2 ? 1 : 2))
        lb_conditions_note_detail(out, LB_CONDITION_CPU_QUOTA, "%.2g of %d CPUs", quota,
                                  facts->machine->logical_cpus);
}

static void examine_load(const struct lb_doctor_facts *facts, struct lb_conditions *out)
{
    const double a_tenth = 0.1 * facts->machine->logical_cpus;
    const double most = a_tenth > 0.5 ? a_tenth : 0.5;
    char line[128];
    double load;
    if (lb_sysfile_line(facts->root, line, sizeof line, "proc/loadavg") &&
        sscanf(line, "%lf", &load) == 1 && load > most)
        lb_conditions_note_detail(out, LB_CONDITION_LOAD, "%.2f on %d CPU%s", load,
                                  facts->machine->logical_cpus,
                                  facts->machine->logical_cpus == 1 ? "" : "s");
}

static void examine_activity(const struct lb_activity_share *activity, struct lb_conditions *out)
{
    const double much_steal = 0.005;
    char list[160] = "";
    if (!activity)
        return;
    if (activity->steal > much_steal)
        lb_conditions_note_detail(out, LB_CONDITION_STEAL, "%.1f %%", activity->steal * 100);
    for (size_t i = 0, used = 0; i < activity->busy_count && used < sizeof list; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%s (%.0f %% of a CPU)",
                             i ? ", " : "", activity->busy[i].name, activity->busy[i].cpus * 100);
    if (activity->busy_count)
        lb_conditions_note_detail(out, LB_CONDITION_BUSY_PROCESSES, "%s", list);
}

/* ---- Memory ---- */

static void examine_memory(const struct lb_machine *machine, struct lb_conditions *out)
{
    const double mib = 1 << 20;
    const int64_t swap_used = machine->swap_total_bytes - machine->swap_free_bytes;
    if (strcmp(machine->transparent_hugepages, "always") == 0)
        lb_conditions_note(out, LB_CONDITION_HUGE_PAGES_ALWAYS);
    if (strcmp(machine->transparent_hugepages, "never") == 0)
        lb_conditions_note(out, LB_CONDITION_HUGE_PAGES_NEVER);
    if (machine->aslr == 0)
        lb_conditions_note(out, LB_CONDITION_ASLR_OFF);
    if (swap_used > 0)
        lb_conditions_note_detail(out, LB_CONDITION_SWAP, "%.0f MiB", (double)swap_used / mib);
    if (machine->memory_available_bytes < INT64_C(2) << 30)
        lb_conditions_note_detail(out, LB_CONDITION_LOW_MEMORY, "%.0f MiB",
                                  (double)machine->memory_available_bytes / mib);
}

void lb_doctor_examine(const struct lb_doctor_facts *facts, struct lb_conditions *out)
{
    examine_counters(facts, out);
    examine_cpu(facts, out);
    examine_clock(facts->machine, out);
    examine_quota(facts, out);
    examine_load(facts, out);
    examine_activity(facts->activity, out);
    examine_memory(facts->machine, out);
    if (facts->machine->virtualised == 1)
        lb_conditions_note_detail(out, LB_CONDITION_VIRTUALISED, "%s",
                                  *facts->machine->hypervisor ? facts->machine->hypervisor
                                                              : "of an unknown hypervisor");
}

/* ---- The command ---- */

static enum lb_status watch(const char *root, int logical_cpus, struct lb_activity_share *out,
                            struct lb_error *error)
{
    const struct timespec quarter_second = {.tv_nsec = 250 * 1000 * 1000};
    struct lb_activity *looks = malloc(2 * sizeof *looks);
    if (!looks)
        return lb_fail(error, LB_NO_MEMORY, "no memory to list the processes");
    enum lb_status status = lb_activity_look(root, &looks[0], error);
    if (status == LB_OK) {
        nanosleep(&quarter_second, NULL);
        status = lb_activity_look(root, &looks[1], error);
    }
    if (status == LB_OK)
        lb_activity_compare(&looks[0], &looks[1], logical_cpus, out);
    free(looks);
    return status;
}

enum lb_status lb_doctor_report(const char *root, const struct lb_machine *machine,
                                struct lb_conditions *out, struct lb_error *error)
{
    struct lb_activity_share activity = {.steal = NAN};
    struct lb_doctor_facts facts = {
        .root = root,
        .machine = machine,
        .path = getenv("PATH"),
        .libpfm_knows_cpu = lb_pfm_knows_cpu(),
        .activity = &activity,
    };
    *out = (struct lb_conditions){0};
    enum lb_status status = watch(root, machine->logical_cpus, &activity, error);
    if (status == LB_OK)
        lb_doctor_examine(&facts, out);
    return status;
}
