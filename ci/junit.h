/*
 * junit.h - the verdict as JUnit XML: one test case a row; undecided is skipped.
 */
#ifndef LB_JUNIT_H
#define LB_JUNIT_H

#include "ci/verdict.h"

#include <stdio.h>

void lb_junit_print(FILE *out, const struct lb_gate *gate);

#endif
