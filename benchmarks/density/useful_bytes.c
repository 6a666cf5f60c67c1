/*
 * density/useful_bytes: what a fetched line costs when only a part of it is used.
 *
 * Every variant has the same records, a line each, and sums the first 1 to 8 words of each. The
 * words that are read add up to the record's value whatever their number, so that all variants
 * have one answer; the words that are not read hold noise.
 */
#include "benchmarks/density/density.h"

enum { WORDS = 8, RECORD_BYTES = WORDS * 8 };

enum mode { SEQUENTIAL, RANDOM };

struct useful_bytes_record {
    uint64_t words[WORDS];
};

struct records_state {
    const struct useful_bytes_record *records;
    const uint32_t *order;
    uint64_t n;
};

static void fill_record(uint64_t *record, uint64_t value, unsigned used)
{
    uint64_t rest = value;
    for (unsigned w = 0; w < WORDS; w++) {
        record[w] = lb_mix64(value + w + 1);
        if (w + 1 < used)
            rest -= record[w];
    }
    record[used - 1] = rest;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, unsigned used)
{
    struct records_state *s = lb_scratch_alloc(arena, sizeof *s);
    struct useful_bytes_record *records =
        lb_arena_alloc(arena, point->elements * sizeof *records, 0);
    for (uint64_t i = 0; i < point->elements; i++)
        fill_record(records[i].words, lb_value(point->seed, i), used);
    s->records = records;
    s->order = lb_random_indices(point, arena, point->elements, point->elements);
    s->n = point->elements;
    return s;
}

/* `used` is a constant where this is inlined: straight-line code, a load and an add a word. */
LB_ALWAYS_INLINE uint64_t sum_words(const uint64_t *record, unsigned used)
{
    uint64_t sum = load_word(&record[0]);
    if (used > 1)
        sum = add_word(sum, &record[1]);
    if (used > 2)
        sum = add_word(sum, &record[2]);
    if (used > 3)
        sum = add_word(sum, &record[3]);
    if (used > 4)
        sum = add_word(sum, &record[4]);
    if (used > 5)
        sum = add_word(sum, &record[5]);
    if (used > 6)
        sum = add_word(sum, &record[6]);
    if (used > 7)
        sum = add_word(sum, &record[7]);
    return sum;
}

LB_ALWAYS_INLINE uint64_t sequential_span(const struct records_state *s, uint64_t begin,
                                          uint64_t end, unsigned used)
{
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += sum_words(s->records[i].words, used);
    return sum;
}

LB_ALWAYS_INLINE uint64_t random_span(const struct records_state *s, uint64_t begin, uint64_t end,
                                      unsigned used)
{
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += sum_words(s->records[s->order[i]].words, used);
    return sum;
}

static void model(const struct lb_point *point, unsigned mode, struct lb_model *model,
                  unsigned used)
{
    double n = (double)point->elements;
    model->bytes = 8.0 * used;
    model->loads = used;
    model->exact = true;
    if (mode == SEQUENTIAL) {
        model->streamed_lines = 1;
        model->streamed_footprint_lines = n;
        model->useful_bytes_per_line = model->bytes;
    } else {
        model->reused[0] = (struct lb_reuse_class){.lines = n, .touches_per_op = 1};
        model_add_index_stream(point, model);
        model->useful_bytes_per_line =
            (model->bytes + INDEX_BYTES) / (1 + lb_lines_of(INDEX_BYTES));
    }
}

static uint64_t footprint(const struct lb_point *point)
{
    return point->elements * RECORD_BYTES;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum +=
            lb_value(point->seed, mode == RANDOM ? lb_random_index(point, point->elements, i) : i);
    return sum;
}

/* The functions of the variant that reads `used` words a record. */
#define DEFINE_VARIANT(used)                                                                       \
    static uint64_t sequential_span_##used(void *state, uint64_t begin, uint64_t end)              \
    {                                                                                              \
        return sequential_span(state, begin, end, used);                                           \
    }                                                                                              \
    static uint64_t random_span_##used(void *state, uint64_t begin, uint64_t end)                  \
    {                                                                                              \
        return random_span(state, begin, end, used);                                               \
    }                                                                                              \
    static uint64_t sequential_run_##used(void *state, uint64_t first_op, uint64_t ops)            \
    {                                                                                              \
        const struct records_state *s = state;                                                     \
        return lb_walk_passes(state, s->n, first_op, ops, sequential_span_##used);                 \
    }                                                                                              \
    static uint64_t random_run_##used(void *state, uint64_t first_op, uint64_t ops)                \
    {                                                                                              \
        const struct records_state *s = state;                                                     \
        return lb_walk_passes(state, s->n, first_op, ops, random_span_##used);                     \
    }                                                                                              \
    static void *create_##used(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, used);                                                         \
    }                                                                                              \
    static void model_##used(const struct lb_point *point, unsigned mode, struct lb_model *m)      \
    {                                                                                              \
        model(point, mode, m, used);                                                               \
    }

DEFINE_VARIANT(1)
DEFINE_VARIANT(2)
DEFINE_VARIANT(3)
DEFINE_VARIANT(4)
DEFINE_VARIANT(5)
DEFINE_VARIANT(6)
DEFINE_VARIANT(7)
DEFINE_VARIANT(8)

#define VARIANT(used)                                                                              \
    {                                                                                              \
        .name = "words_" #used,                                                                    \
        .summary = #used " of the 8 words of a 64-byte record read; scalar loads",                 \
        .create = create_##used, .run = {sequential_run_##used, random_run_##used},                \
        .footprint_bytes = footprint, .model = model_##used,                                       \
    }

static const struct lb_variant variants[] = {
    VARIANT(8), VARIANT(1), VARIANT(2), VARIANT(3), VARIANT(4), VARIANT(5), VARIANT(6), VARIANT(7),
};

static const struct lb_record records[] = {
    LB_RECORD(useful_bytes_record, LB_MEMBER(useful_bytes_record, words)),
};

const struct lb_benchmark lb_benchmark_density_useful_bytes = {
    LB_BENCHMARK_HERE("density", "useful_bytes"),
    .question = "What does a fetched line cost when only part of it is used?",
    .learns = "Read in order beyond the caches, a record costs its line, not its bytes: one word "
              "takes about as long as all eight, and what is not read is bandwidth paid for "
              "nothing. At random the misses are equal too, but the more instructions a record "
              "takes, the fewer misses the core keeps in flight.",
    .op = "record",
    .revision = 1,
    .headline = {.variant = "words_1", .mode = "sequential"},
    .modes = {"sequential", "random"},
    .reference_element_bytes = RECORD_BYTES,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
