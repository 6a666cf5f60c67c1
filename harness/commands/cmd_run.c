/*
 * cmd_run.c - `layoutbench run`: measures, and writes the results document.
 *
 * The order: refuse what can be refused, say the plan, measure, then the passes that time
 * nothing, then whole processes, then the document. Ctrl-C ends the measuring, not the writing.
 */
#include "harness/base/atomic_file.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/jsonwrite.h"
#include "harness/base/lock.h"
#include "harness/base/pin.h"
#include "harness/base/progress.h"
#include "harness/case/memory.h"
#include "harness/commands/cmd.h"
#include "harness/document/check.h"
#include "harness/document/claims.h"
#include "harness/document/document.h"
#include "harness/document/summary.h"
#include "harness/run/memory_pass.h"
#include "harness/run/resume.h"
#include "harness/run/runner.h"
#include "harness/run/select.h"
#include "harness/run/self_check.h"
#include "harness/run/struct_layouts.h"
#include "harness/run/survey.h"
#include "harness/run/whole_process.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_OUTPUT     "out/results.json"
#define OUTPUT_ROOM_BYTES  (64ULL << 20)
#define MEMORY_LIMIT_BYTES (UINT64_C(3) << 29) /* of layouts alive at once: 1.5 GiB at most */

struct run {
    const struct lb_options *options;
    struct lb_survey survey;
    struct lb_case_list cases;
    struct lb_plan plan;
    struct lb_result *results;
    struct lb_point_label *labels;
    struct lb_atomic_file output;
    struct lb_trace trace;
    struct lb_progress progress;
    struct json_object *whole_process, *struct_layouts;
    struct lb_simulation simulation;
    bool simulated;            /* simulation is filled */
    double simulation_seconds; /* estimate */
    uint64_t started_ns;
    char started[32];
    double smallest_difference;
    bool interrupted;
    /* of the comparison that is being measured, for the progress line: */
    double done_seconds, spent_seconds; /* of the estimate, and really */
    char what[LB_CASE_ID_BYTES];
};

/* ---- Before measuring ---------------------------------------------------------------------- */

static enum lb_status select_cases(struct run *run, struct lb_error *error)
{
    enum lb_status status = lb_select_cases(run->options, &run->survey.machine, &run->cases, error);
    if (status == LB_OK)
        status =
            lb_plan_make(&run->cases, lb_profile_by_name(run->options->profile), &run->plan, error);
    if (status != LB_OK)
        return status;
    run->results = calloc(run->cases.count + 1, sizeof *run->results);
    run->labels = calloc(run->cases.count + 1, sizeof *run->labels);
    if (!run->results || !run->labels)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < run->cases.count; i++)
        lb_result_init(&run->results[i], &run->cases.cases[i]);
    return LB_OK;
}

static enum lb_status resume(struct run *run, struct lb_error *error)
{
    struct lb_fingerprint fingerprint;
    size_t kept = 0;
    lb_machine_fingerprint(&run->survey.machine, &fingerprint);
    enum lb_status status = lb_resume(run->output.path, run->options, fingerprint.digest,
                                      run->results, run->cases.count, &run->whole_process, error);
    for (size_t i = 0; i < run->cases.count; i++)
        kept += run->results[i].outcome == LB_CASE_KEPT;
    for (size_t i = 0; i < run->plan.comparison_count; i++)
        if (run->results[run->plan.comparisons[i].first].outcome == LB_CASE_KEPT)
            run->plan.estimate_seconds -= run->plan.comparisons[i].estimate_seconds;
    if (status == LB_OK && !run->options->quiet)
        fprintf(stderr, "%zu cases are kept from %s\n", kept, run->output.path);
    return status;
}

