/* machine_json.c - the machine in the results document, and the two fingerprints. */
#include "harness/machine.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

/* ---- Fingerprints ---- */

static void add_field(struct lb_fingerprint *out, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_field(struct lb_fingerprint *out, const char *name, const char *format, ...)
{
    if (out->field_count == LB_FINGERPRINT_FIELDS_MAX)
        return;
    struct lb_fingerprint_field *field = &out->fields[out->field_count++];
    va_list args;
    va_start(args, format);
    field->name = name;
    vsnprintf(field->value, sizeof field->value, format, args);
    va_end(args);
}

/* FNV-1a 64: it tells environments apart, and guards against nothing. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    while (*text++); /* the final 0 as well: it separates */
    return hash;
}

static void add_digest(struct lb_fingerprint *out)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < out->field_count; i++)
        hash = hash_text(hash_text(hash, out->fields[i].name), out->fields[i].value);
    snprintf(out->digest, sizeof out->digest, "%016" PRIx64, hash);
}

#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
/* glibc numbers features by CPUID leaf, register and bit; its own macro shifts into a sign bit. */
static bool libc_uses(unsigned feature)
{
    const struct cpuid_feature *leaf = __x86_get_cpuid_feature_leaf(feature / 128);
    return leaf->active_array[feature % 128 / 32] >> feature % 32 & 1;
}

static void list_cpu_features(char *text, size_t size)
{
#define FEATURE(name)                                                                              \
    {                                                                                              \
#name, x86_cpu_##name                                                                      \
    }
    static const struct {
        const char *name;
        unsigned feature;
    } features[] = {
        FEATURE(SSSE3), FEATURE(SSE4_1),  FEATURE(SSE4_2),   FEATURE(POPCNT),   FEATURE(LZCNT),
        FEATURE(BMI1),  FEATURE(BMI2),    FEATURE(MOVBE),    FEATURE(AVX),      FEATURE(AVX2),
        FEATURE(FMA),   FEATURE(AVX512F), FEATURE(AVX512BW), FEATURE(AVX512VL), FEATURE(ERMS),
        FEATURE(FSRM),  FEATURE(RTM),
    };
#undef FEATURE
    size_t used = 0;
    for (size_t i = 0; i < sizeof features / sizeof *features && used < size; i++)
        if (libc_uses(features[i].feature))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
                                     features[i].name);
}
#elif defined(AT_HWCAP2)
static void list_cpu_features(char *text, size_t size)
{
    snprintf(text, size, "hwcap %lx hwcap2 %lx", getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
}
#else
static void list_cpu_features(char *text, size_t size)
{
    snprintf(text, size, "unknown");
}
#endif

/*
 * The features by which glibc picks its string functions, as glibc itself decided that they are
 * usable (tunables and the kernel's masks included).
 */
static void add_cpu_features(struct lb_fingerprint *out)
{
    char text[256] = "";
    list_cpu_features(text, sizeof text);
    add_field(out, "cpu_features", "%s", text);
}

/* glibc switches to stores past the cache by these sizes. */
static void add_libc_caches(struct lb_fingerprint *out)
{
#ifdef _SC_LEVEL1_DCACHE_SIZE
    add_field(out, "libc_caches", "L1d %ld L2 %ld L3 %ld", sysconf(_SC_LEVEL1_DCACHE_SIZE),
              sysconf(_SC_LEVEL2_CACHE_SIZE), sysconf(_SC_LEVEL3_CACHE_SIZE));
#endif
}

static const char *or_none(const char *text)
{
    return text && *text ? text : "none";
}

static const char *or_unknown(const char *text)
{
    return text && *text ? text : "unknown";
}

void lb_machine_fingerprint_environment(const struct lb_machine *machine,
                                        const struct lb_environment *environment,
                                        struct lb_fingerprint *out)
{
    *out = (struct lb_fingerprint){.field_count = 0};
    add_field(out, "compiler", "%s", or_none(environment->compiler));
    add_field(out, "flags", "%s", or_none(environment->flags));
    add_field(out, "valgrind", "%s", or_none(environment->valgrind));
    add_field(out, "geometry", "%s", or_none(environment->geometry));
    add_field(out, "libc", "%s", machine->libc);
    add_cpu_features(out);
    add_libc_caches(out);
    add_digest(out);
}

static const char *known_text(int number, char *text, size_t size)
{
    if (number == LB_UNKNOWN)
        return "unknown";
    snprintf(text, size, "%d", number);
    return text;
}

static void add_number(struct lb_fingerprint *out, const char *name, int number)
{
    char text[32];
    add_field(out, name, "%s", known_text(number, text, sizeof text));
}

static const char *const cache_letters[] = {"d", "i", ""};

static void add_caches(struct lb_fingerprint *out, const struct lb_machine *machine)
{
    char text[256] = "";
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct lb_cache *cache = &machine->caches[i];
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%sL%d%s %" PRId64 " KiB", used ? ", " : "",
                 cache->level, cache_letters[cache->type], cache->size_bytes / 1024);
    }
    add_field(out, "caches", "%s", or_unknown(text));
}

