/*
 * probe.h - what this machine's caches and core really give, measured by the suite itself.
 *
 * In a guest the advertised caches are a promise of the hardware's, shared with neighbours: a
 * process may get an eighth of it. The chase measures what it does get. It labels working sets and
 * never changes a case's id.
 *
 * All figures are of one thread on one CPU, with 4 KiB pages. Unknown is NaN, and null in JSON.
 * Nothing else of ours may run meanwhile.
 */
#ifndef LB_PROBE_H
#define LB_PROBE_H

#include "harness/base/clock.h"
#include "harness/machine/machine.h"

struct json_object;

enum { LB_CURVE_POINTS_MAX = 40, LB_CURVE_LEVELS_MAX = 4 };

struct lb_curve_point {
    uint64_t working_set_bytes;
    double ns_per_hop;
};

/* A plateau of the curve that it leaves again: a cache. */
struct lb_curve_level {
    int level;               /* 1, 2, 3 */
    uint64_t capacity_bytes; /* where the curve leaves the plateau */
    double ns_per_hop;       /* the plateau: the median of its points */
};

struct lb_cache_curve {
    struct lb_curve_point points[LB_CURVE_POINTS_MAX];
    size_t point_count;
    struct lb_curve_level levels[LB_CURVE_LEVELS_MAX];
    size_t level_count;
    double memory_ns_per_hop; /* NaN: the curve does not reach memory */
};

/*
 * Walks one random cycle through each working set, a hop a line, from 8 KiB to 128 MiB in steps of
 * half an octave (in octaves up to 512 MiB where the last cache is advertised as 64 MiB or more),
 * warm, median of 5, in CPU time; then finds the levels. About 2 s, and 192 MiB of memory.
 * Runs on `cpu` (-1: wherever it is) and gives the thread its old CPUs back.
 * LB_NO_MEMORY when not even 8 MiB are to be had; with less memory the curve just ends earlier.
 */
enum lb_status lb_probe_caches(int cpu, const struct lb_machine *machine,
                               struct lb_cache_curve *out, struct lb_error *error);

/*
 * Finds the levels in curve->points; lb_probe_caches calls it, tests call it with other machines'
 * curves. The rule:
 *  1. A larger set is never faster: each latency becomes the least of itself and those after it,
 *     which takes away what noise added.
 *  2. The logarithms of the latencies are cut into as many runs as there are advertised levels and
 *     memory, two points or more each, with the least sum of squares around their medians.
 *     While two neighbouring plateaus differ by less than a factor of 1.5, there is one run less:
 *     a level that cannot be seen is not reported.
 *  3. A level's capacity is the largest set whose latency is nearer to its own plateau than to the
 *     next (in logarithms): with 4 KiB pages at random places, a set that just fits already
 *     misses some.
 *  4. The last run is memory if the curve goes beyond the last advertised cache.
 */
void lb_probe_find_levels(const struct lb_machine *machine, struct lb_cache_curve *curve);

/*
 * "L1", "L2", "L3" or "RAM" for a working set; NULL when nothing was measured. *near_edge: it is
 * within a factor of 1.5 of a measured capacity, where times do not settle.
 */
const char *lb_probe_level(const struct lb_cache_curve *curve, uint64_t bytes, bool *near_edge);

/* The object `caches_measured` of results-schema.json; NULL (null) without points. Caller owns. */
struct json_object *lb_probe_caches_to_json(const struct lb_cache_curve *curve);

/* ---- The core ---- */

/*
 * One dependent addition, in ns: one clock cycle on every core that the suite knows, so 1 / this
 * is the speed in GHz. About 1 ms; the run repeats it to see the clock drift.
 */
double lb_probe_add_ns(void);

/* The same on `cpu` (or where we are), the least of five; NAN when it cannot be gone to. */
double lb_probe_add_ns_on(int cpu);

struct lb_probe_checks {
    struct lb_clock_costs clocks;
    double add_ns;           /* the least of 15 */
    double add_spread;       /* the median of the 15 over the least; 1: the clock stood still */
    double read_gb_per_s;    /* sequential reads, one thread, the best of 5 (GB is 10^9 bytes) */
    uint64_t read_set_bytes; /* over this much */
};

/* All of it, on `cpu` as above; about 0.2 s and 128 MiB. Without the memory, read_* is NaN, 0. */
enum lb_status lb_probe_checks(int cpu, struct lb_probe_checks *out, struct lb_error *error);

/* Appends the `check` objects clock, cpu_speed, read_bandwidth and cache_curve to an array. */
void lb_probe_checks_to_json(const struct lb_probe_checks *checks, const struct lb_machine *machine,
                             const struct lb_cache_curve *curve, struct json_object *array);

#endif
