/*
 * slices/string_field: what a record's string costs, by where its bytes lie.
 *
 * n strings of 4 to 15 characters; an op hashes one: length, first and last 4 bytes. The layouts
 * hold a string in 64 bytes of its own, inline in 16 with its length, behind a pointer on the
 * heap, or as a view or 32-bit offsets into one block of text.
 */
#include "benchmarks/slices/slices.h"

#include <stdlib.h>
#include <string.h>

enum {
    LENGTH_MIN = 4,
    LENGTH_MAX = 15,
    FIXED_BYTES = 64,
    HEAP_CHUNK_BYTES = 32, /* glibc's chunk of up to 24 bytes */
};

static const double length_mean = (LENGTH_MIN + LENGTH_MAX) / 2.0;

enum mode { SEQUENTIAL, RANDOM };

struct short_string {
    char bytes[LENGTH_MAX];
    uint8_t length;
};

struct fixed_string {
    char bytes[FIXED_BYTES - 1];
    uint8_t length;
};

struct strings_state {
    struct fixed_string *fixed; /* one of these four is built */
    struct short_string *shorts;
    struct view *views; /* heap strings, too */
    struct offset_view *offsets;
    char *text;
    const uint32_t *order;
    uint64_t n;
};

/* ---- The strings ---- */

static uint64_t string_text(uint64_t seed, uint64_t i, char out[LENGTH_MAX])
{
    struct lb_rng rng = {lb_value(seed, i)};
    uint64_t length = LENGTH_MIN + lb_rng_below(&rng, LENGTH_MAX - LENGTH_MIN + 1);
    uint64_t draw = 0;
    for (uint64_t k = 0; k < length; k++, draw >>= 8) {
        if (k % 8 == 0)
            draw = lb_rng_next(&rng);
        out[k] = (char)('a' + draw % 26);
    }
    return length;
}

LB_ALWAYS_INLINE uint64_t string_hash(struct view string)
{
    uint32_t first, last;
    memcpy(&first, string.bytes, sizeof first);
    memcpy(&last, string.bytes + string.length - sizeof last, sizeof last);
    return lb_opaque(string.length) + lb_opaque(first) + lb_opaque(last);
}

/* ---- Building ---- */

static struct strings_state *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct strings_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint32_t *order = lb_scratch_alloc(arena, point->elements * sizeof *order);
    for (uint64_t i = 0; i < point->elements; i++)
        order[i] = (uint32_t)lb_random_index(point, point->elements, i);
    s->order = order;
    s->n = point->elements;
    return s;
}

static void *fixed_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct strings_state *s = create(point, arena);
    s->fixed = lb_arena_alloc(arena, s->n * sizeof *s->fixed, 0);
    for (uint64_t i = 0; i < s->n; i++)
        s->fixed[i].length = (uint8_t)string_text(point->seed, i, s->fixed[i].bytes);
    return s;
}

static void *short_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct strings_state *s = create(point, arena);
    s->shorts = lb_arena_alloc(arena, s->n * sizeof *s->shorts, 0);
    for (uint64_t i = 0; i < s->n; i++)
        s->shorts[i].length = (uint8_t)string_text(point->seed, i, s->shorts[i].bytes);
    return s;
}

/* All strings one behind the other, and where each lies. */
static void lay_text(struct strings_state *s, const struct lb_point *point, struct lb_arena *arena)
{
    char string[LENGTH_MAX];
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < s->n; i++)
        bytes += string_text(point->seed, i, string);
    char *at = s->text = lb_arena_alloc(arena, bytes, 0);
    for (uint64_t i = 0; i < s->n; i++) {
        uint64_t length = string_text(point->seed, i, string);
        memcpy(at, string, length);
        if (s->views)
            s->views[i] = (struct view){at, length};
        else
            s->offsets[i] = (struct offset_view){(uint32_t)(at - s->text), (uint32_t)length};
        at += length;
    }
}

static void *view_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct strings_state *s = create(point, arena);
    s->views = lb_arena_alloc(arena, s->n * sizeof *s->views, 0);
    lay_text(s, point, arena);
    return s;
}

