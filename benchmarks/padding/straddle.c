/*
 * padding/straddle: what it costs that a record lies on two lines.
 *
 * Records are visited at random; an op reads the first and the last word of one, whatever its
 * size, so that all points and variants execute the same loads: on two lines at most, which are all
 * that a record lies on, but for every other shifted one of 96 bytes, whose third is not read. With
 * equally many records a packed array is smaller than an aligned one, and more of it stays in a
 * cache: at 64 bytes aligned and shifted are equally large.
 */
#include "benchmarks/padding/padding.h"

enum {
    MODE_INDEPENDENT,
    MODE_DEPENDENT, /* the next record is known only when this one's words have arrived */
    WORD = sizeof(uint64_t),
    /* Where malloc puts a large block: behind a header of 16 bytes. */
    SHIFT_BYTES = 16,
};

/* The records of the points: the words that an op reads, and what lies between them. */
#define DEFINE_RECORD(bytes)                                                                       \
    struct straddle_##bytes {                                                                      \
        uint64_t first;                                                                            \
        uint64_t between[(bytes) / WORD - 2];                                                      \
        uint64_t last;                                                                             \
    };                                                                                             \
    _Static_assert(sizeof(struct straddle_##bytes) == (bytes), "without padding")

DEFINE_RECORD(48);
DEFINE_RECORD(56);
DEFINE_RECORD(64);
DEFINE_RECORD(72);
DEFINE_RECORD(80);
DEFINE_RECORD(96);

struct state {
    uint64_t n;
    uint64_t stride_bytes;
    uint64_t last_word; /* its offset in the record */
    const unsigned char *records;
    const uint32_t *picks;
};

static uint64_t first_word_of(const struct lb_point *point, uint64_t i)
{
    return lb_value(point->seed, i);
}

static uint64_t last_word_of(const struct lb_point *point, uint64_t i)
{
    return lb_value(point->seed ^ 1, i);
}

/* ---- Layouts: how far apart, and where the first one begins ---------------------------------- */

static uint64_t whole_lines(uint64_t bytes)
{
    return (bytes + LB_CACHE_LINE_BYTES - 1) / LB_CACHE_LINE_BYTES * LB_CACHE_LINE_BYTES;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t stride_bytes,
                    uint64_t base_offset)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t bytes = base_offset + point->elements * stride_bytes;
    unsigned char *records = (unsigned char *)lb_arena_alloc(arena, bytes, 0) + base_offset;
    *s = (struct state){
        .n = point->elements,
        .stride_bytes = stride_bytes,
        .last_word = point->parameter - WORD,
        .records = records,
        .picks = lb_random_indices(point, arena, point->elements, point->elements),
    };
    for (uint64_t i = 0; i < s->n; i++) {
        uint64_t words[2] = {first_word_of(point, i), last_word_of(point, i)};
        memcpy(records + i * stride_bytes, &words[0], WORD);
        memcpy(records + i * stride_bytes + s->last_word, &words[1], WORD);
    }
    return s;
}

static void *aligned_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, whole_lines(point->parameter), 0);
}

static void *packed_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, point->parameter, 0);
}

static void *shifted_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, point->parameter, SHIFT_BYTES);
}

/* ---- Kernels --------------------------------------------------------------------------------- */

static uint64_t independent_span(void *state, uint64_t begin, uint64_t end)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        const unsigned char *record = s.records + s.picks[i] * s.stride_bytes;
        sum = lb_opaque(sum + load_u64(record) + load_u64(record + s.last_word));
    }
    return sum;
}

static uint64_t dependent_span(void *state, uint64_t begin, uint64_t end)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        uint64_t pick = s.picks[i] + lb_zero_after(sum);
        const unsigned char *record = s.records + pick * s.stride_bytes;
        sum += load_u64(record) + load_u64(record + s.last_word);
    }
    return sum;
}

static uint64_t independent_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, independent_span);
}

static uint64_t dependent_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, dependent_span);
}

/* ---- Models ---------------------------------------------------------------------------------- */

