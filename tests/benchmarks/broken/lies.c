/* lies.c - a kernel that is quick and wrong. */
#include "broken.h"

static uint64_t lying_run(void *state, uint64_t first_op, uint64_t ops)
{
    return fine_run(state, first_op, ops) + 1;
}

BROKEN_BENCHMARK(lies, "What if a kernel computes a wrong answer?", .create = fine_create,
                 .run = {lying_run});
