/*
 * padding/flags: what a flag should lie in.
 *
 * n records have eight flags each. A flag can be a bool of its record, a bit of its record, or
 * lie with the same flag of the other records in an array of bytes or of bits. `scan` and `random`
 * read one flag of a record, `random_all` all eight, `random_set` reads one and writes it. A flag
 * is read for each record by itself, but for `sets_counted`.
 */
#include "benchmarks/padding/padding.h"

enum {
    MODE_SCAN,
    MODE_RANDOM,
    MODE_RANDOM_ALL,
    MODE_RANDOM_SET,
    FLAGS = 8,
    READ_FLAG = 3,  /* the one that scan and random read */
    WRITE_FLAG = 5, /* the one that random_set reads and writes: always to what it is */
    WORD_BITS = 64,
};

struct flags_bools {
    bool flags[FLAGS];
};

struct flags_bits {
    uint8_t flag0 : 1;
    uint8_t flag1 : 1;
    uint8_t flag2 : 1;
    uint8_t flag3 : 1;
    uint8_t flag4 : 1;
    uint8_t flag5 : 1;
    uint8_t flag6 : 1;
    uint8_t flag7 : 1;
};

_Static_assert(sizeof(struct flags_bools) == 8, "a byte a flag");
_Static_assert(sizeof(struct flags_bits) == 1, "a bit a flag");

struct state {
    uint64_t n;
    const uint32_t *picks;
    union {
        struct flags_bools *bools;
        struct flags_bits *bits;
        bool *arrays[FLAGS];
        uint64_t *sets[FLAGS];
    } at;
};

/* ---- How each layout reads and writes a flag ------------------------------------------------- */

typedef uint64_t read_function(const struct state *s, uint64_t record, unsigned flag);
typedef void write_function(struct state *s, uint64_t record, unsigned flag, bool value);

static bool flag_of(const struct lb_point *point, uint64_t record, unsigned flag)
{
    /* WRITE_FLAG is a function of the record's number alone, so that a kernel can compute it. */
    return flag == WRITE_FLAG ? record & 1 : lb_value(point->seed, record) >> flag & 1;
}

static inline uint64_t bools_read(const struct state *s, uint64_t record, unsigned flag)
{
    return s->at.bools[record].flags[flag];
}

static inline uint64_t bools_read_all(const struct state *s, uint64_t record, unsigned none)
{
    (void)none;
    const bool *flags = s->at.bools[record].flags;
    return (uint64_t)flags[0] + flags[1] + flags[2] + flags[3] + flags[4] + flags[5] + flags[6] +
           flags[7];
}

static inline void bools_write(struct state *s, uint64_t record, unsigned flag, bool value)
{
    s->at.bools[record].flags[flag] = value;
}

static inline uint64_t bits_read(const struct state *s, uint64_t record, unsigned flag)
{
    struct flags_bits bits = s->at.bits[record];
    return flag == READ_FLAG ? bits.flag3 : bits.flag5; /* no kernel reads another one alone */
}

static inline uint64_t bits_read_all(const struct state *s, uint64_t record, unsigned none)
{
    (void)none;
    struct flags_bits bits = s->at.bits[record];
    return (uint64_t)bits.flag0 + bits.flag1 + bits.flag2 + bits.flag3 + bits.flag4 + bits.flag5 +
           bits.flag6 + bits.flag7;
}

static inline void bits_write(struct state *s, uint64_t record, unsigned flag, bool value)
{
    struct flags_bits *bits = &s->at.bits[record];
    switch (flag) {
    case 0:
        bits->flag0 = value;
        break;
    case 1:
        bits->flag1 = value;
        break;
    case 2:
        bits->flag2 = value;
        break;
    case 3:
        bits->flag3 = value;
        break;
    case 4:
        bits->flag4 = value;
        break;
    case 5:
        bits->flag5 = value;
        break;
    case 6:
        bits->flag6 = value;
        break;
    default:
        bits->flag7 = value;
    }
}

