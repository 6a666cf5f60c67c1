/*
 * eytzinger.h - sorted keys in breadth-first order of their search tree: the first levels share a
 * few lines, and the descendants of a node three levels down lie side by side on one line, which is
 * fetched ahead. Values apart, in the same order. (P.-V. Khuong and P. Morin, "Array layouts for
 * comparison-based searching", 2017.)
 */
#ifndef LB_FLAT_INDEX_EYTZINGER_H
#define LB_FLAT_INDEX_EYTZINGER_H

#include "sorted.h"

struct eytzinger {
    uint64_t *keys, *values; /* from 1; [0] is unused, so that 8 k begins a line */
    uint64_t n;
};

/*
 * The last three levels ask for lines behind the keys that no lookup needs: left in, as it is
 * usual, since a second loop without them ends at a branch of its own. No load happens there, so no
 * cache model sees them.
 */
LOOKUP_INLINE uint64_t eytzinger_find(const void *table, uint64_t key)
{
    const struct eytzinger *t = table;
    uint64_t k = 1;
    while (k <= t->n) {
        __builtin_prefetch((const void *)((uintptr_t)t->keys + 8 * k * sizeof *t->keys));
        k = 2 * k + (t->keys[k] < key);
    }
    k >>= __builtin_ctzll(~k) + 1; /* back to the last node where it went left */
    return k && t->keys[k] == key ? t->values[k] : key;
}

/* In-order: returns the next of the sorted records to place. */
LOOKUP_COLD const struct flat_slot *eytzinger_place(struct eytzinger *t, uint64_t k,
                                                    const struct flat_slot *next)
{
    if (k > t->n)
        return next;
    next = eytzinger_place(t, 2 * k, next);
    t->keys[k] = next->key;
    t->values[k] = next->value;
    return eytzinger_place(t, 2 * k + 1, next + 1);
}

LOOKUP_COLD void *eytzinger_build(const struct lb_point *point, struct lb_arena *arena)
{
    struct eytzinger *t = lb_scratch_alloc(arena, sizeof *t);
    struct flat_slot *records = sorted_records(point, arena);
    t->n = point->elements;
    t->keys = lb_arena_alloc(arena, (t->n + 1) * sizeof *t->keys, 0);
    t->values = lb_arena_alloc(arena, (t->n + 1) * sizeof *t->values, 0);
    eytzinger_place(t, 1, records);
    free(records);
    return t;
}

LOOKUP_COLD uint64_t eytzinger_footprint(const struct lb_point *point)
{
    return (point->elements + 1) * 16;
}

/* Level l is one of 2^l keys on 2^l / 8 lines, on which nothing else is looked at. */
LOOKUP_COLD void eytzinger_model(const struct lb_point *point, struct lookup_query *q)
{
    double levels = 0;
    (void)point;
    for (double nodes = 1; nodes <= q->n; nodes *= 2, levels++)
        model_touch(q, nodes < 8 ? 1 : nodes / 8, nodes < 8 ? 1.0 / 3 : 1);
    if (q->hit)
        model_touch(q, q->n / 8, 1);
    model_finish(q, 8 * levels + (q->hit ? 8 : 0), levels + 1 + (q->hit ? 1 : 0));
}

#endif
