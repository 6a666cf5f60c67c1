/*
 * sum_words.h - the state of boxing/sum, and those of its layouts that need no box for a value:
 * tagged words, doubles that leave room for other types, indices into an array of values.
 *
 * Private to benchmarks/boxing/sum.c.
 */
#ifndef LB_SUM_WORDS_H
#define LB_SUM_WORDS_H

#include "benchmarks/boxing/boxing.h"

#include <string.h>

struct state {
    uint64_t n;
    void *items;          /* what is walked: values, pointers, interfaces, words or indices */
    const uint64_t *side; /* indexed variants: the values */
};

static uint64_t value_of(const struct lb_point *point, uint64_t i)
{
    return lb_value(point->seed, i) >> 16;
}

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena,
                               size_t item_bytes)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->items = lb_arena_alloc(arena, point->elements * item_bytes, 0);
    return s;
}

/* ---- Tagged word: the lowest bit set means that the value is inside -------------------------- */

/* One value in eight, at random, stands for those that are too large for the word. */
static bool is_too_large(const struct lb_point *point, uint64_t i)
{
    return lb_value(point->seed ^ 1, i) >> 61 == 0;
}

static void *tagged_create_with(const struct lb_point *point, struct lb_arena *arena, bool some)
{
    struct state *s = state_new(point, arena, sizeof(uint64_t));
    uint64_t *words = s->items;
    for (uint64_t i = 0; i < s->n; i++) {
        uint64_t value = value_of(point, i);
        words[i] = value << 1 | 1;
        if (some && is_too_large(point, i)) {
            words[i] = (uint64_t)(uintptr_t)box_new(value);
            if (words[i] == 0)
                return NULL;
        }
    }
    return s;
}

static void *tagged_create(const struct lb_point *point, struct lb_arena *arena)
{
    return tagged_create_with(point, arena, false);
}

static void *tagged_some_boxed_create(const struct lb_point *point, struct lb_arena *arena)
{
    return tagged_create_with(point, arena, true);
}

static uint64_t tagged_span(void *state, uint64_t begin, uint64_t end)
{
    const uint64_t *words = ((const struct state *)state)->items;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        if (words[i] & 1)
            sum = lb_opaque(sum + (words[i] >> 1));
        else
            sum = lb_opaque(sum + *(const uint64_t *)(uintptr_t)words[i]);
    }
    return sum;
}

BOXING_RUN(tagged_run, tagged_span)

static void tagged_destroy(void *state)
{
    struct state *s = state;
    const uint64_t *words = s->items;
    for (uint64_t i = 0; i < s->n; i++) {
        if (!(words[i] & 1))
            free((void *)(uintptr_t)words[i]);
    }
}

static uint64_t tagged_some_boxed_footprint(const struct lb_point *point)
{
    return point->elements * (8 + BOX_CHUNK_BYTES / 8);
}

static void tagged_some_boxed_model(const struct lb_point *point, unsigned mode,
                                    struct lb_model *model)
{
    (void)mode;
    /* Boxes lie in element order. How many there are depends on the seed: not exact. */
    model_scan(point, model, 8 + BOX_CHUNK_BYTES / 8.0, 8 + 8 / 8.0, 1 + 1 / 8.0);
    model->exact = false;
}

/* ---- NaN-boxed double: below the NaN space the word is a double ------------------------------ */

/* At and above it are quiet NaNs with the sign set, whose 51 payload bits hold other types. */
static const uint64_t nan_space = UINT64_C(0xfff8) << 48;

static void *nan_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena, sizeof(uint64_t));
    uint64_t *words = s->items;
    for (uint64_t i = 0; i < s->n; i++) {
        double number = (double)value_of(point, i);
        memcpy(&words[i], &number, sizeof number);
    }
    return s;
}

static uint64_t nan_span(void *state, uint64_t begin, uint64_t end)
{
    const uint64_t *words = ((const struct state *)state)->items;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++) {
        double number;
        if (words[i] >= nan_space)
            abort(); /* not a number: never here, but the compare is made */
        memcpy(&number, &words[i], sizeof number);
        sum = lb_opaque(sum + (uint64_t)(int64_t)number);
    }
    return sum;
}

BOXING_RUN(nan_run, nan_span)

/* ---- Indexed: a 32-bit index into an array of values ----------------------------------------- */

static void *indexed_create_with(const struct lb_point *point, struct lb_arena *arena,
                                 bool shuffled)
{
    struct state *s = state_new(point, arena, sizeof(uint32_t));
    const uint32_t *order = box_order(point, arena, shuffled);
    uint64_t *side = lb_arena_alloc(arena, s->n * sizeof *side, 0);
    uint32_t *indices = s->items;
    for (uint64_t k = 0; k < s->n; k++) {
        indices[order[k]] = (uint32_t)k;
        side[k] = value_of(point, order[k]);
    }
    s->side = side;
    return s;
}

static void *indexed_create(const struct lb_point *point, struct lb_arena *arena)
{
    return indexed_create_with(point, arena, false);
}

static void *indexed_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return indexed_create_with(point, arena, true);
}

static uint64_t indexed_span(void *state, uint64_t begin, uint64_t end)
{
    const uint32_t *indices = ((const struct state *)state)->items;
    const uint64_t *side = ((const struct state *)state)->side;
    uint64_t sum = 0;
    for (uint64_t i = begin; i < end; i++)
        sum = lb_opaque(sum + side[indices[i]]);
    return sum;
}

BOXING_RUN(indexed_run, indexed_span)

static uint64_t indexed_footprint(const struct lb_point *point)
{
    return point->elements * (4 + 8);
}

static void indexed_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, 4 + 8, 4 + 8, 2);
}

static void indexed_shuffled_model(const struct lb_point *point, unsigned mode,
                                   struct lb_model *model)
{
    (void)mode;
    model_scan(point, model, 4, 4, 1);
    model_add_shuffled(point, model, 8, 8);
}

#endif
