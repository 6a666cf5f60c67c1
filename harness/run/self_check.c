/* self_check.c - see self_check.h. */
#include "harness/run/self_check.h"

#include "harness/document/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRICT_CONFIDENCE 0.999
#define WIDE_INTERVAL     0.10

static const struct lb_profile against_itself = {.name = "self",
                                                 .help = "a variant against itself",
                                                 .depths = {{11, 3}},
                                                 .samples = 2,
                                                 .warming_ms = 100};

static void add_check(struct json_object *checks, const struct lb_case *c, bool told,
                      const struct lb_interval *strict, double half)
{
    char id[LB_CASE_ID_BYTES + 8];
    bool holds = told && strict->low <= 1 && strict->high >= 1;
    const struct lb_check check = {.id = id,
                                   .title = "A variant against itself",
                                   .unit = "%",
                                   .status = !told   ? "unknown"
                                             : holds ? "pass"
                                                     : "fail",
                                   .figure = told ? 100 * half : NAN};
    snprintf(id, sizeof id, "self/%s", c->id);
    if (!told)
        lb_check_add(checks, &check, "%s against itself could not be measured.", c->id);
    else
        lb_check_add(checks, &check,
                     "%s against itself: ratio %.4f, and the 99.9 %% interval [%.4f, %.4f] %s 1; "
                     "half of the 95 %% interval is %.1f %%.",
                     c->id, strict->median, strict->low, strict->high, holds ? "holds" : "misses",
                     100 * half);
}

/* The wider half of an interval, relative to its median. */
static double half_width(const struct lb_interval *i)
{
    return fmax(i->high / i->median - 1, 1 - i->low / i->median);
}

static enum lb_status check_one(struct lb_runner *runner, const char *id,
                                struct json_object *checks, double *smallest_difference,
                                struct lb_error *error)
{
    struct lb_case c;
    struct lb_result pair[2];
    struct lb_interval strict = {0};
    bool within_process;
    if (lb_case_find(lb_benchmark_list, id, runner->child.seed, &c, NULL) != LB_OK)
        return LB_OK;
    lb_result_init(&pair[0], &c);
    lb_result_init(&pair[1], &c);
    enum lb_status status = lb_runner_compare(runner, pair, 2, INFINITY, error);
    if (status == LB_OK) {
        const struct lb_interval *usual = &pair[1].figures.ratio;
        bool told = pair[1].figures.compared && usual->bounded &&
                    lb_result_ratio(&pair[1], &pair[0], STRICT_CONFIDENCE, &strict,
                                    &within_process) == LB_OK &&
                    strict.bounded && !within_process;
        double half = told ? half_width(usual) : NAN;
        add_check(checks, &c, told, &strict, half);
        if (told && !(*smallest_difference >= half))
            *smallest_difference = half;
    }
    lb_result_free(&pair[0]);
    lb_result_free(&pair[1]);
    return status;
}

enum lb_status lb_self_check(struct lb_runner *runner, struct json_object *checks,
                             double *smallest_difference, struct lb_error *error)
{
    const struct lb_profile *profile = runner->profile;
    const char *const ids[] = {"boxing/sum/inline/ws=256KiB", profile->self_case};
    enum lb_status status = LB_OK;
    *smallest_difference = NAN;
    runner->profile = &against_itself;
    for (size_t i = 0; i < LB_COUNT_OF(ids) && status == LB_OK; i++)
        status = check_one(runner, ids[i], checks, smallest_difference, error);
    runner->profile = profile;
    return status;
}

void lb_self_check_rows(const struct lb_result *results, size_t count, struct json_object *checks,
                        double *smallest_difference)
{
    double *halves = calloc(2 * count + 1, sizeof *halves);
    size_t n = 0;
    if (!halves)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct lb_figures *f = &results[i].figures;
        if (results[i].outcome == LB_CASE_OK && f->compared && f->ratio.bounded)
            halves[n++] = half_width(&f->ratio);
    }
    double median = lb_stats_median(halves, n, halves + count);
    const struct lb_check check = {.id = "ratio_intervals",
                                   .title = "How well ratios are known",
                                   .unit = "%",
                                   .status = median <= WIDE_INTERVAL ? "pass" : "warn",
                                   .figure = 100 * median};
    if (n) {
        lb_check_add(checks, &check,
                     "Half of this run's %zu ratios are known to within %.1f %% or better.", n,
                     100 * median);
        if (!(*smallest_difference >= median))
            *smallest_difference = median;
    }
    free(halves);
}