static void model(const struct lb_point *point, struct lb_model *out, uint64_t stride_bytes,
                  uint64_t base_offset)
{
    const struct extent words[] = {{0, WORD}, {point->parameter - WORD, WORD}};
    const struct shape shape = {stride_bytes, base_offset, words, LB_COUNT_OF(words)};
    model_random(out, &shape, point->elements);
}

static void aligned_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, whole_lines(point->parameter), 0);
}

static void packed_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, point->parameter, 0);
}

static void shifted_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, point->parameter, SHIFT_BYTES);
}

static uint64_t aligned_footprint(const struct lb_point *point)
{
    return point->elements * whole_lines(point->parameter);
}

static uint64_t packed_footprint(const struct lb_point *point)
{
    return point->elements * point->parameter;
}

static uint64_t shifted_footprint(const struct lb_point *point)
{
    return point->elements * point->parameter + SHIFT_BYTES;
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < ops; i++) {
        uint64_t record = lb_random_index(point, point->elements, first_op + i);
        sum += first_word_of(point, record) + last_word_of(point, record);
    }
    return sum;
}

static const uint64_t record_bytes[] = {
    sizeof(struct straddle_48),
    sizeof(struct straddle_56),
    sizeof(struct straddle_64),
    sizeof(struct straddle_72),
    sizeof(struct straddle_80),
    sizeof(struct straddle_96),
    0,
};

static const struct lb_variant variants[] = {
    {
        .name = "aligned",
        .summary = "each record begins at a line and is padded to whole lines",
        .create = aligned_create,
        .run = {independent_run, dependent_run},
        .footprint_bytes = aligned_footprint,
        .model = aligned_model,
    },
    {
        .name = "packed",
        .summary = "records side by side, the first at the start of a line",
        .create = packed_create,
        .run = {independent_run, dependent_run},
        .footprint_bytes = packed_footprint,
        .model = packed_model,
    },
    {
        .name = "shifted",
        .summary = "records side by side, the first 16 bytes into a line, as in a malloc'd array",
        .create = shifted_create,
        .run = {independent_run, dependent_run},
        .footprint_bytes = shifted_footprint,
        .model = shifted_model,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(straddle_48, LB_MEMBER(straddle_48, first), LB_MEMBER(straddle_48, between),
              LB_MEMBER(straddle_48, last)),
    LB_RECORD(straddle_56, LB_MEMBER(straddle_56, first), LB_MEMBER(straddle_56, between),
              LB_MEMBER(straddle_56, last)),
    LB_RECORD(straddle_64, LB_MEMBER(straddle_64, first), LB_MEMBER(straddle_64, between),
              LB_MEMBER(straddle_64, last)),
    LB_RECORD(straddle_72, LB_MEMBER(straddle_72, first), LB_MEMBER(straddle_72, between),
              LB_MEMBER(straddle_72, last)),
    LB_RECORD(straddle_80, LB_MEMBER(straddle_80, first), LB_MEMBER(straddle_80, between),
              LB_MEMBER(straddle_80, last)),
    LB_RECORD(straddle_96, LB_MEMBER(straddle_96, first), LB_MEMBER(straddle_96, between),
              LB_MEMBER(straddle_96, last)),
};

const struct lb_benchmark lb_benchmark_padding_straddle = {
    LB_BENCHMARK_HERE("padding", "straddle"),
    .question = "What does it cost that a record straddles two lines?",
    .learns = "A random read pays per line, not per byte. Sizes that divide a line, aligned, lie "
              "on one; 48 bytes side by side lie on two half of the time, and 64 bytes in a "
              "malloc'd array always. The two lines arrive together, so a dependent reader pays "
              "less for the second than an independent one, which pays in bandwidth.",
    .op = "record",
    .revision = 1,
    .headline = {.variant = "packed", .mode = "dependent"},
    .modes = {"independent", "dependent"},
    .parameter = "record_bytes",
    .parameter_values = record_bytes,
    .parameter_working_set_bytes = UINT64_C(16) << 20,
    .reference_element_bytes = LB_CACHE_LINE_BYTES,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
