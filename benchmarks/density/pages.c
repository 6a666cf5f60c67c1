/*
 * density/pages: what page size costs, apart from what caches cost.
 *
 * One word of each line of an array is read, in order or at random, on 4 KiB pages and on 2 MiB
 * ones. The lines are the same; only the address translations differ. What pages the system
 * really granted is read back and stands beside the row.
 */
#include "benchmarks/density/density.h"

enum mode { SEQUENTIAL, RANDOM, DEPENDENT };

struct pages_line {
    uint64_t word;
    uint64_t unused[7];
};

struct pages_state {
    const struct pages_line *lines;
    const uint32_t *order;
    uint64_t n;
};

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct pages_state *s = lb_scratch_alloc(arena, sizeof *s);
    struct pages_line *lines = lb_arena_alloc(arena, point->elements * sizeof *lines, 0);
    for (uint64_t i = 0; i < point->elements; i++)
        lines[i].word = lb_value(point->seed, i);
    s->lines = lines;
    s->n = point->elements;
    s->order = lb_random_indices(point, arena, s->n, s->n);
    return s;
}

static uint64_t sequential_span(void *state, uint64_t begin, uint64_t end)
{
    const struct pages_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = add_word(sum, &s->lines[i].word);
    return sum;
}

static uint64_t random_span(void *state, uint64_t begin, uint64_t end)
{
    const struct pages_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = add_word(sum, &s->lines[s->order[i]].word);
    return sum;
}

static uint64_t dependent_span(void *state, uint64_t begin, uint64_t end)
{
    const struct pages_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = add_word(sum, &s->lines[s->order[i] + lb_zero_after(sum)].word);
    return sum;
}

static uint64_t sequential_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct pages_state *)state)->n, first_op, ops, sequential_span);
}

static uint64_t random_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct pages_state *)state)->n, first_op, ops, random_span);
}

static uint64_t dependent_run(void *state, uint64_t first_op, uint64_t ops)
{
    return lb_walk_passes(state, ((struct pages_state *)state)->n, first_op, ops, dependent_span);
}

static const char *measure(const struct lb_measurement *m)
{
    set_huge_page_share(m, ((const struct pages_state *)m->state)->lines);
    return NULL;
}

static uint64_t footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct pages_line);
}

static void model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    m->bytes = 8;
    m->loads = 1;
    m->exact = true;
    if (mode == SEQUENTIAL) {
        m->streamed_lines = 1;
        m->streamed_footprint_lines = (double)point->elements;
        m->useful_bytes_per_line = 8;
    } else {
        m->reused[0] =
            (struct lb_reuse_class){.lines = (double)point->elements, .touches_per_op = 1};
        model_add_index_stream(point, m);
        m->useful_bytes_per_line = (8 + INDEX_BYTES) / (1 + lb_lines_of(INDEX_BYTES));
    }
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed,
                        mode == SEQUENTIAL ? i : lb_random_index(point, point->elements, i));
    return sum;
}

static const struct lb_variant variants[] = {
    {
        .name = "pages_4k",
        .summary = "no huge pages asked for: a translation for every 64 lines",
        .create = create,
        .run = {sequential_run, random_run, dependent_run},
        .measure = measure,
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "pages_2m",
        .summary = "2 MiB pages asked for: a translation for every 32,768 lines where granted",
        .create = create,
        .run = {sequential_run, random_run, dependent_run},
        .measure = measure,
        .footprint_bytes = footprint,
        .model = model,
        .huge_pages = true,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(pages_line, LB_MEMBER(pages_line, word), LB_MEMBER(pages_line, unused)),
};

const struct lb_benchmark lb_benchmark_density_pages = {
    LB_BENCHMARK_HERE("density", "pages"),
    .question = "What do huge pages save?",
    .learns = "Each access needs its page's translation, and the first buffer for them holds less "
              "than a hundred. In order that is a miss every 64 lines and hides well; at random "
              "beyond what the buffers reach each access walks the page table, which costs loads "
              "of its own. Huge pages make that reach 512 times longer.",
    .op = "access",
    .revision = 1,
    .headline = {.variant = "pages_2m", .mode = "random"},
    .modes = {"sequential", "random", "random,dependent"},
    .reference_element_bytes = sizeof(struct pages_line),
    .expected = expected,
    .metrics = {{"huge_share", "share of the memory", "that the kernel put into huge pages",
                 LB_NO_BETTER}},
    .not_simulable = "page size is what differs, and the cache simulation has no page tables",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
