/*
 * density/hot_cold: what keeping a record's rarely read part out of line costs and saves.
 *
 * A record has two hot words, read by every lookup, and six cold ones, of which one is read by
 * no lookup, by every eighth, or by each: which ones is known from the op's number, so that no
 * variant pays for a mispredicted branch. That is the best case of a split: a core that cannot
 * foresee which lookup wants the cold part waits for it after a wrong guess as well. All layouts
 * hold the same records.
 */
#include "benchmarks/density/density.h"

enum { HOT_WORDS = 2, COLD_WORDS = 6, COLD_EVERY = 8 };

enum mode { HOT_SEQUENTIAL, HOT_RANDOM, EIGHTH_RANDOM, COLD_RANDOM };

struct whole_record {
    uint64_t hot[HOT_WORDS];
    uint64_t cold[COLD_WORDS];
};

struct hot_record {
    uint64_t hot[HOT_WORDS];
};

struct cold_record {
    uint64_t cold[COLD_WORDS];
};

struct linked_record {
    uint64_t hot[HOT_WORDS];
    const struct cold_record *cold;
};

/* A cold part that a pointer leads to lies on a line of its own. */
enum { COLD_PITCH_BYTES = LB_CACHE_LINE_BYTES };

struct hot_cold_state {
    struct whole_record *whole; /* one of these three layouts is built */
    struct linked_record *linked;
    struct hot_record *hot;
    struct cold_record *cold;
    const uint32_t *order;
    uint64_t n;
};

/* ---- Building ---- */

static uint64_t hot_word(uint64_t seed, uint64_t record, unsigned word)
{
    return lb_value(seed, record * 8 + word);
}

static uint64_t cold_word(uint64_t seed, uint64_t record, unsigned word)
{
    return lb_value(seed, record * 8 + HOT_WORDS + word);
}

static void fill(uint64_t seed, uint64_t record, uint64_t *hot, uint64_t *cold)
{
    for (unsigned w = 0; w < HOT_WORDS; w++)
        hot[w] = hot_word(seed, record, w);
    for (unsigned w = 0; w < COLD_WORDS; w++)
        cold[w] = cold_word(seed, record, w);
}

static struct hot_cold_state *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct hot_cold_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->order = lb_random_indices(point, arena, s->n, s->n);
    return s;
}

static void *whole_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct hot_cold_state *s = create(point, arena);
    s->whole = lb_arena_alloc(arena, s->n * sizeof *s->whole, 0);
    for (uint64_t i = 0; i < s->n; i++)
        fill(point->seed, i, s->whole[i].hot, s->whole[i].cold);
    return s;
}

static void *linked_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct hot_cold_state *s = create(point, arena);
    uint32_t *place = lb_scratch_alloc(arena, s->n * sizeof *place);
    char *cold = lb_arena_alloc(arena, s->n * COLD_PITCH_BYTES, 0);
    s->linked = lb_arena_alloc(arena, s->n * sizeof *s->linked, 0);
    lb_permutation(place, s->n, point->seed);
    for (uint64_t i = 0; i < s->n; i++) {
        struct cold_record *part = (void *)(cold + (uint64_t)place[i] * COLD_PITCH_BYTES);
        fill(point->seed, i, s->linked[i].hot, part->cold);
        s->linked[i].cold = part;
    }
    return s;
}

static void *parallel_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct hot_cold_state *s = create(point, arena);
    s->hot = lb_arena_alloc(arena, s->n * sizeof *s->hot, 0);
    s->cold = lb_arena_alloc(arena, s->n * sizeof *s->cold, 0);
    for (uint64_t i = 0; i < s->n; i++)
        fill(point->seed, i, s->hot[i].hot, s->cold[i].cold);
    return s;
}

/* ---- Reading ---- */

/* The hot words of record i, and one cold word if `with_cold`. */
typedef uint64_t lookup_function(const struct hot_cold_state *s, uint64_t i, bool with_cold);

