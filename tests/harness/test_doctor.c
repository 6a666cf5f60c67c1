/* test_doctor.c - which conditions are noticed on which machine of tests/machines. */
#include "harness/machine/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define TREE(name) "tests/machines/" name

/* A bit for each condition. */
#define BIT(name) (UINT64_C(1) << LB_CONDITION_##name)

static const uint64_t no_tools = BIT(NO_HYPERFINE) | BIT(NO_PAHOLE);

static struct lb_conditions examine(const char *root, const char *path, int libpfm_knows_cpu,
                                    const struct lb_activity_share *activity)
{
    struct lb_machine machine;
    struct lb_conditions out = {0};
    assert_int_equal(lb_machine_read(root, &machine, NULL), LB_OK);
    const struct lb_doctor_facts facts = {root, &machine, path, libpfm_knows_cpu, activity};
    lb_doctor_examine(&facts, &out);
    return out;
}

static uint64_t bits(const struct lb_conditions *conditions)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < conditions->count; i++)
        seen |= UINT64_C(1) << conditions->noticed[i].id;
    return seen;
}

static const char *message(const struct lb_conditions *conditions, enum lb_condition_id id)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (conditions->noticed[i].id == id)
            return conditions->noticed[i].message;
    fail_msg("%s was not noticed", lb_condition_name(id));
    return NULL;
}

