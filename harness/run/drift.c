/* drift.c - see drift.h. */
#include "harness/run/drift.h"

#include "harness/document/check.h"

#include <math.h>

bool lb_drift_look(struct lb_drift *drift, double add_ns)
{
    if (!isfinite(add_ns))
        return false;
    if (!drift->looks || add_ns < drift->least_ns)
        drift->least_ns = add_ns;
    if (add_ns > drift->most_ns)
        drift->most_ns = add_ns;
    bool moved = add_ns > (1 + LB_DRIFT_MAX) * drift->least_ns;
    drift->looks++;
    drift->moved += moved;
    return moved;
}

void lb_drift_check(const struct lb_drift *drift, struct json_object *checks)
{
    double most = drift->looks ? 100 * (drift->most_ns / drift->least_ns - 1) : NAN;
    const struct lb_check check = {.id = "drift",
                                   .title = "Clock through the run",
                                   .unit = "%",
                                   .status = !drift->looks  ? "unknown"
                                             : drift->moved ? "warn"
                                                            : "pass",
                                   .figure = most};
    if (drift->looks)
        lb_check_add(checks, &check,
                     "An addition took at most %.1f %% longer than at best; in %u of %u looks the "
                     "clock had moved by more than %.0f %%.",
                     most, drift->moved, drift->looks, 100 * LB_DRIFT_MAX);
    else
        lb_check_add(checks, &check, "The clock was not looked at while the run went on.");
}
