/* machine_fingerprint.c - what must be equal for two runs to compare; see machine.h. */
#include "harness/machine/machine.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>
#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

static void add_field(struct lb_fingerprint *out, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_field(struct lb_fingerprint *out, const char *name, const char *format, ...)
{
    assert(out->field_count < LB_FINGERPRINT_FIELDS_MAX);
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

static const uint64_t hash_basis = UINT64_C(0xcbf29ce484222325);

/* A text of any length: one that must be cut ends in a hash of all of it, and stays apart. */
static void add_text(struct lb_fingerprint *out, const char *name, const char *text)
{
    enum { CUT = sizeof out->fields[0].value - sizeof "...#0123456789abcdef" };
    if (strlen(text) < sizeof out->fields[0].value)
        add_field(out, name, "%s", text);
    else
        add_field(out, name, "%.*s...#%016" PRIx64, (int)CUT, text, hash_text(hash_basis, text));
}

static void add_digest(struct lb_fingerprint *out)
{
    uint64_t hash = hash_basis;
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
    add_text(out, "flags", or_none(environment->flags));
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
