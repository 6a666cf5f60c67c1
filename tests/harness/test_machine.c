/* test_machine.c - other machines, read from the trees in tests/machines. */
#include "harness/machine/machine.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TREE(name) "tests/machines/" name

static struct lb_machine read_tree(const char *root)
{
    struct lb_machine machine;
    struct lb_error error = {""};
    assert_int_equal(lb_machine_read(root, &machine, &error), LB_OK);
    return machine;
}

static void a_hybrid_cpu_has_another_core_and_other_caches_on_each_side(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(TREE("intel-hybrid"));
    struct lb_error error;
    assert_int_equal(machine.measured_cpu, 0);
    assert_string_equal(machine.cpu.microarchitecture, "Alder Lake P-core");
    assert_int_equal(lb_machine_cache_bytes(&machine, 1), 48 * 1024);
    assert_int_equal(lb_machine_cache_bytes(&machine, 2), 1280 * 1024);
    assert_int_equal(machine.cpu.max_mhz, 4400);

    assert_int_equal(lb_machine_use_cpu(TREE("intel-hybrid"), 4, &machine, &error), LB_OK);
    assert_string_equal(machine.cpu.microarchitecture, "Alder Lake E-core");
    assert_int_equal(lb_machine_cache_bytes(&machine, 1), 32 * 1024);
    assert_int_equal(lb_machine_cache_bytes(&machine, 2), 2048 * 1024);
    assert_int_equal(machine.cpu.max_mhz, 3300);
    assert_int_equal(machine.logical_cpus, 12);
    assert_int_equal(machine.physical_cores, 10);
    assert_int_equal(machine.threads_per_core, 2);
    assert_int_equal(machine.split_lock_detect, 1);
    assert_int_equal(machine.turbo, 1);
    assert_int_equal(machine.virtualised, 0);
}

static void a_cpu_that_is_not_online_cannot_be_used(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(TREE("two-sockets"));
    struct lb_error error;
    assert_int_equal(lb_machine_use_cpu(TREE("two-sockets"), 16, &machine, &error), LB_USAGE);
    assert_string_equal(error.text, "CPU 16 is not online");
    assert_int_equal(lb_machine_use_cpu(TREE("two-sockets"), -1, &machine, NULL), LB_USAGE);
    assert_int_equal(machine.measured_cpu, 0);
}

static void two_sockets_are_counted_as_two(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(TREE("two-sockets"));
    assert_int_equal(machine.sockets, 2);
    assert_int_equal(machine.numa_nodes, 2);
    assert_int_equal(machine.physical_cores, 8);
    assert_int_equal(machine.logical_cpus, 16);
    assert_string_equal(machine.cpu.microarchitecture, "Cascade Lake");
    assert_int_equal(machine.turbo, 0);
    assert_string_equal(machine.governor, "performance");
    assert_string_equal(machine.transparent_hugepages, "madvise");
    assert_int_equal(machine.cache_count, 4);
    assert_int_equal(machine.caches[3].ways, 11);
    assert_int_equal(machine.caches[3].shared_by_cpus, 8);
}

static void a_paranoid_level_of_minus_one_is_known(void **unused)
{
    (void)unused;
    struct lb_machine open = read_tree(TREE("two-sockets"));
    struct lb_machine unknown = read_tree(TREE("one-cpu"));
    assert_true(open.perf_event_paranoid_known);
    assert_int_equal(open.perf_event_paranoid, -1);
    assert_false(unknown.perf_event_paranoid_known);
}

static void an_arm_cpu_is_known_by_its_part_number(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(TREE("arm-neoverse-n1"));
    assert_string_equal(machine.architecture, "aarch64");
    assert_string_equal(machine.cpu.id.vendor, "Arm");
    assert_string_equal(machine.cpu.microarchitecture, "Neoverse N1");
    assert_string_equal(machine.cpu.model_name, "");
    assert_int_equal(machine.caches[3].ways, LB_UNKNOWN);
    assert_int_equal(machine.has_pmu, 1);
    assert_int_equal(machine.virtualised, LB_UNKNOWN);
    assert_int_equal(machine.split_lock_detect, LB_UNKNOWN);
}

static void a_guest_is_told_from_its_flag_and_its_firmware(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(TREE("vm-without-pmu"));
    assert_int_equal(machine.virtualised, 1);
    assert_string_equal(machine.hypervisor, "QEMU");
    assert_int_equal(machine.has_pmu, 0);
    assert_string_equal(machine.cpu.microarchitecture, "Zen 3");
    assert_string_equal(machine.clocksource, "hpet");
    assert_int_equal(machine.physical_cores, 2);
    assert_string_equal(machine.architecture, "x86_64");
    assert_string_equal(machine.distribution, "Debian GNU/Linux 10 (buster)");
    assert_string_equal(machine.kernel, "Linux 4.19.0-27-amd64");
}

