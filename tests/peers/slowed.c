/*
 * slowed.c - kernels that are slower by a known share, for `make bench-gate`.
 *
 * The Makefile builds this file several times, with LB_SLOWED_PERMILLE 0, 30 and 50: each is a
 * whole layoutbench with these benchmarks alone. An op is STEPS steps, and that many thousandths of
 * them more: what one build does in an op takes the other exactly 3 or 5 % more of the same work.
 */
#include "harness/case/registry.h"

#ifndef LB_SLOWED_PERMILLE
#define LB_SLOWED_PERMILLE 0 /* as a linter reads it: the Makefile always says how much */
#endif

enum { STEPS = 1000, STEPS_PER_OP = STEPS + STEPS * LB_SLOWED_PERMILLE / 1000 };

/* ---- A chase: a step is one dependent hop to another line ------------------------------------ */

struct node {
    struct node *next;
    uint64_t value; /* of the step that arrives here: lb_value(seed, step) */
    char rest_of_line[LB_CACHE_LINE_BYTES - sizeof(struct node *) - sizeof(uint64_t)];
};

/*
 * Hops of 0.618 of the whole, with no common divisor: one cycle through all, always to another page
 * where there are several, and quick to build, as the default set of the gate wants it.
 */
static uint64_t golden_stride(uint64_t n)
{
    for (uint64_t stride = n * 618 / 1000;; stride++) {
        uint64_t a = n, b = stride;
        while (b) {
            uint64_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1)
            return stride;
    }
}

static void *chase_create(const struct lb_point *point, struct lb_arena *arena)
{
    uint64_t n = point->elements;
    struct node **at = lb_scratch_alloc(arena, sizeof(struct node *));
    struct node *nodes = lb_arena_alloc(arena, n * sizeof *nodes, 0);
    uint64_t stride = golden_stride(n), here = 0;
    for (uint64_t step = 0; step < n; step++) {
        uint64_t next = (here + stride) % n;
        nodes[here].next = &nodes[next];
        nodes[next].value = lb_value(point->seed, step);
        here = next;
    }
    *at = nodes;
    return at;
}

static uint64_t chase_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct node **at = state;
    const struct node *node = *at;
    uint64_t sum = 0;
    (void)first_op;
    for (uint64_t step = 0; step < ops * STEPS_PER_OP; step++) {
        node = node->next;
        sum += node->value;
    }
    *at = (struct node *)(uintptr_t)node;
    return sum;
}

/* ---- A sum: a step is one more element of an array ------------------------------------------- */

struct array {
    uint64_t count, position;
    uint64_t *values;
};

static void *sum_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct array *array = lb_scratch_alloc(arena, sizeof *array);
    *array = (struct array){point->elements, 0, NULL};
    array->values = lb_arena_alloc(arena, array->count * sizeof *array->values, 0);
    for (uint64_t i = 0; i < array->count; i++)
        array->values[i] = lb_value(point->seed, i);
    return array;
}

LB_NOVEC static uint64_t sum_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct array *array = state;
    uint64_t sum = 0, left = ops * STEPS_PER_OP;
    (void)first_op;
    while (left > 0) {
        uint64_t span = array->count - array->position;
        if (span > left)
            span = left;
        const uint64_t *values = array->values + array->position;
        LB_NOVEC_LOOP
        for (uint64_t i = 0; i < span; i++)
            sum += values[i];
        left -= span;
        array->position = (array->position + span) % array->count;
    }
    return sum;
}

/* ---- Both ------------------------------------------------------------------------------------ */

/* Steps go round and round over the same values, whatever the layout. A pass: as many rounds as an
 * op has steps. */
static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    uint64_t sum = 0, round = 0, first = first_op * STEPS_PER_OP, steps = ops * STEPS_PER_OP;
    (void)variant, (void)mode;
    for (uint64_t i = 0; i < point->elements; i++)
        round += lb_value(point->seed, i);
    for (uint64_t i = 0; i < steps % point->elements; i++)
        sum += lb_value(point->seed, (first + i) % point->elements);
    return sum + round * (steps / point->elements);
}

static uint64_t footprint_bytes(const struct lb_point *point)
{
    return point->working_set_bytes;
}

static const struct lb_variant chase_variants[] = {
    {.name = "strided",
     .summary = "a line a node, each far from the last",
     .create = chase_create,
     .run = {chase_run},
     .footprint_bytes = footprint_bytes}};
static const struct lb_variant sum_variants[] = {{.name = "array",
                                                  .summary = "words, in order; not vectorised",
                                                  .create = sum_create,
                                                  .run = {sum_run},
                                                  .footprint_bytes = footprint_bytes}};

static const struct lb_benchmark chase = {
    LB_BENCHMARK_HERE("slowed", "chase"),
    .question = "Is a chase that takes a few more hops found to be slower?",
    .learns = "How small a change the gate sees.",
    .op = "thousand hops",
    .revision = 1,
    .reference_element_bytes = sizeof(struct node),
    .expected = expected,
    .variants = chase_variants,
    .variant_count = LB_COUNT_OF(chase_variants),
};
static const struct lb_benchmark sum = {
    LB_BENCHMARK_HERE("slowed", "sum"),
    .question = "Is a sum over a few more elements found to be slower?",
    .learns = "How small a change the gate sees.",
    .op = "thousand elements",
    .revision = 1,
    .reference_element_bytes = sizeof(uint64_t),
    .expected = expected,
    .variants = sum_variants,
    .variant_count = LB_COUNT_OF(sum_variants),
};

const struct lb_benchmark *const lb_benchmark_list[] = {&chase, &sum, NULL};
