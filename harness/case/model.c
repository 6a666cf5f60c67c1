/* model.c - see model.h. */
#include "harness/case/model.h"

#include <math.h>

static double stream_footprint(const struct lb_model *model)
{
    if (model->streamed_lines <= 0)
        return 0;
    return model->streamed_footprint_lines > 0 ? model->streamed_footprint_lines : INFINITY;
}

/* The classes end at the first without lines. One that is never touched is in no cache. */
static const struct lb_reuse_class *class_at(const struct lb_model *model, size_t i)
{
    return i < LB_REUSE_CLASSES_MAX && model->reused[i].lines > 0 ? &model->reused[i] : NULL;
}

double lb_model_footprint_lines(const struct lb_model *model)
{
    double lines = stream_footprint(model);
    const struct lb_reuse_class *class;
    for (size_t i = 0; (class = class_at(model, i)); i++)
        lines += class->touches_per_op > 0 ? class->lines : 0;
    return lines;
}

/* So many ops as a part of the pass that touches every object there is room for, at most 1. */
static double share_of_pass(const struct lb_reuse_class *class, double ops)
{
    return fmin(class->touches_per_op * ops / (class->lines * class->objects_per_line), 1);
}

/* The probability that a line of the class is not touched within so many ops. */
static double untouched(const struct lb_reuse_class *class, double ops)
{
    if (class->objects_per_line > 0)
        return pow(1 - share_of_pass(class, ops), class->objects_per_line);
    return exp(-class->touches_per_op * ops / class->lines);
}

/* The probability that a touch comes later than so many ops after the one before. */
static double comes_later(const struct lb_reuse_class *class, double ops)
{
    if (class->objects_per_line > 0 && share_of_pass(class, ops) >= 1)
        return 0;
    if (class->objects_per_line > 0)
        return pow(1 - share_of_pass(class, ops), class->objects_per_line - 1);
    return untouched(class, ops);
}

/* Distinct lines touched within so many ops. */
static double touched_lines(const struct lb_model *model, double ops)
{
    double lines = fmin(model->streamed_lines * ops, stream_footprint(model));
    const struct lb_reuse_class *class;
    for (size_t i = 0; (class = class_at(model, i)); i++)
        lines += class->lines * (1 - untouched(class, ops));
    return lines;
}

/* touched_lines grows with the ops: doubled until they are too many, then halved in between. */
static double ops_that_touch(const struct lb_model *model, double cache_lines)
{
    double low = 0, high = 1;
    while (touched_lines(model, high) < cache_lines && high < 1e300)
        high *= 2;
    for (int step = 0; step < 200 && high - low > 1e-12 * high; step++) {
        double middle = (low + high) / 2;
        if (touched_lines(model, middle) < cache_lines)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double lb_model_characteristic_ops(const struct lb_model *model, uint64_t cache_bytes)
{
    const double cache_lines = (double)cache_bytes / LB_CACHE_LINE_BYTES;
    if (lb_model_footprint_lines(model) <= cache_lines)
        return INFINITY;
    return ops_that_touch(model, cache_lines);
}

static double reused_misses(const struct lb_model *model, double ops)
{
    double misses = 0;
    const struct lb_reuse_class *class;
    for (size_t i = 0; (class = class_at(model, i)); i++)
        misses += class->touches_per_op * comes_later(class, ops);
    return misses;
}

double lb_model_reused_misses(const struct lb_model *model, uint64_t cache_bytes)
{
    double ops = lb_model_characteristic_ops(model, cache_bytes);
    return isfinite(ops) ? reused_misses(model, ops) : 0;
}

double lb_model_misses(const struct lb_model *model, uint64_t cache_bytes)
{
    double ops = lb_model_characteristic_ops(model, cache_bytes);
    if (!isfinite(ops))
        return 0;
    /* Not touched_lines: a lap of exactly T just misses, as in a cyclic walk one line too long. */
    bool comes_back = model->streamed_lines * ops >= stream_footprint(model);
    return (comes_back ? 0 : model->streamed_lines) + reused_misses(model, ops);
}

double lb_model_touches(const struct lb_model *model)
{
    double touches = model->streamed_lines;
    const struct lb_reuse_class *class;
    for (size_t i = 0; (class = class_at(model, i)); i++)
        touches += class->touches_per_op;
    return touches;
}

bool lb_model_states_lines(const struct lb_model *model)
{
    return lb_model_touches(model) > 0 || model->exact;
}

bool lb_model_is_at_edge(const struct lb_model *model, uint64_t cache_bytes)
{
    double cache_lines = (double)cache_bytes / LB_CACHE_LINE_BYTES;
    double lines = lb_model_footprint_lines(model);
    return lines > cache_lines * 15 / 16 && lines <= cache_lines;
}
