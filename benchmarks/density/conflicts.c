/*
 * density/conflicts: what a power-of-two distance costs a walk down the columns of a matrix.
 *
 * A matrix of 512 rows of 512 words is read in bands of `band_rows` rows: within a band word 0 of
 * each row, then word 1 of each, and so on. A line of a row is used for 8 words in a row of
 * accesses, if the cache can hold one line of each row of the band at once. Rows 4096 bytes apart
 * have those lines in the same set; a row that is longer by a line, or by a word, has not.
 */
#include "benchmarks/density/density.h"

enum {
    ROWS = 512,
    ROW_WORDS = 512,
    ROW_BYTES = ROW_WORDS * 8,
    SET_WAYS = 8, /* of the simulated first-level cache, whose sets repeat every 4096 bytes */
};

/* A row of each variant: what lies between the beginnings of two rows. */
struct conflicts_padded {
    uint64_t words[ROW_WORDS];
    uint64_t line[LB_CACHE_LINE_BYTES / 8];
};

struct conflicts_power_of_two {
    uint64_t words[ROW_WORDS];
};

struct conflicts_odd {
    uint64_t words[ROW_WORDS];
    uint64_t word;
};

#define PITCH_WORDS(row) (sizeof(row) / sizeof(uint64_t))

struct matrix_state {
    const uint64_t *words;
    uint64_t band_rows;
    uint64_t band, column; /* where the next column of a band begins, and how far down it */
    uint64_t row;
};

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return (uint64_t)ROWS * ROW_WORDS;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t pitch_words)
{
    struct matrix_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t *words = lb_arena_alloc(arena, ROWS * pitch_words * 8, ROW_BYTES);
    for (uint64_t row = 0; row < ROWS; row++)
        for (uint64_t column = 0; column < ROW_WORDS; column++)
            words[row * pitch_words + column] = lb_value(point->seed, row * ROW_WORDS + column);
    *s = (struct matrix_state){.words = words, .band_rows = point->parameter};
    return s;
}

/* Adds `ops` words, one column of a band after the other; goes on where the last run stopped. */
LB_ALWAYS_INLINE uint64_t walk_columns(struct matrix_state *s, uint64_t ops, uint64_t pitch_words)
{
    uint64_t sum = 0;
    while (ops > 0) {
        uint64_t left = s->band_rows - s->row;
        uint64_t count = left < ops ? left : ops;
        const uint64_t *word = s->words + (s->band + s->row) * pitch_words + s->column;
        for (uint64_t k = 0; k < count; k++, word += pitch_words)
            sum = add_word(sum, word);
        ops -= count;
        s->row += count;
        if (s->row < s->band_rows)
            break;
        s->row = 0;
        if (++s->column < ROW_WORDS)
            continue;
        s->column = 0;
        s->band = s->band + s->band_rows < ROWS ? s->band + s->band_rows : 0;
    }
    return sum;
}

static uint64_t footprint(uint64_t pitch_words)
{
    return ROWS * pitch_words * 8;
}

/*
 * One line for 8 accesses while a set holds the lines of a band, else one an access. An odd pitch
 * gives a set 8 rows, which move on to the next set one by one: where LRU is strict and the ways
 * are 8, the line that moves in pushes out the one that is needed next, and all but 8 rows miss.
 */
static void model(const struct lb_point *point, struct lb_model *m, uint64_t pitch_words)
{
    double rows = (double)point->parameter;
    m->streamed_lines = 8.0 / LB_CACHE_LINE_BYTES;
    if (point->parameter > SET_WAYS && pitch_words == ROW_WORDS)
        m->streamed_lines = 1;
    if (point->parameter > SET_WAYS && pitch_words == ROW_WORDS + 1)
        m->streamed_lines = 1 - (SET_WAYS - 1) / rows;
    m->streamed_footprint_lines = ROWS * lb_lines_of(ROW_BYTES);
    m->useful_bytes_per_line = 8 / m->streamed_lines;
    m->bytes = 8;
    m->loads = 1;
    m->exact = point->parameter != SET_WAYS && point->parameter != ROWS; /* sets filled exactly */
}

#define DEFINE_VARIANT(name, pitch_words)                                                          \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, pitch_words);                                                  \
    }                                                                                              \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        (void)first_op;                                                                            \
        return walk_columns(state, ops, pitch_words);                                              \
    }                                                                                              \
    static uint64_t name##_footprint(const struct lb_point *point)                                 \
    {                                                                                              \
        (void)point;                                                                               \
        return footprint(pitch_words);                                                             \
    }                                                                                              \
    static void name##_model(const struct lb_point *point, unsigned mode, struct lb_model *m)      \
    {                                                                                              \
        (void)mode;                                                                                \
        model(point, m, pitch_words);                                                              \
    }

DEFINE_VARIANT(padded, PITCH_WORDS(struct conflicts_padded))
DEFINE_VARIANT(power_of_two, PITCH_WORDS(struct conflicts_power_of_two))
DEFINE_VARIANT(odd, PITCH_WORDS(struct conflicts_odd))

static uint64_t word_at(const struct lb_point *point, uint64_t op)
{
    uint64_t band_words = point->parameter * ROW_WORDS;
    uint64_t in_band = op % band_words;
    uint64_t row = op / band_words * point->parameter + in_band % point->parameter;
    return lb_value(point->seed, row * ROW_WORDS + in_band / point->parameter);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++)
        sum += word_at(point, op);
    return sum;
}

/* Divisors of ROWS on both sides of what 8 to 16 ways hold. */
static const uint64_t bands[] = {4, 8, 16, 32, 64, 128, 256, 512, 0};

#define VARIANT(name_, summary_)                                                                   \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = name_##_create, .run = {name_##_run},     \
        .footprint_bytes = name_##_footprint, .model = name_##_model,                              \
    }

static const struct lb_variant variants[] = {
    VARIANT(padded, "rows 4160 bytes apart, a line more than their length: sets take turns"),
    VARIANT(power_of_two, "rows 4096 bytes apart: a column of lines competes for one set"),
    VARIANT(odd, "rows 4104 bytes apart, a word more: the next set comes every eighth row"),
};

static const struct lb_record records[] = {
    LB_RECORD(conflicts_padded, LB_MEMBER(conflicts_padded, words),
              LB_MEMBER(conflicts_padded, line)),
    LB_RECORD(conflicts_power_of_two, LB_MEMBER(conflicts_power_of_two, words)),
    LB_RECORD(conflicts_odd, LB_MEMBER(conflicts_odd, words), LB_MEMBER(conflicts_odd, word)),
};

const struct lb_benchmark lb_benchmark_density_conflicts = {
    LB_BENCHMARK_HERE("density", "conflicts"),
    .question = "What does it cost when rows lie a power of two apart?",
    .learns = "Addresses 4096 bytes apart share one set of the first-level cache, which holds as "
              "many lines as it has ways, 8 or 12 of hundreds. A column walk over more rows than "
              "that misses on each access; one line of padding a row takes the misses away.",
    .op = "access",
    .revision = 1,
    .headline = {.variant = "power_of_two"},
    .reference_element_bytes = 8,
    .parameter = "band_rows",
    .parameter_values = bands,
    .parameter_working_set_bytes = (uint64_t)ROWS * ROW_BYTES,
    .pass_ops = pass_ops,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
