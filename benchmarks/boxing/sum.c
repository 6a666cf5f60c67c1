/*
 * boxing/sum: what reading an int64 through a box costs.
 *
 * Every variant holds the same n values and sums them in element order. Only where the value lies
 * differs: in the array, behind a pointer, behind an interface of two words, inside a tagged word.
 * The values have 48 bits, which fit each of these. Each element's addition goes through lb_opaque,
 * so that no compiler vectorises one loop and not another; `inline_vector` is the row that does.
 */
#include "benchmarks/boxing/sum_words.h"

/* ---- Inline: the value is the element -------------------------------------------------------- */

static void *inline_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena, sizeof(uint64_t));
    uint64_t *values = s->items;
    for (uint64_t i = 0; i < s->n; i++)
        values[i] = value_of(point, i);
    return s;
}

static uint64_t inline_span(void *state, uint64_t begin, uint64_t end)
{
    const uint64_t *values = ((const struct state *)state)->items;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = lb_opaque(sum + values[i]);
    return sum;
}

BOXING_RUN(inline_run, inline_span)

/* Four vectors of two: a line a step, enough sums at once to hide the latency of an addition. */
typedef uint64_t pair __attribute__((vector_size(16)));
enum { VECTOR_STEP = 8 };

static inline pair load_pair(const uint64_t *values)
{
    pair loaded;
    memcpy(&loaded, values, sizeof loaded);
    return loaded;
}

static uint64_t vector_span(void *state, uint64_t begin, uint64_t end)
{
    const uint64_t *values = ((const struct state *)state)->items;
    pair sums[4] = {{0}};
    uint64_t i = begin;
    for (; end - i >= VECTOR_STEP; i += VECTOR_STEP) {
        sums[0] += load_pair(values + i);
        sums[1] += load_pair(values + i + 2);
        sums[2] += load_pair(values + i + 4);
        sums[3] += load_pair(values + i + 6);
    }
    pair all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    uint64_t sum = all[0] + all[1];
    for (; i < end; i++)
        sum = lb_opaque(sum + values[i]);
    return sum;
}

BOXING_RUN(vector_run, vector_span)

static uint64_t inline_footprint(const struct lb_point *point)
{
    return point->elements * 8;
}

static void inline_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, 8, 8, 1);
}

/* ---- Boxed: a pointer to the value ----------------------------------------------------------- */

static void *boxed_create(const struct lb_point *point, struct lb_arena *arena, bool shuffled)
{
    struct state *s = state_new(point, arena, sizeof(uint64_t *));
    const uint32_t *order = box_order(point, arena, shuffled);
    return boxes_make(point, order, s->items, value_of) ? s : NULL;
}

static void *boxed_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return boxed_create(point, arena, false);
}

static void *boxed_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return boxed_create(point, arena, true);
}

static uint64_t boxed_span(void *state, uint64_t begin, uint64_t end)
{
    uint64_t *const *boxes = ((const struct state *)state)->items;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = lb_opaque(sum + *boxes[i]);
    return sum;
}

BOXING_RUN(boxed_run, boxed_span)

static void boxed_destroy(void *state)
{
    struct state *s = state;
    boxes_free(s->items, s->n);
}

static uint64_t boxed_footprint(const struct lb_point *point)
{
    return point->elements * (8 + BOX_CHUNK_BYTES);
}

static void boxed_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, 8 + BOX_CHUNK_BYTES, 8 + 8, 2);
}

static void boxed_shuffled_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, 8, 8, 1);
    model_add_shuffled(point, model, BOX_CHUNK_BYTES, 8);
}

/* ---- Interface: two words, type and data, and a check of the type before use ----------------- */

struct type {
    const char *name;
};

struct interface {
    const struct type *type;
    uint64_t *data;
};

static const struct type int64_type = {"int64"};

static void *interface_create(const struct lb_point *point, struct lb_arena *arena, bool shuffled)
{
    struct state *s = state_new(point, arena, sizeof(struct interface));
    const uint32_t *order = box_order(point, arena, shuffled);
    struct interface *items = s->items;
    for (uint64_t k = 0; k < s->n; k++) {
        uint64_t *box = box_new(value_of(point, order[k]));
        if (!box)
            return NULL;
        items[order[k]] = (struct interface){&int64_type, box};
    }
    return s;
}

static void *interface_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return interface_create(point, arena, false);
}

static void *interface_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return interface_create(point, arena, true);
}

