/* test_probe.c - levels found in curves of known machines; the live probe only for its shape. */
#include "harness/machine/probe.h"

#include "harness/api.h"

#include <json-c/json.h>
#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

/* A machine that advertises these caches; 0 for a level that it has not. */
static struct lb_machine advertising(uint64_t l1, uint64_t l2, uint64_t l3)
{
    struct lb_machine machine = {.memory_available_bytes = INT64_C(1) << 33};
    const uint64_t sizes[] = {l1, l2, l3};
    for (int i = 0; i < 3; i++)
        if (sizes[i])
            machine.caches[machine.cache_count++] = (struct lb_cache){
                .level = i + 1, .type = LB_CACHE_UNIFIED, .size_bytes = (int64_t)sizes[i]};
    return machine;
}

static void add_point(struct lb_cache_curve *curve, uint64_t bytes, double ns)
{
    curve->points[curve->point_count++] = (struct lb_curve_point){bytes, ns};
}

/* From 8 KiB in half octaves, as lb_probe_caches walks. */
static struct lb_cache_curve curve_of(const double *ns, size_t count)
{
    struct lb_cache_curve curve = {.memory_ns_per_hop = NAN};
    for (size_t i = 0; i < count; i++)
        add_point(&curve, (uint64_t)(8 * KIB * pow(M_SQRT2, (double)i)) / 64 * 64, ns[i]);
    return curve;
}

static void near(double value, double expected, double factor)
{
    assert_true(value >= expected / factor && value <= expected * factor);
}

/* Zen 3 guest: 32 KiB, 512 KiB, and 4 MiB left of an advertised 32. As it was measured. */
static const double zen3_guest[] = {
    1.30, 1.30,  1.29,  1.37,  1.82,  3.91,  3.91,   3.90,   3.88,   4.35,
    4.10, 5.77,  7.44,  13.53, 16.17, 15.71, 16.64,  17.39,  45.07,  106.05,
    138,  143.4, 177.0, 161.2, 173.9, 255.0, 228.00, 226.25, 248.01,
};

static void a_guest_is_told_the_cache_that_it_gets(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 512 * KIB, 32 * MIB);
    struct lb_cache_curve curve = curve_of(zen3_guest, LB_COUNT_OF(zen3_guest));
    lb_probe_find_levels(&machine, &curve);
    assert_int_equal(curve.level_count, 3);
    near((double)curve.levels[0].capacity_bytes, 32.0 * KIB, 1.01);
    near((double)curve.levels[1].capacity_bytes, 512.0 * KIB, 1.01);
    near((double)curve.levels[2].capacity_bytes, 4.0 * MIB, 1.01);
    near(curve.levels[0].ns_per_hop, 1.3, 1.02);
    near(curve.levels[1].ns_per_hop, 3.95, 1.05);
    near(curve.levels[2].ns_per_hop, 16.2, 1.05);
    near(curve.memory_ns_per_hop, 170, 1.1);
}

/* Ideal levels with sharp edges, and noise that only ever adds, as a neighbour's does. */
static struct lb_cache_curve ideal(const uint64_t capacity[3], uint64_t largest, double noise,
                                   uint64_t seed)
{
    static const double ns[] = {1.2, 3.8, 15, 95};
    struct lb_cache_curve curve = {.memory_ns_per_hop = NAN};
    struct lb_rng rng = {seed};
    for (int step = 0;; step++) {
        double bytes = 8 * KIB * pow(M_SQRT2, step);
        if (bytes > (double)largest * 1.001)
            return curve;
        int level = 0;
        while (level < 3 && bytes > (double)capacity[level] * 1.001)
            level++;
        bool spike = lb_rng_below(&rng, 5) == 0;
        add_point(&curve, (uint64_t)(bytes + 0.5), ns[level] * (spike ? 1 + noise : 1));
    }
}

