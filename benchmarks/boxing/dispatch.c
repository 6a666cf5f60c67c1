/*
 * boxing/dispatch: what it costs to find the code for an object.
 *
 * n objects of four types, a quarter of them each; an op computes one number from an object's two
 * words by the formula of its type. The objects lie in the array that is walked, so that only the
 * way to the code differs, and the word that says the way.
 */
#include "benchmarks/boxing/boxing.h"

#include <string.h>

enum { TYPES = 4 };

struct fields {
    uint64_t a, b;
};

/* ---- The formulas: nothing that a compiler could turn into selects --------------------------- */

static inline uint64_t sum_of(const struct fields *f)
{
    return lb_opaque(f->a + f->b);
}

static inline uint64_t difference_of(const struct fields *f)
{
    return lb_opaque(f->a - f->b);
}

static inline uint64_t parity_of(const struct fields *f)
{
    return lb_opaque(f->a ^ f->b);
}

static inline uint64_t common_of(const struct fields *f)
{
    return lb_opaque(f->a & f->b);
}

/* The same, as functions with an address; nothing here is inlined or specialised. */
typedef uint64_t method(const struct fields *f);

__attribute__((noinline)) static uint64_t call_sum(const struct fields *f)
{
    return sum_of(f);
}

__attribute__((noinline)) static uint64_t call_difference(const struct fields *f)
{
    return difference_of(f);
}

__attribute__((noinline)) static uint64_t call_parity(const struct fields *f)
{
    return parity_of(f);
}

__attribute__((noinline)) static uint64_t call_common(const struct fields *f)
{
    return common_of(f);
}

/* A table of methods, of which an object knows the address. Two methods: the second is called. */
struct vtable {
    const char *name;
    method *compute;
};

static const struct vtable vtables[TYPES] = {
    {"sum", call_sum},
    {"difference", call_difference},
    {"parity", call_parity},
    {"common", call_common},
};

/* ---- Objects --------------------------------------------------------------------------------- */

struct tagged_object {
    uint64_t type;
    struct fields fields;
};

struct pointer_object {
    method *compute;
    struct fields fields;
};

struct vtable_object {
    const struct vtable *vtable;
    struct fields fields;
};

struct state {
    uint64_t n;
    void *objects;
    uint64_t first[TYPES + 1]; /* where each type's objects begin, when sorted */
};

static unsigned type_of(const struct lb_point *point, uint64_t i)
{
    return (unsigned)(lb_value(point->seed ^ 1, i) % TYPES);
}

static struct fields fields_of(const struct lb_point *point, uint64_t i)
{
    return (struct fields){lb_value(point->seed, i), lb_value(point->seed ^ 2, i)};
}

/* order[k] is the object that lies k-th: as numbered, or all of one type before the next. */
static uint32_t *object_order(const struct lb_point *point, struct lb_arena *arena, struct state *s,
                              bool sorted)
{
    uint32_t *order = box_order(point, arena, false);
    uint64_t k = 0;
    for (unsigned type = 0; sorted && type < TYPES; type++) {
        s->first[type] = k;
        for (uint64_t i = 0; i < point->elements; i++) {
            if (type_of(point, i) == type)
                order[k++] = (uint32_t)i;
        }
    }
    s->first[TYPES] = point->elements;
    return order;
}

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena,
                               size_t object_bytes)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->objects = lb_arena_alloc(arena, s->n * object_bytes, 0);
    return s;
}

static void *bare_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena, sizeof(struct fields));
    const uint32_t *order = object_order(point, arena, s, true);
    struct fields *objects = s->objects;
    for (uint64_t k = 0; k < s->n; k++)
        objects[k] = fields_of(point, order[k]);
    return s;
}

static void *switch_create(const struct lb_point *point, struct lb_arena *arena, bool sorted)
{
    struct state *s = state_new(point, arena, sizeof(struct tagged_object));
    const uint32_t *order = object_order(point, arena, s, sorted);
    struct tagged_object *objects = s->objects;
    for (uint64_t k = 0; k < s->n; k++)
        objects[k] = (struct tagged_object){type_of(point, order[k]), fields_of(point, order[k])};
    return s;
}

