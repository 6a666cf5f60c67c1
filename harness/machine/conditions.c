/* conditions.c - see conditions.h. */
#include "harness/machine/conditions.h"

#include "harness/base/jsonwrite.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    const char *name;
    enum lb_severity severity;
    const char *message; /* {}: the detail */
    const char *advice;
};

#define INFO    LB_SEVERITY_INFO
#define WARNING LB_SEVERITY_WARNING

static const struct text texts[LB_CONDITION_COUNT] = {
    [LB_CONDITION_PARANOID] =
        {"perf_event_paranoid", WARNING,
         "kernel.perf_event_paranoid is {}: this user may not count hardware events.",
         "As root: sysctl kernel.perf_event_paranoid=1. Or give the program CAP_PERFMON."},
    [LB_CONDITION_PARANOID_KERNEL] =
        {"perf_event_paranoid_kernel", INFO,
         "kernel.perf_event_paranoid is {}: context switches and migrations come from getrusage.",
         "As root: sysctl kernel.perf_event_paranoid=1, for the kernel's own counts."},
    [LB_CONDITION_NO_PMU] =
        {"no_pmu", WARNING,
         "No performance monitoring unit is visible{}: cache misses cannot be counted here.",
         "Use bare metal or an instance type that shows its PMU; until then misses are simulated."},
    [LB_CONDITION_LIBPFM_UNKNOWN] =
        {"libpfm_unknown_cpu", INFO, "The installed libpfm4 does not know this CPU ({}).",
         "Install a newer libpfm4. Until then raw or the kernel's generic events are used, and "
         "named as such."},
    [LB_CONDITION_NO_VALGRIND] = {"no_valgrind", WARNING,
                                  "valgrind is not installed: nothing is simulated.",
                                  "Run scripts/setup, or: apt install valgrind."},
    [LB_CONDITION_NO_MISSES] =
        {"no_misses", WARNING,
         "There is neither a performance monitoring unit nor valgrind: the columns of cache "
         "misses stay empty.",
         "Run scripts/setup, or: apt install valgrind."},
    [LB_CONDITION_NO_HYPERFINE] = {"no_hyperfine", INFO,
                                   "hyperfine is not installed: whole processes are not timed.",
                                   "Run scripts/setup, or: apt install hyperfine."},
    [LB_CONDITION_NO_PAHOLE] = {"no_pahole", INFO,
                                "pahole is not installed: the layouts of structs are not listed.",
                                "Run scripts/setup, or: apt install pahole."},
    [LB_CONDITION_GOVERNOR] =
        {"governor", WARNING, "The frequency governor is \"{}\": the clock speed follows the load.",
         "As root: cpupower frequency-set -g performance, while measuring."},
    [LB_CONDITION_TURBO] =
        {"turbo", INFO, "Turbo is on: the clock speed depends on heat and on the other cores.",
         "For steadier figures, as root: echo 0 > /sys/devices/system/cpu/cpufreq/boost (or with "
         "intel_pstate: echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo)."},
    [LB_CONDITION_SMT] =
        {"smt", INFO, "SMT is on: another thread may share the measured core and its caches.",
         "Keep the sibling idle, or as root: echo off > /sys/devices/system/cpu/smt/control."},
    [LB_CONDITION_HYBRID] = {"hybrid", INFO,
                             "The CPU has several kinds of core; this is measured on {}.",
                             "Choose the kind with --cpu, and compare only runs on the same kind."},
    [LB_CONDITION_BATTERY] = {"battery", WARNING,
                              "The machine runs on battery ({}): it saves power where it can.",
                              "Plug it in."},
    [LB_CONDITION_SINGLE_CPU] =
        {"single_cpu", WARNING,
         "There is one CPU: whatever else runs, runs in between; threaded benchmarks are skipped.",
         "Use a machine with two CPUs or more."},
    [LB_CONDITION_CPU_QUOTA] = {"cpu_quota", WARNING,
                                "A control group allows {} of CPU time: the kernel pauses the run.",
                                "Raise the limit of the container (cpu.max) to at least two CPUs."},
    [LB_CONDITION_LOAD] = {"load", WARNING, "The load average is {}: other work wants the CPUs.",
                           "Wait until the machine is idle, or stop the other work."},
    [LB_CONDITION_BUSY_PROCESSES] = {"busy_processes", WARNING, "Other processes are busy: {}.",
                                     "Stop them, or move them to other CPUs with taskset."},
    [LB_CONDITION_STEAL] =
        {"steal", WARNING, "The hypervisor took {} of the CPU time for other guests.",
         "Measure at another time, or on a machine of its own. Compare CPU time, not wall time."},
    [LB_CONDITION_VIRTUALISED] =
        {"virtualised", INFO,
         "This is a virtual machine ({}): the advertised caches are shared with unseen neighbours.",
         "Read working sets against the measured cache curve, not against the advertised sizes."},
    [LB_CONDITION_CLOCKSOURCE] =
        {"clocksource", WARNING, "The clock source is {}: reading the time is slow.",
         "Where available_clocksource lists tsc: echo tsc > "
         "/sys/devices/system/clocksource/clocksource0/current_clocksource, as root."},
    [LB_CONDITION_HUGE_PAGES_ALWAYS] =
        {"huge_pages_always", INFO,
         "Transparent huge pages are \"always\": other programs get them too, and they run out.",
         "As root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled."},
    [LB_CONDITION_HUGE_PAGES_NEVER] =
        {"huge_pages_never", INFO,
         "Transparent huge pages are off: the variants that ask for them get 4 KiB pages.",
         "As root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled."},
    [LB_CONDITION_ASLR_OFF] =
        {"aslr_off", INFO,
         "Address randomisation is off: what `run` does not place itself (hyperfine) lies alike.",
         "As root: sysctl kernel.randomize_va_space=2."},
    [LB_CONDITION_SWAP] = {"swap", WARNING, "{} of swap are in use.",
                           "Free memory, or as root: swapoff -a, while measuring."},
    [LB_CONDITION_LOW_MEMORY] = {"low_memory", WARNING,
                                 "Only {} of memory are available: large working sets are skipped.",
                                 "Free memory: the standard profile wants 2 GiB."},
    [LB_CONDITION_SPLIT_LOCK] =
        {"split_lock_detect", INFO,
         "Split-lock detection is on: locked additions across two lines are skipped.",
         "To measure them as well, boot with split_lock_detect=off."},
};

