/*
 * boxing/pacing: what a tracing collector costs an operation, by how far the heap may grow.
 *
 * n slots hold an entry each, an object that points to a boxed value. An op replaces the entry of
 * a slot drawn at random and drops the old one. Nobody frees: when the heap is full, everything
 * that is reachable is marked, and all the rest goes back to the free list. The heap has room for
 * the live objects and a growth of 50 to 300 % of them, so a larger heap collects less often.
 * `manual` frees at once instead, and never collects.
 */
#include "benchmarks/boxing/boxing.h"

enum {
    CELLS_AN_ENTRY = 2,
    CELL_BYTES = 32,
    OPS_A_SLOT = 3, /* a pass: whole collections for each growth here */
};

struct cell {
    uint32_t cycle; /* in which it was last marked; 0: free */
    uint32_t unused;
    uint64_t value;
    struct cell *child; /* the value's box; of a free cell: the next free one */
    uint64_t spare;
};

_Static_assert(sizeof(struct cell) == CELL_BYTES, "two cells a line");

struct state {
    uint64_t n;
    struct cell **slots;
    struct cell *cells;
    uint64_t cell_count;
    struct cell *available; /* the free list */
    uint64_t available_count;
    uint32_t cycle;
    const uint32_t *picks;
};

/* ---- The heap -------------------------------------------------------------------------------- */

static inline void cell_free(struct state *s, struct cell *cell)
{
    cell->cycle = 0;
    cell->child = s->available;
    s->available = cell;
    s->available_count++;
}

static inline struct cell *cell_new(struct state *s, struct cell *child, uint64_t value)
{
    struct cell *cell = s->available;
    if (!cell)
        abort(); /* never: callers make sure that there are enough */
    s->available = cell->child;
    s->available_count--;
    cell->cycle = s->cycle; /* alive in the cycle it was made in */
    cell->child = child;
    cell->value = value;
    return cell;
}

static void mark(struct state *s)
{
    for (uint64_t i = 0; i < s->n; i++) {
        struct cell *entry = s->slots[i];
        entry->cycle = s->cycle;
        entry->child->cycle = s->cycle;
    }
}

/* From the end, so that the free list runs in the order of addresses. */
static void sweep(struct state *s)
{
    s->available = NULL;
    s->available_count = 0;
    for (uint64_t c = s->cell_count; c-- > 0;) {
        if (s->cells[c].cycle != s->cycle)
            cell_free(s, &s->cells[c]);
    }
}

__attribute__((noinline)) static void collect(struct state *s)
{
    s->cycle++;
    mark(s);
    sweep(s);
}

static struct cell *entry_new(struct state *s, uint64_t value)
{
    struct cell *box = cell_new(s, NULL, value);
    return cell_new(s, box, 0);
}

/* ---- Building -------------------------------------------------------------------------------- */

static uint64_t cells_for(const struct lb_point *point, uint64_t growth_percent)
{
    uint64_t live = point->elements * CELLS_AN_ENTRY;
    return live + live * growth_percent / 100 + CELLS_AN_ENTRY;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)mode;
    return OPS_A_SLOT * point->elements;
}

static struct lb_rng picks_from(const struct lb_point *point, uint64_t first_op)
{
    struct lb_rng rng = {lb_mix64(point->seed)};
    for (uint64_t i = 0; i < first_op; i++)
        (void)lb_rng_next(&rng);
    return rng;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t growth_percent)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    uint32_t *picks = lb_scratch_alloc(arena, pass_ops(point, 0) * sizeof *picks);
    struct lb_rng rng = picks_from(point, 0);
    s->n = point->elements;
    s->cycle = 1;
    s->slots = lb_arena_alloc(arena, s->n * sizeof *s->slots, 0);
    s->cell_count = cells_for(point, growth_percent);
    s->cells = lb_arena_alloc(arena, s->cell_count * sizeof *s->cells, 0);
    sweep(s);
    for (uint64_t i = 0; i < s->n; i++)
        s->slots[i] = entry_new(s, lb_value(point->seed, i));
    for (uint64_t op = 0; op < pass_ops(point, 0); op++)
        picks[op] = (uint32_t)lb_rng_below(&rng, s->n);
    s->picks = picks;
    return s;
}

