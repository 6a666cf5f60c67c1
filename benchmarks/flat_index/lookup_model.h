/*
 * lookup_model.h - the parts that the models of flat_index/lookup are put together from.
 *
 * A model says which lines a lookup touches: `lines` of them, each as likely as any other under
 * uniform keys. Under Zipf keys a line is as likely as the keys that lead to it, so one class of
 * lines becomes several, by the keys' ranks.
 */
#ifndef LB_FLAT_INDEX_LOOKUP_MODEL_H
#define LB_FLAT_INDEX_LOOKUP_MODEL_H

#include "lookup_stream.h"

#include <math.h>

/* One question to a model. */
struct lookup_query {
    struct lb_model *model; /* to fill */
    double n;               /* entries */
    double stream_keys;     /* keys of one pass */
    bool hit;               /* they are present */
    bool zipf;              /* they are skewed */
    double touches;         /* line touches per op so far, for model_finish */
};

/* Frequency of ranks 1 .. r, but for a constant factor: the integral of rank^-exponent. */
LOOKUP_COLD double zipf_mass(double r)
{
    return (pow(r + 0.5, 1 - STREAM_ZIPF_EXPONENT) - pow(0.5, 1 - STREAM_ZIPF_EXPONENT)) /
           (1 - STREAM_ZIPF_EXPONENT);
}

LOOKUP_COLD void model_add_class(struct lb_model *model, double lines, double touches_per_op)
{
    for (size_t i = 0; i < LB_REUSE_CLASSES_MAX; i++)
        if (model->reused[i].lines <= 0) {
            model->reused[i] =
                (struct lb_reuse_class){.lines = lines, .touches_per_op = touches_per_op};
            return;
        }
}

/*
 * The same under Zipf keys. The keys are taken in groups of three times the ranks, commonest
 * first; a line belongs to the first group of which a key leads to it, and is touched by its keys
 * and by its share of all the rarer ones.
 */
LOOKUP_COLD void model_touch_skewed(struct lookup_query *q, double lines, double touches)
{
    double all = zipf_mass(q->n), unreached = lines;
    for (double low = 0, high = 1; low < q->n && unreached > 0.5; low = high, high = 3 * high) {
        double top = high < q->n ? high : q->n;
        double share = (zipf_mass(top) - zipf_mass(low)) / all, rarer = 1 - zipf_mass(top) / all;
        double own = unreached * -expm1((top - low) * log1p(-1 / (lines + 1)));
        model_add_class(q->model, own, touches * (share * unreached + rarer * own) / lines);
        unreached -= own;
    }
}

/* `touches` a lookup of lines that a key reaches through its hash: any of `lines`. */
LOOKUP_COLD void model_touch(struct lookup_query *q, double lines, double touches)
{
    q->touches += touches;
    if (q->zipf)
        model_touch_skewed(q, lines, touches);
    else
        model_add_class(q->model, lines, touches);
}

/*
 * Adds the key stream, 8 bytes an op in order, and the bytes: `bytes` of the layout are read per
 * op by `loads` loads.
 */
LOOKUP_COLD void model_finish(struct lookup_query *q, double bytes, double loads)
{
    struct lb_model *m = q->model;
    m->streamed_lines = 8.0 / LB_CACHE_LINE_BYTES;
    m->streamed_footprint_lines = q->stream_keys * m->streamed_lines;
    m->useful_bytes_per_line = (8 + bytes) / (m->streamed_lines + q->touches);
    m->bytes = bytes;
    m->loads = loads;
}

/* Linear probing at load factor a, Knuth volume 3, 6.4: slots looked at. */
LOOKUP_COLD double probes_of_hit(double a)
{
    return 0.5 * (1 + 1 / (1 - a));
}

LOOKUP_COLD double probes_of_miss(double a)
{
    return 0.5 * (1 + 1 / ((1 - a) * (1 - a)));
}

#endif
