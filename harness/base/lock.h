/* lock.h - one run at a time on one machine: two would measure each other. */
#ifndef LB_LOCK_H
#define LB_LOCK_H

#include "harness/base/error.h"

#include <stdbool.h>

/*
 * Takes the machine's lock; it is let go when the process ends. With `wait`, waits for the other
 * run and says so on stderr; otherwise LB_SYSTEM with who holds it.
 */
enum lb_status lb_lock_machine(bool wait, struct lb_error *error);

#endif
