/*
 * boxing.h - what the benchmarks of this family share: heaps of boxes, and models of scans.
 *
 * Private to benchmarks/boxing. A box is a malloc'd block that holds one value; "fresh" means made
 * in element order, "shuffled" in random order, which is what a long-lived heap looks like.
 */
#ifndef LB_BOXING_H
#define LB_BOXING_H

#include "harness/api.h"

#include <stdlib.h>

enum {
    /* glibc's smallest chunk on 64 bits: blocks of 1 to 24 bytes lie 32 bytes apart. */
    BOX_CHUNK_BYTES = 32,
};

/* Defines a timed function: passes over the elements of a `struct state`, which has `n` of them. */
#define BOXING_RUN(name, span)                                                                     \
    static uint64_t name(void *state, uint64_t first_op, uint64_t ops)                             \
    {                                                                                              \
        return lb_walk_passes(state, ((const struct state *)state)->n, first_op, ops, span);       \
    }

/* A new box that holds `value`, or NULL. */
static inline uint64_t *box_new(uint64_t value)
{
    uint64_t *box = (uint64_t *)malloc(sizeof *box);
    if (box)
        *box = value;
    return box;
}

/* The order in which boxes are made: order[k] is the element that gets the k-th box. */
static inline uint32_t *box_order(const struct lb_point *point, struct lb_arena *arena,
                                  bool shuffled)
{
    uint32_t *order = (uint32_t *)lb_scratch_alloc(arena, point->elements * sizeof *order);
    if (shuffled)
        lb_permutation(order, point->elements, point->seed);
    else
        for (uint64_t i = 0; i < point->elements; i++)
            order[i] = (uint32_t)i;
    return order;
}

/* What element i holds. */
typedef uint64_t value_function(const struct lb_point *point, uint64_t i);

/* Makes a box for each element, in the given order; boxes[i] is element i's. False: no memory. */
static inline bool boxes_make(const struct lb_point *point, const uint32_t *order, uint64_t **boxes,
                              value_function *value)
{
    for (uint64_t k = 0; k < point->elements; k++) {
        uint64_t *box = box_new(value(point, order[k]));
        if (!box)
            return false;
        boxes[order[k]] = box;
    }
    return true;
}

static inline void boxes_free(uint64_t **boxes, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        free(boxes[i]);
}

/* Model of a scan over all elements, `stride_bytes` each, that uses `used_bytes` of them. */
static inline void model_scan(const struct lb_point *point, struct lb_model *model,
                              double stride_bytes, double used_bytes, double loads)
{
    model->streamed_lines = lb_lines_of(stride_bytes);
    model->streamed_footprint_lines = (double)point->elements * lb_lines_of(stride_bytes);
    model->useful_bytes_per_line = used_bytes / model->streamed_lines;
    model->bytes = used_bytes;
    model->loads = loads;
    model->exact = true;
}

/*
 * Adds one thing an element, `stride_bytes` apart in shuffled order, that lies on one line: those
 * that share a line are touched far apart. Of things larger than a line, one line each.
 */
static inline void model_add_shuffled(const struct lb_point *point, struct lb_model *model,
                                      double stride_bytes, double used_bytes)
{
    double objects = stride_bytes < LB_CACHE_LINE_BYTES ? 1 / lb_lines_of(stride_bytes) : 1;
    model->reused[0] = (struct lb_reuse_class){
        .lines = (double)point->elements / objects,
        .touches_per_op = 1,
        .objects_per_line = objects,
    };
    model->bytes += used_bytes;
    model->loads += 1;
    model->useful_bytes_per_line = model->bytes / (model->streamed_lines + 1);
}

#endif
