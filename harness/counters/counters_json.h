/*
 * counters_json.h - the counters of this machine as the results document has them.
 */
#ifndef LB_COUNTERS_JSON_H
#define LB_COUNTERS_JSON_H

#include "harness/counters/counters.h"

struct json_object;

/*
 * `machine.counters` of results-schema.json: an array with an object for each counter.
 * The caller owns it (json_object_put). NULL when out of memory.
 */
struct json_object *lb_counters_to_json(const struct lb_counter_session *session);

#endif
