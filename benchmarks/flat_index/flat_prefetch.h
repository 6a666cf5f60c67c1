/*
 * flat_prefetch.h - two ways of fetching ahead in the flat table: each lookup asks for its line
 * just before it reads it, and batches of 16 ask for all their lines first.
 */
#ifndef LB_FLAT_INDEX_FLAT_PREFETCH_H
#define LB_FLAT_INDEX_FLAT_PREFETCH_H

#include "flat.h"

enum { BATCH_KEYS = 16 };

LOOKUP_INLINE uint64_t flat_prefetch_find(const void *table, uint64_t key)
{
    const struct flat *t = table;
    __builtin_prefetch(&t->slots[flat_home(t, key)]);
    return flat_find(table, key);
}

LOOKUP_INLINE uint64_t flat_batch(const struct flat *t, const uint64_t *keys)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < BATCH_KEYS; i++)
        __builtin_prefetch(&t->slots[flat_home(t, keys[i])]);
    for (unsigned i = 0; i < BATCH_KEYS; i++)
        sum += flat_find(t, keys[i]);
    return sum;
}

LOOKUP_INLINE uint64_t lookup_batched(const struct lookup_state *s, enum lookup_stream stream,
                                      lookup_find *find, uint64_t first_op, uint64_t ops)
{
    const struct lookup_keys k = s->streams[stream];
    uint64_t sum = 0;
    for (uint64_t i = first_op % k.count; ops > 0; i = 0) {
        uint64_t stop = k.count - i < ops ? k.count : i + ops;
        ops -= stop - i;
        for (; stop - i >= BATCH_KEYS; i += BATCH_KEYS)
            sum += flat_batch(s->table, &k.keys[i]);
        for (; i < stop; i++)
            sum += find(s->table, k.keys[i]);
    }
    return sum;
}

#endif
