/*
 * activity.h - what else the machine is doing: two looks at /proc a moment apart, and their
 * difference.
 */
#ifndef LB_ACTIVITY_H
#define LB_ACTIVITY_H

#include "harness/base/error.h"
#include "harness/base/sysfile.h"

#include <stddef.h>
#include <stdint.h>

enum { LB_ACTIVITY_PROCESSES_MAX = 4096, LB_ACTIVITY_BUSY_MAX = 3 };

struct lb_process_time {
    int pid;
    char name[17];
    uint64_t ticks; /* user and system time since it started */
};

/* One look. Large: keep it off the stack. */
struct lb_activity {
    uint64_t cpu_ticks, steal_ticks; /* of all CPUs since boot; the first includes the second */
    uint64_t process_count;
    struct lb_process_time processes[LB_ACTIVITY_PROCESSES_MAX]; /* by pid; some may be missing */
};

/* The difference of two looks. */
struct lb_activity_share {
    double steal; /* of the CPU time, 0 to 1; NaN when no time passed */
    size_t busy_count;
    struct {
        int pid;
        char name[17];
        double cpus;              /* CPU time per time: 1 is one CPU full */
    } busy[LB_ACTIVITY_BUSY_MAX]; /* those with a fifth of a CPU and more, busiest first */
};

/* LB_SYSTEM when /proc/stat cannot be read. Leaves this process out. */
enum lb_status lb_activity_look(const char *root, struct lb_activity *out, struct lb_error *error);

/* `logical_cpus` turns the CPU time of all of them into time. */
void lb_activity_compare(const struct lb_activity *before, const struct lb_activity *after,
                         int logical_cpus, struct lb_activity_share *out);

#endif
