/* machine_cpu.c - which CPU this is: the table of microarchitectures, /proc/cpuinfo, caches. */
#include "harness/machine/machine_cpu.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A range of models, and of steppings where those decide. Rows are tried in order. */
struct microarchitecture {
    const char *vendor;
    int family, model_low, model_high, stepping_low, stepping_high;
    const char *name;
};

enum { ANY = 0xffff };

#define ONE(vendor, family, model, name)                                                           \
    {                                                                                              \
        vendor, family, model, model, 0, ANY, name                                                 \
    }
#define RANGE(vendor, family, low, high, name)                                                     \
    {                                                                                              \
        vendor, family, low, high, 0, ANY, name                                                    \
    }
#define INTEL(model, name)           ONE("GenuineIntel", 6, model, name)
#define AMD(family, low, high, name) RANGE("AuthenticAMD", family, low, high, name)
#define ARM(part, name)              ONE("Arm", 8, part, name)

static const struct microarchitecture table[] = {
    INTEL(0x2a, "Sandy Bridge"),
    INTEL(0x2d, "Sandy Bridge-EP"),
    INTEL(0x3a, "Ivy Bridge"),
    INTEL(0x3e, "Ivy Bridge-EP"),
    INTEL(0x3c, "Haswell"),
    INTEL(0x45, "Haswell"),
    INTEL(0x46, "Haswell"),
    INTEL(0x3f, "Haswell-EP"),
    INTEL(0x3d, "Broadwell"),
    INTEL(0x47, "Broadwell"),
    INTEL(0x4f, "Broadwell-EP"),
    INTEL(0x56, "Broadwell-DE"),
    INTEL(0x4e, "Skylake"),
    INTEL(0x5e, "Skylake"),
    {"GenuineIntel", 6, 0x55, 0x55, 0, 4, "Skylake-SP"},
    {"GenuineIntel", 6, 0x55, 0x55, 5, 7, "Cascade Lake"},
    {"GenuineIntel", 6, 0x55, 0x55, 8, ANY, "Cooper Lake"},
    INTEL(0x8e, "Kaby Lake"),
    INTEL(0x9e, "Kaby Lake"),
    RANGE("GenuineIntel", 6, 0xa5, 0xa6, "Comet Lake"),
    RANGE("GenuineIntel", 6, 0x7d, 0x7e, "Ice Lake"),
    INTEL(0x6a, "Ice Lake-SP"),
    INTEL(0x6c, "Ice Lake-SP"),
    RANGE("GenuineIntel", 6, 0x8c, 0x8d, "Tiger Lake"),
    INTEL(0xa7, "Rocket Lake"),
    INTEL(0x97, "Alder Lake"),
    INTEL(0x9a, "Alder Lake"),
    INTEL(0xbe, "Alder Lake-N"),
    INTEL(0xb7, "Raptor Lake"),
    INTEL(0xba, "Raptor Lake"),
    INTEL(0xbf, "Raptor Lake"),
    INTEL(0x8f, "Sapphire Rapids"),
    INTEL(0xcf, "Emerald Rapids"),
    INTEL(0xaa, "Meteor Lake"),
    INTEL(0xac, "Meteor Lake"),
    INTEL(0xbd, "Lunar Lake"),
    RANGE("GenuineIntel", 6, 0xc5, 0xc6, "Arrow Lake"),
    RANGE("GenuineIntel", 6, 0xad, 0xae, "Granite Rapids"),
    INTEL(0xaf, "Sierra Forest"),
    ONE("AuthenticAMD", 0x17, 0x08, "Zen+"),
    ONE("AuthenticAMD", 0x17, 0x18, "Zen+"),
    AMD(0x17, 0x00, 0x2f, "Zen"),
    AMD(0x17, 0x50, 0x5f, "Zen"),
    AMD(0x17, 0x30, 0x4f, "Zen 2"),
    AMD(0x17, 0x60, 0x7f, "Zen 2"),
    AMD(0x17, 0x90, 0x91, "Zen 2"),
    AMD(0x17, 0xa0, 0xaf, "Zen 2"),
    RANGE("HygonGenuine", 0x18, 0x00, ANY, "Zen"),
    AMD(0x19, 0x00, 0x0f, "Zen 3"),
    AMD(0x19, 0x20, 0x5f, "Zen 3"),
    AMD(0x19, 0x10, 0x1f, "Zen 4"),
    AMD(0x19, 0x60, 0xaf, "Zen 4"),
    AMD(0x1a, 0x00, 0x2f, "Zen 5"),
    AMD(0x1a, 0x40, 0x4f, "Zen 5"),
    AMD(0x1a, 0x60, 0x7f, "Zen 5"),
    ARM(0xd03, "Cortex-A53"),
    ARM(0xd05, "Cortex-A55"),
    ARM(0xd07, "Cortex-A57"),
    ARM(0xd08, "Cortex-A72"),
    ARM(0xd09, "Cortex-A73"),
    ARM(0xd0a, "Cortex-A75"),
    ARM(0xd0b, "Cortex-A76"),
    ARM(0xd0c, "Neoverse N1"),
    ARM(0xd40, "Neoverse V1"),
    ARM(0xd49, "Neoverse N2"),
    ARM(0xd4f, "Neoverse V2"),
    ARM(0xd84, "Neoverse V3"),
    ARM(0xd8e, "Neoverse N3"),
};

