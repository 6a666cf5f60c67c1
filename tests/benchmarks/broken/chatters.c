/* chatters.c - a kernel that prints, and reads what it should not. */
#include "broken.h"

#include <stdio.h>

static uint64_t chattering_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)getchar();
    puts("{\"status\": \"ok\", \"checksum\": \"0\"}");
    (void)fflush(stdout);
    return fine_run(state, first_op, ops);
}

BROKEN_BENCHMARK(chatters, "What if a kernel writes to standard output?", .create = fine_create,
                 .run = {chattering_run});
