/* closure.c - see closure.h. */
#include "harness/document/closure.h"

#include "harness/base/stats.h"
#include "harness/document/check.h"
#include "harness/document/claims_member.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MODE   "dependent,hit"
#define LABEL  "16MiB"
#define LINE_R 0.9 /* below it, misses do not explain the time */

enum { POINTS_MAX = 64 };

struct points {
    size_t cases, count; /* that there are, and that have both figures */
    double misses[POINTS_MAX], ns[POINTS_MAX];
};

static bool belongs(struct json_object *c)
{
    char ending[64];
    const char *id = lb_claims_text(c, "id");
    snprintf(ending, sizeof ending, "/" MODE "/ws=" LABEL);
    size_t length = strlen(id), tail = strlen(ending);
    return strcmp(lb_claims_text(c, "benchmark"), LB_CLOSURE_BENCHMARK) == 0 && length > tail &&
           strcmp(id + length - tail, ending) == 0;
}

static void take(struct json_object *c, struct points *points)
{
    struct json_object *time = lb_claims_member(c, "time"),
                       *simulated = lb_claims_member(c, "simulated");
    double ns = lb_claims_number(lb_claims_member(time, "cpu_ns_per_op"), "median");
    double misses = lb_claims_number(lb_claims_member(simulated, "l3_misses"), "value_per_op");
    points->cases++;
    if (!isfinite(ns) || !isfinite(misses) || points->count == POINTS_MAX)
        return;
    points->ns[points->count] = ns;
    points->misses[points->count++] = misses;
}

/* The line is two figures: what `text` says is the first's. */
static void add_checks(struct json_object *checks, const char *status, double slope, double r,
                       const char *text)
{
    const struct lb_check of_slope = {.id = "closure_slope",
                                      .title = "Time against simulated misses",
                                      .unit = "ns a miss",
                                      .status = status,
                                      .figure = slope};
    const struct lb_check of_r = {.id = "closure_correlation",
                                  .title = "Time against simulated misses",
                                  .unit = "r",
                                  .status = status,
                                  .figure = r};
    lb_check_add(checks, &of_slope, "%s", text);
    if (isfinite(r))
        lb_check_add(checks, &of_r, "Of that line, r = %.3f; from %.1f on, misses explain time.", r,
                     LINE_R);
    else
        lb_check_add(checks, &of_r, "Without that line, there is no r.");
}

/* The chase's latency of memory, to hold the slope against. */
static double memory_ns(struct json_object *machine)
{
    return lb_claims_number(lb_claims_member(machine, "caches_measured"), "memory_ns_per_hop");
}

static void describe(const struct points *points, const struct lb_line *line, double memory,
                     char *text, size_t size)
{
    int used = snprintf(text, size,
                        "Over %zu layouts of a dependent lookup at 16 MiB, time is %.0f ns a "
                        "simulated L3 miss plus %.0f ns",
                        points->count, line->slope, line->intercept);
    if (isfinite(memory))
        snprintf(text + used, size - (size_t)used, "; the chase takes %.0f ns a hop in memory.",
                 memory);
    else
        snprintf(text + used, size - (size_t)used, ".");
}

static void add_line(struct json_object *machine, struct json_object *checks,
                     const struct points *points)
{
    char text[256];
    struct lb_line line;
    bool known = points->count >= LB_CLOSURE_POINTS_MIN &&
                 lb_stats_line(points->misses, points->ns, points->count, &line);
    if (known) {
        const char *status = line.correlation >= LINE_R ? "pass" : "warn";
        describe(points, &line, memory_ns(machine), text, sizeof text);
        add_checks(checks, status, line.slope, line.correlation, text);
        return;
    }
    snprintf(text, sizeof text,
             "%zu of %zu layouts of a dependent lookup at 16 MiB have both a time and simulated "
             "misses; a line takes %d.",
             points->count, points->cases, LB_CLOSURE_POINTS_MIN);
    add_checks(checks, "unknown", NAN, NAN, text);
}

void lb_closure_check(struct json_object *document)
{
    struct json_object *machine = lb_claims_member(document, "machine"),
                       *checks = lb_claims_member(machine, "checks"),
                       *cases = lb_claims_member(document, "cases");
    struct points points = {0};
    for (size_t i = 0; i < json_object_array_length(cases); i++)
        if (belongs(json_object_array_get_idx(cases, i)))
            take(json_object_array_get_idx(cases, i), &points);
    if (points.cases > 0)
        add_line(machine, checks, &points);
}
