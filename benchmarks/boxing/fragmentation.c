/*
 * boxing/fragmentation: what it costs that live objects lie between dead ones.
 *
 * n objects of 48 bytes are live and visited in the order they were made. They lie in one array;
 * or were malloc'd one after the other; or a heap of more such objects was filled and a share of
 * it freed at random; or objects of mixed sizes came and went at random many times. Each visit
 * reads one word. How often the heap asked the system for memory, what it held at its peak and how
 * much of the pages that live objects lie on is theirs are metrics. Two heaps are there from other
 * allocators as well.
 */
#include "benchmarks/boxing/boxing.h"

#include <malloc.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum {
    OBJECT_BYTES = 48,
    CHUNK_BYTES = 64, /* what glibc takes for it: a header word, rounded up to 16 */
    SIZES = 4,
    CHURN_ROUNDS = 8, /* replacements an object, on average */
    PAGE_BYTES = 4096,
};

struct object {
    uint64_t value;
    unsigned char payload[OBJECT_BYTES - sizeof(uint64_t)];
};

struct state {
    uint64_t n;
    struct object **objects;
    bool from_malloc;
    /* What the heap did while it was filled; the account is glibc's, NaN under another allocator.
     */
    double system_allocations, peak_bytes;
    double mapped_before, heap_before;
    const void *top; /* of the heap, as it was last seen */
};

/* ---- The heap's account ---------------------------------------------------------------------- */

/* Bytes in use, or NaN where the allocator is not glibc's. */
static double heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.arena + info.hblkhd > 0 ? (double)(info.uordblks + info.hblkhd) : NAN;
}

static void account_begin(struct state *s)
{
    s->top = sbrk(0);
    s->mapped_before = (double)mallinfo2().hblks;
    s->heap_before = heap_bytes();
}

/* After each allocation: the heap's top moves when glibc asks for more. */
static void account_see(struct state *s)
{
    const void *top = sbrk(0);
    s->system_allocations += top != s->top;
    s->top = top;
}

/* When the heap is at its fullest. */
static void account_peak(struct state *s)
{
    s->peak_bytes = heap_bytes() - s->heap_before;
    if (isnan(s->heap_before))
        s->system_allocations = NAN;
    else
        s->system_allocations += (double)mallinfo2().hblks - s->mapped_before;
}

static struct object *object_new(uint64_t value, size_t bytes)
{
    struct object *object = malloc(bytes);
    if (object) {
        memset(object, 1, bytes);
        object->value = value;
    }
    return object;
}

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->objects = lb_arena_alloc(arena, s->n * sizeof *s->objects, 0);
    s->from_malloc = true;
    account_begin(s);
    return s;
}

static void destroy(void *state)
{
    struct state *s = state;
    for (uint64_t i = 0; i < s->n && s->from_malloc; i++)
        free(s->objects[i]);
}

/* ---- Heaps ----------------------------------------------------------------------------------- */

/* The same pointers, to objects side by side: what differs is the heap, not the way there. */
static void *contiguous_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    struct object *all = lb_arena_alloc(arena, s->n * sizeof *all, 0);
    s->from_malloc = false;
    s->system_allocations = 1; /* the arena's mapping */
    s->peak_bytes = (double)(s->n * sizeof *all);
    for (uint64_t i = 0; i < s->n; i++) {
        all[i].value = lb_value(point->seed, i);
        s->objects[i] = &all[i];
    }
    return s;
}

/*
 * Makes n / kept_per_mille * 1000 objects, of which n at random, in order, become the live ones;
 * then frees the others.
 */
static void *freed_create(const struct lb_point *point, struct lb_arena *arena,
                          uint64_t kept_per_mille)
{
    struct state *s = state_new(point, arena);
    uint64_t total = s->n * 1000 / kept_per_mille, live = 0;
    struct object **dead = lb_scratch_alloc(arena, (total - s->n + 1) * sizeof *dead);
    struct lb_rng rng = {point->seed};
    for (uint64_t i = 0; i < total; i++) {
        /* Of those still to come, as many are kept as are still wanted: exactly n in the end. */
        bool keep = lb_rng_below(&rng, total - i) < s->n - live;
        struct object *object = object_new(lb_value(point->seed, live), sizeof *object);
        if (!object)
            return NULL;
        account_see(s);
        if (keep)
            s->objects[live++] = object;
        else
            dead[i - live] = object;
    }
    account_peak(s);
    for (uint64_t i = 0; i < total - s->n; i++)
        free(dead[i]);
    return s;
}

