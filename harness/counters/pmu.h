/*
 * pmu.h - which performance monitoring unit counts for a CPU, and what the kernel says about it.
 *
 * Everything is read below a root (sysfile.h), so that captured machines can be read in tests.
 * Nothing here fails: what cannot be read is not known, and says so by its value.
 */
#ifndef LB_PMU_H
#define LB_PMU_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LB_PARANOID_UNKNOWN = -100,
};

struct lb_pmu {
    const char *microarchitecture; /* as lb_machine_microarchitecture names it; NULL: unknown */
    char device[64];  /* below /sys/bus/event_source/devices; "": the kernel has no core PMU */
    uint32_t type;    /* that device's perf_event_attr.type */
    bool hybrid;      /* several kinds of core, a PMU each */
    bool virtualised; /* the CPU says that a hypervisor runs it; Arm CPUs never say */
    int paranoid;     /* kernel.perf_event_paranoid, or LB_PARANOID_UNKNOWN */
    bool seccomp;     /* this process runs under a seccomp filter */
};

/*
 * Fills *pmu for `cpu` (-1: CPU 0). On hybrid machines the device is the one whose `cpus` file
 * lists that CPU.
 */
void lb_pmu_read(const char *root, int cpu, struct lb_pmu *pmu);

#endif
