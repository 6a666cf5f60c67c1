/*
 * cmd_simulate.c - `layoutbench simulate`: simulated cache misses beside what theory says. Times
 * nothing, but keeps all cores busy: it waits for a run that measures. Fails when a variant whose
 * model is exact misses more or less than its model says, and when one crashes or answers wrongly.
 * With --output it writes them into a results document instead, and judges nothing.
 */
#include "harness/base/atomic_file.h"
#include "harness/base/interrupt.h"
#include "harness/base/lock.h"
#include "harness/base/progress.h"
#include "harness/case/model.h"
#include "harness/commands/cmd.h"
#include "harness/document/counts_document.h"
#include "harness/simulation/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How far an exact model may be off: relative, and misses per op where both are next to none. */
#define TOLERANCE        0.02
#define TOLERANCE_MISSES 0.001
#define ROW_FORMAT       "%-62.62s %9s %9s %7s  %9s %9s %7s  %6s %6s  %6s  %s\n"
#define NUMBER_BYTES     16

enum verdict { APPROXIMATE, AGREES, IS_OFF };

struct simulate {
    const struct lb_options *options;
    struct lb_machine machine;
    struct lb_case_list cases;
    struct lb_result *results;
    struct lb_simulation simulation;
    struct lb_progress progress;
    struct lb_atomic_file output; /* not open: the table is wanted */
    char started[32];
};

/* ---- The table ----------------------------------------------------------------------------- */

static const char *number(double value, char text[NUMBER_BYTES])
{
    snprintf(text, NUMBER_BYTES, isfinite(value) ? "%.4f" : "-", value);
    return text;
}

static const char *difference(double model, double simulated, char text[NUMBER_BYTES])
{
    bool none = !isfinite(model) || fabs(simulated - model) < TOLERANCE_MISSES;
    snprintf(text, NUMBER_BYTES, none || model <= 0 ? "-" : "%+.1f %%",
             100 * (simulated - model) / model);
    return text;
}

/* The points of a parameter share one working set, as large as its question wants it. */
static bool is_judged(const struct lb_case *c)
{
    return c->benchmark->parameter || c->point.working_set_bytes >= LB_SIMULATED_LARGE_BYTES;
}

/* What theory says, NaN where it says nothing. */
static double predicted(const struct lb_case *c, const struct lb_model *model,
                        const struct lb_cache_shape *cache)
{
    return c->variant->model && lb_model_states_lines(model) &&
                   !lb_model_is_at_edge(model, cache->size_bytes)
               ? lb_model_misses(model, cache->size_bytes)
               : NAN;
}

/* Nothing that was said is nothing that is wrong. */
static bool agrees(double model, double simulated)
{
    return !isfinite(model) || fabs(simulated - model) <= TOLERANCE * model + TOLERANCE_MISSES;
}

static void print_head(void)
{
    printf(ROW_FORMAT, "", "L1d", "L1d", "", "L3", "L3", "", "useful", "useful", "CPU", "");
    printf(ROW_FORMAT, "case", "model", "simulated", "", "model", "simulated", "", "model", "sim.",
           "s", "model is");
}

/* The time of the process that simulated all modes of a layout, beside the first of them. */
static const char *cpu_time(const struct lb_case *c, const struct lb_simulated *s,
                            const struct lb_case *before, char text[NUMBER_BYTES])
{
    bool first = !before || before->variant != c->variant || strcmp(before->label, c->label) != 0;
    text[0] = 0;
    if (first && s->cpu_seconds > 0)
        snprintf(text, NUMBER_BYTES, "%.1f", s->cpu_seconds);
    return text;
}

static enum verdict print_case(const struct lb_case *c, const struct lb_simulated *s,
                               const struct lb_case *before)
{
    static const char *const words[] = {"", "exact", "exact: OFF"};
    char t[9][NUMBER_BYTES];
    struct lb_model model = {0};
    struct lb_simulated_figures f;
    if (c->variant->model)
        c->variant->model(&c->point, c->mode, &model);
    double l1d = predicted(c, &model, &lb_geometry_standard.l1d);
    double last = predicted(c, &model, &lb_geometry_standard.last_level);
    double useful = model.useful_bytes_per_line > 0 ? model.useful_bytes_per_line : NAN;
    lb_simulated_figures(s, &lb_geometry_standard, &f);
    enum verdict verdict = APPROXIMATE;
    if (model.exact && is_judged(c))
        verdict = agrees(l1d, f.l1d_misses) && agrees(last, f.last_level_misses) ? AGREES : IS_OFF;
    snprintf(t[6], NUMBER_BYTES, isfinite(useful) ? "%.1f" : "-", useful);
    snprintf(t[7], NUMBER_BYTES, isfinite(f.useful_bytes_per_line) ? "%.1f" : "-",
             f.useful_bytes_per_line);
    printf(ROW_FORMAT, c->id, number(l1d, t[0]), number(f.l1d_misses, t[1]),
           difference(l1d, f.l1d_misses, t[2]), number(last, t[3]),
           number(f.last_level_misses, t[4]), difference(last, f.last_level_misses, t[5]), t[6],
           t[7], cpu_time(c, s, before, t[8]), words[verdict]);
    return verdict;
}

