/*
 * boxing/generic: what a container costs that does not know its element type.
 *
 * `sort` sorts blocks of 1024 values by one merge sort, written once, over how elements are moved
 * and compared; `fold` sums all values by visiting each. An op is an element; a block is copied
 * and sorted at its first op, and each op adds one value of the sorted block by its rank.
 */
#include "benchmarks/boxing/boxing.h"

#include <math.h>
#include <string.h>

enum {
    MODE_SORT,
    MODE_FOLD,
    BLOCK = 1024,
};

typedef int compare_function(const void *a, const void *b);
typedef void visit_function(const void *element, void *context);

struct state {
    uint64_t n;
    size_t element_bytes; /* 8: read where the code must not know */
    compare_function *compare;
    visit_function *visit;
    unsigned char *elements; /* values, or addresses of boxes */
    unsigned char *work[2];  /* a block each, for the merge sort */
    const unsigned char *sorted;
    bool boxed;
};

/* ---- What the user of a container brings: comparisons and visits ----------------------------- */

static int compare_values(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int compare_boxes(const void *a, const void *b)
{
    return compare_values(*(const void *const *)a, *(const void *const *)b);
}

static void visit_value(const void *element, void *context)
{
    *(uint64_t *)context += *(const uint64_t *)element;
}

static void visit_box(const void *element, void *context)
{
    visit_value(*(const void *const *)element, context);
}

/* ---- The merge sort -------------------------------------------------------------------------- */

/* How a container moves and compares elements; constants fold away. */
struct element_code {
    size_t bytes; /* 0: read it from the state */
    bool inlined; /* compare values here, not through the callback */
};

static inline bool comes_first(const struct state *s, const struct element_code *code,
                               const unsigned char *a, const unsigned char *b)
{
    uint64_t x, y;
    if (!code->inlined)
        return s->compare(a, b) <= 0;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x <= y;
}

/* Merges [from, middle) and [middle, to) of `in` into `out`; offsets are bytes. */
__attribute__((always_inline)) static inline void merge(const struct state *s,
                                                        const struct element_code *code,
                                                        const unsigned char *in, unsigned char *out,
                                                        size_t from, size_t middle, size_t to)
{
    size_t bytes = code->bytes ? code->bytes : s->element_bytes;
    size_t left = from, right = middle;
    for (size_t at = from; at < to; at += bytes) {
        bool take_left =
            right >= to || (left < middle && comes_first(s, code, in + left, in + right));
        memcpy(out + at, in + (take_left ? left : right), bytes);
        left += take_left ? bytes : 0;
        right += take_left ? 0 : bytes;
    }
}

__attribute__((always_inline)) static inline void
sort_block(struct state *s, const struct element_code *code, uint64_t first)
{
    size_t bytes = code->bytes ? code->bytes : s->element_bytes;
    size_t count = s->n - first < BLOCK ? s->n - first : BLOCK;
    size_t end = count * bytes;
    unsigned char *in = s->work[0], *out = s->work[1];
    memcpy(in, s->elements + first * bytes, end);
    for (size_t run = bytes; run < end; run *= 2) {
        for (size_t from = 0; from < end; from += 2 * run) {
            size_t middle = from + run < end ? from + run : end;
            size_t to = middle + run < end ? middle + run : end;
            merge(s, code, in, out, from, middle, to);
        }
        unsigned char *sorted = out;
        out = in;
        in = sorted;
    }
    s->sorted = in;
}

/* What one op adds: a value of the sorted block, times its rank. */
static inline uint64_t ranked(const struct state *s, uint64_t i)
{
    uint64_t word;
    memcpy(&word, s->sorted + i % BLOCK * sizeof word, sizeof word);
    return (i % BLOCK + 1) * (s->boxed ? *(const uint64_t *)(uintptr_t)word : word);
}

typedef void sort_function(struct state *s, uint64_t first);

__attribute__((always_inline)) static inline uint64_t sort_span(struct state *s, uint64_t begin,
                                                                uint64_t end, sort_function *sort)
{
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        if (i % BLOCK == 0)
            sort(s, i);
        sum += ranked(s, i);
    }
    return sum;
}

static void sort_typed(struct state *s, uint64_t first)
{
    static const struct element_code code = {.bytes = sizeof(uint64_t), .inlined = true};
    sort_block(s, &code, first);
}

static void sort_callback(struct state *s, uint64_t first)
{
    static const struct element_code code = {.bytes = sizeof(uint64_t)};
    sort_block(s, &code, first);
}

