/*
 * slices/deserialize: what reading records out of a buffer costs, in place and decoded.
 *
 * A buffer holds the records of record.h in one wire format. The mode `all` uses id, score, flags,
 * and the first and last 8 bytes of the agent; `one_field` only the score. Decoding variants fill
 * a struct of their own first; in place the fields are read where they lie.
 */
#include "benchmarks/slices/record.h"

#include <stdlib.h>

enum mode { ALL, ONE_FIELD };

/* Where a mode stands in the buffer. */
struct wire_reader {
    const char *at;
    uint64_t next;
};

struct deserialize_state {
    const char *wire;
    uint64_t n;
    struct wire_reader readers[2]; /* by mode */
};

typedef char *encode_function(char *at, const struct record *r);

static void *create(const struct lb_point *point, struct lb_arena *arena, encode_function *encode)
{
    struct deserialize_state *s = lb_scratch_alloc(arena, sizeof *s);
    char record[WIRE_BYTES_MAX];
    uint64_t bytes = WIRE_BYTES_MAX;
    for (uint64_t i = 0; i < point->elements; i++) {
        struct record r = make_record(point->seed, i);
        bytes += (uint64_t)(encode(record, &r) - record);
    }
    char *wire = lb_arena_alloc(arena, bytes, 0), *at = wire;
    for (uint64_t i = 0; i < point->elements; i++) {
        struct record r = make_record(point->seed, i);
        at = encode(at, &r);
    }
    s->wire = wire;
    s->n = point->elements;
    s->readers[ALL] = s->readers[ONE_FIELD] = (struct wire_reader){wire, 0};
    return s;
}

/* ---- Using a record ---- */

/* The same answer for each format: padding is never looked at. */
LB_ALWAYS_INLINE uint64_t use(uint64_t id, uint32_t score, uint8_t flags, const char *agent,
                              uint8_t length)
{
    uint64_t first, last;
    memcpy(&first, agent, sizeof first);
    memcpy(&last, agent + length - sizeof last, sizeof last);
    return id + score + flags + lb_opaque(first) + lb_opaque(last);
}

/* Reads the record at `at`, adds its answer to *sum; the next record. */
typedef const char *read_function(const char *at, uint64_t *sum);

LB_ALWAYS_INLINE const char *in_place_all(const char *at, uint64_t *sum)
{
    const struct record *r = (const void *)at;
    *sum += use(r->id, r->score, r->flags, r->agent, r->agent_length);
    return at + sizeof *r;
}

LB_ALWAYS_INLINE const char *in_place_one(const char *at, uint64_t *sum)
{
    const struct record *r = (const void *)at;
    *sum += lb_opaque(r->score);
    return at + sizeof *r;
}

/* The decoded struct is made in memory: the compiler may not skip it. */
#define DEFINE_DECODED(name, decode)                                                               \
    LB_ALWAYS_INLINE const char *name##_all(const char *at, uint64_t *sum)                         \
    {                                                                                              \
        struct record r;                                                                           \
        at = decode(at, &r);                                                                       \
        lb_touch(&r);                                                                              \
        *sum += use(r.id, r.score, r.flags, r.agent, r.agent_length);                              \
        return at;                                                                                 \
    }

DEFINE_DECODED(copied, decode_fixed)
DEFINE_DECODED(packed, decode_packed)
DEFINE_DECODED(varint, decode_varint_record)
DEFINE_DECODED(text, decode_text)

LB_ALWAYS_INLINE const char *packed_one(const char *at, uint64_t *sum)
{
    uint32_t score;
    memcpy(&score, at + 8, sizeof score);
    *sum += lb_opaque(score);
    return at + PACKED_BYTES;
}

/* Where the next record begins is known only when this one's lengths have been read. */
LB_ALWAYS_INLINE const char *varint_one(const char *at, uint64_t *sum)
{
    struct record r;
    at = decode_varint_head(at, &r);
    *sum += lb_opaque(r.score);
    return at + r.agent_length;
}

LB_ALWAYS_INLINE const char *text_one(const char *at, uint64_t *sum)
{
    struct record r;
    at = decode_text_numbers(at, &r);
    *sum += lb_opaque(r.score);
    return find_byte(at, '"') + sizeof TEXT_END - 1;
}

/* The agent as a string of its own, freed as soon as the record has been used. */
LB_ALWAYS_INLINE const char *varint_heap_all(const char *at, uint64_t *sum)
{
    struct record r;
    at = decode_varint_head(at, &r);
    char *agent = malloc(r.agent_length + 1u);
    if (!agent)
        lb_out_of_memory(NULL, UINT8_MAX + 1);
    memcpy(agent, at, r.agent_length);
    agent[r.agent_length] = '\0';
    lb_touch(agent);
    *sum += use(r.id, r.score, r.flags, agent, r.agent_length);
    free(agent);
    return at + r.agent_length;
}

LB_ALWAYS_INLINE uint64_t read_records(struct deserialize_state *s, enum mode mode, uint64_t ops,
                                       read_function *read)
{
    struct wire_reader reader = s->readers[mode];
    uint64_t sum = 0;
    while (ops > 0) {
        if (reader.next == s->n)
            reader = (struct wire_reader){s->wire, 0};
        uint64_t stop = s->n - reader.next < ops ? s->n : reader.next + ops;
        ops -= stop - reader.next;
        for (; reader.next < stop; reader.next++)
            reader.at = read(reader.at, &sum);
    }
    s->readers[mode] = reader;
    return sum;
}

