/* test_numa.c - what is built for a CPU is built on its node. */
#include "cmocka_all.h"

#include "harness/base/numa.h"
#include "harness/base/pin.h"

#define TREE(name) "tests/machines/" name

static cpu_set_t cpus_of(int count, const int *cpus)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < count; i++)
        CPU_SET((size_t)cpus[i], &set);
    return set;
}

static void only_allowed_cpus_of_the_same_node_are_near(void **state)
{
    const int allowed[] = {0, 1, 2, 13, 15}, odd[] = {1, 13, 15};
    cpu_set_t set = cpus_of(5, allowed), expected = cpus_of(3, odd), near;
    (void)state;
    assert_true(lb_numa_near(TREE("two-sockets"), 15, &set, &near));
    assert_true(CPU_EQUAL(&near, &expected));
}

/* --cpu may name a CPU that the process was not started on. */
static void a_node_without_allowed_cpus_is_near_as_a_whole(void **state)
{
    const int allowed[] = {0, 2, 4}, odd[] = {1, 3, 5, 7, 9, 11, 13, 15};
    cpu_set_t set = cpus_of(3, allowed), expected = cpus_of(8, odd), near;
    (void)state;
    assert_true(lb_numa_near(TREE("two-sockets"), 15, &set, &near));
    assert_true(CPU_EQUAL(&near, &expected));
}

static void where_nodes_are_not_told_all_allowed_cpus_are_near(void **state)
{
    const int allowed[] = {0, 1};
    cpu_set_t set = cpus_of(2, allowed), near;
    (void)state;
    assert_false(lb_numa_near(TREE("one-cpu"), 0, &set, &near));
    assert_true(CPU_EQUAL(&near, &set));
    assert_false(lb_numa_near(TREE("two-sockets"), LB_CPU_NONE, &set, &near));
    assert_true(CPU_EQUAL(&near, &set));
}

static void staying_near_a_cpu_leaves_that_cpu_to_be_used(void **state)
{
    int cpu = lb_pin_default_cpu();
    struct lb_pin_cpus before;
    cpu_set_t after;
    (void)state;
    lb_pin_note(&before);
    lb_numa_stay_near(cpu);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    lb_pin_return(&before);
    assert_true(CPU_ISSET((size_t)cpu, &after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_allowed_cpus_of_the_same_node_are_near),
        cmocka_unit_test(a_node_without_allowed_cpus_is_near_as_a_whole),
        cmocka_unit_test(where_nodes_are_not_told_all_allowed_cpus_are_near),
        cmocka_unit_test(staying_near_a_cpu_leaves_that_cpu_to_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
