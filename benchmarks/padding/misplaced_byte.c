/*
 * padding/misplaced_byte: what one hot byte behind a cold field costs.
 *
 * A lookup reads the id, the score and the flags of a record; the 64 bytes of text between them
 * are cold. Declared in that order, the flags lie 76 bytes into the record: always another line.
 */
#include "benchmarks/padding/padding.h"

enum {
    MODE_INDEPENDENT,
    MODE_DEPENDENT, /* the next record is known only when this one has arrived */
    TEXT_BYTES = 64,
};

struct misplaced_byte_declared {
    _Alignas(16) uint64_t id;
    uint32_t score;
    char text[TEXT_BYTES];
    uint8_t flags;
};

struct misplaced_byte_reordered {
    _Alignas(16) uint64_t id;
    uint32_t score;
    uint8_t flags;
    char text[TEXT_BYTES];
};

/* The text lies in an array of its own. */
struct misplaced_byte_hot {
    _Alignas(16) uint64_t id;
    uint32_t score;
    uint8_t flags;
};

_Static_assert(sizeof(struct misplaced_byte_declared) == 80, "77 bytes and 3 of padding");
_Static_assert(sizeof(struct misplaced_byte_reordered) == 80, "the order changes no size");
_Static_assert(offsetof(struct misplaced_byte_declared, flags) == 76, "never on the id's line");

/* Where a layout has the hot fields: id and score first, always. */
struct layout {
    size_t bytes;
    size_t flags;
    size_t apart_bytes; /* text a record, in an array of its own */
};

static const struct layout declared = {
    .bytes = sizeof(struct misplaced_byte_declared),
    .flags = offsetof(struct misplaced_byte_declared, flags),
};
static const struct layout reordered = {
    .bytes = sizeof(struct misplaced_byte_reordered),
    .flags = offsetof(struct misplaced_byte_reordered, flags),
};
static const struct layout split = {
    .bytes = sizeof(struct misplaced_byte_hot),
    .flags = offsetof(struct misplaced_byte_hot, flags),
    .apart_bytes = TEXT_BYTES,
};

enum { SCORE_OFFSET = offsetof(struct misplaced_byte_declared, score) };

/* ---- Building -------------------------------------------------------------------------------- */

struct state {
    uint64_t n;
    const unsigned char *records;
    const uint32_t *picks;
};

static uint64_t id_of(const struct lb_point *point, uint64_t i)
{
    return lb_value(point->seed, i);
}

static uint32_t score_of(const struct lb_point *point, uint64_t i)
{
    return (uint32_t)(lb_value(point->seed ^ 1, i) >> 8);
}

static uint8_t flags_of(const struct lb_point *point, uint64_t i)
{
    return (uint8_t)lb_value(point->seed ^ 1, i);
}

static void *create(const struct lb_point *point, struct lb_arena *arena, const struct layout *at)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    unsigned char *records = lb_arena_alloc(arena, point->elements * at->bytes, 0);
    if (at->apart_bytes > 0)
        (void)lb_arena_alloc(arena, point->elements * at->apart_bytes, 0); /* no lookup reads it */
    s->n = point->elements;
    s->records = records;
    s->picks = lb_random_indices(point, arena, point->elements, point->elements);
    for (uint64_t i = 0; i < s->n; i++) {
        unsigned char *record = records + i * at->bytes;
        uint64_t id = id_of(point, i);
        uint32_t score = score_of(point, i);
        memcpy(record, &id, sizeof id);
        memcpy(record + SCORE_OFFSET, &score, sizeof score);
        record[at->flags] = flags_of(point, i);
    }
    return s;
}

/* ---- Kernels --------------------------------------------------------------------------------- */

__attribute__((always_inline)) static inline uint64_t lookup(const struct state *s, uint64_t pick,
                                                             const struct layout *at)
{
    const unsigned char *record = s->records + pick * at->bytes;
    return load_u64(record) + load_u32(record + SCORE_OFFSET) + record[at->flags];
}

