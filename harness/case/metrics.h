/*
 * metrics.h - the figures beyond time that a benchmark names: what one case makes of them.
 *
 * Authors fill them by the functions of api.h (lb_metric_set, lb_metric_unknown); this is the
 * harness's side. A metric that nothing was said of is unknown, with its reason; it is never 0.
 */
#ifndef LB_METRICS_H
#define LB_METRICS_H

#include "harness/api.h"
#include "harness/base/error.h"

enum { LB_METRIC_REASON_BYTES = 128 };

struct lb_metric_value {
    double value; /* NaN: not known, for this reason */
    char reason[LB_METRIC_REASON_BYTES];
};

/* One for each metric of the benchmark, in its order. */
struct lb_metric_values {
    const struct lb_benchmark *benchmark;
    struct lb_metric_value of[LB_METRICS_MAX];
};

/* How many the descriptor names. */
unsigned lb_metrics_count(const struct lb_benchmark *benchmark);

/* All of them unknown, for this reason. */
void lb_metrics_init(struct lb_metric_values *values, const struct lb_benchmark *benchmark,
                     const char *reason);

/* The metric's entry; NULL: the benchmark names none like it. */
struct lb_metric_value *lb_metrics_find(struct lb_metric_values *values, const char *name);

/* "lower", "higher", "none". Static. */
const char *lb_better_name(enum lb_better better);

#endif
