/*
 * slices/subslice: what a slice of a slice costs, as a view and as a copy.
 *
 * A record of 256 bytes is cut to a half, that to a quarter, and so on: `depth1` to `depth4` end
 * at 128, 64, 32 and 16 bytes. Where each cut begins stands in the record's first word. An op ends
 * by reading the first and the last word of what is left.
 */
#include "benchmarks/slices/slices.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_BYTES = 256, RECORD_WORDS = RECORD_BYTES / 8 };

struct subslice_state {
    char *records;
    uint64_t n;
};

static uint64_t record_word(uint64_t seed, uint64_t record, uint64_t word)
{
    return lb_value(seed, record * RECORD_WORDS + word);
}

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct subslice_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->records = lb_arena_alloc(arena, s->n * RECORD_BYTES, 0);
    for (uint64_t i = 0; i < s->n * RECORD_WORDS; i++) {
        uint64_t word = record_word(point->seed, i / RECORD_WORDS, i % RECORD_WORDS);
        memcpy(s->records + i * 8, &word, sizeof word);
    }
    return s;
}

/* Where cut number `level` begins in its parent of `bytes` bytes: any word of the first half. */
LB_ALWAYS_INLINE uint64_t cut_offset(uint64_t header, unsigned level, uint64_t bytes)
{
    return (header >> (8 * level) & (bytes / 16 - 1)) * 8;
}

LB_ALWAYS_INLINE uint64_t ends_of(const char *bytes, uint64_t length)
{
    uint64_t first, last;
    memcpy(&first, bytes, sizeof first);
    memcpy(&last, bytes + length - sizeof last, sizeof last);
    return lb_opaque(first) + 3 * lb_opaque(last);
}

/* Cuts a record `depth` times and returns what is left. */
typedef uint64_t cut_function(const char *record, uint64_t header, unsigned depth);

LB_ALWAYS_INLINE struct view cut_view(struct view slice, uint64_t header, unsigned level)
{
    uint64_t offset = cut_offset(header, level, slice.length);
    return (struct view){slice.bytes + offset, slice.length / 2};
}

LB_ALWAYS_INLINE uint64_t cut_views(const char *record, uint64_t header, unsigned depth)
{
    struct view slice = cut_view((struct view){record, RECORD_BYTES}, header, 0);
    if (depth > 1)
        slice = cut_view(slice, header, 1);
    if (depth > 2)
        slice = cut_view(slice, header, 2);
    if (depth > 3)
        slice = cut_view(slice, header, 3);
    return ends_of(slice.bytes, slice.length);
}

/* Each level is copied to a buffer of its own, as a callee does that keeps what it is given. */
LB_ALWAYS_INLINE uint64_t cut_copies(const char *record, uint64_t header, unsigned depth)
{
    char half[RECORD_BYTES / 2], quarter[RECORD_BYTES / 4], eighth[RECORD_BYTES / 8],
        sixteenth[RECORD_BYTES / 16];
    memcpy(half, record + cut_offset(header, 0, RECORD_BYTES), sizeof half);
    lb_touch(half);
    if (depth == 1)
        return ends_of(half, sizeof half);
    memcpy(quarter, half + cut_offset(header, 1, sizeof half), sizeof quarter);
    lb_touch(quarter);
    if (depth == 2)
        return ends_of(quarter, sizeof quarter);
    memcpy(eighth, quarter + cut_offset(header, 2, sizeof quarter), sizeof eighth);
    lb_touch(eighth);
    if (depth == 3)
        return ends_of(eighth, sizeof eighth);
    memcpy(sixteenth, eighth + cut_offset(header, 3, sizeof eighth), sizeof sixteenth);
    lb_touch(sixteenth);
    return ends_of(sixteenth, sizeof sixteenth);
}

/* As above, each copy malloc'd; the parent is freed once its child has been made. */
LB_ALWAYS_INLINE uint64_t cut_malloc(const char *record, uint64_t header, unsigned depth)
{
    char *slice = NULL;
    uint64_t bytes = RECORD_BYTES;
    for (unsigned level = 0; level < depth; level++) {
        char *child = malloc(bytes / 2);
        if (!child)
            lb_out_of_memory(NULL, RECORD_BYTES / 2);
        memcpy(child, (slice ? slice : record) + cut_offset(header, level, bytes), bytes / 2);
        lb_touch(child);
        free(slice);
        slice = child;
        bytes /= 2;
    }
    uint64_t sum = ends_of(slice, bytes);
    free(slice);
    return sum;
}

