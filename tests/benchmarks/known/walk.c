/*
 * known/walk: loops whose misses are known before they are counted.
 *
 * Not part of the suite: tests/cli simulates them, to see that the simulation counts what it says
 * and that a model which is wrong is found.
 */
#include "harness/api.h"

#define LINE_WORDS     (LB_CACHE_LINE_BYTES / sizeof(uint64_t))
#define RESIDENT_LINES 64

struct state {
    uint64_t lines;
    uint64_t *words;
};

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t lines)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    (void)point;
    s->lines = lines;
    s->words = lb_arena_alloc(arena, lines * LB_CACHE_LINE_BYTES, 0);
    return s;
}

static void *resident_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, RESIDENT_LINES);
}

static void *line_each_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, point->elements);
}

/* One load an op, a line further each. */
static uint64_t load_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct state *s = state;
    uint64_t line = first_op % s->lines, sum = 0;
    for (uint64_t i = 0; i < ops; i++) {
        sum += lb_opaque(s->words[line * LINE_WORDS]) + 1;
        if (++line == s->lines)
            line = 0;
    }
    return sum;
}

/* One store an op, a line further each. */
static uint64_t store_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct state *s = state;
    uint64_t line = first_op % s->lines;
    for (uint64_t i = 0; i < ops; i++) {
        s->words[line * LINE_WORDS] = lb_opaque(i);
        if (++line == s->lines)
            line = 0;
    }
    return ops;
}

static uint64_t footprint(const struct lb_point *point)
{
    return (point->elements + RESIDENT_LINES) * LB_CACHE_LINE_BYTES;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant, (void)mode, (void)first_op;
    return ops;
}

static void resident_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)point, (void)mode;
    *model = (struct lb_model){
        .streamed_lines = 1, .streamed_footprint_lines = RESIDENT_LINES, .exact = true};
}

static void line_each_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    *model = (struct lb_model){.streamed_lines = 1,
                               .streamed_footprint_lines = (double)point->elements,
                               .useful_bytes_per_line = 8,
                               .exact = true};
}

/* Says half of what is true, and says that it is exact. */
static void wrong_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    line_each_model(point, mode, model);
    model->streamed_lines = 0.5;
}

/* Promises so many misses that a very short warm-up seems to do. */
static void hasty_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)point, (void)mode;
    *model = (struct lb_model){.streamed_lines = 1000};
}

static const struct lb_variant variants[] = {
    {.name = "resident",
     .summary = "64 lines, over and over",
     .create = resident_create,
     .run = {load_run},
     .footprint_bytes = footprint,
     .model = resident_model},
    {.name = "line_each",
     .summary = "a load of another line each op",
     .create = line_each_create,
     .run = {load_run},
     .footprint_bytes = footprint,
     .model = line_each_model},
    {.name = "store_each",
     .summary = "a store to another line each op",
     .create = line_each_create,
     .run = {store_run},
     .footprint_bytes = footprint,
     .model = line_each_model},
    {.name = "wrong_model",
     .summary = "as line_each, with a model that is wrong",
     .create = line_each_create,
     .run = {load_run},
     .footprint_bytes = footprint,
     .model = wrong_model},
    {.name = "hasty_model",
     .summary = "as line_each, with a model that has the caches filled at once",
     .create = line_each_create,
     .run = {load_run},
     .footprint_bytes = footprint,
     .model = hasty_model},
};

const struct lb_benchmark lb_benchmark_known_walk = {
    LB_BENCHMARK_HERE("known", "walk"),
    .question = "Does the simulation count what is there?",
    .learns = "That counts can be believed.",
    .op = "access",
    .revision = 1,
    .reference_element_bytes = LB_CACHE_LINE_BYTES,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
