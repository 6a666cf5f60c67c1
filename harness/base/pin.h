/* pin.h - which CPU a process runs on. */
#ifndef LB_PIN_H
#define LB_PIN_H

#include "harness/base/error.h"

#include <sched.h>
#include <stdbool.h>

/* Not pinned at all: --cpu none. */
#define LB_CPU_NONE (-1)

/*
 * The CPU that `run` uses when none is asked for: of those that it may use the last one, of the
 * fastest kind (lb_core_capacity) where cores are of several. LB_CPU_NONE: there is none.
 */
int lb_pin_choose(const char *root, const cpu_set_t *allowed);
int lb_pin_default_cpu(void);

/* Number of CPUs this process may use. */
int lb_pin_cpu_count(void);

/* Pins the calling process to one CPU; LB_CPU_NONE: does nothing. LB_USAGE if it may not be used.
 */
enum lb_status lb_pin_to(int cpu, struct lb_error *error);

/* The CPUs that a process may use, to go back to. */
struct lb_pin_cpus {
    cpu_set_t set;
    bool known;
};

void lb_pin_note(struct lb_pin_cpus *cpus);
void lb_pin_return(const struct lb_pin_cpus *cpus);

#endif
