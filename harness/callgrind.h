/*
 * callgrind.h - marks the timed region for the simulation. Outside valgrind, or built without its
 * headers, all of it does nothing and costs a few cycles.
 */
#ifndef LB_CALLGRIND_H
#define LB_CALLGRIND_H

#include <stdbool.h>

/* True when this process runs under valgrind. */
bool lb_callgrind_active(void);

/* Zeroes the counts: they begin here, with the simulated caches as warm as they are. */
void lb_callgrind_begin(void);

/* Dumps the counts since lb_callgrind_begin under this name. */
void lb_callgrind_end(const char *name);

#endif
