/*
 * density/pack: what it costs to decode values that are stored densely.
 *
 * The same values, a walk of small steps below 2^16, as words of 8, 4 and 2 bytes, as offsets
 * from the lowest of a block (12 bits each), and as the differences of neighbours (6 bits
 * each). All loops are scalar: what differs is the layout, and the work to undo it.
 */
#include "benchmarks/density/density.h"

#include <stdlib.h>
#include <string.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the bit fields here count from the low end of a word"
#endif

enum {
    BLOCK_VALUES = 128,
    OFFSET_BITS = 12,
    STEP_BITS = 6,
    STEP_MAX = 15, /* a step is -15 to 15: in 127 of them at most 1905 away, offsets fit 12 bits */
    SLACK_BYTES = 8, /* fields are cut out of 8-byte loads */
};

struct pack_offset_block {
    uint64_t low; /* the smallest value */
    unsigned char offsets[BLOCK_VALUES * OFFSET_BITS / 8];
};

struct pack_step_block {
    uint64_t first;
    unsigned char steps[BLOCK_VALUES * STEP_BITS / 8]; /* biased to be positive */
};

enum {
    OFFSET_BLOCK_BYTES = sizeof(struct pack_offset_block),
    STEP_BLOCK_BYTES = sizeof(struct pack_step_block),
};

enum mode { SEQUENTIAL, RANDOM };

struct pack_state {
    const unsigned char *bytes;
    const uint32_t *order;
    uint64_t n;
};

/* ---- The values ---- */

/*
 * Value i: a block's base plus the steps up to i, all from the seed. Steps are made so that a
 * value is found without the values before its block.
 */
static uint64_t block_base(uint64_t seed, uint64_t block)
{
    return 2048 + (lb_value(seed, block) >> 49); /* 2048 .. 34815 */
}

static int64_t step(uint64_t seed, uint64_t i)
{
    return i % BLOCK_VALUES == 0 ? 0
                                 : (int64_t)(lb_value(~seed, i) % (2 * STEP_MAX + 1)) - STEP_MAX;
}

/* Fills values[] with a block's values. */
static void make_block(uint64_t seed, uint64_t block, uint64_t values[BLOCK_VALUES])
{
    uint64_t value = block_base(seed, block);
    for (uint64_t k = 0; k < BLOCK_VALUES; k++) {
        value += (uint64_t)step(seed, block * BLOCK_VALUES + k);
        values[k] = value;
    }
}

static uint64_t block_count(const struct lb_point *point)
{
    return (point->elements + BLOCK_VALUES - 1) / BLOCK_VALUES;
}

/* ---- Building ---- */

static void put_bits(unsigned char *bytes, uint64_t bit, uint64_t value)
{
    uint64_t word;
    memcpy(&word, bytes + bit / 8, sizeof word);
    word |= value << bit % 8;
    memcpy(bytes + bit / 8, &word, sizeof word);
}

LB_ALWAYS_INLINE uint64_t get_bits(const unsigned char *bytes, uint64_t bit, unsigned count)
{
    uint64_t word;
    memcpy(&word, bytes + bit / 8, sizeof word);
    return word >> bit % 8 & ((UINT64_C(1) << count) - 1);
}

/* Stores one block of values at block number `block` of `bytes`. */
typedef void put_function(unsigned char *bytes, uint64_t block, const uint64_t *values);

#define DEFINE_WORDS(type)                                                                         \
    static void put_##type(unsigned char *bytes, uint64_t block, const uint64_t *values)           \
    {                                                                                              \
        for (uint64_t k = 0; k < BLOCK_VALUES; k++) {                                              \
            type word = (type)values[k];                                                           \
            memcpy(bytes + (block * BLOCK_VALUES + k) * sizeof word, &word, sizeof word);          \
        }                                                                                          \
    }                                                                                              \
    LB_ALWAYS_INLINE uint64_t get_##type(const struct pack_state *s, uint64_t i)                   \
    {                                                                                              \
        type word;                                                                                 \
        memcpy(&word, s->bytes + i * sizeof word, sizeof word);                                    \
        return word;                                                                               \
    }

DEFINE_WORDS(uint64_t)
DEFINE_WORDS(uint32_t)
DEFINE_WORDS(uint16_t)

/* A block of offsets: the smallest value, then 12 bits a value. */
static void put_offsets(unsigned char *bytes, uint64_t block, const uint64_t *values)
{
    uint64_t low = values[0];
    for (uint64_t k = 1; k < BLOCK_VALUES; k++)
        low = values[k] < low ? values[k] : low;
    struct pack_offset_block *at = (struct pack_offset_block *)(void *)bytes + block;
    at->low = low;
    for (uint64_t k = 0; k < BLOCK_VALUES; k++)
        put_bits(at->offsets, k * OFFSET_BITS, values[k] - low);
}

LB_ALWAYS_INLINE uint64_t get_offset(const struct pack_state *s, uint64_t i)
{
    const unsigned char *block = s->bytes + i / BLOCK_VALUES * OFFSET_BLOCK_BYTES;
    uint64_t low;
    memcpy(&low, block, sizeof low);
    return low + get_bits(block + 8, i % BLOCK_VALUES * OFFSET_BITS, OFFSET_BITS);
}

