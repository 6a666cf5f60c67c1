/*
 * orders.h - how large a record is in every order of its fields, by the rule that C compilers
 * follow: each field at the next multiple of its alignment, the end at that of the strictest.
 *
 * Private to benchmarks/padding.
 */
#ifndef LB_PADDING_ORDERS_H
#define LB_PADDING_ORDERS_H

#include "harness/api.h"

enum { ORDERS_FIELDS_MAX = 8, ORDERS_BYTES_MAX = 128 };

struct field {
    size_t bytes;
    size_t alignment; /* a power of two */
};

/* A record's fields, and how many of their orders make it so large. Come zeroed but for fields. */
struct orders {
    const struct field *fields;
    unsigned field_count; /* at most ORDERS_FIELDS_MAX */
    uint64_t total;
    uint64_t of_bytes[ORDERS_BYTES_MAX + 1];
};

static inline size_t round_up(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

static inline size_t after_field(size_t offset, const struct field *field)
{
    return round_up(offset, field->alignment) + field->bytes;
}

/* The strictest alignment of any of them. */
static inline size_t fields_alignment(const struct field *fields, unsigned count)
{
    size_t alignment = 1;
    for (unsigned i = 0; i < count; i++)
        if (fields[i].alignment > alignment)
            alignment = fields[i].alignment;
    return alignment;
}

/* sizeof a struct of these fields in the order in which `order` numbers them. */
static inline size_t bytes_in_order(const struct field *fields, const unsigned *order,
                                    unsigned count)
{
    size_t offset = 0;
    for (unsigned i = 0; i < count; i++)
        offset = after_field(offset, &fields[order[i]]);
    return round_up(offset, fields_alignment(fields, count));
}

/* Counts all orders of the fields that are not in `placed`, behind `offset` bytes of those. */
static inline void count_orders(struct orders *o, unsigned placed, size_t offset)
{
    if (placed == (1U << o->field_count) - 1) {
        o->of_bytes[round_up(offset, fields_alignment(o->fields, o->field_count))]++;
        o->total++;
        return;
    }
    for (unsigned i = 0; i < o->field_count; i++)
        if (!(placed >> i & 1))
            count_orders(o, placed | 1U << i, after_field(offset, &o->fields[i]));
}

/* The smallest size that more than `orders` of all orders do not exceed: 0, the smallest of all. */
static inline size_t bytes_at_rank(const struct orders *o, uint64_t orders)
{
    uint64_t seen = 0;
    for (size_t bytes = 0; bytes <= ORDERS_BYTES_MAX; bytes++) {
        seen += o->of_bytes[bytes];
        if (seen > orders)
            return bytes;
    }
    return 0;
}

#endif
