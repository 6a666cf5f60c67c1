/* killed.c - a kernel whose process the kernel kills, as it does when memory runs out. */
#include "broken.h"

#include <signal.h>

static uint64_t killed_run(void *state, uint64_t first_op, uint64_t ops)
{
    raise(SIGKILL);
    return fine_run(state, first_op, ops);
}

BROKEN_BENCHMARK(killed, "What if the OOM killer takes a case?", .create = fine_create,
                 .run = {killed_run});