static void what_a_bare_container_hides_is_unknown_and_not_zero(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(TREE("one-cpu"));
    assert_int_equal(machine.logical_cpus, 1);
    assert_int_equal(machine.physical_cores, LB_UNKNOWN);
    assert_int_equal(machine.sockets, LB_UNKNOWN);
    assert_int_equal(machine.numa_nodes, LB_UNKNOWN);
    assert_int_equal(machine.smt, LB_UNKNOWN);
    assert_int_equal(machine.turbo, LB_UNKNOWN);
    assert_int_equal(machine.aslr, LB_UNKNOWN);
    assert_int_equal(machine.has_pmu, LB_UNKNOWN);
    assert_int_equal(machine.cpu.max_mhz, LB_UNKNOWN);
    assert_int_equal(machine.cache_count, 0);
    assert_int_equal(lb_machine_cache_bytes(&machine, 1), LB_UNKNOWN);
    assert_string_equal(machine.cpu.microarchitecture, "");
    assert_string_equal(machine.architecture, "unknown");
    assert_int_equal(machine.memory_available_bytes, INT64_C(700000) * 1024);
}

static void a_root_without_proc_is_refused_by_name(void **unused)
{
    (void)unused;
    struct lb_machine machine;
    struct lb_error error;
    assert_int_equal(lb_machine_read("tests/harness", &machine, &error), LB_SYSTEM);
    assert_non_null(strstr(error.text, "tests/harness/proc/cpuinfo"));
}

static void this_machine_can_be_read(void **unused)
{
    (void)unused;
    struct lb_machine machine = read_tree(NULL);
    assert_true(machine.logical_cpus >= 1);
    assert_true(machine.memory_total_bytes > 0);
    assert_true(machine.page_bytes >= 4096);
}

