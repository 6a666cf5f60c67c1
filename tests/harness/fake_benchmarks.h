/*
 * fake_benchmarks.h - descriptors for tests of what handles descriptors: a benchmark with two
 * modes and two variants on rungs, and one with a parameter. Their kernels add numbers.
 */
#ifndef LB_TEST_FAKE_BENCHMARKS_H
#define LB_TEST_FAKE_BENCHMARKS_H

#include "harness/case/registry.h"

#include <stdlib.h>

static void *fake_create(const struct lb_point *point, struct lb_arena *arena)
{
    uint64_t *elements = lb_arena_alloc(arena, sizeof *elements, 0);
    *elements = point->elements;
    return elements;
}

static uint64_t fake_run(void *state, uint64_t first_op, uint64_t ops)
{
    uint64_t n = *(uint64_t *)state, sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += i % n + 1;
    return sum;
}

static uint64_t fake_expected(const struct lb_point *point, const struct lb_variant *variant,
                              unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t n = point->elements;
    return fake_run(&n, first_op, ops);
}

static uint64_t fake_footprint(const struct lb_point *point)
{
    return point->working_set_bytes;
}

/* As boxes are: several times what the reference takes. */
static uint64_t fake_large_footprint(const struct lb_point *point)
{
    return 5 * point->working_set_bytes;
}

static const struct lb_variant fake_variants[] = {
    {.name = "plain",
     .summary = "the reference",
     .create = fake_create,
     .run = {fake_run, fake_run},
     .footprint_bytes = fake_footprint},
    {.name = "other",
     .summary = "has one mode only",
     .create = fake_create,
     .run = {fake_run},
     .footprint_bytes = fake_large_footprint},
};

static const uint64_t fake_strides[] = {8, 64, 0};

static const struct lb_benchmark fake_rungs = {
    .family = "fake",
    .name = "rungs",
    .question = "?",
    .learns = ".",
    .op = "op",
    .modes = {"dependent,hit", "independent"},
    .reference_element_bytes = 8,
    .expected = fake_expected,
    .variants = fake_variants,
    .variant_count = 2,
};

static const struct lb_benchmark fake_parameter = {
    .family = "fake",
    .name = "parameter",
    .question = "?",
    .learns = ".",
    .op = "op",
    .parameter = "stride_bytes",
    .parameter_values = fake_strides,
    .parameter_working_set_bytes = 1 << 20,
    .expected = fake_expected,
    .variants = fake_variants,
    .variant_count = 1,
};

/* What the build makes of the files in benchmarks/, here for programs that link the registry. */
const struct lb_benchmark *const lb_benchmark_list[] = {&fake_rungs, &fake_parameter, NULL};

#endif
