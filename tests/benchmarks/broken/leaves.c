/* leaves.c - a kernel that ends its process. */
#include "broken.h"

#include <stdlib.h>

static uint64_t leaving_run(void *state, uint64_t first_op, uint64_t ops)
{
    if (first_op + ops > 0)
        exit(0);
    return fine_run(state, first_op, ops);
}

BROKEN_BENCHMARK(leaves, "What if a kernel calls exit?", .create = fine_create,
                 .run = {leaving_run});
