/* test_exec_simulated.c - how much of a stream is simulated. */
#include "harness/simulation/exec_simulated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PASS_OPS = 1000000, CACHE_BYTES = 4 << 20, CACHE_LINES = CACHE_BYTES / 64 };

static uint64_t pass_of;
static struct lb_model model_now;

static void model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)point, (void)mode;
    *out = model_now;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return pass_of;
}

static const struct lb_benchmark benchmark = {.family = "a", .name = "b", .pass_ops = pass_ops};
static const struct lb_variant modelled = {.name = "c", .model = model}, unmodelled = {.name = "d"};

static uint64_t warm(const struct lb_variant *variant, uint64_t bytes)
{
    const struct lb_case c = {.benchmark = &benchmark, .variant = variant};
    pass_of = PASS_OPS;
    return lb_exec_simulated_warm(&c, bytes);
}

static uint64_t ops(const struct lb_variant *variant, uint64_t pass, uint64_t elements)
{
    const struct lb_case c = {
        .benchmark = &benchmark, .variant = variant, .point = {.elements = elements}};
    pass_of = pass;
    return lb_exec_simulated_ops(&c);
}

static void whole_passes_are_counted_and_enough_of_them(void **unused)
{
    (void)unused;
    const uint64_t passes[] = {1, 5, 4095, 16383, 16384, 16385, 65535, LB_SIMULATED_OPS_USUAL};
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        uint64_t counted = ops(&unmodelled, passes[i], 1);
        assert_int_equal(counted % passes[i], 0);
        assert_true(counted >= LB_SIMULATED_OPS_MIN);
        assert_true(counted < LB_SIMULATED_OPS_MIN + passes[i] || counted == passes[i]);
    }
}

static void one_pass_is_enough_where_an_op_builds_a_whole_table(void **unused)
{
    (void)unused;
    assert_int_equal(ops(&unmodelled, 1, 500001), 1);
    assert_int_equal(ops(&unmodelled, 3, 8191), 9);
}

static void of_a_long_pass_a_part_is_counted(void **unused)
{
    (void)unused;
    assert_int_equal(ops(&unmodelled, LB_SIMULATED_OPS_USUAL + 1, 1), LB_SIMULATED_OPS_USUAL);
    model_now = (struct lb_model){.streamed_lines = 0.125};
    assert_int_equal(ops(&modelled, PASS_OPS, 1), LB_SIMULATED_OPS_USUAL);
}

static void an_uneven_pass_is_counted_whole_however_long(void **unused)
{
    (void)unused;
    static const struct lb_benchmark uneven = {
        .family = "a", .name = "b", .pass_ops = pass_ops, .uneven = true};
    const struct lb_case c = {.benchmark = &uneven, .variant = &unmodelled};
    pass_of = 10 * LB_SIMULATED_OPS_MAX;
    assert_int_equal(lb_exec_simulated_ops(&c), pass_of);
}

/* A class so large that all its touches miss in both levels. */
static uint64_t ops_of_random(double touches_per_op)
{
    model_now = (struct lb_model){.reused = {{1e12, touches_per_op, 0}}};
    return ops(&modelled, PASS_OPS, 1);
}

/* Variance of a mean of n ops with m misses each: m / n. Steps of 4096, upwards. */
static void random_misses_are_counted_until_their_standard_error_is_small(void **unused)
{
    (void)unused;
    assert_int_equal(ops_of_random(1), (40000 / 4096 + 1) * 4096);    /* 0.5 % of 1 */
    assert_int_equal(ops_of_random(0.1), (100000 / 4096 + 1) * 4096); /* 0.001 an op */
    assert_int_equal(ops_of_random(20), LB_SIMULATED_OPS_MIN + 4096); /* never fewer */
    assert_true(ops_of_random(0.2) > ops_of_random(0.1));             /* 0.5 % is 0.001 here */
    model_now = (struct lb_model){.streamed_lines = 10, .reused = {{1e12, 1, 0}}};
    assert_int_equal(ops(&modelled, PASS_OPS, 1), LB_SIMULATED_OPS_MIN + 4096);
}

static void random_misses_are_counted_over_a_limited_time(void **unused)
{
    (void)unused;
    for (double touches = 1e-3; touches < 1e3; touches *= 1.5)
        assert_in_range(ops_of_random(touches), LB_SIMULATED_OPS_MIN, LB_SIMULATED_OPS_MAX + 4096);
}

static void a_stream_warms_up_until_it_filled_the_cache(void **unused)
{
    (void)unused;
    model_now = (struct lb_model){.streamed_lines = 1};
    uint64_t fill = warm(&modelled, CACHE_BYTES);
    assert_in_range(fill, 5 * CACHE_LINES / 4, 5 * CACHE_LINES / 4 + 2);
    model_now.streamed_lines = 4;
    assert_in_range(warm(&modelled, CACHE_BYTES), fill / 4, fill / 4 + 2);
}

/* Uniform over twice the cache: half of the class is touched within T = 2 C ln 2. */
static void random_lines_warm_up_for_twice_what_stays_in_the_cache(void **unused)
{
    (void)unused;
    model_now = (struct lb_model){.reused = {{2.0 * CACHE_LINES, 1, 0}}};
    uint64_t twice = warm(&modelled, CACHE_BYTES);
    assert_in_range(twice, (uint64_t)(4 * 0.6931 * CACHE_LINES),
                    (uint64_t)(4 * 0.6932 * CACHE_LINES));
}

static void the_warm_up_is_a_pass_where_less_is_not_known_to_do(void **unused)
{
    (void)unused;
    model_now = (struct lb_model){.streamed_lines = 0.01};
    assert_int_equal(warm(&modelled, CACHE_BYTES), PASS_OPS);
    model_now.streamed_lines = 0; /* misses nothing, so that it never fills it */
    assert_int_equal(warm(&modelled, CACHE_BYTES), PASS_OPS);
    model_now.streamed_lines = 1;
    assert_int_equal(warm(&modelled, 0), PASS_OPS);
    assert_int_equal(warm(&unmodelled, CACHE_BYTES), PASS_OPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_passes_are_counted_and_enough_of_them),
        cmocka_unit_test(one_pass_is_enough_where_an_op_builds_a_whole_table),
        cmocka_unit_test(of_a_long_pass_a_part_is_counted),
        cmocka_unit_test(an_uneven_pass_is_counted_whole_however_long),
        cmocka_unit_test(random_misses_are_counted_until_their_standard_error_is_small),
        cmocka_unit_test(random_misses_are_counted_over_a_limited_time),
        cmocka_unit_test(a_stream_warms_up_until_it_filled_the_cache),
        cmocka_unit_test(random_lines_warm_up_for_twice_what_stays_in_the_cache),
        cmocka_unit_test(the_warm_up_is_a_pass_where_less_is_not_known_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