__attribute__((always_inline)) static inline uint64_t
walk(const void *state, uint64_t first_op, uint64_t ops, const struct layout *at, unsigned mode)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s.n; ops > 0; i = 0) {
        uint64_t stop = s.n - i < ops ? s.n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            uint64_t wait = mode == MODE_DEPENDENT ? lb_zero_after(sum) : 0;
            sum = lb_opaque(sum + lookup(&s, s.picks[i] + wait, at));
        }
    }
    return sum;
}

static void model(const struct lb_point *point, struct lb_model *out, const struct layout *at)
{
    const struct extent hot[] = {{0, 8}, {SCORE_OFFSET, 4}, {at->flags, 1}};
    const struct shape shape = {at->bytes, 0, hot, LB_COUNT_OF(hot)};
    model_random(out, &shape, point->elements);
}

/* ---- The layouts: all that differs is the constant ------------------------------------------- */

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
        return point->elements * ((layout).bytes + (layout).apart_bytes);                          \
    }                                                                                              \
    static void layout##_model(const struct lb_point *point, unsigned mode, struct lb_model *out)  \
    {                                                                                              \
        (void)mode;                                                                                \
        model(point, out, &(layout));                                                              \
    }

DEFINE_LAYOUT(reordered)
DEFINE_LAYOUT(declared)
DEFINE_LAYOUT(split)

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < ops; i++) {
        uint64_t record = lb_random_index(point, point->elements, first_op + i);
        sum += id_of(point, record) + score_of(point, record) + flags_of(point, record);
    }
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "reordered",
        .summary = "id, score and flags, then 64 bytes of cold text: the hot fields share a line",
        .create = reordered_create,
        .run = {reordered_independent, reordered_dependent},
        .footprint_bytes = reordered_footprint,
        .model = reordered_model,
    },
    {
        .name = "declared",
        .summary =
            "id and score, 64 bytes of cold text, then the flags: a second line for one byte",
        .create = declared_create,
        .run = {declared_independent, declared_dependent},
        .footprint_bytes = declared_footprint,
        .model = declared_model,
    },
    {
        .name = "split",
        .summary = "the hot fields in 16-byte records, the cold text in an array of its own",
        .create = split_create,
        .run = {split_independent, split_dependent},
        .footprint_bytes = split_footprint,
        .model = split_model,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(misplaced_byte_declared, LB_MEMBER(misplaced_byte_declared, id),
              LB_MEMBER(misplaced_byte_declared, score), LB_MEMBER(misplaced_byte_declared, text),
              LB_MEMBER(misplaced_byte_declared, flags)),
    LB_RECORD(misplaced_byte_reordered, LB_MEMBER(misplaced_byte_reordered, id),
              LB_MEMBER(misplaced_byte_reordered, score),
              LB_MEMBER(misplaced_byte_reordered, flags),
              LB_MEMBER(misplaced_byte_reordered, text)),
    LB_RECORD(misplaced_byte_hot, LB_MEMBER(misplaced_byte_hot, id),
              LB_MEMBER(misplaced_byte_hot, score), LB_MEMBER(misplaced_byte_hot, flags)),
};

const struct lb_benchmark lb_benchmark_padding_misplaced_byte = {
    LB_BENCHMARK_HERE("padding", "misplaced_byte"),
    .question = "What does one hot byte behind a cold field cost?",
    .learns = "A byte costs a line if it lies on one of its own: moving it in front of the cold "
              "field saves exactly one line a lookup and changes no size. Splitting the cold field "
              "off puts four records on a line, which pays where the caches can hold them.",
    .op = "lookup",
    .revision = 1,
    .headline = {.variant = "declared", .mode = "independent"},
    .modes = {"independent", "dependent"},
    .reference_element_bytes = sizeof(struct misplaced_byte_reordered),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
