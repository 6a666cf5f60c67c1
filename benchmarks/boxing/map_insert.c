/*
 * boxing/map_insert: what inserting into a map costs when values, or keys and values, are boxed.
 *
 * A pass inserts n keys, strings whose text exists already, into an empty map that is sized ahead.
 * A pass begins by dropping what the one before it left: its boxes are freed, its buckets are
 * zeroed. An op is an insert with its share of that.
 */
#include "benchmarks/boxing/maps.h"

static const struct map_layout typed = MAP_LAYOUT(8, .boxed_keys = false);
static const struct map_layout interface_value = MAP_LAYOUT(16, .boxed_values = true);
static const struct map_layout interface_both =
    MAP_LAYOUT(16, .boxed_keys = true, .boxed_values = true);

struct state {
    uint64_t n;
    struct map map;
    const struct map_layout *layout;
    const char *texts;
};

static uint64_t value_of(uint64_t i)
{
    return i * UINT64_C(0x9e3779b97f4a7c15);
}

static void *create(const struct lb_point *point, struct lb_arena *arena,
                    const struct map_layout *layout)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    char *texts = lb_arena_alloc(arena, point->elements * MAP_TEXT_BYTES, 0);
    for (uint64_t i = 0; i < point->elements; i++)
        map_text(texts + i * MAP_TEXT_BYTES, point->seed, i);
    s->n = point->elements;
    s->layout = layout;
    s->texts = texts;
    map_init(&s->map, layout, arena, texts, s->n);
    return s;
}

static void destroy(void *state)
{
    struct state *s = state;
    map_clear(&s->map, s->layout);
}

/* Adds each value that went in, read back from where it went: a key that was there adds none. */
__attribute__((always_inline)) static inline uint64_t
walk(void *state, uint64_t first_op, uint64_t ops, const struct map_layout *layout)
{
    struct state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s->n; ops > 0; i = 0) {
        uint64_t stop = s->n - i < ops ? s->n : i + ops;
        ops -= stop - i;
        if (i == 0)
            map_clear(&s->map, layout);
        struct map map = s->map;
        for (; i < stop; i++) {
            unsigned char *value =
                map_insert(&map, layout, s->texts + i * MAP_TEXT_BYTES, value_of(i));
            sum += value ? map_value(layout, value) : 0;
        }
        s->map = map;
    }
    return sum;
}

static void *typed_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, &typed);
}

static uint64_t typed_run(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, &typed);
}

static uint64_t typed_footprint(const struct lb_point *point)
{
    return map_footprint(&typed, point->elements) + point->elements * MAP_TEXT_BYTES;
}

static void typed_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)point, (void)mode;
    model->allocations = 0; /* no model of lines: a pass both fills and drops the map */
}

static void *interface_value_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, &interface_value);
}

static uint64_t interface_value_run(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, &interface_value);
}

static uint64_t interface_value_footprint(const struct lb_point *point)
{
    return map_footprint(&interface_value, point->elements) + point->elements * MAP_TEXT_BYTES;
}

static void interface_value_model(const struct lb_point *point, unsigned mode,
                                  struct lb_model *model)
{
    (void)point, (void)mode;
    model->allocations = 1; /* no model of lines: a pass both fills and drops the map */
}

static void *interface_both_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, &interface_both);
}

static uint64_t interface_both_run(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, &interface_both);
}

static uint64_t interface_both_footprint(const struct lb_point *point)
{
    return map_footprint(&interface_both, point->elements) + point->elements * MAP_TEXT_BYTES;
}

static void interface_both_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    (void)point, (void)mode;
    model->allocations = 2; /* no model of lines: a pass both fills and drops the map */
}

/* A pass both fills and drops the map, and a sample is to have both. */
static const char *unavailable(const struct lb_point *point)
{
    return lb_pass_too_long(point, UINT64_C(16) << 20);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += value_of(i);
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "typed",
        .summary = "strings to int64 values, which lie in the buckets: nothing is allocated",
        .unavailable = unavailable,
        .create = typed_create,
        .run = {typed_run},
        .destroy = destroy,
        .footprint_bytes = typed_footprint,
        .model = typed_model,
    },
    {
        .name = "interface_value",
        .summary = "values are interfaces: a box is allocated for each",
        .unavailable = unavailable,
        .create = interface_value_create,
        .run = {interface_value_run},
        .destroy = destroy,
        .footprint_bytes = interface_value_footprint,
        .model = interface_value_model,
    },
    {
        .name = "interface_both",
        .summary = "keys and values are interfaces: two boxes are allocated for each entry",
        .unavailable = unavailable,
        .create = interface_both_create,
        .run = {interface_both_run},
        .destroy = destroy,
        .footprint_bytes = interface_both_footprint,
        .model = interface_both_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_map_insert = {
    LB_BENCHMARK_HERE("boxing", "map_insert"),
    .question = "What does a map insert cost when values, or keys too, are boxed?",
    .learns = "A boxed value is an allocation an insert, and a free when the map goes; a boxed key "
              "is another. Where values lie in the buckets, neither is needed and dropping the "
              "map is one sweep over its buckets.",
    .op = "insert",
    .revision = 2,
    .headline = {.variant = "interface_both"},
    .reference_element_bytes = 72, /* a bucket's share, and the text */
    .uneven = true,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
