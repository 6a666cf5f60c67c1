/*
 * unaligned_wide.h - accesses of 16 bytes for slices/unaligned: vectors of two words, moved by one
 * instruction through memcpy.
 *
 * Private to benchmarks/slices.
 */
#ifndef LB_SLICES_UNALIGNED_WIDE_H
#define LB_SLICES_UNALIGNED_WIDE_H

#include "harness/api.h"

#include <string.h>

enum { WIDE_BYTES = 16 };

typedef uint64_t wide __attribute__((vector_size(WIDE_BYTES)));

/* The compiler must assume that the vector changed, and that it is in a vector register. */
LB_ALWAYS_INLINE wide wide_opaque(wide value)
{
#if defined(__x86_64__)
    __asm__ volatile("" : "+x"(value));
#elif defined(__aarch64__)
    __asm__ volatile("" : "+w"(value));
#endif
    return value;
}

/* NULL where a vector register holds 16 bytes. */
static inline const char *wide_unavailable(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
    return NULL;
#else
    return "no vector register of 16 bytes is known for this CPU";
#endif
}

LB_ALWAYS_INLINE wide wide_load(const char *at)
{
    wide value;
    memcpy(&value, at, sizeof value);
    return wide_opaque(value);
}

LB_ALWAYS_INLINE void wide_store(char *at, wide value)
{
    value = wide_opaque(value);
    memcpy(at, &value, sizeof value);
    lb_touch(at);
}

LB_ALWAYS_INLINE uint64_t wide_sum(wide value)
{
    return value[0] + value[1];
}

/* What slot number `slot` of `slots` holds: its first word is what 8 bytes there would hold. */
LB_ALWAYS_INLINE wide wide_value(uint64_t seed, uint64_t slot, uint64_t slots)
{
    return (wide){lb_value(seed, slot), lb_value(seed, slots + slot)};
}

#endif
