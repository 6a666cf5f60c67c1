/*
 * text.h - the CSV-like and JSON-like inputs of this family, made from the seed, and the scanners
 * that find their fields.
 *
 * Field i is the same text in both formats: 1 to 29 characters of a 64-letter alphabet, 15 on
 * average, none of which needs quoting or escaping. The scanners look at 8 bytes at a time and may
 * read up to 8 bytes beyond the text: TEXT_SLACK_BYTES. Little-endian machines only.
 */
#ifndef LB_SLICES_TEXT_H
#define LB_SLICES_TEXT_H

#include "benchmarks/slices/slices.h"

#include <string.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the scanners of text.h count bytes from the low end of a word"
#endif

enum format { CSV, JSON };

enum {
    FIELD_BYTES_MAX = 29,
    FIELD_BYTES_MEAN = 15,
    ROW_FIELDS = 8, /* fields on one line of the text */
    TEXT_SLACK_BYTES = 16,
};

/* Text bytes of a field on average: CSV adds a comma or a newline, JSON `"f0":"",` and `{}\n`. */
static const double text_bytes_mean[] = {FIELD_BYTES_MEAN + 1, FIELD_BYTES_MEAN + 8 + 2.0 / 8};

/* Writes field i of the seed to `out` (no NUL); its length. */
static inline uint64_t field_text(uint64_t seed, uint64_t i, char out[FIELD_BYTES_MAX])
{
    static const char letters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    struct lb_rng rng = {lb_value(seed, i)};
    uint64_t length = 1 + lb_rng_below(&rng, FIELD_BYTES_MAX);
    uint64_t draw = 0;
    for (uint64_t k = 0; k < length; k++, draw >>= 6) {
        if (k % 10 == 0)
            draw = lb_rng_next(&rng);
        out[k] = letters[draw % 64];
    }
    return length;
}

static inline char *append(char *at, const char *bytes, uint64_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

static inline char *append_field(char *at, enum format format, uint64_t i, const char *bytes,
                                 uint64_t length)
{
    bool row_ends = i % ROW_FIELDS == ROW_FIELDS - 1;
    if (format == CSV) {
        at = append(at, bytes, length);
        return append(at, row_ends ? "\n" : ",", 1);
    }
    const char name[] = {'"', 'f', (char)('0' + i % ROW_FIELDS), '"', ':', '"'};
    if (i % ROW_FIELDS == 0)
        at = append(at, "{", 1);
    at = append(at, name, sizeof name);
    at = append(at, bytes, length);
    return row_ends ? append(at, "\"}\n", 3) : append(at, "\",", 2);
}

/*
 * The text of `fields` fields. As CSV it is a part of the layout; the JSON beside it is scratch, or
 * bytes per element would be of two texts, of which a mode reads one.
 */
static inline const char *make_text(const struct lb_point *point, struct lb_arena *arena,
                                    enum format format, uint64_t fields)
{
    const uint64_t around = format == CSV ? 1 : sizeof "{\"f0\":\"\"}\n" - 1;
    char field[FIELD_BYTES_MAX];
    uint64_t bytes = TEXT_SLACK_BYTES;
    for (uint64_t i = 0; i < fields; i++)
        bytes += field_text(point->seed, i, field) + around;
    char *text =
        (char *)(format == CSV ? lb_arena_alloc(arena, bytes, 0) : lb_scratch_alloc(arena, bytes));
    char *at = text;
    for (uint64_t i = 0; i < fields; i++) {
        uint64_t length = field_text(point->seed, i, field);
        at = append_field(at, format, i, field, length);
    }
    return text;
}

/* ---- Scanning ---- */

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* The first byte at or after `at` that is less than `limit` (1 to 128). There is one. */
LB_ALWAYS_INLINE const char *find_less(const char *at, unsigned char limit)
{
    for (;; at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t hits = (word - EACH_BYTE(limit)) & ~word & EACH_BYTE(0x80);
        if (hits)
            return at + __builtin_ctzll(hits) / 8;
    }
}

/* The first byte at or after `at` that is `wanted`. There is one. */
LB_ALWAYS_INLINE const char *find_byte(const char *at, unsigned char wanted)
{
    for (;; at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        word ^= EACH_BYTE(wanted);
        uint64_t hits = (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
        if (hits)
            return at + __builtin_ctzll(hits) / 8;
    }
}

/* The field at *at, which moves to the next one. A comma or a newline ends it: both below '-'. */
LB_ALWAYS_INLINE struct view next_csv_field(const char **at)
{
    const char *end = find_less(*at, '-');
    struct view field = {*at, (uint64_t)(end - *at)};
    *at = end + 1;
    return field;
}

/* The value of the next name and value at or after *at, which moves behind it. */
LB_ALWAYS_INLINE struct view next_json_field(const char **at)
{
    const char *name = find_byte(*at, '"') + 1;
    const char *colon = find_byte(name, '"') + 1;
    const char *begin = find_byte(colon, '"') + 1;
    const char *end = find_byte(begin, '"');
    *at = end + 1;
    return (struct view){begin, (uint64_t)(end - begin)};
}

#endif
