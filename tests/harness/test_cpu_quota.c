/* test_cpu_quota.c - the tightest CPU quota of the groups around this process. */
#include "cmocka_all.h"

#include "fake_machine.h"

#include "harness/base/cpu_quota.h"

#include <math.h>

static struct fake_machine machine;

static int make_machine(void **state)
{
    (void)state;
    fake_machine_init(&machine, 0);
    return 0;
}

static int remove_machine(void **state)
{
    (void)state;
    fake_machine_remove(&machine);
    return 0;
}

static void without_cgroups_there_is_none(void **state)
{
    (void)state;
    assert_true(isinf(lb_cpu_quota(machine.root)));
    fake_machine_write(&machine, "/proc/self/cgroup", "0::/slice/job\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/job/cpu.max", "max 100000\n");
    assert_true(isinf(lb_cpu_quota(machine.root)));
}

static void the_tightest_of_the_groups_above_counts_in_v2(void **state)
{
    (void)state;
    fake_machine_write(&machine, "/proc/self/cgroup", "0::/slice/job\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/job/cpu.max", "200000 100000\n");
    assert_true(lb_cpu_quota(machine.root) == 2);
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/cpu.max", "50000 100000\n");
    assert_true(lb_cpu_quota(machine.root) == 0.5);
}

static void in_a_container_the_group_at_the_top_is_its_own(void **state)
{
    (void)state;
    fake_machine_write(&machine, "/proc/self/cgroup", "0::/docker/0123\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/cpu.max", "150000 100000\n");
    assert_true(lb_cpu_quota(machine.root) == 1.5);
}

static void v1_has_quota_and_period_in_files_of_their_own(void **state)
{
    (void)state;
    fake_machine_write(&machine, "/proc/self/cgroup",
                       "5:memory:/job\n4:cpuset:/other\n3:cpu,cpuacct:/job\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "25000\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assert_true(lb_cpu_quota(machine.root) == 0.25);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_machine, remove_machine)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_cgroups_there_is_none),
        TEST(the_tightest_of_the_groups_above_counts_in_v2),
        TEST(in_a_container_the_group_at_the_top_is_its_own),
        TEST(v1_has_quota_and_period_in_files_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
