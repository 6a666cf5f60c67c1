/*
 * slices/serialize: what writing a record to a buffer costs, by wire format and by where its
 * string lies.
 *
 * Each variant walks the same records and writes one behind the other; a pass starts the buffer
 * over. The checksum adds id and flags of each record, how many bytes they took and, where a run
 * stops, a hash of the last record as an independent decoder reads it back.
 */
#include "benchmarks/slices/record.h"

#include <stdlib.h>

/* The same record with its agent on the heap. */
struct heap_record {
    uint64_t id;
    uint32_t score;
    uint8_t flags;
    uint8_t agent_length;
    char *agent;
};

struct serialize_state {
    const struct record *records;
    struct heap_record *heap_records; /* instead, of the heap_string variants */
    uint64_t n;
    char *wire;
    char *at;
    uint64_t next;
    uint64_t last_hash; /* of the record before `next` */
};

typedef char *encode_function(char *at, const struct record *r);
typedef const char *decode_function(const char *at, struct record *r);

/* ---- Building ---- */

static uint64_t wire_bytes(const struct lb_point *point, encode_function *encode)
{
    char record[WIRE_BYTES_MAX];
    uint64_t bytes = WIRE_BYTES_MAX; /* what an encoder may overstep and a scanner overread */
    for (uint64_t i = 0; i < point->elements; i++) {
        struct record r = make_record(point->seed, i);
        bytes += (uint64_t)(encode(record, &r) - record);
    }
    return bytes;
}

static struct serialize_state *create(const struct lb_point *point, struct lb_arena *arena,
                                      encode_function *encode)
{
    struct serialize_state *s = lb_scratch_alloc(arena, sizeof *s);
    struct record last = make_record(point->seed, point->elements - 1);
    s->n = point->elements;
    s->wire = s->at = lb_arena_alloc(arena, wire_bytes(point, encode), 0);
    s->last_hash = record_hash(&last);
    return s;
}

static void *create_inline(const struct lb_point *point, struct lb_arena *arena,
                           encode_function *encode)
{
    struct serialize_state *s = create(point, arena, encode);
    struct record *records = lb_arena_alloc(arena, s->n * sizeof *records, 0);
    for (uint64_t i = 0; i < s->n; i++)
        records[i] = make_record(point->seed, i);
    s->records = records;
    return s;
}

static void *create_heap(const struct lb_point *point, struct lb_arena *arena,
                         const uint32_t *order)
{
    struct serialize_state *s = create(point, arena, encode_fixed);
    s->heap_records = lb_arena_alloc(arena, s->n * sizeof *s->heap_records, 0);
    for (uint64_t k = 0; k < s->n; k++) {
        uint64_t i = order ? order[k] : k;
        struct record r = make_record(point->seed, i);
        char *agent = malloc(r.agent_length + 1u);
        if (!agent)
            return NULL;
        memcpy(agent, r.agent, r.agent_length + 1u);
        s->heap_records[i] = (struct heap_record){r.id, r.score, r.flags, r.agent_length, agent};
    }
    return s;
}

static void *create_heap_fresh(const struct lb_point *point, struct lb_arena *arena)
{
    return create_heap(point, arena, NULL);
}

static void *create_heap_shuffled(const struct lb_point *point, struct lb_arena *arena)
{
    uint32_t *order = lb_scratch_alloc(arena, point->elements * sizeof *order);
    lb_permutation(order, point->elements, point->seed);
    return create_heap(point, arena, order);
}

static void destroy_heap(void *state)
{
    struct serialize_state *s = state;
    for (uint64_t i = 0; i < s->n; i++)
        free(s->heap_records[i].agent);
}

/* ---- Writing ---- */

/* Writes record i at `at`, adds its id and flags to *sum and returns where it ends. */
typedef char *write_function(const struct serialize_state *s, uint64_t i, char *at, uint64_t *sum);

LB_ALWAYS_INLINE char *write_inline(const struct serialize_state *s, uint64_t i, char *at,
                                    uint64_t *sum, encode_function *encode)
{
    const struct record *r = &s->records[i];
    *sum += r->id + r->flags;
    return encode(at, r);
}

