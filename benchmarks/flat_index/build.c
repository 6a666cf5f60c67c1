/*
 * flat_index/build: what growing costs while a table is filled.
 *
 * An op is a whole table of n entries, from empty to full: growth comes in a few long stalls, so a
 * part of a table would show either none of it or all. The table doubles when it would be more than
 * half full: a new array is cleared, and every entry moved. Memory is recycled, so clearing is a
 * memset and no page fault; in a fresh process the kernel's faults come on top, for all of it.
 */
#include "flat.h"

#include <string.h>

enum { SMALLEST_BITS = 4, PROBES_A_TABLE = 16 };

struct state {
    const uint64_t *keys;
    uint64_t n;
    unsigned first_bits;        /* log2 of the slots a table begins with */
    struct flat_slot *slots[2]; /* room for tables of even and of odd log2 */
};

static unsigned final_bits(const struct lb_point *point)
{
    return log2_ceil(2 * point->elements);
}

static unsigned smallest_bits(const struct lb_point *point)
{
    (void)point;
    return SMALLEST_BITS;
}

static unsigned half_bits(const struct lb_point *point)
{
    return final_bits(point) - 1;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, unsigned first_bits)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t *keys = lb_scratch_alloc(arena, point->elements * sizeof *keys);
    unsigned bits = final_bits(point);
    for (uint64_t i = 0; i < point->elements; i++)
        keys[i] = lb_key(point->seed, i);
    s->keys = keys;
    s->n = point->elements;
    s->first_bits = first_bits;
    s->slots[bits % 2] = lb_arena_alloc(arena, sizeof(struct flat_slot) << bits, 0);
    if (first_bits < bits)
        s->slots[1 - bits % 2] = lb_arena_alloc(arena, sizeof(struct flat_slot) << (bits - 1), 0);
    return s;
}

static struct flat table_of(const struct state *s, unsigned bits)
{
    struct flat t = {
        .slots = s->slots[bits % 2], .mask = (UINT64_C(1) << bits) - 1, .shift = 64 - bits};
    memset(t.slots, 0, sizeof(struct flat_slot) << bits);
    return t;
}

static inline void insert(const struct flat *t, struct flat_slot entry)
{
    uint64_t at = flat_home(t, entry.key);
    while (t->slots[at].key)
        at = (at + 1) & t->mask;
    t->slots[at] = entry;
}

static __attribute__((noinline)) struct flat grown(const struct state *s, const struct flat *old)
{
    struct flat t = table_of(s, 64 - old->shift + 1);
    for (uint64_t at = 0; at <= old->mask; at++)
        if (old->slots[at].key)
            insert(&t, old->slots[at]);
    return t;
}

static struct flat fill(const struct state *s)
{
    struct flat t = table_of(s, s->first_bits);
    uint64_t limit = (t.mask + 1) / 2;
    for (uint64_t i = 0; i < s->n; i++) {
        if (i == limit) {
            t = grown(s, &t);
            limit *= 2;
        }
        insert(&t, (struct flat_slot){s->keys[i], ~s->keys[i]});
    }
    return t;
}

/* The number of the j-th entry that a finished table is asked for. */
static uint64_t probed(uint64_t n, uint64_t j)
{
    return j * (n / PROBES_A_TABLE);
}

static uint64_t run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct state *s = state;
    uint64_t sum = 0;
    (void)first_op;
    for (; ops > 0; ops--) {
        struct flat t = fill(s);
        for (uint64_t j = 0; j < PROBES_A_TABLE; j++)
            sum += flat_find(&t, s->keys[probed(s->n, j)]);
    }
    return sum;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return 1;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    uint64_t sum = 0;
    (void)variant, (void)mode, (void)first_op;
    for (uint64_t j = 0; j < PROBES_A_TABLE; j++)
        sum += ~lb_key(point->seed, probed(point->elements, j));
    return sum * ops;
}

/* ---- Metrics: a table filled insert by insert ---- */

struct filling {
    const struct state *s;
    struct flat table;
    uint64_t limit; /* entries at which it grows */
    uint64_t growths, moved, peak_bytes;
};

static uint64_t bytes_of(const struct flat *t)
{
    return (t->mask + 1) * sizeof *t->slots;
}

static uint64_t insert_next(void *context, uint64_t i)
{
    struct filling *f = context;
    uint64_t key = f->s->keys[i];
    if (i == f->limit) {
        struct flat old = f->table;
        f->table = grown(f->s, &old);
        f->limit *= 2;
        f->growths++;
        f->moved += i;
        f->peak_bytes = bytes_of(&old) + bytes_of(&f->table);
    }
    insert(&f->table, (struct flat_slot){key, ~key});
    return ~key;
}

