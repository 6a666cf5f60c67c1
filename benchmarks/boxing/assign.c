/*
 * boxing/assign: what storing an int64 into a slot costs, when the slot wants a box.
 *
 * A pass stores a value into each of n slots, in order. The slot held a value before; a boxed
 * variant makes a new box first and then drops the old one, as an assignment does. The value comes
 * out of registers, through lb_opaque, so that no loop is vectorised. Each 64th slot is read back
 * through the layout: that is the checksum.
 */
#include "benchmarks/boxing/assign_boxes.h"

enum {
    MODE_SMALL, /* values 0 .. 255 */
    MODE_LARGE, /* values beyond any table of shared boxes */
    BLOCK_SLOTS = 64,
};

static const uint64_t large_base = UINT64_C(1) << 40;

static uint64_t value_for(uint64_t base, uint64_t i)
{
    return base + i % SMALL_VALUES;
}

struct state {
    uint64_t n;
    uint64_t *words; /* the slots: values, tagged words or addresses of boxes */
    struct heap heap;
    uint64_t *arena; /* bump arena: the first box */
};

__attribute__((always_inline)) static inline uint64_t
store_block(struct state *s, uint64_t begin, uint64_t end, uint64_t base, make_function *make)
{
    uint64_t *words = s->words;
    struct heap heap = s->heap;
    for (uint64_t i = begin; i < end; i++)
        words[i] = make(&heap, words[i], lb_opaque(value_for(base, i)));
    s->heap = heap;
    lb_touch(words); /* what is read back now comes from memory */
    return words[end - 1];
}

__attribute__((always_inline)) static inline uint64_t store_all(struct state *s, uint64_t first_op,
                                                                uint64_t ops, uint64_t base,
                                                                make_function *make,
                                                                read_function *read)
{
    uint64_t sum = 0;
    for (uint64_t i = first_op % s->n; ops > 0; i = 0) {
        uint64_t stop = s->n - i < ops ? s->n : i + ops;
        ops -= stop - i;
        if (s->arena)
            s->heap.bump = s->arena + i;
        while (i < stop) {
            uint64_t block = i / BLOCK_SLOTS * BLOCK_SLOTS + BLOCK_SLOTS;
            uint64_t end = block < stop ? block : stop;
            uint64_t last = store_block(s, i, end, base, make);
            if (end == block)
                sum += read(last);
            i = end;
        }
    }
    return sum;
}

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->words = lb_arena_alloc(arena, s->n * sizeof *s->words, 0);
    return s;
}

static void model_boxes(const struct lb_point *point, struct lb_model *model, double box_bytes,
                        double allocations)
{
    model_scan(point, model, 8 + box_bytes, box_bytes > 0 ? 16 : 8, 0);
    model->allocations = allocations;
}

/* ---- Inline and tagged: the slot holds the value --------------------------------------------- */

static void *inline_create(const struct lb_point *point, struct lb_arena *arena)
{
    return state_new(point, arena);
}

static uint64_t inline_small(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, 0, inline_make, inline_read);
}

static uint64_t inline_large(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, large_base, inline_make, inline_read);
}

static uint64_t tagged_small(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, 0, tagged_make, tagged_read);
}

static uint64_t tagged_large(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, large_base, tagged_make, tagged_read);
}

static uint64_t inline_footprint(const struct lb_point *point)
{
    return point->elements * 8;
}

static void inline_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_boxes(point, model, 0, 0);
}

/* ---- A malloc'd box an assignment ------------------------------------------------------------ */

static void *malloc_create(const struct lb_point *point, struct lb_arena *arena, bool shuffled)
{
    struct state *s = state_new(point, arena);
    const uint32_t *order = box_order(point, arena, shuffled);
    for (uint64_t k = 0; k < s->n; k++) {
        uint64_t *box = box_new(0);
        if (!box)
            return NULL;
        s->words[order[k]] = word_of(box);
    }
    return s;
}

static void *malloc_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return malloc_create(point, arena, false);
}

static void *malloc_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return malloc_create(point, arena, true);
}

