/*
 * annotations.h - the verdict as GitHub's workflow commands: one line a row that fails, at the
 * benchmark's source.
 */
#ifndef LB_ANNOTATIONS_H
#define LB_ANNOTATIONS_H

#include "ci/verdict.h"

#include <stdio.h>

void lb_annotations_print(FILE *out, const struct lb_gate *gate);

#endif