static void noise_that_adds_does_not_move_the_edges(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 1 * MIB, 16 * MIB);
    const uint64_t capacity[] = {32 * KIB, 1 * MIB, 16 * MIB};
    int exact = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct lb_cache_curve curve = ideal(capacity, 128 * MIB, 3, seed);
        lb_probe_find_levels(&machine, &curve);
        assert_int_equal(curve.level_count, 3);
        for (int i = 0; i < 3; i++)
            exact += curve.levels[i].capacity_bytes == capacity[i];
    }
    /* Only a spike right at an edge can hide it, by half an octave: a fifth of the time. */
    assert_in_range(exact, 600 * 70 / 100, 600);
}

static void a_level_that_cannot_be_seen_is_not_reported(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 1 * MIB, 1408 * KIB);
    const uint64_t capacity[] = {32 * KIB, 1 * MIB, 1 * MIB};
    struct lb_cache_curve curve = ideal(capacity, 128 * MIB, 0, 1);
    lb_probe_find_levels(&machine, &curve);
    assert_int_equal(curve.level_count, 2);
    near(curve.memory_ns_per_hop, 95, 1.01);
}

static void a_machine_without_an_l3_has_two_levels(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 1 * MIB, 0);
    const uint64_t capacity[] = {32 * KIB, 1 * MIB, 1 * MIB};
    struct lb_cache_curve curve = ideal(capacity, 128 * MIB, 0, 1);
    lb_probe_find_levels(&machine, &curve);
    assert_int_equal(curve.level_count, 2);
    assert_int_equal(curve.levels[1].capacity_bytes, 1 * MIB);
}

static void a_curve_that_stays_in_the_l3_says_nothing_about_memory(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 1 * MIB, 768 * MIB);
    const uint64_t capacity[] = {32 * KIB, 1 * MIB, 768 * MIB};
    struct lb_cache_curve curve = ideal(capacity, 128 * MIB, 0, 1);
    bool edge;
    lb_probe_find_levels(&machine, &curve);
    assert_int_equal(curve.level_count, 2);
    assert_true(isnan(curve.memory_ns_per_hop));
    assert_null(lb_probe_level(&curve, 64 * MIB, &edge));
    assert_string_equal(lb_probe_level(&curve, 512 * KIB, &edge), "L2");
}

static void a_machine_that_hides_its_caches_shows_them_in_the_curve(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(0, 0, 0);
    const uint64_t capacity[] = {64 * KIB, 1 * MIB, 8 * MIB};
    struct lb_cache_curve curve = ideal(capacity, 128 * MIB, 0, 1);
    lb_probe_find_levels(&machine, &curve);
    assert_int_equal(curve.level_count, 3);
    assert_int_equal(curve.levels[2].capacity_bytes, 8 * MIB);
    near(curve.memory_ns_per_hop, 95, 1.01);
}

static void too_few_points_have_no_levels(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 1 * MIB, 16 * MIB);
    struct lb_cache_curve curve = curve_of(zen3_guest, 7);
    bool edge = true;
    lb_probe_find_levels(&machine, &curve);
    assert_int_equal(curve.level_count, 0);
    assert_true(isnan(curve.memory_ns_per_hop));
    assert_null(lb_probe_level(&curve, 4096, &edge));
    assert_false(edge);
}

static void rungs_are_labelled_by_what_was_measured(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 512 * KIB, 32 * MIB);
    struct lb_cache_curve curve = curve_of(zen3_guest, LB_COUNT_OF(zen3_guest));
    static const struct {
        uint64_t bytes;
        const char *level;
        bool near_edge;
    } rows[] = {
        {16 * KIB, "L1", false},  {32 * KIB, "L1", true},     {33 * KIB, "L2", true},
        {64 * KIB, "L2", false},  {256 * KIB, "L2", false},   {512 * KIB, "L2", true},
        {2 * MIB, "L3", false},   {4 * MIB, "L3", true},      {5 * MIB, "RAM", true},
        {16 * MIB, "RAM", false}, {1024 * MIB, "RAM", false},
    };
    lb_probe_find_levels(&machine, &curve);
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++) {
        bool near_edge;
        assert_string_equal(lb_probe_level(&curve, rows[i].bytes, &near_edge), rows[i].level);
        assert_int_equal(near_edge, rows[i].near_edge);
    }
}

