/*
 * robin_hood.h - linear probing at load factor 0.9, where an entry that is further from home takes
 * the place of one that is nearer. The distances even out, and a miss stops at the first entry that
 * is nearer to its home than the key would be (P. Celis, "Robin Hood hashing", 1986).
 */
#ifndef LB_FLAT_INDEX_ROBIN_HOOD_H
#define LB_FLAT_INDEX_ROBIN_HOOD_H

#include "flat.h"

struct robin_hood {
    struct flat_slot *slots;
    uint64_t capacity; /* any number, not only a power of two */
};

LOOKUP_INLINE uint64_t robin_hood_home(const struct robin_hood *t, uint64_t key)
{
    return (uint64_t)((unsigned __int128)(key * FIBONACCI) * t->capacity >> 64);
}

/* How far slot `at` is from `home`, around the end. */
LOOKUP_INLINE uint64_t robin_hood_distance(const struct robin_hood *t, uint64_t home, uint64_t at)
{
    return at >= home ? at - home : at + t->capacity - home;
}

LOOKUP_INLINE uint64_t robin_hood_find(const void *table, uint64_t key)
{
    const struct robin_hood *t = table;
    uint64_t at = robin_hood_home(t, key);
    for (uint64_t distance = 0;; distance++) {
        const struct flat_slot *slot = &t->slots[at];
        if (slot->key == key)
            return slot->value;
        if (slot->key == 0 || robin_hood_distance(t, robin_hood_home(t, slot->key), at) < distance)
            return key;
        at = at + 1 < t->capacity ? at + 1 : 0;
    }
}

LOOKUP_COLD void robin_hood_insert(struct robin_hood *t, struct flat_slot entry)
{
    uint64_t at = robin_hood_home(t, entry.key);
    for (uint64_t distance = 0; t->slots[at].key; distance++) {
        struct flat_slot *slot = &t->slots[at];
        uint64_t theirs = robin_hood_distance(t, robin_hood_home(t, slot->key), at);
        if (theirs < distance) {
            struct flat_slot richer = *slot;
            *slot = entry;
            entry = richer;
            distance = theirs;
        }
        at = at + 1 < t->capacity ? at + 1 : 0;
    }
    t->slots[at] = entry;
}

LOOKUP_COLD uint64_t robin_hood_capacity(const struct lb_point *point)
{
    return point->elements * 10 / 9 + 1;
}

LOOKUP_COLD void *robin_hood_build(const struct lb_point *point, struct lb_arena *arena)
{
    struct robin_hood *t = lb_scratch_alloc(arena, sizeof *t);
    t->capacity = robin_hood_capacity(point);
    t->slots = lb_arena_alloc(arena, t->capacity * sizeof *t->slots, 0);
    for (uint64_t i = 0; i < point->elements; i++)
        robin_hood_insert(t, (struct flat_slot){lb_key(point->seed, i), lb_value(point->seed, i)});
    return t;
}

LOOKUP_COLD uint64_t robin_hood_footprint(const struct lb_point *point)
{
    return robin_hood_capacity(point) * sizeof(struct flat_slot);
}

/*
 * Who takes whose place does not change the mean distance of a hit. A miss passes all that overflow
 * into its home slot, a^2 / (2 (1 - a)), and those that belong there, a.
 */
LOOKUP_COLD void robin_hood_model(const struct lb_point *point, struct lookup_query *q)
{
    double capacity = (double)robin_hood_capacity(point), a = q->n / capacity;
    double probes = q->hit ? probes_of_hit(a) : 1 + a + a * a / (2 * (1 - a));
    model_touch(q, capacity / 4, 1 + (probes - 1) / 4);
    model_finish(q, 8 * probes + (q->hit ? 8 : 0), probes + (q->hit ? 1 : 0));
}

#endif