static int print_table(const struct simulate *run)
{
    size_t off = 0, exact = 0, without = 0, failed = 0;
    print_head();
    for (size_t i = 0; i < run->cases.count; i++) {
        const struct lb_simulated *s = &run->simulation.cases[0][i];
        if (s->status != LB_SIMULATED) {
            printf("%-62.62s %s\n", run->cases.cases[i].id, s->reason);
            without++;
            failed += s->failed;
            continue;
        }
        enum verdict verdict =
            print_case(&run->cases.cases[i], s, i ? &run->cases.cases[i - 1] : NULL);
        exact += verdict != APPROXIMATE;
        off += verdict == IS_OFF;
    }
    printf("\n%zu cases simulated (%zu known from before) in %.1f s, %zu not, of which %zu failed; "
           "of %zu exact models %zu are off by more than %.0f %%\n",
           run->simulation.simulated, run->simulation.cached, run->simulation.seconds, without,
           failed, exact, off, 100 * TOLERANCE);
    return off || failed ? LB_EXIT_CASE_FAILED : LB_EXIT_FINE;
}

/* ---- The command --------------------------------------------------------------------------- */

static void show(void *context, size_t ended, size_t count)
{
    struct simulate *run = context;
    char what[64];
    snprintf(what, sizeof what, "simulated %zu of %zu layouts", ended, count);
    lb_progress_show(&run->progress, count ? (double)ended / (double)count : 1, what);
}

static void say(void *context, const char *text)
{
    struct simulate *run = context;
    lb_progress_say(&run->progress, "%s", text);
}

/* What cannot run here is told apart from what failed under callgrind. */
static void init(struct lb_result *result, const struct lb_case *c)
{
    const struct lb_variant *v = c->variant;
    const char *why = v->unavailable ? v->unavailable(&c->point) : NULL;
    lb_result_init(result, c);
    if (why)
        lb_result_fail(result, LB_CASE_SKIPPED, why);
}

static enum lb_status prepare(struct simulate *run, struct lb_error *error)
{
    const struct lb_options *o = run->options;
    const struct lb_rungs rungs = {.bytes = {LB_SIMULATED_SMALL_BYTES, LB_SIMULATED_LARGE_BYTES},
                                   .count = 2};
    time_t now = time(NULL);
    struct tm utc;
    strftime(run->started, sizeof run->started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    enum lb_status status = lb_machine_read("/", &run->machine, error);
    if (status == LB_OK && o->output)
        status = lb_atomic_open(&run->output, o->output, 0, error);
    if (status == LB_OK)
        status = lb_cases_make(lb_benchmark_list, &rungs, o->filters, o->filter_count, o->seed,
                               &run->cases, error);
    if (status != LB_OK)
        return status;
    run->results = calloc(run->cases.count + 1, sizeof *run->results);
    if (!run->results)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < run->cases.count; i++)
        init(&run->results[i], &run->cases.cases[i]);
    return lb_lock_machine(true, error);
}

static enum lb_status simulate(struct simulate *run, struct lb_error *error)
{
    const struct lb_simulate_options options = {.seed = run->options->seed,
                                                .machine = &run->machine,
                                                .done = show,
                                                .say = say,
                                                .context = run};
    lb_progress_begin(&run->progress, run->options->quiet, 1);
    enum lb_status status =
        lb_simulate(run->results, run->cases.count, &options, &run->simulation, error);
    lb_progress_end(&run->progress);
    if (status == LB_OK && run->simulation.reason[0])
        status = lb_fail(error, LB_SYSTEM, "%s", run->simulation.reason);
    return status;
}

static enum lb_status write_document(struct simulate *run, int argc, char **argv, bool complete,
                                     struct lb_error *error)
{
    struct lb_counts_parts parts = {.options = run->options,
                                    .argc = argc,
                                    .argv = argv,
                                    .started = run->started,
                                    .complete = complete,
                                    .results = run->results,
                                    .cases = &run->cases,
                                    .simulation = &run->simulation};
    char *text = NULL;
    enum lb_status status = lb_counts_document_make(&parts, &text, error);
    if (status == LB_OK)
        status = lb_atomic_commit(&run->output, text, error);
    free(text);
    return status;
}

static bool any_failed(const struct simulate *run)
{
    for (size_t i = 0; i < run->cases.count; i++)
        if (run->simulation.cases[0][i].failed)
            return true;
    return false;
}

int lb_cmd_simulate(const struct lb_options *options, int argc, char **argv)
{
    struct simulate run = {.options = options, .output = {.fd = -1}};
    struct lb_error error;
    lb_interrupt_catch();
    enum lb_status status = prepare(&run, &error);
    if (status == LB_OK)
        status = simulate(&run, &error);
    bool interrupted = status == LB_INTERRUPTED && run.simulation.cases[0];
    int exit_status = LB_EXIT_FINE;
    if ((status == LB_OK || interrupted) && options->output) {
        enum lb_status written = write_document(&run, argc, argv, !interrupted, &error);
        status = written == LB_OK ? status : written;
        exit_status = any_failed(&run) ? LB_EXIT_CASE_FAILED : LB_EXIT_FINE;
    } else if (status == LB_OK || interrupted) {
        exit_status = print_table(&run);
    }
    if (status != LB_OK)
        exit_status = lb_cmd_complain(status, &error);
    lb_atomic_abandon(&run.output);
    lb_simulation_free(&run.simulation);
    free(run.results);
    lb_cases_free(&run.cases);
    return exit_status;
}
