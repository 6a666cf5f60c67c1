/*
 * drift.h - the clock of the core, looked at before and after every replicate: what was sampled
 * while it had moved is marked. A chain of dependent additions takes one cycle each.
 */
#ifndef LB_DRIFT_H
#define LB_DRIFT_H

#include <stdbool.h>

struct json_object;

#define LB_DRIFT_MAX 0.05 /* slower than at best by more than this: it has moved */

struct lb_drift {
    double least_ns, most_ns; /* an addition, over all looks; zeroed: no look yet */
    unsigned looks, moved;
};

/* One look: an addition took this long (not finite: not known). True when the clock had moved. */
bool lb_drift_look(struct lb_drift *drift, double add_ns);

/* Appends the check "drift" to the array; "unknown" when nobody looked. */
void lb_drift_check(const struct lb_drift *drift, struct json_object *checks);

#endif
