/*
 * slices/parse: what keeping the fields of a text costs, as copies and as views.
 *
 * Each variant finds the same fields with the same scanner, 8 bytes at a time, and fills a table
 * with them; what an entry of the table is differs. A parse of the whole text replaces the table
 * of the last one. The checksum adds length, first and last character of each field as read back
 * through its entry, and, where a run stops, a hash of the whole last field.
 */
#include "benchmarks/slices/text.h"

#include <stdlib.h>

/* Where one mode stands in its text. */
struct reader {
    const char *text;
    uint64_t fields;
    const char *at;
    uint64_t next;
    uint64_t last_hash; /* of the field before `next` */
    char *copies_at;    /* the arena variant: where the copy of `next` goes */
};

struct parse_state {
    struct reader readers[2]; /* by format, which is the mode */
    struct view *views;
    struct offset_view *offsets;
    char *copies;    /* the arena variant's bytes */
    char *copies_at; /* while a run lasts, its reader's: modes take turns over one state */
};

/* ---- Building ---- */

/* JSON text is longer: fewer fields fill the same working set. Odd, like all counts. */
static uint64_t fields_of(const struct lb_point *point, unsigned mode)
{
    return mode == CSV ? point->elements : (point->elements * 4 / 5) | 1;
}

static uint64_t field_hash(const struct lb_point *point, uint64_t i)
{
    char field[FIELD_BYTES_MAX];
    uint64_t length = field_text(point->seed, i, field);
    return hash_bytes(field, length);
}

static struct parse_state *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct parse_state *s = lb_scratch_alloc(arena, sizeof *s);
    for (unsigned format = CSV; format <= JSON; format++) {
        uint64_t fields = fields_of(point, format);
        const char *text = make_text(point, arena, (enum format)format, fields);
        s->readers[format] = (struct reader){
            .text = text, .fields = fields, .at = text, .last_hash = field_hash(point, fields - 1)};
    }
    return s;
}

static struct parse_state *create_with_views(const struct lb_point *point, struct lb_arena *arena)
{
    struct parse_state *s = create(point, arena);
    s->views = lb_arena_alloc(arena, point->elements * sizeof *s->views, 0);
    return s;
}

static void *views_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create_with_views(point, arena);
}

static void *offsets_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct parse_state *s = create(point, arena);
    s->offsets = lb_arena_alloc(arena, point->elements * sizeof *s->offsets, 0);
    return s;
}

static void *arena_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct parse_state *s = create_with_views(point, arena);
    uint64_t bytes = 0;
    char field[FIELD_BYTES_MAX];
    for (uint64_t i = 0; i < point->elements; i++)
        bytes += field_text(point->seed, i, field) + 1;
    s->copies = s->copies_at = lb_arena_alloc(arena, bytes, 0);
    return s;
}

/* Fills the table with copies, made in the given order: a run replaces them one by one. */
static void *malloc_create(const struct lb_point *point, struct lb_arena *arena,
                           const uint32_t *order)
{
    struct parse_state *s = create_with_views(point, arena);
    char field[FIELD_BYTES_MAX];
    for (uint64_t k = 0; k < point->elements; k++) {
        uint64_t i = order ? order[k] : k;
        uint64_t length = field_text(point->seed, i, field);
        char *copy = malloc(length + 1);
        if (!copy)
            return NULL;
        s->views[i] = (struct view){copy, length};
    }
    return s;
}

static void *malloc_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    return malloc_create(point, arena, NULL);
}

static void *malloc_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    uint32_t *order = lb_scratch_alloc(arena, point->elements * sizeof *order);
    lb_permutation(order, point->elements, point->seed);
    return malloc_create(point, arena, order);
}

/* Entries beyond the fields of the shorter format are always the first pass's. */
static void malloc_destroy(void *state)
{
    struct parse_state *s = state;
    for (uint64_t i = 0; i < s->readers[CSV].fields; i++)
        free((void *)(uintptr_t)s->views[i].bytes);
}

/* ---- What an entry of the table is ---- */

/* Each keeps field i and returns it as the entry tells it. */
typedef struct view keep_function(struct parse_state *s, const char *text, uint64_t i,
                                  struct view field);

LB_ALWAYS_INLINE struct view keep_view(struct parse_state *s, const char *text, uint64_t i,
                                       struct view field)
{
    (void)text;
    s->views[i] = field;
    return field;
}

LB_ALWAYS_INLINE struct view keep_offsets(struct parse_state *s, const char *text, uint64_t i,
                                          struct view field)
{
    struct offset_view kept = {(uint32_t)(field.bytes - text), (uint32_t)field.length};
    s->offsets[i] = kept;
    return (struct view){text + kept.start, kept.length};
}

