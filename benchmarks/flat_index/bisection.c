/*
 * flat_index/bisection: what a power-of-two size costs a search in a sorted array.
 *
 * Every variant answers the same searches for the same n keys. `odd` holds just them; the others
 * hold 2^k keys, the rest behind, larger, and never asked for. Halves of 2^k lie powers of two
 * apart: the keys that every search looks at first fall on few sets of each cache, and push each
 * other out. Ranks are the answers, so that nothing but the key array is read.
 */
#include "harness/api.h"

#include <math.h>

enum mode { INDEPENDENT, DEPENDENT };

struct bisection_state {
    const uint64_t *keys; /* ascending */
    uint64_t count;       /* of keys, padding included */
    const uint32_t *ranks;
    uint64_t n; /* searches a pass */
};

/* Keys that are asked for: odd in number, and well below the power of two that they fit into. */
static uint64_t asked(const struct lb_point *point)
{
    return (point->elements - point->elements / 20) | 1;
}

/* point->elements is the largest odd number that fits a power-of-two rung. */
static uint64_t padded(const struct lb_point *point)
{
    return point->elements + 1;
}

static uint64_t key_of(uint64_t rank)
{
    return 2 * rank + 1;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t count)
{
    struct bisection_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t *keys = lb_arena_alloc(arena, count * sizeof *keys, 0);
    for (uint64_t i = 0; i < count; i++)
        keys[i] = key_of(i);
    *s = (struct bisection_state){
        .keys = keys,
        .count = count,
        .ranks = lb_random_indices(point, arena, point->elements, asked(point)),
        .n = point->elements,
    };
    return s;
}

/*
 * The rank of a key that is there, without a branch on keys. Each step keeps the larger part, so
 * that all searches take the same steps; `uneven` takes 7/16 away where others take a half.
 */
LB_ALWAYS_INLINE uint64_t rank_of(const uint64_t *keys, uint64_t count, uint64_t key, bool uneven)
{
    const uint64_t *base = keys;
    for (uint64_t left = count; left > 1;) {
        uint64_t step = left / 2 - (uneven ? left / 16 : 0);
        base = base[step] <= key ? base + step : base;
        left -= step;
    }
    return (uint64_t)(base - keys);
}

LB_ALWAYS_INLINE uint64_t search_span(const struct bisection_state *s, uint64_t begin, uint64_t end,
                                      bool wait, bool uneven)
{
    uint64_t sum = 0, found = 0;
    for (uint64_t i = begin; i < end; i++) {
        uint64_t rank = s->ranks[i] + (wait ? lb_zero_after(found) : 0);
        found = rank_of(s->keys, s->count, key_of(rank), uneven);
        sum += found;
    }
    return sum;
}

#define DEFINE_RUN(name, wait, uneven)                                                             \
    static uint64_t name##_span(void *state, uint64_t begin, uint64_t end)                         \
    {                                                                                              \
        return search_span(state, begin, end, wait, uneven);                                       \
    }                                                                                              \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        const struct bisection_state *s = state;                                                   \
        return lb_walk_passes(state, s->n, first_op, ops, name##_span);                            \
    }

DEFINE_RUN(independent, false, false)
DEFINE_RUN(dependent, true, false)
DEFINE_RUN(uneven_independent, false, true)
DEFINE_RUN(uneven_dependent, true, true)

static void *odd_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, asked(point));
}

static void *power_of_two_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, padded(point));
}

static uint64_t odd_footprint(const struct lb_point *point)
{
    return asked(point) * sizeof(uint64_t);
}

static uint64_t power_of_two_footprint(const struct lb_point *point)
{
    return padded(point) * sizeof(uint64_t);
}

/*
 * Step l looks at one of r^l keys, r the ratio of what is left before and after it; the last steps
 * stay on a line. A fully associative cache is assumed: what sets add is the question.
 */
static void model_steps(const struct lb_point *point, struct lb_model *m, double count,
                        double ratio)
{
    size_t class_count = 0;
    double steps = ceil(log(count) / log(ratio));
    for (double nodes = 1; nodes < count / 8 && class_count < LB_REUSE_CLASSES_MAX; nodes *= ratio)
        m->reused[class_count++] = (struct lb_reuse_class){.lines = nodes, .touches_per_op = 1};
    m->streamed_lines = lb_lines_of(sizeof(uint32_t));
    m->streamed_footprint_lines = (double)point->elements * m->streamed_lines;
    m->bytes = 8 * steps;
    m->loads = steps;
}

static void odd_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    model_steps(point, m, (double)asked(point), 2);
}

static void power_of_two_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    model_steps(point, m, (double)padded(point), 2);
}

static void uneven_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    model_steps(point, m, (double)padded(point), 16.0 / 9);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++)
        sum += lb_random_index(point, asked(point), op);
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "odd",
        .summary = "the n keys alone, n odd; halves, by conditional moves",
        .create = odd_create,
        .run = {independent_run, dependent_run},
        .footprint_bytes = odd_footprint,
        .model = odd_model,
    },
    {
        .name = "power_of_two",
        .summary = "the same keys in an array of 2^k; halves, by conditional moves",
        .create = power_of_two_create,
        .run = {independent_run, dependent_run},
        .footprint_bytes = power_of_two_footprint,
        .model = power_of_two_model,
    },
    {
        .name = "uneven_steps",
        .summary = "the same array of 2^k, parts of 7/16 and 9/16 instead of halves: more steps",
        .create = power_of_two_create,
        .run = {uneven_independent_run, uneven_dependent_run},
        .footprint_bytes = power_of_two_footprint,
        .model = uneven_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_bisection = {
    LB_BENCHMARK_HERE("flat_index", "bisection"),
    .question = "What does it cost to bisect an array whose size is a power of two?",
    .learns = "Halves of 2^k keys lie powers of two apart, so the keys that each search looks at "
              "first share a few sets of every cache and push each other out. A size that is no "
              "power of two spreads them; steps that are no halves do too, and take more of them.",
    .op = "search",
    .revision = 1,
    .headline = {.variant = "power_of_two", .mode = "dependent"},
    .modes = {"independent", "dependent"},
    .reference_element_bytes = sizeof(uint64_t),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
