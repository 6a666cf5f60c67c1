/* test_pmu.c - which PMU counts for a CPU, on captured machines. */
#include "fake_machine.h"

#include "harness/counters/events.h"
#include "harness/counters/pmu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    int line, cpu;
    const char *root, *device, *microarchitecture;
    bool hybrid, virtualised;
} machines[] = {
    {__LINE__, 0, "tests/machines/intel-hybrid", "cpu_core", "Alder Lake P-core", true, false},
    {__LINE__, 5, "tests/machines/intel-hybrid", "cpu_atom", "Alder Lake E-core", true, false},
    {__LINE__, 9, "tests/machines/two-sockets", "cpu", "Cascade Lake", false, false},
    {__LINE__, 2, "tests/machines/arm-neoverse-n1", "armv8_pmuv3_0", "Neoverse N1", false, false},
    {__LINE__, 1, "tests/machines/vm-without-pmu", "", "Zen 3", false, true},
};

static void each_captured_machine_has_its_pmu(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        struct lb_pmu pmu;
        lb_pmu_read(machines[i].root, machines[i].cpu, &pmu);
        assert_string_equal(pmu.device, machines[i].device);
        assert_int_equal(pmu.hybrid, machines[i].hybrid);
        assert_int_equal(pmu.virtualised, machines[i].virtualised);
        assert_string_equal(lb_events_find(&pmu)->name, machines[i].microarchitecture);
        assert_true(pmu.paranoid != LB_PARANOID_UNKNOWN);
    }
}

static void a_pmu_whose_cpus_are_all_offline_counts_on_none(void **state)
{
    static const struct {
        int line;
        const char *atom_cpus, *device;
    } rows[] = {
        {__LINE__, "\n", "cpu_core"},
        {__LINE__, "4-7\n", "cpu_core"},
        {__LINE__, "0-7\n", "cpu_atom"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake_machine machine;
        struct lb_pmu pmu;
        fake_machine_init(&machine, 0);
        fake_machine_write(&machine, "/sys/bus/event_source/devices/cpu_atom/type", "10\n");
        fake_machine_write(&machine, "/sys/bus/event_source/devices/cpu_atom/cpus",
                           rows[i].atom_cpus);
        fake_machine_write(&machine, "/sys/bus/event_source/devices/cpu_core/type", "4\n");
        fake_machine_write(&machine, "/sys/bus/event_source/devices/cpu_core/cpus", "0-3\n");
        lb_pmu_read(machine.root, 0, &pmu);
        fake_machine_remove(&machine);
        if (strcmp(pmu.device, rows[i].device) != 0)
            fail_msg("line %d: %s", rows[i].line, pmu.device);
    }
}

static void a_machine_that_tells_nothing_is_unknown_and_no_error(void **state)
{
    (void)state;
    struct lb_pmu pmu;
    lb_pmu_read("tests/machines/no-such-machine", 0, &pmu);
    assert_null(pmu.microarchitecture);
    assert_string_equal(pmu.device, "");
    assert_int_equal(pmu.paranoid, LB_PARANOID_UNKNOWN);
    assert_false(pmu.seccomp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_captured_machine_has_its_pmu),
        cmocka_unit_test(a_pmu_whose_cpus_are_all_offline_counts_on_none),
        cmocka_unit_test(a_machine_that_tells_nothing_is_unknown_and_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
