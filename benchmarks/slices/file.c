/*
 * slices/file: reading a file through a mapping, or by read into a buffer; page cache warm.
 *
 * The file is an unlinked temporary one and was just written, so all of it is in the page cache.
 * `scan` adds every word of each page in order; `scan_line` only the first word of each page;
 * `random` the first word of pages at random.
 */
#include "benchmarks/slices/slices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGE_WORDS = PAGE_BYTES / 8, BATCH_PAGES = 16 };

enum mode { SCAN, SCAN_LINE, RANDOM };

struct file_state {
    FILE *file;
    int descriptor;
    uint64_t pages;
    const char *mapping; /* NULL: not mapped while nothing runs */
    char *buffer;        /* BATCH_PAGES pages that `read` fills */
    uint64_t seed;
};

static void require(bool done, const char *what)
{
    if (!done) {
        perror(what);
        abort();
    }
}

static uint64_t random_page(uint64_t seed, uint64_t pages, uint64_t op)
{
    return (uint64_t)(((unsigned __int128)lb_value(~seed, op) * pages) >> 64);
}

/* ---- Building ---- */

/* NULL as the arena: not in `create`. */
static const char *map_file(const struct file_state *s, int flags, struct lb_arena *arena)
{
    void *mapping =
        mmap(NULL, s->pages * PAGE_BYTES, PROT_READ, MAP_SHARED | flags, s->descriptor, 0);
    if (mapping == MAP_FAILED && errno == ENOMEM)
        lb_out_of_memory(arena, s->pages * PAGE_BYTES);
    require(mapping != MAP_FAILED, "file: mmap");
    return mapping;
}

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct file_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t page[PAGE_WORDS];
    s->pages = point->elements;
    s->seed = point->seed;
    s->buffer = lb_arena_alloc(arena, BATCH_PAGES * PAGE_BYTES, PAGE_BYTES);
    s->file = tmpfile();
    require(s->file != NULL, "file: temporary file");
    for (uint64_t i = 0; i < s->pages; i++) {
        for (uint64_t w = 0; w < PAGE_WORDS; w++)
            page[w] = lb_value(point->seed, i * PAGE_WORDS + w);
        require(fwrite(page, sizeof page, 1, s->file) == 1, "file: write");
    }
    require(fflush(s->file) == 0, "file: flush");
    s->descriptor = fileno(s->file);
    return s;
}

static void *mapped_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct file_state *s = create(point, arena);
    s->mapping = map_file(s, MAP_POPULATE, arena);
    return s;
}

static void destroy(void *state)
{
    struct file_state *s = state;
    if (s->mapping)
        munmap((void *)(uintptr_t)s->mapping, s->pages * PAGE_BYTES);
    fclose(s->file);
}

/* ---- Reading ---- */

/* One page, by mode; a scalar load a word. */
LB_ALWAYS_INLINE uint64_t page_sum(const char *page, enum mode mode)
{
    uint64_t sum = 0, word;
    for (uint64_t at = 0; at < (mode == SCAN ? PAGE_BYTES : 8); at += 8) {
        memcpy(&word, page + at, sizeof word);
        sum = lb_opaque(sum + word);
    }
    return sum;
}

LB_ALWAYS_INLINE uint64_t page_of(const struct file_state *s, uint64_t op, enum mode mode)
{
    return mode == RANDOM ? random_page(s->seed, s->pages, op) : op;
}

/* Ops begin .. end - 1 of one pass. */
typedef uint64_t read_function(const struct file_state *s, uint64_t begin, uint64_t end,
                               enum mode mode);

LB_ALWAYS_INLINE uint64_t read_mapped(const struct file_state *s, uint64_t begin, uint64_t end,
                                      enum mode mode)
{
    uint64_t sum = 0;
    for (uint64_t op = begin; op < end; op++)
        sum += page_sum(s->mapping + page_of(s, op, mode) * PAGE_BYTES, mode);
    return sum;
}

/* Mapped and unmapped for each pass: what a reader pays who comes once. */
LB_ALWAYS_INLINE uint64_t read_mapped_once(const struct file_state *s, uint64_t begin, uint64_t end,
                                           enum mode mode)
{
    struct file_state once = *s;
    once.mapping = map_file(s, 0, NULL);
    uint64_t sum = read_mapped(&once, begin, end, mode);
    munmap((void *)(uintptr_t)once.mapping, s->pages * PAGE_BYTES);
    return sum;
}

