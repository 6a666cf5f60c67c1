/*
 * metadata_simd.h - a table that keeps one byte a slot apart, seven bits of the key's hash, and
 * compares 16 of them at once; only slots whose byte agrees are looked at. So it can be
 * filled further (here to 3/4, halfway between growths), and a miss rarely leaves the bytes. (The
 * idea of Abseil's and Folly's tables.)
 */
#ifndef LB_FLAT_INDEX_METADATA_SIMD_H
#define LB_FLAT_INDEX_METADATA_SIMD_H

#include "flat.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

enum { GROUP_SLOTS = 16, GROUP_FILL = 12 };

struct metadata_simd {
    uint8_t *tags; /* 0: empty, else 0x80 and seven bits of the hash */
    struct flat_slot *slots;
    uint64_t groups;
};

/* A bit for each of the 16 tags that equals `tag`; tag i is bit i << TAG_SHIFT. */
#if defined(__SSE2__)
enum { TAG_SHIFT = 0 };
LOOKUP_INLINE uint64_t group_match(const uint8_t *tags, uint8_t tag)
{
    __m128i group = _mm_load_si128((const __m128i *)tags);
    __m128i equal = _mm_cmpeq_epi8(group, _mm_set1_epi8((char)tag));
    return (uint64_t)(unsigned)_mm_movemask_epi8(equal);
}
#elif defined(__ARM_NEON)
enum { TAG_SHIFT = 2 };
LOOKUP_INLINE uint64_t group_match(const uint8_t *tags, uint8_t tag)
{
    uint8x16_t equal = vceqq_u8(vld1q_u8(tags), vdupq_n_u8(tag));
    uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(equal), 4);
    return vget_lane_u64(vreinterpret_u64_u8(nibbles), 0) & UINT64_C(0x1111111111111111);
}
#else
enum { TAG_SHIFT = 0 };
LOOKUP_INLINE uint64_t group_match(const uint8_t *tags, uint8_t tag)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < GROUP_SLOTS; i++)
        mask |= (uint64_t)(tags[i] == tag) << i;
    return mask;
}
#endif

/* Any number of groups, not only a power of two: the hash's high bits, scaled. */
LOOKUP_INLINE uint64_t home_group(const struct metadata_simd *t, uint64_t hash)
{
    return (uint64_t)((unsigned __int128)hash * t->groups >> 64);
}

LOOKUP_INLINE uint8_t tag_of(uint64_t hash)
{
    return (uint8_t)(0x80 | (hash & 0x7f));
}

LOOKUP_INLINE uint64_t metadata_simd_find(const void *table, uint64_t key)
{
    const struct metadata_simd *t = table;
    uint64_t hash = key * FIBONACCI;
    for (uint64_t group = home_group(t, hash);; group = group + 1 < t->groups ? group + 1 : 0) {
        const uint8_t *tags = t->tags + group * GROUP_SLOTS;
        for (uint64_t match = group_match(tags, tag_of(hash)); match; match &= match - 1) {
            unsigned tag = (unsigned)__builtin_ctzll(match) >> TAG_SHIFT;
            const struct flat_slot *slot = &t->slots[group * GROUP_SLOTS + tag];
            if (slot->key == key)
                return slot->value;
        }
        if (group_match(tags, 0))
            return key;
    }
}

LOOKUP_COLD uint64_t metadata_simd_groups(const struct lb_point *point)
{
    return (point->elements + GROUP_FILL - 1) / GROUP_FILL;
}

LOOKUP_COLD void *metadata_simd_build(const struct lb_point *point, struct lb_arena *arena)
{
    struct metadata_simd *t = lb_scratch_alloc(arena, sizeof *t);
    t->groups = metadata_simd_groups(point);
    t->tags = lb_arena_alloc(arena, t->groups * GROUP_SLOTS, 0);
    t->slots = lb_arena_alloc(arena, t->groups * GROUP_SLOTS * sizeof *t->slots, 0);
    for (uint64_t i = 0; i < point->elements; i++) {
        uint64_t key = lb_key(point->seed, i), hash = key * FIBONACCI, empty;
        uint64_t group = home_group(t, hash);
        while (!(empty = group_match(t->tags + group * GROUP_SLOTS, 0)))
            group = group + 1 < t->groups ? group + 1 : 0;
        uint64_t at = group * GROUP_SLOTS + ((unsigned)__builtin_ctzll(empty) >> TAG_SHIFT);
        t->tags[at] = tag_of(hash);
        t->slots[at] = (struct flat_slot){key, lb_value(point->seed, i)};
    }
    return t;
}

LOOKUP_COLD uint64_t metadata_simd_footprint(const struct lb_point *point)
{
    return metadata_simd_groups(point) * GROUP_SLOTS * (1 + sizeof(struct flat_slot));
}

/*
 * Groups looked at, with 12 of 16 slots taken: what overflows a group follows
 * Q' = max(0, Q + Poisson(12) - 16), whose stationary mean gives a hit 1 + E[Q] / 12 groups; a miss
 * goes on while groups are full. Both solved numerically. One in 128 of the slots looked at agrees
 * by chance.
 */
LOOKUP_COLD void metadata_simd_model(const struct lb_point *point, struct lookup_query *q)
{
    double slots = (double)(metadata_simd_groups(point) * GROUP_SLOTS);
    double groups = q->hit ? 1.029 : 1.287;
    double chance = (q->hit ? GROUP_FILL / 2.0 : GROUP_FILL) / 128 * groups;
    double looked_at = chance + (q->hit ? 1 : 0);
    model_touch(q, slots / LB_CACHE_LINE_BYTES, 1 + (groups - 1) / 4);
    model_touch(q, slots / 4, looked_at);
    model_finish(q, 16 * groups + 8 * looked_at + (q->hit ? 8 : 0),
                 groups + looked_at + (q->hit ? 1 : 0));
}

#endif
