/*
 * cmd_verify.c - `layoutbench verify`: every case once, small, in a process of its own, its modes
 * taking turns; are the answers right? Times nothing, so sanitizers and emulation can run it.
 */
#include "harness/base/lock.h"
#include "harness/base/pin.h"
#include "harness/case/case.h"
#include "harness/case/instance.h"
#include "harness/commands/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Parameter points name their own working set; it is cut to this, so that verify stays small. */
#define LARGEST_WORKING_SET_BYTES (UINT64_C(1) << 20)

/* A small case answers in milliseconds, under sanitizers and emulation in seconds. */
#define PATIENCE_S 60

enum outcome { RIGHT = 0, FAILED = 1, SKIPPED = 2 };

enum { PIECES = 4 };

/* The uneven pieces of two passes: a stream must go on where it stopped, and repeat after a pass.
 */
static void run_piece(struct lb_instance *instance, unsigned mode, int piece)
{
    uint64_t pass = lb_instance_pass_ops(instance, mode);
    uint64_t ops[PIECES] = {1, pass / 3, pass - pass / 3, pass - 1};
    if (!ops[piece])
        return;
    lb_instance_prepare(instance, mode, ops[piece]);
    lb_instance_run(instance, mode, ops[piece]);
}

/* The modes take turns over the built state, as they do in `run`: none may disturb another. */
static void run_two_passes(struct lb_instance *instance)
{
    const struct lb_case *c = &instance->c;
    for (int piece = 0; piece < PIECES; piece++)
        for (unsigned i = 0; i < lb_benchmark_mode_count(c->benchmark); i++) {
            unsigned mode = (c->mode + i) % lb_benchmark_mode_count(c->benchmark);
            if (c->variant->run[mode])
                run_piece(instance, mode, piece);
        }
}

/* Tells its outcome and the reason through the pipe: a kernel that calls exit(0) tells nothing. */
static void verify_here(const struct lb_case *c, int verdict_fd)
{
    struct lb_instance instance;
    struct lb_metric_values metrics;
    struct lb_error error = {""};
    enum lb_status status = lb_instance_create(&instance, c, LB_CPU_NONE, &error);
    if (status == LB_OK) {
        run_two_passes(&instance);
        status = lb_instance_verify(&instance, &error);
        if (status == LB_OK)
            status = lb_instance_measure(&instance, c->mode, &metrics, &error);
        lb_instance_destroy(&instance);
    }
    enum outcome outcome = status == LB_OK ? RIGHT : status == LB_UNAVAILABLE ? SKIPPED : FAILED;
    dprintf(verdict_fd, "%d%s", outcome, error.text);
}

/* The verdict is what the child said; a child that died without a word has failed. */
static enum outcome judge(pid_t child, const char *said, struct lb_error *error)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return FAILED;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        lb_fail(error, LB_CHILD, "no answer within %d s", PATIENCE_S);
    else if (WIFSIGNALED(status))
        lb_fail(error, LB_CHILD, "killed by signal %d (%s)", WTERMSIG(status),
                strsignal(WTERMSIG(status)));
    else if (!*said)
        lb_fail(error, LB_CHILD, "ended with status %d before it answered", WEXITSTATUS(status));
    else
        snprintf(error->text, sizeof error->text, "%s", said + 1);
    return WIFEXITED(status) && *said ? (enum outcome)(*said - '0') : FAILED;
}

static enum outcome verify_apart(const struct lb_case *c, struct lb_error *error)
{
    char said[sizeof error->text] = "";
    int pipe_fds[2];
    memset(error, 0, sizeof *error);
    fflush(NULL);
    if (pipe(pipe_fds) != 0)
        return FAILED;
    pid_t child = fork();
    if (child == 0) {
        close(pipe_fds[0]);
        alarm(PATIENCE_S);
        verify_here(c, pipe_fds[1]);
        _exit(0);
    }
    close(pipe_fds[1]);
    ssize_t got, length = 0;
    while ((got = read(pipe_fds[0], said + length, sizeof said - 1 - (size_t)length)) > 0)
        length += got;
    close(pipe_fds[0]);
    return child > 0 ? judge(child, said, error) : FAILED;
}

int lb_cmd_verify(const struct lb_options *options)
{
    struct lb_error error;
    struct lb_case_list cases;
    struct lb_rungs rungs = {.bytes = {LB_SMALLEST_RUNG_BYTES}, .count = 1};
    size_t count[3] = {0};
    enum lb_status status = lb_cases_make(lb_benchmark_list, &rungs, options->filters,
                                          options->filter_count, options->seed, &cases, &error);
    if (status != LB_OK)
        return lb_cmd_complain(status, &error);
    lb_lock_warn();
    static const char *const words[] = {"ok", "FAILED", "skipped"};
    for (size_t i = 0; i < cases.count; i++) {
        struct lb_case *c = &cases.cases[i];
        if (c->point.working_set_bytes > LARGEST_WORKING_SET_BYTES) {
            uint64_t cut = c->point.working_set_bytes / LARGEST_WORKING_SET_BYTES;
            c->point.working_set_bytes = LARGEST_WORKING_SET_BYTES;
            c->point.elements = (c->point.elements / cut) | 1;
        }
        enum outcome outcome = verify_apart(c, &error);
        count[outcome]++;
        if (outcome != RIGHT || !options->quiet)
            printf("%-7s %s%s%s\n", words[outcome], c->id, error.text[0] ? ": " : "", error.text);
    }
    printf("%zu right, %zu failed, %zu skipped\n", count[RIGHT], count[FAILED], count[SKIPPED]);
    lb_cases_free(&cases);
    return count[FAILED] ? LB_EXIT_CASE_FAILED : LB_EXIT_FINE;
}
