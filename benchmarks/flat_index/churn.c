/*
 * flat_index/churn: what erasing costs a flat table that lives long.
 *
 * The table always holds n entries (load factor 0.47). An op erases the oldest entry, inserts a new
 * one and looks up one in the middle of its life. Open addressing must not leave a hole where a
 * probe would stop too soon: either the entries behind it move up, or a tombstone stays.
 */
#include "flat.h"

#include <string.h>

#define TOMBSTONE UINT64_MAX /* no key: lb_mix64 gives it for one word of 2^64 */

struct churned {
    struct flat table;
    const uint64_t *keys; /* 2 n of them: entry i is erased as entry i + n comes */
    uint64_t n, tombstones;
    uint64_t rebuilds;
    struct flat_slot *spare; /* to rebuild into */
};

static void *create(const struct lb_point *point, struct lb_arena *arena, bool spare)
{
    struct churned *s = lb_scratch_alloc(arena, sizeof *s);
    struct flat *built = flat_build(point, arena);
    uint64_t *keys = lb_scratch_alloc(arena, 2 * point->elements * sizeof *keys);
    for (uint64_t i = 0; i < 2 * point->elements; i++)
        keys[i] = lb_key(point->seed, i);
    for (uint64_t at = 0; at <= built->mask; at++)
        if (built->slots[at].key)
            built->slots[at].value = ~built->slots[at].key;
    s->table = *built;
    s->keys = keys;
    s->n = point->elements;
    s->tombstones = 0;
    s->spare = spare ? lb_arena_alloc(arena, flat_footprint(point), 0) : NULL;
    return s;
}

static void *backward_shift_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, false);
}

static void *tombstones_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, true);
}

static inline uint64_t slot_of(const struct flat *t, uint64_t key)
{
    uint64_t at = flat_home(t, key);
    while (t->slots[at].key != key)
        at = (at + 1) & t->mask;
    return at;
}

/* ---- Backward shift: Knuth volume 3, 6.4, algorithm R ---- */

static inline uint64_t shift_erase(struct churned *s, uint64_t key)
{
    const struct flat *t = &s->table;
    uint64_t hole = slot_of(t, key), value = t->slots[hole].value;
    for (uint64_t at = (hole + 1) & t->mask; t->slots[at].key; at = (at + 1) & t->mask) {
        uint64_t from_home = (at - flat_home(t, t->slots[at].key)) & t->mask;
        if (from_home >= ((at - hole) & t->mask)) {
            t->slots[hole] = t->slots[at];
            hole = at;
        }
    }
    t->slots[hole] = (struct flat_slot){0, 0};
    return value;
}

static inline void shift_insert(struct churned *s, uint64_t key)
{
    const struct flat *t = &s->table;
    uint64_t at = flat_home(t, key);
    while (t->slots[at].key)
        at = (at + 1) & t->mask;
    t->slots[at] = (struct flat_slot){key, ~key};
}

/* ---- Tombstones: an insert takes the first one that it passes ---- */

static __attribute__((noinline)) void rebuild(struct churned *s)
{
    struct flat old = s->table;
    s->table.slots = s->spare;
    s->spare = old.slots;
    s->tombstones = 0;
    s->rebuilds++;
    memset(s->table.slots, 0, (old.mask + 1) * sizeof *old.slots);
    for (uint64_t at = 0; at <= old.mask; at++) {
        uint64_t key = old.slots[at].key;
        if (key && key != TOMBSTONE)
            shift_insert(s, key);
    }
}

/* Rebuilds when slots that are not empty are three in four. */
static inline uint64_t tombstone_erase(struct churned *s, uint64_t key)
{
    uint64_t at = slot_of(&s->table, key), value = s->table.slots[at].value;
    s->table.slots[at].key = TOMBSTONE;
    s->tombstones++;
    if (s->n + s->tombstones > (s->table.mask + 1) / 4 * 3)
        rebuild(s);
    return value;
}

