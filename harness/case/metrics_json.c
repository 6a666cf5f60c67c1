/* metrics_json.c - see metrics_json.h. */
#include "harness/case/metrics_json.h"

#include "harness/base/jsonwrite.h"

#include <json-c/json.h>
#include <math.h>

struct json_object *lb_metrics_to_json(const struct lb_metric_values *values)
{
    struct json_object *all = json_object_new_object();
    unsigned count = lb_metrics_count(values->benchmark);
    for (unsigned i = 0; i < count; i++) {
        const struct lb_metric *metric = &values->benchmark->metrics[i];
        const struct lb_metric_value *v = &values->of[i];
        struct json_object *o = json_object_new_object();
        bool known = isfinite(v->value);
        json_object_object_add(o, "value", known ? lb_json_number(v->value) : NULL);
        json_object_object_add(o, "unit", lb_json_text(metric->unit));
        json_object_object_add(o, "better", lb_json_text(lb_better_name(metric->better)));
        json_object_object_add(o, "status", lb_json_text(known ? "ok" : "unknown"));
        if (!known)
            json_object_object_add(o, "reason", lb_json_text(v->reason));
        json_object_object_add(all, metric->name, o);
    }
    return all;
}

struct json_object *lb_metrics_named_json(const struct lb_benchmark *benchmark)
{
    struct json_object *all = json_object_new_array();
    unsigned count = lb_metrics_count(benchmark);
    for (unsigned i = 0; i < count; i++) {
        const struct lb_metric *metric = &benchmark->metrics[i];
        struct json_object *o = json_object_new_object();
        json_object_object_add(o, "name", lb_json_text(metric->name));
        json_object_object_add(o, "unit", lb_json_text(metric->unit));
        json_object_object_add(o, "better", lb_json_text(lb_better_name(metric->better)));
        json_object_object_add(o, "summary", lb_json_text(metric->summary));
        json_object_array_add(all, o);
    }
    return all;
}
