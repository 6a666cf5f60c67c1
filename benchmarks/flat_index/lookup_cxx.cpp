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

#include <cstdlib>
#include <map>
#include <new>
#include <unordered_map>

namespace
{

using tree = std::map<uint64_t, uint64_t>;
using hash = std::unordered_map<uint64_t, uint64_t>;

/* A container, and what keeps its nodes in their place on the heap. */
template <class Container> struct holder {
    Container container;
    void *pad = nullptr;
    ~holder()
    {
        std::free(pad);
    }
};

template <class Container> uint64_t find(const void *table, uint64_t key)
{
    const Container &c = static_cast<const holder<Container> *>(table)->container;
    auto entry = c.find(key);
    return entry == c.end() ? key : entry->second;
}

/*
 * glibc lays out nodes of 48 bytes 64 bytes apart, so what was allocated before decides for all of
 * them whether the links and the key share a line. They do in three of four cases; in the fourth
 * a tree would touch twice the lines. Leave that case, rather than measure luck.
 */
void *leave_split_nodes()
{
    enum { node_bytes = 48, split_at = 32, line_bytes = 64 };
    void *first = std::malloc(node_bytes);
    bool split = reinterpret_cast<uintptr_t>(first) % line_bytes == split_at;
    void *pad = split ? std::malloc(split_at - sizeof(size_t)) : nullptr;
    std::free(first);
    return pad;
}

/* No exception may cross into C: NULL, and the container with its nodes freed. */
template <class Container> void *build(const lb_point *point)
{
    holder<Container> *made = nullptr;
    try {
        made = new holder<Container>;
        made->pad = leave_split_nodes();
        for (uint64_t i = 0; i < point->elements; i++)
            made->container.emplace(lb_key(point->seed, i), lb_value(point->seed, i));
        return made;
    } catch (const std::bad_alloc &) {
        delete made;
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
    case LOOKUP_DEPENDENT_MISS:
    case LOOKUP_DEPENDENT_ZIPF:
        return lookup_dependent(s, lookup_stream_of(mode), find<Container>, first_op, ops);
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
    delete static_cast<holder<tree> *>(container);
}

uint64_t lookup_cxx_map_run(const void *state, unsigned mode, uint64_t first_op, uint64_t ops)
{
    return run<tree>(state, mode, first_op, ops);
}

void *lookup_cxx_unordered_build(const lb_point *point)
{
    return build<hash>(point);
}

void lookup_cxx_unordered_free(void *container)
{
    delete static_cast<holder<hash> *>(container);
}

uint64_t lookup_cxx_unordered_run(const void *state, unsigned mode, uint64_t first_op, uint64_t ops)
{
    return run<hash>(state, mode, first_op, ops);
}

uint64_t lookup_cxx_unordered_probes(const void *container, uint64_t key)
{
    const hash &c = static_cast<const holder<hash> *>(container)->container;
    size_t bucket = c.bucket(key);
    uint64_t probes = 0;
    for (auto node = c.begin(bucket); node != c.end(bucket); ++node) {
        probes++;
        if (node->first == key)
            break;
    }
    return probes;
}