static void *pointer_create(const struct lb_point *point, struct lb_arena *arena, bool sorted)
{
    struct state *s = state_new(point, arena, sizeof(struct pointer_object));
    const uint32_t *order = object_order(point, arena, s, sorted);
    struct pointer_object *objects = s->objects;
    for (uint64_t k = 0; k < s->n; k++)
        objects[k] = (struct pointer_object){vtables[type_of(point, order[k])].compute,
                                             fields_of(point, order[k])};
    return s;
}

static void *vtable_create(const struct lb_point *point, struct lb_arena *arena, bool sorted)
{
    struct state *s = state_new(point, arena, sizeof(struct vtable_object));
    const uint32_t *order = object_order(point, arena, s, sorted);
    struct vtable_object *objects = s->objects;
    for (uint64_t k = 0; k < s->n; k++)
        objects[k] =
            (struct vtable_object){&vtables[type_of(point, order[k])], fields_of(point, order[k])};
    return s;
}

#define DEFINE_ORDERS(kind)                                                                        \
    static void *kind##_sorted_create(const struct lb_point *point, struct lb_arena *arena)        \
    {                                                                                              \
        return kind##_create(point, arena, true);                                                  \
    }                                                                                              \
    static void *kind##_shuffled_create(const struct lb_point *point, struct lb_arena *arena)      \
    {                                                                                              \
        return kind##_create(point, arena, false);                                                 \
    }

DEFINE_ORDERS(switch)
DEFINE_ORDERS(pointer)
DEFINE_ORDERS(vtable)

/* ---- Kernels --------------------------------------------------------------------------------- */

/* A loop a type over its own objects: the type is known before the loop. */
__attribute__((always_inline)) static inline uint64_t
sum_type(const struct state *s, unsigned type, uint64_t begin, uint64_t end, method *compute)
{
    const struct fields *objects = s->objects;
    uint64_t from = begin > s->first[type] ? begin : s->first[type];
    uint64_t to = end < s->first[type + 1] ? end : s->first[type + 1];
    uint64_t sum = 0;
    for (uint64_t i = from; i < to; i++)
        sum += compute(&objects[i]);
    return sum;
}

static uint64_t inlined_span(void *state, uint64_t begin, uint64_t end)
{
    return sum_type(state, 0, begin, end, sum_of) + sum_type(state, 1, begin, end, difference_of) +
           sum_type(state, 2, begin, end, parity_of) + sum_type(state, 3, begin, end, common_of);
}

static uint64_t direct_span(void *state, uint64_t begin, uint64_t end)
{
    return sum_type(state, 0, begin, end, call_sum) +
           sum_type(state, 1, begin, end, call_difference) +
           sum_type(state, 2, begin, end, call_parity) +
           sum_type(state, 3, begin, end, call_common);
}

static uint64_t switch_span(void *state, uint64_t begin, uint64_t end)
{
    const struct tagged_object *objects = ((const struct state *)state)->objects;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        const struct fields *f = &objects[i].fields;
        switch (objects[i].type) {
        case 0:
            sum += sum_of(f);
            break;
        case 1:
            sum += difference_of(f);
            break;
        case 2:
            sum += parity_of(f);
            break;
        default:
            sum += common_of(f);
        }
    }
    return sum;
}

static uint64_t pointer_span(void *state, uint64_t begin, uint64_t end)
{
    const struct pointer_object *objects = ((const struct state *)state)->objects;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += objects[i].compute(&objects[i].fields);
    return sum;
}

static uint64_t vtable_span(void *state, uint64_t begin, uint64_t end)
{
    const struct vtable_object *objects = ((const struct state *)state)->objects;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += objects[i].vtable->compute(&objects[i].fields);
    return sum;
}