/* A block of steps: its first value, then 6 bits a step, biased to be positive. */
static void put_steps(unsigned char *bytes, uint64_t block, const uint64_t *values)
{
    struct pack_step_block *at = (struct pack_step_block *)(void *)bytes + block;
    at->first = values[0];
    put_bits(at->steps, 0, STEP_MAX);
    for (uint64_t k = 1; k < BLOCK_VALUES; k++)
        put_bits(at->steps, k * STEP_BITS, values[k] + STEP_MAX - values[k - 1]);
}

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t block_bytes,
                    put_function *put)
{
    struct pack_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t values[BLOCK_VALUES];
    unsigned char *bytes = lb_arena_alloc(arena, block_count(point) * block_bytes + SLACK_BYTES, 0);
    for (uint64_t block = 0; block < block_count(point); block++) {
        make_block(point->seed, block, values);
        put(bytes, block, values);
    }
    s->bytes = bytes;
    s->n = point->elements;
    s->order = lb_random_indices(point, arena, s->n, s->n);
    return s;
}

/* ---- Reading ---- */

typedef uint64_t get_function(const struct pack_state *s, uint64_t i);

LB_ALWAYS_INLINE uint64_t sequential_values(const void *state, uint64_t begin, uint64_t end,
                                            get_function *get)
{
    const struct pack_state s = *(const struct pack_state *)state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += lb_opaque(get(&s, i));
    return sum;
}

LB_ALWAYS_INLINE uint64_t random_values(const void *state, uint64_t begin, uint64_t end,
                                        get_function *get)
{
    const struct pack_state s = *(const struct pack_state *)state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += lb_opaque(get(&s, s.order[i]));
    return sum;
}

/* Offsets in order: a block's low value is added once for all of its values that are read. */
LB_ALWAYS_INLINE uint64_t sequential_offsets(const void *state, uint64_t begin, uint64_t end,
                                             get_function *get)
{
    (void)get;
    const struct pack_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end;) {
        const unsigned char *block = s->bytes + i / BLOCK_VALUES * OFFSET_BLOCK_BYTES;
        uint64_t block_end = (i / BLOCK_VALUES + 1) * BLOCK_VALUES;
        uint64_t stop = block_end < end ? block_end : end, low;
        memcpy(&low, block, sizeof low);
        sum += low * (stop - i);
        for (uint64_t bit = i % BLOCK_VALUES * OFFSET_BITS; i < stop; i++, bit += OFFSET_BITS)
            sum += lb_opaque(get_bits(block + 8, bit, OFFSET_BITS));
    }
    return sum;
}

/* Steps in order: a span that begins inside a block first steps there from the block's start. */
LB_ALWAYS_INLINE uint64_t sequential_steps(const void *state, uint64_t begin, uint64_t end,
                                           get_function *get)
{
    (void)get;
    const struct pack_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end;) {
        const unsigned char *block = s->bytes + i / BLOCK_VALUES * STEP_BLOCK_BYTES;
        uint64_t block_end = (i / BLOCK_VALUES + 1) * BLOCK_VALUES;
        uint64_t stop = block_end < end ? block_end : end;
        uint64_t value, bit = 0, skipped = i % BLOCK_VALUES;
        memcpy(&value, block, sizeof value);
        for (; skipped > 0; skipped--, bit += STEP_BITS)
            value += lb_opaque(get_bits(block + 8, bit, STEP_BITS)) - STEP_MAX;
        for (; i < stop; i++, bit += STEP_BITS) {
            value += lb_opaque(get_bits(block + 8, bit, STEP_BITS)) - STEP_MAX;
            sum += value;
        }
    }
    return sum;
}

#define DEFINE_RUN(name, walk, get)                                                                \
    static uint64_t name##_span(void *state, uint64_t begin, uint64_t end)                         \
    {                                                                                              \
        return walk(state, begin, end, get);                                                       \
    }                                                                                              \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        return lb_walk_passes(state, ((const struct pack_state *)state)->n, first_op, ops,         \
                              name##_span);                                                        \
    }

DEFINE_RUN(int64, sequential_values, get_uint64_t)
DEFINE_RUN(int32, sequential_values, get_uint32_t)
DEFINE_RUN(int16, sequential_values, get_uint16_t)
DEFINE_RUN(offsets, sequential_offsets, NULL)
DEFINE_RUN(steps, sequential_steps, NULL)
DEFINE_RUN(int64_random, random_values, get_uint64_t)
DEFINE_RUN(int32_random, random_values, get_uint32_t)
DEFINE_RUN(int16_random, random_values, get_uint16_t)
DEFINE_RUN(offsets_random, random_values, get_offset)

/* ---- Theory and reference ---- */

