/*
 * lookup_cxx.cpp - std::map and std::unordered_map for flat_index/lookup: libstdc++'s own code, in
 * the loops that all structures share.
 *
 * Entries are inserted in the order of their numbers, which has nothing to do with the order of
 * their keys: the nodes of a fresh heap lie in insertion order, so a walk down the tree finds each
 * node somewhere else, as after any history that is not sorted. That makes std::map slow to build
 * (1 to 3 s for 2 million); inserting sorted keys would be fast, and would lay out the tree as an
 * array.
 */
#include "lookup_cxx.h"

#include <map>
#include <new>
#include <unordered_map>

namespace
{

using tree = std::map<uint64_t, uint64_t>;
using table = std::unordered_map<uint64_t, uint64_t>;

template <class Container> uint64_t find(const void *container, uint64_t key)
{
    const Container &c = *static_cast<const Container *>(container);
    auto entry = c.find(key);
    return entry == c.end() ? key : entry->second;
}

/* No exception may cross into C: NULL, and the container with its nodes freed. */
template <class Container> void *build(const lb_point *point)
{
    Container *c = nullptr;
    try {
        c = new Container;
        for (uint64_t i = 0; i < point->elements; i++)
            c->emplace(lb_key(point->seed, i), lb_value(point->seed, i));
        return c;
    } catch (const std::bad_alloc &) {
        delete c;
        return nullptr;
    }
}

/* The loops by mode, as LOOKUP_DEFINE_RUNS makes them for the structures in C. */
template <class Container>
uint64_t run(const void *state, unsigned mode, uint64_t first_op, uint64_t ops)
{
    const lookup_state *s = static_cast<const lookup_state *>(state);
    switch (mode) {
    case LOOKUP_DEPENDENT_HIT:
    case LOOKUP_DEPENDENT_ZIPF:
        return lookup_dependent(s, lookup_stream_of(mode), find<Container>, first_op, ops);
    case LOOKUP_DEPENDENT_MISS:
        return lookup_one_by_one(s, lookup_stream_of(mode), find<Container>, first_op, ops);
    default:
        return lookup_independent(s, lookup_stream_of(mode), find<Container>, first_op, ops);
    }
}

} // namespace

void *lookup_cxx_map_build(const lb_point *point)
{
    return build<tree>(point);
}

void lookup_cxx_map_free(void *container)
{
    delete static_cast<tree *>(container);
}

uint64_t lookup_cxx_map_run(const void *state, unsigned mode, uint64_t first_op, uint64_t ops)
{
    return run<tree>(state, mode, first_op, ops);
}

void *lookup_cxx_unordered_build(const lb_point *point)
{
    return build<table>(point);
}

void lookup_cxx_unordered_free(void *container)
{
    delete static_cast<table *>(container);
}

uint64_t lookup_cxx_unordered_run(const void *state, unsigned mode, uint64_t first_op, uint64_t ops)
{
    return run<table>(state, mode, first_op, ops);
}
