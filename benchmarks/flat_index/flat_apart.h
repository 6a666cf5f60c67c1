/*
 * flat_apart.h - the flat table with keys in one array and values in another: probes stay on a line
 * for longer and a miss never fetches values, but a hit pays a second line.
 *
 * Two lines are not two waits: both addresses are known at once, and the core foresees how the key
 * compares, so a chain of lookups waits for values alone, which lie in half of the memory. Where
 * lookups depend on each other and the table is beyond the caches, this is the fastest one.
 */
#ifndef LB_FLAT_INDEX_FLAT_APART_H
#define LB_FLAT_INDEX_FLAT_APART_H

#include "flat.h"

struct flat_apart {
    uint64_t *keys; /* 0: empty */
    uint64_t *values;
    uint64_t mask;
    unsigned shift;
};

LOOKUP_INLINE uint64_t flat_apart_find(const void *table, uint64_t key)
{
    const struct flat_apart *t = table;
    for (uint64_t at = key * FIBONACCI >> t->shift;; at = (at + 1) & t->mask) {
        if (t->keys[at] == key)
            return t->values[at];
        if (t->keys[at] == 0)
            return key;
    }
}

LOOKUP_COLD void *flat_apart_build(const struct lb_point *point, struct lb_arena *arena)
{
    unsigned bits = flat_bits(point);
    struct flat_apart *t = lb_scratch_alloc(arena, sizeof *t);
    t->mask = (UINT64_C(1) << bits) - 1;
    t->shift = 64 - bits;
    t->keys = lb_arena_alloc(arena, (t->mask + 1) * sizeof *t->keys, 0);
    t->values = lb_arena_alloc(arena, (t->mask + 1) * sizeof *t->values, 0);
    for (uint64_t i = 0; i < point->elements; i++) {
        uint64_t key = lb_key(point->seed, i), at = key * FIBONACCI >> t->shift;
        while (t->keys[at])
            at = (at + 1) & t->mask;
        t->keys[at] = key;
        t->values[at] = lb_value(point->seed, i);
    }
    return t;
}

LOOKUP_COLD void flat_apart_model(const struct lb_point *point, struct lookup_query *q)
{
    double a = flat_load(point), slots = q->n / a;
    double probes = q->hit ? probes_of_hit(a) : probes_of_miss(a);
    model_touch(q, slots / 8, 1 + (probes - 1) / 8);
    if (q->hit)
        model_touch(q, slots / 8, 1);
    model_finish(q, 8 * probes + (q->hit ? 8 : 0), probes + (q->hit ? 1 : 0));
}

#endif
