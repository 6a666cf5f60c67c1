/*
 * interrupt.h - Ctrl-C, and a terminal or a reader that goes away: what was measured is kept.
 */
#ifndef LB_INTERRUPT_H
#define LB_INTERRUPT_H

#include <stdbool.h>

/*
 * From now on SIGINT, SIGTERM and SIGHUP (unless it is ignored: nohup) only set the flag; a second
 * SIGINT, or a second SIGTERM, ends the process at once. Writing to a pipe that nobody reads fails,
 * and ends nothing.
 */
void lb_interrupt_catch(void);

bool lb_interrupted(void);

#endif