/* The fixed format again: head, as many bytes as the string has, and zeros up to its room. */
LB_ALWAYS_INLINE char *write_heap(const struct serialize_state *s, uint64_t i, char *at,
                                  uint64_t *sum)
{
    const struct heap_record *r = &s->heap_records[i];
    *sum += r->id + r->flags;
    memcpy(at, r, offsetof(struct record, agent));
    at += offsetof(struct record, agent);
    memcpy(at, r->agent, r->agent_length);
    memset(at + r->agent_length, 0, AGENT_ROOM - (size_t)r->agent_length);
    return at + AGENT_ROOM;
}

/* Writes the next `ops` records; `decode` reads back the last one. */
LB_ALWAYS_INLINE uint64_t serialize(struct serialize_state *s, uint64_t ops, write_function *write,
                                    decode_function *decode)
{
    char *at = s->at, *last = s->at;
    uint64_t i = s->next, sum = 0;
    while (ops > 0) {
        if (i == s->n) {
            i = 0;
            at = s->wire;
        }
        uint64_t stop = s->n - i < ops ? s->n : i + ops;
        const char *first = at;
        ops -= stop - i;
        for (; i < stop; i++) {
            last = at;
            at = write(s, i, at, &sum);
        }
        sum += (uint64_t)(at - first);
    }
    struct record r;
    decode(last, &r);
    sum += record_hash(&r) - s->last_hash;
    s->last_hash = record_hash(&r);
    s->at = at;
    s->next = i;
    return sum;
}

#define DEFINE_RUN(name, write, decode)                                                            \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        (void)first_op;                                                                            \
        return serialize(state, ops, write, decode);                                               \
    }

#define DEFINE_INLINE_VARIANT(name, encode, decode)                                                \
    static char *name##_write(const struct serialize_state *s, uint64_t i, char *at,               \
                              uint64_t *sum)                                                       \
    {                                                                                              \
        return write_inline(s, i, at, sum, encode);                                                \
    }                                                                                              \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create_inline(point, arena, encode);                                                \
    }                                                                                              \
    DEFINE_RUN(name, name##_write, decode)

DEFINE_INLINE_VARIANT(fixed, encode_fixed, decode_fixed)
DEFINE_INLINE_VARIANT(packed, encode_packed, decode_packed)
DEFINE_INLINE_VARIANT(varint, encode_varint_record, decode_varint_record)
DEFINE_INLINE_VARIANT(text, encode_text, decode_text)
DEFINE_INLINE_VARIANT(text_printf, encode_printf, decode_text)
DEFINE_RUN(heap, write_heap, decode_fixed)

/* ---- Theory and reference ---- */

/* glibc's chunk of an agent with its NUL (9 to 64 bytes and a word, by 16): 32, 48, 64 or 80. */
static const double agent_chunk_bytes_mean = (16 * 32 + 16 * 48 + 16 * 64 + 8 * 80) / 56.0;

#define DEFINE_SIZES(name, source_bytes, wire_bytes_mean, reads_all)                               \
    static uint64_t name##_footprint(const struct lb_point *point)                                 \
    {                                                                                              \
        return (uint64_t)((double)point->elements * ((source_bytes) + (wire_bytes_mean)));         \
    }                                                                                              \
    static void name##_model(const struct lb_point *point, unsigned mode, struct lb_model *m)      \
    {                                                                                              \
        (void)mode;                                                                                \
        model(point, m, source_bytes, wire_bytes_mean, reads_all);                                 \
    }

/*
 * Records read and bytes written, both in order. A string's unused room never holds a whole line,
 * so all lines of the source are fetched even where not all of their bytes are read.
 */
static void model(const struct lb_point *point, struct lb_model *m, double source_bytes,
                  double wire, bool reads_all)
{
    m->bytes = source_bytes + wire;
    m->streamed_lines = lb_lines_of(m->bytes);
    m->streamed_footprint_lines = (double)point->elements * m->streamed_lines;
    if (!reads_all)
        m->bytes -= AGENT_ROOM - agent_bytes_mean;
    m->useful_bytes_per_line = m->bytes / m->streamed_lines;
    m->exact = true;
}

DEFINE_SIZES(fixed, sizeof(struct record), sizeof(struct record), true)
DEFINE_SIZES(packed, sizeof(struct record), PACKED_BYTES, true)
DEFINE_SIZES(varint, sizeof(struct record), varint_bytes_mean(), false)
DEFINE_SIZES(text, sizeof(struct record), record_text_bytes_mean(), false)

static uint64_t heap_footprint(const struct lb_point *point)
{
    double each = sizeof(struct heap_record) + sizeof(struct record) + agent_chunk_bytes_mean;
    return (uint64_t)((double)point->elements * each);
}

static void heap_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    model(point, m, sizeof(struct heap_record) + agent_chunk_bytes_mean, sizeof(struct record),
          true);
    m->bytes += agent_bytes_mean - agent_chunk_bytes_mean;
    m->useful_bytes_per_line = m->bytes / m->streamed_lines;
}