LB_ALWAYS_INLINE struct view keep_copy(struct view *entry, char *copy, struct view field)
{
    memcpy(copy, field.bytes, field.length);
    copy[field.length] = '\0';
    *entry = (struct view){copy, field.length};
    return *entry;
}

LB_ALWAYS_INLINE struct view keep_arena_copy(struct parse_state *s, const char *text, uint64_t i,
                                             struct view field)
{
    (void)text;
    char *copy = i == 0 ? s->copies : s->copies_at;
    s->copies_at = copy + field.length + 1;
    return keep_copy(&s->views[i], copy, field);
}

LB_ALWAYS_INLINE struct view keep_malloc_copy(struct parse_state *s, const char *text, uint64_t i,
                                              struct view field)
{
    (void)text;
    free((void *)(uintptr_t)s->views[i].bytes); /* of the same length: see malloc_model */
    char *copy = malloc(field.length + 1);
    if (!copy)
        lb_out_of_memory(NULL, FIELD_BYTES_MAX + 1);
    return keep_copy(&s->views[i], copy, field);
}

/* ---- Parsing ---- */

LB_ALWAYS_INLINE uint64_t field_sum(struct view field)
{
    return field.length << 16 | (uint64_t)(unsigned char)field.bytes[0] << 8 |
           (unsigned char)field.bytes[field.length - 1];
}

/* Parses the next `ops` fields of the text, which starts over at its end. */
LB_ALWAYS_INLINE uint64_t parse(struct parse_state *s, enum format format, uint64_t ops,
                                keep_function *keep)
{
    struct reader r = s->readers[format];
    struct view last = {r.text, 0};
    uint64_t sum = 0;
    s->copies_at = r.copies_at;
    while (ops > 0) {
        if (r.next == r.fields) {
            r.at = r.text;
            r.next = 0;
        }
        uint64_t stop = r.fields - r.next < ops ? r.fields : r.next + ops;
        ops -= stop - r.next;
        for (; r.next < stop; r.next++) {
            struct view field = format == CSV ? next_csv_field(&r.at) : next_json_field(&r.at);
            last = keep(s, r.text, r.next, field);
            sum += field_sum(last);
        }
    }
    uint64_t hash = hash_bytes(last.bytes, last.length);
    sum += hash - r.last_hash;
    r.last_hash = hash;
    r.copies_at = s->copies_at;
    s->readers[format] = r;
    return sum;
}

#define DEFINE_RUNS(name, keep)                                                                    \
    static uint64_t name##_csv_run(void *state, uint64_t first_op, uint64_t ops)                   \
    {                                                                                              \
        (void)first_op;                                                                            \
        return parse(state, CSV, ops, keep);                                                       \
    }                                                                                              \
    static uint64_t name##_json_run(void *state, uint64_t first_op, uint64_t ops)                  \
    {                                                                                              \
        (void)first_op;                                                                            \
        return parse(state, JSON, ops, keep);                                                      \
    }

DEFINE_RUNS(views, keep_view)
DEFINE_RUNS(offsets, keep_offsets)
DEFINE_RUNS(arena, keep_arena_copy)
DEFINE_RUNS(malloc, keep_malloc_copy)

/* ---- Theory and reference ---- */

static uint64_t text_bytes(const struct lb_point *point)
{
    return (uint64_t)((double)point->elements * text_bytes_mean[CSV]);
}

static uint64_t views_footprint(const struct lb_point *point)
{
    return text_bytes(point) + point->elements * sizeof(struct view);
}

static uint64_t offsets_footprint(const struct lb_point *point)
{
    return text_bytes(point) + point->elements * sizeof(struct offset_view);
}

static uint64_t arena_footprint(const struct lb_point *point)
{
    return views_footprint(point) + point->elements * (FIELD_BYTES_MEAN + 1);
}

/* glibc's chunks: 32 bytes up to a length of 23 with the NUL behind it, 48 for 24 to 29. */
static const double chunk_bytes_mean = (23.0 * 32 + 6 * 48) / FIELD_BYTES_MAX;

static uint64_t malloc_footprint(const struct lb_point *point)
{
    return views_footprint(point) + (uint64_t)((double)point->elements * chunk_bytes_mean);
}

/* Text read in order, an entry written and `copied` bytes written in order. */
static void model_bytes(const struct lb_point *point, unsigned mode, struct lb_model *model,
                        double entry, double copied)
{
    model->bytes = text_bytes_mean[mode] + entry + copied;
    model->streamed_lines = lb_lines_of(model->bytes);
    model->streamed_footprint_lines = (double)fields_of(point, mode) * model->streamed_lines;
    model->useful_bytes_per_line = LB_CACHE_LINE_BYTES;
    model->exact = true;
}

