/* test_sample.c - what the sampler warms before it takes a sample. */
#include "cmocka_all.h"

#include "fake_benchmarks.h"
#include "harness/base/pin.h"
#include "harness/case/sample.h"

#include <string.h>

enum { A_LONG_TIME_S = 600 };

/* A pass of the first one is many slices, of the second one much less than a slice. */
static const char *const ids[] = {"fake/rungs/plain/independent/ws=64MiB",
                                  "fake/rungs/plain/independent/ws=16KiB"};
static struct lb_instance instance;
static struct lb_sampler sampler;
static unsigned mode;

static void build(const char *id)
{
    struct lb_case c;
    struct lb_error error;
    assert_int_equal(lb_case_find(lb_benchmark_list, id, 1, &c, &error), LB_OK);
    assert_int_equal(lb_instance_create(&instance, &c, LB_CPU_NONE, &error), LB_OK);
    lb_sampler_init(&sampler, &instance, NULL);
    mode = c.mode;
}

static void warm(uint64_t max_ns)
{
    struct lb_warmth warmth;
    lb_sampler_warm(&sampler, mode, max_ns, &warmth);
    assert_true(warmth.slices >= 1 && warmth.ns_per_op > 0);
}

static void the_first_warming_is_at_least_a_whole_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(ids); i++) {
        build(ids[i]);
        warm(A_LONG_TIME_S * UINT64_C(1000000000));
        assert_true(instance.next_op[mode] > lb_instance_pass_ops(&instance, mode));
        lb_instance_destroy(&instance);
    }
}

static void a_pass_that_takes_longer_than_the_warming_may_is_cut(void **state)
{
    (void)state;
    build(ids[0]);
    warm(1);
    assert_true(instance.next_op[mode] < lb_instance_pass_ops(&instance, mode));
    lb_instance_destroy(&instance);
}

static void a_later_warming_is_slices_alone(void **state)
{
    (void)state;
    build(ids[0]);
    warm(1);
    uint64_t before = instance.next_op[mode];
    warm(1);
    uint64_t slice = instance.next_op[mode] - before;
    assert_true(slice > 0 && slice < lb_instance_pass_ops(&instance, mode));
    lb_instance_destroy(&instance);
}

/*
 * As when the caches held the pass the last time, and other layouts have swept them since. The pass
 * is so long that two slices of sixteen times the usual length are not all of it.
 */
static void a_warming_much_slower_than_the_last_one_is_at_least_a_whole_pass(void **state)
{
    (void)state;
    build("fake/rungs/plain/independent/ws=256MiB");
    warm(1);
    sampler.ns_per_op[mode] /= 16;
    uint64_t before = instance.next_op[mode];
    warm(A_LONG_TIME_S * UINT64_C(1000000000));
    assert_true(instance.next_op[mode] - before >= lb_instance_pass_ops(&instance, mode));
    lb_instance_destroy(&instance);
}

/* The longer benchmark, as if its ops differed along a pass. */
static void build_uneven(void)
{
    static struct lb_benchmark uneven;
    build(ids[0]);
    uneven = *instance.c.benchmark;
    uneven.uneven = true;
    instance.c.benchmark = &uneven;
}

static void an_uneven_benchmark_is_warmed_and_sampled_in_whole_passes(void **state)
{
    (void)state;
    build_uneven();
    uint64_t pass = lb_instance_pass_ops(&instance, mode);
    warm(1);
    assert_true(instance.next_op[mode] > pass);
    assert_int_equal(instance.next_op[mode] % pass, 0);
    assert_true(lb_sampler_ops(&sampler, mode) >= pass);
    assert_int_equal(lb_sampler_ops(&sampler, mode) % pass, 0);
    lb_instance_destroy(&instance);
}

static void an_uneven_pass_longer_than_the_warming_may_last_is_whole_at_a_later_visit(void **state)
{
    (void)state;
    build_uneven();
    warm(1);
    uint64_t before = instance.next_op[mode];
    warm(1);
    assert_true(instance.next_op[mode] - before >= lb_instance_pass_ops(&instance, mode));
    lb_instance_destroy(&instance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_warming_is_at_least_a_whole_pass),
        cmocka_unit_test(a_pass_that_takes_longer_than_the_warming_may_is_cut),
        cmocka_unit_test(a_later_warming_is_slices_alone),
        cmocka_unit_test(a_warming_much_slower_than_the_last_one_is_at_least_a_whole_pass),
        cmocka_unit_test(an_uneven_benchmark_is_warmed_and_sampled_in_whole_passes),
        cmocka_unit_test(an_uneven_pass_longer_than_the_warming_may_last_is_whole_at_a_later_visit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
