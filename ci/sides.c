/* sides.c - see sides.h. */
#include "ci/sides.h"

#include "ci/listing_json.h"
#include "harness/base/interrupt.h"
#include "harness/base/spawn.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIST_TIMEOUT_MS = 60000, CLEAN_UP_TIMEOUT_MS = 10000, POLL_MS = 20, ARGUMENTS = 160 };

/* The rungs at which `layoutbench simulate` counts. */
static const char *const simulated_rungs[] = {"256KiB", "16MiB"};

/* A command line under construction. */
struct line {
    const char *argv[ARGUMENTS];
    size_t count;
};

static void say(struct line *line, const char *word)
{
    if (line->count < ARGUMENTS - 1)
        line->argv[line->count++] = word;
}

static void say_option(struct line *line, const char *option, const char *value)
{
    say(line, option);
    say(line, value);
}

static enum lb_status check_program(const char *program, struct lb_error *error)
{
    if (access(program, X_OK) != 0)
        return lb_fail_errno(error, LB_USAGE, "%s", program);
    return LB_OK;
}

static enum lb_status status_of_unread(enum lb_side side)
{
    return side == LB_SIDE_BASE ? LB_UNAVAILABLE : LB_CHILD;
}

/* What a program wrote is no user's input. */
static enum lb_status check_read(enum lb_side side, const char *program, enum lb_status status,
                                 const struct lb_error *why, struct lb_error *error)
{
    if (status == LB_USAGE)
        return lb_fail(error, status_of_unread(side),
                       "%.160s writes what this gate cannot read: %.300s", program, why->text);
    return status == LB_OK ? LB_OK : lb_fail(error, status, "%s", why->text);
}

/* ---- list ---------------------------------------------------------------------------------- */

enum lb_status lb_side_list(enum lb_side side, const char *program, const char (*rungs)[16],
                            size_t rung_count, uint64_t seed, struct lb_results *results,
                            struct lb_error *error)
{
    struct line line = {.count = 0};
    struct lb_error why;
    char seed_text[32], *text = NULL;
    int code = 0;
    *results = (struct lb_results){.case_count = 0};
    enum lb_status status = check_program(program, error);
    if (status != LB_OK)
        return status;
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    say(&line, program);
    say(&line, "list");
    say_option(&line, "--format", "json");
    say_option(&line, "--seed", seed_text);
    for (size_t i = 0; i < rung_count; i++)
        say_option(&line, "--working-set", rungs[i]);
    for (size_t i = 0; i < sizeof simulated_rungs / sizeof *simulated_rungs; i++)
        say_option(&line, "--working-set", simulated_rungs[i]);
    const struct lb_spawn spawn = {
        .argv = line.argv, .path = true, .out_fd = -1, .err_fd = -1, .extra_fd = -1};
    status = lb_spawn_capture(&spawn, LIST_TIMEOUT_MS, &text, &code, error);
    if (status == LB_OK && code != 0)
        status = lb_fail(error, status_of_unread(side),
                         "%s is no layoutbench that can be compared: its list ended with status %d",
                         program, code);
    if (status == LB_OK)
        status =
            check_read(side, program, lb_listing_parse(program, text, results, &why), &why, error);
    free(text);
    return status;
}

/* ---- simulate ------------------------------------------------------------------------------ */

/* Asks it to end, so that it cleans up behind itself, and ends it when it does not. */
static enum lb_status end_child(pid_t pid, struct lb_error *error)
{
    kill(pid, SIGTERM);
    for (int waited = 0; waited < CLEAN_UP_TIMEOUT_MS; waited += POLL_MS) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return lb_fail(error, LB_INTERRUPTED, "interrupted");
        poll(NULL, 0, POLL_MS);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return lb_fail(error, LB_INTERRUPTED, "interrupted");
}

