/* too_large.c - a layout that no memory can hold. */
#include "broken.h"

static void *greedy_create(const struct lb_point *point, struct lb_arena *arena)
{
    (void)point;
    return lb_arena_alloc(arena, UINT64_C(1) << 60, 0);
}

BROKEN_BENCHMARK(too_large, "What if there is not enough memory?", .create = greedy_create,
                 .run = {fine_run});
