/* test_latency.c - percentiles are exact values of all operations. The clock here is the real one:
 * what is held is order, counts and answers, never how long a thing took. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/case/arena.h"
#include "harness/case/metrics.h"

#include <math.h>
#include <time.h>

enum { COUNT = 2000, SLOW = 20 }; /* one in a hundred is slow */

static const struct timespec a_while = {.tv_nsec = 2000000};

static struct lb_benchmark benchmark;
static struct lb_metric_values values;
static struct lb_measurement m;

static int set_up(void **state)
{
    (void)state;
    static const struct lb_metric latencies[] = {LB_LATENCY_METRICS("op")};
    benchmark = fake_rungs;
    for (size_t i = 0; i < LB_COUNT_OF(latencies); i++)
        benchmark.metrics[i] = latencies[i];
    lb_metrics_init(&values, &benchmark, "not set");
    m = (struct lb_measurement){.values = &values, .arena = lb_arena_new(false)};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lb_arena_free(m.arena);
    return 0;
}

static double value(const char *name)
{
    const struct lb_metric_value *v = lb_metrics_find(&values, name);
    assert_non_null(v);
    assert_true(isfinite(v->value));
    return v->value;
}

static uint64_t count_op(void *context, uint64_t op)
{
    uint64_t *calls = context;
    assert_int_equal(op, *calls);
    ++*calls;
    return op + 1;
}

static void every_operation_is_done_once_and_in_order(void **state)
{
    uint64_t calls = 0;
    (void)state;
    uint64_t sum = lb_measure_latencies(&m, count_op, &calls, COUNT);
    assert_int_equal(calls, COUNT);
    assert_int_equal(sum, UINT64_C(1) * COUNT * (COUNT + 1) / 2);
}

/* Sleeps lengthen one in a hundred, so that the 98th is short and the 99.9th is not. */
static uint64_t seldom_slow(void *context, uint64_t op)
{
    (void)context;
    if (op % (COUNT / SLOW) == 0)
        nanosleep(&a_while, NULL);
    return op;
}

static void the_few_slow_ones_are_in_the_high_percentiles_alone(void **state)
{
    (void)state;
    lb_measure_latencies(&m, seldom_slow, NULL, COUNT);
    assert_true(value("p99_9_ns") >= 2000000);
    assert_true(value("max_ns") >= value("p99_9_ns"));
    assert_true(value("p50_ns") < 2000000);
    assert_true(value("p50_ns") <= value("p90_ns") && value("p90_ns") <= value("p99_ns"));
}

static void one_operation_is_all_of_its_percentiles(void **state)
{
    uint64_t calls = 0;
    (void)state;
    lb_measure_latencies(&m, count_op, &calls, 1);
    assert_true(value("p50_ns") == value("max_ns") && value("p99_9_ns") == value("max_ns"));
}

static void no_operation_has_no_percentile(void **state)
{
    (void)state;
    assert_int_equal(lb_measure_latencies(&m, count_op, NULL, 0), 0);
    assert_true(isnan(lb_metrics_find(&values, "p50_ns")->value));
}

static void the_clock_and_the_interruptions_stand_beside_them(void **state)
{
    uint64_t calls = 0;
    (void)state;
    lb_measure_latencies(&m, count_op, &calls, COUNT);
    assert_true(value("clock_ns") >= 0 && value("interruptions") >= 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_operation_is_done_once_and_in_order),
        TEST(the_few_slow_ones_are_in_the_high_percentiles_alone),
        TEST(one_operation_is_all_of_its_percentiles),
        TEST(no_operation_has_no_percentile),
        TEST(the_clock_and_the_interruptions_stand_beside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
