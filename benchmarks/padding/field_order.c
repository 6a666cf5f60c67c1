/*
 * padding/field_order: what padding between fields costs.
 *
 * The same eight fields, 33 bytes of them, in five layouts. Every kernel is written once, over
 * constant offsets that the compiler folds in: the code of two layouts differs in displacements
 * only. Each record's sum goes through lb_opaque, so that no compiler vectorises one of them.
 */
#include "benchmarks/padding/orders.h"
#include "benchmarks/padding/padding.h"

enum {
    MODE_SCAN_ONE,   /* one field of each record, in order */
    MODE_SCAN_ALL,   /* all fields of each record, in order */
    MODE_RANDOM_ALL, /* all fields of records drawn at random */
};

/* As declared by someone who thinks of meaning, not of size: each byte waits for its neighbour. */
struct field_order_declared {
    uint8_t kind;
    uint64_t id;
    uint8_t state;
    uint64_t amount;
    uint16_t code;
    uint64_t time;
    uint8_t flag;
    uint32_t count;
};

/* By size, largest first: padding only at the end. */
struct field_order_sorted {
    uint64_t id;
    uint64_t amount;
    uint64_t time;
    uint32_t count;
    uint16_t code;
    uint8_t kind;
    uint8_t state;
    uint8_t flag;
};

struct __attribute__((packed)) field_order_packed {
    uint64_t id;
    uint64_t amount;
    uint64_t time;
    uint32_t count;
    uint16_t code;
    uint8_t kind;
    uint8_t state;
    uint8_t flag;
};

struct field_order_align16 {
    _Alignas(16) uint64_t id;
    uint64_t amount;
    uint64_t time;
    uint32_t count;
    uint16_t code;
    uint8_t kind;
    uint8_t state;
    uint8_t flag;
};

struct field_order_align64 {
    _Alignas(64) uint64_t id;
    uint64_t amount;
    uint64_t time;
    uint32_t count;
    uint16_t code;
    uint8_t kind;
    uint8_t state;
    uint8_t flag;
};

_Static_assert(sizeof(struct field_order_declared) == 56, "the worst order pads 23 bytes");
_Static_assert(sizeof(struct field_order_sorted) == 40, "the best order pads 7 bytes");
_Static_assert(sizeof(struct field_order_packed) == 33, "no padding");
_Static_assert(sizeof(struct field_order_align16) == 48, "15 bytes");
_Static_assert(sizeof(struct field_order_align64) == 64, "31 bytes");

/* Where a layout has its fields. */
struct layout {
    size_t bytes;
    size_t id, amount, time, count, code, kind, state, flag;
};

#define LAYOUT_OF(type)                                                                            \
    {                                                                                              \
        sizeof(type), offsetof(type, id), offsetof(type, amount), offsetof(type, time),            \
            offsetof(type, count), offsetof(type, code), offsetof(type, kind),                     \
            offsetof(type, state), offsetof(type, flag),                                           \
    }

static const struct layout declared = LAYOUT_OF(struct field_order_declared);
static const struct layout sorted = LAYOUT_OF(struct field_order_sorted);
static const struct layout packed = LAYOUT_OF(struct field_order_packed);
static const struct layout align16 = LAYOUT_OF(struct field_order_align16);
static const struct layout align64 = LAYOUT_OF(struct field_order_align64);

/* ---- Building -------------------------------------------------------------------------------- */

struct state {
    uint64_t n;
    const unsigned char *records;
    const uint32_t *picks;
};

struct values {
    uint64_t id, amount, time;
    uint32_t count;
    uint16_t code;
    uint8_t kind, state, flag;
};

static struct values values_of(const struct lb_point *point, uint64_t i)
{
    uint64_t v = lb_value(point->seed, i);
    return (struct values){
        .id = v,
        .amount = v ^ i,
        .time = v + i,
        .count = (uint32_t)(v >> 3),
        .code = (uint16_t)(v >> 5),
        .kind = (uint8_t)(v >> 7),
        .state = (uint8_t)(v >> 11),
        .flag = (uint8_t)(v >> 13),
    };
}

static void *create(const struct lb_point *point, struct lb_arena *arena, const struct layout *at)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->picks = lb_random_indices(point, arena, point->elements, point->elements);
    unsigned char *records = lb_arena_alloc(arena, s->n * at->bytes, 0);
    for (uint64_t i = 0; i < s->n; i++) {
        struct values v = values_of(point, i);
        unsigned char *record = records + i * at->bytes;
        memcpy(record + at->id, &v.id, sizeof v.id);
        memcpy(record + at->amount, &v.amount, sizeof v.amount);
        memcpy(record + at->time, &v.time, sizeof v.time);
        memcpy(record + at->count, &v.count, sizeof v.count);
        memcpy(record + at->code, &v.code, sizeof v.code);
        record[at->kind] = v.kind;
        record[at->state] = v.state;
        record[at->flag] = v.flag;
    }
    s->records = records;
    return s;
}

/* ---- Kernels: what one op reads -------------------------------------------------------------- */