/* ---- Kernels: the new value is the old one, so that all passes are alike ----------------------
 */

static uint64_t collected_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        struct cell **slot = &s->slots[s->picks[i]];
        uint64_t value = (*slot)->child->value;
        if (s->available_count < CELLS_AN_ENTRY)
            collect(s);
        *slot = entry_new(s, value);
        sum += value;
    }
    return sum;
}

static uint64_t manual_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        struct cell **slot = &s->slots[s->picks[i]];
        struct cell *old = *slot;
        uint64_t value = old->child->value;
        *slot = entry_new(s, value);
        cell_free(s, old->child);
        cell_free(s, old);
        sum += value;
    }
    return sum;
}

static uint64_t pass_of(const struct state *s)
{
    return OPS_A_SLOT * s->n;
}

static uint64_t collected_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, pass_of(state), first_op, ops, collected_span);
}

static uint64_t manual_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, pass_of(state), first_op, ops, manual_span);
}

/* ---- Metrics: a pass op by op ------------------------------------------------------------------
 */

struct going_on {
    struct state *s;
    lb_span *span;
    uint64_t next_op;
};

static uint64_t one_op(void *context, uint64_t op)
{
    const struct going_on *g = context;
    uint64_t at = (g->next_op + op) % pass_of(g->s);
    return g->span(g->s, at, at + 1);
}

static const char *measure(const struct lb_measurement *m, lb_span *span)
{
    struct state *s = m->state;
    struct going_on g = {s, span, m->next_op};
    uint64_t ops = pass_of(s), wanted = 0;
    uint32_t cycle = s->cycle;
    uint64_t sum = lb_measure_latencies(m, one_op, &g, ops);
    lb_metric_set(m, "collections", (double)(s->cycle - cycle) * 1e6 / (double)ops);
    lb_metric_set(m, "peak_bytes", (double)(s->cell_count * sizeof *s->cells) / (double)s->n);
    lb_metric_set(m, "live_bytes", CELLS_AN_ENTRY * (double)sizeof *s->cells);
    for (uint64_t i = 0; i < ops; i++)
        wanted += lb_value(m->point->seed, s->picks[i]);
    return sum == wanted ? NULL : "the pass op by op read other values";
}

static const char *collected_measure(const struct lb_measurement *m)
{
    return measure(m, collected_span);
}

static const char *manual_measure(const struct lb_measurement *m)
{
    return measure(m, manual_span);
}

/* ---- Footprints and models --------------------------------------------------------------------
 */

static uint64_t footprint(const struct lb_point *point, uint64_t growth_percent)
{
    return point->elements * sizeof(struct cell *) +
           cells_for(point, growth_percent) * sizeof(struct cell);
}

/*
 * What an op itself touches: the list of slots to replace, a slot, and the line of the old entry
 * and its box: made together and freed together, they are always neighbours.
 */
static void model_op(const struct lb_point *point, struct lb_model *model, uint64_t growth_percent)
{
    double n = (double)point->elements;
    double cell_lines = (double)cells_for(point, growth_percent) * lb_lines_of(CELL_BYTES);
    model->streamed_lines = lb_lines_of(4);
    model->streamed_footprint_lines = OPS_A_SLOT * n * lb_lines_of(4);
    model->reused[0] = (struct lb_reuse_class){.lines = n * lb_lines_of(8), .touches_per_op = 1};
    model->reused[1] = (struct lb_reuse_class){.lines = cell_lines, .touches_per_op = 1};
    model->bytes = 8 + 16;
    model->loads = 3;
}

/*
 * New entries take free lines in the order of addresses. A collection every n * growth ops walks
 * all slots, marks a line for each and sweeps all cells. Not exact: phases follow each other.
 */
static void model_collected(const struct lb_point *point, struct lb_model *model,
                            uint64_t growth_percent)
{
    double n = (double)point->elements;
    double interval = n * (double)growth_percent / 100;
    double cell_lines = (double)cells_for(point, growth_percent) * lb_lines_of(CELL_BYTES);
    model_op(point, model, growth_percent);
    model->streamed_lines += 1 + (n * lb_lines_of(8) + cell_lines) / interval;
    model->streamed_footprint_lines += cell_lines;
    model->reused[1].touches_per_op += n / interval;
}

