/*
 * plan.h - what a run is going to do: profiles, comparisons, an estimate. Measures nothing.
 */
#ifndef LB_PLAN_H
#define LB_PLAN_H

#include "harness/case.h"

enum { LB_LOOKS_MAX = 4, LB_SAMPLES_PER_VISIT = 8 };

/* How thoroughly to measure. Looks are few and fixed: stopping when it pleases biases intervals. */
struct lb_profile {
    const char *name;
    const char *help;
    unsigned looks[LB_LOOKS_MAX]; /* replicates after which a comparison may stop; ends with 0 */
    unsigned rounds;              /* visits of each case in one replicate */
    unsigned slow_replicates, slow_rounds; /* instead, where creating takes too long */
    double narrow;         /* a ratio's interval is narrow when both its sides are within this */
    double budget_seconds; /* for measuring, shared out by cases; 0: no limit */
};

/* NULL when there is no such profile. */
const struct lb_profile *lb_profile_by_name(const char *name);

/* Cases of one benchmark at one point: alive at once, visited in rounds. */
struct lb_comparison {
    size_t first, count; /* of the case list */
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

/* What one comparison is expected to take, in seconds: creates, visits, verification. */
double lb_plan_estimate(const struct lb_case_list *cases, const struct lb_comparison *comparison,
                        const struct lb_profile *profile);

/* The profile's budget for this comparison in seconds, its share by cases; INFINITY: no limit. */
double lb_plan_budget(const struct lb_plan *plan, size_t case_count,
                      const struct lb_comparison *comparison);

#endif
