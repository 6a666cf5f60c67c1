/*
 * peer_table.h - a packaged hash table in the loops of flat_index/lookup: the same keys, asked for
 * in the same order, and a wait for each answer in dependent mode.
 */
#ifndef LB_PEER_TABLE_H
#define LB_PEER_TABLE_H

#include "benchmarks/flat_index/lookup_stream.h"
#include "tests/peers/contender.h"

/* One contender a mode, in this order. */
enum { PEER_INDEPENDENT, PEER_DEPENDENT, PEER_MODES };

static inline void *peer_table_open(const struct lb_case *c, struct lb_arena *arena,
                                    void *(*build)(const struct lb_point *point))
{
    struct lookup_state *s = lb_scratch_alloc(arena, sizeof *s);
    stream_make(&c->point, arena, LOOKUP_HITS, &s->streams[LOOKUP_HITS]);
    s->table = build(&c->point);
    if (!s->table)
        abort();
    return s;
}

/* Defines `const struct contender peer_ID[PEER_MODES]` from `build` and `find`. */
#define PEER_TABLE(id, title, build, find)                                                         \
    static void *id##_open(const struct lb_case *c, struct lb_arena *arena)                        \
    {                                                                                              \
        return peer_table_open(c, arena, build);                                                   \
    }                                                                                              \
    static uint64_t id##_independent(void *state, uint64_t first_op, uint64_t ops)                 \
    {                                                                                              \
        return lookup_independent(state, LOOKUP_HITS, find, first_op, ops);                        \
    }                                                                                              \
    static uint64_t id##_dependent(void *state, uint64_t first_op, uint64_t ops)                   \
    {                                                                                              \
        return lookup_dependent(state, LOOKUP_HITS, find, first_op, ops);                          \
    }                                                                                              \
    const struct contender peer_##id[PEER_MODES] = {                                               \
        {.name = (title), .open = id##_open, .run = id##_independent},                             \
        {.name = (title), .open = id##_open, .run = id##_dependent},                               \
    };

/* The same where the package's header is not there. */
#define PEER_TABLE_LACKS(id, title, package)                                                       \
    const struct contender peer_##id[PEER_MODES] = {                                               \
        {.name = (title), .lacks = (package)},                                                     \
        {.name = (title), .lacks = (package)},                                                     \
    };

#endif