BOXING_RUN(inlined_run, inlined_span)
BOXING_RUN(direct_run, direct_span)
BOXING_RUN(switch_run, switch_span)
BOXING_RUN(pointer_run, pointer_span)
BOXING_RUN(vtable_run, vtable_span)

/* ---- Models: dispatching costs a word an object and no line more ----------------------------- */

static uint64_t bare_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct fields);
}

static uint64_t object_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct tagged_object);
}

static void bare_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(struct fields), sizeof(struct fields), 2);
}

static void object_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(struct tagged_object), sizeof(struct tagged_object), 3);
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t compute_plainly(const struct lb_point *point, uint64_t i)
{
    uint64_t a = lb_value(point->seed, i), b = lb_value(point->seed ^ 2, i);
    const uint64_t results[TYPES] = {a + b, a - b, a ^ b, a & b};
    return results[type_of(point, i)];
}

/* Variants whose objects are sorted by type have another order of ops. */
static uint64_t expected_sorted(const struct lb_point *point, uint64_t first_op, uint64_t ops)
{
    uint64_t sum = 0, k = 0;
    for (unsigned type = 0; type < TYPES; type++) {
        for (uint64_t i = 0; i < point->elements; i++) {
            if (type_of(point, i) != type)
                continue;
            if (k >= first_op && k < first_op + ops)
                sum += compute_plainly(point, i);
            k++;
        }
    }
    return sum;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)mode;
    if (!strstr(variant->name, "shuffled"))
        return expected_sorted(point, first_op, ops);
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += compute_plainly(point, i);
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "inlined",
        .summary = "a loop a type, its code inlined: 16 bytes an object",
        .create = bare_create,
        .run = {inlined_run},
        .footprint_bytes = bare_footprint,
        .model = bare_model,
    },
    {
        .name = "direct",
        .summary = "a loop a type that calls a known function: 16 bytes an object",
        .create = bare_create,
        .run = {direct_run},
        .footprint_bytes = bare_footprint,
        .model = bare_model,
    },
    {
        .name = "switch_sorted",
        .summary = "a type word and a switch; objects sorted by type",
        .create = switch_sorted_create,
        .run = {switch_run},
        .footprint_bytes = object_footprint,
        .model = object_model,
    },
    {
        .name = "switch_shuffled",
        .summary = "a type word and a switch; types at random",
        .create = switch_shuffled_create,
        .run = {switch_run},
        .footprint_bytes = object_footprint,
        .model = object_model,
    },
    {
        .name = "pointer_sorted",
        .summary = "a function pointer in each object; sorted by type",
        .create = pointer_sorted_create,
        .run = {pointer_run},
        .footprint_bytes = object_footprint,
        .model = object_model,
    },
    {
        .name = "pointer_shuffled",
        .summary = "a function pointer in each object; types at random",
        .create = pointer_shuffled_create,
        .run = {pointer_run},
        .footprint_bytes = object_footprint,
        .model = object_model,
    },
    {
        .name = "vtable_sorted",
        .summary = "a pointer to a table of methods; objects sorted by type",
        .create = vtable_sorted_create,
        .run = {vtable_run},
        .footprint_bytes = object_footprint,
        .model = object_model,
    },
    {
        .name = "vtable_shuffled",
        .summary = "a pointer to a table of methods; types at random",
        .create = vtable_shuffled_create,
        .run = {vtable_run},
        .footprint_bytes = object_footprint,
        .model = object_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_dispatch = {
    LB_BENCHMARK_HERE("boxing", "dispatch"),
    .question = "What does it cost to find the code for an object?",
    .learns = "A call through a pointer or a vtable costs about as much as a direct one, as long "
              "as the core guesses the target: objects sorted by type. With types at random the "
              "cost is the wrong guess, for a switch as for a vtable, unless the objects are so "
              "few that the core learns their sequence. Memory hardly enters: a word more an "
              "object.",
    .op = "call",
    .revision = 1,
    .headline = {.variant = "vtable_shuffled"},
    .reference_element_bytes = sizeof(struct fields),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
