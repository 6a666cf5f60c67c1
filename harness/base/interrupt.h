/* interrupt.h - Ctrl-C: noticed, so that what was measured is kept. */
#ifndef LB_INTERRUPT_H
#define LB_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM only set the flag; a second one ends the process at once. */
void lb_interrupt_catch(void);

bool lb_interrupted(void);

#endif
