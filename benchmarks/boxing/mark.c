/*
 * boxing/mark: what a collector's marking costs for each layout of the same entries.
 *
 * n entries are reached from one root. An object begins with a header word whose low half is the
 * cycle in which it was last marked; each pass is a new cycle, so nothing needs clearing. An op is
 * an entry: its objects are marked if they are not yet. The checksum counts entries that were
 * unmarked when reached, so an entry that is missed or comes twice is seen.
 */
#include "benchmarks/boxing/mark_counts.h"

/* Marks an object's header; 1 if it was not marked yet in this cycle. */
static inline uint64_t mark(uint32_t *header, uint32_t cycle)
{
    if (*header == cycle)
        return 0;
    *header = cycle;
    return 1;
}

/* ---- Pointer-free: 64 values are one object, and nothing in it is traced --------------------- */

/* A block is marked as its first entry is reached; its other entries are marked with it. */
static uint64_t pointer_free_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    struct block *const *blocks = s->blocks;
    uint32_t cycle = begin == 0 ? ++s->cycle : s->cycle;
    uint64_t marked = 0;
    for (uint64_t i = begin, stop; i < end; i = stop) {
        struct block *block = blocks[i / BLOCK_ENTRIES];
        uint64_t fresh =
            i % BLOCK_ENTRIES == 0 ? mark(&block->cycle, cycle) : block->cycle == cycle;
        stop = (i / BLOCK_ENTRIES + 1) * BLOCK_ENTRIES;
        stop = stop < end ? stop : end;
        marked += fresh * (stop - i);
    }
    return marked;
}

/* ---- An array of boxes ----------------------------------------------------------------------- */

static uint64_t boxes_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    struct box *const *boxes = s->boxes;
    uint32_t cycle = begin == 0 ? ++s->cycle : s->cycle;
    uint64_t marked = 0;
    for (uint64_t i = begin; i < end; i++)
        marked += mark(&boxes[i]->cycle, cycle);
    return marked;
}

static uint64_t prefetch_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    struct box *const *boxes = s->boxes;
    uint32_t cycle = begin == 0 ? ++s->cycle : s->cycle;
    uint64_t marked = 0;
    for (uint64_t i = begin; i < end; i++) {
        __builtin_prefetch(boxes[i + AHEAD], 1);
        marked += mark(&boxes[i]->cycle, cycle);
    }
    return marked;
}

/* ---- The same boxes, marked in a bitmap beside the heap: a leaf is never touched --------------
 */

/* Bits mean "marked" in odd cycles and "not marked" in even ones: nothing needs clearing. */
static uint64_t bitmap_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    struct box *const *boxes = s->boxes;
    const unsigned char *heap = s->heap;
    uint64_t *bitmap = s->bitmap;
    uint32_t cycle = begin == 0 ? ++s->cycle : s->cycle;
    uint64_t unmarked = cycle & 1 ? 0 : 1, marked = 0;
    for (uint64_t i = begin; i < end; i++) {
        uint64_t at = (uint64_t)((const unsigned char *)boxes[i] - heap) >> BITMAP_SHIFT;
        uint64_t word = bitmap[at / WORD_BITS];
        if ((word >> at % WORD_BITS & 1) == unmarked) {
            bitmap[at / WORD_BITS] = word ^ UINT64_C(1) << at % WORD_BITS;
            marked++;
        }
    }
    return marked;
}

/* ---- A map of interfaces to interfaces: bucket, type word, key's box, value's box -------------
 */

/* What tracing a type with pointers would do; never called, but the type word is read. */
static uint64_t trace_slot(const struct slot *slot, uint32_t cycle)
{
    if (slot->type->has_pointers)
        abort();
    return mark(&slot->data->cycle, cycle);
}

static uint64_t map_span(void *state, uint64_t begin, uint64_t end)
{
    struct state *s = state;
    const struct bucket *buckets = s->buckets;
    uint32_t cycle = begin == 0 ? ++s->cycle : s->cycle;
    uint64_t marked = 0;
    for (uint64_t i = begin; i < end; i++) {
        const struct bucket *bucket = &buckets[i / FANOUT];
        if (bucket->hashes[i % FANOUT] == 0)
            continue;
        marked += trace_slot(&bucket->keys[i % FANOUT], cycle) &
                  trace_slot(&bucket->values[i % FANOUT], cycle);
    }
    return marked;
}

/* ---- Nested maps: depth first, with a stack ---------------------------------------------------
 */

