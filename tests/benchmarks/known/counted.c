/* known/counted: metrics of every kind: told, not known for a reason, left out, latencies. */
#include "tests/benchmarks/broken/broken.h"

enum { OPERATIONS = 1000 };

static uint64_t operation(void *context, uint64_t op)
{
    return fine_run(context, op, 1);
}

static const char *measure(const struct lb_measurement *m)
{
    lb_metric_set(m, "probes", 1.25);
    lb_metric_unknown(m, "growths", "this machine does not count growths");
    uint64_t sum = lb_measure_latencies(m, operation, m->state, OPERATIONS);
    return sum == fine_run(m->state, 0, OPERATIONS) ? NULL : "the latency pass went astray";
}

static const char *measure_wrong(const struct lb_measurement *m)
{
    lb_metric_set(m, "probes", 1);
    return "the second walk found another sum";
}

static const char *measure_unnamed(const struct lb_measurement *m)
{
    lb_metric_set(m, "prodes", 1);
    return NULL;
}

#define VARIANT(name_, summary_, ...)                                                              \
    {                                                                                              \
        .name = (name_), .summary = (summary_), .create = fine_create, .run = {fine_run},          \
        .footprint_bytes = fine_footprint, __VA_ARGS__                                             \
    }

static const struct lb_variant variants[] = {
    VARIANT("told", "fills its metrics", .measure = measure),
    VARIANT("silent", "measures nothing", .huge_pages = false),
    VARIANT("wrong", "finds a wrong answer while it measures", .measure = measure_wrong),
    VARIANT("unnamed", "sets a metric that the descriptor does not name",
            .measure = measure_unnamed),
};

static const uint64_t sizes[] = {16384, 0};

const struct lb_benchmark lb_benchmark_known_counted = {
    LB_BENCHMARK_HERE("known", "counted"),
    .question = "How do metrics come through?",
    .learns = "That each is a number or has its reason.",
    .op = "element",
    .revision = 1,
    .reference_element_bytes = 8,
    .parameter = "size_bytes",
    .parameter_values = sizes,
    .parameter_working_set_bytes = 16384,
    .expected = fine_expected,
    .metrics = {{"probes", "probes per lookup", "slots looked at", LB_LOWER_IS_BETTER},
                {"growths", "growths per table", "new arrays made", LB_LOWER_IS_BETTER},
                {"left_out", "things", "nobody sets it", LB_HIGHER_IS_BETTER},
                LB_LATENCY_METRICS("element")},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
