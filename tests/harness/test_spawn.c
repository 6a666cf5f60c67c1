/* test_spawn.c - programs are started in a known environment, and their ends are told apart. */
#include "cmocka_all.h"

#include "harness/base/clock.h"
#include "harness/base/pool.h"
#include "harness/base/spawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static enum lb_status shell(const char *script, int timeout_ms, char **text, int *code,
                            struct lb_error *error)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct lb_spawn spawn = {.argv = argv, .err_fd = -1, .extra_fd = -1};
    *text = NULL;
    return lb_spawn_capture(&spawn, timeout_ms, text, code, error);
}

static void output_and_exit_status_are_captured(void **state)
{
    char *text;
    int code;
    (void)state;
    assert_int_equal(shell("echo one; echo two; exit 7", 5000, &text, &code, NULL), LB_OK);
    assert_string_equal(text, "one\ntwo\n");
    assert_int_equal(code, 7);
    free(text);
}

/* Where the environment ends moves the stack, and with it simulated misses. */
static void the_environment_is_cleared_and_of_one_size(void **state)
{
    char *with, *without;
    int code;
    (void)state;
    const char *argv[] = {"/usr/bin/env", NULL};
    struct lb_spawn spawn = {.argv = argv, .err_fd = -1, .extra_fd = -1};
    setenv("LB_TEST_SECRET", "leaks", 1);
    assert_int_equal(lb_spawn_capture(&spawn, 5000, &without, &code, NULL), LB_OK);
    setenv("LB_TEST_SECRET", "leaks and is much longer than before", 1);
    spawn.path = true;
    assert_int_equal(lb_spawn_capture(&spawn, 5000, &with, &code, NULL), LB_OK);
    assert_null(strstr(with, "LB_TEST_SECRET"));
    assert_non_null(strstr(without, "LC_ALL=C"));
    assert_int_equal(strlen(with), strlen(without));
    free(with);
    free(without);
}

static char *a_path_of(size_t length)
{
    static char path[2 * LB_SPAWN_ENVIRONMENT_BYTES];
    memset(path, 'a', length);
    path[length] = 0;
    return path;
}

static void a_path_is_passed_on_whole_or_the_program_is_not_started(void **state)
{
    const char *argv[] = {"/usr/bin/env", NULL}, *path = getenv("PATH");
    struct lb_spawn spawn = {.argv = argv, .path = true, .err_fd = -1, .extra_fd = -1};
    char *before = strdup(path ? path : ""), *text = NULL;
    struct lb_error error;
    int code;
    (void)state;
    setenv("PATH", a_path_of(LB_SPAWN_ENVIRONMENT_BYTES / 2), 1);
    assert_int_equal(lb_spawn_capture(&spawn, 5000, &text, &code, &error), LB_OK);
    assert_non_null(strstr(text, getenv("PATH")));
    free(text);
    for (size_t beyond = 0; beyond <= 4096; beyond += 1024) {
        setenv("PATH", a_path_of(LB_SPAWN_ENVIRONMENT_BYTES + beyond), 1);
        assert_int_equal(lb_spawn_capture(&spawn, 5000, &text, &code, &error), LB_UNAVAILABLE);
        assert_non_null(strstr(error.text, "PATH does not fit"));
    }
    setenv("PATH", before, 1);
    free(before);
}

/* In a process that may start no other. What is left of *pid is what callers wait for, and kill. */
static int start_where_none_may(void)
{
    const char *argv[] = {"/bin/true", NULL};
    struct lb_spawn spawn = {.argv = argv, .out_fd = -1, .err_fd = -1, .extra_fd = -1};
    const struct rlimit none = {0, 0};
    pid_t pid = 0;
    if ((geteuid() == 0 && setuid(65534) != 0) || setrlimit(RLIMIT_NPROC, &none) != 0)
        return 2;
    enum lb_status status = lb_spawn_start(&spawn, &pid, NULL);
    return status == LB_SYSTEM && pid == 0 ? 0 : 1;
}

static void a_fork_that_fails_leaves_no_process_to_wait_for(void **state)
{
    int wait_status = 0;
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(start_where_none_may());
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_true(WIFEXITED(wait_status));
    assert_int_equal(WEXITSTATUS(wait_status), 0);
}

static void a_program_that_is_not_there_is_unavailable(void **state)
{
    const char *argv[] = {"no-such-program-anywhere", NULL};
    struct lb_spawn spawn = {.argv = argv, .out_fd = -1, .err_fd = -1, .extra_fd = -1};
    struct lb_error error;
    pid_t pid;
    (void)state;
    assert_int_equal(lb_spawn_start(&spawn, &pid, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "no-such-program-anywhere is not installed"));
}

