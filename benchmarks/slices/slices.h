/*
 * slices.h - what the benchmarks of this family share: the two shapes of a slice, and the hash by
 * which a run proves the bytes that it stopped on.
 */
#ifndef LB_SLICES_H
#define LB_SLICES_H

#include "harness/api.h"

/* A view: where the bytes are, and how many. Owns nothing. */
struct view {
    const char *bytes;
    uint64_t length;
};

/* The same as 32-bit numbers, relative to a buffer of less than 4 GiB. */
struct offset_view {
    uint32_t start;
    uint32_t length;
};

/* FNV-1a, 64 bits. Runs call it once, on the bytes they stopped on; never once an op. */
static inline uint64_t hash_bytes(const char *bytes, uint64_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint64_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
