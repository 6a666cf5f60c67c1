/*
 * annotations.h - the verdict as GitHub's workflow commands, at the benchmarks' source lines.
 */
#ifndef LB_ANNOTATIONS_H
#define LB_ANNOTATIONS_H

#include "ci/verdict.h"

#include <stdio.h>

/*
 * One command a benchmark, since GitHub shows ten errors and ten warnings a step: `error` where a
 * row fails the gate, `warning` where rows are undecided and pass. The rows are the message's
 * lines. A failure that no row explains is one error without a place. Errors stay in `out`.
 */
void lb_annotations_print(FILE *out, const struct lb_gate *gate);

#endif
