/*
 * record.h - the record that slices/serialize writes and slices/deserialize reads, made from the
 * seed, and its wire formats.
 *
 * A record is an id of 40 bits, a score of 20, a byte of flags and an agent of 8 to 63 characters
 * (35.5 on average), like the profile of a request log. The formats, all little-endian:
 *   fixed   the struct itself, 80 bytes, 16-byte aligned, agent zero-padded to 64 bytes
 *   packed  the same fields without padding between them, 78 bytes, at any address
 *   varint  id and score as LEB128, flags, length of the agent, agent: 46 bytes on average
 *   text    {"id":1,"score":2,"flags":3,"agent":"..."} and a newline: 93 bytes on average
 * Decoders trust their input, which only the encoders here make: no bounds are checked.
 */
#ifndef LB_SLICES_RECORD_H
#define LB_SLICES_RECORD_H

#include "benchmarks/slices/text.h"

#include <stdio.h>

enum {
    ID_BITS = 40,
    SCORE_BITS = 20,
    AGENT_BYTES_MIN = 8,
    AGENT_BYTES_MAX = 63,
    AGENT_ROOM = 64,
    PACKED_BYTES = 8 + 4 + 1 + 1 + AGENT_ROOM,
    WIRE_BYTES_MAX = 160, /* room for one record in any format */
    WIRE_SLACK_BYTES = TEXT_SLACK_BYTES,
};

static const double agent_bytes_mean = (AGENT_BYTES_MIN + AGENT_BYTES_MAX) / 2.0;

struct record {
    _Alignas(16) uint64_t id;
    uint32_t score;
    uint8_t flags;
    uint8_t agent_length;
    uint16_t reserved;
    char agent[AGENT_ROOM]; /* zero-padded */
};

_Static_assert(sizeof(struct record) == 80, "the fixed format is 80 bytes");

/* Record i of the seed. */
static inline struct record make_record(uint64_t seed, uint64_t i)
{
    static const char letters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/.";
    struct lb_rng rng = {lb_value(seed, i)};
    struct record r = {.id = lb_rng_next(&rng) >> (64 - ID_BITS)};
    uint64_t draw = lb_rng_next(&rng);
    r.score = (uint32_t)(draw >> (64 - SCORE_BITS));
    r.flags = (uint8_t)draw;
    r.agent_length =
        (uint8_t)(AGENT_BYTES_MIN + lb_rng_below(&rng, AGENT_BYTES_MAX - AGENT_BYTES_MIN + 1));
    for (unsigned k = 0; k < r.agent_length; k++, draw >>= 6) {
        if (k % 10 == 0)
            draw = lb_rng_next(&rng);
        r.agent[k] = letters[draw % 64];
    }
    return r;
}

/* Hash of what a record says, whatever format it came in. */
static inline uint64_t record_hash(const struct record *r)
{
    return hash_bytes(r->agent, r->agent_length) ^ lb_mix64(r->id + r->score) ^ lb_mix64(r->flags);
}

/* ---- fixed and packed ---- */

LB_ALWAYS_INLINE char *encode_fixed(char *at, const struct record *r)
{
    memcpy(at, r, sizeof *r);
    return at + sizeof *r;
}

LB_ALWAYS_INLINE const char *decode_fixed(const char *at, struct record *r)
{
    memcpy(r, at, sizeof *r);
    return at + sizeof *r;
}

LB_ALWAYS_INLINE char *encode_packed(char *at, const struct record *r)
{
    memcpy(at, &r->id, 8);
    memcpy(at + 8, &r->score, 4);
    at[12] = (char)r->flags;
    at[13] = (char)r->agent_length;
    memcpy(at + 14, r->agent, AGENT_ROOM);
    return at + PACKED_BYTES;
}

LB_ALWAYS_INLINE const char *decode_packed(const char *at, struct record *r)
{
    memcpy(&r->id, at, 8);
    memcpy(&r->score, at + 8, 4);
    r->flags = (uint8_t)at[12];
    r->agent_length = (uint8_t)at[13];
    memcpy(r->agent, at + 14, AGENT_ROOM);
    return at + PACKED_BYTES;
}

/* ---- varint ---- */

LB_ALWAYS_INLINE char *encode_varint(char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (char)(value | 0x80);
    *at++ = (char)value;
    return at;
}

LB_ALWAYS_INLINE const char *decode_varint(const char *at, uint64_t *value)
{
    uint64_t sum = 0;
    unsigned shift = 0;
    for (; *at & 0x80; shift += 7)
        sum |= ((uint64_t)*at++ & 0x7f) << shift;
    *value = sum | (uint64_t)*at++ << shift;
    return at;
}

