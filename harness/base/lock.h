/*
 * lock.h - one at a time on one machine: two runs would measure each other, and a simulation, which
 * keeps all cores busy, would be measured by a run.
 */
#ifndef LB_LOCK_H
#define LB_LOCK_H

#include "harness/base/error.h"

#include <stdbool.h>

/*
 * Takes the machine's lock; it is let go when the process ends. With `wait`, waits for the other
 * run and says so on stderr; otherwise LB_SYSTEM with who holds it. When that is the process that
 * started this one (the gate, which lets programs simulate), this one works under its lock.
 */
enum lb_status lb_lock_machine(bool wait, struct lb_error *error);

/* For who disturbs a run only a little: says so on stderr when there is one, and takes nothing. */
void lb_lock_warn(void);

#endif
