/*
 * peer_glib.c - GLib's GHashTable as packaged: open addressing, keys, values and hashes in three
 * arrays. Keys and values are kept in its pointers, as its users do with integers that fit.
 */
#include "tests/peers/peer_table.h"

#if __has_include(<glib.h>) && UINTPTR_MAX == UINT64_MAX
#include <glib.h>

static void *build(const struct lb_point *point)
{
    GHashTable *table = g_hash_table_new(g_direct_hash, NULL);
    for (uint64_t i = 0; i < point->elements; i++)
        g_hash_table_insert(table, GSIZE_TO_POINTER(lb_key(point->seed, i)),
                            GSIZE_TO_POINTER(lb_value(point->seed, i)));
    return table;
}

/* It answers NULL for what is absent; only keys that are present are asked for here. */
LOOKUP_INLINE uint64_t find(const void *state, uint64_t key)
{
    return GPOINTER_TO_SIZE(g_hash_table_lookup((GHashTable *)state, GSIZE_TO_POINTER(key)));
}

PEER_TABLE(glib, "GHashTable", build, find)

#else
PEER_TABLE_LACKS(glib, "GHashTable", "libglib2.0-dev")
#endif
