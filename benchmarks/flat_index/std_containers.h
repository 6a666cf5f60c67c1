/*
 * std_containers.h - the C side of std::map and std::unordered_map: models and footprints of
 * libstdc++'s layouts on glibc's heap. The containers themselves are in lookup_cxx.cpp.
 */
#ifndef LB_FLAT_INDEX_STD_CONTAINERS_H
#define LB_FLAT_INDEX_STD_CONTAINERS_H

#include "lookup_cxx.h"
#include "lookup_model.h"

LOOKUP_COLD const char *std_unavailable(const struct lb_point *point)
{
    (void)point;
    return lookup_cxx_map_build ? NULL : "no C++ compiler when this was built";
}

LOOKUP_COLD void *std_map_build(const struct lb_point *point, struct lb_arena *arena)
{
    (void)arena;
    return lookup_cxx_map_build(point);
}

LOOKUP_COLD void *std_unordered_map_build(const struct lb_point *point, struct lb_arena *arena)
{
    (void)arena;
    return lookup_cxx_unordered_build(point);
}

/* A tree node: four words of links and colour, key, value; glibc makes 64 bytes of the 48. */
LOOKUP_COLD uint64_t std_map_footprint(const struct lb_point *point)
{
    return point->elements * 64;
}

/*
 * std::map::find goes down to a leaf whether or not it passes the key. Level l has 2^l nodes; with
 * keys inserted in random order the average path is about as long as in a perfect tree. Nodes are
 * 64 bytes apart, and a node's links and key share a line (lookup_cxx.cpp sees to it).
 */
LOOKUP_COLD void std_map_model(const struct lb_point *point, struct lookup_query *q)
{
    double levels = 0;
    (void)point;
    for (double nodes = 1; nodes <= q->n; nodes *= 2, levels++)
        model_touch(q, nodes, 1);
    model_finish(q, 16 * levels + (q->hit ? 8 : 0), 2 * levels + (q->hit ? 2 : 1));
}

/* Without reserve() the bucket count is the last of its primes that it grew to. */
LOOKUP_COLD double std_unordered_buckets(double n)
{
    static const double grown[] = {13,     29,     59,      127,     257,     541,      1109,
                                   2357,   5087,   10273,   20753,   42043,   85229,    172933,
                                   351061, 712697, 1447153, 2938679, 5967347, 12117689, 24607243};
    size_t i = 0;
    while (i + 1 < LB_COUNT_OF(grown) && grown[i] < n)
        i++;
    return grown[i];
}

/* A node: link, key, value; glibc makes 32 bytes of the 24. Buckets are pointers. */
LOOKUP_COLD uint64_t std_unordered_map_footprint(const struct lb_point *point)
{
    return point->elements * 32 + (uint64_t)(8 * std_unordered_buckets((double)point->elements));
}

/*
 * A bucket points to the node before its first one, so a lookup reads the bucket, that node (for
 * its link), and the chain: on a hit half of the others before its own. A miss ends at the first
 * node of another bucket, which it must look at; an empty bucket ends it at once.
 */
LOOKUP_COLD void std_unordered_map_model(const struct lb_point *point, struct lookup_query *q)
{
    double buckets = std_unordered_buckets(q->n), a = q->n / buckets, occupied = -expm1(-a);
    double nodes = q->hit ? 2 + a / 2 : 2 * occupied + a;
    (void)point;
    model_touch(q, buckets / 8, 1);
    model_touch(q, q->n / 2, nodes);
    model_finish(q, 8 + 16 * nodes, 1 + 2 * nodes);
}

#endif
