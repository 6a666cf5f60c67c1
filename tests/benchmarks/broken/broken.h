/*
 * broken.h - what the benchmarks that misbehave share: kernels that behave or lie, the descriptor.
 *
 * Not part of the suite: tests/cli builds them in through EXTRA_BENCHMARKS, to see that trouble in
 * one case takes one row.
 */
#ifndef BROKEN_H
#define BROKEN_H

#include "harness/api.h"

static inline void *fine_create(const struct lb_point *point, struct lb_arena *arena)
{
    uint64_t *values = lb_arena_alloc(arena, (point->elements + 1) * sizeof *values, 0);
    values[0] = point->elements;
    for (uint64_t i = 0; i < point->elements; i++)
        values[i + 1] = lb_value(point->seed, i);
    return values;
}

static inline uint64_t fine_run(void *state, uint64_t first_op, uint64_t ops)
{
    const uint64_t *values = state;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < ops; i++)
        sum += values[1 + (first_op + i) % values[0]];
    return sum;
}

static inline uint64_t lying_run(void *state, uint64_t first_op, uint64_t ops)
{
    return fine_run(state, first_op, ops) + 1;
}

static inline uint64_t fine_footprint(const struct lb_point *point)
{
    return (point->elements + 1) * 8;
}

static inline uint64_t fine_expected(const struct lb_point *point, const struct lb_variant *variant,
                                     unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed, i);
    return sum;
}

/* Defines lb_benchmark_broken_NAME: a reference that is fine, and the variant `broken`. */
#define BROKEN_BENCHMARK(name_, question_, ...)                                                    \
    BROKEN_BESIDE(fine_run, name_, question_, __VA_ARGS__)

/* The same beside a reference that runs `run_`. */
#define BROKEN_BESIDE(run_, name_, question_, ...)                                                 \
    static const uint64_t one_size[] = {16384, 0};                                                 \
    static const struct lb_variant variants[] = {                                                  \
        {.name = "fine",                                                                           \
         .summary = "behaves",                                                                     \
         .create = fine_create,                                                                    \
         .run = {run_},                                                                            \
         .footprint_bytes = fine_footprint},                                                       \
        {.name = "broken",                                                                         \
         .summary = "does not behave",                                                             \
         .footprint_bytes = fine_footprint,                                                        \
         __VA_ARGS__},                                                                             \
    };                                                                                             \
    const struct lb_benchmark lb_benchmark_broken_##name_ = {                                      \
        LB_BENCHMARK_HERE("broken", #name_),                                                       \
        .question = (question_),                                                                   \
        .learns = "That trouble in one case takes one row.",                                       \
        .op = "element",                                                                           \
        .revision = 1,                                                                             \
        .reference_element_bytes = 8,                                                              \
        .parameter = "size_bytes",                                                                 \
        .parameter_values = one_size,                                                              \
        .parameter_working_set_bytes = 16384,                                                      \
        .expected = fine_expected,                                                                 \
        .variants = variants,                                                                      \
        .variant_count = LB_COUNT_OF(variants),                                                    \
    }

#endif