LB_ALWAYS_INLINE uint64_t sum_hot(const uint64_t *hot)
{
    return add_word(load_word(&hot[0]), &hot[1]);
}

LB_ALWAYS_INLINE uint64_t whole_lookup(const struct hot_cold_state *s, uint64_t i, bool with_cold)
{
    uint64_t sum = sum_hot(s->whole[i].hot);
    return with_cold ? add_word(sum, &s->whole[i].cold[0]) : sum;
}

LB_ALWAYS_INLINE uint64_t linked_lookup(const struct hot_cold_state *s, uint64_t i, bool with_cold)
{
    uint64_t sum = sum_hot(s->linked[i].hot);
    return with_cold ? add_word(sum, &s->linked[i].cold->cold[0]) : sum;
}

LB_ALWAYS_INLINE uint64_t parallel_lookup(const struct hot_cold_state *s, uint64_t i,
                                          bool with_cold)
{
    uint64_t sum = sum_hot(s->hot[i].hot);
    return with_cold ? add_word(sum, &s->cold[i].cold[0]) : sum;
}

LB_ALWAYS_INLINE bool reads_cold(enum mode mode, uint64_t op)
{
    return mode == COLD_RANDOM || (mode == EIGHTH_RANDOM && op % COLD_EVERY == 0);
}

LB_ALWAYS_INLINE uint64_t look_up(const void *state, uint64_t begin, uint64_t end, enum mode mode,
                                  lookup_function *lookup)
{
    const struct hot_cold_state s = *(const struct hot_cold_state *)state;
    uint64_t sum = 0;
    for (uint64_t op = begin; op < end; op++)
        sum += lookup(&s, mode == HOT_SEQUENTIAL ? op : s.order[op], reads_cold(mode, op));
    return sum;
}

#define DEFINE_RUN(layout, mode)                                                                   \
    static uint64_t layout##_span_##mode(void *state, uint64_t begin, uint64_t end)                \
    {                                                                                              \
        return look_up(state, begin, end, mode, layout##_lookup);                                  \
    }                                                                                              \
    static uint64_t layout##_run_##mode(void *state, uint64_t first_op, uint64_t ops)              \
    {                                                                                              \
        return lb_walk_passes(state, ((const struct hot_cold_state *)state)->n, first_op, ops,     \
                              layout##_span_##mode);                                               \
    }

#define DEFINE_RUNS(layout)                                                                        \
    DEFINE_RUN(layout, HOT_SEQUENTIAL)                                                             \
    DEFINE_RUN(layout, HOT_RANDOM)                                                                 \
    DEFINE_RUN(layout, EIGHTH_RANDOM)                                                              \
    DEFINE_RUN(layout, COLD_RANDOM)

DEFINE_RUNS(whole)
DEFINE_RUNS(linked)
DEFINE_RUNS(parallel)

/* ---- Theory and reference ---- */

/* Of a layout: bytes from one hot part to the next, and lines that reading a hot part touches. */
struct hot_part {
    double pitch_bytes;
    double lines;
};

static double cold_share(unsigned mode)
{
    return mode == COLD_RANDOM ? 1 : mode == EIGHTH_RANDOM ? 1.0 / COLD_EVERY : 0;
}

static void model(const struct lb_point *point, unsigned mode, struct lb_model *m,
                  struct hot_part hot, double cold_pitch_bytes, unsigned pointer_loads)
{
    double n = (double)point->elements, cold = cold_share(mode);
    m->bytes = HOT_WORDS * 8 + cold * 8 * (1 + pointer_loads);
    m->loads = HOT_WORDS + cold * (1 + pointer_loads);
    m->exact = true;
    if (mode == HOT_SEQUENTIAL) {
        m->streamed_lines = lb_lines_of(hot.pitch_bytes);
        m->streamed_footprint_lines = n * m->streamed_lines;
        m->useful_bytes_per_line = m->bytes / m->streamed_lines;
        return;
    }
    m->reused[0] = (struct lb_reuse_class){.lines = n * lb_lines_of(hot.pitch_bytes),
                                           .touches_per_op = hot.lines};
    if (cold > 0 && cold_pitch_bytes > 0)
        m->reused[1] = (struct lb_reuse_class){.lines = n * lb_lines_of(cold_pitch_bytes),
                                               .touches_per_op = cold};
    model_add_index_stream(point, m);
}

static void whole_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, (struct hot_part){sizeof(struct whole_record), 1}, 0, 0);
}

