/*
 * padding.h - what the benchmarks of this family share: walking passes, reading fields at any
 * offset, and a model of which lines the touched bytes of a record lie on.
 *
 * Private to benchmarks/padding.
 */
#ifndef LB_PADDING_H
#define LB_PADDING_H

#include "harness/api.h"

#include <string.h>

/* ---- Fields at any offset: through memcpy, so that packed records are allowed too ------------ */

static inline uint64_t load_u64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t load_u32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint16_t load_u16(const unsigned char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* ---- Lines of records ------------------------------------------------------------------------ */

/* Bytes of a record that an op touches. */
struct extent {
    size_t offset;
    size_t bytes;
};

/* Records side by side; the first begins `base_offset` bytes into a line. */
struct shape {
    size_t record_bytes; /* at most 128 */
    size_t base_offset;
    const struct extent *touched;
    size_t touched_count;
};

enum {
    /* Line offsets of records repeat after at most 64 records, which lie on record_bytes lines. */
    SHAPE_LINES_MAX = 128 + 1,
    SHAPE_RECORDS_PER_LINE_MAX = 64,
};

/* Which lines the touched bytes of record 0 .. 63 lie on. */
struct shape_lines {
    unsigned touches[SHAPE_LINES_MAX]; /* records that touch line i of the period */
    unsigned lines;                    /* lines of one period: 64 records */
    double lines_per_record;
    double bytes_per_record;
};

static inline void shape_count_lines(const struct shape *shape, struct shape_lines *out)
{
    memset(out, 0, sizeof *out);
    out->lines = (unsigned)shape->record_bytes;
    unsigned touched_lines = 0;
    for (size_t record = 0; record < LB_CACHE_LINE_BYTES; record++) {
        size_t start = shape->base_offset + record * shape->record_bytes;
        unsigned seen = 0; /* lines from the record's first on, a bit each */
        for (size_t e = 0; e < shape->touched_count; e++) {
            size_t from = start + shape->touched[e].offset;
            size_t last_line = (from + shape->touched[e].bytes - 1) / LB_CACHE_LINE_BYTES;
            for (size_t line = from / LB_CACHE_LINE_BYTES; line <= last_line; line++) {
                unsigned bit = 1u << (line - start / LB_CACHE_LINE_BYTES);
                if (seen & bit)
                    continue;
                seen |= bit;
                out->touches[line % out->lines]++;
                touched_lines++;
            }
        }
    }
    out->lines_per_record = (double)touched_lines / LB_CACHE_LINE_BYTES;
    for (size_t e = 0; e < shape->touched_count; e++)
        out->bytes_per_record += (double)shape->touched[e].bytes;
}

static inline void model_bytes(struct lb_model *model, const struct shape *shape,
                               const struct shape_lines *lines)
{
    model->bytes = lines->bytes_per_record;
    model->loads = (double)shape->touched_count;
}

/* Scan of `records` records in order: each touched line is fetched once. */
static inline void model_scan(struct lb_model *model, const struct shape *shape, uint64_t records)
{
    struct shape_lines lines;
    shape_count_lines(shape, &lines);
    unsigned touched = 0;
    for (unsigned i = 0; i < lines.lines; i++)
        touched += lines.touches[i] > 0;
    model_bytes(model, shape, &lines);
    model->streamed_lines = (double)touched / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = (double)records * model->streamed_lines;
    model->useful_bytes_per_line = lines.bytes_per_record / model->streamed_lines;
    model->exact = true;
}

/*
 * Records drawn at random, by a list of 32-bit indices that is read from memory too. A class of
 * lines for each number of records that share a line.
 */
static inline void model_random(struct lb_model *model, const struct shape *shape, uint64_t records)
{
    struct shape_lines lines;
    shape_count_lines(shape, &lines);
    model_bytes(model, shape, &lines);
    model->streamed_lines = 4.0 / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = (double)records * model->streamed_lines;
    double periods = (double)records / LB_CACHE_LINE_BYTES;
    size_t class_count = 0;
    for (unsigned sharing = 1; sharing <= SHAPE_RECORDS_PER_LINE_MAX; sharing++) {
        unsigned alike = 0;
        for (unsigned i = 0; i < lines.lines; i++)
            alike += lines.touches[i] == sharing;
        if (alike == 0)
            continue;
        model->reused[class_count++] = (struct lb_reuse_class){
            .lines = alike * periods,
            .touches_per_op = (double)alike * sharing / LB_CACHE_LINE_BYTES,
        };
    }
    double fetched = lines.lines_per_record + model->streamed_lines;
    model->useful_bytes_per_line = (lines.bytes_per_record + 4) / fetched;
    model->exact = true;
}

#endif
