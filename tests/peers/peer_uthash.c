/* peer_uthash.c - uthash as packaged: chains of nodes from malloc, Bob Jenkins's hash. */
#include "tests/peers/peer_table.h"

#if __has_include(<uthash.h>)
#include <uthash.h>

struct entry {
    uint64_t key, value;
    UT_hash_handle hh;
};

/* The table is its first node; the handle keeps that pointer in one place. */
struct handle {
    struct entry *head;
};

/* NOLINTNEXTLINE(readability-function-size): the length is that of the package's macro. */
static void *build(const struct lb_point *point)
{
    struct handle *table = calloc(1, sizeof *table);
    for (uint64_t i = 0; table && i < point->elements; i++) {
        struct entry *entry = malloc(sizeof *entry);
        if (!entry)
            return NULL;
        entry->key = lb_key(point->seed, i);
        entry->value = lb_value(point->seed, i);
        HASH_ADD(hh, table->head, key, sizeof entry->key, entry);
    }
    return table;
}

/* NOLINTNEXTLINE(readability-function-size): as above. */
LOOKUP_INLINE uint64_t find(const void *state, uint64_t key)
{
    const struct handle *table = state;
    const struct entry *entry;
    HASH_FIND(hh, table->head, &key, sizeof key, entry);
    return entry ? entry->value : key;
}

PEER_TABLE(uthash, "uthash", build, find)

#else
PEER_TABLE_LACKS(uthash, "uthash", "uthash-dev")
#endif
