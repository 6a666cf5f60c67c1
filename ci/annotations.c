/* annotations.c - see annotations.h. */
#include "ci/annotations.h"

void lb_annotations_print(FILE *out, const struct lb_gate *gate)
{
    fprintf(out, "%s\n", gate->headline);
}
