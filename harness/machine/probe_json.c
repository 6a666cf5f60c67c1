/* probe_json.c - the curve and the checks of the core in the results document. */
#include "harness/base/jsonwrite.h"
#include "harness/document/check.h"
#include "harness/machine/probe.h"

#include <math.h>

static struct json_object *points_to_json(const struct lb_cache_curve *curve)
{
    struct json_object *out = json_object_new_array();
    for (size_t i = 0; i < curve->point_count; i++) {
        const struct lb_curve_point *point = &curve->points[i];
        struct json_object *row = json_object_new_object();
        json_object_object_add(row, "working_set_bytes",
                               json_object_new_int64((int64_t)point->working_set_bytes));
        json_object_object_add(row, "ns_per_hop", lb_json_number(point->ns_per_hop));
        json_object_array_add(out, row);
    }
    return out;
}

static struct json_object *levels_to_json(const struct lb_cache_curve *curve)
{
    struct json_object *out = json_object_new_array();
    for (size_t i = 0; i < curve->level_count; i++) {
        const struct lb_curve_level *level = &curve->levels[i];
        struct json_object *row = json_object_new_object();
        json_object_object_add(row, "level", json_object_new_int(level->level));
        json_object_object_add(row, "capacity_bytes",
                               json_object_new_int64((int64_t)level->capacity_bytes));
        json_object_object_add(row, "ns_per_hop", lb_json_number(level->ns_per_hop));
        json_object_array_add(out, row);
    }
    return out;
}

struct json_object *lb_probe_caches_to_json(const struct lb_cache_curve *curve)
{
    if (curve->point_count == 0)
        return NULL;
    struct json_object *out = json_object_new_object();
    json_object_object_add(out, "method",
                           json_object_new_string("one random cycle, a hop a 64-byte line, 4 KiB "
                                                  "pages, warm, CPU time, median of 5"));
    json_object_object_add(out, "curve", points_to_json(curve));
    json_object_object_add(out, "levels", levels_to_json(curve));
    json_object_object_add(out, "memory_ns_per_hop", lb_json_number(curve->memory_ns_per_hop));
    return out;
}

/* ---- Checks ---- */

static void add_clock(struct json_object *array, const struct lb_clock_costs *clocks)
{
    const double plain_ns = 100; /* more is a clock that needs a system call, or a trap */
    const struct lb_check check = {
        .id = "clock",
        .title = "Clock",
        .unit = "ns per empty bracket",
        .status = clocks->wall.bracket_ns <= plain_ns ? "pass" : "warn",
        .figure = clocks->wall.bracket_ns,
    };
    lb_check_add(
        array, &check,
        "An empty timed region reads %.0f ns; the wall clock steps by %.0f ns and costs %.0f "
        "ns a call, the CPU clock %.0f ns.",
        clocks->wall.bracket_ns, clocks->wall.step_ns, clocks->wall.call_ns, clocks->cpu.call_ns);
}

static void add_cpu_speed(struct json_object *array, const struct lb_probe_checks *checks)
{
    const double steady = 1.05;
    const struct lb_check check = {
        .id = "cpu_speed",
        .title = "Clock speed",
        .unit = "GHz",
        .status = checks->add_spread <= steady ? "pass" : "warn",
        .figure = 1 / checks->add_ns,
    };
    lb_check_add(
        array, &check,
        "A dependent addition takes %.3f ns at best and %.1f %% more in the median: a clock "
        "of %.2f GHz.",
        checks->add_ns, (checks->add_spread - 1) * 100, 1 / checks->add_ns);
}

static void add_bandwidth(struct json_object *array, const struct lb_probe_checks *checks)
{
    const bool known = isfinite(checks->read_gb_per_s);
    const struct lb_check check = {
        .id = "read_bandwidth",
        .title = "Read bandwidth",
        .unit = "GB/s",
        .status = known ? "pass" : "unknown",
        .figure = checks->read_gb_per_s,
    };
    if (known)
        lb_check_add(array, &check, "One thread reads %.1f GB/s from a set of %llu MiB.",
                     checks->read_gb_per_s, (unsigned long long)(checks->read_set_bytes >> 20));
    else
        lb_check_add(array, &check, "There was no memory for the set to read.");
}

static void add_curve(struct json_object *array, const struct lb_machine *machine,
                      const struct lb_cache_curve *curve)
{
    struct lb_check check = {
        .id = "cache_curve",
        .title = "Caches",
        .unit = "ns per hop in memory",
        .status = "unknown",
        .figure = curve->memory_ns_per_hop,
    };
    int64_t advertised = lb_machine_last_cache_bytes(machine);
    if (curve->level_count == 0) {
        lb_check_add(array, &check, "The chase did not find the levels of the caches.");
        return;
    }
    const struct lb_curve_level *last = &curve->levels[curve->level_count - 1];
    double measured_mib = (double)last->capacity_bytes / (1 << 20);
    if (advertised <= 0) {
        lb_check_add(array, &check,
                     "The chase leaves its last cache, L%d, at %.3g MiB; the kernel "
                     "advertises none to compare it with.",
                     last->level, measured_mib);
        return;
    }
    check.status = 2 * (int64_t)last->capacity_bytes >= advertised ? "pass" : "warn";
    lb_check_add(array, &check,
                 "The chase leaves its last cache, L%d, at %.3g MiB of an advertised %.3g MiB.",
                 last->level, measured_mib, (double)advertised / (1 << 20));
}

void lb_probe_checks_to_json(const struct lb_probe_checks *checks, const struct lb_machine *machine,
                             const struct lb_cache_curve *curve, struct json_object *array)
{
    add_clock(array, &checks->clocks);
    add_cpu_speed(array, checks);
    add_bandwidth(array, checks);
    add_curve(array, machine, curve);
}
