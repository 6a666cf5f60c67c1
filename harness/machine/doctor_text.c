/* doctor_text.c - the machine and its conditions for a person to read. */
#include "harness/machine/doctor.h"

#include <inttypes.h>
#include <string.h>

static const char *or_unknown(const char *text)
{
    return *text ? text : "unknown";
}

static void print_count(FILE *out, int count, const char *noun)
{
    if (count != LB_UNKNOWN)
        fprintf(out, ", %d %s%s", count, noun, count == 1 ? "" : "s");
}

static void print_cpu(FILE *out, const struct lb_machine *machine)
{
    const struct lb_cpu *cpu = &machine->cpu;
    fprintf(out, "CPU       %s (%s)", or_unknown(cpu->model_name),
            or_unknown(cpu->microarchitecture));
    print_count(out, machine->logical_cpus, "CPU");
    print_count(out, machine->physical_cores, "core");
    print_count(out, machine->sockets, "socket");
    fprintf(out, "\n");
}

static void print_caches(FILE *out, const struct lb_machine *machine)
{
    static const char *const letters[] = {"d", "i", ""};
    fprintf(out, "caches    ");
    for (size_t i = 0; i < machine->cache_count; i++)
        fprintf(out, "%sL%d%s %" PRId64 " KiB", i ? ", " : "", machine->caches[i].level,
                letters[machine->caches[i].type], machine->caches[i].size_bytes / 1024);
    fprintf(out, "%s, as the kernel advertises them\n", machine->cache_count ? "" : "unknown");
}

static void print_system(FILE *out, const struct lb_machine *machine)
{
    const double gib = 1 << 30;
    fprintf(out, "memory    %.1f GiB, %.1f GiB available\n",
            (double)machine->memory_total_bytes / gib,
            (double)machine->memory_available_bytes / gib);
    fprintf(out, "system    %s, %s, %s%s%s\n", or_unknown(machine->distribution), machine->kernel,
            machine->libc, machine->virtualised == 1 ? ", under " : "",
            machine->virtualised == 1 ? or_unknown(machine->hypervisor) : "");
}

void lb_doctor_print(FILE *out, const struct lb_machine *machine,
                     const struct lb_conditions *conditions)
{
    print_cpu(out, machine);
    print_caches(out, machine);
    print_system(out, machine);
    if (conditions->count == 0)
        fprintf(out, "\nNothing to improve was noticed.\n");
    for (size_t i = 0; i < conditions->count; i++) {
        const struct lb_condition *condition = &conditions->noticed[i];
        fprintf(out, "\n%s  %s\n         %s\n",
                lb_condition_severity(condition->id) == LB_SEVERITY_WARNING ? "warning" : "info   ",
                condition->message, lb_condition_advice(condition->id));
    }
}