/* The kinds of core of a hybrid CPU are microarchitectures of their own. */
static const struct {
    const char *cpu, *performance, *efficient;
} hybrids[] = {
    {"Alder Lake", "Alder Lake P-core", "Alder Lake E-core"},
    {"Raptor Lake", "Raptor Lake P-core", "Raptor Lake E-core"},
    {"Meteor Lake", "Meteor Lake P-core", "Meteor Lake E-core"},
    {"Lunar Lake", "Lunar Lake P-core", "Lunar Lake E-core"},
    {"Arrow Lake", "Arrow Lake P-core", "Arrow Lake E-core"},
};

static const char *core_name(const char *cpu, enum lb_core_kind core)
{
    for (size_t i = 0; core != LB_CORE_PLAIN && i < sizeof hybrids / sizeof *hybrids; i++)
        if (strcmp(hybrids[i].cpu, cpu) == 0)
            return core == LB_CORE_PERFORMANCE ? hybrids[i].performance : hybrids[i].efficient;
    return cpu;
}

const char *lb_machine_microarchitecture(const struct lb_cpu_id *id)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct microarchitecture *row = &table[i];
        bool steps = (row->stepping_low == 0 && row->stepping_high == ANY) ||
                     (id->stepping >= row->stepping_low && id->stepping <= row->stepping_high);
        if (steps && id->family == row->family && id->model >= row->model_low &&
            id->model <= row->model_high && strcmp(id->vendor, row->vendor) == 0)
            return core_name(row->name, id->core);
    }
    return NULL;
}

/* ---- /proc/cpuinfo ---- */

/* "Arm Architecture Reference Manual", MIDR_EL1.Implementer. */
static const struct {
    unsigned code;
    const char *name;
} implementers[] = {
    {0x41, "Arm"},       {0x42, "Broadcom"}, {0x43, "Cavium"},    {0x46, "Fujitsu"},
    {0x48, "HiSilicon"}, {0x4e, "NVIDIA"},   {0x50, "APM"},       {0x51, "Qualcomm"},
    {0x61, "Apple"},     {0x69, "Intel"},    {0x6d, "Microsoft"}, {0xc0, "Ampere"},
};

static void name_implementer(char *vendor, size_t size, const char *value)
{
    unsigned long code = strtoul(value, NULL, 0);
    for (size_t i = 0; i < sizeof implementers / sizeof *implementers; i++)
        if (implementers[i].code == code) {
            snprintf(vendor, size, "%s", implementers[i].name);
            return;
        }
    snprintf(vendor, size, "implementer 0x%02lx", code);
}

static int number(const char *value)
{
    char *end;
    long parsed = strtol(value, &end, 0);
    return end == value || parsed < 0 || parsed > ANY ? LB_UNKNOWN : (int)parsed;
}

/* One "key : value" of the CPU's block. x86 and Arm use different keys, so all are tried. */
static void take_field(struct lb_cpuinfo *info, const char *key, const char *value)
{
    struct lb_cpu_id *id = &info->cpu.id;
    if (strcmp(key, "vendor_id") == 0)
        snprintf(id->vendor, sizeof id->vendor, "%s", value);
    else if (strcmp(key, "CPU implementer") == 0)
        name_implementer(id->vendor, sizeof id->vendor, value);
    else if (strcmp(key, "cpu family") == 0 || strcmp(key, "CPU architecture") == 0)
        id->family = number(value);
    else if (strcmp(key, "model") == 0 || strcmp(key, "CPU part") == 0)
        id->model = number(value);
    else if (strcmp(key, "stepping") == 0 || strcmp(key, "CPU revision") == 0)
        id->stepping = number(value);
    else if (strcmp(key, "model name") == 0)
        snprintf(info->cpu.model_name, sizeof info->cpu.model_name, "%s", value);
    else if (strcmp(key, "flags") == 0)
        snprintf(info->flags, sizeof info->flags, " %s ", value);
}

