/* terminal.h - the verdict for people: first the verdict, then only the rows that moved. */
#ifndef LB_TERMINAL_H
#define LB_TERMINAL_H

#include "ci/verdict.h"

#include <stdio.h>

void lb_terminal_print(FILE *out, const struct lb_gate *gate);

#endif
