/*
 * static_btree.h - sorted keys in a complete tree whose nodes are one line each: 8 keys, 9
 * children, no pointers (child i of node k is node 9 k + 1 + i). A node is searched by counting the
 * smaller keys, without a branch on them. Values apart, in the same order.
 */
#ifndef LB_FLAT_INDEX_STATIC_BTREE_H
#define LB_FLAT_INDEX_STATIC_BTREE_H

#include "sorted.h"

enum { BTREE_KEYS = 8 };

struct static_btree {
    uint64_t *keys, *values; /* padded at the end of the order with the largest key */
    uint64_t nodes;
};

/* Written out: gcc does not unroll it at -O2, and the counter of a loop would cost as much. */
LOOKUP_INLINE uint64_t keys_below(const uint64_t *k, uint64_t key)
{
    uint64_t low = (uint64_t)(k[0] < key) + (k[1] < key) + (k[2] < key) + (k[3] < key);
    uint64_t high = (uint64_t)(k[4] < key) + (k[5] < key) + (k[6] < key) + (k[7] < key);
    return low + high;
}

LOOKUP_INLINE uint64_t static_btree_find(const void *table, uint64_t key)
{
    const struct static_btree *t = table;
    uint64_t best = 0; /* where the smallest key that is not below `key` was seen last */
    for (uint64_t node = 0; node < t->nodes;) {
        const uint64_t *keys = t->keys + node * BTREE_KEYS;
        uint64_t below = keys_below(keys, key);
        best = below < BTREE_KEYS ? node * BTREE_KEYS + below : best;
        node = node * (BTREE_KEYS + 1) + 1 + below;
    }
    return t->keys[best] == key ? t->values[best] : key;
}

struct btree_source {
    const struct flat_slot *next, *end;
};

LOOKUP_COLD void static_btree_place(struct static_btree *t, uint64_t node,
                                    struct btree_source *source)
{
    if (node >= t->nodes)
        return;
    for (uint64_t i = 0; i < BTREE_KEYS; i++) {
        static_btree_place(t, node * (BTREE_KEYS + 1) + 1 + i, source);
        bool more = source->next < source->end;
        t->keys[node * BTREE_KEYS + i] = more ? source->next->key : UINT64_MAX;
        t->values[node * BTREE_KEYS + i] = more ? source->next->value : UINT64_MAX;
        source->next += more;
    }
    static_btree_place(t, node * (BTREE_KEYS + 1) + 1 + BTREE_KEYS, source);
}

LOOKUP_COLD uint64_t static_btree_nodes(const struct lb_point *point)
{
    return (point->elements + BTREE_KEYS - 1) / BTREE_KEYS;
}

LOOKUP_COLD void *static_btree_build(const struct lb_point *point, struct lb_arena *arena)
{
    struct static_btree *t = lb_scratch_alloc(arena, sizeof *t);
    struct flat_slot *records = sorted_records(point, arena);
    struct btree_source source = {records, records + point->elements};
    t->nodes = static_btree_nodes(point);
    t->keys = lb_arena_alloc(arena, t->nodes * BTREE_KEYS * sizeof *t->keys, 0);
    t->values = lb_arena_alloc(arena, t->nodes * BTREE_KEYS * sizeof *t->values, 0);
    static_btree_place(t, 0, &source);
    free(records);
    return t;
}

LOOKUP_COLD uint64_t static_btree_footprint(const struct lb_point *point)
{
    return static_btree_nodes(point) * BTREE_KEYS * 16;
}

/* Level l is one of 9^l nodes, the last level one of what is left, and not always there. */
LOOKUP_COLD void static_btree_model(const struct lb_point *point, struct lookup_query *q)
{
    double left = (double)static_btree_nodes(point), levels = 0;
    for (double nodes = 1; left > 0; left -= nodes, nodes *= BTREE_KEYS + 1) {
        double share = left < nodes ? left / nodes : 1;
        model_touch(q, nodes * share, share);
        levels += share;
    }
    if (q->hit)
        model_touch(q, q->n / 8, 1);
    model_finish(q, 64 * levels + (q->hit ? 8 : 0), 8 * levels + 1 + (q->hit ? 1 : 0));
}

#endif