static void the_walk_covers_8_kib_to_the_end_and_leaves_the_thread_where_it_was(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 512 * KIB, 4 * MIB);
    struct lb_cache_curve curve;
    struct lb_error error;
    cpu_set_t before, after;
    machine.memory_available_bytes = 32 * MIB; /* small, so that this test is quick */
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(lb_probe_caches(-1, &machine, &curve, &error), LB_OK);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&before, &after));
    assert_int_equal(curve.point_count, 21);
    assert_int_equal(curve.points[0].working_set_bytes, 8 * KIB);
    assert_int_equal(curve.points[20].working_set_bytes, 8 * MIB);
    for (size_t i = 0; i < curve.point_count; i++) {
        assert_true(isfinite(curve.points[i].ns_per_hop) && curve.points[i].ns_per_hop > 0);
        assert_true(i == 0 ||
                    curve.points[i].working_set_bytes > curve.points[i - 1].working_set_bytes);
    }
}

static void a_cpu_that_is_not_there_is_refused(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(32 * KIB, 512 * KIB, 4 * MIB);
    struct lb_cache_curve curve;
    struct lb_probe_checks checks;
    struct lb_error error;
    assert_int_equal(lb_probe_caches(99999, &machine, &curve, &error), LB_USAGE);
    assert_int_equal(lb_probe_checks(99999, &checks, &error), LB_USAGE);
}

static struct json_object *at(struct json_object *object, const char *key)
{
    struct json_object *value;
    assert_true(json_object_object_get_ex(object, key, &value));
    return value;
}

static void unknown_is_null_in_the_document(void **unused)
{
    (void)unused;
    struct lb_machine machine = advertising(0, 0, 0);
    struct lb_cache_curve nothing = {.memory_ns_per_hop = NAN};
    const struct lb_probe_checks checks = {
        .clocks = {{20, 25, 20}, {400, 410, 400}},
        .add_ns = 0.25,
        .add_spread = 1.2,
        .read_gb_per_s = NAN,
    };
    struct json_object *array = json_object_new_array();
    assert_null(lb_probe_caches_to_json(&nothing));
    lb_probe_checks_to_json(&checks, &machine, &nothing, array);
    static const struct {
        const char *id, *status;
    } rows[] = {{"clock", "pass"},
                {"cpu_speed", "warn"},
                {"read_bandwidth", "unknown"},
                {"cache_curve", "unknown"}};
    assert_int_equal(json_object_array_length(array), LB_COUNT_OF(rows));
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++) {
        struct json_object *row = json_object_array_get_idx(array, i);
        assert_string_equal(json_object_get_string(at(row, "id")), rows[i].id);
        assert_string_equal(json_object_get_string(at(row, "status")), rows[i].status);
        assert_int_equal(at(row, "figure") == NULL, i >= 2);
    }
    assert_true(json_object_get_double(at(json_object_array_get_idx(array, 1), "figure")) == 4);
    json_object_put(array);
}

static void the_core_is_measured_in_sensible_figures(void **unused)
{
    (void)unused;
    struct lb_probe_checks checks;
    struct lb_error error;
    assert_int_equal(lb_probe_checks(-1, &checks, &error), LB_OK);
    assert_true(checks.add_ns > 0 && checks.add_spread >= 1);
    assert_true(checks.read_gb_per_s > 0);
    assert_int_equal(checks.read_set_bytes, 128 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_is_told_the_cache_that_it_gets),
        cmocka_unit_test(noise_that_adds_does_not_move_the_edges),
        cmocka_unit_test(a_level_that_cannot_be_seen_is_not_reported),
        cmocka_unit_test(a_machine_without_an_l3_has_two_levels),
        cmocka_unit_test(a_curve_that_stays_in_the_l3_says_nothing_about_memory),
        cmocka_unit_test(a_machine_that_hides_its_caches_shows_them_in_the_curve),
        cmocka_unit_test(too_few_points_have_no_levels),
        cmocka_unit_test(rungs_are_labelled_by_what_was_measured),
        cmocka_unit_test(the_walk_covers_8_kib_to_the_end_and_leaves_the_thread_where_it_was),
        cmocka_unit_test(a_cpu_that_is_not_there_is_refused),
        cmocka_unit_test(unknown_is_null_in_the_document),
        cmocka_unit_test(the_core_is_measured_in_sensible_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
