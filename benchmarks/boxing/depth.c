/*
 * boxing/depth: what each further hop to a value costs.
 *
 * n roots are visited in order; behind each lies a chain of 0 to 3 boxes, the last of which holds
 * the value. The boxes of one level are made together, in root order (fresh) or each level in a
 * random order of its own (shuffled).
 */
#include "benchmarks/boxing/boxing.h"

enum {
    MODE_INDEPENDENT,
    MODE_DEPENDENT, /* the next root is known only when this value has arrived */
    HOPS_MAX = 3,
};

struct state {
    uint64_t n;
    uint64_t *roots; /* values, or addresses of first boxes */
    unsigned hops;
};

/* ---- Building: from the values up to the roots ----------------------------------------------- */

/* Puts each word into a box of its own and leaves the box's address in its place. */
static bool box_all(uint64_t *words, uint64_t n, const uint32_t *order)
{
    for (uint64_t k = 0; k < n; k++) {
        uint64_t *box = box_new(words[order[k]]);
        if (!box)
            return false;
        words[order[k]] = (uint64_t)(uintptr_t)box;
    }
    return true;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, unsigned hops,
                    bool shuffled)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->hops = hops;
    s->roots = lb_arena_alloc(arena, s->n * sizeof *s->roots, 0);
    for (uint64_t i = 0; i < s->n; i++)
        s->roots[i] = lb_value(point->seed, i);
    for (unsigned level = 0; level < hops; level++) {
        struct lb_point seeded = *point;
        seeded.seed = point->seed + level;
        if (!box_all(s->roots, s->n, box_order(&seeded, arena, shuffled)))
            return NULL;
    }
    return s;
}

static void destroy(void *state)
{
    struct state *s = state;
    for (uint64_t i = 0; i < s->n; i++) {
        uint64_t word = s->roots[i];
        for (unsigned level = 0; level < s->hops; level++) {
            uint64_t *box = (uint64_t *)(uintptr_t)word;
            word = *box;
            free(box);
        }
    }
}

/* ---- Kernels --------------------------------------------------------------------------------- */

static inline uint64_t follow(uint64_t word, unsigned hops)
{
    for (unsigned level = 0; level < hops; level++)
        word = *(const uint64_t *)(uintptr_t)word;
    return word;
}

__attribute__((always_inline)) static inline uint64_t
walk(const void *state, uint64_t first_op, uint64_t ops, unsigned hops, unsigned mode)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s.n; ops > 0; i = 0) {
        uint64_t stop = s.n - i < ops ? s.n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            uint64_t wait = mode == MODE_DEPENDENT ? lb_zero_after(sum) : 0;
            sum = lb_opaque(sum + follow(s.roots[i + wait], hops));
        }
    }
    return sum;
}

static void model(const struct lb_point *point, struct lb_model *out, unsigned hops, bool shuffled)
{
    double n = (double)point->elements;
    model_scan(point, out, shuffled ? 8 : 8 + hops * BOX_CHUNK_BYTES, 8 + 8 * hops, 1 + hops);
    if (!shuffled)
        return;
    for (unsigned level = 0; level < hops; level++)
        out->reused[level] =
            (struct lb_reuse_class){.lines = n * lb_lines_of(BOX_CHUNK_BYTES),
                                    .touches_per_op = 1,
                                    .objects_per_line = 1 / lb_lines_of(BOX_CHUNK_BYTES)};
    out->useful_bytes_per_line = out->bytes / (out->streamed_lines + hops);
}

static uint64_t footprint(const struct lb_point *point, unsigned hops)
{
    return point->elements * (8 + hops * (uint64_t)BOX_CHUNK_BYTES);
}

/* ---- The variants: all that differs is the number of hops and the order ---------------------- */

static uint64_t hops_0_independent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 0, MODE_INDEPENDENT);
}

static uint64_t hops_0_dependent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 0, MODE_DEPENDENT);
}

static uint64_t hops_0_footprint(const struct lb_point *point)
{
    return footprint(point, 0);
}

