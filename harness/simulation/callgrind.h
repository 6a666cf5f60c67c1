/*
 * callgrind.h - client requests: what the simulation counts, marked from inside the process that
 * is simulated. Outside valgrind, or built without its headers, all of it does nothing and costs a
 * few cycles.
 */
#ifndef LB_CALLGRIND_H
#define LB_CALLGRIND_H

#include <stdbool.h>

/* False: built without valgrind's headers, so nothing can be marked and nothing simulated. */
bool lb_callgrind_built_in(void);

/* True when this process runs under valgrind. */
bool lb_callgrind_active(void);

/* Begins to simulate, with empty caches. Needs --instr-atstart=no: until then nothing is slow. */
void lb_callgrind_start(void);

/* Zeroes the counts: they begin here, with the simulated caches as warm as they are. */
void lb_callgrind_zero(void);

/* Writes the counts under this name, and zeroes them. */
void lb_callgrind_dump(const char *name);

/* Ends simulating: the rest of the process is fast again. */
void lb_callgrind_stop(void);

#endif
