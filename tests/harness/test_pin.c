/* test_pin.c - which CPU is measured on when nobody says. */
#include "cmocka_all.h"

#include "cpu_sets.h"
#include "fake_machine.h"

#include "harness/base/pin.h"

static void cores_of_one_kind_leave_the_last_that_is_allowed(void **state)
{
    cpu_set_t set = first_cpus(16);
    (void)state;
    assert_int_equal(lb_pin_choose("tests/machines/two-sockets", &set), 15);
    CPU_CLR(15, &set);
    assert_int_equal(lb_pin_choose("tests/machines/two-sockets", &set), 14);
    CPU_ZERO(&set);
    assert_int_equal(lb_pin_choose("tests/machines/two-sockets", &set), LB_CPU_NONE);
}

static void of_a_hybrid_it_is_the_last_performance_core(void **state)
{
    cpu_set_t set = first_cpus(12);
    (void)state;
    assert_int_equal(lb_pin_choose("tests/machines/intel-hybrid", &set), 3);
    for (int cpu = 0; cpu < 4; cpu++)
        CPU_CLR((size_t)cpu, &set); /* a cpuset of efficient cores alone */
    assert_int_equal(lb_pin_choose("tests/machines/intel-hybrid", &set), 11);
}

static void of_big_and_little_it_is_the_last_big_core(void **state)
{
    struct fake_machine machine;
    cpu_set_t set = first_cpus(4);
    (void)state;
    fake_machine_init(&machine, 0);
    fake_machine_write(&machine, "/sys/devices/system/cpu/cpu0/cpu_capacity", "446\n");
    fake_machine_write(&machine, "/sys/devices/system/cpu/cpu1/cpu_capacity", "1024\n");
    fake_machine_write(&machine, "/sys/devices/system/cpu/cpu2/cpu_capacity", "1024\n");
    fake_machine_write(&machine, "/sys/devices/system/cpu/cpu3/cpu_capacity", "446\n");
    assert_int_equal(lb_pin_choose(machine.root, &set), 2);
    fake_machine_remove(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_of_one_kind_leave_the_last_that_is_allowed),
        cmocka_unit_test(of_a_hybrid_it_is_the_last_performance_core),
        cmocka_unit_test(of_big_and_little_it_is_the_last_big_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
