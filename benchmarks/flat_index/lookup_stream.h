/*
 * lookup_stream.h - the keys that flat_index/lookup asks for, and what it must answer.
 *
 * Hits: permutations of all keys that are present, none in insertion order (that would flatter
 * structures whose nodes lie in insertion order). Misses: keys that are never present. Zipf: keys
 * that are present, some of them much more often; which ones has nothing to do with insertion
 * order. A stream is at least STREAM_KEYS_MIN long, or the branch predictor would learn a small
 * one.
 */
#ifndef LB_FLAT_INDEX_LOOKUP_STREAM_H
#define LB_FLAT_INDEX_LOOKUP_STREAM_H

#include "lookup_run.h"

#include <stdlib.h>

#define STREAM_KEYS_MIN      UINT64_C(65536)
#define STREAM_ZIPF_KEYS_MAX UINT64_C(1048576)
#define STREAM_ZIPF_EXPONENT 0.99

/* Whole permutations of the n keys. */
LOOKUP_COLD uint64_t stream_count(const struct lb_point *point, enum lookup_stream stream)
{
    uint64_t n = point->elements, count = (STREAM_KEYS_MIN + n - 1) / n * n;
    if (stream == LOOKUP_ZIPF && count > STREAM_ZIPF_KEYS_MAX)
        return STREAM_ZIPF_KEYS_MAX;
    return count;
}

/*
 * Which key each op asks for: its number, as of lb_key or, for misses, of lb_missing_key. To be
 * freed: scratch would live, 4 bytes a key, as long as the case does.
 */
LOOKUP_COLD uint32_t *stream_numbers(const struct lb_point *point, struct lb_arena *arena,
                                     enum lookup_stream stream)
{
    uint64_t n = point->elements, count = stream_count(point, stream);
    uint64_t seed = point->seed + UINT64_C(0x6c6f6f6b7570) * ((uint64_t)stream + 1);
    uint32_t *numbers = lb_temporary(arena, count * sizeof *numbers);
    uint32_t *order = lb_temporary(arena, n * sizeof *order);
    if (stream == LOOKUP_ZIPF) {
        lb_permutation(order, n, seed);
        lb_zipf(numbers, count, n, STREAM_ZIPF_EXPONENT, lb_mix64(seed));
        for (uint64_t i = 0; i < count; i++)
            numbers[i] = order[numbers[i]];
    } else {
        for (uint64_t i = 0; i < count; i += n)
            lb_permutation(numbers + i, n, seed + i);
    }
    free(order);
    return numbers;
}

LOOKUP_COLD void stream_make(const struct lb_point *point, struct lb_arena *arena,
                             enum lookup_stream stream, struct lookup_keys *keys)
{
    uint64_t count = stream_count(point, stream);
    uint64_t *made = lb_scratch_alloc(arena, count * sizeof *made);
    uint32_t *numbers = stream_numbers(point, arena, stream);
    for (uint64_t i = 0; i < count; i++)
        made[i] = stream == LOOKUP_MISSES ? lb_missing_key(point->seed, numbers[i])
                                          : lb_key(point->seed, numbers[i]);
    free(numbers);
    keys->keys = made;
    keys->count = count;
}

/*
 * Makes the keys of a stream, unless they are there. Most processes are asked for hits alone, and
 * keys take as long to make as a table.
 */
LOOKUP_COLD const struct lookup_keys *stream_ready(struct lookup_state *s,
                                                   enum lookup_stream stream)
{
    struct lookup_keys *keys = &s->streams[stream];
    if (!keys->count)
        stream_make(&s->point, s->arena, stream, keys);
    return keys;
}

/* The sum of the answers to ops first_op .. first_op + ops - 1. */
LOOKUP_COLD uint64_t stream_expected(const struct lb_point *point, enum lookup_stream stream,
                                     uint64_t first_op, uint64_t ops)
{
    uint32_t *numbers = stream_numbers(point, NULL, stream);
    uint64_t sum = 0;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += stream == LOOKUP_MISSES ? lb_missing_key(point->seed, numbers[i])
                                       : lb_value(point->seed, numbers[i]);
    free(numbers);
    return sum;
}

#endif