static inline void tombstone_insert(struct churned *s, uint64_t key)
{
    const struct flat *t = &s->table;
    uint64_t at = flat_home(t, key);
    while (t->slots[at].key && t->slots[at].key != TOMBSTONE)
        at = (at + 1) & t->mask;
    s->tombstones -= t->slots[at].key == TOMBSTONE;
    t->slots[at] = (struct flat_slot){key, ~key};
}

/* ---- The stream: after 2 n ops the table holds what it held at the start ---- */

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)mode;
    return 2 * point->elements;
}

LOOKUP_INLINE uint64_t run(struct churned *s, uint64_t first_op, uint64_t ops,
                           uint64_t (*erase)(struct churned *, uint64_t),
                           void (*insert)(struct churned *, uint64_t))
{
    uint64_t period = 2 * s->n, sum = 0;
    uint64_t old = first_op % period, new = (old + s->n) % period;
    uint64_t middle = (old + s->n / 2) % period;
    for (; ops > 0; ops--) {
        sum += erase(s, s->keys[old]);
        insert(s, s->keys[new]);
        sum += flat_find(&s->table, s->keys[middle]);
        old = old + 1 < period ? old + 1 : 0;
        new = new + 1 < period ? new + 1 : 0;
        middle = middle + 1 < period ? middle + 1 : 0;
    }
    return sum;
}

static uint64_t backward_shift_run(void *state, uint64_t first_op, uint64_t ops)
{
    return run(state, first_op, ops, shift_erase, shift_insert);
}

static uint64_t tombstones_run(void *state, uint64_t first_op, uint64_t ops)
{
    return run(state, first_op, ops, tombstone_erase, tombstone_insert);
}

/* ---- Metrics: a pass op by op, and one in parts, between which the probes are counted ---- */

typedef uint64_t run_function(void *state, uint64_t first_op, uint64_t ops);

enum { PARTS = 16, FINDS_A_PART = 4096 };

struct going_on {
    struct churned *s;
    run_function *go;
    uint64_t next_op;
};

static uint64_t one_op(void *context, uint64_t op)
{
    const struct going_on *g = context;
    return g->go(g->s, g->next_op + op, 1);
}

/* Slots that finding entries of all ages takes now: the younger, the farther from home. */
static uint64_t probes_now(const struct churned *s, uint64_t next_op, uint64_t finds)
{
    uint64_t period = 2 * s->n, probes = 0;
    for (uint64_t i = 0; i < finds; i++) {
        uint64_t key = s->keys[(next_op + i * s->n / finds) % period];
        uint64_t home = flat_home(&s->table, key);
        probes += ((slot_of(&s->table, key) - home) & s->table.mask) + 1;
    }
    return probes;
}

static const char *measure(const struct lb_measurement *m, run_function *go)
{
    struct churned *s = m->state;
    struct going_on g = {s, go, m->next_op};
    uint64_t period = 2 * s->n, rebuilds = s->rebuilds, probes = 0, wanted = 0;
    uint64_t sum = lb_measure_latencies(m, one_op, &g, period);
    lb_metric_set(m, "rebuilds", (double)(s->rebuilds - rebuilds));
    for (uint64_t part = 0, next = m->next_op; part < PARTS; part++) {
        uint64_t ops = period * (part + 1) / PARTS - period * part / PARTS;
        (void)go(s, next, ops);
        next += ops;
        probes += probes_now(s, next, FINDS_A_PART);
    }
    lb_metric_set(m, "probes", (double)probes / (PARTS * FINDS_A_PART));
    for (uint64_t i = 0; i < period; i++)
        wanted += 2 * ~s->keys[i]; /* each is erased once and looked up once */
    return sum == wanted ? NULL : "the pass op by op erased or found other entries";
}

static const char *backward_shift_measure(const struct lb_measurement *m)
{
    return measure(m, backward_shift_run);
}

