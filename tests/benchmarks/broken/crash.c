/* crash.c - a kernel that writes to address 0. */
#include "broken.h"

static uint64_t crashing_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)state;
    uint64_t *nowhere = (uint64_t *)(uintptr_t)lb_opaque(0);
    *nowhere = first_op + ops;
    return *nowhere;
}

BROKEN_BENCHMARK(crash, "What if a kernel crashes?", .create = fine_create, .run = {crashing_run});