typedef uint64_t op_function(const struct state *s, uint64_t i, const struct layout *at);

static inline uint64_t sum_fields(const unsigned char *record, const struct layout *at)
{
    uint64_t words =
        load_u64(record + at->id) + load_u64(record + at->amount) + load_u64(record + at->time);
    uint64_t rest = (uint64_t)load_u32(record + at->count) + load_u16(record + at->code) +
                    record[at->kind] + record[at->state] + record[at->flag];
    return words + rest;
}

static inline uint64_t one_in_order(const struct state *s, uint64_t i, const struct layout *at)
{
    return load_u32(s->records + i * at->bytes + at->count);
}

static inline uint64_t all_in_order(const struct state *s, uint64_t i, const struct layout *at)
{
    return sum_fields(s->records + i * at->bytes, at);
}

static inline uint64_t all_at_random(const struct state *s, uint64_t i, const struct layout *at)
{
    return sum_fields(s->records + s->picks[i] * at->bytes, at);
}

/* The loop of every kernel. The state is copied, so that its pointers stay in registers. */
__attribute__((always_inline)) static inline uint64_t
walk(const void *state, uint64_t first_op, uint64_t ops, const struct layout *at, op_function *op)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s.n; ops > 0; i = 0) {
        uint64_t stop = s.n - i < ops ? s.n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++)
            sum = lb_opaque(sum + op(&s, i, at));
    }
    return sum;
}

/* ---- Models ---------------------------------------------------------------------------------- */

static void model(const struct lb_point *point, unsigned mode, struct lb_model *out,
                  const struct layout *at)
{
    const struct extent one[] = {{at->count, 4}};
    const struct extent all[] = {{at->id, 8},   {at->amount, 8}, {at->time, 8},  {at->count, 4},
                                 {at->code, 2}, {at->kind, 1},   {at->state, 1}, {at->flag, 1}};
    struct shape shape = {.record_bytes = at->bytes, .touched = all, .touched_count = 8};
    if (mode == MODE_SCAN_ONE) {
        shape.touched = one;
        shape.touched_count = 1;
    }
    if (mode == MODE_RANDOM_ALL)
        model_random(out, &shape, point->elements);
    else
        model_scan(out, &shape, point->elements);
    /* The simulation counts one miss for a load across two lines that are both missing. */
    if (at->bytes % 8 != 0)
        out->exact = false;
}

/* ---- The five layouts: all that differs is the constant -------------------------------------- */

#define DEFINE_LAYOUT(layout)                                                                      \
    static void *layout##_create(const struct lb_point *point, struct lb_arena *arena)             \
    {                                                                                              \
        return create(point, arena, &(layout));                                                    \
    }                                                                                              \
    static uint64_t layout##_scan_one(void *state, uint64_t first_op, uint64_t ops)                \
    {                                                                                              \
        return walk(state, first_op, ops, &(layout), one_in_order);                                \
    }                                                                                              \
    static uint64_t layout##_scan_all(void *state, uint64_t first_op, uint64_t ops)                \
    {                                                                                              \
        return walk(state, first_op, ops, &(layout), all_in_order);                                \
    }                                                                                              \
    static uint64_t layout##_random_all(void *state, uint64_t first_op, uint64_t ops)              \
    {                                                                                              \
        return walk(state, first_op, ops, &(layout), all_at_random);                               \
    }                                                                                              \
    static uint64_t layout##_footprint(const struct lb_point *point)                               \
    {                                                                                              \
        return point->elements * (layout).bytes;                                                   \
    }                                                                                              \
    static void layout##_model(const struct lb_point *point, unsigned mode, struct lb_model *out)  \
    {                                                                                              \
        model(point, mode, out, &(layout));                                                        \
    }

DEFINE_LAYOUT(sorted)
DEFINE_LAYOUT(declared)
DEFINE_LAYOUT(packed)
DEFINE_LAYOUT(align16)
DEFINE_LAYOUT(align64)

/* ---- Metrics: every order of the fields, not only the two that are timed --------------------- */

#define FIELD(member)                                                                              \
    {                                                                                              \
        sizeof(((struct field_order_sorted *)0)->member),                                          \
            _Alignof(__typeof__(((struct field_order_sorted *)0)->member)),                        \
    }

enum { ID, AMOUNT, TIME, COUNT, CODE, KIND, STATE, FLAG, FIELDS };

static const struct field fields[FIELDS] = {
    [ID] = FIELD(id),     [AMOUNT] = FIELD(amount), [TIME] = FIELD(time),   [COUNT] = FIELD(count),
    [CODE] = FIELD(code), [KIND] = FIELD(kind),     [STATE] = FIELD(state), [FLAG] = FIELD(flag),
};