static const char *measure(const struct lb_measurement *m)
{
    const struct state *s = m->state;
    struct filling f = {.s = s, .table = table_of(s, s->first_bits)};
    f.limit = (f.table.mask + 1) / 2;
    f.peak_bytes = bytes_of(&f.table);
    uint64_t sum = lb_measure_latencies(m, insert_next, &f, s->n);
    double n = (double)s->n;
    lb_metric_set(m, "growths", (double)f.growths);
    lb_metric_set(m, "keys_moved", (double)f.moved / n);
    lb_metric_set(m, "peak_bytes", (double)f.peak_bytes / n);
    for (uint64_t i = 0; i < s->n; i++)
        sum -= flat_find(&f.table, s->keys[i]);
    return sum ? "the table that was filled insert by insert lacks entries" : NULL;
}

/* The final table and, if it was grown into, the one before. */
static uint64_t presized_footprint(const struct lb_point *point)
{
    return sizeof(struct flat_slot) << final_bits(point);
}

static uint64_t grown_footprint(const struct lb_point *point)
{
    return presized_footprint(point) * 3 / 2;
}

/*
 * Each table is cleared in order and, unless it is the last, read in order when it is left. An
 * insert, or a move into the next table, goes to a line at random (into its neighbourhood only
 * when tables are walked in order of home slots, as they are here: moves are nearly in order).
 */
static void model_from(const struct lb_point *point, unsigned first_bits, struct lb_model *model)
{
    double n = (double)point->elements, streamed = 0;
    unsigned last = final_bits(point);
    size_t class = 0;
    for (unsigned bits = last; bits >= first_bits && class < LB_REUSE_CLASSES_MAX; bits--) {
        double slots = (double)(UINT64_C(1) << bits), lines = slots / 4;
        double before = bits > first_bits ? slots / 4 : 0;
        double after = bits < last ? slots / 2 : n;
        model->reused[class ++] =
            (struct lb_reuse_class){.lines = lines, .touches_per_op = after - before};
        streamed += lines * (bits < last ? 2 : 1) + (before > 0 ? lines : 0);
    }
    model->streamed_lines = streamed + n / 8;
    model->streamed_footprint_lines = model->streamed_lines;
}

#define VARIANT(name_, bits_of)                                                                    \
    static void *name_##_create(const struct lb_point *point, struct lb_arena *arena)              \
    {                                                                                              \
        return create(point, arena, bits_of(point));                                               \
    }                                                                                              \
    static void name_##_model(const struct lb_point *point, unsigned mode, struct lb_model *model) \
    {                                                                                              \
        (void)mode;                                                                                \
        model_from(point, bits_of(point), model);                                                  \
    }
VARIANT(growing, smallest_bits)
VARIANT(half_sized, half_bits)
VARIANT(presized, final_bits)

static const struct lb_variant variants[] = {
    {
        .name = "growing",
        .summary = "a flat table that begins with 16 slots and doubles at load factor 0.5",
        .create = growing_create,
        .run = {run},
        .measure = measure,
        .footprint_bytes = grown_footprint,
        .model = growing_model,
    },
    {
        .name = "half_sized",
        .summary = "begins with half of the slots that it will need: one growth",
        .create = half_sized_create,
        .run = {run},
        .measure = measure,
        .footprint_bytes = grown_footprint,
        .model = half_sized_model,
    },
    {
        .name = "presized",
        .summary =
            "begins with all the slots that it will need: no growth, load factor 0.47 at the "
            "end",
        .create = presized_create,
        .run = {run},
        .measure = measure,
        .footprint_bytes = presized_footprint,
        .model = presized_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_build = {
    LB_BENCHMARK_HERE("flat_index", "build"),
    .question = "What does filling a table cost if it must grow on the way?",
    .learns = "A table that doubles moves each entry about once more on average, clears twice the "
              "memory, and holds the old and the new table at once while it grows. Sizing ahead "
              "removes all of it; half the size still pays the last and largest growth. Divide by "
              "the number of elements for the cost of an insert.",
    .op = "table",
    .revision = 1,
    .headline = {.variant = "presized"},
    .reference_element_bytes = 34,
    .pass_ops = pass_ops,
    .expected = expected,
    .metrics = {{"growths", "growths per table", "new arrays made while it fills",
                 LB_LOWER_IS_BETTER},
                {"keys_moved", "moves per entry", "entries put into a new array again",
                 LB_LOWER_IS_BETTER},
                {"peak_bytes", "bytes per entry", "arrays alive at once, at most",
                 LB_LOWER_IS_BETTER},
                LB_LATENCY_METRICS("insert")},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
