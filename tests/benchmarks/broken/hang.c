/* hang.c - a kernel that never returns, like one that waits for a lock. It keeps no core busy. */
#include "broken.h"

#include <unistd.h>

static uint64_t hanging_run(void *state, uint64_t first_op, uint64_t ops)
{
    while (lb_opaque(first_op + ops) > 0)
        pause();
    lb_touch(state);
    return 0;
}

BROKEN_BENCHMARK(hang, "What if a kernel hangs?", .create = fine_create, .run = {hanging_run});
