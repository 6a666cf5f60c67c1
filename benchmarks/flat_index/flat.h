/*
 * flat.h - the reference of flat_index/lookup: one array of 16-byte records (key, value), open
 * addressing with linear probing, Fibonacci hashing (Knuth volume 3, 6.4), at least half empty
 * (load factor 0.47 in the rungs).
 */
#ifndef LB_FLAT_INDEX_FLAT_H
#define LB_FLAT_INDEX_FLAT_H

#include "lookup_model.h"

#define FIBONACCI UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio, odd */

struct flat_slot {
    uint64_t key; /* 0: empty; no key is 0 */
    uint64_t value;
};

struct flat {
    struct flat_slot *slots;
    uint64_t mask;  /* slots - 1 */
    unsigned shift; /* the top bits of the product are the home slot */
};

/* log2 of the smallest power of two that is at least `at_least`. */
LOOKUP_COLD unsigned log2_ceil(uint64_t at_least)
{
    unsigned bits = 1;
    while (UINT64_C(1) << bits < at_least)
        bits++;
    return bits;
}

LOOKUP_COLD unsigned flat_bits(const struct lb_point *point)
{
    return log2_ceil(2 * point->elements);
}

LOOKUP_COLD double flat_load(const struct lb_point *point)
{
    return (double)point->elements / (double)(UINT64_C(1) << flat_bits(point));
}

LOOKUP_INLINE uint64_t flat_home(const struct flat *t, uint64_t key)
{
    return key * FIBONACCI >> t->shift;
}

LOOKUP_INLINE uint64_t flat_find(const void *table, uint64_t key)
{
    const struct flat *t = table;
    for (uint64_t at = flat_home(t, key);; at = (at + 1) & t->mask) {
        const struct flat_slot *slot = &t->slots[at];
        if (slot->key == key)
            return slot->value;
        if (slot->key == 0)
            return key;
    }
}

LOOKUP_COLD void *flat_build(const struct lb_point *point, struct lb_arena *arena)
{
    unsigned bits = flat_bits(point);
    struct flat *t = lb_scratch_alloc(arena, sizeof *t);
    t->mask = (UINT64_C(1) << bits) - 1;
    t->shift = 64 - bits;
    t->slots = lb_arena_alloc(arena, (t->mask + 1) * sizeof *t->slots, 0);
    for (uint64_t i = 0; i < point->elements; i++) {
        uint64_t key = lb_key(point->seed, i), at = flat_home(t, key);
        while (t->slots[at].key)
            at = (at + 1) & t->mask;
        t->slots[at] = (struct flat_slot){key, lb_value(point->seed, i)};
    }
    return t;
}

LOOKUP_COLD uint64_t flat_footprint(const struct lb_point *point)
{
    return sizeof(struct flat_slot) << flat_bits(point);
}

/* Four slots a line: each probe after the first goes on to the next line one time in four. */
LOOKUP_COLD void flat_model(const struct lb_point *point, struct lookup_query *q)
{
    double a = flat_load(point), slots = q->n / a;
    double probes = q->hit ? probes_of_hit(a) : probes_of_miss(a);
    model_touch(q, slots / 4, 1 + (probes - 1) / 4);
    model_finish(q, 8 * probes + (q->hit ? 8 : 0), probes + (q->hit ? 1 : 0));
    q->model->exact = q->hit && !q->zipf;
}

#endif
