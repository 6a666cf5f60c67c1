/*
 * gate_main.c - `layoutbench-gate`: parses the command line, judges, writes the verdict. The only
 * file of ci/ that exits.
 */
#include "ci/annotations.h"
#include "ci/baseline.h"
#include "ci/gate_json.h"
#include "ci/gate_options.h"
#include "ci/judge.h"
#include "ci/junit.h"
#include "ci/markdown.h"
#include "ci/policy.h"
#include "ci/self_test.h"
#include "ci/terminal.h"
#include "harness/base/atomic_file.h"
#include "harness/base/build_info.h"
#include "harness/base/interrupt.h"
#include "harness/base/lock.h"
#include "harness/base/standard_fds.h"

#include <stdlib.h>
#include <time.h>

static int complain(enum lb_status status, const struct lb_error *error)
{
    fprintf(stderr, "layoutbench-gate: %s\n", error->text);
    return (int)lb_judge_exit(status);
}

/* ---- Files --------------------------------------------------------------------------------- */

typedef void print_verdict(FILE *out, const struct lb_gate *gate);

struct outputs {
    struct lb_atomic_file json, markdown, junit;
};

static enum lb_status open_output(struct lb_atomic_file *file, const char *path,
                                  struct lb_error *error)
{
    file->fd = -1;
    return path ? lb_atomic_open(file, path, 0, error) : LB_OK;
}

/* One path for two of them would leave neither. */
static enum lb_status check_distinct(const struct outputs *out, struct lb_error *error)
{
    if (lb_atomic_same(&out->json, &out->markdown) || lb_atomic_same(&out->json, &out->junit))
        return lb_fail(error, LB_USAGE, "%s is to hold two files: name another", out->json.path);
    if (lb_atomic_same(&out->markdown, &out->junit))
        return lb_fail(error, LB_USAGE, "%s is to hold two files: name another", out->junit.path);
    return LB_OK;
}

/* Before anything is measured: a verdict that cannot be written is none. */
static enum lb_status open_outputs(const struct lb_gate_options *o, struct outputs *out,
                                   struct lb_error *error)
{
    out->json.fd = out->markdown.fd = out->junit.fd = -1;
    enum lb_status status = open_output(&out->json, o->output, error);
    if (status == LB_OK)
        status = open_output(&out->markdown, o->markdown, error);
    if (status == LB_OK)
        status = open_output(&out->junit, o->junit, error);
    return status == LB_OK ? check_distinct(out, error) : status;
}

static void abandon_outputs(struct outputs *out)
{
    lb_atomic_abandon(&out->json);
    lb_atomic_abandon(&out->markdown);
    lb_atomic_abandon(&out->junit);
}

/* `call` not NULL: as JSON; otherwise by `print`. */
static enum lb_status write_output(struct lb_atomic_file *file, const struct lb_gate *gate,
                                   print_verdict *print, const struct lb_gate_call *call,
                                   struct lb_error *error)
{
    char *text = NULL;
    size_t size = 0;
    if (file->fd < 0)
        return LB_OK;
    FILE *stream = open_memstream(&text, &size);
    bool made = stream != NULL;
    if (made && call)
        made = lb_gate_json_print(stream, gate, call);
    else if (made)
        print(stream, gate);
    made = made && !ferror(stream);
    if (stream && fclose(stream) != 0)
        made = false;
    enum lb_status status =
        made ? lb_atomic_commit(file, text, error) : lb_fail(error, LB_NO_MEMORY, "out of memory");
    free(text);
    return status;
}

/* ---- Judging ------------------------------------------------------------------------------- */

static enum lb_status write_outputs(struct outputs *out, const struct lb_gate *gate,
                                    const struct lb_gate_call *call, struct lb_error *error)
{
    enum lb_status status = write_output(&out->json, gate, NULL, call, error);
    if (status == LB_OK)
        status = write_output(&out->markdown, gate, lb_markdown_print, NULL, error);
    if (status == LB_OK)
        status = write_output(&out->junit, gate, lb_junit_print, NULL, error);
    return status;
}