static void a_file_that_cannot_be_executed_is_named_with_the_reason(void **state)
{
    const char *argv[] = {"/bin/true", NULL};
    char *said = NULL, path[] = "/tmp/lb_test_spawn.XXXXXX";
    struct lb_spawn spawn = {.argv = argv, .file = "/dev/null", .out_fd = -1, .extra_fd = -1};
    int code;
    pid_t pid;
    (void)state;
    spawn.err_fd = mkstemp(path);
    assert_true(spawn.err_fd >= 0);
    assert_int_equal(lb_spawn_start(&spawn, &pid, NULL), LB_OK);
    assert_int_equal(lb_spawn_wait(pid, 5000, &code, NULL), LB_OK);
    assert_int_equal(code, 127);
    assert_int_equal(lb_spawn_read_back(spawn.err_fd, &said, NULL), LB_OK);
    assert_string_equal(said, "cannot execute /dev/null: Permission denied\n");
    free(said);
    close(spawn.err_fd);
    unlink(path);
}

static void a_signal_and_a_hang_are_told_in_words(void **state)
{
    struct lb_error error;
    char *text;
    int code;
    (void)state;
    assert_int_equal(shell("kill -SEGV $$", 5000, &text, &code, &error), LB_CHILD);
    assert_non_null(strstr(error.text, "SIGSEGV"));
    assert_int_equal(shell("kill -KILL $$", 5000, &text, &code, &error), LB_CHILD);
    assert_non_null(strstr(error.text, "out of memory?"));
    assert_int_equal(shell("/bin/sleep 60", 50, &text, &code, &error), LB_CHILD);
    assert_non_null(strstr(error.text, "not done after"));
}

static void a_pool_runs_every_job_and_keeps_their_ends_apart(void **state)
{
    enum { JOBS = 9 };
    char scripts[JOBS][64];
    const char *argv[JOBS][4];
    struct lb_job jobs[JOBS];
    (void)state;
    memset(jobs, 0, sizeof jobs);
    for (int i = 0; i < JOBS; i++) {
        snprintf(scripts[i], sizeof scripts[i],
                 i == 4   ? "echo %d; kill -TERM $$"
                 : i == 6 ? "echo %d; /bin/sleep 60"
                          : "echo %d; exit %d",
                 i, i);
        argv[i][0] = "/bin/sh";
        argv[i][1] = "-c";
        argv[i][2] = scripts[i];
        argv[i][3] = NULL;
        jobs[i].spawn = (struct lb_spawn){.argv = argv[i], .err_fd = -1, .extra_fd = -1};
        jobs[i].timeout_ms = i == 6 ? 100 : 10000;
    }
    assert_int_equal(lb_pool_run(jobs, JOBS, 3, NULL, NULL), LB_OK);
    for (int i = 0; i < JOBS; i++) {
        char expected[16];
        bool killed = i == 4 || i == 6;
        snprintf(expected, sizeof expected, "%d\n", i);
        assert_int_equal(jobs[i].status, killed ? LB_CHILD : LB_OK);
        assert_int_equal(jobs[i].code, killed ? 0 : i);
        assert_string_equal(jobs[i].text, expected); /* of the killed, what they said by then */
        free(jobs[i].text);
    }
}

static void a_job_that_has_no_time_left_is_ended_and_what_it_said_is_kept(void **state)
{
    const char *const talks[] = {"/bin/sh", "-c", "echo begun; /bin/sleep 60", NULL};
    struct lb_job jobs[2];
    (void)state;
    memset(jobs, 0, sizeof jobs);
    for (int i = 0; i < 2; i++) {
        jobs[i].spawn = (struct lb_spawn){.argv = talks, .err_fd = -1, .extra_fd = -1};
        jobs[i].timeout_ms = 60000;
        jobs[i].end_by_ns = lb_clock_wall_ns() + 300000000;
    }
    assert_int_equal(lb_pool_run(jobs, 2, 1, NULL, NULL), LB_OK);
    assert_int_equal(jobs[0].status, LB_UNAVAILABLE);
    assert_string_equal(jobs[0].text, "begun\n");
    assert_int_equal(jobs[1].status, LB_UNAVAILABLE); /* never begun */
    assert_null(jobs[1].text);
    free(jobs[0].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_exit_status_are_captured),
        cmocka_unit_test(the_environment_is_cleared_and_of_one_size),
        cmocka_unit_test(a_path_is_passed_on_whole_or_the_program_is_not_started),
        cmocka_unit_test(a_fork_that_fails_leaves_no_process_to_wait_for),
        cmocka_unit_test(a_program_that_is_not_there_is_unavailable),
        cmocka_unit_test(a_file_that_cannot_be_executed_is_named_with_the_reason),
        cmocka_unit_test(a_signal_and_a_hang_are_told_in_words),
        cmocka_unit_test(a_pool_runs_every_job_and_keeps_their_ends_apart),
        cmocka_unit_test(a_job_that_has_no_time_left_is_ended_and_what_it_said_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
