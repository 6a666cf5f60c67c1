/*
 * boxing/sum: what reading an int64 through a box costs.
 *
 * Every variant holds the same n values and sums them in element order. Only where the value lies
 * differs: in the array, behind a pointer, behind an interface of two words.
 */
#include "harness/api.h"

#include <stdlib.h>

struct inline_state {
    const uint64_t *values;
    uint64_t n;
};

static void *inline_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct inline_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t *values = lb_arena_alloc(arena, point->elements * sizeof *values, 0);
    for (uint64_t i = 0; i < point->elements; i++)
        values[i] = lb_value(point->seed, i);
    s->values = values;
    s->n = point->elements;
    return s;
}

static uint64_t inline_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct inline_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s->n; ops > 0; i = 0) {
        uint64_t stop = s->n - i < ops ? s->n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++)
            sum += s->values[i];
    }
    return sum;
}

static uint64_t inline_footprint(const struct lb_point *point)
{
    return point->elements * 8;
}

static void inline_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model->streamed_lines = 8.0 / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = (double)point->elements * model->streamed_lines;
    model->useful_bytes_per_line = 64;
    model->bytes = 8;
    model->loads = 1;
    model->exact = true;
}

struct boxed_state {
    uint64_t **boxes;
    uint64_t n;
};

static void *boxed_create(const struct lb_point *point, struct lb_arena *arena, bool shuffled)
{
    struct boxed_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint32_t *order = lb_scratch_alloc(arena, point->elements * sizeof *order);
    s->n = point->elements;
    s->boxes = lb_arena_alloc(arena, s->n * sizeof *s->boxes, 0);
    if (shuffled)
        lb_permutation(order, s->n, point->seed);
    else
        for (uint64_t i = 0; i < s->n; i++)
            order[i] = (uint32_t)i;
    for (uint64_t i = 0; i < s->n; i++) {
        uint64_t *box = malloc(sizeof *box);
        if (!box)
            return NULL;
        *box = lb_value(point->seed, order[i]);
        s->boxes[order[i]] = box;
    }
    return s;
}

static void *boxed_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return boxed_create(point, arena, false);
}

static void *boxed_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return boxed_create(point, arena, true);
}

static uint64_t boxed_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct boxed_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s->n; ops > 0; i = 0) {
        uint64_t stop = s->n - i < ops ? s->n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++)
            sum += *s->boxes[i];
    }
    return sum;
}

static void boxed_destroy(void *state)
{
    struct boxed_state *s = state;
    for (uint64_t i = 0; i < s->n; i++)
        free(s->boxes[i]);
}

/* glibc rounds an 8-byte block up to a 32-byte chunk; with the pointer, 40 bytes an element. */
static uint64_t boxed_footprint(const struct lb_point *point)
{
    return point->elements * (8 + 32);
}

static void boxed_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model->streamed_lines = (8.0 + 32.0) / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = (double)point->elements * model->streamed_lines;
    model->useful_bytes_per_line = (8.0 + 8.0) / model->streamed_lines;
    model->bytes = 16;
    model->loads = 2;
    model->exact = true;
}

/* Each pass walks the boxes in the same shuffled order: two share a line, far apart in time. */
static void boxed_shuffled_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    (void)mode;
    double n = (double)point->elements;
    model->streamed_lines = 8.0 / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = n * (8.0 + 32.0) / LB_CACHE_LINE_BYTES;
    model->reused[0] = (struct lb_reuse_class){.lines = n / 2, .touches_per_op = 1};
    model->useful_bytes_per_line = 16 / 1.125;
    model->bytes = 16;
    model->loads = 2;
}

static uint64_t sum_expected(const struct lb_point *point, const struct lb_variant *variant,
                             unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed, i);
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "inline",
        .summary = "int64 values side by side in one array",
        .create = inline_create,
        .run = {inline_run},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "boxed_fresh",
        .summary = "array of pointers to boxes, malloc'd in element order on a fresh heap",
        .create = boxed_fresh_create,
        .run = {boxed_run},
        .destroy = boxed_destroy,
        .footprint_bytes = boxed_footprint,
        .model = boxed_fresh_model,
    },
    {
        .name = "boxed_shuffled",
        .summary = "array of pointers to boxes that lie in random order, as on an aged heap",
        .create = boxed_shuffled_create,
        .run = {boxed_run},
        .destroy = boxed_destroy,
        .footprint_bytes = boxed_footprint,
        .model = boxed_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_sum = {
    LB_BENCHMARK_HERE("boxing", "sum"),
    .question = "What does reading an int64 through a box cost?",
    .learns = "A box costs two things: more lines for the same data, which a sequential reader "
              "pays in bandwidth, and an address that is known only after a load, which a "
              "shuffled heap turns into a miss per element.",
    .op = "element",
    .revision = 1,
    .reference_element_bytes = 8,
    .expected = sum_expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
