/*
 * plan.h - what a run is going to do: profiles, comparisons, an estimate. Measures nothing.
 */
#ifndef LB_PLAN_H
#define LB_PLAN_H

#include "harness/case/case.h"

enum { LB_LOOKS_MAX = 4, LB_DEPTHS_MAX = 3 };

/* So many fresh processes of each variant, and so many visits to each case in one of them. */
struct lb_depth {
    unsigned replicates, rounds;
};

/* How thoroughly to measure. Looks are few and fixed: stopping when it pleases biases intervals. */
struct lb_profile {
    const char *name;
    const char *help;
    /*
     * The most replicated first; where creating takes so long that it goes beyond the budget, the
     * next: more visits to fewer processes. Ends with 0 replicates.
     */
    struct lb_depth depths[LB_DEPTHS_MAX];
    /* Further replicates after which a comparison of the first depth may stop; ends with 0. */
    unsigned looks[LB_LOOKS_MAX];
    unsigned samples;      /* that a visit takes, at most LB_SAMPLES_PER_VISIT */
    unsigned warming_ms;   /* that a visit may warm for */
    double narrow;         /* a ratio's interval is narrow when both its sides are within this */
    double budget_seconds; /* for measuring, shared out by cases; 0: no limit */
    uint64_t memory_pass_bytes; /* the largest rung at which allocations are counted */
    double simulation_seconds;  /* for simulating what is not known yet; 0: no limit */
    double whole_process_seconds;
    const char *self_case; /* measured against itself beside one that fits a cache */
};

/* NULL when there is no such profile. */
const struct lb_profile *lb_profile_by_name(const char *name);

/* Cases of one benchmark at one point: alive at once, visited in rounds. */
struct lb_comparison {
    size_t first, count; /* of the case list */
    double estimate_seconds;
};

struct lb_plan {
    const struct lb_profile *profile;
    struct lb_comparison *comparisons;
    size_t comparison_count;
    double estimate_seconds; /* of the measuring alone */
};

/* Groups the cases, which stand in the order lb_cases_make gave them. LB_NO_MEMORY. */
enum lb_status lb_plan_make(const struct lb_case_list *cases, const struct lb_profile *profile,
                            struct lb_plan *plan, struct lb_error *error);
void lb_plan_free(struct lb_plan *plan);

/* What creating all variants of a comparison at once is expected to take, in seconds. */
double lb_plan_create_seconds(const struct lb_case_list *cases,
                              const struct lb_comparison *comparison);

/* What a comparison of `case_count` cases takes at this depth, in seconds. */
double lb_plan_cost(const struct lb_depth *depth, double create_seconds, size_t case_count);

/*
 * The first depth of the profile that costs at most the budget and a half, or at most twice what
 * the last one does, which is the least; else the last.
 */
const struct lb_depth *lb_plan_depth(const struct lb_profile *profile, double create_seconds,
                                     size_t case_count, double budget_seconds);

/*
 * This comparison's share of what is left of the profile's budget, by cases; INFINITY: no limit.
 * `cases_left`: in this comparison and all after it.
 */
double lb_plan_budget(const struct lb_profile *profile, double spent_seconds, size_t cases_left,
                      const struct lb_comparison *comparison);

#endif