static uint64_t interface_span(void *state, uint64_t begin, uint64_t end)
{
    const struct interface *items = ((const struct state *)state)->items;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        if (items[i].type != &int64_type)
            abort(); /* a failed assertion panics: never here, but the compare is made */
        sum = lb_opaque(sum + *items[i].data);
    }
    return sum;
}

BOXING_RUN(interface_run, interface_span)

static void interface_destroy(void *state)
{
    struct state *s = state;
    struct interface *items = s->items;
    for (uint64_t i = 0; i < s->n; i++)
        free(items[i].data);
}

static uint64_t interface_footprint(const struct lb_point *point)
{
    return point->elements * (sizeof(struct interface) + BOX_CHUNK_BYTES);
}

static void interface_fresh_model(const struct lb_point *point, unsigned mode,
                                  struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(struct interface) + BOX_CHUNK_BYTES, 16 + 8, 3);
}

static void interface_shuffled_model(const struct lb_point *point, unsigned mode,
                                     struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(struct interface), 16, 2);
    model_add_shuffled(point, model, BOX_CHUNK_BYTES, 8);
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t sum_expected(const struct lb_point *point, const struct lb_variant *variant,
                             unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed, i) >> 16;
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "inline",
        .summary = "int64 values side by side in one array; one scalar addition an element",
        .create = inline_create,
        .run = {inline_run},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "inline_vector",
        .summary = "as inline, read by 16-byte vectors: only this layout allows it",
        .create = inline_create,
        .run = {vector_run},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "boxed_fresh",
        .summary = "array of pointers to boxes, malloc'd in element order on a fresh heap",
        .create = boxed_fresh_create,
        .run = {boxed_run},
        .destroy = boxed_destroy,
        .footprint_bytes = boxed_footprint,
        .model = boxed_fresh_model,
    },
    {
        .name = "boxed_shuffled",
        .summary = "array of pointers to boxes that lie in random order, as on an aged heap",
        .create = boxed_shuffled_create,
        .run = {boxed_run},
        .destroy = boxed_destroy,
        .footprint_bytes = boxed_footprint,
        .model = boxed_shuffled_model,
    },
    {
        .name = "interface_fresh",
        .summary = "array of (type, pointer to box) pairs, type checked; boxes in element order",
        .create = interface_fresh_create,
        .run = {interface_run},
        .destroy = interface_destroy,
        .footprint_bytes = interface_footprint,
        .model = interface_fresh_model,
    },
    {
        .name = "interface_shuffled",
        .summary = "array of (type, pointer to box) pairs, type checked; boxes in random order",
        .create = interface_shuffled_create,
        .run = {interface_run},
        .destroy = interface_destroy,
        .footprint_bytes = interface_footprint,
        .model = interface_shuffled_model,
    },
    {
        .name = "tagged",
        .summary = "array of words whose lowest bit says that the value is inside: it always is",
        .create = tagged_create,
        .run = {tagged_run},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "tagged_some_boxed",
        .summary =
            "tagged words; one value in eight, at random, is in a box on a fresh heap: a branch "
            "that no core guesses, unless the array is small",
        .create = tagged_some_boxed_create,
        .run = {tagged_run},
        .destroy = tagged_destroy,
        .footprint_bytes = tagged_some_boxed_footprint,
        .model = tagged_some_boxed_model,
    },
    {
        .name = "nan_boxed",
        .summary = "array of doubles, checked not to be a NaN that hides another type, converted",
        .create = nan_create,
        .run = {nan_run},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "indexed",
        .summary = "array of 32-bit indices into an array of values in element order",
        .create = indexed_create,
        .run = {indexed_run},
        .footprint_bytes = indexed_footprint,
        .model = indexed_model,
    },
    {
        .name = "indexed_shuffled",
        .summary = "array of 32-bit indices into an array of values in random order",
        .create = indexed_shuffled_create,
        .run = {indexed_run},
        .footprint_bytes = indexed_footprint,
        .model = indexed_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_sum = {
    LB_BENCHMARK_HERE("boxing", "sum"),
    .question = "What does reading an int64 through a box cost?",
    .learns =
        "A box costs two things: more lines for the same data, which a sequential reader "
        "pays in bandwidth, and an address that is known only after a load, which a "
        "shuffled heap turns into a miss per element. Checking a type or a tag that is always "
        "the same costs next to nothing, one that changes its wrong guesses; a tagged word keeps "
        "small values where an array has them.",
    .op = "element",
    .revision = 1,
    .headline = {.variant = "boxed_shuffled", .leads_family = true},
    .reference_element_bytes = 8,
    .expected = sum_expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
