/*
 * open_pointers.h - the flat table with its values moved out: slots hold a key and a pointer to an
 * object from malloc, as where objects must not move. The lookup finds the key in the slot, so only
 * a hit goes to the object. Also the same table behind a virtual call: one more indirect call, not
 * one more line.
 */
#ifndef LB_FLAT_INDEX_OPEN_POINTERS_H
#define LB_FLAT_INDEX_OPEN_POINTERS_H

#include "flat.h"

struct object {
    uint64_t header; /* what a language or a library puts in front: type, count, vtable */
    uint64_t key;
    uint64_t value;
};

struct pointer_slot {
    uint64_t key; /* 0: empty */
    struct object *object;
};

/* As C++ would lay out an index behind an abstract class: the object begins with its vtable. */
struct pointer_index_vtable {
    uint64_t (*find)(const void *index, uint64_t key);
};

struct open_pointers {
    const struct pointer_index_vtable *vtable;
    struct pointer_slot *slots;
    uint64_t mask;
    unsigned shift;
};

LOOKUP_INLINE uint64_t open_pointers_find(const void *table, uint64_t key)
{
    const struct open_pointers *t = table;
    for (uint64_t at = key * FIBONACCI >> t->shift;; at = (at + 1) & t->mask) {
        const struct pointer_slot *slot = &t->slots[at];
        if (slot->key == key)
            return slot->object->value;
        if (slot->key == 0)
            return key;
    }
}

static uint64_t pointer_index_find(const void *index, uint64_t key)
{
    return open_pointers_find(index, key);
}

static const struct pointer_index_vtable pointer_index_vtable = {pointer_index_find};

LOOKUP_INLINE uint64_t virtual_scattered_find(const void *table, uint64_t key)
{
    const struct open_pointers *t = table;
    return t->vtable->find(t, key);
}

LOOKUP_COLD void *open_pointers_build(const struct lb_point *point, struct lb_arena *arena)
{
    unsigned bits = flat_bits(point);
    struct open_pointers *t = lb_scratch_alloc(arena, sizeof *t);
    t->vtable = &pointer_index_vtable;
    t->mask = (UINT64_C(1) << bits) - 1;
    t->shift = 64 - bits;
    t->slots = lb_arena_alloc(arena, (t->mask + 1) * sizeof *t->slots, 0);
    for (uint64_t i = 0; i < point->elements; i++) {
        struct object *object = malloc(sizeof *object);
        if (!object)
            return NULL;
        object->header = i;
        object->key = lb_key(point->seed, i);
        object->value = lb_value(point->seed, i);
        uint64_t at = object->key * FIBONACCI >> t->shift;
        while (t->slots[at].key)
            at = (at + 1) & t->mask;
        t->slots[at] = (struct pointer_slot){object->key, object};
    }
    return t;
}

LOOKUP_COLD void open_pointers_free(void *table)
{
    struct open_pointers *t = table;
    for (uint64_t at = 0; at <= t->mask; at++)
        free(t->slots[at].object);
}

/* Slots, and 32 bytes of glibc's for each 24-byte object. */
LOOKUP_COLD uint64_t open_pointers_footprint(const struct lb_point *point)
{
    return flat_footprint(point) + point->elements * 32;
}

/* The flat table's probes, and on a hit one of the objects, two of which share a line. */
LOOKUP_COLD void open_pointers_model(const struct lb_point *point, struct lookup_query *q)
{
    double a = flat_load(point), slots = q->n / a;
    double probes = q->hit ? probes_of_hit(a) : probes_of_miss(a);
    model_touch(q, slots / 4, 1 + (probes - 1) / 4);
    if (q->hit)
        model_touch(q, q->n / 2, 1);
    model_finish(q, 8 * probes + (q->hit ? 16 : 0), probes + (q->hit ? 2 : 0));
}

#endif