static inline uint64_t arrays_read(const struct state *s, uint64_t record, unsigned flag)
{
    return s->at.arrays[flag][record];
}

static inline uint64_t arrays_read_all(const struct state *s, uint64_t record, unsigned none)
{
    (void)none;
    bool *const *flags = s->at.arrays;
    return (uint64_t)flags[0][record] + flags[1][record] + flags[2][record] + flags[3][record] +
           flags[4][record] + flags[5][record] + flags[6][record] + flags[7][record];
}

static inline void arrays_write(struct state *s, uint64_t record, unsigned flag, bool value)
{
    s->at.arrays[flag][record] = value;
}

static inline uint64_t set_bit(const uint64_t *set, uint64_t record)
{
    return set[record / WORD_BITS] >> record % WORD_BITS & 1;
}

static inline uint64_t sets_read(const struct state *s, uint64_t record, unsigned flag)
{
    return set_bit(s->at.sets[flag], record);
}

static inline uint64_t sets_read_all(const struct state *s, uint64_t record, unsigned none)
{
    (void)none;
    uint64_t *const *sets = s->at.sets;
    return set_bit(sets[0], record) + set_bit(sets[1], record) + set_bit(sets[2], record) +
           set_bit(sets[3], record) + set_bit(sets[4], record) + set_bit(sets[5], record) +
           set_bit(sets[6], record) + set_bit(sets[7], record);
}

static inline void sets_write(struct state *s, uint64_t record, unsigned flag, bool value)
{
    uint64_t *word = &s->at.sets[flag][record / WORD_BITS];
    uint64_t bit = UINT64_C(1) << record % WORD_BITS;
    *word = (*word & ~bit) | (value ? bit : 0);
}

/* ---- Building -------------------------------------------------------------------------------- */

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->picks = lb_random_indices(point, arena, point->elements, point->elements);
    return s;
}

static void *fill(const struct lb_point *point, struct state *s, write_function *write)
{
    for (uint64_t record = 0; record < s->n; record++) {
        for (unsigned flag = 0; flag < FLAGS; flag++)
            write(s, record, flag, flag_of(point, record, flag));
    }
    return s;
}

static void *bools_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    s->at.bools = lb_arena_alloc(arena, s->n * sizeof *s->at.bools, 0);
    return fill(point, s, bools_write);
}

static void *bits_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    s->at.bits = lb_arena_alloc(arena, s->n * sizeof *s->at.bits, 0);
    return fill(point, s, bits_write);
}

/*
 * Bytes of one of the eight arrays. A few lines more than it needs: arrays whose distance is a
 * power of two would meet in the same sets of a cache, which is another benchmark.
 */
static uint64_t array_bytes(const struct lb_point *point)
{
    return point->elements * sizeof(bool) + 5 * LB_CACHE_LINE_BYTES;
}

static uint64_t set_bytes(const struct lb_point *point)
{
    return (point->elements / WORD_BITS + 1) * sizeof(uint64_t) + 5 * LB_CACHE_LINE_BYTES;
}

static void *arrays_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    for (unsigned flag = 0; flag < FLAGS; flag++)
        s->at.arrays[flag] = lb_arena_alloc(arena, array_bytes(point), 0);
    return fill(point, s, arrays_write);
}

static void *sets_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    for (unsigned flag = 0; flag < FLAGS; flag++)
        s->at.sets[flag] = lb_arena_alloc(arena, set_bytes(point), 0);
    return fill(point, s, sets_write);
}

/* ---- Kernels: one loop, over what one op does ------------------------------------------------ */

