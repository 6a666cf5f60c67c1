/*
 * markdown.h - the verdict as a comment for a pull request: short, what moved, the rest folded.
 */
#ifndef LB_MARKDOWN_H
#define LB_MARKDOWN_H

#include "ci/verdict.h"

#include <stdio.h>

void lb_markdown_print(FILE *out, const struct lb_gate *gate);

#endif
