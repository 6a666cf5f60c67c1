/*
 * machine.h - what this machine is: read once, from /proc, /sys and /etc below one root folder
 * (sysfile.h), so that the tree of any other machine can be read as well.
 *
 * Unknown is not zero. In every struct here: an empty string, LB_UNKNOWN (-1) for numbers, answers
 * (0 no, 1 yes) and sizes. In JSON, null.
 */
#ifndef LB_MACHINE_H
#define LB_MACHINE_H

#include "harness/base/document_texts.h"
#include "harness/base/error.h"
#include "harness/base/sysfile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum { LB_UNKNOWN = -1, LB_CACHES_MAX = 12 };

/* Cores of a hybrid CPU (those with several kinds of core and a PMU for each). */
enum lb_core_kind {
    LB_CORE_PLAIN,       /* the CPU has one kind of core */
    LB_CORE_PERFORMANCE, /* in /sys/devices/cpu_core/cpus */
    LB_CORE_EFFICIENT,   /* in /sys/devices/cpu_atom/cpus */
};

/*
 * How /proc/cpuinfo names a CPU. On x86, the usual three numbers. On Arm: family is the "CPU
 * architecture" (8), model the "CPU part" (0xd0c is a Neoverse N1), stepping the "CPU revision",
 * vendor the name of the "CPU implementer" ("Arm" is 0x41).
 */
struct lb_cpu_id {
    char vendor[32]; /* GenuineIntel, AuthenticAMD, HygonGenuine, Arm, ... */
    int family, model, stepping;
    enum lb_core_kind core;
};

struct lb_cpu {
    struct lb_cpu_id id;
    char model_name[96];
    char microarchitecture[32]; /* lb_machine_microarchitecture */
    int max_mhz;                /* cpufreq's cpuinfo_max_freq: turbo included */
};

enum lb_cache_type { LB_CACHE_DATA, LB_CACHE_INSTRUCTION, LB_CACHE_UNIFIED };

/* As sysfs advertises it: in a guest, not what a process gets. probe.h measures that. */
struct lb_cache {
    int level;
    enum lb_cache_type type;
    int64_t size_bytes;
    int line_bytes, ways, shared_by_cpus;
};

struct lb_machine {
    char host[65];         /* kernel.hostname */
    char architecture[65]; /* as uname -m */
    char kernel[128];      /* "Linux 6.1.0-28-amd64" */
    char distribution[128];
    char libc[64]; /* of this program, whatever the root */

    int measured_cpu; /* the CPU that `cpu`, `caches` and `governor` are about */
    struct lb_cpu cpu;
    struct lb_cache caches[LB_CACHES_MAX];
    size_t cache_count;

    struct lb_cpulist online;
    int logical_cpus, physical_cores, sockets, numa_nodes, threads_per_core;
    int smt, turbo;
    char governor[32];

    int64_t memory_total_bytes, memory_available_bytes, swap_total_bytes, swap_free_bytes;
    int64_t page_bytes; /* of this program, whatever the root */
    char transparent_hugepages[16];

    int virtualised;
    char hypervisor[64];
    char clocksource[32];
    int aslr;                /* kernel.randomize_va_space: 0, 1, 2 */
    int perf_event_paranoid; /* LB_UNKNOWN is a value here as well: see the next */
    bool perf_event_paranoid_known;
    int has_pmu;           /* a core PMU in /sys/bus/event_source/devices */
    int split_lock_detect; /* a locked access across two lines traps or is slowed down */
};

/*
 * Reads everything, for the first CPU that is online. LB_SYSTEM when the root holds no readable
 * proc/cpuinfo or proc/meminfo: all else may be missing and is then unknown.
 */
enum lb_status lb_machine_read(const char *root, struct lb_machine *machine,
                               struct lb_error *error);

/*
 * Reads again what differs from CPU to CPU, for the one that is measured on: kind of core, caches,
 * governor, speed. LB_USAGE when that CPU is not online.
 */
enum lb_status lb_machine_use_cpu(const char *root, int cpu, struct lb_machine *machine,
                                  struct lb_error *error);

/*
 * The name of a microarchitecture ("Zen 3", "Golden Cove", "Neoverse N1") from the project's
 * table, or NULL for a CPU that is not in it. The event tables are keyed by these names.
 * Sources: the kernel's arch/x86/include/asm/intel-family.h and arch/x86/kernel/cpu/amd.c,
 * arch/arm64/include/asm/cputype.h.
 */
const char *lb_machine_microarchitecture(const struct lb_cpu_id *id);

/* The size of the largest data or unified cache of this level, or LB_UNKNOWN. */
int64_t lb_machine_cache_bytes(const struct lb_machine *machine, int level);

/* The same of the last level there is, or LB_UNKNOWN. */
int64_t lb_machine_last_cache_bytes(const struct lb_machine *machine);

/* ---- In the document ---- */

enum { LB_FINGERPRINT_FIELDS_MAX = 20 };

/*
 * What must be equal for two runs to compare, and its digest (FNV-1a 64, 16 hex digits). Flags that
 * are longer than a value end in a digest of their own.
 */
struct lb_fingerprint {
    char digest[17];
    size_t field_count;
    struct lb_fingerprint_field {
        const char *name;
        char value[LB_FINGERPRINT_VALUE_BYTES];
    } fields[LB_FINGERPRINT_FIELDS_MAX];
};

/* What a simulated count depends on besides the machine; NULL is "none". */
struct lb_environment {
    const char *compiler, *flags;
    const char *valgrind; /* version */
    const char *geometry; /* of the simulated caches */
};

/* What whole-program counts depend on: environment, libc, and the CPU as libc sees it. */
void lb_machine_fingerprint_environment(const struct lb_machine *machine,
                                        const struct lb_environment *environment,
                                        struct lb_fingerprint *out);

/* What times depend on. */
void lb_machine_fingerprint(const struct lb_machine *machine, struct lb_fingerprint *out);

/* The parts of the machine object that other modules make. Each is taken over; NULL is allowed. */
struct lb_machine_parts {
    const char *name;                                   /* --machine-name; NULL: the host's */
    struct json_object *caches_measured;                /* NULL: not measured */
    struct json_object *conditions, *counters, *checks; /* arrays; NULL: an empty one */
};

/* The `machine` object of results-schema.json, complete; the caller owns it. */
struct json_object *lb_machine_to_json(const struct lb_machine *machine,
                                       const struct lb_environment *environment,
                                       const struct lb_machine_parts *parts);

#endif
