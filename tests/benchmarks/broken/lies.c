/* lies.c - a kernel that is quick and wrong. */
#include "broken.h"

BROKEN_BENCHMARK(lies, "What if a kernel computes a wrong answer?", .create = fine_create,
                 .run = {lying_run});
