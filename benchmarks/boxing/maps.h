/*
 * maps.h - a hash map in the manner of Go's, whose keys and values may be boxed.
 *
 * Private to benchmarks/boxing. A bucket holds eight entries: a byte of each hash first, then the
 * keys, then the values, then a pointer to an overflow bucket. A key is a string of 16 bytes whose
 * text lies elsewhere. A boxed key or value is an interface: a type word and a pointer to a box.
 * Everything is written once over `struct map_layout`, whose constants the compiler folds in.
 * The table is sized ahead, to five entries a bucket on average, and never grows.
 */
#ifndef LB_MAPS_H
#define LB_MAPS_H

#include "benchmarks/boxing/boxing.h"

#include <string.h>

enum {
    MAP_SLOTS = 8,
    MAP_ENTRIES_PER_BUCKET = 5,
    MAP_TEXT_BYTES = 16,
    MAP_KEYS_OFFSET = MAP_SLOTS,
    MAP_KEY_BYTES = 16, /* a string or an interface: two words either way */
    MAP_VALUES_OFFSET = MAP_KEYS_OFFSET + MAP_SLOTS * MAP_KEY_BYTES,
};

struct map_string {
    const char *text;
    uint64_t length;
};

struct map_type {
    const char *name;
};

struct map_interface {
    const struct map_type *type;
    void *data;
};

struct map_layout {
    size_t bucket_bytes;
    size_t value_bytes;
    size_t overflow; /* offset of the pointer to the next bucket */
    bool boxed_keys, boxed_values;
    bool checked; /* values' types are checked before use */
};

#define MAP_LAYOUT(value_bytes_, ...)                                                              \
    {                                                                                              \
        .bucket_bytes = MAP_VALUES_OFFSET + MAP_SLOTS * (value_bytes_) + sizeof(void *),           \
        .value_bytes = (value_bytes_), .overflow = MAP_VALUES_OFFSET + MAP_SLOTS * (value_bytes_), \
        __VA_ARGS__                                                                                \
    }

struct map {
    unsigned char *buckets, *overflows;
    uint64_t bucket_count, overflow_count, overflows_used;
};

static const struct map_type map_string_type = {"string"};
static const struct map_type map_int64_type = {"int64"};

/* ---- Keys ------------------------------------------------------------------------------------ */

/* Text number i of a run: 16 hexadecimal digits, distinct for distinct i. */
static inline void map_text(char *text, uint64_t seed, uint64_t i)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t key = lb_key(seed, i);
    for (unsigned d = 0; d < MAP_TEXT_BYTES; d++)
        text[d] = digits[key >> (60 - 4 * d) & 15];
}

static inline uint64_t map_hash(const char *text)
{
    uint64_t words[2];
    memcpy(words, text, sizeof words);
    return lb_mix64(words[0] ^ lb_mix64(words[1]));
}