static uint64_t malloc_small(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, 0, malloc_make, box_read);
}

static uint64_t malloc_large(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, large_base, malloc_make, box_read);
}

static void malloc_destroy(void *state)
{
    struct state *s = state;
    for (uint64_t i = 0; i < s->n; i++)
        free(box_of(s->words[i]));
}

static uint64_t malloc_footprint(const struct lb_point *point)
{
    return point->elements * (8 + BOX_CHUNK_BYTES);
}

/* Of a chunk the allocator uses its size, its link and its key; the value lies over the link. */
static void malloc_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_boxes(point, model, BOX_CHUNK_BYTES, 1);
    model->useful_bytes_per_line = (8 + 24) / model->streamed_lines;
}

static void malloc_shuffled_model(const struct lb_point *point, unsigned mode,
                                  struct lb_model *model)
{
    (void)mode;
    model_boxes(point, model, 0, 1);
    model_add_shuffled(point, model, BOX_CHUNK_BYTES, 8);
    model->loads = 0;
    model->useful_bytes_per_line = (8 + 24) / (model->streamed_lines + 1);
    model->exact = false; /* the allocator's own lists come on top */
}

/* ---- Shared boxes for small values, a malloc'd one for the others ---------------------------- */

/* A mode has slots of its own: the other's values would replace the boxes that it finds there. */
struct shared_state {
    struct state *small, *large; /* large: NULL until that mode is asked for */
    struct lb_point point;
    struct lb_arena *arena;
};

static void *shared_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct shared_state *s = lb_scratch_alloc(arena, sizeof *s);
    struct state *small = state_new(point, arena);
    small->heap.shared = lb_arena_alloc(arena, SMALL_VALUES * sizeof *small->heap.shared, 0);
    for (uint64_t value = 0; value < SMALL_VALUES; value++)
        small->heap.shared[value] = value;
    for (uint64_t i = 0; i < small->n; i++)
        small->words[i] = word_of(small->heap.shared);
    *s = (struct shared_state){.small = small, .point = *point, .arena = arena};
    return s;
}

static void shared_prepare(void *state, unsigned mode, uint64_t ops)
{
    struct shared_state *s = state;
    (void)ops;
    if (mode != MODE_LARGE || s->large)
        return;
    s->large = malloc_create(&s->point, s->arena, false);
    if (!s->large)
        lb_out_of_memory(s->arena, s->point.elements * BOX_CHUNK_BYTES);
    s->large->heap.shared = s->small->heap.shared;
}

static uint64_t shared_small(void *state, uint64_t first_op, uint64_t ops)
{
    struct shared_state *s = state;
    return store_all(s->small, first_op, ops, 0, shared_make, box_read);
}

static uint64_t shared_large(void *state, uint64_t first_op, uint64_t ops)
{
    struct shared_state *s = state;
    return store_all(s->large, first_op, ops, large_base, shared_make, box_read);
}

static void shared_destroy(void *state)
{
    struct shared_state *s = state;
    if (s->large)
        malloc_destroy(s->large);
}

/* Slots for each mode, and the boxes of one. */
static uint64_t shared_footprint(const struct lb_point *point)
{
    return point->elements * (8 + 8 + BOX_CHUNK_BYTES);
}

static void shared_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    if (mode == MODE_LARGE)
        malloc_fresh_model(point, mode, model);
    else
        model_boxes(point, model, 0, 0);
}

/* ---- A bump arena: a box is the next 8 bytes; a pass starts by dropping all at once ---------- */

static void *bump_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    s->arena = lb_arena_alloc(arena, s->n * sizeof *s->arena, 0);
    return s;
}

static uint64_t bump_small(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, 0, bump_make, box_read);
}

static uint64_t bump_large(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, large_base, bump_make, box_read);
}

static uint64_t bump_footprint(const struct lb_point *point)
{
    return point->elements * (8 + 8);
}

static void bump_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_boxes(point, model, 8, 0);
}

/* ---- A pool: equal boxes, of which one is free ----------------------------------------------- */