static void views_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model_bytes(point, mode, model, sizeof(struct view), 0);
}

static void offsets_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model_bytes(point, mode, model, sizeof(struct offset_view), 0);
}

static void arena_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model_bytes(point, mode, model, sizeof(struct view), FIELD_BYTES_MEAN + 1);
}

/*
 * A field is as long in each pass, so free and malloc ask for one size, and glibc returns the chunk
 * that was just freed: the best case of an allocator. Another may choose otherwise: not exact.
 */
static void malloc_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model_bytes(point, mode, model, sizeof(struct view), 0);
    model->bytes += FIELD_BYTES_MEAN + 1;
    model->useful_bytes_per_line = 0;
    model->allocations = 1;
    model->exact = false;
}

static void malloc_fresh_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    malloc_model(point, mode, model);
    model->streamed_lines += lb_lines_of(chunk_bytes_mean);
    model->streamed_footprint_lines = (double)fields_of(point, mode) * model->streamed_lines;
}

/*
 * Touched are the chunk's size in front of the block, the two words that the allocator keeps in a
 * free one, and the copy: 24 to 38 bytes from 8, 24, 40 or 56 into a line. From 56 all reach a
 * second line, from 40 those longer than 15: 14 of 29.
 */
static void malloc_shuffled_model(const struct lb_point *point, unsigned mode,
                                  struct lb_model *model)
{
    malloc_model(point, mode, model);
    model->reused[0] = (struct lb_reuse_class){
        .lines = lb_lines_of((double)point->elements * chunk_bytes_mean),
        .touches_per_op = 1 + 1.0 / 4 + 1.0 / 4 * 14 / 29,
    };
    model->reused[0].objects_per_line =
        model->reused[0].touches_per_op * (double)point->elements / model->reused[0].lines;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t fields = fields_of(point, mode);
    uint64_t sum = 0;
    char field[FIELD_BYTES_MAX];
    for (uint64_t i = first_op; i < first_op + ops; i++) {
        uint64_t length = field_text(point->seed, i, field);
        sum += field_sum((struct view){field, length});
    }
    uint64_t before = first_op == 0 ? fields - 1 : first_op - 1;
    return sum + field_hash(point, first_op + ops - 1) - field_hash(point, before);
}

static const struct lb_variant variants[] = {
    {
        .name = "views",
        .summary = "pointer and length into the text, 16 bytes a field; the text must stay",
        .create = views_create,
        .run = {views_csv_run, views_json_run},
        .footprint_bytes = views_footprint,
        .model = views_model,
    },
    {
        .name = "offsets",
        .summary = "32-bit start and length, 8 bytes a field; the text must stay, and may move",
        .create = offsets_create,
        .run = {offsets_csv_run, offsets_json_run},
        .footprint_bytes = offsets_footprint,
        .model = offsets_model,
    },
    {
        .name = "arena_copies",
        .summary = "copied one behind the other into one block that each parse uses again",
        .create = arena_create,
        .run = {arena_csv_run, arena_json_run},
        .footprint_bytes = arena_footprint,
        .model = arena_model,
    },
    {
        .name = "malloc_fresh",
        .summary = "a malloc'd copy a field, which frees the one it replaces; heap in field order",
        .create = malloc_fresh_create,
        .run = {malloc_csv_run, malloc_json_run},
        .destroy = malloc_destroy,
        .footprint_bytes = malloc_footprint,
        .model = malloc_fresh_model,
    },
    {
        .name = "malloc_shuffled",
        .summary = "a malloc'd copy a field, which frees the one it replaces; heap in random order",
        .create = malloc_shuffled_create,
        .run = {malloc_csv_run, malloc_json_run},
        .destroy = malloc_destroy,
        .footprint_bytes = malloc_footprint,
        .model = malloc_shuffled_model,
    },
};

const struct lb_benchmark lb_benchmark_slices_parse = {
    LB_BENCHMARK_HERE("slices", "parse"),
    .question = "What does it cost to keep the fields of a text as copies instead of views?",
    .learns = "A view writes 16 bytes a field, or 8 as offsets, and no byte of text twice. A copy "
              "adds the field's bytes, and from malloc also two allocator calls and, once the heap "
              "has aged, a random line a field. The price of a view is that the text must outlive "
              "it, and that what needs unescaping must be copied after all.",
    .op = "field",
    .revision = 1,
    .headline = {.variant = "malloc_fresh", .mode = "csv", .leads_family = true},
    .modes = {"csv", "json"},
    .reference_element_bytes = FIELD_BYTES_MEAN + 1 + sizeof(struct view),
    .pass_ops = fields_of,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
