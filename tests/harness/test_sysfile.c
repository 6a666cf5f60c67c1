/* test_sysfile.c - small files below a root, and the kernel's lists of CPUs. */
#include "harness/base/sysfile.h"

#include "fake_machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HYBRID "tests/machines/intel-hybrid"

static void lists_are_read_as_the_kernel_writes_them(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int count, first, last;
    } rows[] = {
        {"0", 1, 0, 0},       {"0-3", 4, 0, 3},        {"0,2,4", 3, 0, 4},
        {"0-1,8-9", 4, 0, 9}, {"8191", 1, 8191, 8191}, {"", 0, -1, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_cpulist list;
        int last = -1;
        assert_true(lb_cpulist_parse(rows[i].text, &list));
        assert_int_equal(lb_cpulist_count(&list), rows[i].count);
        assert_int_equal(lb_cpulist_next(&list, -1), rows[i].first);
        for (int cpu = -1; (cpu = lb_cpulist_next(&list, cpu)) >= 0;)
            last = cpu;
        assert_int_equal(last, rows[i].last);
        assert_int_equal(lb_cpulist_has(&list, 2), rows[i].last >= 2 && rows[i].count >= 3 &&
                                                       strcmp(rows[i].text, "0-1,8-9") != 0);
    }
}

static void what_is_no_list_is_refused_and_leaves_the_old_one(void **unused)
{
    (void)unused;
    const char *bad[] = {"a", "1-", "-1", "3-1", "8192", "1;2", "0-99999999999", "1 2", ","};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lb_cpulist list = {{5}};
        assert_false(lb_cpulist_parse(bad[i], &list));
        assert_int_equal(list.bits[0], 5);
    }
}

static void a_file_that_is_missing_changes_nothing(void **unused)
{
    (void)unused;
    char line[8] = "kept";
    int64_t number = 7;
    assert_false(lb_sysfile_line(HYBRID, line, sizeof line, "sys/no/such"));
    assert_false(lb_sysfile_number(HYBRID, &number, "sys/no/such"));
    assert_string_equal(line, "kept");
    assert_int_equal(number, 7);
}

static void an_empty_line_is_an_empty_list_and_neither_text_nor_number(void **unused)
{
    (void)unused;
    struct fake_machine machine;
    struct lb_cpulist list = {{5}};
    char line[8] = "kept";
    int64_t number = 7;
    fake_machine_init(&machine, 0);
    fake_machine_write(&machine, "/sys/cpus", "\n");
    assert_false(lb_sysfile_cpulist(machine.root, &list, "sys/missing"));
    assert_int_equal(list.bits[0], 5);
    assert_true(lb_sysfile_cpulist(machine.root, &list, "sys/cpus"));
    assert_int_equal(lb_cpulist_count(&list), 0);
    assert_false(lb_sysfile_line(machine.root, line, sizeof line, "sys/cpus"));
    assert_false(lb_sysfile_number(machine.root, &number, "sys/cpus"));
    assert_string_equal(line, "kept");
    assert_int_equal(number, 7);
    fake_machine_remove(&machine);
}

static void words_are_not_numbers(void **unused)
{
    (void)unused;
    int64_t number = 7;
    assert_false(lb_sysfile_number(HYBRID, &number, "sys/kernel/mm/transparent_hugepage/enabled"));
    assert_false(lb_sysfile_number(HYBRID, &number, "sys/devices/cpu_core/cpus"));
    assert_int_equal(number, 7);
    assert_true(lb_sysfile_number("tests/machines/two-sockets", &number,
                                  "proc/sys/kernel/perf_event_paranoid"));
    assert_int_equal(number, -1);
}

static void a_line_longer_than_its_room_is_cut(void **unused)
{
    (void)unused;
    char line[5];
    assert_true(lb_sysfile_line(HYBRID, line, sizeof line, "proc/sys/kernel/hostname"));
    assert_string_equal(line, "lapt");
}

static void the_root_of_this_machine_has_three_names(void **unused)
{
    (void)unused;
    assert_true(lb_sysfile_is_live(NULL) && lb_sysfile_is_live("") && lb_sysfile_is_live("/"));
    assert_false(lb_sysfile_is_live(HYBRID));
    assert_true(lb_sysfile_exists(NULL, "proc/self/stat"));
    assert_true(lb_sysfile_exists("/", "proc/self/stat"));
    assert_false(lb_sysfile_exists(HYBRID, "proc/self/stat"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_as_the_kernel_writes_them),
        cmocka_unit_test(what_is_no_list_is_refused_and_leaves_the_old_one),
        cmocka_unit_test(a_file_that_is_missing_changes_nothing),
        cmocka_unit_test(an_empty_line_is_an_empty_list_and_neither_text_nor_number),
        cmocka_unit_test(words_are_not_numbers),
        cmocka_unit_test(a_line_longer_than_its_room_is_cut),
        cmocka_unit_test(the_root_of_this_machine_has_three_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