void lb_machine_fingerprint(const struct lb_machine *machine, struct lb_fingerprint *out)
{
    const struct lb_cpu *cpu = &machine->cpu;
    *out = (struct lb_fingerprint){.field_count = 0};
    add_field(out, "architecture", "%s", machine->architecture);
    add_field(out, "cpu", "%s", or_unknown(cpu->model_name));
    add_field(out, "cpu_id", "%s %d/%d/%d", or_unknown(cpu->id.vendor), cpu->id.family,
              cpu->id.model, cpu->id.stepping);
    add_field(out, "microarchitecture", "%s", or_unknown(cpu->microarchitecture));
    add_number(out, "logical_cpus", machine->logical_cpus);
    add_number(out, "physical_cores", machine->physical_cores);
    add_number(out, "sockets", machine->sockets);
    add_caches(out, machine);
    /* The kernel keeps a share that changes from boot to boot. */
    add_field(out, "memory", "%.0f GiB", ceil((double)machine->memory_total_bytes / (1 << 30)));
    add_field(out, "kernel", "%s", machine->kernel);
    add_field(out, "hypervisor", "%s",
              machine->virtualised ? or_unknown(machine->hypervisor) : "none");
    add_field(out, "governor", "%s", or_unknown(machine->governor));
    add_number(out, "turbo", machine->turbo);
    add_number(out, "smt", machine->smt);
    add_field(out, "transparent_hugepages", "%s", or_unknown(machine->transparent_hugepages));
    add_digest(out);
}

/* ---- JSON ---- */

/* json-c's null is NULL. */
static struct json_object *text_or_null(const char *text)
{
    return text && *text ? json_object_new_string(text) : NULL;
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
    json_object_object_add(out, "architecture", json_object_new_string(machine->architecture));
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
        json_object_object_add(row, "type", json_object_new_string(types[cache->type]));
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
                               json_object_new_string(fingerprint->fields[i].value));
    json_object_object_add(out, name, json_object_new_string(fingerprint->digest));
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
    const char *name = parts->name ? parts->name : or_unknown(machine->host);
    json_object_object_add(out, "name", json_object_new_string(name));
    json_object_object_add(out, "cpu", cpu_to_json(machine));
    json_object_object_add(out, "caches", caches_to_json(machine));
    json_object_object_add(out, "caches_measured", parts->caches_measured);
    json_object_object_add(out, "memory", memory_to_json(machine));
    json_object_object_add(out, "kernel", json_object_new_string(machine->kernel));
    json_object_object_add(out, "distribution", text_or_null(machine->distribution));
    json_object_object_add(out, "libc", json_object_new_string(machine->libc));
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
