/*
 * flat_index/matrix: what walking a matrix costs, by its layout and by the order of the walk.
 *
 * The matrix is about square, has a multiple of 8 rows, and an odd multiple of 8 columns: each row
 * is a whole number of lines, and rows do not compete for the same cache sets. All variants read
 * every element once a pass, one by one: else a compiler may vectorise the walks along rows alone.
 */
#include "harness/api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = LB_CACHE_LINE_BYTES / sizeof(uint64_t) };

struct shape {
    uint64_t rows, columns;
};

struct matrix {
    struct shape shape;
    uint64_t **row; /* row_pointers */
    uint64_t *flat; /* the others */
};

/* Where in the matrix op number `op` is. */
struct place {
    uint64_t row, column;
};

static struct shape shape_of(const struct lb_point *point)
{
    uint64_t lines = (uint64_t)sqrt((double)point->elements) / TILE;
    uint64_t columns = (lines % 2 ? lines : lines - 1) * TILE;
    return (struct shape){.rows = point->elements / columns / TILE * TILE, .columns = columns};
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    struct shape shape = shape_of(point);
    (void)mode;
    return shape.rows * shape.columns;
}

static struct place by_row(struct shape shape, uint64_t op)
{
    return (struct place){op / shape.columns, op % shape.columns};
}

static struct place by_column(struct shape shape, uint64_t op)
{
    return (struct place){op % shape.rows, op / shape.rows};
}

/* Tiles of 8 by 8, a row of tiles after the other; down the columns of each. */
static struct place by_tile(struct shape shape, uint64_t op)
{
    uint64_t tile = op / (TILE * TILE), inside = op % (TILE * TILE);
    uint64_t tiles_across = shape.columns / TILE;
    return (struct place){tile / tiles_across * TILE + inside % TILE,
                          tile % tiles_across * TILE + inside / TILE};
}

/* ---- Layouts ---- */

static void *flat_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct matrix *m = lb_scratch_alloc(arena, sizeof *m);
    m->shape = shape_of(point);
    uint64_t n = m->shape.rows * m->shape.columns;
    m->flat = lb_arena_alloc(arena, n * sizeof *m->flat, 0);
    for (uint64_t i = 0; i < n; i++)
        m->flat[i] = lb_value(point->seed, i);
    return m;
}

static void *row_pointers_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct matrix *m = lb_scratch_alloc(arena, sizeof *m);
    m->shape = shape_of(point);
    m->row = lb_arena_alloc(arena, m->shape.rows * sizeof *m->row, 0);
    for (uint64_t r = 0; r < m->shape.rows; r++) {
        m->row[r] = malloc(m->shape.columns * sizeof **m->row);
        if (!m->row[r])
            return NULL;
        for (uint64_t c = 0; c < m->shape.columns; c++)
            m->row[r][c] = lb_value(point->seed, r * m->shape.columns + c);
    }
    return m;
}

static void row_pointers_destroy(void *state)
{
    struct matrix *m = state;
    for (uint64_t r = 0; r < m->shape.rows; r++)
        free(m->row[r]);
}

/* ---- Walks: each begins where op first_op is, and goes on until `ops` are done ---- */

/* `count` elements, `step` words apart. */
LB_ALWAYS_INLINE uint64_t sum_run(const uint64_t *element, uint64_t step, uint64_t count)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++, element += step)
        sum = lb_opaque(sum + *element);
    return sum;
}

static uint64_t row_major_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct matrix *m = state;
    uint64_t n = m->shape.rows * m->shape.columns, sum = 0;
    for (uint64_t i = first_op % n; ops > 0; i = 0) {
        uint64_t count = n - i < ops ? n - i : ops;
        sum += sum_run(m->flat + i, 1, count);
        ops -= count;
    }
    return sum;
}

static uint64_t row_pointers_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct matrix *m = state;
    struct shape shape = m->shape;
    struct place at = by_row(shape, first_op % (shape.rows * shape.columns));
    uint64_t sum = 0;
    while (ops > 0) {
        uint64_t count = shape.columns - at.column < ops ? shape.columns - at.column : ops;
        sum += sum_run(m->row[at.row] + at.column, 1, count);
        ops -= count;
        at.column = 0;
        at.row = at.row + 1 < shape.rows ? at.row + 1 : 0;
    }
    return sum;
}

static uint64_t by_column_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct matrix *m = state;
    struct shape shape = m->shape;
    struct place at = by_column(shape, first_op % (shape.rows * shape.columns));
    uint64_t sum = 0;
    while (ops > 0) {
        uint64_t count = shape.rows - at.row < ops ? shape.rows - at.row : ops;
        sum += sum_run(m->flat + at.row * shape.columns + at.column, shape.columns, count);
        ops -= count;
        at.row = 0;
        at.column = at.column + 1 < shape.columns ? at.column + 1 : 0;
    }
    return sum;
}

