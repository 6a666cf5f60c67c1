/*
 * drift.h - the clock of the core, looked at before and after the visits of every replicate: what
 * was sampled while it moved is marked. A chain of dependent additions takes one cycle each.
 *
 * A clock that is slow and stays so harms no ratio: the run's check tells of it, and marks nothing.
 */
#ifndef LB_DRIFT_H
#define LB_DRIFT_H

#include <stdbool.h>

struct json_object;

#define LB_DRIFT_MAX 0.05 /* the two looks differ by more than this: it has moved */

struct lb_drift {
    double least_ns, most_ns; /* an addition, over all looks; zeroed: no look yet */
    unsigned replicates, moved;
};

/*
 * The looks around one replicate: an addition took so long before and after (not finite: not
 * known). True when the clock moved in between.
 */
bool lb_drift_look(struct lb_drift *drift, double before_ns, double after_ns);

/* Appends the check "drift" to the array; "unknown" when nobody looked. */
void lb_drift_check(const struct lb_drift *drift, struct json_object *checks);

#endif