static int judge(const struct lb_gate_options *o, int argc, char **argv)
{
    struct lb_gate gate = {.rows = NULL};
    struct lb_error error;
    struct outputs outputs;
    char started[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    const struct lb_gate_call call = {.argc = argc,
                                      .argv = argv,
                                      .started = started,
                                      .policy_file = o->policy,
                                      .accepted_file = lb_judge_accepted_file(o)};
    enum lb_status status = open_outputs(o, &outputs, &error);
    if (status != LB_OK) {
        abandon_outputs(&outputs);
        return complain(status, &error);
    }
    status = lb_judge(o, &gate, &error);
    int exit_status = (int)gate.exit;
    if (status != LB_OK) {
        exit_status = complain(status, &error);
        lb_gate_give_up(&gate, (enum lb_gate_exit)exit_status, error.text);
    } else {
        lb_terminal_print(stdout, &gate); /* first: files may fail, and this be all that is left */
    }
    if (o->annotations)
        lb_annotations_print(stdout, &gate);
    if (status != LB_USAGE && write_outputs(&outputs, &gate, &call, &error) != LB_OK)
        exit_status = complain(LB_SYSTEM, &error);
    abandon_outputs(&outputs);
    lb_gate_free(&gate);
    return exit_status;
}

static int write_baseline(const struct lb_gate_options *o)
{
    enum lb_gate_exit exit_status = LB_GATE_EXIT_PASS;
    struct lb_error error;
    enum lb_status status = lb_baseline_write(o, stdout, &exit_status, &error);
    return status == LB_OK ? (int)exit_status : complain(status, &error);
}

/* What is injected: well beyond the allowance, and the least that the gate promises to find. */
enum { SELF_TEST_SLOWDOWN_PERMILLE = 50 };

static int self_test(const struct lb_gate_options *o)
{
    enum lb_gate_exit exit_status = LB_GATE_EXIT_HARNESS;
    struct lb_policy policy;
    struct lb_error error;
    enum lb_status status = lb_policy_read(o->policy, &policy, &error);
    const struct lb_self_test test = {.program = o->head_binary,
                                      .cases = o->filter_count ? o->filters : NULL,
                                      .case_count = o->filter_count,
                                      .slowdown_permille = SELF_TEST_SLOWDOWN_PERMILLE,
                                      .allowance = policy.time_allowance,
                                      .seed = o->seed,
                                      .cpu = o->cpu};
    if (status == LB_OK)
        status = lb_lock_machine(o->wait, &error);
    if (status == LB_OK)
        status = lb_self_test_run(&test, stdout, &exit_status, &error);
    return status == LB_OK ? (int)exit_status : complain(status, &error);
}

static int run(const struct lb_gate_options *o, int argc, char **argv)
{
    if (o->self_test)
        return self_test(o);
    return o->write_baseline ? write_baseline(o) : judge(o, argc, argv);
}

/* Output that did not arrive (a full disk behind a redirection) must not look like success. */
static int flushed(int exit_status)
{
    struct lb_error error;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    complain(lb_fail_errno(&error, LB_SYSTEM, "cannot write to standard output"), &error);
    return exit_status ? exit_status : LB_GATE_EXIT_HARNESS;
}

int main(int argc, char **argv)
{
    struct lb_gate_options options;
    struct lb_error error;
    lb_standard_fds_open();
    enum lb_status status = lb_gate_options_parse(argc, argv, &options, &error);
    if (status != LB_OK)
        return complain(status, &error);
    if (options.help) {
        lb_gate_options_help(stdout);
        return flushed(LB_GATE_EXIT_PASS);
    }
    if (options.version) {
        printf("layoutbench-gate %s (%s)\n", lb_build_version, lb_build_commit);
        return flushed(LB_GATE_EXIT_PASS);
    }
    lb_interrupt_catch();
    return flushed(run(&options, argc, argv));
}