/* Writes what goes before the agent; the agent's bytes come next. */
LB_ALWAYS_INLINE char *encode_varint_head(char *at, const struct record *r)
{
    at = encode_varint(at, r->id);
    at = encode_varint(at, r->score);
    *at++ = (char)r->flags;
    *at++ = (char)r->agent_length;
    return at;
}

LB_ALWAYS_INLINE const char *decode_varint_head(const char *at, struct record *r)
{
    uint64_t score;
    at = decode_varint(at, &r->id);
    at = decode_varint(at, &score);
    r->score = (uint32_t)score;
    r->flags = (uint8_t)*at++;
    r->agent_length = (uint8_t)*at++;
    return at;
}

LB_ALWAYS_INLINE char *encode_varint_record(char *at, const struct record *r)
{
    at = encode_varint_head(at, r);
    memcpy(at, r->agent, r->agent_length);
    return at + r->agent_length;
}

LB_ALWAYS_INLINE const char *decode_varint_record(const char *at, struct record *r)
{
    at = decode_varint_head(at, r);
    memcpy(r->agent, at, r->agent_length);
    return at + r->agent_length;
}

/* ---- text ---- */

/* The decimal digits of `value`, from the low end, two at a division. */
static inline char *encode_decimal(char *at, uint64_t value)
{
    char digits[20];
    unsigned first = sizeof digits;
    for (; value >= 10; value /= 100) {
        unsigned pair = (unsigned)(value % 100);
        digits[--first] = (char)('0' + pair % 10);
        digits[--first] = (char)('0' + pair / 10);
    }
    if (value > 0 || first == sizeof digits)
        digits[--first] = (char)('0' + value);
    return append(at, digits + first, sizeof digits - first);
}

LB_ALWAYS_INLINE const char *decode_decimal(const char *at, uint64_t *value)
{
    uint64_t sum = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        sum = sum * 10 + (uint64_t)(*at - '0');
    *value = sum;
    return at;
}

#define ID_NAME    "{\"id\":"
#define SCORE_NAME ",\"score\":"
#define FLAGS_NAME ",\"flags\":"
#define AGENT_NAME ",\"agent\":\""
#define TEXT_END   "\"}\n"

enum { NAMES_BYTES = sizeof ID_NAME SCORE_NAME FLAGS_NAME AGENT_NAME TEXT_END - 1 };

static inline char *encode_text(char *at, const struct record *r)
{
    at = encode_decimal(append(at, ID_NAME, sizeof ID_NAME - 1), r->id);
    at = encode_decimal(append(at, SCORE_NAME, sizeof SCORE_NAME - 1), r->score);
    at = encode_decimal(append(at, FLAGS_NAME, sizeof FLAGS_NAME - 1), r->flags);
    at = append(at, AGENT_NAME, sizeof AGENT_NAME - 1);
    at = append(at, r->agent, r->agent_length);
    return append(at, TEXT_END, sizeof TEXT_END - 1);
}

static inline char *encode_printf(char *at, const struct record *r)
{
    static const char format[] =
        ID_NAME "%llu" SCORE_NAME "%u" FLAGS_NAME "%u" AGENT_NAME "%.*s" TEXT_END;
    return at + snprintf(at, WIRE_BYTES_MAX, format, (unsigned long long)r->id, r->score,
                         (unsigned)r->flags, (int)r->agent_length, r->agent);
}

/* Names are known and in order: they are stepped over, not compared. */
static inline const char *decode_text_numbers(const char *at, struct record *r)
{
    uint64_t score, flags;
    at = decode_decimal(at + sizeof ID_NAME - 1, &r->id);
    at = decode_decimal(at + sizeof SCORE_NAME - 1, &score);
    at = decode_decimal(at + sizeof FLAGS_NAME - 1, &flags);
    r->score = (uint32_t)score;
    r->flags = (uint8_t)flags;
    return at + sizeof AGENT_NAME - 1;
}

static inline const char *decode_text(const char *at, struct record *r)
{
    at = decode_text_numbers(at, r);
    const char *end = find_byte(at, '"');
    r->agent_length = (uint8_t)(end - at);
    memcpy(r->agent, at, r->agent_length);
    return end + sizeof TEXT_END - 1;
}

/* ---- Sizes ---- */

/* Mean number of digits in `base` of numbers that are uniform below 2^bits. */
static inline double digits_mean(double base, unsigned bits)
{
    double count = 1, limit = (double)(UINT64_C(1) << bits);
    for (double power = base; power < limit; power *= base)
        count += 1 - power / limit;
    return count;
}

static inline double varint_bytes_mean(void)
{
    return digits_mean(128, ID_BITS) + digits_mean(128, SCORE_BITS) + 2 + agent_bytes_mean;
}

static inline double record_text_bytes_mean(void)
{
    return NAMES_BYTES + digits_mean(10, ID_BITS) + digits_mean(10, SCORE_BITS) +
           digits_mean(10, 8) + agent_bytes_mean;
}

#endif