static uint64_t tiled_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct matrix *m = state;
    struct shape shape = m->shape;
    uint64_t n = shape.rows * shape.columns, op = first_op % n, sum = 0;
    while (ops > 0) {
        struct place at = by_tile(shape, op);
        uint64_t count = TILE - at.row % TILE < ops ? TILE - at.row % TILE : ops;
        uint64_t whole = op % (TILE * TILE) == 0 && ops >= TILE * TILE ? TILE : 1;
        const uint64_t *column = m->flat + at.row * shape.columns + at.column;
        for (uint64_t c = 0; c < whole; c++)
            sum += sum_run(column + c, shape.columns, count);
        ops -= whole * count;
        op = op + whole * count < n ? op + whole * count : 0;
    }
    return sum;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    struct shape shape = shape_of(point);
    uint64_t sum = 0;
    (void)mode;
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        struct place at = strcmp(variant->name, "by_column") == 0 ? by_column(shape, op)
                          : strcmp(variant->name, "tiled") == 0   ? by_tile(shape, op)
                                                                  : by_row(shape, op);
        sum += lb_value(point->seed, at.row * shape.columns + at.column);
    }
    return sum;
}

/* ---- Models ---- */

/* Every line once a pass, all of it used. */
static void in_order_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    model->streamed_lines = 1.0 / TILE;
    model->streamed_footprint_lines = (double)pass_ops(point, mode) / TILE;
    model->useful_bytes_per_line = LB_CACHE_LINE_BYTES;
    model->bytes = sizeof(uint64_t);
    model->loads = 1;
    model->exact = true;
}

/* And a pointer a row; malloc puts a header between rows, which shares a line with both. */
static void row_pointers_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    double columns = (double)shape_of(point).columns;
    in_order_model(point, mode, model);
    model->streamed_lines += (16.0 + 8.0) / LB_CACHE_LINE_BYTES / columns;
    model->streamed_footprint_lines = model->streamed_lines * (double)pass_ops(point, mode);
    model->useful_bytes_per_line = (8 + 8 / columns) / model->streamed_lines;
    model->loads = 1 + 1 / columns;
}

/* A column's lines come back for the next seven columns, if they are still there. */
static void by_column_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    in_order_model(point, mode, model);
    model->reused[0] = (struct lb_reuse_class){
        .lines = (double)shape_of(point).rows,
        .touches_per_op = 1 - 1.0 / TILE,
    };
    model->useful_bytes_per_line = 0;
    model->exact = false;
}

static uint64_t footprint(const struct lb_point *point)
{
    return pass_ops(point, 0) * sizeof(uint64_t);
}

static uint64_t row_pointers_footprint(const struct lb_point *point)
{
    return footprint(point) + shape_of(point).rows * (sizeof(uint64_t *) + 16);
}

static const struct lb_variant variants[] = {
    {
        .name = "row_major",
        .summary = "one array, rows one after the other, walked along the rows",
        .create = flat_create,
        .run = {row_major_run},
        .footprint_bytes = footprint,
        .model = in_order_model,
    },
    {
        .name = "row_pointers",
        .summary = "an array of pointers to rows from malloc, walked along the rows",
        .create = row_pointers_create,
        .run = {row_pointers_run},
        .destroy = row_pointers_destroy,
        .footprint_bytes = row_pointers_footprint,
        .model = row_pointers_model,
    },
    {
        .name = "by_column",
        .summary = "the array of row_major, walked down the columns",
        .create = flat_create,
        .run = {by_column_run},
        .footprint_bytes = footprint,
        .model = by_column_model,
    },
    {
        .name = "tiled",
        .summary = "the array of row_major, walked down the columns of tiles of 8 by 8",
        .create = flat_create,
        .run = {tiled_run},
        .footprint_bytes = footprint,
        .model = in_order_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_matrix = {
    LB_BENCHMARK_HERE("flat_index", "matrix"),
    .question = "What does walking a matrix cost, by its layout and the order of the walk?",
    .learns =
        "Row pointers cost next to nothing when a row is long. Walking down the columns costs "
        "a line an element once the lines of one column no longer fit into a cache; walking "
        "in tiles as wide as a line gives the same order within a tile at the cost of rows.",
    .op = "element",
    .revision = 1,
    .headline = {.variant = "by_column"},
    .reference_element_bytes = sizeof(uint64_t),
    .pass_ops = pass_ops,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
