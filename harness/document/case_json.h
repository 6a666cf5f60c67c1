/* case_json.h - one case, and one benchmark, as the results document has them. */
#ifndef LB_CASE_JSON_H
#define LB_CASE_JSON_H

#include "harness/run/result.h"

struct json_object;

/* A label only: where the working set lies by the measured caches. level NULL: not known. */
struct lb_point_label {
    const char *level;
    bool near_edge;
};

/*
 * `counters`: what this machine can count; NULL: counters were off.
 * The caller owns what it gets.
 */
struct json_object *lb_case_to_json(const struct lb_result *result,
                                    const struct lb_result *reference,
                                    const struct lb_counter_session *counters,
                                    const struct lb_point_label *label);

struct json_object *lb_benchmark_to_json(const struct lb_benchmark *benchmark);

#endif
