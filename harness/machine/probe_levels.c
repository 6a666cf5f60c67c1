/* probe_levels.c - finding the plateaus of a latency curve; the rule is in probe.h. */
#include "harness/machine/probe.h"

#include "harness/base/stats.h"

#include <math.h>
#include <string.h>

enum { RUNS_MAX = LB_CURVE_LEVELS_MAX, RUN_POINTS_MIN = 2 };

static const double least_step = 1.5, near_factor = 1.5;

/* Runs [start[r], start[r + 1]) of the points. */
struct runs {
    size_t count;
    size_t start[RUNS_MAX + 1];
};

/* Logarithms, with what noise added taken away: a larger set is never faster. */
static void take_logs(const struct lb_cache_curve *curve, double *logs)
{
    double least = INFINITY;
    for (size_t i = curve->point_count; i-- > 0;)
        logs[i] = least = fmin(least, log(curve->points[i].ns_per_hop));
}

/* The logs ascend, so the median of a run is in its middle. */
static double middle(const double *logs, size_t start, size_t end)
{
    size_t n = end - start;
    return (logs[start + (n - 1) / 2] + logs[start + n / 2]) / 2;
}

static double cost(const double *logs, size_t start, size_t end)
{
    double sum = 0, center = middle(logs, start, end);
    for (size_t i = start; i < end; i++)
        sum += (logs[i] - center) * (logs[i] - center);
    return sum;
}

/* The cheapest cut of the first `end` points into `count` runs; recursion over at most 4 x 40. */
static double cut(const double *logs, size_t end, size_t count, struct runs *best)
{
    *best = (struct runs){.count = count};
    best->start[count] = end;
    if (count == 1)
        return cost(logs, 0, end);
    double least = INFINITY;
    for (size_t start = (count - 1) * RUN_POINTS_MIN; start + RUN_POINTS_MIN <= end; start++) {
        struct runs before;
        double total = cut(logs, start, count - 1, &before) + cost(logs, start, end);
        if (total < least) {
            least = total;
            memcpy(best->start, before.start, sizeof before.start);
            best->start[count] = end;
        }
    }
    return least;
}

static double run_middle(const double *logs, const struct runs *runs, size_t run)
{
    return middle(logs, runs->start[run], runs->start[run + 1]);
}

static bool steps_are_plain(const double *logs, const struct runs *runs)
{
    for (size_t run = 1; run < runs->count; run++)
        if (run_middle(logs, runs, run) - run_middle(logs, runs, run - 1) < log(least_step))
            return false;
    return true;
}

/* The levels of data and unified caches that sysfs shows; 3 when it shows none. */
static size_t advertised_levels(const struct lb_machine *machine)
{
    size_t levels = 0;
    for (int level = 1; level <= 3; level++)
        levels += lb_machine_cache_bytes(machine, level) > 0;
    return levels ? levels : 3;
}

static bool reaches_memory(const struct lb_machine *machine, const struct lb_cache_curve *curve,
                           const struct runs *runs)
{
    uint64_t last_set = curve->points[curve->point_count - 1].working_set_bytes;
    int64_t last_cache = lb_machine_last_cache_bytes(machine);
    return runs->count == advertised_levels(machine) + 1 || (int64_t)last_set > last_cache;
}

static void take_level(const double *logs, const struct runs *runs, size_t run,
                       struct lb_cache_curve *curve)
{
    double here = run_middle(logs, runs, run), next = run_middle(logs, runs, run + 1);
    size_t last = runs->start[run];
    while (last + 1 < runs->start[run + 1] && logs[last + 1] <= (here + next) / 2)
        last++;
    curve->levels[curve->level_count++] = (struct lb_curve_level){
        .level = (int)run + 1,
        .capacity_bytes = curve->points[last].working_set_bytes,
        .ns_per_hop = exp(here),
    };
}

void lb_probe_find_levels(const struct lb_machine *machine, struct lb_cache_curve *curve)
{
    double logs[LB_CURVE_POINTS_MAX];
    struct runs runs;
    size_t count = advertised_levels(machine) + 1;
    curve->level_count = 0;
    curve->memory_ns_per_hop = NAN;
    if (curve->point_count < RUNS_MAX * RUN_POINTS_MIN)
        return;
    take_logs(curve, logs);
    do
        cut(logs, curve->point_count, count, &runs);
    while (!steps_are_plain(logs, &runs) && count-- > 1);
    for (size_t run = 0; run + 1 < runs.count; run++)
        take_level(logs, &runs, run, curve);
    if (reaches_memory(machine, curve, &runs))
        curve->memory_ns_per_hop = exp(run_middle(logs, &runs, runs.count - 1));
}

static bool is_near(uint64_t bytes, uint64_t capacity)
{
    double ratio = (double)bytes / (double)capacity;
    return ratio <= near_factor && ratio >= 1 / near_factor;
}

const char *lb_probe_level(const struct lb_cache_curve *curve, uint64_t bytes, bool *near_edge)
{
    static const char *const names[] = {"L1", "L2", "L3", "L4"};
    const char *name = isnan(curve->memory_ns_per_hop) ? NULL : "RAM";
    *near_edge = false;
    for (size_t i = curve->level_count; i-- > 0;) {
        const struct lb_curve_level *level = &curve->levels[i];
        if (bytes <= level->capacity_bytes)
            name = names[level->level - 1];
        *near_edge = *near_edge || is_near(bytes, level->capacity_bytes);
    }
    return name;
}
