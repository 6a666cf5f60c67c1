/* machine_cpu.h - one CPU's part, for machine.c, pmu.c and loops.c. The others use machine.h. */
#ifndef LB_MACHINE_CPU_H
#define LB_MACHINE_CPU_H

#include "harness/machine/machine.h"

#define CPU_DIR "sys/devices/system/cpu"

struct lb_cpuinfo {
    struct lb_cpu cpu;
    char flags[4096]; /* between blanks: " fpu vme ... "; empty on Arm, which says "Features" */
    int processors;   /* blocks in the file */
};

/* The block of one CPU. False when the file cannot be read. */
bool lb_cpuinfo_read(const char *root, int cpu, struct lb_cpuinfo *info);

bool lb_cpuinfo_has_flag(const struct lb_cpuinfo *info, const char *flag);

/* Fills caches[LB_CACHES_MAX] with what sysfs says of one CPU's caches; returns how many. */
size_t lb_caches_read(const char *root, int cpu, struct lb_cache *caches);

#endif