/* 24 bytes apart: one hot part in eight reaches the next line, and one pointer in eight is there.
 */
static void linked_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    double lines = 1 + (1 + cold_share(mode)) / 8;
    model(point, mode, m, (struct hot_part){sizeof(struct linked_record), lines}, COLD_PITCH_BYTES,
          1);
    m->exact = mode == HOT_SEQUENTIAL;
}

static void parallel_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, (struct hot_part){sizeof(struct hot_record), 1},
          sizeof(struct cold_record), 0);
}

static uint64_t whole_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct whole_record);
}

static uint64_t linked_footprint(const struct lb_point *point)
{
    return point->elements * (sizeof(struct linked_record) + COLD_PITCH_BYTES);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        uint64_t i = mode == HOT_SEQUENTIAL ? op : lb_random_index(point, point->elements, op);
        sum += hot_word(point->seed, i, 0) + hot_word(point->seed, i, 1);
        if (reads_cold((enum mode)mode, op))
            sum += cold_word(point->seed, i, 0);
    }
    return sum;
}

#define RUNS(layout)                                                                               \
    {                                                                                              \
        layout##_run_HOT_SEQUENTIAL, layout##_run_HOT_RANDOM, layout##_run_EIGHTH_RANDOM,          \
            layout##_run_COLD_RANDOM                                                               \
    }

static const struct lb_variant variants[] = {
    {
        .name = "one_struct",
        .summary = "2 hot and 6 cold words on one 64-byte line; scalar loads",
        .create = whole_create,
        .run = RUNS(whole),
        .footprint_bytes = whole_footprint,
        .model = whole_model,
    },
    {
        .name = "cold_pointer",
        .summary = "2 hot words and a pointer, 24 bytes; cold parts in random order, a line each",
        .create = linked_create,
        .run = RUNS(linked),
        .footprint_bytes = linked_footprint,
        .model = linked_model,
    },
    {
        .name = "cold_array",
        .summary = "2 hot words in one array, 6 cold ones at the same index of another",
        .create = parallel_create,
        .run = RUNS(parallel),
        .footprint_bytes = whole_footprint,
        .model = parallel_model,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(whole_record, LB_MEMBER(whole_record, hot), LB_MEMBER(whole_record, cold)),
    LB_RECORD(hot_record, LB_MEMBER(hot_record, hot)),
    LB_RECORD(cold_record, LB_MEMBER(cold_record, cold)),
    LB_RECORD(linked_record, LB_MEMBER(linked_record, hot), LB_MEMBER(linked_record, cold)),
};

const struct lb_benchmark lb_benchmark_density_hot_cold = {
    LB_BENCHMARK_HERE("density", "hot_cold"),
    .question = "When does it pay to split the rarely read part off a record?",
    .learns =
        "A split makes four times as many hot parts fit a cache and costs a second line for "
        "each lookup that wants the cold part. A scan of the hot part gains at once, a random "
        "lookup only when a cache then holds what it did not hold before. A pointer to the "
        "cold part costs space and makes the second line wait for the first.",
    .op = "lookup",
    .revision = 1,
    .headline = {.variant = "cold_array", .mode = "hot,sequential"},
    .modes = {"hot,sequential", "hot,random", "cold_eighth,random", "cold_always,random"},
    .reference_element_bytes = sizeof(struct whole_record),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
