/*
 * junit.h - the verdict as JUnit XML: a suite a benchmark, a test case a row.
 */
#ifndef LB_JUNIT_H
#define LB_JUNIT_H

#include "ci/verdict.h"

#include <stdio.h>

/*
 * worse: failure. Undecided and not judged: skipped. Failed, vanished, redefined, not comparable:
 * error. What is acknowledged passes, and says so. A verdict that no row explains is an error of
 * the test case "gate". A time that is not known is left out. Errors stay in `out`.
 */
void lb_junit_print(FILE *out, const struct lb_gate *gate);

#endif
