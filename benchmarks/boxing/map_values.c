/*
 * boxing/map_values: what a map lookup costs when values, or keys and values, are boxed.
 *
 * Keys are strings of 16 bytes; each op looks one up that is there, drawn at random, and adds its
 * value. The text to look up is read from a list of texts: a quarter of a line an op. Lookups are
 * in random order, so that it is all the same in which order the boxes were made.
 */
#include "benchmarks/boxing/maps.h"

enum {
    MODE_INDEPENDENT,
    MODE_DEPENDENT, /* the next key is known only when this value has arrived */
};

static const struct map_layout typed = MAP_LAYOUT(8, .boxed_keys = false);
static const struct map_layout interface_value = MAP_LAYOUT(16, .boxed_values = true);
static const struct map_layout interface_checked =
    MAP_LAYOUT(16, .boxed_values = true, .checked = true);
static const struct map_layout interface_both =
    MAP_LAYOUT(16, .boxed_keys = true, .boxed_values = true, .checked = true);

/* As many as no branch predictor learns, however small the map. */
#define QUERIES_MIN UINT64_C(65536)

struct state {
    uint64_t n, query_count;
    struct map map;
    const struct map_layout *layout;
    const char *queries;
    char **texts; /* of the keys: malloc'd one by one */
};

/* ---- Building -------------------------------------------------------------------------------- */

static uint64_t draw(const struct lb_point *point, uint64_t op)
{
    struct lb_rng rng = {lb_value(point->seed ^ 1, op)};
    return lb_rng_below(&rng, point->elements);
}

/* A pass: a multiple of n. */
static uint64_t query_count(const struct lb_point *point)
{
    return (QUERIES_MIN + point->elements - 1) / point->elements * point->elements;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)mode;
    return query_count(point);
}

static void *create(const struct lb_point *point, struct lb_arena *arena,
                    const struct map_layout *layout)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->query_count = query_count(point);
    s->layout = layout;
    s->texts = lb_scratch_alloc(arena, s->n * sizeof *s->texts);
    char *all = lb_scratch_alloc(arena, s->n * MAP_TEXT_BYTES);
    char *queries = lb_scratch_alloc(arena, s->query_count * MAP_TEXT_BYTES);
    for (uint64_t i = 0; i < s->n; i++) {
        map_text(all + i * MAP_TEXT_BYTES, point->seed, i);
        s->texts[i] = malloc(MAP_TEXT_BYTES);
        if (!s->texts[i])
            return NULL;
        memcpy(s->texts[i], all + i * MAP_TEXT_BYTES, MAP_TEXT_BYTES);
    }
    map_init(&s->map, layout, arena, all, s->n);
    for (uint64_t i = 0; i < s->n; i++) {
        if (!map_insert(&s->map, layout, s->texts[i], lb_value(point->seed, i)))
            return NULL;
    }
    for (uint64_t i = 0; i < s->query_count; i++)
        map_text(queries + i * MAP_TEXT_BYTES, point->seed, draw(point, i));
    s->queries = queries;
    return s;
}

static void destroy(void *state)
{
    struct state *s = state;
    map_clear(&s->map, s->layout);
    for (uint64_t i = 0; i < s->n; i++)
        free(s->texts[i]);
}

/* ---- Kernel ---------------------------------------------------------------------------------- */

__attribute__((always_inline)) static inline uint64_t walk(const void *state, uint64_t first_op,
                                                           uint64_t ops,
                                                           const struct map_layout *layout,
                                                           unsigned mode)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s.query_count; ops > 0; i = 0) {
        uint64_t stop = s.query_count - i < ops ? s.query_count : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            uint64_t wait = mode == MODE_DEPENDENT ? lb_zero_after(sum) : 0;
            const unsigned char *value =
                map_find(&s.map, layout, s.queries + (i + wait) * MAP_TEXT_BYTES);
            sum += value ? map_value(layout, value) : 0;
        }
    }
    return sum;
}

/* ---- Model ----------------------------------------------------------------------------------- */

/* Share of the entries that lie in slot `slot`, for buckets of five on average (Poisson). */
static double slot_share(unsigned slot)
{
    static const double shares[MAP_SLOTS] = {.212, .198, .178, .148, .112, .077, .048, .027};
    return shares[slot];
}

/* Lines of a bucket that a lookup touches: hash bytes, key and value, at each place in a line. */
static double bucket_lines(const struct map_layout *layout)
{
    double lines = 0;
    size_t skipped = layout->boxed_values && !layout->checked ? 8 : 0; /* the type word */
    for (size_t base = 0; base < LB_CACHE_LINE_BYTES; base += 16) {
        for (unsigned slot = 0; slot < MAP_SLOTS; slot++) {
            size_t key = base + MAP_KEYS_OFFSET + slot * (size_t)MAP_KEY_BYTES;
            size_t value = base + MAP_VALUES_OFFSET + slot * layout->value_bytes;
            const size_t touched[] = {base, key, key + 8, value + skipped,
                                      value + layout->value_bytes - 8};
            unsigned seen = 0, distinct = 0;
            for (size_t t = 0; t < LB_COUNT_OF(touched); t++) {
                unsigned bit = 1u << touched[t] / LB_CACHE_LINE_BYTES;
                distinct += !(seen & bit);
                seen |= bit;
            }
            lines += slot_share(slot) * distinct / 4; /* four places */
        }
    }
    return lines;
}

