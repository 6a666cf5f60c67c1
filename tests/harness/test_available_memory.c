/* test_available_memory.c - what is left of the machine, and of the cgroups around this process. */
#include "cmocka_all.h"

#include "fake_machine.h"

#include "harness/base/available_memory.h"

enum { MIB = 1 << 20 };

static struct fake_machine machine;

static int make_machine(void **state)
{
    (void)state;
    fake_machine_init(&machine, 0);
    fake_machine_write(&machine, "/proc/meminfo",
                       "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n");
    return 0;
}

static int remove_machine(void **state)
{
    (void)state;
    fake_machine_remove(&machine);
    return 0;
}

static uint64_t available_mib(void)
{
    return lb_available_memory(machine.root) / MIB;
}

static void without_cgroups_it_is_what_the_machine_has(void **state)
{
    (void)state;
    assert_int_equal(available_mib(), 8192);
    assert_int_equal(lb_available_memory("tests/machines/intel-hybrid") / MIB, 11200000 / 1024);
}

static void what_cannot_be_read_is_not_known(void **state)
{
    (void)state;
    assert_true(lb_available_memory("tests/machines/no-such-machine") == UINT64_MAX);
}

static void the_tightest_limit_up_the_tree_counts_in_v2(void **state)
{
    (void)state;
    fake_machine_write(&machine, "/proc/self/cgroup", "0::/slice/job\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/job/memory.max", "max\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/job/memory.current", "1048576\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/memory.max", "1073741824\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/memory.current", "536870912\n");
    assert_int_equal(available_mib(), 512);
    fake_machine_write(&machine, "/sys/fs/cgroup/slice/job/memory.max", "105906176\n");
    assert_int_equal(available_mib(), 100);
}

static void a_cgroups_file_pages_count_as_free(void **state)
{
    (void)state;
    fake_machine_write(&machine, "/proc/self/cgroup", "0::/\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/memory.max", "1073741824\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/memory.current", "1073741824\n");
    assert_int_equal(available_mib(), 0);
    fake_machine_write(&machine, "/sys/fs/cgroup/memory.stat",
                       "anon 5\nfile 9\ninactive_file 104857600\nactive_file 209715200\n");
    assert_int_equal(available_mib(), 300);
}

static void a_container_of_v1_sees_its_own_limit_at_the_root(void **state)
{
    (void)state;
    fake_machine_write(&machine, "/proc/self/cgroup",
                       "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n");
    fake_machine_write(&machine, "/sys/fs/cgroup/memory/memory.usage_in_bytes", "1073741824\n");
    assert_int_equal(available_mib(), 1024);
    fake_machine_write(&machine, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                       "9223372036854771712\n"); /* none */
    assert_int_equal(available_mib(), 8192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_cgroups_it_is_what_the_machine_has, make_machine,
                                        remove_machine),
        cmocka_unit_test(what_cannot_be_read_is_not_known),
        cmocka_unit_test_setup_teardown(the_tightest_limit_up_the_tree_counts_in_v2, make_machine,
                                        remove_machine),
        cmocka_unit_test_setup_teardown(a_cgroups_file_pages_count_as_free, make_machine,
                                        remove_machine),
        cmocka_unit_test_setup_teardown(a_container_of_v1_sees_its_own_limit_at_the_root,
                                        make_machine, remove_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
