/* test_activity.c - steal and busy processes from two looks at a made-up /proc. */
#include "harness/machine/activity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/test_activity.XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void make_folder(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int set_up(void **unused)
{
    (void)unused;
    if (!mkdtemp(root))
        return -1;
    make_folder("proc");
    make_folder("proc/10");
    make_folder("proc/9");
    make_folder("proc/irq");
    return 0;
}

static int tear_down(void **unused)
{
    static const char *const names[] = {"proc/9/stat", "proc/10/stat", "proc/stat", "proc/9",
                                        "proc/10",     "proc/irq",     "proc",      ""};
    char path[4096];
    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        remove(path);
    }
    return 0;
}

static void write_process(int pid, const char *comm, int user, int system)
{
    char name[64], text[256];
    snprintf(name, sizeof name, "proc/%d/stat", pid);
    snprintf(text, sizeof text,
             "%d (%s) R 1 1 1 0 -1 4194304 119 0 0 0 %d %d 0 0 20 0 1 0 179382\n", pid, comm, user,
             system);
    write_file(name, text);
}

static void what_passed_between_two_looks_is_shared_out(void **unused)
{
    (void)unused;
    static struct lb_activity before, after;
    struct lb_activity_share share;
    write_file("proc/stat", "cpu  1000 0 500 8000 0 0 0 100 50 0\ncpu0 1 2 3\n");
    write_process(9, "calm", 100, 5);
    write_process(10, "a (busy) one", 2000, 300);
    assert_int_equal(lb_activity_look(root, &before, NULL), LB_OK);
    assert_int_equal(before.process_count, 2);
    assert_int_equal(before.processes[0].pid, 9);
    assert_string_equal(before.processes[1].name, "a (busy) one");
    assert_int_equal(before.processes[1].ticks, 2300);

    /* 200 ticks later on 2 CPUs: a second of time. 10 stolen; 60 used by the busy one. */
    write_file("proc/stat", "cpu  1080 0 510 8100 0 0 0 110 50 0\n");
    write_process(9, "calm", 105, 5);
    write_process(10, "a (busy) one", 2050, 310);
    assert_int_equal(lb_activity_look(root, &after, NULL), LB_OK);
    lb_activity_compare(&before, &after, 2, &share);
    assert_true(fabs(share.steal - 0.05) < 1e-9);
    assert_int_equal(share.busy_count, 1);
    assert_int_equal(share.busy[0].pid, 10);
    assert_true(fabs(share.busy[0].cpus - 0.6) < 1e-9);
}

static void the_busiest_come_first_and_no_more_than_three(void **unused)
{
    (void)unused;
    static struct lb_activity before, after;
    struct lb_activity_share share;
    const uint64_t ticks[] = {30, 90, 10, 50, 70};
    before = (struct lb_activity){.cpu_ticks = 1000, .process_count = 0};
    after = (struct lb_activity){.cpu_ticks = 1100, .process_count = 5};
    for (int i = 0; i < 5; i++)
        after.processes[i] = (struct lb_process_time){.pid = i + 1, .ticks = ticks[i]};
    lb_activity_compare(&before, &after, 1, &share);
    assert_int_equal(share.busy_count, 3);
    assert_int_equal(share.busy[0].pid, 2);
    assert_int_equal(share.busy[1].pid, 5);
    assert_int_equal(share.busy[2].pid, 4);
}

static void when_no_time_passed_the_steal_is_unknown(void **unused)
{
    (void)unused;
    static struct lb_activity look;
    struct lb_activity_share share;
    look = (struct lb_activity){.cpu_ticks = 5};
    lb_activity_compare(&look, &look, 1, &share);
    assert_true(isnan(share.steal));
    assert_int_equal(share.busy_count, 0);
}

static void without_proc_stat_nothing_can_be_seen(void **unused)
{
    (void)unused;
    static struct lb_activity look;
    struct lb_error error;
    assert_int_equal(lb_activity_look("tests/harness", &look, &error), LB_SYSTEM);
}

static void this_machine_can_be_looked_at(void **unused)
{
    (void)unused;
    static struct lb_activity look;
    assert_int_equal(lb_activity_look(NULL, &look, NULL), LB_OK);
    assert_true(look.cpu_ticks > 0);
    for (uint64_t i = 0; i < look.process_count; i++)
        assert_int_not_equal(look.processes[i].pid, getpid());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_passed_between_two_looks_is_shared_out),
        cmocka_unit_test(the_busiest_come_first_and_no_more_than_three),
        cmocka_unit_test(when_no_time_passed_the_steal_is_unknown),
        cmocka_unit_test(without_proc_stat_nothing_can_be_seen),
        cmocka_unit_test(this_machine_can_be_looked_at),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
