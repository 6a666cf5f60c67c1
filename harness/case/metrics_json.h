/* metrics_json.h - a case's metrics as the document and the record of `exec` have them. */
#ifndef LB_METRICS_JSON_H
#define LB_METRICS_JSON_H

#include "harness/case/metrics.h"

struct json_object;

/* By name: value or null, unit, better, status, and the reason when there is no value. */
struct json_object *lb_metrics_to_json(const struct lb_metric_values *values);

/* What the descriptor says of them: name, unit, better, summary each. */
struct json_object *lb_metrics_named_json(const struct lb_benchmark *benchmark);

#endif