static void sort_erased(struct state *s, uint64_t first)
{
    static const struct element_code code = {.bytes = 0};
    sort_block(s, &code, first);
}

static void sort_library(struct state *s, uint64_t first)
{
    size_t count = s->n - first < BLOCK ? s->n - first : BLOCK;
    memcpy(s->work[0], s->elements + first * s->element_bytes, count * s->element_bytes);
    qsort(s->work[0], count, s->element_bytes, s->compare);
    s->sorted = s->work[0];
}

static uint64_t typed_sort_span(void *state, uint64_t begin, uint64_t end)
{
    return sort_span(state, begin, end, sort_typed);
}

static uint64_t callback_sort_span(void *state, uint64_t begin, uint64_t end)
{
    return sort_span(state, begin, end, sort_callback);
}

static uint64_t erased_sort_span(void *state, uint64_t begin, uint64_t end)
{
    return sort_span(state, begin, end, sort_erased);
}

static uint64_t library_sort_span(void *state, uint64_t begin, uint64_t end)
{
    return sort_span(state, begin, end, sort_library);
}

/* ---- The folds ------------------------------------------------------------------------------- */

static uint64_t typed_fold_span(void *state, uint64_t begin, uint64_t end)
{
    const struct state s = *(const struct state *)state;
    const uint64_t *values = (const uint64_t *)(const void *)s.elements;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = lb_opaque(sum + values[i]);
    return sum;
}

static uint64_t callback_fold_span(void *state, uint64_t begin, uint64_t end)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        s.visit(s.elements + i * sizeof(uint64_t), &sum);
    return sum;
}

static uint64_t erased_fold_span(void *state, uint64_t begin, uint64_t end)
{
    const struct state s = *(const struct state *)state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        s.visit(s.elements + i * s.element_bytes, &sum);
    return sum;
}

BOXING_RUN(typed_sort, typed_sort_span)
BOXING_RUN(callback_sort, callback_sort_span)
BOXING_RUN(erased_sort, erased_sort_span)
BOXING_RUN(library_sort, library_sort_span)
BOXING_RUN(typed_fold, typed_fold_span)
BOXING_RUN(callback_fold, callback_fold_span)
BOXING_RUN(erased_fold, erased_fold_span)

/* ---- Building -------------------------------------------------------------------------------- */

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->element_bytes = sizeof(uint64_t);
    s->compare = compare_values;
    s->visit = visit_value;
    s->elements = lb_arena_alloc(arena, s->n * s->element_bytes, 0);
    for (unsigned i = 0; i < LB_COUNT_OF(s->work); i++)
        s->work[i] = lb_arena_alloc(arena, BLOCK * s->element_bytes, 0);
    return s;
}

static uint64_t value_of(const struct lb_point *point, uint64_t i)
{
    return lb_value(point->seed, i);
}

static void *values_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    uint64_t *values = (uint64_t *)(void *)s->elements;
    for (uint64_t i = 0; i < s->n; i++)
        values[i] = value_of(point, i);
    return s;
}

static void *boxes_create(const struct lb_point *point, struct lb_arena *arena, bool shuffled)
{
    struct state *s = state_new(point, arena);
    const uint32_t *order = box_order(point, arena, shuffled);
    s->boxed = true;
    s->compare = compare_boxes;
    s->visit = visit_box;
    return boxes_make(point, order, (uint64_t **)(void *)s->elements, value_of) ? s : NULL;
}

static void *boxes_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return boxes_create(point, arena, false);
}

static void *boxes_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return boxes_create(point, arena, true);
}

static void boxes_destroy(void *state)
{
    struct state *s = state;
    boxes_free((uint64_t **)(void *)s->elements, s->n);
}

/* ---- Footprints and models ------------------------------------------------------------------- */

static uint64_t values_footprint(const struct lb_point *point)
{
    return (point->elements + 2 * BLOCK) * sizeof(uint64_t);
}

static uint64_t boxes_footprint(const struct lb_point *point)
{
    return values_footprint(point) + point->elements * BOX_CHUNK_BYTES;
}

/* A sort's two blocks stay in the first cache or nearly so: not exact. */
static void values_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model_scan(point, model, 8, 8, 1);
    model->exact = mode == MODE_FOLD;
}

/* glibc's qsort takes its second block from malloc when it is larger than 1 KiB. */
static void library_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    values_model(point, mode, model);
    model->allocations = 1.0 / BLOCK;
}

