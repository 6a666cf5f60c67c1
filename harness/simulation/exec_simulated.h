/*
 * exec_simulated.h - `layoutbench exec CASE --simulation BYTES` under valgrind: every mode of the
 * case's variant over one built layout, each simulated and dumped under its own case's id.
 *
 * Creating and verifying are not simulated and so not slow. Of each mode, a warm-up is simulated
 * first, and dumped as well: whoever reads the dumps can see from it that the caches were full.
 */
#ifndef LB_EXEC_SIMULATED_H
#define LB_EXEC_SIMULATED_H

#include "harness/case/instance.h"

#include <stdio.h>

/* In front of a case's id, the name of its warm-up's dump. */
#define LB_WARM_DUMP_PREFIX "warm "

/*
 * Ops to count: whole passes, at least LB_SIMULATED_OPS_MIN, over which the harness's own handful
 * of misses (8, say) is under 0.0005 an op; but one pass is enough where its ops are few and large
 * (a whole table is built: one op, all elements). Of passes longer than LB_SIMULATED_OPS_MAX a
 * part. Once the caches are full, each part of a cyclic walk misses as the whole does. Of a random
 * walk, the mean of so many ops is within 0.002 of the pass's at one standard error where one op's
 * misses deviate by 1. Either way the same ops are counted each time: counts repeat exactly.
 */
#define LB_SIMULATED_OPS_MIN (UINT64_C(1) << 14)
#define LB_SIMULATED_OPS_MAX (UINT64_C(1) << 18)
uint64_t lb_exec_simulated_ops(uint64_t pass_ops, uint64_t elements);

/*
 * A cache that replaces the least recently used line holds what its sets were last asked for,
 * whatever was there before they were full. Once it has fetched twice as many lines as it holds,
 * 1 set in 1,400 is not full by chance (Poisson): of a pass's misses, a few in a million.
 */
#define LB_WARM_FILLS 2

/*
 * Ops to warm up with: so many that a last level of these bytes fetches, by the model,
 * LB_WARM_FILLS times the lines it holds; at most a pass. A pass where there is no model, and for
 * 0 bytes. The model may be wrong: whoever asks must see in the warm-up's dump that it did.
 */
uint64_t lb_exec_simulated_warm(const struct lb_case *c, uint64_t last_level_bytes);

/* Simulates `warm` ops of the case's mode, then counts `ops` more, and dumps both. */
void lb_exec_simulated_mode(struct lb_instance *instance, const struct lb_case *c, uint64_t warm,
                            uint64_t ops);

/*
 * Writes one record a mode to `out`. `last_level_bytes`: as for lb_exec_simulated_warm.
 * LB_USAGE when not under valgrind; otherwise as lb_exec_free_running.
 */
enum lb_status lb_exec_simulated(const struct lb_case *c, uint64_t last_level_bytes, FILE *out,
                                 struct lb_error *error);

#endif