static inline bool map_same_text(const char *a, const char *b)
{
    uint64_t x[2], y[2];
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

/* The high bits of a hash choose the bucket, the low ones are its byte there; 0 means empty. */
static inline uint64_t map_bucket_of(const struct map *map, uint64_t hash)
{
    return (uint64_t)(((unsigned __int128)hash * map->bucket_count) >> 64);
}

static inline uint8_t map_byte_of(uint64_t hash)
{
    uint8_t byte = (uint8_t)hash;
    return byte ? byte : 1;
}

/* ---- Entries --------------------------------------------------------------------------------- */

static inline bool map_key_matches(const struct map_layout *layout, const unsigned char *key,
                                   const char *text)
{
    struct map_string string;
    if (layout->boxed_keys) {
        struct map_interface boxed;
        memcpy(&boxed, key, sizeof boxed);
        if (boxed.type != &map_string_type)
            return false;
        memcpy(&string, boxed.data, sizeof string);
    } else {
        memcpy(&string, key, sizeof string);
    }
    return string.length == MAP_TEXT_BYTES && map_same_text(string.text, text);
}

static inline uint64_t map_value(const struct map_layout *layout, const unsigned char *value)
{
    uint64_t plain;
    if (layout->boxed_values) {
        struct map_interface boxed;
        memcpy(&boxed, value, sizeof boxed);
        if (layout->checked && boxed.type != &map_int64_type)
            abort(); /* a failed assertion panics: never here, but the compare is made */
        memcpy(&plain, boxed.data, sizeof plain);
    } else {
        memcpy(&plain, value, sizeof plain);
    }
    return plain;
}

static inline unsigned char *map_key_at(unsigned char *bucket, unsigned slot)
{
    return bucket + MAP_KEYS_OFFSET + slot * (size_t)MAP_KEY_BYTES;
}

static inline unsigned char *map_value_at(const struct map_layout *layout, unsigned char *bucket,
                                          unsigned slot)
{
    return bucket + MAP_VALUES_OFFSET + slot * layout->value_bytes;
}

static inline unsigned char *map_overflow_of(const struct map_layout *layout,
                                             const unsigned char *bucket)
{
    unsigned char *next;
    memcpy(&next, bucket + layout->overflow, sizeof next);
    return next;
}

/* ---- Finding and inserting ------------------------------------------------------------------- */

/* Where the value of `text` lies, or NULL. */
__attribute__((always_inline)) static inline unsigned char *
map_find(const struct map *map, const struct map_layout *layout, const char *text)
{
    uint64_t hash = map_hash(text);
    uint8_t byte = map_byte_of(hash);
    unsigned char *bucket = map->buckets + map_bucket_of(map, hash) * layout->bucket_bytes;
    for (; bucket; bucket = map_overflow_of(layout, bucket)) {
        for (unsigned slot = 0; slot < MAP_SLOTS; slot++) {
            if (bucket[slot] == byte && map_key_matches(layout, map_key_at(bucket, slot), text))
                return map_value_at(layout, bucket, slot);
        }
    }
    return NULL;
}

/* Writes a key and a value into an empty slot, boxing what the layout boxes. False: no memory. */
__attribute__((always_inline)) static inline bool map_fill(const struct map_layout *layout,
                                                           unsigned char *bucket, unsigned slot,
                                                           const char *text, uint64_t value)
{
    struct map_string string = {text, MAP_TEXT_BYTES};
    unsigned char *key_at = map_key_at(bucket, slot);
    unsigned char *value_at = map_value_at(layout, bucket, slot);
    if (layout->boxed_keys) {
        struct map_interface boxed = {&map_string_type, malloc(sizeof string)};
        if (!boxed.data)
            return false;
        memcpy(boxed.data, &string, sizeof string);
        memcpy(key_at, &boxed, sizeof boxed);
    } else {
        memcpy(key_at, &string, sizeof string);
    }
    if (layout->boxed_values) {
        struct map_interface boxed = {&map_int64_type, box_new(value)};
        if (!boxed.data)
            return false;
        memcpy(value_at, &boxed, sizeof boxed);
    } else {
        memcpy(value_at, &value, sizeof value);
    }
    return true;
}

/*
 * Inserts a key into the first empty slot of its chain. Returns where its value lies, or NULL if
 * the key was there already or memory ran out.
 */
__attribute__((always_inline)) static inline unsigned char *
map_insert(struct map *map, const struct map_layout *layout, const char *text, uint64_t value)
{
    uint64_t hash = map_hash(text);
    uint8_t byte = map_byte_of(hash);
    unsigned char *bucket = map->buckets + map_bucket_of(map, hash) * layout->bucket_bytes;
    for (;;) {
        for (unsigned slot = 0; slot < MAP_SLOTS; slot++) {
            if (bucket[slot] == byte && map_key_matches(layout, map_key_at(bucket, slot), text))
                return NULL;
            if (bucket[slot] == 0) {
                bucket[slot] = byte;
                return map_fill(layout, bucket, slot, text, value)
                           ? map_value_at(layout, bucket, slot)
                           : NULL;
            }
        }
        unsigned char *next = map_overflow_of(layout, bucket);
        if (!next) {
            next = map->overflows + map->overflows_used++ * layout->bucket_bytes;
            memcpy(bucket + layout->overflow, &next, sizeof next);
        }
        bucket = next;
    }
}

/* ---- Building and dropping ------------------------------------------------------------------- */

static inline uint64_t map_bucket_count(uint64_t n)
{
    return n / MAP_ENTRIES_PER_BUCKET + 1;
}

/* Makes an empty map with room for these n texts, which lie side by side. */
static inline void map_init(struct map *map, const struct map_layout *layout,
                            struct lb_arena *arena, const char *texts, uint64_t n)
{
    map->bucket_count = map_bucket_count(n);
    uint32_t *counts = (uint32_t *)lb_scratch_alloc(arena, map->bucket_count * sizeof *counts);
    map->overflow_count = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t bucket = map_bucket_of(map, map_hash(texts + i * MAP_TEXT_BYTES));
        map->overflow_count += counts[bucket] > 0 && counts[bucket] % MAP_SLOTS == 0;
        counts[bucket]++;
    }
    map->buckets =
        (unsigned char *)lb_arena_alloc(arena, map->bucket_count * layout->bucket_bytes, 0);
    map->overflows =
        (unsigned char *)lb_arena_alloc(arena, (map->overflow_count + 1) * layout->bucket_bytes, 0);
    map->overflows_used = 0;
}

static inline void map_free_boxes(const struct map_layout *layout, unsigned char *buckets,
                                  uint64_t count)
{
    struct map_interface boxed;
    for (uint64_t b = 0; b < count; b++) {
        unsigned char *bucket = buckets + b * layout->bucket_bytes;
        for (unsigned slot = 0; slot < MAP_SLOTS && bucket[slot]; slot++) {
            if (layout->boxed_keys) {
                memcpy(&boxed, map_key_at(bucket, slot), sizeof boxed);
                free(boxed.data);
            }
            if (layout->boxed_values) {
                memcpy(&boxed, map_value_at(layout, bucket, slot), sizeof boxed);
                free(boxed.data);
            }
        }
    }
}

/* Frees the boxes and empties the map; it keeps its buckets. */
static inline void map_clear(struct map *map, const struct map_layout *layout)
{
    if (layout->boxed_keys || layout->boxed_values) {
        map_free_boxes(layout, map->buckets, map->bucket_count);
        map_free_boxes(layout, map->overflows, map->overflows_used);
    }
    memset(map->buckets, 0, map->bucket_count * layout->bucket_bytes);
    memset(map->overflows, 0, map->overflows_used * layout->bucket_bytes);
    map->overflows_used = 0;
}

/* Bytes of a map of n entries, boxes included, texts not: overflow buckets are about 7 % more. */
static inline uint64_t map_footprint(const struct map_layout *layout, uint64_t n)
{
    uint64_t boxes = (layout->boxed_keys ? n : 0) + (layout->boxed_values ? n : 0);
    uint64_t buckets = map_bucket_count(n);
    return (buckets + buckets * 7 / 100 + 1) * layout->bucket_bytes + boxes * BOX_CHUNK_BYTES;
}

#endif
