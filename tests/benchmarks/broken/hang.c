/* hang.c - a kernel that never returns. */
#include "broken.h"

static uint64_t hanging_run(void *state, uint64_t first_op, uint64_t ops)
{
    while (lb_opaque(first_op + ops) > 0)
        lb_touch(state);
    return 0;
}

BROKEN_BENCHMARK(hang, "What if a kernel hangs?", .create = fine_create, .run = {hanging_run});