/* An agent of 8 to 63 bytes begins 0, 16, 32 or 48 bytes into a line, and may reach the next. */
static void heap_shuffled_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    model(point, m, sizeof(struct heap_record), sizeof(struct record), true);
    double n = (double)point->elements, lines = 0;
    for (unsigned length = AGENT_BYTES_MIN; length <= AGENT_BYTES_MAX; length++)
        for (unsigned offset = 0; offset < LB_CACHE_LINE_BYTES; offset += 16)
            lines += offset + length > LB_CACHE_LINE_BYTES ? 2 : 1;
    lines /= 4.0 * (AGENT_BYTES_MAX - AGENT_BYTES_MIN + 1);
    m->reused[0] =
        (struct lb_reuse_class){.lines = lb_lines_of(n * agent_chunk_bytes_mean),
                                .touches_per_op = lines,
                                .objects_per_line = lines / lb_lines_of(agent_chunk_bytes_mean)};
    m->bytes += agent_bytes_mean;
    m->useful_bytes_per_line = m->bytes / (m->streamed_lines + lines);
    m->exact = false;
}

static unsigned digits(uint64_t value, uint64_t base)
{
    unsigned count = 1;
    for (; value >= base; value /= base)
        count++;
    return count;
}

/* What the record takes in a variant's format, without asking an encoder. */
static uint64_t bytes_of(const struct lb_variant *variant, const struct record *r)
{
    if (variant->run[0] == packed_run)
        return PACKED_BYTES;
    if (variant->run[0] == varint_run)
        return digits(r->id, 128) + digits(r->score, 128) + 2 + r->agent_length;
    if (variant->run[0] == text_run || variant->run[0] == text_printf_run)
        return NAMES_BYTES + digits(r->id, 10) + digits(r->score, 10) + digits(r->flags, 10) +
               r->agent_length;
    return sizeof *r;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)mode;
    uint64_t sum = 0;
    struct record r = make_record(point->seed, first_op == 0 ? point->elements - 1 : first_op - 1);
    sum -= record_hash(&r);
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        r = make_record(point->seed, i);
        sum += r.id + r.flags + bytes_of(variant, &r);
    }
    return sum + record_hash(&r);
}

#define INLINE_VARIANT(name_, sizes, summary_)                                                     \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = name_##_create, .run = {name_##_run},     \
        .footprint_bytes = sizes##_footprint, .model = sizes##_model,                              \
    }

static const struct lb_variant variants[] = {
    INLINE_VARIANT(fixed, fixed, "80-byte struct, 16-byte aligned, string inline: one fixed copy"),
    INLINE_VARIANT(packed, packed, "78 bytes without padding, field by field, at any address"),
    INLINE_VARIANT(varint, varint, "LEB128 numbers and as many bytes as the string has: 46 bytes"),
    INLINE_VARIANT(text, text, "JSON text, 93 bytes, numbers by two digits a division"),
    INLINE_VARIANT(text_printf, text, "the same JSON text by snprintf"),
    {
        .name = "heap_fresh",
        .summary = "to the fixed format from a record whose string is malloc'd, in record order",
        .create = create_heap_fresh,
        .run = {heap_run},
        .destroy = destroy_heap,
        .footprint_bytes = heap_footprint,
        .model = heap_fresh_model,
    },
    {
        .name = "heap_shuffled",
        .summary = "to the fixed format from a record whose string is malloc'd, in random order",
        .create = create_heap_shuffled,
        .run = {heap_run},
        .destroy = destroy_heap,
        .footprint_bytes = heap_footprint,
        .model = heap_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_slices_serialize = {
    LB_BENCHMARK_HERE("slices", "serialize"),
    .question = "What does writing a record to a buffer cost, by its wire format?",
    .learns = "A fixed layout is one copy of known size, a few moves. Formats that spare bytes pay "
              "with branches and short copies, so smaller is not faster until the bytes themselves "
              "are the limit; text costs its digits, and a string on the heap a line and a copy "
              "of unknown length.",
    .op = "record",
    .revision = 1,
    .headline = {.variant = "varint"},
    .reference_element_bytes = 2 * sizeof(struct record),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
