/* drift.c - see drift.h. */
#include "harness/run/drift.h"

#include "harness/document/check.h"

#include <math.h>

bool lb_drift_look(struct lb_drift *drift, double before_ns, double after_ns)
{
    if (!isfinite(before_ns) || !isfinite(after_ns))
        return false;
    double least = fmin(before_ns, after_ns), most = fmax(before_ns, after_ns);
    bool moved = most > (1 + LB_DRIFT_MAX) * least;
    drift->least_ns = drift->replicates ? fmin(drift->least_ns, least) : least;
    drift->most_ns = fmax(drift->most_ns, most);
    drift->replicates++;
    drift->moved += moved;
    return moved;
}

void lb_drift_check(const struct lb_drift *drift, struct json_object *checks)
{
    double most = drift->replicates ? 100 * (drift->most_ns / drift->least_ns - 1) : NAN;
    const struct lb_check check = {.id = "drift",
                                   .title = "Clock through the run",
                                   .unit = "%",
                                   .status = !drift->replicates ? "unknown"
                                             : drift->moved     ? "warn"
                                                                : "pass",
                                   .figure = most};
    if (drift->replicates)
        lb_check_add(checks, &check,
                     "An addition took at most %.1f %% longer than at best; during %u of %u "
                     "replicates the clock moved by more than %.0f %%.",
                     most, drift->moved, drift->replicates, 100 * LB_DRIFT_MAX);
    else
        lb_check_add(checks, &check, "The clock was not looked at while the run went on.");
}
