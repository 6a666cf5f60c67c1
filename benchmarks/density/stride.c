/*
 * density/stride: what an access costs, by how far it lies from the last one.
 *
 * A walk over one array of words, `stride_bytes` a step, that wraps at the end. The array's length
 * is cut so that each lap starts 72 bytes further on than the last (8 with strides of 16 to 64): a
 * pass of one access a word touches every word once, and a line comes back only after most others.
 */
#include "benchmarks/density/density.h"

enum { WORD_BYTES = 8, LAP_SHIFT_WORDS = 9 };

struct stride_state {
    uint64_t *words;
    uint64_t n;
    uint64_t step; /* words */
    uint64_t at;   /* index of the next access */
};

static uint64_t step_words(const struct lb_point *point)
{
    return point->parameter / WORD_BYTES;
}

/* The largest odd count of words that leaves LAP_SHIFT_WORDS over from the last lap. */
static uint64_t word_count(const struct lb_point *point)
{
    uint64_t most = point->working_set_bytes / WORD_BYTES, step = step_words(point);
    uint64_t shift = LAP_SHIFT_WORDS % step;
    return step <= 1 ? most - 1 : most / step * step - shift;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)mode;
    return word_count(point);
}

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct stride_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t n = word_count(point);
    uint64_t *words = lb_arena_alloc(arena, n * WORD_BYTES, 0);
    for (uint64_t i = 0; i < n; i++)
        words[i] = lb_value(point->seed, i);
    *s = (struct stride_state){.words = words, .n = n, .step = step_words(point)};
    return s;
}

/* `count` accesses from `word` on, none of which wraps. */
typedef uint64_t lap_function(uint64_t *word, uint64_t step, uint64_t count);

LB_ALWAYS_INLINE uint64_t load_lap(uint64_t *word, uint64_t step, uint64_t count)
{
    uint64_t sum = 0;
    for (; count > 0; count--, word += step)
        sum = add_word(sum, word);
    return sum;
}

LB_ALWAYS_INLINE uint64_t dependent_lap(uint64_t *word, uint64_t step, uint64_t count)
{
    uint64_t sum = 0;
    for (; count > 0; count--) {
        uint64_t loaded = load_word(word);
        sum += loaded;
        word += step + lb_zero_after(loaded);
    }
    return sum;
}

/* Writes back what it read, so that every pass finds the same words; the line is dirty after. */
LB_ALWAYS_INLINE uint64_t store_lap(uint64_t *word, uint64_t step, uint64_t count)
{
    uint64_t sum = 0;
    for (; count > 0; count--, word += step) {
        uint64_t loaded = load_word(word);
        *word = loaded;
        sum += loaded;
    }
    return sum;
}

LB_ALWAYS_INLINE uint64_t walk(struct stride_state *s, uint64_t ops, lap_function *lap)
{
    uint64_t sum = 0, at = s->at;
    while (ops > 0) {
        uint64_t left = (s->n - at + s->step - 1) / s->step;
        uint64_t count = left < ops ? left : ops;
        sum += lap(s->words + at, s->step, count);
        ops -= count;
        at += count * s->step;
        if (at >= s->n)
            at -= s->n;
    }
    s->at = at;
    return sum;
}

static uint64_t load_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)first_op;
    return walk(state, ops, load_lap);
}

static uint64_t dependent_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)first_op;
    return walk(state, ops, dependent_lap);
}

static uint64_t store_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)first_op;
    return walk(state, ops, store_lap);
}

static uint64_t footprint(const struct lb_point *point)
{
    return word_count(point) * WORD_BYTES;
}

static void model(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    (void)mode;
    double stride = (double)point->parameter;
    m->streamed_lines = stride < LB_CACHE_LINE_BYTES ? lb_lines_of(stride) : 1;
    m->streamed_footprint_lines = lb_lines_of((double)footprint(point));
    m->useful_bytes_per_line = WORD_BYTES / m->streamed_lines;
    m->bytes = WORD_BYTES;
    m->loads = 1;
    m->exact = true;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t n = word_count(point), sum = 0;
    uint64_t at = (uint64_t)((unsigned __int128)first_op * step_words(point) % n);
    for (uint64_t op = 0; op < ops; op++) {
        sum += lb_value(point->seed, at);
        at = (at + step_words(point)) % n;
    }
    return sum;
}

static const uint64_t strides[] = {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 0};

static const struct lb_variant variants[] = {
    {
        .name = "load",
        .summary = "independent loads: many misses at once; one scalar add from memory a step",
        .create = create,
        .run = {load_run},
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "load_dependent",
        .summary = "each address waits for the last load: what the prefetchers fail to hide",
        .other_work = "the same array, accessed in another way: compare strides, not variants",
        .create = create,
        .run = {dependent_run},
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "store",
        .summary = "independent loads and stores of the same word: lines are written back, too",
        .other_work = "the same array, accessed in another way: compare strides, not variants",
        .create = create,
        .run = {store_run},
        .footprint_bytes = footprint,
        .model = model,
    },
};

const struct lb_benchmark lb_benchmark_density_stride = {
    LB_BENCHMARK_HERE("density", "stride"),
    .question = "What does an access cost, by its distance from the last one?",
    .learns = "Up to a line's length the cost grows with the stride, because a line is fetched for "
              "fewer and fewer bytes of it. Beyond that the lines are equal in number, and what "
              "still grows is what prefetchers and page tables add: they work by the page.",
    .op = "access",
    .revision = 1,
    .reference_element_bytes = WORD_BYTES,
    .parameter = "stride_bytes",
    .parameter_values = strides,
    .parameter_working_set_bytes = UINT64_C(64) << 20,
    .pass_ops = pass_ops,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
