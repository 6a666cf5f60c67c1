/* markdown.c - see markdown.h. */
#include "ci/markdown.h"

void lb_markdown_print(FILE *out, const struct lb_gate *gate)
{
    fprintf(out, "%s\n", gate->headline);
}