static const char *tombstones_measure(const struct lb_measurement *m)
{
    return measure(m, tombstones_run);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    uint64_t n = point->elements, sum = 0;
    (void)variant, (void)mode;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += ~lb_key(point->seed, i) + ~lb_key(point->seed, (i + n / 2) % (2 * n));
    return sum;
}

/* ---- Models ---- */

/*
 * Three searches an op, and three key streams. An erase reads on to the next empty slot, as a miss
 * would; so does an insert.
 */
static void model_of(const struct lb_point *point, double erase_probes, double insert_probes,
                     double find_probes, struct lb_model *model)
{
    uint64_t capacity = flat_footprint(point) / sizeof(struct flat_slot);
    double slots = (double)capacity;
    double probes = erase_probes + insert_probes + find_probes;
    model->streamed_lines = 3 * 8.0 / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = (double)point->elements / 4;
    model->reused[0] =
        (struct lb_reuse_class){.lines = slots / 4, .touches_per_op = 3 + (probes - 3) / 4};
    model->loads = probes + 2;
}

static void backward_shift_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    double a = flat_load(point);
    (void)mode;
    model_of(point, probes_of_miss(a) + 0.5, probes_of_miss(a), probes_of_hit(a), model);
}

/*
 * Between rebuilds the table fills from a to 0.75. An insert takes a tombstone as often as the
 * first slot without an entry is one, so that takes -(1 - a) ln(1 - (0.75 - a) / (1 - a)) ops a
 * slot; then one table is read, and the other cleared and filled, in order.
 */
static void tombstones_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    double a = flat_load(point), filled = (a + 0.75) / 2;
    double ops_a_slot = -(1 - a) * log1p(-(0.75 - a) / (1 - a));
    (void)mode;
    model_of(point, probes_of_hit(filled), 1 / (1 - a), probes_of_hit(filled), model);
    model->streamed_lines += 3.0 / 4 / ops_a_slot;
    model->streamed_footprint_lines += (double)flat_footprint(point) / LB_CACHE_LINE_BYTES * 2;
}

static uint64_t tombstones_footprint(const struct lb_point *point)
{
    return 2 * flat_footprint(point);
}

/* A pass has whole rebuilds, and a sample is to have them. */
static const char *unavailable(const struct lb_point *point)
{
    return lb_pass_too_long(point, UINT64_C(16) << 20);
}

static const struct lb_variant variants[] = {
    {
        .name = "backward_shift",
        .summary = "the entries behind a hole move up, so that no trace is left; load factor 0.47",
        .unavailable = unavailable,
        .create = backward_shift_create,
        .run = {backward_shift_run},
        .measure = backward_shift_measure,
        .footprint_bytes = flat_footprint,
        .model = backward_shift_model,
    },
    {
        .name = "tombstones",
        .summary = "an erased slot is marked; the table is rebuilt when entries (0.47) and marks "
                   "fill 0.75 of it",
        .unavailable = unavailable,
        .create = tombstones_create,
        .run = {tombstones_run},
        .measure = tombstones_measure,
        .footprint_bytes = tombstones_footprint,
        .model = tombstones_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_churn = {
    LB_BENCHMARK_HERE("flat_index", "churn"),
    .question = "What does erasing cost a flat table in which entries come and go?",
    .learns = "Moving entries up makes an erase dearer and keeps every later search short. "
              "Tombstones make an erase one write, and then lengthen all searches until the table "
              "is rebuilt, which needs a second table and stops everything while it lasts.",
    .op = "operation",
    .revision = 2,
    .headline = {.variant = "tombstones"},
    .reference_element_bytes = 34,
    .pass_ops = pass_ops,
    .uneven = true,
    .expected = expected,
    .metrics = {{"probes", "slots per lookup", "looked at to find an entry, over a pass",
                 LB_LOWER_IS_BETTER},
                {"rebuilds", "rebuilds per 2 n operations", "of the whole table",
                 LB_LOWER_IS_BETTER},
                LB_LATENCY_METRICS("operation")},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