/*
 * A sort goes over its block once a level, ten times: over the two arrays of pointers, and over the
 * boxes in the order of their values. A block is more than the first cache holds, and less than the
 * last, in which it is found again. Not exact: the first levels stay inside a few lines.
 */
static void add_sort(struct lb_model *model, double box_lines)
{
    const double levels = log2(BLOCK), pointer_lines = 2 * lb_lines_of(sizeof(uint64_t));
    for (size_t i = 0; i < 2; i++)
        if (model->reused[i].lines <= 0) {
            model->reused[i] = (struct lb_reuse_class){
                .lines = BLOCK * (box_lines + pointer_lines),
                .touches_per_op = levels * (box_lines + pointer_lines),
                .objects_per_line = 1, /* each line once a level: a cycle */
            };
            break;
        }
    model->useful_bytes_per_line = 0;
    model->exact = false;
}

static void boxes_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model_scan(point, model, 8 + BOX_CHUNK_BYTES, 16, 2);
    if (mode == MODE_SORT)
        add_sort(model, lb_lines_of(BOX_CHUNK_BYTES));
}

static void boxes_shuffled_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    model_scan(point, model, 8, 8, 1);
    model_add_shuffled(point, model, BOX_CHUNK_BYTES, 8);
    if (mode == MODE_SORT)
        add_sort(model, 1);
}

/* ---- The benchmark --------------------------------------------------------------------------- */

/* What ops first .. first + ops - 1 of one block add. */
static uint64_t expected_of_block(const struct lb_point *point, uint64_t first, uint64_t ops)
{
    uint64_t block[BLOCK] = {0}, start = first / BLOCK * BLOCK, sum = 0;
    uint64_t count = point->elements - start < BLOCK ? point->elements - start : BLOCK;
    for (uint64_t i = 0; i < count; i++)
        block[i] = lb_value(point->seed, start + i);
    qsort(block, count, sizeof block[0], compare_values);
    for (uint64_t i = first; i < first + ops; i++)
        sum += (i - start + 1) * block[i - start];
    return sum;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0, end = first_op + ops;
    for (uint64_t i = first_op; i < end && mode == MODE_FOLD; i++)
        sum += lb_value(point->seed, i);
    for (uint64_t i = first_op; i < end && mode == MODE_SORT;) {
        uint64_t stop = i / BLOCK * BLOCK + BLOCK < end ? i / BLOCK * BLOCK + BLOCK : end;
        sum += expected_of_block(point, i, stop - i);
        i = stop;
    }
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "typed",
        .summary = "the type is known: comparisons and additions are inlined; scalar",
        .create = values_create,
        .run = {typed_sort, typed_fold},
        .footprint_bytes = values_footprint,
        .model = values_model,
    },
    {
        .name = "callback",
        .summary =
            "values of known size; comparisons and visits through a function pointer; a visit "
            "adds to a sum in memory",
        .create = values_create,
        .run = {callback_sort, callback_fold},
        .footprint_bytes = values_footprint,
        .model = values_model,
    },
    {
        .name = "erased",
        .summary = "values of a size known at run time only, moved by memcpy; callbacks",
        .create = values_create,
        .run = {erased_sort, erased_fold},
        .footprint_bytes = values_footprint,
        .model = values_model,
    },
    {
        .name = "qsort",
        .summary = "the C library's qsort, which knows neither size nor type",
        .create = values_create,
        .run = {library_sort},
        .footprint_bytes = values_footprint,
        .model = library_model,
    },
    {
        .name = "boxed_fresh",
        .summary = "array of void pointers to boxes in element order; callbacks",
        .create = boxes_fresh_create,
        .run = {callback_sort, callback_fold},
        .destroy = boxes_destroy,
        .footprint_bytes = boxes_footprint,
        .model = boxes_fresh_model,
    },
    {
        .name = "boxed_shuffled",
        .summary = "array of void pointers to boxes in random order; callbacks",
        .create = boxes_shuffled_create,
        .run = {callback_sort, callback_fold},
        .destroy = boxes_destroy,
        .footprint_bytes = boxes_footprint,
        .model = boxes_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_boxing_generic = {
    LB_BENCHMARK_HERE("boxing", "generic"),
    .question = "What does a container cost that does not know its element type?",
    .learns = "Most of the price is not memory: a comparison that cannot be inlined is a call, and "
              "a size known only at run time makes each move one too. Void pointers add boxes on "
              "top, and with them their lines.",
    .op = "element",
    .revision = 1,
    .headline = {.variant = "boxed_shuffled", .mode = "sort"},
    .modes = {"sort", "fold"},
    .reference_element_bytes = 8,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