__attribute__((always_inline)) static inline uint64_t walk(const void *state, uint64_t first_op,
                                                           uint64_t ops, read_function *read,
                                                           bool random, write_function *write)
{
    struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s.n; ops > 0; i = 0) {
        uint64_t stop = s.n - i < ops ? s.n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            uint64_t record = random ? s.picks[i] : i;
            sum = lb_opaque(sum + read(&s, record, write ? WRITE_FLAG : READ_FLAG));
            if (write)
                write(&s, record, WRITE_FLAG, lb_opaque(record & 1) != 0);
        }
    }
    return sum;
}

#define DEFINE_KERNELS(layout)                                                                     \
    static uint64_t layout##_scan(void *state, uint64_t first_op, uint64_t ops)                    \
    {                                                                                              \
        return walk(state, first_op, ops, layout##_read, false, NULL);                             \
    }                                                                                              \
    static uint64_t layout##_random(void *state, uint64_t first_op, uint64_t ops)                  \
    {                                                                                              \
        return walk(state, first_op, ops, layout##_read, true, NULL);                              \
    }                                                                                              \
    static uint64_t layout##_random_all(void *state, uint64_t first_op, uint64_t ops)              \
    {                                                                                              \
        return walk(state, first_op, ops, layout##_read_all, true, NULL);                          \
    }                                                                                              \
    static uint64_t layout##_random_set(void *state, uint64_t first_op, uint64_t ops)              \
    {                                                                                              \
        return walk(state, first_op, ops, layout##_read, true, layout##_write);                    \
    }

DEFINE_KERNELS(bools)
DEFINE_KERNELS(bits)
DEFINE_KERNELS(arrays)
DEFINE_KERNELS(sets)

/* Ones in a word, by sums within its parts: x86-64 has no instruction for it at its baseline. */
static inline uint64_t ones_of(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return word * UINT64_C(0x0101010101010101) >> 56;
}

static uint64_t count_span(void *state, uint64_t begin, uint64_t end)
{
    const uint64_t *set = ((const struct state *)state)->at.sets[READ_FLAG];
    uint64_t sum = 0;
    while (begin < end) {
        uint64_t first = begin % WORD_BITS, room = WORD_BITS - first;
        uint64_t count = end - begin < room ? end - begin : room;
        uint64_t word = set[begin / WORD_BITS] >> first << (WORD_BITS - count);
        sum = lb_opaque(sum + ones_of(word));
        begin += count;
    }
    return sum;
}

static uint64_t sets_counted_scan(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, count_span);
}

/* ---- Footprints and models ------------------------------------------------------------------- */

static uint64_t bools_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct flags_bools);
}

static uint64_t bits_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct flags_bits);
}

static uint64_t arrays_footprint(const struct lb_point *point)
{
    return FLAGS * array_bytes(point);
}

static uint64_t sets_footprint(const struct lb_point *point)
{
    return FLAGS * set_bytes(point);
}

/*
 * `stride_bytes` is what an array advances a record, `read_bytes` what reading a flag loads; a
 * record has its flags in `arrays` arrays.
 */
static void model(const struct lb_point *point, unsigned mode, struct lb_model *out,
                  double stride_bytes, double read_bytes, unsigned arrays)
{
    double lines = (double)point->elements * stride_bytes / LB_CACHE_LINE_BYTES;
    unsigned touched = mode == MODE_RANDOM_ALL ? arrays : 1;
    double reads = mode == MODE_RANDOM_ALL && stride_bytes * arrays >= FLAGS ? FLAGS : touched;
    out->bytes = reads * read_bytes;
    out->loads = reads;
    out->exact = touched == 1; /* eight lines at once compete inside the sets of a cache */
    if (mode == MODE_SCAN) {
        out->streamed_lines = stride_bytes / LB_CACHE_LINE_BYTES;
        out->streamed_footprint_lines = lines;
        out->useful_bytes_per_line = LB_CACHE_LINE_BYTES / (stride_bytes > 1 ? stride_bytes : 1);
        return;
    }
    out->streamed_lines = 4.0 / LB_CACHE_LINE_BYTES; /* the list of records to visit */
    out->streamed_footprint_lines = (double)point->elements * out->streamed_lines;
    out->useful_bytes_per_line = (out->bytes + 4) / (touched + out->streamed_lines);
    for (unsigned i = 0; i < touched; i++)
        out->reused[i] = (struct lb_reuse_class){.lines = lines, .touches_per_op = 1};
}