static void manual_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_op(point, model, 0);
}

/* ---- The variants: all that differs is the growth ---------------------------------------------
 */

static void *growth_100_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 100);
}

static uint64_t growth_100_footprint(const struct lb_point *point)
{
    return footprint(point, 100);
}

static void growth_100_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_collected(point, model, 100);
}

static void *growth_50_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 50);
}

static uint64_t growth_50_footprint(const struct lb_point *point)
{
    return footprint(point, 50);
}

static void growth_50_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_collected(point, model, 50);
}

static void *growth_150_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 150);
}

static uint64_t growth_150_footprint(const struct lb_point *point)
{
    return footprint(point, 150);
}

static void growth_150_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_collected(point, model, 150);
}

static void *growth_300_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 300);
}

static uint64_t growth_300_footprint(const struct lb_point *point)
{
    return footprint(point, 300);
}

static void growth_300_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_collected(point, model, 300);
}

static void *manual_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 0);
}

static uint64_t manual_footprint(const struct lb_point *point)
{
    return footprint(point, 0);
}

/* A pass has whole collections, and a sample is to have them. */
static const char *unavailable(const struct lb_point *point)
{
    return lb_pass_too_long(point, UINT64_C(16) << 20);
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    struct lb_rng rng = picks_from(point, first_op);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < ops; i++)
        sum += lb_value(point->seed, lb_rng_below(&rng, point->elements));
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "growth_100",
        .summary = "collects when the heap has grown by 100 % of what is live",
        .unavailable = unavailable,
        .create = growth_100_create,
        .run = {collected_run},
        .measure = collected_measure,
        .footprint_bytes = growth_100_footprint,
        .model = growth_100_model,
    },
    {
        .name = "growth_50",
        .summary = "collects when the heap has grown by 50 % of what is live",
        .unavailable = unavailable,
        .create = growth_50_create,
        .run = {collected_run},
        .measure = collected_measure,
        .footprint_bytes = growth_50_footprint,
        .model = growth_50_model,
    },
    {
        .name = "growth_150",
        .summary = "collects when the heap has grown by 150 % of what is live",
        .unavailable = unavailable,
        .create = growth_150_create,
        .run = {collected_run},
        .measure = collected_measure,
        .footprint_bytes = growth_150_footprint,
        .model = growth_150_model,
    },
    {
        .name = "growth_300",
        .summary = "collects when the heap has grown by 300 % of what is live",
        .unavailable = unavailable,
        .create = growth_300_create,
        .run = {collected_run},
        .measure = collected_measure,
        .footprint_bytes = growth_300_footprint,
        .model = growth_300_model,
    },
    {
        .name = "manual",
        .summary = "frees what is dropped at once: no collector and no room to grow",
        .unavailable = unavailable,
        .create = manual_create,
        .run = {manual_run},
        .measure = manual_measure,
        .footprint_bytes = manual_footprint,
        .model = manual_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_pacing = {
    LB_BENCHMARK_HERE("boxing", "pacing"),
    .question = "What does a tracing collector cost an operation, by how far the heap may grow?",
    .learns = "A collection costs what is live and what is to be swept, whenever it comes: twice "
              "the growth, half the collections, and a larger heap to hold. Growth alone never "
              "lowers the peak; only fewer objects do.",
    .op = "operation",
    .revision = 2,
    .headline = {.variant = "manual"},
    .reference_element_bytes = 136, /* a slot, and two cells with as many free ones */
    .pass_ops = pass_ops,
    .uneven = true,
    .expected = expected,
    .metrics = {{"collections", "collections per million operations", "whole marks and sweeps",
                 LB_LOWER_IS_BETTER},
                {"peak_bytes", "bytes per entry",
                 "of the heap, which is full before each collection", LB_LOWER_IS_BETTER},
                {"live_bytes", "bytes per entry", "of it that are reachable", LB_NO_BETTER},
                LB_LATENCY_METRICS("operation")},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