static void each_machine_shows_its_own_conditions_and_no_others(void **unused)
{
    (void)unused;
    static const struct {
        const char *root;
        uint64_t expected; /* besides the tools, which are not there */
    } rows[] = {
        {TREE("intel-hybrid"), BIT(PARANOID) | BIT(NO_VALGRIND) | BIT(GOVERNOR) | BIT(TURBO) |
                                   BIT(SMT) | BIT(HYBRID) | BIT(BATTERY) | BIT(LOAD) |
                                   BIT(HUGE_PAGES_ALWAYS) | BIT(SWAP) | BIT(SPLIT_LOCK)},
        {TREE("two-sockets"), BIT(NO_VALGRIND) | BIT(SMT)},
        {TREE("arm-neoverse-n1"), BIT(NO_VALGRIND) | BIT(GOVERNOR) | BIT(HUGE_PAGES_NEVER)},
        {TREE("vm-without-pmu"), BIT(PARANOID_KERNEL) | BIT(NO_PMU) | BIT(NO_MISSES) |
                                     BIT(CPU_QUOTA) | BIT(VIRTUALISED) | BIT(CLOCKSOURCE) |
                                     BIT(ASLR_OFF) | BIT(LOW_MEMORY)},
        {TREE("one-cpu"), BIT(NO_VALGRIND) | BIT(SINGLE_CPU) | BIT(LOW_MEMORY)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_conditions found = examine(rows[i].root, "", 1, NULL);
        assert_int_equal(bits(&found), rows[i].expected | no_tools);
    }
}

static void messages_say_what_was_read(void **unused)
{
    (void)unused;
    struct lb_conditions laptop = examine(TREE("intel-hybrid"), NULL, 1, NULL);
    assert_string_equal(
        message(&laptop, LB_CONDITION_PARANOID),
        "kernel.perf_event_paranoid is 3: this user may not count hardware events.");
    assert_non_null(strstr(message(&laptop, LB_CONDITION_GOVERNOR), "\"powersave\""));
    assert_non_null(strstr(message(&laptop, LB_CONDITION_LOAD), "2.31 on 12 CPUs"));
    assert_non_null(strstr(message(&laptop, LB_CONDITION_SWAP), "95 MiB"));
    struct lb_conditions guest = examine(TREE("vm-without-pmu"), NULL, 1, NULL);
    assert_non_null(strstr(message(&guest, LB_CONDITION_CPU_QUOTA), "1.5 of 2 CPUs"));
    assert_non_null(strstr(message(&guest, LB_CONDITION_VIRTUALISED), "QEMU"));
}

/* The Arm tree is a root shell's at level 2; the two-sockets one an ordinary user's at -1. */
static void who_may_count_anyway_is_not_warned(void **unused)
{
    (void)unused;
    struct lb_conditions root_user = examine(TREE("arm-neoverse-n1"), "", 1, NULL);
    struct lb_conditions open = examine(TREE("two-sockets"), "", 1, NULL);
    const uint64_t either = BIT(PARANOID) | BIT(PARANOID_KERNEL);
    assert_int_equal(bits(&root_user) & either, 0);
    assert_int_equal(bits(&open) & either, 0);
}

static void tools_are_looked_for_in_the_whole_path(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/test_doctor.XXXXXX", tool[64], path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(tool, sizeof tool, "%s/valgrind", folder);
    snprintf(path, sizeof path, "/nonexistent::%s", folder);
    FILE *file = fopen(tool, "w");
    assert_non_null(file);
    fclose(file);
    struct lb_conditions plain_file = examine(TREE("two-sockets"), path, 1, NULL);
    assert_int_equal(chmod(tool, 0700), 0);
    struct lb_conditions program = examine(TREE("two-sockets"), path, 1, NULL);
    remove(tool);
    remove(folder);
    assert_true(bits(&plain_file) & BIT(NO_VALGRIND));
    assert_false(bits(&program) & BIT(NO_VALGRIND));
    assert_true(bits(&program) & BIT(NO_HYPERFINE));
}

static void a_cpu_that_libpfm_does_not_know_is_said_only_where_there_is_a_pmu(void **unused)
{
    (void)unused;
    struct lb_conditions server = examine(TREE("arm-neoverse-n1"), "", 0, NULL);
    struct lb_conditions guest = examine(TREE("vm-without-pmu"), "", 0, NULL);
    struct lb_conditions cannot_tell = examine(TREE("arm-neoverse-n1"), "", LB_UNKNOWN, NULL);
    assert_non_null(strstr(message(&server, LB_CONDITION_LIBPFM_UNKNOWN), "Neoverse N1"));
    assert_false(bits(&guest) & BIT(LIBPFM_UNKNOWN));
    assert_false(bits(&cannot_tell) & BIT(LIBPFM_UNKNOWN));
}

static void steal_and_busy_processes_are_reported_with_their_share(void **unused)
{
    (void)unused;
    const struct lb_activity_share calm = {.steal = 0.001};
    const struct lb_activity_share busy = {
        .steal = 0.123,
        .busy_count = 2,
        .busy = {{.pid = 7, .name = "cc1", .cpus = 0.98}, {.pid = 8, .name = "make", .cpus = 0.4}},
    };
    struct lb_conditions in_calm = examine(TREE("two-sockets"), "", 1, &calm);
    struct lb_conditions in_bustle = examine(TREE("two-sockets"), "", 1, &busy);
    assert_int_equal(bits(&in_calm) & (BIT(STEAL) | BIT(BUSY_PROCESSES)), 0);
    assert_non_null(strstr(message(&in_bustle, LB_CONDITION_STEAL), "12.3 %"));
    assert_non_null(strstr(message(&in_bustle, LB_CONDITION_BUSY_PROCESSES),
                           "cc1 (98 % of a CPU), make (40 % of a CPU)"));
}

static void the_printed_report_has_every_message_and_its_advice(void **unused)
{
    (void)unused;
    struct lb_machine machine;
    char *text = NULL;
    size_t size = 0;
    assert_int_equal(lb_machine_read(TREE("intel-hybrid"), &machine, NULL), LB_OK);
    struct lb_conditions found = examine(TREE("intel-hybrid"), "", 1, NULL);
    FILE *out = open_memstream(&text, &size);
    lb_doctor_print(out, &machine, &found);
    fclose(out);
    assert_non_null(strstr(text, "Alder Lake P-core"));
    assert_non_null(strstr(text, "12 CPUs, 10 cores, 1 socket"));
    for (size_t i = 0; i < found.count; i++) {
        assert_non_null(strstr(text, found.noticed[i].message));
        assert_non_null(strstr(text, lb_condition_advice(found.noticed[i].id)));
    }
    free(text);
}

static void a_machine_without_proc_cannot_measure(void **unused)
{
    (void)unused;
    struct lb_machine machine = {.logical_cpus = 1};
    struct lb_conditions conditions;
    struct lb_error error;
    assert_int_equal(lb_doctor_report("tests/harness", &machine, &conditions, &error), LB_SYSTEM);
    assert_int_equal(conditions.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_machine_shows_its_own_conditions_and_no_others),
        cmocka_unit_test(messages_say_what_was_read),
        cmocka_unit_test(who_may_count_anyway_is_not_warned),
        cmocka_unit_test(tools_are_looked_for_in_the_whole_path),
        cmocka_unit_test(a_cpu_that_libpfm_does_not_know_is_said_only_where_there_is_a_pmu),
        cmocka_unit_test(steal_and_busy_processes_are_reported_with_their_share),
        cmocka_unit_test(the_printed_report_has_every_message_and_its_advice),
        cmocka_unit_test(a_machine_without_proc_cannot_measure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