static void bools_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    model(point, mode, out, sizeof(struct flags_bools), 1, 1);
}

static void bits_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    model(point, mode, out, sizeof(struct flags_bits), 1, 1);
}

static void arrays_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    model(point, mode, out, sizeof(bool), 1, FLAGS);
}

static void sets_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    model(point, mode, out, 1.0 / 8, sizeof(uint64_t), FLAGS);
}

static void sets_counted_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    sets_model(point, mode, out);
    out->bytes = 1.0 / 8;
    out->loads = 1.0 / WORD_BITS;
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        uint64_t record = mode == MODE_SCAN ? i : lb_random_index(point, point->elements, i);
        for (unsigned flag = 0; flag < FLAGS; flag++) {
            bool read = mode == MODE_RANDOM_ALL ||
                        flag == (mode == MODE_RANDOM_SET ? WRITE_FLAG : READ_FLAG);
            sum += read && flag_of(point, record, flag);
        }
    }
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "bools",
        .summary = "struct of eight bools a record: a byte a flag",
        .create = bools_create,
        .run = {bools_scan, bools_random, bools_random_all, bools_random_set},
        .footprint_bytes = bools_footprint,
        .model = bools_model,
    },
    {
        .name = "bits",
        .summary = "struct of eight bit-fields a record: a bit a flag",
        .create = bits_create,
        .run = {bits_scan, bits_random, bits_random_all, bits_random_set},
        .footprint_bytes = bits_footprint,
        .model = bits_model,
    },
    {
        .name = "arrays",
        .summary = "an array of bools for each flag: a byte a flag",
        .create = arrays_create,
        .run = {arrays_scan, arrays_random, arrays_random_all, arrays_random_set},
        .footprint_bytes = arrays_footprint,
        .model = arrays_model,
    },
    {
        .name = "sets",
        .summary = "a set of bits for each flag, 64 records a word; taken out of it one by one",
        .create = sets_create,
        .run = {sets_scan, sets_random, sets_random_all, sets_random_set},
        .footprint_bytes = sets_footprint,
        .model = sets_model,
    },
    {
        .name = "sets_counted",
        .summary = "the same sets; the scan counts the ones of 64 records at once, without popcnt",
        .create = sets_create,
        .run = {sets_counted_scan},
        .footprint_bytes = sets_footprint,
        .model = sets_counted_model,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(flags_bools, LB_MEMBER(flags_bools, flags)),
    LB_RECORD(flags_bits, LB_BIT_FIELD(flag0), LB_BIT_FIELD(flag1), LB_BIT_FIELD(flag2),
              LB_BIT_FIELD(flag3), LB_BIT_FIELD(flag4), LB_BIT_FIELD(flag5), LB_BIT_FIELD(flag6),
              LB_BIT_FIELD(flag7)),
};

const struct lb_benchmark lb_benchmark_padding_flags = {
    LB_BENCHMARK_HERE("padding", "flags"),
    .question = "Should a flag be a byte, a bit of its record, or a bit in a set of its own?",
    .learns =
        "At random, the smaller the flags, the more of them a cache holds: beyond it a bit takes "
        "a fraction of a bool's time. All flags of a record are one line where they lie in it, "
        "and eight in arrays of their own. In order, flags that are read one by one cost "
        "their instructions and not their lines, and a bit of a set takes twice those of a "
        "byte: there a set pays only where whole words of it are used.",
    .op = "record",
    .revision = 1,
    .headline = {.variant = "bits", .mode = "random"},
    .modes = {"scan", "random", "random_all", "random_set"},
    .reference_element_bytes = sizeof(struct flags_bools),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
