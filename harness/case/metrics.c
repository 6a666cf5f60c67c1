/* metrics.c - see metrics.h, and api.h for what authors call. */
#include "harness/case/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

unsigned lb_metrics_count(const struct lb_benchmark *benchmark)
{
    unsigned count = 0;
    while (count < LB_METRICS_MAX && benchmark->metrics[count].name)
        count++;
    return count;
}

static void forget(struct lb_metric_value *value, const char *reason)
{
    value->value = NAN;
    snprintf(value->reason, sizeof value->reason, "%s", reason);
}

void lb_metrics_init(struct lb_metric_values *values, const struct lb_benchmark *benchmark,
                     const char *reason)
{
    values->benchmark = benchmark;
    for (unsigned i = 0; i < LB_METRICS_MAX; i++)
        forget(&values->of[i], reason);
}

struct lb_metric_value *lb_metrics_find(struct lb_metric_values *values, const char *name)
{
    unsigned count = lb_metrics_count(values->benchmark);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(values->benchmark->metrics[i].name, name) == 0)
            return &values->of[i];
    return NULL;
}

const char *lb_better_name(enum lb_better better)
{
    static const char *const names[] = {"none", "lower", "higher"};
    return names[better];
}

/* ---- For authors --------------------------------------------------------------------------- */

/* A name that the descriptor lacks is the author's error, and this process is the case's own. */
static struct lb_metric_value *named(const struct lb_measurement *m, const char *name)
{
    struct lb_metric_value *value = lb_metrics_find(m->values, name);
    if (value)
        return value;
    fprintf(stderr, "measure set a metric '%s' that the descriptor does not name\n", name);
    _exit(70);
}

void lb_metric_set(const struct lb_measurement *m, const char *name, double value)
{
    struct lb_metric_value *v = named(m, name);
    if (!isfinite(value)) {
        forget(v, "what came out is no number");
        return;
    }
    v->value = value;
    v->reason[0] = 0;
}

void lb_metric_unknown(const struct lb_measurement *m, const char *name, const char *reason)
{
    forget(named(m, name), reason);
}