/* Marks a map and makes it the top of the stack. */
static inline void push(struct state *s, struct node *node, bool prefetch)
{
    (void)mark(&node->cycle, s->cycle);
    s->stack[s->depth++] = (struct frame){node, 0};
    for (unsigned e = 0; prefetch && e < FANOUT; e++)
        __builtin_prefetch(node->entries[e], 1);
}

/* Goes on with the walk until `entries` more boxes were reached. */
__attribute__((always_inline)) static inline uint64_t nested(struct state *s, uint64_t entries,
                                                             bool prefetch)
{
    uint64_t marked = 0;
    while (entries > 0) {
        struct frame *top = &s->stack[s->depth - 1];
        void *entry = top->next < FANOUT ? top->node->entries[top->next] : NULL;
        top->next++;
        if (!entry) {
            s->depth--;
        } else if (top->node->leaves) {
            marked += mark(&((struct box *)entry)->cycle, s->cycle);
            entries--;
        } else {
            push(s, entry, prefetch);
        }
    }
    return marked;
}

__attribute__((always_inline)) static inline uint64_t nested_part(struct state *s, uint64_t begin,
                                                                  uint64_t end, bool prefetch)
{
    if (begin == 0) {
        s->cycle++;
        s->depth = 0;
        push(s, s->root, prefetch);
    }
    return nested(s, end - begin, prefetch);
}

static uint64_t nested_span(void *state, uint64_t begin, uint64_t end)
{
    return nested_part(state, begin, end, false);
}

static uint64_t nested_prefetch_span(void *state, uint64_t begin, uint64_t end)
{
    return nested_part(state, begin, end, true);
}

/* ---- Runs ------------------------------------------------------------------------------------ */

static uint64_t pointer_free_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops,
                          pointer_free_span);
}

static uint64_t boxes_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, boxes_span);
}

static uint64_t prefetch_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, prefetch_span);
}

static uint64_t bitmap_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, bitmap_span);
}

static uint64_t map_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, map_span);
}

static uint64_t nested_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, nested_span);
}

static uint64_t nested_prefetch_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops,
                          nested_prefetch_span);
}

/* ---- Metrics: how many objects a cycle marks, counted after one -------------------------------
 */

typedef uint64_t run_function(void *state, uint64_t first_op, uint64_t ops);
/* To the end of the cycle, then a whole one. */
static const char *measure(const struct lb_measurement *m, run_function *run, count_function *count)
{
    struct state *s = m->state;
    uint64_t next = m->next_op, rest = (s->n - next % s->n) % s->n;
    (void)run(s, next, rest);
    uint64_t entries = run(s, next + rest, s->n);
    lb_metric_set(m, "objects_marked", (double)count(s) / (double)s->n);
    return entries == s->n ? NULL : "an entry was missed, or reached twice";
}

#define MEASURE(name, run, count)                                                                  \
    static const char *name##_measure(const struct lb_measurement *m)                              \
    {                                                                                              \
        return measure(m, run, count);                                                             \
    }
MEASURE(pointer_free, pointer_free_run, marked_blocks)
MEASURE(boxes, boxes_run, marked_boxes)
MEASURE(prefetch, prefetch_run, marked_boxes)
MEASURE(bitmap, bitmap_run, marked_bits)
MEASURE(map, map_run, marked_in_map)
MEASURE(nested, nested_run, marked_nested)
MEASURE(nested_prefetch, nested_prefetch_run, marked_nested)

/* ---- Models ---------------------------------------------------------------------------------- */

static void pointer_free_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    double blocks = (double)block_count(point->elements), n = (double)point->elements;
    (void)mode;
    /* Of the 520 bytes from one block to the next, the line that the header lies on. */
    model->streamed_lines = blocks * (1 + lb_lines_of(sizeof(struct block *))) / n;
    model->streamed_footprint_lines = blocks * (1 + lb_lines_of(sizeof(struct block *)));
    model->bytes = (sizeof(struct block *) + sizeof(uint32_t)) * blocks / n;
    model->loads = 2 * blocks / n;
    model->useful_bytes_per_line = model->bytes / model->streamed_lines;
}

static void boxes_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(void *) + sizeof(struct box), 8 + 4, 2);
}

static void boxes_shuffled_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(void *), sizeof(void *), 1);
    model_add_shuffled(point, model, sizeof(struct box), 4);
}

