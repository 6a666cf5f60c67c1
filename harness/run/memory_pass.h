/*
 * memory_pass.h - counts the allocations of each layout, in processes of their own, with the
 * counting shim preloaded. Times nothing, so it uses all cores.
 */
#ifndef LB_MEMORY_PASS_H
#define LB_MEMORY_PASS_H

#include "harness/run/result.h"

/*
 * Fills memory.allocations of every result that ended LB_CASE_OK and lacks it, at a working set of
 * at most `rung_bytes`, a parameter's point, or of an allocator whose bytes only the shim knows:
 * building all layouts of the largest rungs once more would take as long as measuring them, and an
 * element takes as many allocations there. Modes of one variant share a process; as many at once as
 * there are cores, and as fit the memory. What is not counted stays LB_MEMORY_UNKNOWN.
 * LB_UNAVAILABLE when the shim is not there, LB_INTERRUPTED on Ctrl-C.
 */
enum lb_status lb_memory_pass(struct lb_result *results, size_t count, uint64_t rung_bytes,
                              uint64_t seed,
                              void (*done)(void *context, size_t ended, size_t count),
                              void *context, struct lb_error *error);

#endif
