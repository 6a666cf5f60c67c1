/* plan.c - see plan.h. */
#include "harness/run/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * 6 values are the fewest with a 95 % interval; 9 and 12 are where the order-statistic interval
 * can drop one, then two values at each end, and so gets narrower. In the same time, more visits
 * with fewer samples tell more (docs/methodology.md).
 */
static const struct lb_profile profiles[] = {
    {.name = "quick",
     .help = "two working sets, the headline's mode, one process a variant, six rounds",
     .depths = {{1, 6}},
     .samples = 2,
     .warming_ms = 20,
     .narrow = 0.02,
     .budget_seconds = 40,
     .memory_pass_bytes = LB_SIMULATED_SMALL_BYTES,
     .simulation_seconds = 2,
     .whole_process_seconds = 2,
     .self_case = "density/chase/shuffled/ws=16MiB"},
    {.name = "standard",
     .help = "five working sets, 6 to 12 processes a variant where creating is cheap",
     .depths = {{6, 2}, {1, 9}},
     .looks = {9, 12},
     .samples = 2,
     .warming_ms = 100,
     .narrow = 0.01,
     .budget_seconds = 185,
     .memory_pass_bytes = LB_SIMULATED_LARGE_BYTES,
     .simulation_seconds = 240,
     .whole_process_seconds = 30,
     .self_case = "density/chase/shuffled/ws=64MiB"},
    {.name = "thorough",
     .help = "every power of two, 9 to 24 processes a variant",
     .depths = {{9, 4}},
     .looks = {15, 24},
     .samples = 3,
     .warming_ms = 100,
     .narrow = 0.005,
     .memory_pass_bytes = UINT64_MAX,
     .whole_process_seconds = 60,
     .self_case = "density/chase/shuffled/ws=64MiB"},
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
 * Rough costs, seen on one 2-core VM: a visit is 2 samples of 1.1 ms and some warming; creating,
 * warming and verifying a layout takes a few ns a byte. Only the estimate and the choice of a
 * depth use them.
 */
#define VISIT_SECONDS    0.009
#define PROCESS_SECONDS  0.004
#define SECONDS_PER_BYTE 6e-9

/* Fresh processes are worth twice the time that as many visits to one take. */
#define CHEAP_REPLICATION 2.0

double lb_plan_create_seconds(const struct lb_case_list *cases,
                              const struct lb_comparison *comparison)
{
    double seconds = 0;
    const struct lb_variant *last = NULL;
    for (size_t i = comparison->first; i < comparison->first + comparison->count; i++) {
        const struct lb_case *c = &cases->cases[i];
        if (c->variant != last)
            seconds +=
                PROCESS_SECONDS + SECONDS_PER_BYTE * (double)c->variant->footprint_bytes(&c->point);
        last = c->variant;
    }
    return seconds;
}

double lb_plan_cost(const struct lb_depth *depth, double create_seconds, size_t case_count)
{
    double visits = (double)case_count * depth->rounds * VISIT_SECONDS;
    return depth->replicates * (create_seconds + visits);
}

const struct lb_depth *lb_plan_depth(const struct lb_profile *profile, double create_seconds,
                                     size_t case_count, double budget_seconds)
{
    const struct lb_depth *least = profile->depths, *depth = profile->depths;
    while (least + 1 < profile->depths + LB_DEPTHS_MAX && least[1].replicates)
        least++;
    double limit = fmax(1.5 * budget_seconds,
                        CHEAP_REPLICATION * lb_plan_cost(least, create_seconds, case_count));
    while (depth < least && lb_plan_cost(depth, create_seconds, case_count) > limit)
        depth++;
    return depth;
}

double lb_plan_budget(const struct lb_profile *profile, double spent_seconds, size_t cases_left,
                      const struct lb_comparison *comparison)
{
    if (profile->budget_seconds <= 0)
        return INFINITY;
    double left = profile->budget_seconds - spent_seconds;
    return left > 0 ? left * (double)comparison->count / (double)cases_left : 0;
}

static void estimate(const struct lb_case_list *cases, struct lb_plan *plan)
{
    for (size_t i = 0; i < plan->comparison_count; i++) {
        struct lb_comparison *c = &plan->comparisons[i];
        double budget =
            lb_plan_budget(plan->profile, plan->estimate_seconds, cases->count - c->first, c);
        double create = lb_plan_create_seconds(cases, c);
        c->estimate_seconds =
            lb_plan_cost(lb_plan_depth(plan->profile, create, c->count, budget), create, c->count);
        plan->estimate_seconds += c->estimate_seconds;
    }
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
    estimate(cases, plan);
    return LB_OK;
}

void lb_plan_free(struct lb_plan *plan)
{
    free(plan->comparisons);
    memset(plan, 0, sizeof *plan);
}
