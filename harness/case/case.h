/*
 * case.h - cases: benchmark x variant x mode x point, and their stable ids. Measures nothing.
 *
 * boxing/sum/boxed_shuffled/ws=16MiB
 * flat_index/lookup/std_map/dependent,hit/ws=64MiB
 * density/stride/walk/stride_bytes=64
 */
#ifndef LB_CASE_H
#define LB_CASE_H

#include "harness/case/registry.h"

enum { LB_CASE_ID_BYTES = 192, LB_POINT_LABEL_BYTES = 64, LB_RUNGS_MAX = 24 };

struct lb_case {
    const struct lb_benchmark *benchmark;
    const struct lb_variant *variant;
    unsigned mode;
    struct lb_point point;
    char label[LB_POINT_LABEL_BYTES]; /* of the point: "ws=16MiB" */
    char id[LB_CASE_ID_BYTES];
};

struct lb_case_list {
    struct lb_case *cases; /* sorted: benchmark, point, variant, mode */
    size_t count;
};

/* Which points of the benchmarks, and how much of each. */
struct lb_rungs {
    uint64_t bytes[LB_RUNGS_MAX]; /* working sets, ascending */
    size_t count;
    unsigned modes;        /* of each benchmark, its headline's first, at most; 0: all */
    unsigned modes_beside; /* the same at the rungs that are not simulated, beyond the last one */
    unsigned modes_below;  /* and below it */
    unsigned parameters;   /* of a parameter's values, spread evenly, at most; 0: all */
    uint64_t beyond_bytes; /* the rung that a big L3 adds: one mode alone; 0: none is */
    uint64_t
        layout_bytes; /* larger layouts than this, and than their rung, are left out; 0: none */
};

/*
 * The rungs of a profile ("quick", "standard", "thorough"). `l3_bytes`: the advertised L3, 0 if
 * not known; above 16 MiB it adds the power of two at or above four times it, at most 1 GiB.
 */
void lb_rungs_of_profile(const char *profile, uint64_t l3_bytes, struct lb_rungs *rungs);

/* "16MiB", "16KiB" or "1GiB" as a rung: a power of two from 4 KiB to 1 GiB; 0 when it is none. */
uint64_t lb_rung_parse(const char *text);

/* Adds a rung, in order, unless it is there or there is no room. */
void lb_rungs_add(struct lb_rungs *rungs, uint64_t bytes);

/* The rungs that are simulated: one fits the last level, one does not. */
#define LB_SIMULATED_SMALL_BYTES (UINT64_C(256) << 10)
#define LB_SIMULATED_LARGE_BYTES (UINT64_C(16) << 20)

/* The rung at which whole processes are timed, and the smallest one, which `verify` uses. */
#define LB_WHOLE_PROCESS_RUNG_BYTES (UINT64_C(256) << 10)
#define LB_SMALLEST_RUNG_BYTES      (UINT64_C(16) << 10)

/*
 * All cases of `list` at these rungs whose id one of the globs matches (none: all). A glob without
 * a wildcard at its end also matches everything below it: "boxing" means "boxing" and "boxing/...".
 * LB_NO_MEMORY, or LB_USAGE when a glob matches nothing, with the nearest name. The caller frees.
 */
enum lb_status lb_cases_make(const struct lb_benchmark *const *list, const struct lb_rungs *rungs,
                             const char *const *globs, size_t glob_count, uint64_t seed,
                             struct lb_case_list *cases, struct lb_error *error);
void lb_cases_free(struct lb_case_list *cases);

/*
 * The one case with this id, at any rung (lb_rung_parse, in any unit) or parameter value. LB_USAGE
 * when there is none, with what its point can be where that alone is wrong, or the nearest name.
 */
enum lb_status lb_case_find(const struct lb_benchmark *const *list, const char *id, uint64_t seed,
                            struct lb_case *found, struct lb_error *error);

/* The case of another mode of the same benchmark, variant and point. */
void lb_case_of_mode(const struct lb_case *c, unsigned mode, struct lb_case *out);

bool lb_glob_matches(const char *glob, const char *id);

#endif
