/*
 * lookup_probes.h - what a lookup looks at, counted structure by structure: slots, groups of
 * slots, nodes, or levels. The searches of the structures' own headers, with a counter and untimed.
 */
#ifndef LB_FLAT_INDEX_LOOKUP_PROBES_H
#define LB_FLAT_INDEX_LOOKUP_PROBES_H

#include "chained.h"
#include "eytzinger.h"
#include "flat.h"
#include "flat_apart.h"
#include "lookup_stream.h"
#include "metadata_simd.h"
#include "open_pointers.h"
#include "robin_hood.h"
#include "sorted.h"
#include "static_btree.h"

enum { COUNTED_LOOKUPS = 65536 };

typedef uint64_t count_probes(const void *table, uint64_t key);

LOOKUP_COLD uint64_t flat_probes(const void *table, uint64_t key)
{
    const struct flat *t = table;
    uint64_t at = flat_home(t, key), probes = 1;
    for (; t->slots[at].key && t->slots[at].key != key; at = (at + 1) & t->mask)
        probes++;
    return probes;
}

LOOKUP_COLD uint64_t flat_apart_probes(const void *table, uint64_t key)
{
    const struct flat_apart *t = table;
    uint64_t at = key * FIBONACCI >> t->shift, probes = 1;
    for (; t->keys[at] && t->keys[at] != key; at = (at + 1) & t->mask)
        probes++;
    return probes;
}

LOOKUP_COLD uint64_t open_pointers_probes(const void *table, uint64_t key)
{
    const struct open_pointers *t = table;
    uint64_t at = key * FIBONACCI >> t->shift, probes = 1;
    for (; t->slots[at].key && t->slots[at].key != key; at = (at + 1) & t->mask)
        probes++;
    return probes;
}

LOOKUP_COLD uint64_t robin_hood_probes(const void *table, uint64_t key)
{
    const struct robin_hood *t = table;
    uint64_t at = robin_hood_home(t, key), distance = 0;
    while (t->slots[at].key && t->slots[at].key != key &&
           robin_hood_distance(t, robin_hood_home(t, t->slots[at].key), at) >= distance) {
        at = at + 1 < t->capacity ? at + 1 : 0;
        distance++;
    }
    return distance + 1;
}

/* Groups: their 16 tags are compared at once. */
LOOKUP_COLD uint64_t metadata_simd_probes(const void *table, uint64_t key)
{
    const struct metadata_simd *t = table;
    uint64_t hash = key * FIBONACCI, group = home_group(t, hash), probes = 1;
    for (;; group = group + 1 < t->groups ? group + 1 : 0, probes++) {
        for (uint64_t i = 0; i < GROUP_SLOTS; i++)
            if (t->slots[group * GROUP_SLOTS + i].key == key)
                return probes;
        if (group_match(t->tags + group * GROUP_SLOTS, 0))
            return probes;
    }
}

/* Nodes; an empty list has none. */
LOOKUP_COLD uint64_t chained_probes(const void *table, uint64_t key)
{
    const struct chained *t = table;
    uint64_t probes = 0;
    const struct chained_node *node = t->heads[key * FIBONACCI >> t->shift];
    for (; node; node = node->next) {
        probes++;
        if (node->key == key)
            break;
    }
    return probes;
}

/* Halvings, and the comparison at the end. */
LOOKUP_COLD uint64_t sorted_probes(const void *table, uint64_t key)
{
    const struct sorted *t = table;
    uint64_t probes = 1;
    (void)key;
    for (uint64_t n = t->n; n > 1; n -= n / 2)
        probes++;
    return probes;
}

LOOKUP_COLD uint64_t eytzinger_probes(const void *table, uint64_t key)
{
    const struct eytzinger *t = table;
    uint64_t probes = 0;
    for (uint64_t k = 1; k <= t->n; k = 2 * k + (t->keys[k] < key))
        probes++;
    return probes;
}

LOOKUP_COLD uint64_t static_btree_probes(const void *table, uint64_t key)
{
    const struct static_btree *t = table;
    uint64_t probes = 0;
    for (uint64_t node = 0; node < t->nodes; probes++)
        node = node * (BTREE_KEYS + 1) + 1 + keys_below(t->keys + node * BTREE_KEYS, key);
    return probes;
}

/* Sets the metric: the mean over the keys that this mode asks for. */
LOOKUP_COLD const char *measure_probes(const struct lb_measurement *m, count_probes *count)
{
    struct lookup_state *s = m->state;
    const struct lookup_keys *k = stream_ready(s, lookup_stream_of(m->mode));
    uint64_t lookups = k->count < COUNTED_LOOKUPS ? k->count : COUNTED_LOOKUPS, probes = 0;
    for (uint64_t i = 0; i < lookups; i++)
        probes += count(s->table, k->keys[i]);
    lb_metric_set(m, "probes", (double)probes / (double)lookups);
    return NULL;
}

#endif
