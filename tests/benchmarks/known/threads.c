/* known/threads: says of itself that it cannot be simulated. */
#include "tests/benchmarks/broken/broken.h"

static const struct lb_variant variants[] = {{.name = "one",
                                              .summary = "one thread in truth",
                                              .create = fine_create,
                                              .run = {fine_run},
                                              .footprint_bytes = fine_footprint}};

const struct lb_benchmark lb_benchmark_known_threads = {
    LB_BENCHMARK_HERE("known", "threads"),
    .question = "What is said of a benchmark that cannot be simulated?",
    .learns = "That its reason stands where its misses would.",
    .op = "element",
    .revision = 1,
    .reference_element_bytes = 8,
    .expected = fine_expected,
    .not_simulable = "its threads take turns under the simulator",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
