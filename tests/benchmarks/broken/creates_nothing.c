/* creates_nothing.c - a layout that cannot be built. */
#include "broken.h"

static void *failing_create(const struct lb_point *point, struct lb_arena *arena)
{
    (void)point, (void)arena;
    return NULL;
}

BROKEN_BENCHMARK(creates_nothing, "What if create fails?", .create = failing_create,
                 .run = {fine_run});