static void *offset_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct strings_state *s = create(point, arena);
    s->offsets = lb_arena_alloc(arena, s->n * sizeof *s->offsets, 0);
    lay_text(s, point, arena);
    return s;
}

static void *heap_create(const struct lb_point *point, struct lb_arena *arena,
                         const uint32_t *order)
{
    struct strings_state *s = create(point, arena);
    s->views = lb_arena_alloc(arena, s->n * sizeof *s->views, 0);
    for (uint64_t k = 0; k < s->n; k++) {
        uint64_t i = order ? order[k] : k;
        char *bytes = malloc(LENGTH_MAX + 1);
        if (!bytes)
            return NULL;
        s->views[i] = (struct view){bytes, string_text(point->seed, i, bytes)};
    }
    return s;
}

static void *heap_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return heap_create(point, arena, NULL);
}

static void *heap_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    uint32_t *order = lb_scratch_alloc(arena, point->elements * sizeof *order);
    lb_permutation(order, point->elements, point->seed);
    return heap_create(point, arena, order);
}

static void heap_destroy(void *state)
{
    struct strings_state *s = state;
    for (uint64_t i = 0; i < s->n; i++)
        free((void *)(uintptr_t)s->views[i].bytes);
}

/* ---- Reading ---- */

typedef struct view string_function(const struct strings_state *s, uint64_t i);

LB_ALWAYS_INLINE struct view fixed_string(const struct strings_state *s, uint64_t i)
{
    return (struct view){s->fixed[i].bytes, s->fixed[i].length};
}

LB_ALWAYS_INLINE struct view short_string(const struct strings_state *s, uint64_t i)
{
    return (struct view){s->shorts[i].bytes, s->shorts[i].length};
}

LB_ALWAYS_INLINE struct view view_string(const struct strings_state *s, uint64_t i)
{
    return s->views[i];
}

LB_ALWAYS_INLINE struct view offset_string(const struct strings_state *s, uint64_t i)
{
    return (struct view){s->text + s->offsets[i].start, s->offsets[i].length};
}

LB_ALWAYS_INLINE uint64_t hash_strings(const struct strings_state *state, enum mode mode,
                                       uint64_t first_op, uint64_t ops, string_function *string)
{
    const struct strings_state s = *state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s.n; ops > 0; i = 0) {
        uint64_t stop = s.n - i < ops ? s.n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++)
            sum += string_hash(string(&s, mode == RANDOM ? s.order[i] : i));
    }
    return sum;
}

#define DEFINE_RUNS(layout)                                                                        \
    static uint64_t layout##_sequential(void *state, uint64_t first_op, uint64_t ops)              \
    {                                                                                              \
        return hash_strings(state, SEQUENTIAL, first_op, ops, layout##_string);                    \
    }                                                                                              \
    static uint64_t layout##_random(void *state, uint64_t first_op, uint64_t ops)                  \
    {                                                                                              \
        return hash_strings(state, RANDOM, first_op, ops, layout##_string);                        \
    }

DEFINE_RUNS(fixed)
DEFINE_RUNS(short)
DEFINE_RUNS(view)
DEFINE_RUNS(offset)

/* ---- Theory and reference ---- */

/* Entries of `entry` bytes, `spread` bytes of string each behind them (0: the entry holds it). */
static void model(const struct lb_point *point, unsigned mode, struct lb_model *m, double entry,
                  double spread, double string_lines)
{
    double n = (double)point->elements;
    if (mode == SEQUENTIAL) {
        m->streamed_lines = entry == FIXED_BYTES ? 1 : lb_lines_of(entry + spread);
        m->streamed_footprint_lines = n * m->streamed_lines;
        m->exact = true;
        return;
    }
    m->streamed_lines = lb_lines_of(sizeof(uint32_t));
    m->streamed_footprint_lines = n * m->streamed_lines;
    m->reused[0] = (struct lb_reuse_class){.lines = n * lb_lines_of(entry), .touches_per_op = 1};
    if (spread > 0)
        m->reused[1] = (struct lb_reuse_class){.lines = n * lb_lines_of(spread),
                                               .touches_per_op = string_lines};
}

static void fixed_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, FIXED_BYTES, 0, 0);
}

