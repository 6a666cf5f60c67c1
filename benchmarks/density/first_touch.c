/*
 * density/first_touch: what the first write to a page costs, and how to pay it in bulk.
 *
 * Before each sample fresh address space is mapped, outside the timed region. An op fills the next
 * page, a word on each of its lines, and reads it back: what a page is for. The reference does so
 * with pages that are there already, so a ratio says how much dearer the first use is.
 * Samples are whole passes: parts would pay for huge pages that they do not fill. Where one is
 * several passes, the window's pages are given back within it: a call for 4095 pages is nothing,
 * but at the smallest rungs, of a few pages, it is a part of the figure.
 */
#include "benchmarks/density/density.h"

#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; glibc 2.35 knows it */
#endif

enum {
    PAGE_BYTES = 4096,
    HUGE_BYTES = 2 << 20,
    PAGE_LINES = PAGE_BYTES / LB_CACHE_LINE_BYTES,
    LINE_WORDS = LB_CACHE_LINE_BYTES / sizeof(uint64_t),
};

enum paging { RESIDENT, FAULT, FAULT_HUGE, POPULATE };

struct touch_state {
    enum paging paging;
    uint64_t seed;
    uint64_t pages; /* of the window: the address space of one pass */
    char *mapping;  /* NULL: none */
    char *window;   /* in the mapping, aligned to 2 MiB */
};

/* Whole huge pages where they are asked for: what ends within one is given out in small ones. */
static uint64_t window_bytes(const struct touch_state *s)
{
    uint64_t bytes = s->pages * PAGE_BYTES;
    return s->paging == FAULT_HUGE ? (bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES : bytes;
}

static uint64_t mapping_bytes(const struct touch_state *s)
{
    return window_bytes(s) + HUGE_BYTES;
}

static void unmap(struct touch_state *s)
{
    if (s->mapping)
        munmap(s->mapping, mapping_bytes(s));
    s->mapping = NULL;
}

/* A new window, none of whose pages is there. NULL as the arena: not in `create`. */
static void map(struct touch_state *s, struct lb_arena *arena)
{
    unmap(s);
    char *mapping = mmap(NULL, mapping_bytes(s), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED)
        lb_out_of_memory(arena, mapping_bytes(s));
    s->mapping = mapping;
    s->window = mapping + (HUGE_BYTES - (uintptr_t)mapping % HUGE_BYTES) % HUGE_BYTES;
    madvise(s->window, window_bytes(s), s->paging == FAULT_HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

static void *create(const struct lb_point *point, struct lb_arena *arena, enum paging paging)
{
    struct touch_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->paging = paging;
    s->seed = point->seed;
    s->pages = point->elements;
    map(s, arena);
    lb_arena_add_mapped(arena, window_bytes(s));
    if (paging == RESIDENT)
        for (uint64_t i = 0; i < s->pages; i++)
            s->window[i * PAGE_BYTES] = 1;
    return s;
}

static void destroy(void *state)
{
    unmap(state);
}

/* The sample begins on a page that no one has touched; position in the pass is kept. */
static void prepare_fresh(void *state, unsigned mode, uint64_t ops)
{
    (void)mode;
    (void)ops;
    map(state, NULL);
}

/* Writes and reads back the first word of each line of pages begin .. end - 1. */
static uint64_t touch_span(void *state, uint64_t begin, uint64_t end)
{
    const struct touch_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        uint64_t *page = (uint64_t *)(void *)(s->window + i * PAGE_BYTES);
        uint64_t value = lb_opaque(s->seed + i);
        for (unsigned l = 0; l < PAGE_LINES; l++)
            page[l * LINE_WORDS] = value;
        lb_touch(page);
        for (unsigned l = 0; l < PAGE_LINES; l++)
            sum += page[l * LINE_WORDS];
    }
    return sum;
}

static uint64_t resident_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct touch_state *)state)->pages, first_op, ops, touch_span);
}

/* A run that goes round the window takes the pages away first: that is timed, and seldom. */
static uint64_t fresh_span(void *state, uint64_t begin, uint64_t end)
{
    const struct touch_state *s = state;
    if (begin == 0)
        madvise(s->window, window_bytes(s), MADV_DONTNEED);
    if (s->paging == POPULATE)
        madvise(s->window + begin * PAGE_BYTES, (end - begin) * PAGE_BYTES, MADV_POPULATE_WRITE);
    return touch_span(state, begin, end);
}

