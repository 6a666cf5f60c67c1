/*
 * markdown.h - the verdict as a comment for a pull request: what fails in a table, the rest folded.
 */
#ifndef LB_MARKDOWN_H
#define LB_MARKDOWN_H

#include "ci/verdict.h"

#include <stdio.h>

/*
 * GitHub's Markdown; also plain CommonMark with tables. Short enough for a comment (65,536
 * characters) whatever the number of rows: what is left out is counted. Errors stay in `out`.
 */
void lb_markdown_print(FILE *out, const struct lb_gate *gate);

#endif
