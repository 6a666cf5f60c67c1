/* test_exec_simulated.c - how much of a stream is simulated. */
#include "harness/simulation/exec_simulated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PASS_OPS = 1000000, CACHE_BYTES = 4 << 20, CACHE_LINES = CACHE_BYTES / 64 };

static double lines_per_op;

static void model(const struct lb_point *point, unsigned mode, struct lb_model *out)
{
    (void)point, (void)mode;
    *out = (struct lb_model){.streamed_lines = lines_per_op};
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return PASS_OPS;
}

static const struct lb_benchmark benchmark = {.family = "a", .name = "b", .pass_ops = pass_ops};
static const struct lb_variant modelled = {.name = "c", .model = model}, unmodelled = {.name = "d"};

static uint64_t warm(const struct lb_variant *variant, uint64_t bytes)
{
    const struct lb_case c = {.benchmark = &benchmark, .variant = variant};
    return lb_exec_simulated_warm(&c, bytes);
}

static void whole_passes_are_counted_and_enough_of_them(void **unused)
{
    (void)unused;
    const uint64_t passes[] = {1, 5, 4095, 16383, 16384, 16385, 131071, LB_SIMULATED_OPS_MAX};
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        uint64_t ops = lb_exec_simulated_ops(passes[i], 1);
        assert_int_equal(ops % passes[i], 0);
        assert_true(ops >= LB_SIMULATED_OPS_MIN);
        assert_true(ops < LB_SIMULATED_OPS_MIN + passes[i] || ops == passes[i]);
    }
}

static void one_pass_is_enough_where_an_op_builds_a_whole_table(void **unused)
{
    (void)unused;
    assert_int_equal(lb_exec_simulated_ops(1, 500001), 1);
    assert_int_equal(lb_exec_simulated_ops(3, 8191), 9);
}

static void a_very_long_pass_is_cut(void **unused)
{
    (void)unused;
    assert_int_equal(lb_exec_simulated_ops(LB_SIMULATED_OPS_MAX + 1, 1), LB_SIMULATED_OPS_MAX);
}

static void the_warm_up_fills_the_cache_twice_by_the_model(void **unused)
{
    (void)unused;
    lines_per_op = 1;
    uint64_t ops = warm(&modelled, CACHE_BYTES);
    assert_true(ops >= 2 * CACHE_LINES && ops < 3 * CACHE_LINES);
    lines_per_op = 4;
    assert_true(warm(&modelled, CACHE_BYTES) < ops / 3);
}

static void the_warm_up_is_a_pass_where_less_is_not_known_to_do(void **unused)
{
    (void)unused;
    lines_per_op = 0.01;
    assert_int_equal(warm(&modelled, CACHE_BYTES), PASS_OPS);
    lines_per_op = 0; /* misses nothing, so that it never fills it */
    assert_int_equal(warm(&modelled, CACHE_BYTES), PASS_OPS);
    lines_per_op = 1;
    assert_int_equal(warm(&modelled, 0), PASS_OPS);
    assert_int_equal(warm(&unmodelled, CACHE_BYTES), PASS_OPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_passes_are_counted_and_enough_of_them),
        cmocka_unit_test(one_pass_is_enough_where_an_op_builds_a_whole_table),
        cmocka_unit_test(a_very_long_pass_is_cut),
        cmocka_unit_test(the_warm_up_fills_the_cache_twice_by_the_model),
        cmocka_unit_test(the_warm_up_is_a_pass_where_less_is_not_known_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
