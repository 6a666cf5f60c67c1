/*
 * density/scatter: what it costs that objects lie scattered on the heap.
 *
 * An array of pointers leads to objects of four words. They lie one behind the other in an arena,
 * or where malloc put them: on a fresh heap, or on an aged one, where they lie in random order
 * among as many objects of others', which stay allocated.
 */
#include "benchmarks/density/density.h"

#include <stdlib.h>

enum {
    OBJECT_WORDS = 4,
    OBJECT_BYTES = OBJECT_WORDS * 8,
    CHUNK_BYTES = 48, /* of glibc: 32 bytes and a word, rounded up to 16 */
};

enum mode { SEQUENTIAL, RANDOM };

struct scatter_object {
    uint64_t words[OBJECT_WORDS];
};

struct scatter_state {
    struct scatter_object **objects;
    struct scatter_object **others; /* aged heap: blocks that keep living between ours */
    const uint32_t *order;
    uint64_t n;
};

/* ---- Building ---- */

static uint64_t object_word(uint64_t seed, uint64_t i, unsigned word)
{
    return lb_value(seed, i * OBJECT_WORDS + word);
}

static void set_object(struct scatter_state *s, uint64_t seed, uint64_t i,
                       struct scatter_object *object)
{
    for (unsigned w = 0; w < OBJECT_WORDS; w++)
        object->words[w] = object_word(seed, i, w);
    s->objects[i] = object;
}

static struct scatter_state *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct scatter_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->objects = lb_arena_alloc(arena, s->n * sizeof *s->objects, 0);
    s->order = lb_random_indices(point, arena, s->n, s->n);
    return s;
}

static void *arena_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct scatter_state *s = create(point, arena);
    struct scatter_object *objects = lb_arena_alloc(arena, s->n * sizeof *objects, 0);
    for (uint64_t i = 0; i < s->n; i++)
        set_object(s, point->seed, i, &objects[i]);
    return s;
}

static void *fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct scatter_state *s = create(point, arena);
    for (uint64_t i = 0; i < s->n; i++) {
        struct scatter_object *object = malloc(sizeof *object);
        if (!object)
            return NULL;
        set_object(s, point->seed, i, object);
    }
    return s;
}

/*
 * 2n blocks are allocated, and a random n of them become the objects, in random order: what is
 * left when blocks come and go for long. The other n stay allocated.
 */
static void *aged_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct scatter_state *s = create(point, arena);
    uint64_t blocks = 2 * s->n;
    struct scatter_object **all = lb_scratch_alloc(arena, blocks * sizeof *all);
    uint32_t *place = lb_scratch_alloc(arena, blocks * sizeof *place);
    for (uint64_t k = 0; k < blocks; k++) {
        all[k] = malloc(sizeof *all[k]);
        if (!all[k])
            return NULL;
    }
    lb_permutation(place, blocks, point->seed);
    s->others = lb_scratch_alloc(arena, s->n * sizeof *s->others);
    for (uint64_t i = 0; i < s->n; i++) {
        set_object(s, point->seed, i, all[place[i]]);
        s->others[i] = all[place[s->n + i]];
    }
    return s;
}

static void destroy(void *state)
{
    struct scatter_state *s = state;
    for (uint64_t i = 0; i < s->n; i++) {
        free(s->objects[i]);
        if (s->others)
            free(s->others[i]);
    }
}

/* ---- Reading ---- */

LB_ALWAYS_INLINE uint64_t sum_object(const struct scatter_object *object)
{
    uint64_t sum = load_word(&object->words[0]);
    sum = add_word(sum, &object->words[1]);
    sum = add_word(sum, &object->words[2]);
    return add_word(sum, &object->words[3]);
}

static uint64_t sequential_span(void *state, uint64_t begin, uint64_t end)
{
    const struct scatter_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += sum_object(s->objects[i]);
    return sum;
}

static uint64_t random_span(void *state, uint64_t begin, uint64_t end)
{
    const struct scatter_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum += sum_object(s->objects[s->order[i]]);
    return sum;
}

static uint64_t sequential_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct scatter_state *)state)->n, first_op, ops,
                          sequential_span);
}

static uint64_t random_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct scatter_state *)state)->n, first_op, ops, random_span);
}