static void *pool_create(const struct lb_point *point, struct lb_arena *arena, bool shuffled)
{
    struct state *s = state_new(point, arena);
    const uint32_t *order = box_order(point, arena, shuffled);
    union cell *cells = lb_arena_alloc(arena, (s->n + 1) * sizeof *cells, 0);
    for (uint64_t k = 0; k < s->n; k++)
        s->words[order[k]] = word_of(&cells[k]);
    s->heap.unused = &cells[s->n];
    return s;
}

static void *pool_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return pool_create(point, arena, false);
}

static void *pool_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return pool_create(point, arena, true);
}

static uint64_t pool_small(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, 0, pool_make, box_read);
}

static uint64_t pool_large(void *state, uint64_t first_op, uint64_t ops)
{
    return store_all(state, first_op, ops, large_base, pool_make, box_read);
}

static void pool_shuffled_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_boxes(point, model, 0, 0);
    model_add_shuffled(point, model, sizeof(union cell), 8);
    model->loads = 0;
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t assign_expected(const struct lb_point *point, const struct lb_variant *variant,
                                unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        if (i % BLOCK_SLOTS == BLOCK_SLOTS - 1)
            sum += value_for(mode == MODE_SMALL ? 0 : large_base, i);
    }
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "inline",
        .summary = "the value is written into its slot",
        .create = inline_create,
        .run = {inline_small, inline_large},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "tagged",
        .summary = "the value is written into its slot, shifted, with a tag bit",
        .create = inline_create,
        .run = {tagged_small, tagged_large},
        .footprint_bytes = inline_footprint,
        .model = inline_model,
    },
    {
        .name = "malloc_fresh",
        .summary = "malloc a box, store its address, free the old box; boxes in slot order",
        .create = malloc_fresh_create,
        .run = {malloc_small, malloc_large},
        .destroy = malloc_destroy,
        .footprint_bytes = malloc_footprint,
        .model = malloc_fresh_model,
    },
    {
        .name = "malloc_shuffled",
        .summary = "malloc a box, store its address, free the old box; boxes in random order",
        .create = malloc_shuffled_create,
        .run = {malloc_small, malloc_large},
        .destroy = malloc_destroy,
        .footprint_bytes = malloc_footprint,
        .model = malloc_shuffled_model,
    },
    {
        .name = "shared_small",
        .summary = "values below 256 share static boxes, others are malloc'd",
        .create = shared_create,
        .prepare = shared_prepare,
        .run = {shared_small, shared_large},
        .destroy = shared_destroy,
        .footprint_bytes = shared_footprint,
        .model = shared_model,
    },
    {
        .name = "bump",
        .summary = "boxes of 8 bytes cut from an arena that each pass drops as a whole",
        .create = bump_create,
        .run = {bump_small, bump_large},
        .footprint_bytes = bump_footprint,
        .model = bump_model,
    },
    {
        .name = "pool_fresh",
        .summary = "boxes of 8 bytes, the one dropped last is used next; boxes in slot order",
        .create = pool_fresh_create,
        .run = {pool_small, pool_large},
        .footprint_bytes = bump_footprint,
        .model = bump_model,
    },
    {
        .name = "pool_shuffled",
        .summary = "boxes of 8 bytes, the one dropped last is used next; boxes in random order",
        .create = pool_shuffled_create,
        .run = {pool_small, pool_large},
        .footprint_bytes = bump_footprint,
        .model = pool_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_assign = {
    LB_BENCHMARK_HERE("boxing", "assign"),
    .question = "What does storing an int64 cost when the slot wants a box?",
    .learns = "A plain store costs a fraction of a nanosecond; a malloc'd box costs an allocator "
              "call each way and a 32-byte chunk. A pool or an arena removes the calls, a tagged "
              "word removes the box, and shared boxes for small values do so only for those.",
    .op = "store",
    .revision = 2,
    .headline = {.variant = "malloc_fresh", .mode = "large"},
    .modes = {"small", "large"},
    .reference_element_bytes = 8,
    .expected = assign_expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