static enum lb_status attend(pid_t pid, const char *program, struct lb_error *error)
{
    int wait_status = 0;
    for (;;) {
        pid_t got = waitpid(pid, &wait_status, WNOHANG);
        if (got == pid)
            break;
        if (lb_interrupted())
            return end_child(pid, error);
        if (got < 0 && errno != EINTR)
            return lb_fail_errno(error, LB_SYSTEM, "waiting for %s", program);
        poll(NULL, 0, POLL_MS);
    }
    struct lb_error why;
    /* 1: a case failed, and its row in the document says why. */
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) <= 1)
        return LB_OK;
    lb_spawn_describe(wait_status, &why);
    return lb_fail(error, LB_CHILD, "%s simulate %.200s", program, why.text);
}

static enum lb_status run_simulate(const char *program, const char *const *globs, size_t glob_count,
                                   uint64_t seed, bool quiet, const char *output,
                                   struct lb_error *error)
{
    struct line line = {.count = 0};
    char seed_text[32];
    pid_t pid;
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    say(&line, program);
    say(&line, "simulate");
    say_option(&line, "--seed", seed_text);
    say_option(&line, "--output", output);
    if (quiet)
        say(&line, "--quiet");
    for (size_t i = 0; i < glob_count; i++)
        say_option(&line, "--filter", globs[i]);
    const struct lb_spawn spawn = {
        .argv = line.argv, .path = true, .out_fd = -1, .err_fd = 2, .extra_fd = -1};
    enum lb_status status = lb_spawn_start(&spawn, &pid, error);
    return status == LB_OK ? attend(pid, program, error) : status;
}

enum lb_status lb_side_simulate(enum lb_side side, const char *program, const char *const *globs,
                                size_t glob_count, uint64_t seed, bool quiet, const char *keep,
                                struct lb_results *results, struct lb_error *error)
{
    struct lb_error why;
    char folder[LB_GATE_PATH_BYTES], output[LB_GATE_PATH_BYTES + 16];
    const char *temporary = getenv("TMPDIR");
    *results = (struct lb_results){.case_count = 0};
    enum lb_status status = check_program(program, error);
    if (status != LB_OK)
        return status;
    snprintf(folder, sizeof folder, "%s/layoutbench-gate.XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder))
        return lb_fail_errno(error, LB_SYSTEM, "cannot make the folder %s", folder);
    snprintf(output, sizeof output, "%s/counts.json", folder);
    const char *document = keep ? keep : output;
    status = run_simulate(program, globs, glob_count, seed, quiet, document, error);
    if (status == LB_OK)
        status = check_read(side, program, lb_results_read(document, results, &why), &why, error);
    if (status == LB_OK)
        snprintf(results->name, sizeof results->name, "%s", program);
    unlink(output);
    rmdir(folder);
    return status;
}

/* ---- Both ---------------------------------------------------------------------------------- */

static void take_counts(struct lb_results_case *to, const struct lb_results_case *from)
{
    to->status = from->status;
    to->cpu_ns_per_op = from->cpu_ns_per_op;
    memcpy(to->reason, from->reason, sizeof to->reason);
    memcpy(to->counts, from->counts, sizeof to->counts);
    memcpy(to->readings, from->readings, sizeof to->readings);
}

void lb_side_merge(struct lb_results *listed, const struct lb_results *counted)
{
    for (size_t i = 0; i < listed->case_count; i++) {
        const struct lb_results_case *from = lb_results_case(counted, listed->cases[i].id);
        if (from)
            take_counts(&listed->cases[i], from);
    }
    listed->environment_count = counted->environment_count;
    listed->machine_count = counted->machine_count;
    memcpy(listed->environment, counted->environment, sizeof listed->environment);
    memcpy(listed->machine, counted->machine, sizeof listed->machine);
    memcpy(listed->environment_digest, counted->environment_digest,
           sizeof listed->environment_digest);
    memcpy(listed->machine_digest, counted->machine_digest, sizeof listed->machine_digest);
    memcpy(listed->commit, counted->commit, sizeof listed->commit);
}
