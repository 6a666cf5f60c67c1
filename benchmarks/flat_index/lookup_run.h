/*
 * lookup_run.h - what every structure of flat_index/lookup shares: the state, the loops that the
 * modes time, and how a structure says "absent". Valid in C++ too, so that the rows of
 * lookup_cxx.cpp run the very same loops.
 */
#ifndef LB_FLAT_INDEX_LOOKUP_RUN_H
#define LB_FLAT_INDEX_LOOKUP_RUN_H

#include "harness/api.h"

/* The loops are stamped out a structure and a mode: the compiler must see through `find`. */
#define LOOKUP_INLINE LB_ALWAYS_INLINE

/* Untimed: one small copy each, or inlining them would be most of the time to compile the file. */
#define LOOKUP_COLD static __attribute__((noinline, cold, unused))

enum lookup_stream { LOOKUP_HITS, LOOKUP_MISSES, LOOKUP_ZIPF, LOOKUP_STREAMS };

/* Keys to ask for, again and again. */
struct lookup_keys {
    const uint64_t *keys;
    uint64_t count;
};

struct lookup_state {
    struct lookup_keys streams[LOOKUP_STREAMS]; /* each empty until a mode of it is asked for */
    void *table;                                /* as the structure's `build` made it */
    struct lb_point point;                      /* what the streams are made from */
    struct lb_arena *arena;
};

/*
 * The value of `key`, or `key` itself where it is absent: so a checksum of hits and a checksum of
 * misses both notice a structure that mistakes the one for the other.
 */
typedef uint64_t lookup_find(const void *table, uint64_t key);

/*
 * Returns only when all that came before has completed. A hit brings back a word that the next key
 * can wait for; a miss ends in a branch, which the core predicts, and goes on. Without this, "the
 * next lookup needs the answer of the last one" would not be true of misses.
 */
LOOKUP_INLINE void lookup_wait(void)
{
#if defined(__x86_64__)
    __asm__ volatile("lfence" : : : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("dsb ishld" : : : "memory");
#else
    __sync_synchronize();
#endif
}

/* Any number of lookups may be in flight: throughput. */
LOOKUP_INLINE uint64_t lookup_independent(const struct lookup_state *s, enum lookup_stream stream,
                                          lookup_find *find, uint64_t first_op, uint64_t ops)
{
    const struct lookup_keys k = s->streams[stream];
    const void *table = s->table;
    uint64_t sum = 0;
    for (uint64_t i = first_op % k.count; ops > 0; i = 0) {
        uint64_t stop = k.count - i < ops ? k.count : i + ops;
        ops -= stop - i;
        for (; i < stop; i++)
            sum += find(table, k.keys[i]);
    }
    return sum;
}

/*
 * One at a time: latency. Each key waits for the value that the last lookup found; after misses,
 * which find none, a barrier waits instead. (One loop for both, as `nothing_found` is foreseen:
 * what is stamped out for every structure is kept small.)
 */
LOOKUP_INLINE uint64_t lookup_dependent(const struct lookup_state *s, enum lookup_stream stream,
                                        lookup_find *find, uint64_t first_op, uint64_t ops)
{
    const struct lookup_keys k = s->streams[stream];
    const void *table = s->table;
    const bool nothing_found = stream == LOOKUP_MISSES;
    uint64_t sum = 0, found = 0;
    for (uint64_t i = first_op % k.count; ops > 0; i = 0) {
        uint64_t stop = k.count - i < ops ? k.count : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            found = find(table, k.keys[i] + lb_zero_after(found));
            sum += found;
            if (nothing_found)
                lookup_wait();
        }
    }
    return sum;
}

/* The modes, in the order of the descriptor's names. */
enum lookup_mode {
    LOOKUP_INDEPENDENT_HIT,
    LOOKUP_DEPENDENT_HIT,
    LOOKUP_INDEPENDENT_MISS,
    LOOKUP_DEPENDENT_MISS,
    LOOKUP_INDEPENDENT_ZIPF,
    LOOKUP_DEPENDENT_ZIPF,
    LOOKUP_MODES
};

LOOKUP_INLINE enum lookup_stream lookup_stream_of(unsigned mode)
{
    switch (mode) {
    case LOOKUP_INDEPENDENT_MISS:
    case LOOKUP_DEPENDENT_MISS:
        return LOOKUP_MISSES;
    case LOOKUP_INDEPENDENT_ZIPF:
    case LOOKUP_DEPENDENT_ZIPF:
        return LOOKUP_ZIPF;
    default:
        return LOOKUP_HITS;
    }
}

/*
 * Defines NAME_run0 .. NAME_run5 around `find`; LOOKUP_RUN_TABLE lists them. Modes that differ
 * only in the keys share one loop, never inlined into them: half of the code, and of the time to
 * compile it.
 */
#define LOOKUP_DEFINE_LOOP(name, loop, find)                                                       \
    static __attribute__((noinline)) uint64_t name##_run_##loop(                                   \
        const struct lookup_state *s, enum lookup_stream stream, uint64_t first_op, uint64_t ops)  \
    {                                                                                              \
        return lookup_##loop(s, stream, find, first_op, ops);                                      \
    }
#define LOOKUP_DEFINE_MODE(name, mode, loop, stream)                                               \
    static uint64_t name##_run##mode(void *state, uint64_t first_op, uint64_t ops)                 \
    {                                                                                              \
        return name##_run_##loop((const struct lookup_state *)state, stream, first_op, ops);       \
    }
#define LOOKUP_DEFINE_RUNS(name, find)                                                             \
    LOOKUP_DEFINE_LOOP(name, independent, find)                                                    \
    LOOKUP_DEFINE_LOOP(name, dependent, find)                                                      \
    LOOKUP_DEFINE_MODE(name, 0, independent, LOOKUP_HITS)                                          \
    LOOKUP_DEFINE_MODE(name, 1, dependent, LOOKUP_HITS)                                            \
    LOOKUP_DEFINE_MODE(name, 2, independent, LOOKUP_MISSES)                                        \
    LOOKUP_DEFINE_MODE(name, 3, dependent, LOOKUP_MISSES)                                          \
    LOOKUP_DEFINE_MODE(name, 4, independent, LOOKUP_ZIPF)                                          \
    LOOKUP_DEFINE_MODE(name, 5, dependent, LOOKUP_ZIPF)
#define LOOKUP_RUN_TABLE(name)                                                                     \
    {                                                                                              \
        name##_run0, name##_run1, name##_run2, name##_run3, name##_run4, name##_run5               \
    }

#endif