static void *fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return freed_create(point, arena, 1000);
}

static void *freed_50_create(const struct lb_point *point, struct lb_arena *arena)
{
    return freed_create(point, arena, 500);
}

static void *freed_69_create(const struct lb_point *point, struct lb_arena *arena)
{
    return freed_create(point, arena, 310);
}

static void *freed_90_create(const struct lb_point *point, struct lb_arena *arena)
{
    return freed_create(point, arena, 100);
}

static size_t mixed_bytes(struct lb_rng *rng)
{
    static const size_t sizes[SIZES] = {24, OBJECT_BYTES, 72, 96};
    return sizes[lb_rng_below(rng, SIZES)];
}

static void *churned_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    struct lb_rng rng = {point->seed};
    for (uint64_t i = 0; i < s->n; i++) {
        s->objects[i] = object_new(lb_value(point->seed, i), mixed_bytes(&rng));
        if (!s->objects[i])
            return NULL;
        account_see(s);
    }
    for (uint64_t round = 0; round < CHURN_ROUNDS * s->n; round++) {
        uint64_t i = lb_rng_below(&rng, s->n);
        free(s->objects[i]);
        s->objects[i] = object_new(lb_value(point->seed, i), mixed_bytes(&rng));
        if (!s->objects[i])
            return NULL;
        account_see(s);
    }
    account_peak(s);
    return s;
}

/* ---- Footprints ------------------------------------------------------------------------------ */

static uint64_t contiguous_footprint(const struct lb_point *point)
{
    return point->elements * (sizeof(void *) + sizeof(struct object));
}

static uint64_t footprint(const struct lb_point *point, uint64_t kept_per_mille)
{
    return point->elements * (sizeof(void *) + CHUNK_BYTES * UINT64_C(1000) / kept_per_mille);
}

static uint64_t fresh_footprint(const struct lb_point *point)
{
    return footprint(point, 1000);
}

static uint64_t freed_50_footprint(const struct lb_point *point)
{
    return footprint(point, 500);
}

static uint64_t freed_69_footprint(const struct lb_point *point)
{
    return footprint(point, 310);
}

static uint64_t freed_90_footprint(const struct lb_point *point)
{
    return footprint(point, 100);
}

/* Sizes average 60 bytes, in chunks of 32 to 112; a tenth more for what lies free between. */
static uint64_t churned_footprint(const struct lb_point *point)
{
    return point->elements * (sizeof(void *) + 80);
}

/* The heap before the freeing is ten times the live objects: not at every rung. */
static const char *freed_90_unavailable(const struct lb_point *point)
{
    if (freed_90_footprint(point) > UINT64_C(256) << 20)
        return "would fill more than 256 MiB before it frees 90 % of them";
    return NULL;
}

/* ---- Kernel ---------------------------------------------------------------------------------- */

static uint64_t visit_span(void *state, uint64_t begin, uint64_t end)
{
    struct object *const *objects = ((const struct state *)state)->objects;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = lb_opaque(sum + objects[i]->value);
    return sum;
}

static uint64_t visit_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, visit_span);
}

/* ---- Metrics --------------------------------------------------------------------------------- */

static int by_address(const void *a, const void *b)
{
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return (x > y) - (x < y);
}

/* How many different pages the live objects begin on. */
static uint64_t pages_used(const struct state *s, struct lb_arena *arena)
{
    uintptr_t *pages = lb_scratch_alloc(arena, s->n * sizeof *pages);
    uint64_t used = 1;
    for (uint64_t i = 0; i < s->n; i++)
        pages[i] = (uintptr_t)s->objects[i] / PAGE_BYTES;
    qsort(pages, s->n, sizeof *pages, by_address);
    for (uint64_t i = 1; i < s->n; i++)
        used += pages[i] != pages[i - 1];
    return used;
}

static uint64_t live_bytes(const struct state *s)
{
    uint64_t bytes = s->n * sizeof(struct object);
    for (uint64_t i = 0; i < s->n && s->from_malloc; i++)
        bytes += malloc_usable_size(s->objects[i]) - sizeof(struct object);
    return bytes;
}

