/*
 * mark_counts.h - how many objects of a heap carry the mark of the cycle that has just ended.
 *
 * Private to benchmarks/boxing/mark.c, whose metric it is.
 */
#ifndef LB_MARK_COUNTS_H
#define LB_MARK_COUNTS_H

#include "benchmarks/boxing/mark_heaps.h"

typedef uint64_t count_function(const struct state *s);

static inline uint64_t marked_blocks(const struct state *s)
{
    uint64_t marked = 0;
    for (uint64_t b = 0; b < block_count(s->n); b++)
        marked += s->blocks[b]->cycle == s->cycle;
    return marked;
}

static inline uint64_t marked_boxes(const struct state *s)
{
    uint64_t marked = 0;
    for (uint64_t i = 0; i < s->n; i++)
        marked += s->boxes[i]->cycle == s->cycle;
    return marked;
}

/* A set bit means "marked" in odd cycles. */
static inline uint64_t marked_bits(const struct state *s)
{
    uint64_t set = 0;
    for (uint64_t w = 0; w < bitmap_words(s->n); w++)
        set += (uint64_t)__builtin_popcountll(s->bitmap[w]);
    return s->cycle & 1 ? set : s->n - set;
}

static inline uint64_t marked_in_map(const struct state *s)
{
    uint64_t marked = 0;
    for (uint64_t i = 0; i < s->n; i++) {
        const struct bucket *bucket = &s->buckets[i / FANOUT];
        marked += bucket->keys[i % FANOUT].data->cycle == s->cycle;
        marked += bucket->values[i % FANOUT].data->cycle == s->cycle;
    }
    return marked;
}

static inline uint64_t marked_below(const struct node *node, uint32_t cycle)
{
    uint64_t marked = node->cycle == cycle;
    for (unsigned e = 0; e < FANOUT && node->entries[e]; e++)
        marked += node->leaves ? ((const struct box *)node->entries[e])->cycle == cycle
                               : marked_below(node->entries[e], cycle);
    return marked;
}

static inline uint64_t marked_nested(const struct state *s)
{
    return marked_below(s->root, s->cycle);
}

#endif
