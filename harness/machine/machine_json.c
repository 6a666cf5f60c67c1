/* machine_json.c - the machine in the results document. */
#include "harness/machine/machine.h"

#include "harness/base/jsonwrite.h"

/* json-c's null is NULL. */
static struct json_object *text_or_null(const char *text)
{
    return *text ? lb_json_text(text) : NULL;
}

static struct json_object *number_or_null(int64_t number)
{
    return number == LB_UNKNOWN ? NULL : json_object_new_int64(number);
}

static struct json_object *answer_or_null(int answer)
{
    return answer == LB_UNKNOWN ? NULL : json_object_new_boolean(answer != 0);
}

static struct json_object *or_empty_array(struct json_object *array)
{
    return array ? array : json_object_new_array();
}

static struct json_object *cpu_to_json(const struct lb_machine *machine)
{
    const struct lb_cpu *cpu = &machine->cpu;
    struct json_object *out = json_object_new_object();
    json_object_object_add(out, "model_name", text_or_null(cpu->model_name));
    json_object_object_add(out, "vendor", text_or_null(cpu->id.vendor));
    json_object_object_add(out, "architecture", lb_json_text(machine->architecture));
    json_object_object_add(out, "family", number_or_null(cpu->id.family));
    json_object_object_add(out, "model", number_or_null(cpu->id.model));
    json_object_object_add(out, "stepping", number_or_null(cpu->id.stepping));
    json_object_object_add(out, "microarchitecture", text_or_null(cpu->microarchitecture));
    json_object_object_add(out, "logical_cpus", json_object_new_int(machine->logical_cpus));
    json_object_object_add(out, "physical_cores", number_or_null(machine->physical_cores));
    json_object_object_add(out, "sockets", number_or_null(machine->sockets));
    json_object_object_add(out, "numa_nodes", number_or_null(machine->numa_nodes));
    json_object_object_add(out, "threads_per_core", number_or_null(machine->threads_per_core));
    json_object_object_add(out, "max_mhz", number_or_null(cpu->max_mhz));
    return out;
}

static struct json_object *caches_to_json(const struct lb_machine *machine)
{
    static const char *const types[] = {"data", "instruction", "unified"};
    struct json_object *out = json_object_new_array();
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct lb_cache *cache = &machine->caches[i];
        struct json_object *row = json_object_new_object();
        json_object_object_add(row, "level", json_object_new_int(cache->level));
        json_object_object_add(row, "type", lb_json_text(types[cache->type]));
        json_object_object_add(row, "size_bytes", json_object_new_int64(cache->size_bytes));
        json_object_object_add(row, "line_bytes", number_or_null(cache->line_bytes));
        json_object_object_add(row, "ways", number_or_null(cache->ways));
        json_object_object_add(row, "shared_by_cpus", number_or_null(cache->shared_by_cpus));
        json_object_array_add(out, row);
    }
    return out;
}

static struct json_object *memory_to_json(const struct lb_machine *machine)
{
    struct json_object *out = json_object_new_object();
    json_object_object_add(out, "total_bytes", json_object_new_int64(machine->memory_total_bytes));
    json_object_object_add(out, "available_bytes",
                           json_object_new_int64(machine->memory_available_bytes));
    json_object_object_add(out, "swap_total_bytes",
                           json_object_new_int64(machine->swap_total_bytes));
    json_object_object_add(out, "page_bytes", json_object_new_int64(machine->page_bytes));
    json_object_object_add(out, "transparent_hugepages",
                           text_or_null(machine->transparent_hugepages));
    return out;
}

static void add_fingerprint(struct json_object *out, const char *name, const char *fields_name,
                            const struct lb_fingerprint *fingerprint)
{
    struct json_object *fields = json_object_new_object();
    for (size_t i = 0; i < fingerprint->field_count; i++)
        json_object_object_add(fields, fingerprint->fields[i].name,
                               lb_json_text(fingerprint->fields[i].value));
    json_object_object_add(out, name, lb_json_text(fingerprint->digest));
    json_object_object_add(out, fields_name, fields);
}

static struct json_object *fingerprints_to_json(const struct lb_machine *machine,
                                                const struct lb_environment *environment)
{
    struct json_object *out = json_object_new_object();
    struct lb_fingerprint fingerprint;
    lb_machine_fingerprint_environment(machine, environment, &fingerprint);
    add_fingerprint(out, "environment", "environment_fields", &fingerprint);
    lb_machine_fingerprint(machine, &fingerprint);
    add_fingerprint(out, "machine", "machine_fields", &fingerprint);
    return out;
}

static struct json_object *paranoid_to_json(const struct lb_machine *machine)
{
    return machine->perf_event_paranoid_known ? json_object_new_int(machine->perf_event_paranoid)
                                              : NULL;
}

struct json_object *lb_machine_to_json(const struct lb_machine *machine,
                                       const struct lb_environment *environment,
                                       const struct lb_machine_parts *parts)
{
    struct json_object *out = json_object_new_object();
    const char *name = parts->name ? parts->name : *machine->host ? machine->host : "unknown";
    json_object_object_add(out, "name", lb_json_text(name));
    json_object_object_add(out, "cpu", cpu_to_json(machine));
    json_object_object_add(out, "caches", caches_to_json(machine));
    json_object_object_add(out, "caches_measured", parts->caches_measured);
    json_object_object_add(out, "memory", memory_to_json(machine));
    json_object_object_add(out, "kernel", lb_json_text(machine->kernel));
    json_object_object_add(out, "distribution", text_or_null(machine->distribution));
    json_object_object_add(out, "libc", lb_json_text(machine->libc));
    json_object_object_add(out, "virtualised", answer_or_null(machine->virtualised));
    json_object_object_add(out, "hypervisor", text_or_null(machine->hypervisor));
    json_object_object_add(out, "governor", text_or_null(machine->governor));
    json_object_object_add(out, "turbo", answer_or_null(machine->turbo));
    json_object_object_add(out, "smt", answer_or_null(machine->smt));
    json_object_object_add(out, "aslr", number_or_null(machine->aslr));
    json_object_object_add(out, "perf_event_paranoid", paranoid_to_json(machine));
    json_object_object_add(out, "conditions", or_empty_array(parts->conditions));
    json_object_object_add(out, "counters", or_empty_array(parts->counters));
    json_object_object_add(out, "checks", or_empty_array(parts->checks));
    json_object_object_add(out, "fingerprints", fingerprints_to_json(machine, environment));
    return out;
}