/* ---- Theory and reference ---- */

/*
 * Objects `pitch` bytes apart in the order of their numbers, or scattered over `spread` times
 * their chunks. At random an object of 32 bytes that begins at a multiple of 16 in 64 touches
 * 1.25 lines, one that is aligned to 32 just one.
 */
static void model(const struct lb_point *point, unsigned mode, struct lb_model *m, double pitch,
                  bool scattered, double lines)
{
    double n = (double)point->elements;
    double spread = n * lb_lines_of(pitch) * (scattered ? 2 : 1);
    m->bytes = 8 + OBJECT_BYTES;
    m->loads = 1 + OBJECT_WORDS;
    if (mode == SEQUENTIAL) {
        m->streamed_lines = lb_lines_of(8);
        m->streamed_footprint_lines = n * lb_lines_of(8);
        if (scattered) {
            m->reused[0] = (struct lb_reuse_class){.lines = spread,
                                                   .touches_per_op = lines,
                                                   .objects_per_line = lines / lb_lines_of(pitch)};
            m->useful_bytes_per_line = m->bytes / (lb_lines_of(8) + lines);
        } else {
            m->streamed_lines += lb_lines_of(pitch);
            m->streamed_footprint_lines += spread;
            m->useful_bytes_per_line = m->bytes / m->streamed_lines;
        }
        m->exact = !scattered;
    } else {
        m->reused[0] = (struct lb_reuse_class){.lines = spread, .touches_per_op = lines};
        m->reused[1] = (struct lb_reuse_class){.lines = n * lb_lines_of(8), .touches_per_op = 1};
        model_add_index_stream(point, m);
    }
}

static void arena_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, OBJECT_BYTES, false, 1);
}

static void fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, CHUNK_BYTES, false, 1.25);
}

static void aged_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m, CHUNK_BYTES, true, 1.25);
}

static uint64_t arena_footprint(const struct lb_point *point)
{
    return point->elements * (8 + OBJECT_BYTES);
}

static uint64_t fresh_footprint(const struct lb_point *point)
{
    return point->elements * (8 + CHUNK_BYTES);
}

static uint64_t aged_footprint(const struct lb_point *point)
{
    return point->elements * (8 + 2 * CHUNK_BYTES);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        uint64_t i = mode == RANDOM ? lb_random_index(point, point->elements, op) : op;
        for (unsigned w = 0; w < OBJECT_WORDS; w++)
            sum += object_word(point->seed, i, w);
    }
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "arena",
        .summary = "32-byte objects one behind the other, in the order of their pointers",
        .create = arena_create,
        .run = {sequential_run, random_run},
        .footprint_bytes = arena_footprint,
        .model = arena_model,
    },
    {
        .name = "malloc_fresh",
        .summary = "malloc'd in the order of their pointers on a fresh heap, 48 bytes apart",
        .create = fresh_create,
        .run = {sequential_run, random_run},
        .destroy = destroy,
        .footprint_bytes = fresh_footprint,
        .model = fresh_model,
    },
    {
        .name = "malloc_aged",
        .summary = "at random places of a heap of which others hold every second block; its bytes "
                   "count theirs, too",
        .create = aged_create,
        .run = {sequential_run, random_run},
        .destroy = destroy,
        .footprint_bytes = aged_footprint,
        .model = aged_model,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(scatter_object, LB_MEMBER(scatter_object, words)),
};

const struct lb_benchmark lb_benchmark_density_scatter = {
    LB_BENCHMARK_HERE("density", "scatter"),
    .question = "What does it cost that objects lie scattered on the heap?",
    .learns =
        "On a fresh heap malloc lays objects out nearly as an arena does, and only the unused "
        "bytes between them cost. On an aged heap a walk over all objects takes a random line "
        "or two for each, and less than half of a fetched line is used. A reader that comes "
        "at random takes about as many lines wherever they lie, but pays for objects that lie "
        "further apart: on more pages, and fewer of them in a cache.",
    .op = "object",
    .revision = 1,
    .headline = {.variant = "malloc_aged", .mode = "sequential"},
    .modes = {"sequential", "random"},
    .reference_element_bytes = 8 + OBJECT_BYTES,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