static uint64_t fresh_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct touch_state *)state)->pages, first_op, ops, fresh_span);
}

/* ---- Metrics: one pass over the window, and what the kernel counted ---- */

static double faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (double)usage.ru_minflt;
}

static const char *measure(const struct lb_measurement *m)
{
    struct touch_state *s = m->state;
    if (s->paging != RESIDENT)
        map(s, m->arena);
    double before = faults();
    (void)(s->paging == RESIDENT ? touch_span : fresh_span)(s, 0, s->pages);
    lb_metric_set(m, "page_faults", (faults() - before) / (double)s->pages);
    set_huge_page_share(m, s->window);
    return NULL;
}

static void *resident_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, RESIDENT);
}

static void *fault_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, FAULT);
}

static void *huge_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, FAULT_HUGE);
}

static void *populate_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, POPULATE);
}

static const char *pass_unavailable(const struct lb_point *point)
{
    return lb_pass_too_long(point, UINT64_C(16) << 20);
}

static const char *huge_unavailable(const struct lb_point *point)
{
    if (point->elements * PAGE_BYTES < HUGE_BYTES - PAGE_BYTES)
        return "what is filled is smaller than a huge page";
    return pass_unavailable(point);
}

static const char *populate_unavailable(const struct lb_point *point)
{
    if (pass_unavailable(point))
        return pass_unavailable(point);
    void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return "no memory to try MADV_POPULATE_WRITE on";
    int refused = madvise(page, PAGE_BYTES, MADV_POPULATE_WRITE);
    munmap(page, PAGE_BYTES);
    return refused ? "the kernel has no MADV_POPULATE_WRITE (Linux 5.14 and later)" : NULL;
}

static uint64_t footprint(const struct lb_point *point)
{
    return point->elements * PAGE_BYTES;
}

/* What the kernel touches to clear a page, 64 lines, is the kernel's: the model is the write's. */
static void model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    m->streamed_lines = PAGE_LINES;
    m->streamed_footprint_lines = (double)point->elements * PAGE_LINES;
    m->useful_bytes_per_line = sizeof(uint64_t);
    m->bytes = PAGE_LINES * sizeof(uint64_t);
    m->loads = PAGE_LINES;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += PAGE_LINES * (point->seed + i);
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "resident",
        .summary = "a page that is there already: no fault",
        .other_work = "writes a page that is there: nothing is given out, cleared or mapped",
        .unavailable = pass_unavailable,
        .create = resident_create,
        .run = {resident_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "fault_4k",
        .summary = "a fresh 4 KiB page: a fault, a page cleared, an entry made, for each",
        .unavailable = pass_unavailable,
        .create = fault_create,
        .prepare = prepare_fresh,
        .run = {fresh_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "fault_2m",
        .summary = "2 MiB pages asked for: where granted one fault clears 512 pages",
        .huge_pages = true,
        .unavailable = huge_unavailable,
        .create = huge_create,
        .prepare = prepare_fresh,
        .run = {fresh_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "populate",
        .summary = "MADV_POPULATE_WRITE first: the pages are cleared in bulk, without a fault each",
        .unavailable = populate_unavailable,
        .create = populate_create,
        .prepare = prepare_fresh,
        .run = {fresh_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
        .model = model,
    },
};

const struct lb_benchmark lb_benchmark_density_first_touch = {
    LB_BENCHMARK_HERE("density", "first_touch"),
    .question = "What does it cost to be the first to fill a page?",
    .learns = "Memory is given out when it is first written: a fault, a page of zeros, an entry in "
              "the page table: several times the price of filling the page itself. It is paid once "
              "a page, by whoever comes first; asking for pages in bulk or for huge ones makes it "
              "cheaper a page.",
    .op = "page",
    .revision = 3,
    .uneven = true, /* a huge page's fault is 512 ops' */
    .reference_element_bytes = PAGE_BYTES,
    .expected = expected,
    .metrics = {{"page_faults", "page faults per page", "of the thread, over the whole window",
                 LB_LOWER_IS_BETTER},
                {"huge_share", "share of the memory", "that the kernel put into huge pages",
                 LB_NO_BETTER}},
    .not_simulable =
        "the cost is the kernel's page faults, which the cache simulation does not see",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
