/*
 * simulation_cache.h - finished simulations, kept from run to run: an unchanged layout need not be
 * simulated again.
 *
 * $XDG_CACHE_HOME/layoutbench/simulations (or below ~/.cache), a folder a program (program_id.h),
 * a small text file a built layout. An entry that is damaged, or of something else, does not
 * exist. Folders of older programs go when there are more than LB_SIMULATION_PROGRAMS.
 */
#ifndef LB_SIMULATION_CACHE_H
#define LB_SIMULATION_CACHE_H

#include "harness/case/case.h"
#include "harness/simulation/callgrind_dump.h"

enum { LB_SIMULATION_PROGRAMS = 8, LB_SIMULATION_KEY_BYTES = 512 };

/* What was counted of one mode. */
struct lb_simulated_mode {
    char id[LB_CASE_ID_BYTES];
    uint64_t ops;
    struct lb_callgrind_counts counts;
};

struct lb_simulation_cache {
    char folder[3072]; /* "" : nothing is kept and nothing found */
};

/* Never fails: a cache that cannot be had is an empty one, and *why (a static string) says so. */
void lb_simulation_cache_open(struct lb_simulation_cache *cache, const char **why);

/*
 * `key`: everything the counts depend on besides the program, on one line. Fills modes[] (room for
 * LB_MODES_MAX) and *count. False when there is no entry.
 */
bool lb_simulation_cache_load(const struct lb_simulation_cache *cache, const char *key,
                              struct lb_simulated_mode *modes, size_t *count);

/* LB_SYSTEM when it cannot be written; whoever reads sees the old entry or the new one. */
enum lb_status lb_simulation_cache_store(const struct lb_simulation_cache *cache, const char *key,
                                         const struct lb_simulated_mode *modes, size_t count,
                                         struct lb_error *error);

#endif
