/*
 * peer_khash.c - khash as libhts-dev ships it: open addressing, quadratic probing, keys, values and
 * two flag bits an entry in three arrays.
 *
 * Its own hash of 64-bit integers folds the key by two shifts and keeps its low bits: on the random
 * keys here that spreads as well as a multiplication and needs none, on keys that are multiples of
 * 2^k it does not. So it stands here twice: as shipped, and with the hash of the flat index.
 */
#include "tests/peers/peer_table.h"

#if __has_include(<htslib/khash.h>)
#include <htslib/khash.h>

/* Low bits choose the bucket: the middle of the product, where all bits of the key meet. */
#define fibonacci_hash(key) ((khint32_t)((key)*UINT64_C(0x9e3779b97f4a7c15) >> 32))

#define KHASH_PEER(name, title, hash)                                                              \
    KHASH_INIT(name, khint64_t, khint64_t, 1, hash, kh_int64_hash_equal)                           \
    static void *name##_build(const struct lb_point *point)                                        \
    {                                                                                              \
        kh_##name##_t *table = kh_init_##name();                                                   \
        for (uint64_t i = 0; table && i < point->elements; i++) {                                  \
            int status;                                                                            \
            khint_t at = kh_put_##name(table, lb_key(point->seed, i), &status);                    \
            if (status < 0)                                                                        \
                return NULL;                                                                       \
            kh_val(table, at) = lb_value(point->seed, i);                                          \
        }                                                                                          \
        return table;                                                                              \
    }                                                                                              \
    LOOKUP_INLINE uint64_t name##_find(const void *state, uint64_t key)                            \
    {                                                                                              \
        const kh_##name##_t *table = state;                                                        \
        khint_t at = kh_get_##name(table, key);                                                    \
        return at == kh_end(table) ? key : kh_val(table, at);                                      \
    }                                                                                              \
    PEER_TABLE(name, title, name##_build, name##_find)

/* The shipped hash narrows to 32 bits without a cast. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
KHASH_PEER(khash, "khash", kh_int64_hash_func)
KHASH_PEER(khash_fibonacci, "khash, hash of the flat index", fibonacci_hash)
#pragma GCC diagnostic pop

#else
PEER_TABLE_LACKS(khash, "khash", "libhts-dev")
PEER_TABLE_LACKS(khash_fibonacci, "khash, hash of the flat index", "libhts-dev")
#endif
