/* test_child.c - what is told of a process that ends before it has answered. */
#include "cmocka_all.h"

#include "harness/case/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program that builds nothing and ends as the shell's words say. */
static void make_program(char *path, const char *words)
{
    strcpy(path, "/tmp/lb_test_child.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    dprintf(fd, "#!/bin/sh\necho ready %d 0 0 0 0 0 none >&3\n%s\n", LB_PROTOCOL_VERSION, words);
    fchmod(fd, 0700);
    close(fd);
}

static void a_death_before_it_is_asked_to_quit_keeps_its_cause(void **state)
{
    char path[64];
    struct lb_child child;
    struct lb_child_ready ready;
    struct lb_error error = {""};
    siginfo_t info;
    uint64_t checksum;
    (void)state;
    make_program(path, "kill -KILL $$");
    const struct lb_child_options options = {.program = path, .cpu = -1};
    assert_int_equal(lb_child_start(&child, "a/b/c/ws=16KiB", &options, &error), LB_OK);
    assert_int_equal(lb_child_wait_ready(&child, &ready, &error), LB_OK);
    assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
    lb_child_quit_begin(&child);
    assert_int_equal(lb_child_quit_end(&child, &checksum, &error), LB_CHILD);
    assert_non_null(strstr(error.text, "killed by SIGKILL"));
    unlink(path);
}

/* Nothing waits for two minutes here: what is waited for is looked at. */
static void a_layout_of_gibibytes_has_longer_to_be_built(void **state)
{
    char path[64];
    (void)state;
    make_program(path, "exit 0");
    const struct {
        uint64_t layout_bytes;
        int answer_ms, create_ms;
    } rows[] = {
        {0, 0, 120000},
        {UINT64_C(3) << 30, 0, 300000},
        {UINT64_C(3) << 30, 600000, 600000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_child child;
        const struct lb_child_options options = {.program = path,
                                                 .cpu = -1,
                                                 .layout_bytes = rows[i].layout_bytes,
                                                 .answer_ms = rows[i].answer_ms};
        assert_int_equal(lb_child_start(&child, "a/b/c/ws=16KiB", &options, NULL), LB_OK);
        assert_int_equal(child.create_ms, rows[i].create_ms);
        lb_child_kill(&child);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_death_before_it_is_asked_to_quit_keeps_its_cause),
        cmocka_unit_test(a_layout_of_gibibytes_has_longer_to_be_built),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
