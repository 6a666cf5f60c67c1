/*
 * model.h - what theory says a variant misses: evaluates the lb_model of api.h for a cache.
 */
#ifndef LB_MODEL_H
#define LB_MODEL_H

#include "harness/api.h"

/*
 * Misses per op in an LRU cache of cache_bytes, in the steady state: fully associative, every
 * fetch counted, no prefetcher.
 *
 * A cache of C lines that is too small for all of the model's lines has a characteristic time T,
 * in ops: a line that is not touched for T ops is gone. Che's approximation takes it as one figure
 * for all lines and solves
 *
 *     sum over the reused classes of  lines (1 - exp(-touches T / lines))
 *         + the smaller of (streamed_lines T) and streamed_footprint_lines   =   C,
 *
 * both sides being the distinct lines touched within T. A touch of a reused line then misses with
 * the probability exp(-touches T / lines); a streamed line comes back after one lap, and misses
 * if a lap takes longer than T. A stream without a footprint never comes back.
 *
 * Of a shuffled walk, with k objects on a line and a pass of P ops, no touch of a line falls within
 * T with the probability (1 - T/P)^k, and the next touch comes later than T with
 * (1 - T/P)^(k - 1): k points dropped on a circle, and the gaps between them. That is a cycle for
 * k = 1, and tends to exp as k grows. Where there is room for more objects than there are, P is
 * the pass that would touch them all, and the two are the means over full and empty places.
 * (H. Che, Y. Tung, Z. Wang, "Hierarchical Web caching systems: modeling, design and experimental
 * results", IEEE JSAC 20(7), 2002; C. Fricker, P. Robert, J. Roberts, "A versatile and accurate
 * approximation for LRU cache performance", ITC 24, 2012.)
 */
double lb_model_misses(const struct lb_model *model, uint64_t cache_bytes);

/* Of these, misses of reused lines: random ones, whose mean over n ops is off by chance. */
double lb_model_reused_misses(const struct lb_model *model, uint64_t cache_bytes);

/* T, in ops: what is in the cache was touched within the last T. Infinite where all fits. */
double lb_model_characteristic_ops(const struct lb_model *model, uint64_t cache_bytes);

/* Line touches per op that are new to an op: misses of no cache at all. */
double lb_model_touches(const struct lb_model *model);

/* Whether the model says anything about lines: none is a statement only where it is exact. */
bool lb_model_states_lines(const struct lb_model *model);

/*
 * Whether the lines nearly fill the cache (more than 15 of 16 ways, and no more than all): its sets
 * do not fill evenly to the last way, so there the fully associative figure, 0, is no prediction.
 */
bool lb_model_is_at_edge(const struct lb_model *model, uint64_t cache_bytes);

/* All lines that one pass touches; infinite for a stream without a footprint. */
double lb_model_footprint_lines(const struct lb_model *model);

#endif