static void bitmap_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(void *), sizeof(void *), 1);
    model_add_shuffled(point, model, sizeof(struct box) / 16.0 / 8.0, 0);
}

static void map_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    double used = 1 + 2 * sizeof(struct slot);
    model_scan(point, model, (double)sizeof(struct bucket) / FANOUT, used, 5);
    model_add_shuffled(point, model, sizeof(struct box), 4);
    model->reused[1] = model->reused[0];
    model->bytes += 4;
    model->loads += 1;
    model->useful_bytes_per_line = model->bytes / (model->streamed_lines + 2);
}

/* A map of eight entries is 72 bytes: on two lines at seven places of eight, and always read. */
static void nested_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    double maps = (double)node_count(point->elements);
    double lines_a_map = 2;
    model->bytes = sizeof(void *);
    model->loads = 1;
    model_add_shuffled(point, model, sizeof(struct box), 4);
    model->reused[1] = (struct lb_reuse_class){
        .lines = maps * lb_lines_of(sizeof(struct node)),
        .touches_per_op = maps * lines_a_map / (double)point->elements,
    };
    model->useful_bytes_per_line = model->bytes / (1 + model->reused[1].touches_per_op);
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant, (void)mode, (void)first_op;
    return ops; /* each entry is unmarked once a cycle */
}

static const struct lb_variant variants[] = {
    {
        .name = "pointer_free",
        .summary = "values in blocks of 64 without pointers: a block's header is marked, no more",
        .other_work = "marks one header for 64 values: it has nothing to trace",
        .create = pointer_free_create,
        .run = {pointer_free_run},
        .measure = pointer_free_measure,
        .footprint_bytes = pointer_free_footprint,
        .model = pointer_free_model,
    },
    {
        .name = "boxes_fresh",
        .summary = "array of pointers to boxes in element order, marked in their headers",
        .create = boxes_fresh_create,
        .run = {boxes_run},
        .measure = boxes_measure,
        .footprint_bytes = boxes_footprint,
        .model = boxes_fresh_model,
    },
    {
        .name = "boxes_shuffled",
        .summary = "array of pointers to boxes in random order, marked in their headers",
        .create = boxes_shuffled_create,
        .run = {boxes_run},
        .measure = boxes_measure,
        .footprint_bytes = boxes_footprint,
        .model = boxes_shuffled_model,
    },
    {
        .name = "boxes_prefetch",
        .summary = "as boxes_shuffled, each header prefetched eight boxes ahead",
        .create = boxes_shuffled_create,
        .run = {prefetch_run},
        .measure = prefetch_measure,
        .footprint_bytes = boxes_footprint,
        .model = boxes_shuffled_model,
    },
    {
        .name = "bitmap_shuffled",
        .summary = "boxes in random order, marked in a bitmap beside the heap: no box is touched",
        .create = bitmap_create,
        .run = {bitmap_run},
        .measure = bitmap_measure,
        .footprint_bytes = bitmap_footprint,
        .model = bitmap_model,
    },
    {
        .name = "map_interfaces",
        .summary = "map of interfaces: buckets of eight, boxed keys and values in random order",
        .create = map_create,
        .run = {map_run},
        .measure = map_measure,
        .footprint_bytes = map_footprint,
        .model = map_model,
    },
    {
        .name = "nested_maps",
        .summary =
            "maps of eight entries inside maps, all in random order; depth first, by a stack",
        .create = nested_create,
        .run = {nested_run},
        .measure = nested_measure,
        .footprint_bytes = nested_footprint,
        .model = nested_model,
    },
    {
        .name = "nested_prefetch",
        .summary = "as nested_maps, the entries of a map prefetched when it is reached",
        .create = nested_create,
        .run = {nested_prefetch_run},
        .measure = nested_prefetch_measure,
        .footprint_bytes = nested_footprint,
        .model = nested_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_mark = {
    LB_BENCHMARK_HERE("boxing", "mark"),
    .question = "What does a collector's marking cost for each layout of the same entries?",
    .learns = "Marking costs a visit to every object that may hold or be a pointer target; data "
              "without pointers costs a header, however much stands behind it. What a visit costs "
              "is the line that "
              "the mark lies on: a header is the object's own line, a bitmap packs 512 of them "
              "on one.",
    .op = "entry",
    .revision = 2,
    .reference_element_bytes = 8,
    .expected = expected,
    .metrics = {{"objects_marked", "objects per entry", "whose mark a whole cycle sets",
                 LB_LOWER_IS_BETTER}},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