static void set_or_not_told(const struct lb_measurement *m, const char *name, double value)
{
    if (isnan(value))
        lb_metric_unknown(m, name, "only glibc's allocator tells");
    else
        lb_metric_set(m, name, value);
}

static const char *measure(const struct lb_measurement *m)
{
    const struct state *s = m->state;
    double live = (double)live_bytes(s), n = (double)s->n;
    set_or_not_told(m, "system_allocations", s->system_allocations);
    set_or_not_told(m, "peak_bytes", s->peak_bytes / n);
    lb_metric_set(m, "live_bytes", live / n);
    lb_metric_set(m, "span_use", live / ((double)pages_used(s, m->arena) * PAGE_BYTES));
    return NULL;
}

/* ---- Models: a line an object wherever it lies; pages are another matter ----------------------
 */

static void contiguous_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(void *) + sizeof(struct object), 8 + 8, 2);
}

/* A chunk is as large as a line, so each object has one, whatever lies between. */
static void chunk_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(void *) + CHUNK_BYTES, 8 + 8, 2);
}

/* The order of the pointers is not that of the addresses: each visit is a line of its own. */
static void churned_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, sizeof(void *), 8, 1);
    model_add_shuffled(point, model, 80, 8);
    model->exact = false; /* what came last off a free list lies beside what came before it */
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
        .name = "contiguous",
        .summary = "objects side by side in one array",
        .create = contiguous_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = contiguous_footprint,
        .model = contiguous_model,
    },
    {
        .name = "fresh",
        .summary = "objects malloc'd one after the other on a fresh heap",
        .create = fresh_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = fresh_footprint,
        .model = chunk_model,
    },
    {
        .name = "freed_50",
        .summary = "malloc'd among as many others, which were freed: half of the heap is free",
        .create = freed_50_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = freed_50_footprint,
        .model = chunk_model,
    },
    {
        .name = "freed_69",
        .summary = "69 % of the heap, at random, were freed",
        .create = freed_69_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = freed_69_footprint,
        .model = chunk_model,
    },
    {
        .name = "freed_90",
        .summary = "90 % of the heap, at random, were freed",
        .unavailable = freed_90_unavailable,
        .create = freed_90_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = freed_90_footprint,
        .model = chunk_model,
    },
    {
        .name = "churned",
        .summary = "mixed sizes of 24 to 96 bytes, each replaced eight times, at random",
        .create = churned_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = churned_footprint,
        .model = churned_model,
    },
    {
        .name = "fresh_jemalloc",
        .summary = "as fresh, from jemalloc",
        .create = fresh_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = fresh_footprint,
        .allocator = "jemalloc",
    },
    {
        .name = "freed_69_jemalloc",
        .summary = "as freed_69, from jemalloc",
        .create = freed_69_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = freed_69_footprint,
        .allocator = "jemalloc",
    },
    {
        .name = "fresh_mimalloc",
        .summary = "as fresh, from mimalloc",
        .create = fresh_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = fresh_footprint,
        .allocator = "mimalloc",
    },
    {
        .name = "freed_69_mimalloc",
        .summary = "as freed_69, from mimalloc",
        .create = freed_69_create,
        .run = {visit_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = freed_69_footprint,
        .allocator = "mimalloc",
    },
};

const struct lb_benchmark lb_benchmark_boxing_fragmentation = {
    LB_BENCHMARK_HERE("boxing", "fragmentation"),
    .question = "What does it cost that live objects lie between dead ones?",
    .learns = "A freed object gives nothing back as long as a page holds a live one: with k "
              "objects a page and a share f freed at random, (1 - f) / (1 - f^k) of the memory "
              "held is of use. The lines a visit costs stay the same; the pages do not, and an "
              "order of visits that is no longer the order of addresses costs most.",
    .op = "live object",
    .revision = 2,
    .headline = {.variant = "freed_69"},
    .reference_element_bytes = sizeof(struct object *) + sizeof(struct object),
    .expected = expected,
    .metrics = {{"system_allocations", "requests", "for memory, to the system, to fill the heap",
                 LB_LOWER_IS_BETTER},
                {"peak_bytes", "bytes per live object", "in use when the heap was at its fullest",
                 LB_LOWER_IS_BETTER},
                {"live_bytes", "bytes per live object", "that they can hold", LB_NO_BETTER},
                {"span_use", "share of the pages", "that live objects begin on is theirs",
                 LB_HIGHER_IS_BETTER}},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
