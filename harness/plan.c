/* plan.c - see plan.h. */
#include "harness/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * 6 values are the fewest with a 95 % interval; 9 and 12 are where the order-statistic interval
 * can drop one, then two values at each end, and so gets narrower.
 */
static const struct lb_profile profiles[] = {
    {"quick", "two points, one process a case, six rounds", {1}, 6, 1, 6, 0.02, 40},
    {"standard", "all rungs, 6 to 12 processes a case", {6, 9, 12}, 1, 2, 3, 0.01, 190},
    {"thorough", "every power of two, 9 to 24 processes a case", {9, 15, 24}, 2, 6, 2, 0.005, 0},
};

const struct lb_profile *lb_profile_by_name(const char *name)
{
    for (size_t i = 0; i < LB_COUNT_OF(profiles); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

static bool same_comparison(const struct lb_case *a, const struct lb_case *b)
{
    return a->benchmark == b->benchmark && strcmp(a->label, b->label) == 0;
}

/*
 * Rough costs, seen on one 2-core VM: a visit is 8 samples of 1.25 ms and some warming, and
 * creating, warming and verifying a layout takes a few ns a byte. Only the estimate and the
 * choice of fewer processes use them.
 */
double lb_plan_estimate(const struct lb_case_list *cases, const struct lb_comparison *comparison,
                        const struct lb_profile *profile)
{
    const double visit_seconds = 0.020, process_seconds = 0.004, seconds_per_byte = 6e-9;
    double visits = 0, creates = 0;
    const struct lb_variant *last = NULL;
    for (size_t i = comparison->first; i < comparison->first + comparison->count; i++) {
        const struct lb_case *c = &cases->cases[i];
        visits += visit_seconds;
        if (c->variant != last && c->variant->footprint_bytes)
            creates +=
                process_seconds + seconds_per_byte * (double)c->variant->footprint_bytes(&c->point);
        last = c->variant;
    }
    return profile->looks[0] * (creates + profile->rounds * visits);
}

double lb_plan_budget(const struct lb_plan *plan, size_t case_count,
                      const struct lb_comparison *comparison)
{
    if (plan->profile->budget_seconds <= 0)
        return INFINITY;
    return plan->profile->budget_seconds * (double)comparison->count / (double)case_count;
}

enum lb_status lb_plan_make(const struct lb_case_list *cases, const struct lb_profile *profile,
                            struct lb_plan *plan, struct lb_error *error)
{
    memset(plan, 0, sizeof *plan);
    plan->profile = profile;
    plan->comparisons = calloc(cases->count + 1, sizeof *plan->comparisons);
    if (!plan->comparisons)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < cases->count; i++) {
        if (i == 0 || !same_comparison(&cases->cases[i - 1], &cases->cases[i]))
            plan->comparisons[plan->comparison_count++] = (struct lb_comparison){.first = i};
        plan->comparisons[plan->comparison_count - 1].count++;
    }
    for (size_t i = 0; i < plan->comparison_count; i++) {
        double full = lb_plan_estimate(cases, &plan->comparisons[i], profile);
        double limit = 2 * lb_plan_budget(plan, cases->count, &plan->comparisons[i]);
        plan->estimate_seconds += full < limit ? full : limit;
    }
    return LB_OK;
}

void lb_plan_free(struct lb_plan *plan)
{
    free(plan->comparisons);
    memset(plan, 0, sizeof *plan);
}
