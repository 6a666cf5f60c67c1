/*
 * chained.h - a table of list heads; each entry is a node of its own from malloc, in insertion
 * order on a fresh heap. As many heads as the next power of two: load factor 0.94 in the rungs.
 */
#ifndef LB_FLAT_INDEX_CHAINED_H
#define LB_FLAT_INDEX_CHAINED_H

#include "flat.h"

struct chained_node {
    struct chained_node *next;
    uint64_t key;
    uint64_t value;
};

struct chained {
    struct chained_node **heads;
    uint64_t head_count;
    unsigned shift;
};

LOOKUP_COLD unsigned chained_bits(const struct lb_point *point)
{
    return log2_ceil(point->elements);
}

LOOKUP_INLINE uint64_t chained_find(const void *table, uint64_t key)
{
    const struct chained *t = table;
    for (const struct chained_node *node = t->heads[key * FIBONACCI >> t->shift]; node;
         node = node->next)
        if (node->key == key)
            return node->value;
    return key;
}

LOOKUP_COLD void *chained_build(const struct lb_point *point, struct lb_arena *arena)
{
    struct chained *t = lb_scratch_alloc(arena, sizeof *t);
    t->head_count = UINT64_C(1) << chained_bits(point);
    t->shift = 64 - chained_bits(point);
    t->heads = lb_arena_alloc(arena, t->head_count * sizeof *t->heads, 0);
    for (uint64_t i = 0; i < point->elements; i++) {
        struct chained_node *node = malloc(sizeof *node);
        if (!node)
            return NULL;
        node->key = lb_key(point->seed, i);
        node->value = lb_value(point->seed, i);
        struct chained_node **head = &t->heads[node->key * FIBONACCI >> t->shift];
        node->next = *head;
        *head = node;
    }
    return t;
}

LOOKUP_COLD void chained_free(void *table)
{
    struct chained *t = table;
    for (uint64_t i = 0; i < t->head_count; i++)
        for (struct chained_node *node = t->heads[i], *next; node; node = next) {
            next = node->next;
            free(node);
        }
}

/* glibc makes 32 bytes of a 24-byte node. */
LOOKUP_COLD uint64_t chained_footprint(const struct lb_point *point)
{
    return (sizeof(struct chained_node *) << chained_bits(point)) + point->elements * 32;
}

/*
 * Heads, and two nodes a line: glibc's heap begins so that none of them lies across two lines. A
 * hit looks at half of the others in its chain before its own, a miss at the whole chain.
 */
LOOKUP_COLD void chained_model(const struct lb_point *point, struct lookup_query *q)
{
    double heads = (double)(UINT64_C(1) << chained_bits(point)), a = q->n / heads;
    double nodes = q->hit ? 1 + a / 2 : a;
    model_touch(q, heads / 8, 1);
    model_touch(q, q->n / 2, nodes);
    model_finish(q, 8 + 16 * nodes, 1 + 2 * nodes);
}

#endif
