/*
 * sorted.h - one array of 16-byte records in key order, searched by bisection without a branch on
 * the keys: the half is chosen by a conditional move, so that each load waits for the one before.
 * Also the sorted records from which the Eytzinger and B-tree layouts are made.
 */
#ifndef LB_FLAT_INDEX_SORTED_H
#define LB_FLAT_INDEX_SORTED_H

#include "flat.h"

#include <string.h>

struct sorted {
    const struct flat_slot *records;
    uint64_t n;
};

LOOKUP_COLD void sorted_insertion_sort(struct flat_slot *records, uint64_t n)
{
    for (uint64_t i = 1; i < n; i++) {
        struct flat_slot moved = records[i];
        uint64_t at = i;
        for (; at > 0 && records[at - 1].key > moved.key; at--)
            records[at] = records[at - 1];
        records[at] = moved;
    }
}

/*
 * Fills records[0 .. n) with the point's entries in key order. Keys are uniform, so one
 * distribution by their top bits leaves about two in a bucket: 64 MiB in a tenth of qsort's time.
 */
LOOKUP_COLD void sorted_fill(const struct lb_point *point, struct lb_arena *arena,
                             struct flat_slot *records)
{
    uint64_t n = point->elements;
    unsigned bits = log2_ceil(n / 2 + 1), shift = 64 - bits;
    uint64_t ends_bytes = ((UINT64_C(1) << bits) + 1) * sizeof(uint32_t);
    uint32_t *ends = lb_temporary(arena, ends_bytes);
    memset(ends, 0, ends_bytes);
    for (uint64_t i = 0; i < n; i++)
        ends[(lb_key(point->seed, i) >> shift) + 1]++;
    for (uint64_t b = 0; b < UINT64_C(1) << bits; b++)
        ends[b + 1] += ends[b];
    for (uint64_t i = 0; i < n; i++) {
        uint64_t key = lb_key(point->seed, i);
        records[ends[key >> shift]++] = (struct flat_slot){key, lb_value(point->seed, i)};
    }
    for (uint64_t b = 0, begin = 0; b < UINT64_C(1) << bits; begin = ends[b++])
        sorted_insertion_sort(records + begin, ends[b] - begin);
    free(ends);
}

/* The sorted entries, to lay out otherwise. To be freed. */
LOOKUP_COLD struct flat_slot *sorted_records(const struct lb_point *point, struct lb_arena *arena)
{
    struct flat_slot *records = lb_temporary(arena, point->elements * sizeof *records);
    sorted_fill(point, arena, records);
    return records;
}

LOOKUP_INLINE uint64_t sorted_find(const void *table, uint64_t key)
{
    const struct sorted *t = table;
    const struct flat_slot *base = t->records;
    for (uint64_t n = t->n; n > 1;) {
        uint64_t half = n / 2;
        base = base[half].key <= key ? base + half : base;
        n -= half;
    }
    return base->key == key ? base->value : key;
}

LOOKUP_COLD void *sorted_build(const struct lb_point *point, struct lb_arena *arena)
{
    struct sorted *t = lb_scratch_alloc(arena, sizeof *t);
    struct flat_slot *records = lb_arena_alloc(arena, point->elements * sizeof *records, 0);
    sorted_fill(point, arena, records);
    t->records = records;
    t->n = point->elements;
    return t;
}

LOOKUP_COLD uint64_t sorted_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct flat_slot);
}

/*
 * Level l looks at one of 2^l records; the last two levels stay on the line of the one before. The
 * records of a level lie evenly apart, and n is a power of two over 34: those of the first twelve
 * levels fall on 136 sets of a cache of 4096. A cache of sets misses half as often again as this
 * fully associative figure; the other layouts of a search have no such distances.
 */
LOOKUP_COLD void sorted_model(const struct lb_point *point, struct lookup_query *q)
{
    double levels = ceil(log2(q->n));
    (void)point;
    for (double nodes = 1; nodes < q->n / 4; nodes *= 2)
        model_touch(q, nodes, 1);
    model_touch(q, q->n / 4, 1);
    model_finish(q, 8 * levels + (q->hit ? 8 : 0), levels + 1 + (q->hit ? 1 : 0));
}

#endif