static enum lb_status prepare(struct run *run, struct lb_error *error)
{
    const struct lb_options *o = run->options;
    time_t now = time(NULL);
    struct tm utc;
    strftime(run->started, sizeof run->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    run->started_ns = lb_clock_wall_ns();
    run->smallest_difference = NAN;
    enum lb_status status = lb_survey_read(&run->survey, o, error);
    if (status == LB_OK)
        status = select_cases(run, error);
    if (status == LB_OK)
        status = lb_lock_machine(o->wait, error);
    if (status == LB_OK)
        status = lb_atomic_open(&run->output, o->output ? o->output : DEFAULT_OUTPUT,
                                OUTPUT_ROOM_BYTES, error);
    if (status == LB_OK && o->trace)
        status = lb_trace_open(&run->trace, o->trace, error);
    if (status == LB_OK && o->trace && lb_atomic_same(&run->output, &run->trace.file))
        status = lb_fail(error, LB_USAGE, "--trace and --output are both %s", run->output.path);
    if (status == LB_OK && o->resume)
        status = resume(run, error);
    return status;
}

static void say(void *context, const char *text)
{
    struct run *run = context;
    lb_progress_say(&run->progress, "%s", text);
}

static void show_simulated(void *context, size_t ended, size_t count);

static struct lb_simulate_options simulate_options(struct run *run)
{
    const struct lb_options *o = run->options;
    bool always = strcmp(o->simulate, "always") == 0;
    return (struct lb_simulate_options){
        .seed = o->seed,
        .machine = &run->survey.machine,
        .of_machine = strcmp(o->geometry, "machine") == 0,
        .first = lb_claims_cite,
        .budget_seconds = always ? 0 : run->plan.profile->simulation_seconds,
        .done = show_simulated,
        .say = say,
        .context = run,
    };
}

/* Whether it will be needed is known only when the counters have proved themselves. */
static enum lb_status estimate_simulation(struct run *run, struct lb_error *error)
{
    struct lb_simulate_options options = simulate_options(run);
    if (strcmp(run->options->simulate, "never") == 0)
        return LB_OK;
    return lb_simulate_estimate(run->results, run->cases.count, &options, &run->simulation_seconds,
                                error);
}

static void say_plan(const struct run *run)
{
    char estimate[32];
    size_t benchmarks = 0;
    if (run->options->quiet)
        return;
    for (size_t i = 0; i < run->cases.count; i++)
        benchmarks += i == 0 || run->cases.cases[i].benchmark != run->cases.cases[i - 1].benchmark;
    lb_progress_format(run->plan.estimate_seconds, estimate, sizeof estimate);
    fprintf(stderr, "%s profile (%s): %zu benchmarks, %zu cases, about %s of measuring",
            run->plan.profile->name, run->plan.profile->help, benchmarks, run->cases.count,
            estimate);
    if (run->simulation_seconds > 0) {
        lb_progress_format(run->simulation_seconds, estimate, sizeof estimate);
        fprintf(stderr, " and %s of simulating", estimate);
    }
    if (run->options->cpu == LB_CPU_NONE)
        fputs(", not pinned\n", stderr);
    else
        fprintf(stderr, " on CPU %d\n", run->options->cpu);
}

/* ---- Measuring ----------------------------------------------------------------------------- */

static void show_replicate(void *context, unsigned done, unsigned planned)
{
    struct run *run = context;
    char what[LB_CASE_ID_BYTES + 32];
    snprintf(what, sizeof what, "%s, process %u of %u", run->what, done, planned);
    lb_progress_show(&run->progress, run->done_seconds, what);
}

static void show_pass(void *context, size_t ended, size_t count)
{
    struct run *run = context;
    char what[LB_CASE_ID_BYTES + 48];
    snprintf(what, sizeof what, "%s, %zu of %zu", run->what, ended, count);
    lb_progress_show(&run->progress, run->done_seconds, what);
}

/* A case whose samples were all disturbed has no time: that is an error, not a zero. */
static void judge(struct lb_result *r, bool interrupted)
{
    if (r->outcome == LB_CASE_OK && !r->figures.timed && !interrupted)
        lb_result_fail(r, LB_CASE_ERROR,
                       "every sample had an involuntary switch or a migration: this CPU is too "
                       "busy to measure on");
}

static void label(struct run *run, size_t i)
{
    lb_survey_label(&run->survey, &run->cases.cases[i], &run->labels[i]);
    run->results[i].figures.notes[LB_NOTE_UNSTABLE] = run->labels[i].near_edge;
}

/* The machine first, and what the run would see in a variant against itself. */
static enum lb_status measure_context(struct run *run, struct lb_runner *runner,
                                      struct lb_error *error)
{
    lb_progress_show(&run->progress, 0, "the machine: counters, caches, clocks");
    enum lb_status status = lb_survey_measure(&run->survey, run->options, error);
    /* Behind the probes: they take memory, and give it back. */
    lb_placing_prepare(&runner->placing, NULL, run->options->seed, run->survey.checks);
    if (run->survey.counters)
        runner->passes = lb_counters_passes(run->survey.counters);
    for (size_t i = 0; i < run->cases.count; i++)
        label(run, i);
    snprintf(run->what, sizeof run->what, "a variant against itself");
    return status == LB_OK && !run->options->no_checks
               ? lb_self_check(runner, run->survey.checks, &run->smallest_difference, error)
               : status;
}

static enum lb_status measure_comparison(struct run *run, struct lb_runner *runner,
                                         const struct lb_comparison *c, struct lb_error *error)
{
    const struct lb_case *first = &run->cases.cases[c->first];
    uint64_t start = lb_clock_wall_ns();
    if (run->results[c->first].outcome == LB_CASE_KEPT)
        return LB_OK;
    snprintf(run->what, sizeof run->what, "%s/%s %s", first->benchmark->family,
             first->benchmark->name, first->label);
    lb_progress_show(&run->progress, run->done_seconds, run->what);
    enum lb_status status = lb_runner_compare(
        runner, &run->results[c->first], c->count,
        lb_plan_budget(run->plan.profile, run->spent_seconds, run->cases.count - c->first, c),
        error);
    for (size_t k = c->first; k < c->first + c->count; k++) {
        judge(&run->results[k], status == LB_INTERRUPTED);
        run->results[k].figures.notes[LB_NOTE_INTERRUPTED] = status == LB_INTERRUPTED;
    }
    run->spent_seconds += (double)(lb_clock_wall_ns() - start) * 1e-9;
    run->done_seconds += c->estimate_seconds;
    return status;
}

static enum lb_status measure(struct run *run, struct lb_error *error)
{
    uint64_t usable = lb_memory_usable_bytes();
    struct lb_runner runner = {
        .child = {.seed = run->options->seed,
                  .cpu = run->options->cpu,
                  .counters = !run->options->no_counters,
                  .answer_ms = (int)run->options->timeout_seconds * 1000,
                  .limit_option = "run --timeout",
                  .events = &run->options->events},
        .profile = run->plan.profile,
        .memory_limit_bytes = usable < MEMORY_LIMIT_BYTES ? usable : MEMORY_LIMIT_BYTES,
        .order = {.state = run->options->seed},
        .on_replicate = show_replicate,
        .context = run,
    };
    enum lb_status status = measure_context(run, &runner, error);
    runner.trace = run->trace.stream ? &run->trace : NULL;
    for (size_t i = 0; i < run->plan.comparison_count && status == LB_OK; i++)
        status = measure_comparison(run, &runner, &run->plan.comparisons[i], error);
    lb_drift_check(&runner.drift, run->survey.checks);
    lb_self_check_rows(run->results, run->cases.count, run->survey.checks,
                       &run->smallest_difference);
    lb_placing_free(&runner.placing);
    return status;
}

/* ---- After measuring ----------------------------------------------------------------------- */

/* What was measured is not lost for a pass that fails: that is told, and its figures are unknown.
 */
static enum lb_status go_on(struct run *run, const char *what, enum lb_status status,
                            const struct lb_error *error)
{
    if (status == LB_OK || status == LB_INTERRUPTED)
        return status;
    lb_progress_say(&run->progress, "%s: %s", what, error->text);
    return LB_OK;
}

static enum lb_status count_allocations(struct run *run, struct lb_error *error)
{
    snprintf(run->what, sizeof run->what, "counting allocations");
    enum lb_status status =
        lb_memory_pass(run->results, run->cases.count, run->plan.profile->memory_pass_bytes,
                       run->options->seed, show_pass, run, error);
    return go_on(run, "allocations are not counted", status, error);
}

static enum lb_status time_whole_processes(struct run *run, struct lb_error *error)
{
    struct lb_whole_process_options options = {.seed = run->options->seed,
                                               .cpu = run->options->cpu,
                                               .budget_seconds =
                                                   run->plan.profile->whole_process_seconds,
                                               .done = show_pass,
                                               .context = run};
    snprintf(run->what, sizeof run->what, "whole processes, by hyperfine");
    enum lb_status status =
        lb_whole_process(run->results, run->cases.count, &options, &run->whole_process, error);
    return go_on(run, "whole processes are not timed", status, error);
}

/* Auto: where the machine does not count the misses of both levels itself. */
static bool wants_simulation(const struct run *run)
{
    const struct lb_counter_info *info =
        run->survey.counters ? lb_counters_info(run->survey.counters) : NULL;
    if (strcmp(run->options->simulate, "auto") != 0)
        return strcmp(run->options->simulate, "always") == 0;
    return !info || info[LB_COUNTER_L1D_MISSES].status != LB_COUNTED ||
           info[LB_COUNTER_L3_MISSES].status != LB_COUNTED;
}

static void show_simulated(void *context, size_t ended, size_t count)
{
    struct run *run = context;
    char what[64];
    double part = count ? (double)ended / (double)count : 1;
    snprintf(what, sizeof what, "simulating caches, %zu of %zu layouts", ended, count);
    lb_progress_show(&run->progress, run->done_seconds + part * run->simulation_seconds, what);
}

static enum lb_status simulate(struct run *run, struct lb_error *error)
{
    struct lb_simulate_options options = simulate_options(run);
    char estimate[32];
    lb_progress_format(run->simulation_seconds, estimate, sizeof estimate);
    if (run->simulation_seconds > 0)
        lb_progress_say(&run->progress, "simulating caches, about %s", estimate);
    enum lb_status status =
        lb_simulate(run->results, run->cases.count, &options, &run->simulation, error);
    if (run->simulation.reason[0])
        lb_progress_say(&run->progress, "cache misses are not simulated: %s",
                        run->simulation.reason);
    else if (run->simulation.given_up)
        lb_progress_say(&run->progress,
                        "%zu of %zu cases were not simulated (the document says why); what is "
                        "finished is kept, and the next run goes on from there",
                        run->simulation.given_up,
                        run->simulation.given_up + run->simulation.simulated);
    run->simulated = status == LB_OK || status == LB_INTERRUPTED;
    return go_on(run, "caches are not simulated", status, error);
}

static enum lb_status read_struct_layouts(struct run *run, struct lb_error *error)
{
    enum lb_status status =
        lb_struct_layouts(run->results, run->cases.count, &run->struct_layouts, error);
    return go_on(run, "layouts of structs are not read", status, error);
}

static enum lb_status after(struct run *run, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    if (!run->options->no_memory_pass)
        status = count_allocations(run, error);
    if (status == LB_OK && !run->options->no_whole_process)
        status = time_whole_processes(run, error);
    if (status == LB_OK && wants_simulation(run))
        status = simulate(run, error);
    if (status == LB_OK)
        status = read_struct_layouts(run, error);
    return status;
}

static enum lb_status write_document(struct run *run, int argc, char **argv, struct lb_error *error)
{
    struct lb_document_parts parts = {
        .options = run->options,
        .argc = argc,
        .argv = argv,
        .started = run->started,
        .duration_seconds = (double)(lb_clock_wall_ns() - run->started_ns) * 1e-9,
        .complete = !run->interrupted,
        .smallest_difference = run->smallest_difference,
        .results = run->results,
        .result_count = run->cases.count,
        .plan = &run->plan,
        .counters = run->survey.counters,
        .labels = run->labels,
        .simulation = run->simulated ? &run->simulation : NULL,
        .machine =
            lb_survey_to_json(&run->survey, run->options, run->simulated ? &run->simulation : NULL),
        .whole_process = run->whole_process,
        .struct_layouts = run->struct_layouts,
    };
    run->whole_process = run->struct_layouts = NULL;
    char *text = lb_document_make(&parts);
    enum lb_status status = text ? lb_atomic_commit(&run->output, text, error)
                                 : lb_fail(error, LB_NO_MEMORY, "out of memory");
    free(text);
    return status;
}

static int conclude(const struct run *run)
{
    size_t failed = 0, skipped = 0;
    for (size_t i = 0; i < run->cases.count; i++) {
        failed += lb_result_outcome(&run->results[i]) == LB_CASE_ERROR;
        skipped += lb_result_outcome(&run->results[i]) == LB_CASE_SKIPPED;
    }
    if (!run->options->quiet)
        lb_summary_print(stdout, run->results, &run->plan);
    if (!run->options->quiet)
        lb_check_print(stdout, run->survey.checks);
    fflush(stdout);
    lb_summary_troubles(stderr, run->results, run->cases.count);
    if (!run->options->quiet && isfinite(run->smallest_difference))
        printf("\nthe smallest difference this run could see is about %.1f %%\n",
               100 * run->smallest_difference);
    if (!run->options->quiet || failed)
        printf("\n%zu cases, %zu failed, %zu skipped%s: %s\n", run->cases.count, failed, skipped,
               run->interrupted ? ", INTERRUPTED" : "", run->output.path);
    if (run->interrupted)
        return LB_EXIT_INTERRUPTED;
    return failed ? LB_EXIT_CASE_FAILED : LB_EXIT_FINE;
}

static void release(struct run *run)
{
    if (run->results)
        lb_resume_release(run->results, run->cases.count);
    for (size_t i = 0; run->results && i < run->cases.count; i++)
        lb_result_free(&run->results[i]);
    free(run->results);
    free(run->labels);
    json_object_put(run->whole_process);
    json_object_put(run->struct_layouts);
    lb_simulation_free(&run->simulation);
    lb_survey_free(&run->survey);
    lb_atomic_abandon(&run->output);
    lb_trace_abandon(&run->trace);
    lb_plan_free(&run->plan);
    lb_cases_free(&run->cases);
}

int lb_cmd_run(const struct lb_options *options, int argc, char **argv)
{
    struct run run = {.options = options, .output = {.fd = -1}};
    struct lb_error error;
    int exit_status;
    lb_interrupt_catch();
    enum lb_status status = prepare(&run, &error);
    if (status == LB_OK)
        status = estimate_simulation(&run, &error);
    if (status == LB_OK) {
        say_plan(&run);
        lb_progress_begin(&run.progress, options->quiet,
                          run.plan.estimate_seconds + run.simulation_seconds);
        status = measure(&run, &error);
        if (status == LB_OK)
            status = after(&run, &error);
        lb_progress_end(&run.progress);
        run.interrupted = status == LB_INTERRUPTED;
        if (run.interrupted)
            status = LB_OK;
    }
    if (status == LB_OK)
        status = write_document(&run, argc, argv, &error);
    exit_status = status == LB_OK ? conclude(&run) : lb_cmd_complain(status, &error);
    if (status == LB_OK && run.trace.stream && lb_trace_commit(&run.trace, &error) != LB_OK) {
        lb_cmd_complain(LB_SYSTEM, &error);
        exit_status = exit_status == LB_EXIT_FINE ? LB_EXIT_CASE_FAILED : exit_status;
    }
    release(&run);
    return exit_status;
}