static void model(const struct lb_point *point, struct lb_model *out,
                  const struct map_layout *layout)
{
    double n = (double)point->elements;
    double buckets = (double)map_bucket_count(point->elements) * 1.07;
    unsigned boxes = 1u + layout->boxed_keys + layout->boxed_values; /* the text is one too */
    out->streamed_lines = lb_lines_of(MAP_TEXT_BYTES);
    out->streamed_footprint_lines = (double)query_count(point) * out->streamed_lines;
    out->reused[0] = (struct lb_reuse_class){
        .lines = buckets * lb_lines_of((double)layout->bucket_bytes),
        .touches_per_op = bucket_lines(layout),
    };
    for (unsigned box = 1; box <= boxes; box++)
        out->reused[box] =
            (struct lb_reuse_class){.lines = n * lb_lines_of(BOX_CHUNK_BYTES), .touches_per_op = 1};
    out->bytes = 8 + 16 + 16 + (double)layout->value_bytes + 8.0 * layout->boxed_values +
                 16.0 * layout->boxed_keys;
    out->useful_bytes_per_line = (out->bytes + MAP_TEXT_BYTES) /
                                 (out->streamed_lines + out->reused[0].touches_per_op + boxes);
}

static uint64_t footprint(const struct lb_point *point, const struct map_layout *layout)
{
    return map_footprint(layout, point->elements) + point->elements * BOX_CHUNK_BYTES;
}

/* ---- The variants: all that differs is the layout -------------------------------------------- */

#define DEFINE_LAYOUT(layout)                                                                      \
    static void *layout##_create(const struct lb_point *point, struct lb_arena *arena)             \
    {                                                                                              \
        return create(point, arena, &(layout));                                                    \
    }                                                                                              \
    static uint64_t layout##_independent(void *state, uint64_t first_op, uint64_t ops)             \
    {                                                                                              \
        return walk(state, first_op, ops, &(layout), MODE_INDEPENDENT);                            \
    }                                                                                              \
    static uint64_t layout##_dependent(void *state, uint64_t first_op, uint64_t ops)               \
    {                                                                                              \
        return walk(state, first_op, ops, &(layout), MODE_DEPENDENT);                              \
    }                                                                                              \
    static uint64_t layout##_footprint(const struct lb_point *point)                               \
    {                                                                                              \
        return footprint(point, &(layout));                                                        \
    }                                                                                              \
    static void layout##_model(const struct lb_point *point, unsigned mode, struct lb_model *out)  \
    {                                                                                              \
        (void)mode;                                                                                \
        model(point, out, &(layout));                                                              \
    }

DEFINE_LAYOUT(typed)
DEFINE_LAYOUT(interface_value)
DEFINE_LAYOUT(interface_checked)
DEFINE_LAYOUT(interface_both)

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed, draw(point, i));
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "typed",
        .summary = "strings to int64 values, which lie in the buckets",
        .create = typed_create,
        .run = {typed_independent, typed_dependent},
        .destroy = destroy,
        .footprint_bytes = typed_footprint,
        .model = typed_model,
    },
    {
        .name = "interface_value",
        .summary = "values are interfaces: a type word, and a pointer to a box",
        .create = interface_value_create,
        .run = {interface_value_independent, interface_value_dependent},
        .destroy = destroy,
        .footprint_bytes = interface_value_footprint,
        .model = interface_value_model,
    },
    {
        .name = "interface_checked",
        .summary = "as interface_value, the type checked before each use",
        .create = interface_checked_create,
        .run = {interface_checked_independent, interface_checked_dependent},
        .destroy = destroy,
        .footprint_bytes = interface_checked_footprint,
        .model = interface_checked_model,
    },
    {
        .name = "interface_both",
        .summary = "keys and values are interfaces, types checked",
        .create = interface_both_create,
        .run = {interface_both_independent, interface_both_dependent},
        .destroy = destroy,
        .footprint_bytes = interface_both_footprint,
        .model = interface_both_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_map_values = {
    LB_BENCHMARK_HERE("boxing", "map_values"),
    .question = "What does a map lookup cost when values, or keys too, are boxed?",
    .learns = "A boxed value is one more line a lookup, a boxed key another, and buckets of "
              "interfaces are larger. The check of a type is one compare that is always guessed "
              "right: it costs next to nothing beside a miss.",
    .op = "lookup",
    .revision = 2,
    .headline = {.variant = "interface_both", .mode = "dependent"},
    .modes = {"independent", "dependent"},
    .reference_element_bytes = 72, /* a bucket's share, and a chunk for the text */
    .pass_ops = pass_ops,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
