/* unavailable.c - a variant that says why it cannot run. */
#include "broken.h"

static const char *always_unavailable(const struct lb_point *point)
{
    (void)point;
    return "needs a machine that does not exist";
}

BROKEN_BENCHMARK(unavailable, "What if a variant cannot run here?",
                 .unavailable = always_unavailable, .create = fine_create, .run = {fine_run});