static void model(const struct lb_point *point, unsigned mode, struct lb_model *m,
                  double block_bytes)
{
    double n = (double)point->elements, each = block_bytes / BLOCK_VALUES;
    m->loads = 1;
    m->bytes = each;
    if (mode == SEQUENTIAL) {
        m->streamed_lines = lb_lines_of(each);
        m->streamed_footprint_lines = n * m->streamed_lines;
        m->useful_bytes_per_line = LB_CACHE_LINE_BYTES;
        m->exact = true;
    } else {
        m->reused[0] = (struct lb_reuse_class){.lines = n * lb_lines_of(each), .touches_per_op = 1};
        model_add_index_stream(point, m);
    }
}

#define DEFINE_LAYOUT(name, block_bytes, put)                                                      \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, block_bytes, put);                                             \
    }                                                                                              \
    static uint64_t name##_footprint(const struct lb_point *point)                                 \
    {                                                                                              \
        return block_count(point) * (block_bytes) + SLACK_BYTES;                                   \
    }                                                                                              \
    static void name##_model(const struct lb_point *point, unsigned mode, struct lb_model *m)      \
    {                                                                                              \
        model(point, mode, m, block_bytes);                                                        \
    }

DEFINE_LAYOUT(int64, BLOCK_VALUES * 8, put_uint64_t)
DEFINE_LAYOUT(int32, BLOCK_VALUES * 4, put_uint32_t)
DEFINE_LAYOUT(int16, BLOCK_VALUES * 2, put_uint16_t)
DEFINE_LAYOUT(steps, STEP_BLOCK_BYTES, put_steps)

static void *offsets_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, OFFSET_BLOCK_BYTES, put_offsets);
}

static uint64_t offsets_footprint(const struct lb_point *point)
{
    return block_count(point) * OFFSET_BLOCK_BYTES + SLACK_BYTES;
}

/* At random a block's low value is a touch of its own; in 28 of 192 bytes the value is beside it.
 */
static void offsets_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, OFFSET_BLOCK_BYTES);
    if (mode == SEQUENTIAL)
        return;
    double blocks = (double)block_count(point);
    m->reused[0].lines -= blocks;
    m->reused[0].touches_per_op = 1 - 28.0 / 192;
    m->reused[1] = (struct lb_reuse_class){.lines = blocks, .touches_per_op = 1};
    m->loads = 2;
}

/* All values, which are below 2^16: at random, making a block for each op takes seconds. */
static uint16_t *make_all(const struct lb_point *point)
{
    uint64_t values[BLOCK_VALUES];
    uint16_t *all = malloc(block_count(point) * BLOCK_VALUES * sizeof *all);
    for (uint64_t block = 0; all && block < block_count(point); block++) {
        make_block(point->seed, block, values);
        for (uint64_t k = 0; k < BLOCK_VALUES; k++)
            all[block * BLOCK_VALUES + k] = (uint16_t)values[k];
    }
    return all;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t values[BLOCK_VALUES], sum = 0, made = UINT64_MAX;
    uint16_t *all = mode == RANDOM && ops > block_count(point) ? make_all(point) : NULL;
    if (all) {
        for (uint64_t op = first_op; op < first_op + ops; op++)
            sum += all[lb_random_index(point, point->elements, op)];
        free(all);
        return sum;
    }
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        uint64_t i = mode == RANDOM ? lb_random_index(point, point->elements, op) : op;
        if (i / BLOCK_VALUES != made)
            make_block(point->seed, made = i / BLOCK_VALUES, values);
        sum += values[i % BLOCK_VALUES];
    }
    return sum;
}

#define VARIANT(name_, summary_, ...)                                                              \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = name_##_create, .run = {__VA_ARGS__},     \
        .footprint_bytes = name_##_footprint, .model = name_##_model,                              \
    }

static const struct lb_variant variants[] = {
    VARIANT(int64, "8 bytes a value; scalar loads", int64_run, int64_random_run),
    VARIANT(int32, "4 bytes a value; scalar loads", int32_run, int32_random_run),
    VARIANT(int16, "2 bytes a value; scalar loads", int16_run, int16_random_run),
    VARIANT(offsets, "12 bits from the lowest of a block of 128: shift and mask; 1.56 bytes",
            offsets_run, offsets_random_run),
    VARIANT(steps, "6 bits from the value before, blocks of 128: a chain of adds; 0.81 bytes",
            steps_run),
};

static const struct lb_record records[] = {
    LB_RECORD(pack_offset_block, LB_MEMBER(pack_offset_block, low),
              LB_MEMBER(pack_offset_block, offsets)),
    LB_RECORD(pack_step_block, LB_MEMBER(pack_step_block, first),
              LB_MEMBER(pack_step_block, steps)),
};

const struct lb_benchmark lb_benchmark_density_pack = {
    LB_BENCHMARK_HERE("density", "pack"),
    .question = "What does it cost to decode values that are stored densely?",
    .learns = "Narrow words cost nothing to read and make a cache hold two, four times as many. "
              "Bit packing adds a shift and a mask a value, differences a chain of adds and no "
              "way to read one value alone: they pay where the bytes saved are the bottleneck.",
    .op = "value",
    .revision = 1,
    .headline = {.variant = "offsets", .mode = "sequential"},
    .modes = {"sequential", "random"},
    .reference_element_bytes = 8,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