LB_ALWAYS_INLINE uint64_t cut_records(const struct subslice_state *s, uint64_t first_op,
                                      uint64_t ops, unsigned depth, cut_function *cut)
{
    uint64_t sum = 0;
    for (uint64_t i = first_op % s->n; ops > 0; i = 0) {
        uint64_t stop = s->n - i < ops ? s->n : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            const char *record = s->records + i * RECORD_BYTES;
            uint64_t header;
            memcpy(&header, record, sizeof header);
            sum += cut(record, header, depth);
        }
    }
    return sum;
}

#define DEFINE_RUN(name, depth)                                                                    \
    static uint64_t name##_run_##depth(void *state, uint64_t first_op, uint64_t ops)               \
    {                                                                                              \
        return cut_records(state, first_op, ops, depth, cut_##name);                               \
    }

#define DEFINE_RUNS(name)                                                                          \
    DEFINE_RUN(name, 1)                                                                            \
    DEFINE_RUN(name, 2)                                                                            \
    DEFINE_RUN(name, 3)                                                                            \
    DEFINE_RUN(name, 4)

DEFINE_RUNS(views)
DEFINE_RUNS(copies)
DEFINE_RUNS(malloc)

/* ---- Theory and reference ---- */

/* Where the slice that is left begins in its record. */
static uint64_t final_offset(uint64_t header, unsigned depth)
{
    uint64_t offset = 0;
    for (unsigned level = 0; level < depth; level++)
        offset += cut_offset(header, level, RECORD_BYTES >> level);
    return offset;
}

static void mark(bool lines[RECORD_BYTES / LB_CACHE_LINE_BYTES], uint64_t begin, uint64_t end)
{
    for (uint64_t at = begin; at < end; at += 8)
        lines[at / LB_CACHE_LINE_BYTES] = true;
}

/* Lines of a record that are read on average, counted over the records themselves. */
static double mean_lines(const struct lb_point *point, unsigned depth, bool copies)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < point->elements; i++) {
        bool lines[RECORD_BYTES / LB_CACHE_LINE_BYTES] = {true};
        uint64_t header = record_word(point->seed, i, 0);
        uint64_t begin = final_offset(header, copies ? 1 : depth);
        uint64_t bytes = RECORD_BYTES >> (copies ? 1 : depth);
        mark(lines, begin, copies ? begin + bytes : begin + 8);
        mark(lines, begin + bytes - 8, begin + bytes);
        for (size_t k = 0; k < LB_COUNT_OF(lines); k++)
            count += lines[k];
    }
    return (double)count / (double)point->elements;
}

static void model(const struct lb_point *point, struct lb_model *m, unsigned depth, bool copies)
{
    m->streamed_lines = mean_lines(point, depth, copies);
    m->streamed_footprint_lines = (double)point->elements * m->streamed_lines;
    /*
     * Deep slices seldom reach a record's last line, and those few lines fit their share of the
     * cache's sets; a copy's 16-byte loads that cross into a new line count once.
     */
    m->exact = !copies && depth == 1;
}

static void views_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, m, mode + 1, false);
}

static void copies_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, m, mode + 1, true);
}

static void malloc_model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, m, mode + 1, true);
    m->allocations = (double)(mode + 1);
}

static uint64_t footprint(const struct lb_point *point)
{
    return point->elements * RECORD_BYTES;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    unsigned depth = mode + 1;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        uint64_t first = final_offset(record_word(point->seed, i, 0), depth) / 8;
        uint64_t last = first + (RECORD_WORDS >> depth) - 1;
        sum += record_word(point->seed, i, first) + 3 * record_word(point->seed, i, last);
    }
    return sum;
}

#define VARIANT(name_, summary_)                                                                   \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = create,                                   \
        .run = {name_##_run_1, name_##_run_2, name_##_run_3, name_##_run_4},                       \
        .footprint_bytes = footprint, .model = name_##_model,                                      \
    }

static const struct lb_variant variants[] = {
    VARIANT(views, "pointer and length move: no byte is read before the last slice's"),
    VARIANT(copies, "each level copied to a buffer on the stack"),
    VARIANT(malloc, "each level copied to a malloc'd block, its parent freed after it"),
};

const struct lb_benchmark lb_benchmark_slices_subslice = {
    LB_BENCHMARK_HERE("slices", "subslice"),
    .question = "What does a slice of a slice cost, as a view and as a copy?",
    .learns =
        "A view is two additions a level, and only the lines that are read in the end are "
        "fetched. A copy fetches all that it takes along and writes it again, level by level; "
        "from malloc each level adds two calls to that.",
    .op = "slice",
    .revision = 1,
    .headline = {.variant = "malloc", .mode = "depth2"},
    .modes = {"depth1", "depth2", "depth3", "depth4"},
    .reference_element_bytes = RECORD_BYTES,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