static void short_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, sizeof(struct short_string), 0, 0);
}

/* A string of b bytes at any address reaches the next line in (b - 1) of 64 cases. */
static void view_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, sizeof(struct view), length_mean, 1 + lb_lines_of(length_mean - 1));
}

static void offset_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, sizeof(struct offset_view), length_mean,
          1 + lb_lines_of(length_mean - 1));
}

static void heap_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, sizeof(struct view), HEAP_CHUNK_BYTES, 1);
}

static void heap_shuffled_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, sizeof(struct view), HEAP_CHUNK_BYTES, 1);
    if (mode == SEQUENTIAL) {
        double n = (double)point->elements;
        m->streamed_lines = lb_lines_of(sizeof(struct view));
        m->streamed_footprint_lines = n * m->streamed_lines;
        m->reused[0] =
            (struct lb_reuse_class){.lines = n * lb_lines_of(HEAP_CHUNK_BYTES),
                                    .touches_per_op = 1,
                                    .objects_per_line = 1 / lb_lines_of(HEAP_CHUNK_BYTES)};
    }
}

#define DEFINE_FOOTPRINT(layout, bytes)                                                            \
    static uint64_t layout##_footprint(const struct lb_point *point)                               \
    {                                                                                              \
        return (uint64_t)((double)point->elements * (double)(bytes));                              \
    }

DEFINE_FOOTPRINT(fixed, FIXED_BYTES)
DEFINE_FOOTPRINT(short, sizeof(struct short_string))
DEFINE_FOOTPRINT(view, sizeof(struct view) + length_mean)
DEFINE_FOOTPRINT(offset, sizeof(struct offset_view) + length_mean)
DEFINE_FOOTPRINT(heap, sizeof(struct view) + HEAP_CHUNK_BYTES)

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    char string[LENGTH_MAX] = {0};
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        uint64_t i = mode == RANDOM ? lb_random_index(point, point->elements, op) : op;
        uint64_t length = string_text(point->seed, i, string);
        sum += string_hash((struct view){string, length});
    }
    return sum;
}

#define VARIANT(name_, layout, runs, place, summary_)                                              \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = layout##_create,                          \
        .run = {runs##_sequential, runs##_random}, .footprint_bytes = place##_footprint,           \
        .model = layout##_model,                                                                   \
    }

#define HEAP_VARIANT(layout, summary_)                                                             \
    {                                                                                              \
        .name = #layout, .summary = (summary_), .create = layout##_create,                         \
        .run = {view_sequential, view_random}, .destroy = heap_destroy,                            \
        .footprint_bytes = heap_footprint, .model = layout##_model,                                \
    }

static const struct lb_variant variants[] = {
    VARIANT(fixed, fixed, fixed, fixed, "63 bytes of room and a length: a line a string"),
    VARIANT(short_inline, short, short, short, "15 bytes of room and a length: four on a line"),
    VARIANT(view, view, view, view, "pointer and length, 16 bytes, into one block of text"),
    VARIANT(offsets, offset, offset, offset, "32-bit start and length into one block of text"),
    HEAP_VARIANT(heap_fresh, "pointer and length, 16 bytes, to a malloc'd string, in order"),
    HEAP_VARIANT(heap_shuffled, "pointer and length, 16 bytes, to a malloc'd string, at random"),
};

const struct lb_benchmark lb_benchmark_slices_string_field = {
    LB_BENCHMARK_HERE("slices", "string_field"),
    .question = "What does reading a record's short string cost, by where its bytes lie?",
    .learns =
        "A short string inline needs no second line and no allocation, and four share one. "
        "A view costs its 16 bytes and, at random, a line of the text; so does a heap string, "
        "which on an aged heap pays it in order, too. Room for the longest case makes every "
        "string cost a line.",
    .op = "string",
    .revision = 1,
    .headline = {.variant = "heap_shuffled", .mode = "random"},
    .modes = {"sequential", "random"},
    .reference_element_bytes = FIXED_BYTES,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
