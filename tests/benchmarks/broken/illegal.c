/* illegal.c - a kernel with an instruction that is not known, as a new one is not to valgrind. */
#include "broken.h"

#include <signal.h>

static uint64_t illegal_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)state;
    raise(SIGILL);
    return first_op + ops;
}

BROKEN_BENCHMARK(illegal, "What if an instruction is not known?", .create = fine_create,
                 .run = {illegal_run});
