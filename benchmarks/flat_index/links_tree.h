/*
 * links_tree.h - the tree that the variants of flat_index/links lay out: which key is where, which
 * keys are descended for, and what the walks must add up to.
 */
#ifndef LB_FLAT_INDEX_LINKS_TREE_H
#define LB_FLAT_INDEX_LINKS_TREE_H

#include "harness/api.h"

/* Modes. */
enum { LIST, TREE };

/* Keys to descend for, and how far the current descent has come. */
struct descent {
    const uint32_t *wanted;
    uint64_t count;
    uint64_t at;    /* which of them */
    unsigned level; /* nodes of it visited */
    unsigned levels;
};

static inline unsigned complete_levels(uint64_t n)
{
    return 63 - (unsigned)__builtin_clzll(n + 1);
}

/* The key of node b: odd, in order of the tree. Nodes below the complete levels are not searched.
 */
static inline uint32_t key_of(uint64_t b, unsigned levels)
{
    unsigned level = 63 - (unsigned)__builtin_clzll(b + 1);
    uint64_t across = b + 1 - (UINT64_C(1) << level);
    return level < levels ? (uint32_t)(((2 * across + 1) << (levels - level)) - 1) : 0;
}

/* A quarter as many descents as nodes: a pass visits most lines of even the lowest level. */
static inline uint64_t descent_count(const struct lb_point *point)
{
    return (point->elements + 3) / 4;
}

/* Even, so never there. */
static inline uint32_t wanted_key(struct lb_rng *rng, unsigned levels)
{
    return (uint32_t)lb_rng_below(rng, UINT64_C(1) << levels) * 2;
}

static inline struct lb_rng wanted_rng(const struct lb_point *point)
{
    return (struct lb_rng){point->seed ^ UINT64_C(0x6c696e6b73)};
}

static inline struct descent descent_make(const struct lb_point *point, struct lb_arena *arena)
{
    uint64_t count = descent_count(point);
    unsigned levels = complete_levels(point->elements);
    uint32_t *wanted = lb_scratch_alloc(arena, count * sizeof *wanted);
    struct lb_rng rng = wanted_rng(point);
    for (uint64_t i = 0; i < count; i++)
        wanted[i] = wanted_key(&rng, levels);
    return (struct descent){.wanted = wanted, .count = count, .levels = levels};
}

static inline uint64_t links_pass_ops(const struct lb_point *point, unsigned mode)
{
    return mode == LIST ? point->elements : descent_count(point) * complete_levels(point->elements);
}

/* By bisection of the ranks 0 .. 2^levels - 2, whose keys are 1, 3, 5: without any tree. */
static inline uint64_t expected_descents(const struct lb_point *point, uint64_t first_op,
                                         uint64_t ops)
{
    unsigned levels = complete_levels(point->elements);
    struct lb_rng rng = wanted_rng(point);
    uint64_t sum = 0, low = 0, high = 0;
    uint32_t wanted = 0;
    for (uint64_t op = 0; op < first_op + ops; op++) {
        if (op % levels == 0) {
            wanted = wanted_key(&rng, levels);
            low = 0;
            high = (UINT64_C(1) << levels) - 1;
        }
        uint64_t middle = (low + high) / 2, key = 2 * middle + 1;
        sum += op >= first_op ? key : 0;
        if (wanted > key)
            low = middle + 1;
        else
            high = middle;
    }
    return sum;
}

static inline uint64_t links_expected(const struct lb_point *point,
                                      const struct lb_variant *variant, unsigned mode,
                                      uint64_t first_op, uint64_t ops)
{
    uint64_t sum = 0;
    (void)variant;
    if (mode == TREE)
        return expected_descents(point, first_op, ops);
    for (uint64_t b = first_op; b < first_op + ops; b++)
        sum += key_of(b, complete_levels(point->elements));
    return sum;
}

/* Where the rest of this descent ends, at most `ops` nodes on. */
static inline unsigned descent_stop(const struct descent *d, uint64_t ops)
{
    return d->levels - d->level < ops ? d->levels : d->level + (unsigned)ops;
}

#endif
