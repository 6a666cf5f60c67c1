/* known/many_threads: wants two threads, or as many as no test machine has cores for. */
#include "tests/benchmarks/broken/broken.h"

static unsigned threads(const struct lb_point *point)
{
    return (unsigned)point->parameter;
}

/* The cores that were handed out are different ones. */
static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    for (unsigned i = 0; i < threads(point); i++)
        for (unsigned k = 0; k < i; k++)
            if (point->cpus[i] == point->cpus[k])
                return NULL;
    return fine_create(point, arena);
}

static const uint64_t counts[] = {2, LB_THREADS_MAX, 0};

static const struct lb_variant variants[] = {{.name = "one",
                                              .summary = "starts none in truth",
                                              .create = create,
                                              .run = {fine_run},
                                              .footprint_bytes = fine_footprint}};

const struct lb_benchmark lb_benchmark_known_many_threads = {
    LB_BENCHMARK_HERE("known", "many_threads"),
    .question = "What is said where there are fewer cores than threads?",
    .learns = "That the case is skipped, with how many cores there are.",
    .op = "element",
    .revision = 1,
    .reference_element_bytes = 8,
    .parameter = "threads",
    .parameter_values = counts,
    .parameter_working_set_bytes = 16384,
    .expected = fine_expected,
    .threads = threads,
    .not_simulable = "its threads take turns under the simulator",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