const char *lb_condition_name(enum lb_condition_id id)
{
    return texts[id].name;
}

enum lb_severity lb_condition_severity(enum lb_condition_id id)
{
    return texts[id].severity;
}

const char *lb_condition_advice(enum lb_condition_id id)
{
    return texts[id].advice;
}

/* The message with the detail in the place of its {}. */
static void fill_message(char *out, size_t size, const char *message, const char *detail)
{
    const char *gap = strstr(message, "{}");
    if (gap)
        snprintf(out, size, "%.*s%s%s", (int)(gap - message), message, detail, gap + 2);
    else
        snprintf(out, size, "%s", message);
}

/* Where it stands or belongs: conditions are kept in the order of the table. */
static struct lb_condition *place_for(struct lb_conditions *conditions, enum lb_condition_id id)
{
    size_t at = 0;
    while (at < conditions->count && conditions->noticed[at].id < id)
        at++;
    struct lb_condition *place = &conditions->noticed[at];
    if (at < conditions->count && place->id == id)
        return place;
    memmove(place + 1, place, (conditions->count - at) * sizeof *place);
    conditions->count++;
    return place;
}

static void note(struct lb_conditions *conditions, enum lb_condition_id id, const char *detail)
{
    struct lb_condition *condition = place_for(conditions, id);
    condition->id = id;
    fill_message(condition->message, sizeof condition->message, texts[id].message, detail);
}

void lb_conditions_note(struct lb_conditions *conditions, enum lb_condition_id id)
{
    note(conditions, id, "");
}

void lb_conditions_note_detail(struct lb_conditions *conditions, enum lb_condition_id id,
                               const char *detail, ...)
{
    char text[160];
    va_list args;
    va_start(args, detail);
    vsnprintf(text, sizeof text, detail, args);
    va_end(args);
    note(conditions, id, text);
}

struct json_object *lb_conditions_to_json(const struct lb_conditions *conditions)
{
    struct json_object *out = json_object_new_array();
    for (size_t i = 0; i < conditions->count; i++) {
        enum lb_condition_id id = conditions->noticed[i].id;
        struct json_object *row = json_object_new_object();
        json_object_object_add(row, "id", lb_json_text(texts[id].name));
        json_object_object_add(row, "severity",
                               lb_json_text(texts[id].severity == WARNING ? "warning" : "info"));
        json_object_object_add(row, "message", lb_json_text(conditions->noticed[i].message));
        json_object_object_add(row, "advice", lb_json_text(texts[id].advice));
        json_object_array_add(out, row);
    }
    return out;
}