static uint64_t hops_1_independent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 1, MODE_INDEPENDENT);
}

static uint64_t hops_1_dependent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 1, MODE_DEPENDENT);
}

static uint64_t hops_1_footprint(const struct lb_point *point)
{
    return footprint(point, 1);
}

static uint64_t hops_2_independent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 2, MODE_INDEPENDENT);
}

static uint64_t hops_2_dependent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 2, MODE_DEPENDENT);
}

static uint64_t hops_2_footprint(const struct lb_point *point)
{
    return footprint(point, 2);
}

static uint64_t hops_3_independent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 3, MODE_INDEPENDENT);
}

static uint64_t hops_3_dependent(void *state, uint64_t first_op, uint64_t ops)
{
    return walk(state, first_op, ops, 3, MODE_DEPENDENT);
}

static uint64_t hops_3_footprint(const struct lb_point *point)
{
    return footprint(point, 3);
}

static void *hops_0_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 0, false);
}

static void hops_0_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 0, false);
}

static void *hops_1_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 1, false);
}

static void hops_1_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 1, false);
}

static void *hops_1_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 1, true);
}

static void hops_1_shuffled_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 1, true);
}

static void *hops_2_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 2, false);
}

static void hops_2_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 2, false);
}

static void *hops_2_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 2, true);
}

static void hops_2_shuffled_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 2, true);
}

static void *hops_3_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 3, false);
}

static void hops_3_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 3, false);
}

static void *hops_3_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 3, true);
}

static void hops_3_shuffled_model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)mode;
    model(point, out, 3, true);
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed, i);
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "hops_0",
        .summary = "the value is in the array",
        .create = hops_0_create,
        .run = {hops_0_independent, hops_0_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_0_footprint,
        .model = hops_0_model,
    },
    {
        .name = "hops_1_fresh",
        .summary = "a pointer to a box with the value; each level in root order",
        .create = hops_1_fresh_create,
        .run = {hops_1_independent, hops_1_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_1_footprint,
        .model = hops_1_fresh_model,
    },
    {
        .name = "hops_1_shuffled",
        .summary = "a pointer to a box with the value; each level in a random order",
        .create = hops_1_shuffled_create,
        .run = {hops_1_independent, hops_1_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_1_footprint,
        .model = hops_1_shuffled_model,
    },
    {
        .name = "hops_2_fresh",
        .summary = "a pointer to a pointer to the value; each level in root order",
        .create = hops_2_fresh_create,
        .run = {hops_2_independent, hops_2_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_2_footprint,
        .model = hops_2_fresh_model,
    },
    {
        .name = "hops_2_shuffled",
        .summary = "a pointer to a pointer to the value; each level in a random order",
        .create = hops_2_shuffled_create,
        .run = {hops_2_independent, hops_2_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_2_footprint,
        .model = hops_2_shuffled_model,
    },
    {
        .name = "hops_3_fresh",
        .summary = "three pointers in a row, then the value; each level in root order",
        .create = hops_3_fresh_create,
        .run = {hops_3_independent, hops_3_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_3_footprint,
        .model = hops_3_fresh_model,
    },
    {
        .name = "hops_3_shuffled",
        .summary = "three pointers in a row, then the value; each level in a random order",
        .create = hops_3_shuffled_create,
        .run = {hops_3_independent, hops_3_dependent},
        .destroy = destroy,
        .footprint_bytes = hops_3_footprint,
        .model = hops_3_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_depth = {
    LB_BENCHMARK_HERE("boxing", "depth"),
    .question = "What does each further hop to a value cost?",
    .learns = "A hop costs a line and a wait. As long as the next root does not depend on this "
              "value, the core overlaps the waits of many roots and a hop costs bandwidth; when it "
              "does depend, each hop costs the latency of where its box lies.",
    .op = "value",
    .revision = 1,
    .headline = {.variant = "hops_1_shuffled", .mode = "independent"},
    .modes = {"independent", "dependent"},
    .reference_element_bytes = 8,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
