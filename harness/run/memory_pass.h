/*
 * memory_pass.h - counts the allocations of each layout, in processes of their own, with the
 * counting shim preloaded. Times nothing, so it uses all cores.
 */
#ifndef LB_MEMORY_PASS_H
#define LB_MEMORY_PASS_H

#include "harness/run/result.h"

/*
 * Fills memory.allocations of every result that is LB_CASE_OK; modes of one variant share a
 * process. What cannot be counted stays LB_MEMORY_UNKNOWN. LB_UNAVAILABLE when the shim is not
 * there, LB_INTERRUPTED on Ctrl-C.
 */
enum lb_status lb_memory_pass(struct lb_result *results, size_t count, uint64_t seed,
                              void (*done)(void *context, size_t ended, size_t count),
                              void *context, struct lb_error *error);

#endif