/* Splits in place at the colon; false for lines without one (such as between blocks). */
static bool split(char *line, const char **key, const char **value)
{
    char *colon = strchr(line, ':');
    if (!colon)
        return false;
    char *end = colon;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    char *start = colon + 1;
    while (isspace((unsigned char)*start))
        start++;
    start[strcspn(start, "\n")] = '\0';
    *key = line;
    *value = start;
    return true;
}

bool lb_cpuinfo_read(const char *root, int cpu, struct lb_cpuinfo *info)
{
    FILE *file = lb_sysfile_open(root, "proc/cpuinfo");
    if (!file)
        return false;
    *info = (struct lb_cpuinfo){
        .cpu = {.id = {.family = LB_UNKNOWN, .model = LB_UNKNOWN, .stepping = LB_UNKNOWN},
                .max_mhz = LB_UNKNOWN}};
    char *line = NULL;
    size_t room = 0;
    int block = -1;
    while (getline(&line, &room, file) > 0) {
        const char *key, *value;
        if (!split(line, &key, &value))
            continue;
        if (strcmp(key, "processor") == 0) {
            block = number(value);
            info->processors++;
        } else if (block == cpu) {
            take_field(info, key, value);
        }
    }
    free(line);
    fclose(file);
    return true;
}

bool lb_cpuinfo_has_flag(const struct lb_cpuinfo *info, const char *flag)
{
    char padded[64];
    snprintf(padded, sizeof padded, " %s ", flag);
    return strstr(info->flags, padded) != NULL;
}

/* ---- Caches ---- */

/* "32K", "1024K", "32M": bytes, or LB_UNKNOWN. */
static int64_t cache_size(const char *text)
{
    char *end;
    long long size = strtoll(text, &end, 10);
    int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    return size > 0 ? (int64_t)size << shift : LB_UNKNOWN;
}

static int cache_number(const char *root, int cpu, int index, const char *file)
{
    int64_t number;
    bool known =
        lb_sysfile_number(root, &number, CPU_DIR "/cpu%d/cache/index%d/%s", cpu, index, file);
    return known && number > 0 && number < INT32_MAX ? (int)number : LB_UNKNOWN;
}

static bool cache_type(const char *text, enum lb_cache_type *type)
{
    static const char *const names[] = {"Data", "Instruction", "Unified"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            *type = (enum lb_cache_type)i;
            return true;
        }
    return false;
}

static bool read_cache(const char *root, int cpu, int index, struct lb_cache *cache)
{
    char type[32], size[32];
    struct lb_cpulist sharers;
    if (!lb_sysfile_line(root, type, sizeof type, CPU_DIR "/cpu%d/cache/index%d/type", cpu,
                         index) ||
        !lb_sysfile_line(root, size, sizeof size, CPU_DIR "/cpu%d/cache/index%d/size", cpu,
                         index) ||
        !cache_type(type, &cache->type))
        return false;
    cache->level = cache_number(root, cpu, index, "level");
    cache->size_bytes = cache_size(size);
    cache->line_bytes = cache_number(root, cpu, index, "coherency_line_size");
    cache->ways = cache_number(root, cpu, index, "ways_of_associativity");
    cache->shared_by_cpus = LB_UNKNOWN;
    if (lb_sysfile_cpulist(root, &sharers, CPU_DIR "/cpu%d/cache/index%d/shared_cpu_list", cpu,
                           index) &&
        lb_cpulist_count(&sharers) > 0)
        cache->shared_by_cpus = lb_cpulist_count(&sharers);
    return cache->level > 0 && cache->size_bytes > 0;
}

size_t lb_caches_read(const char *root, int cpu, struct lb_cache *caches)
{
    size_t count = 0;
    for (int index = 0; index < LB_CACHES_MAX; index++)
        if (read_cache(root, cpu, index, &caches[count]))
            count++;
    return count;
}
