/* test_cores.c - threads are put on cores of their own, as captured machines have them. */
#include "cmocka_all.h"

#include "cpu_sets.h"
#include "fake_machine.h"

#include "harness/base/cores.h"

#define TREE(name) "tests/machines/" name

enum { WANTED = 16 };

static void siblings_of_one_core_count_once(void **state)
{
    cpu_set_t allowed =
        first_cpus(12); /* CPU 0 and 1 are one performance core, 4 to 11 are alone */
    int cpus[WANTED];
    (void)state;
    assert_int_equal(lb_cores_choose(TREE("intel-hybrid"), &allowed, 1, cpus, WANTED), 10);
    assert_int_equal(cpus[0], 1);
    assert_int_equal(cpus[1], 2);
    assert_int_equal(cpus[2], 4);
}

static void no_more_are_chosen_than_are_wanted(void **state)
{
    cpu_set_t allowed = first_cpus(16);
    int cpus[WANTED] = {0};
    (void)state;
    assert_int_equal(lb_cores_choose(TREE("two-sockets"), &allowed, 2, cpus, 2), 2);
    assert_int_equal(cpus[0], 2);
    assert_int_equal(cpus[1], 0);
    assert_int_equal(cpus[2], 0);
}

/* Even CPUs are one socket, odd ones the other; 3 and 11 are one core. */
static void those_that_share_a_cache_come_first(void **state)
{
    const int expected[] = {3, 1, 5, 7, 0, 2, 4, 6};
    cpu_set_t allowed = first_cpus(16);
    int cpus[WANTED];
    (void)state;
    assert_int_equal(lb_cores_choose(TREE("two-sockets"), &allowed, 3, cpus, WANTED), 8);
    for (int i = 0; i < 8; i++)
        assert_int_equal(cpus[i], expected[i]);
}

/* As on an Arm chip of four small cores and four large ones behind one cache. */
static void of_those_that_are_as_near_the_same_kind_comes_first(void **state)
{
    const int expected[] = {7, 4, 5, 6, 0, 1, 2, 3};
    struct fake_machine machine;
    cpu_set_t allowed = first_cpus(8);
    int cpus[WANTED];
    (void)state;
    fake_machine_init(&machine, 0);
    for (int cpu = 0; cpu < 8; cpu++) {
        char path[96];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpu_capacity", cpu);
        fake_machine_write(&machine, path, cpu < 4 ? "446\n" : "1024\n");
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index0/shared_cpu_list",
                 cpu);
        fake_machine_write(&machine, path, "0-7\n");
    }
    assert_int_equal(lb_cores_choose(machine.root, &allowed, 7, cpus, WANTED), 8);
    fake_machine_remove(&machine);
    for (int i = 0; i < 8; i++)
        assert_int_equal(cpus[i], expected[i]);
}

static void a_cpu_that_is_not_allowed_is_not_chosen(void **state)
{
    cpu_set_t allowed;
    int cpus[WANTED];
    (void)state;
    CPU_ZERO(&allowed);
    CPU_SET(0, &allowed);
    CPU_SET(8, &allowed); /* the other thread of core 0 */
    CPU_SET(9, &allowed);
    assert_int_equal(lb_cores_choose(TREE("two-sockets"), &allowed, 8, cpus, WANTED), 2);
    assert_int_equal(cpus[0], 8);
    assert_int_equal(cpus[1], 9);
}

static void where_the_topology_is_not_told_each_cpu_is_a_core(void **state)
{
    cpu_set_t allowed = first_cpus(3);
    int cpus[WANTED];
    (void)state;
    assert_int_equal(lb_cores_choose(TREE("one-cpu"), &allowed, 0, cpus, WANTED), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siblings_of_one_core_count_once),
        cmocka_unit_test(no_more_are_chosen_than_are_wanted),
        cmocka_unit_test(those_that_share_a_cache_come_first),
        cmocka_unit_test(of_those_that_are_as_near_the_same_kind_comes_first),
        cmocka_unit_test(a_cpu_that_is_not_allowed_is_not_chosen),
        cmocka_unit_test(where_the_topology_is_not_told_each_cpu_is_a_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
