/*
 * exec_simulated.h - `layoutbench exec CASE --simulation BYTES` under valgrind: every mode of the
 * case's variant over one built layout, each simulated and dumped under its own case's id. For a
 * CASE of `-`, the same for each of the cases whose ids come through --control-fd.
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
 * Ops to count, the same each time, so that counts repeat exactly.
 *
 * A pass of at most LB_SIMULATED_OPS_USUAL ops is counted whole, and again until
 * LB_SIMULATED_OPS_MIN, over which the harness's own handful of misses (8, say) is under 0.0005 an
 * op; but one pass is enough where its ops are few and large (a whole table is built: one op, all
 * elements). Of a longer pass a part is counted. Of a cyclic walk each part misses as the whole
 * does: LB_SIMULATED_OPS_USUAL. Random misses are a sample: as many ops as bring the standard
 * error of the misses of both levels, by the model, under LB_SIMULATED_ERROR_MISSES an op or
 * LB_SIMULATED_ERROR_SHARE of the figure, whichever is larger; LB_SIMULATED_OPS_MAX at most. A
 * benchmark that says it is uneven is counted over whole passes, however long.
 */
#define LB_SIMULATED_OPS_MIN      (UINT64_C(1) << 14)
#define LB_SIMULATED_OPS_USUAL    (UINT64_C(1) << 16)
#define LB_SIMULATED_OPS_MAX      (UINT64_C(1) << 18)
#define LB_SIMULATED_ERROR_MISSES 0.001
#define LB_SIMULATED_ERROR_SHARE  0.005
uint64_t lb_exec_simulated_ops(const struct lb_case *c);

/*
 * A cache that replaces the least recently used line holds the lines of the last T ops (model.h),
 * whatever was there before. Streams fill its sets evenly. Random lines do not: after 2 T, a set
 * of 16 ways has been asked for 16 lines but for 1 in 250 (Poisson), and of a pass's misses a few
 * in 100,000 are off.
 */
#define LB_WARM_STREAMED 1.25
#define LB_WARM_REUSED   2.0

/* What a warm-up shorter than a pass must have fetched to be believed, in caches full. */
#define LB_WARM_FETCHED 1.125

/*
 * Ops to warm up with: as many of a last level's T as above, by the model; at most a pass. A pass
 * where there is no model, and for 0 bytes. The model may be wrong: whoever asks must see in the
 * warm-up's dump that it fetched LB_WARM_FETCHED.
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

/* Ids of cases that fit one list, with a newline each. */
enum { LB_SIMULATED_LIST_BYTES = 1 << 14, LB_SIMULATED_LIST_CASES = 64 };

/*
 * For each id of a case of `list` on `fd`, a line each: a child process that does the above, one
 * after the other. Until all are done nothing changes in this process's memory, so that each child
 * begins as the first. What a child that was killed leaves is a failure's record, behind all
 * others. LB_SYSTEM when the ids cannot be read or no child be had; LB_USAGE as above.
 */
enum lb_status lb_exec_simulated_each(const struct lb_benchmark *const *list, int fd, uint64_t seed,
                                      uint64_t last_level_bytes, FILE *out, struct lb_error *error);

#endif