#define DEFINE_RUN(name, mode)                                                                     \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        (void)first_op;                                                                            \
        return read_records(state, mode, ops, name);                                               \
    }

DEFINE_RUN(in_place_all, ALL)
DEFINE_RUN(in_place_one, ONE_FIELD)
DEFINE_RUN(copied_all, ALL)
DEFINE_RUN(packed_all, ALL)
DEFINE_RUN(packed_one, ONE_FIELD)
DEFINE_RUN(varint_all, ALL)
DEFINE_RUN(varint_one, ONE_FIELD)
DEFINE_RUN(varint_heap_all, ALL)
DEFINE_RUN(text_all, ALL)
DEFINE_RUN(text_one, ONE_FIELD)

/* ---- Theory and reference ---- */

/*
 * The buffer in order. What is not read of a record is less than a line in a row, so that every
 * line is fetched; except where one field of 80 bytes is read, which is one line a record.
 */
static void model(const struct lb_point *point, struct lb_model *m, double lines, double used_bytes)
{
    m->streamed_lines = lines;
    m->streamed_footprint_lines = (double)point->elements * lines;
    m->bytes = used_bytes;
    m->useful_bytes_per_line = used_bytes > 0 ? used_bytes / lines : 0;
    m->exact = true;
}

#define DEFINE_LAYOUT(name, encode, record_bytes)                                                  \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, encode);                                                       \
    }                                                                                              \
    static uint64_t name##_footprint(const struct lb_point *point)                                 \
    {                                                                                              \
        return (uint64_t)((double)point->elements * (record_bytes));                               \
    }                                                                                              \
    static void name##_model(const struct lb_point *point, unsigned mode, struct lb_model *m)      \
    {                                                                                              \
        (void)mode;                                                                                \
        model(point, m, lb_lines_of(record_bytes), 0);                                             \
    }

DEFINE_LAYOUT(fixed, encode_fixed, sizeof(struct record))
DEFINE_LAYOUT(packed, encode_packed, PACKED_BYTES)
DEFINE_LAYOUT(varint, encode_varint_record, varint_bytes_mean())
DEFINE_LAYOUT(text, encode_text, record_text_bytes_mean())

static void in_place_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    if (mode == ALL)
        model(point, m, lb_lines_of(sizeof(struct record)), 0);
    else
        model(point, m, 1, sizeof(uint32_t));
}

/* A score that begins 62 bytes into a line takes the next one, too; the simulation counts it once.
 */
static void packed_fields_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    if (mode == ALL)
        packed_model(point, mode, m);
    else
        model(point, m, 1, 0);
}

static void varint_heap_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    varint_model(point, mode, m); /* the one block comes back again and again: no line more */
    m->allocations = 1;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        struct record r = make_record(point->seed, i);
        sum += mode == ONE_FIELD ? r.score : use(r.id, r.score, r.flags, r.agent, r.agent_length);
    }
    return sum;
}

#define VARIANT(name_, summary_, layout, model_, ...)                                              \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = layout##_create, .run = {__VA_ARGS__},    \
        .footprint_bytes = layout##_footprint, .model = (model_),                                  \
    }

static const struct lb_variant variants[] = {
    VARIANT(in_place, "fixed 80 bytes, 16-byte aligned, fields read where they lie", fixed,
            in_place_model, in_place_all_run, in_place_one_run),
    VARIANT(copied,
            "fixed 80 bytes, copied whole into a struct that is read at once: a load across two "
            "of the copy's stores waits for both",
            fixed, fixed_model, copied_all_run),
    VARIANT(packed, "78 bytes without padding, copied field by field into a struct", packed,
            packed_fields_model, packed_all_run, packed_one_run),
    VARIANT(varint, "LEB128 numbers and counted string, 46 bytes, decoded into a struct", varint,
            varint_model, varint_all_run, varint_one_run),
    VARIANT(text, "JSON text, 93 bytes, names stepped over, numbers parsed", text, text_model,
            text_all_run, text_one_run),
    {
        .name = "varint_heap",
        .summary = "as varint, with the string malloc'd, and freed once the record is used",
        .create = varint_create,
        .run = {varint_heap_all_run},
        .footprint_bytes = varint_footprint,
        .model = varint_heap_model,
    },
};

const struct lb_benchmark lb_benchmark_slices_deserialize = {
    LB_BENCHMARK_HERE("slices", "deserialize"),
    .question = "What does reading a record out of a buffer cost, in place or decoded?",
    .learns = "A fixed layout can be read where it lies: one field costs one line, and the next "
              "record's place is known before this one has arrived. A variable one must be walked "
              "from the front, each length before the next field, and text digit by digit; a "
              "string of its own adds the allocator.",
    .op = "record",
    .revision = 1,
    .headline = {.variant = "copied", .mode = "all"},
    .modes = {"all", "one_field"},
    .reference_element_bytes = sizeof(struct record),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