/* The rule is held against what the compiler made of the two orders that are declared here. */
static const char *measure_orders(const struct lb_measurement *m)
{
    static const unsigned as_declared[] = {KIND, ID, STATE, AMOUNT, CODE, TIME, FLAG, COUNT};
    static const unsigned by_size[] = {ID, AMOUNT, TIME, COUNT, CODE, KIND, STATE, FLAG};
    if (bytes_in_order(fields, as_declared, FIELDS) != declared.bytes ||
        bytes_in_order(fields, by_size, FIELDS) != sorted.bytes)
        return "the compiler lays these fields out by another rule";

    struct orders orders = {.fields = fields, .field_count = FIELDS};
    count_orders(&orders, 0, 0);
    size_t least = bytes_at_rank(&orders, 0), most = bytes_at_rank(&orders, orders.total - 1);
    if (orders.total != 40320 || least != sorted.bytes || most != declared.bytes)
        return "8! orders do not lie between the sorted and the declared one";
    double percent = 100 / (double)orders.total;
    lb_metric_set(m, "orders_min_bytes", (double)least);
    lb_metric_set(m, "orders_median_bytes", (double)bytes_at_rank(&orders, orders.total / 2));
    lb_metric_set(m, "orders_max_bytes", (double)most);
    lb_metric_set(m, "orders_smallest_percent", percent * (double)orders.of_bytes[least]);
    lb_metric_set(m, "orders_largest_percent", percent * (double)orders.of_bytes[most]);
    return NULL;
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        uint64_t record = mode == MODE_RANDOM_ALL ? lb_random_index(point, point->elements, i) : i;
        struct values v = values_of(point, record);
        sum += v.count;
        if (mode != MODE_SCAN_ONE)
            sum += v.id + v.amount + v.time + v.code + v.kind + v.state + v.flag;
    }
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "sorted",
        .summary = "fields by size, largest first: 40 bytes, 7 of them padding",
        .create = sorted_create,
        .run = {sorted_scan_one, sorted_scan_all, sorted_random_all},
        .measure = measure_orders,
        .footprint_bytes = sorted_footprint,
        .model = sorted_model,
    },
    {
        .name = "declared",
        .summary = "small fields between large ones: 56 bytes, 23 of them padding",
        .create = declared_create,
        .run = {declared_scan_one, declared_scan_all, declared_random_all},
        .footprint_bytes = declared_footprint,
        .model = declared_model,
    },
    {
        .name = "packed",
        .summary = "no padding, fields at any address: 33 bytes, some across two lines",
        .create = packed_create,
        .run = {packed_scan_one, packed_scan_all, packed_random_all},
        .footprint_bytes = packed_footprint,
        .model = packed_model,
    },
    {
        .name = "align16",
        .summary = "sorted fields, records aligned to 16: 48 bytes, 15 of them padding",
        .create = align16_create,
        .run = {align16_scan_one, align16_scan_all, align16_random_all},
        .footprint_bytes = align16_footprint,
        .model = align16_model,
    },
    {
        .name = "align64",
        .summary = "sorted fields, a line a record: 64 bytes, 31 of them padding",
        .create = align64_create,
        .run = {align64_scan_one, align64_scan_all, align64_random_all},
        .footprint_bytes = align64_footprint,
        .model = align64_model,
    },
};

#define RECORD(tag)                                                                                \
    LB_RECORD(tag, LB_MEMBER(tag, id), LB_MEMBER(tag, amount), LB_MEMBER(tag, time),               \
              LB_MEMBER(tag, count), LB_MEMBER(tag, code), LB_MEMBER(tag, kind),                   \
              LB_MEMBER(tag, state), LB_MEMBER(tag, flag))

static const struct lb_record records[] = {
    RECORD(field_order_declared), RECORD(field_order_sorted),  RECORD(field_order_packed),
    RECORD(field_order_align16),  RECORD(field_order_align64),
};

const struct lb_benchmark lb_benchmark_padding_field_order = {
    LB_BENCHMARK_HERE("padding", "field_order"),
    .question = "What does padding between the fields of a record cost?",
    .learns = "Padding is bandwidth: a scan pays for every byte of the record, so a record that is "
              "40 % larger takes 40 % more lines beyond the caches, whether one field is read or "
              "all, and about as much more time or, where it loses its prefetcher, more. At random "
              "what counts is how many lines a record lies on: one line each, with "
              "padding, can beat a smaller record that straddles two. One order of these fields in "
              "three is as small as the sorted one: one that nobody chose is likely larger.",
    .op = "record",
    .revision = 1,
    .headline = {.variant = "declared", .mode = "scan_all", .leads_family = true},
    .modes = {"scan_one", "scan_all", "random_all"},
    .reference_element_bytes = sizeof(struct field_order_sorted),
    .expected = expected,
    .metrics = {{"orders_min_bytes", "bytes per record", "the smallest of all orders of the fields",
                 LB_NO_BETTER},
                {"orders_median_bytes", "bytes per record", "half of the orders need no more",
                 LB_NO_BETTER},
                {"orders_max_bytes", "bytes per record", "the largest of all orders", LB_NO_BETTER},
                {"orders_smallest_percent", "% of orders", "as small as the smallest",
                 LB_NO_BETTER},
                {"orders_largest_percent", "% of orders", "as large as the largest", LB_NO_BETTER}},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