static void the_table_knows_each_microarchitecture_of_the_event_tables(void **unused)
{
    (void)unused;
    static const struct {
        struct lb_cpu_id id;
        const char *name;
    } rows[] = {
        {{"GenuineIntel", 6, 0x55, 4, LB_CORE_PLAIN}, "Skylake-SP"},
        {{"GenuineIntel", 6, 0x55, 7, LB_CORE_PLAIN}, "Cascade Lake"},
        {{"GenuineIntel", 6, 0x55, 11, LB_CORE_PLAIN}, "Cooper Lake"},
        {{"GenuineIntel", 6, 0x6a, 6, LB_CORE_PLAIN}, "Ice Lake-SP"},
        {{"GenuineIntel", 6, 0x8f, 8, LB_CORE_PLAIN}, "Sapphire Rapids"},
        {{"GenuineIntel", 6, 0x97, 2, LB_CORE_PERFORMANCE}, "Alder Lake P-core"},
        {{"GenuineIntel", 6, 0x9a, 3, LB_CORE_EFFICIENT}, "Alder Lake E-core"},
        {{"AuthenticAMD", 0x17, 0x01, 2, LB_CORE_PLAIN}, "Zen"},
        {{"AuthenticAMD", 0x17, 0x08, 2, LB_CORE_PLAIN}, "Zen+"},
        {{"AuthenticAMD", 0x17, 0x31, 0, LB_CORE_PLAIN}, "Zen 2"},
        {{"AuthenticAMD", 0x19, 0x01, 1, LB_CORE_PLAIN}, "Zen 3"},
        {{"AuthenticAMD", 0x19, 0x11, 1, LB_CORE_PLAIN}, "Zen 4"},
        {{"AuthenticAMD", 0x1a, 0x02, 1, LB_CORE_PLAIN}, "Zen 5"},
        {{"Arm", 8, 0xd0c, 1, LB_CORE_PLAIN}, "Neoverse N1"},
        {{"Arm", 8, 0xd40, 1, LB_CORE_PLAIN}, "Neoverse V1"},
        {{"Arm", 8, 0xd49, 1, LB_CORE_PLAIN}, "Neoverse N2"},
        {{"Arm", 8, 0xd08, 3, LB_CORE_PLAIN}, "Cortex-A72"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(lb_machine_microarchitecture(&rows[i].id), rows[i].name);
    const struct lb_cpu_id strangers[] = {
        {"GenuineIntel", 15, 0x55, 4, LB_CORE_PLAIN},
        {"AuthenticAMD", 0x1a, 0xff, 0, LB_CORE_PLAIN},
        {"", LB_UNKNOWN, LB_UNKNOWN, LB_UNKNOWN, LB_CORE_PLAIN},
    };
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_null(lb_machine_microarchitecture(&strangers[i]));
}

/* ---- JSON ---- */

static struct json_object *to_json(const char *root)
{
    const struct lb_environment environment = {"gcc 12", "-O2", NULL, "D1 32 KiB"};
    const struct lb_machine_parts parts = {.name = NULL};
    struct lb_machine machine = read_tree(root);
    return lb_machine_to_json(&machine, &environment, &parts);
}

static struct json_object *at(struct json_object *object, const char *key)
{
    struct json_object *value;
    assert_true(json_object_object_get_ex(object, key, &value));
    return value;
}

static void unknown_is_null_in_the_document(void **unused)
{
    (void)unused;
    struct json_object *machine = to_json(TREE("one-cpu"));
    const char *nulls[] = {"caches_measured",    "distribution", "governor", "turbo", "smt", "aslr",
                           "perf_event_paranoid"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        assert_null(at(machine, nulls[i]));
    assert_null(at(at(machine, "cpu"), "sockets"));
    assert_null(at(at(machine, "cpu"), "max_mhz"));
    assert_string_equal(json_object_get_string(at(machine, "name")), "unknown");
    json_object_put(machine);
}

static const char *digest(struct json_object *machine, const char *name)
{
    return json_object_get_string(at(at(machine, "fingerprints"), name));
}

static void another_machine_has_another_fingerprint_but_the_same_environment(void **unused)
{
    (void)unused;
    struct json_object *a = to_json(TREE("two-sockets")), *b = to_json(TREE("vm-without-pmu")),
                       *again = to_json(TREE("two-sockets"));
    assert_string_equal(digest(a, "machine"), digest(again, "machine"));
    assert_string_not_equal(digest(a, "machine"), digest(b, "machine"));
    assert_string_equal(digest(a, "environment"), digest(b, "environment"));
    assert_int_equal(strlen(digest(a, "machine")), 16);
    json_object_put(a);
    json_object_put(b);
    json_object_put(again);
}

static void each_part_of_the_environment_changes_its_fingerprint(void **unused)
{
    (void)unused;
    const struct lb_machine machine = read_tree(TREE("two-sockets"));
    const struct lb_environment environments[] = {
        {"gcc 12", "-O2", "3.19.0", "a"}, {"gcc 13", "-O2", "3.19.0", "a"},
        {"gcc 12", "-O3", "3.19.0", "a"}, {"gcc 12", "-O2", NULL, "a"},
        {"gcc 12", "-O2", "3.19.0", "b"},
    };
    enum { COUNT = sizeof environments / sizeof *environments };
    struct lb_fingerprint seen[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        lb_machine_fingerprint_environment(&machine, &environments[i], &seen[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(seen[i].digest, seen[j].digest);
    }
}

static void flags_too_long_to_be_kept_whole_are_told_apart_by_their_ends(void **unused)
{
    (void)unused;
    const struct lb_machine machine = read_tree(TREE("two-sockets"));
    struct lb_fingerprint one, other;
    char flags[2 * sizeof one.fields[0].value];
    memset(flags, 'x', sizeof flags);
    flags[sizeof flags - 1] = 0;
    const struct lb_environment environment = {.flags = flags};
    lb_machine_fingerprint_environment(&machine, &environment, &one);
    flags[sizeof flags - 2] = 'y';
    lb_machine_fingerprint_environment(&machine, &environment, &other);
    assert_string_not_equal(one.digest, other.digest);
    assert_string_not_equal(one.fields[1].value, other.fields[1].value);
    assert_int_equal(strlen(one.fields[1].value), sizeof one.fields[1].value - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hybrid_cpu_has_another_core_and_other_caches_on_each_side),
        cmocka_unit_test(a_cpu_that_is_not_online_cannot_be_used),
        cmocka_unit_test(two_sockets_are_counted_as_two),
        cmocka_unit_test(a_paranoid_level_of_minus_one_is_known),
        cmocka_unit_test(an_arm_cpu_is_known_by_its_part_number),
        cmocka_unit_test(a_guest_is_told_from_its_flag_and_its_firmware),
        cmocka_unit_test(what_a_bare_container_hides_is_unknown_and_not_zero),
        cmocka_unit_test(a_root_without_proc_is_refused_by_name),
        cmocka_unit_test(this_machine_can_be_read),
        cmocka_unit_test(the_table_knows_each_microarchitecture_of_the_event_tables),
        cmocka_unit_test(unknown_is_null_in_the_document),
        cmocka_unit_test(another_machine_has_another_fingerprint_but_the_same_environment),
        cmocka_unit_test(each_part_of_the_environment_changes_its_fingerprint),
        cmocka_unit_test(flags_too_long_to_be_kept_whole_are_told_apart_by_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