/* In order 64 KiB a call, at random a page a call. */
LB_ALWAYS_INLINE uint64_t read_copied(const struct file_state *s, uint64_t begin, uint64_t end,
                                      enum mode mode)
{
    uint64_t sum = 0;
    for (uint64_t op = begin; op < end;) {
        uint64_t left = end - op, pages = mode == RANDOM ? 1 : BATCH_PAGES;
        pages = pages < left ? pages : left;
        ssize_t bytes = (ssize_t)(pages * PAGE_BYTES);
        off_t from = (off_t)(page_of(s, op, mode) * PAGE_BYTES);
        require(pread(s->descriptor, s->buffer, (size_t)bytes, from) == bytes, "file: pread");
        for (uint64_t k = 0; k < pages; k++, op++)
            sum += page_sum(s->buffer + k * PAGE_BYTES, mode);
    }
    return sum;
}

LB_ALWAYS_INLINE uint64_t read_pages(const struct file_state *s, uint64_t first_op, uint64_t ops,
                                     enum mode mode, read_function *read)
{
    uint64_t sum = 0;
    for (uint64_t begin = first_op % s->pages; ops > 0; begin = 0) {
        uint64_t end = ops < s->pages - begin ? begin + ops : s->pages;
        ops -= end - begin;
        sum += read(s, begin, end, mode);
    }
    return sum;
}

#define DEFINE_RUN(name, mode)                                                                     \
    static uint64_t name##_##mode(void *state, uint64_t first_op, uint64_t ops)                    \
    {                                                                                              \
        return read_pages(state, first_op, ops, mode, read_##name);                                \
    }

#define DEFINE_RUNS(name)                                                                          \
    DEFINE_RUN(name, SCAN)                                                                         \
    DEFINE_RUN(name, SCAN_LINE)                                                                    \
    DEFINE_RUN(name, RANDOM)

DEFINE_RUNS(mapped)
DEFINE_RUNS(mapped_once)
DEFINE_RUNS(copied)

static uint64_t mapped_footprint(const struct lb_point *point)
{
    return point->elements * PAGE_BYTES;
}

static uint64_t copied_footprint(const struct lb_point *point)
{
    return point->elements * PAGE_BYTES + BATCH_PAGES * PAGE_BYTES;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        uint64_t page = mode == RANDOM ? random_page(point->seed, point->elements, op) : op;
        for (uint64_t w = 0; w < (mode == SCAN ? PAGE_WORDS : 1); w++)
            sum += lb_value(point->seed, page * PAGE_WORDS + w);
    }
    return sum;
}

#define VARIANT(name_, create_, footprint_, other_work_, summary_)                                 \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = (create_),                                \
        .run = {name_##_SCAN, name_##_SCAN_LINE, name_##_RANDOM}, .destroy = destroy,              \
        .footprint_bytes = (footprint_), .other_work = (other_work_),                              \
    }

static const struct lb_variant variants[] = {
    VARIANT(mapped, mapped_create, mapped_footprint, NULL,
            "mapped ahead: no fault and no copy is left"),
    VARIANT(mapped_once, create, mapped_footprint,
            "maps and unmaps the file in each pass; the reference's mapping stands",
            "mapped and unmapped each pass: faults are paid"),
    VARIANT(copied, create, copied_footprint, NULL,
            "pread of whole pages into a buffer, 64 KiB a call, at random 4 KiB, also where a word "
            "of each is used"),
};

const struct lb_benchmark lb_benchmark_slices_file = {
    LB_BENCHMARK_HERE("slices", "file"),
    .question = "Is a mapped view of a file cheaper than reading it into a buffer?",
    .learns =
        "A mapping saves the copy and the calls once it stands, and most where little of each "
        "page is wanted: the copy is of whole pages even then, which a reader who wants one word "
        "could avoid with a pread of 8 bytes. Setting a mapping up costs faults, which a reader "
        "that comes once pays in full: then a read in large pieces is often as cheap.",
    .op = "page",
    .revision = 2,
    .headline = {.variant = "copied", .mode = "scan"},
    .modes = {"scan", "scan_line", "random"},
    .reference_element_bytes = PAGE_BYTES,
    .uneven = true, /* a pass of `mapped_once` begins with mapping the file */
    .expected = expected,
    .not_simulable =
        "the copies and the faults are the kernel's, which the simulation does not see",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
