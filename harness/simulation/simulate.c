/*
 * simulate.c - see simulate.h.
 *
 * A unit is one built layout: benchmark, variant, point. All its modes are simulated in one
 * process, whatever was asked for, because what lies in the heap must not depend on a filter.
 */
#include "harness/simulation/simulate.h"

#include "harness/base/build_info.h"
#include "harness/base/clock.h"
#include "harness/base/pin.h"
#include "harness/base/pool.h"
#include "harness/case/exec_record.h"
#include "harness/simulation/callgrind.h"
#include "harness/simulation/simulation_batch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERSION_TIMEOUT_MS = 10000, PATH_BYTES = 4096 };

#define OUT_OF_TIME "the time for simulating was used up; run again, what is finished is kept"
#define INTERRUPTED "the run was interrupted before it was simulated"

/* One geometry's work. */
struct work {
    const struct lb_result *results;
    const struct lb_simulate_options *options;
    uint64_t end_ns; /* what has not ended by then is given up; 0: no limit */
    struct lb_simulation *simulation;
    struct lb_simulated *cases;
    struct lb_simulation_cache cache;
    struct lb_simulator simulator;
    char valgrind[PATH_BYTES];
    char folder[40];
    struct lb_simulation_unit *units;
    size_t unit_count;
    struct lb_simulation_batch *batches; /* of the units that are not in the cache */
    struct lb_job *jobs;                 /* one a batch */
    size_t batch_count;
};

/* ---- Figures ------------------------------------------------------------------------------- */

void lb_simulated_figures(const struct lb_simulated *s, const struct lb_geometry *geometry,
                          struct lb_simulated_figures *f)
{
    const struct lb_callgrind_counts *c = &s->counts;
    *f = (struct lb_simulated_figures){NAN, NAN, NAN, NAN, NAN};
    if (s->status != LB_SIMULATED)
        return;
    double ops = (double)s->ops, fetched = (double)(c->l1d_read_misses + c->l1d_write_misses);
    f->instructions = (double)c->instructions / ops;
    f->l1d_loads = (double)c->reads / ops;
    f->l1d_misses = fetched / ops;
    f->last_level_misses = (double)(c->last_read_misses + c->last_write_misses) / ops;
    if (fetched >= LB_USEFUL_LINES_MIN)
        f->useful_bytes_per_line = geometry->l1d.line_bytes - (double)c->l1d_unused_bytes / fetched;
}

/* ---- What can be simulated ----------------------------------------------------------------- */

static void set_reason(struct lb_simulated *s, enum lb_reading_status status, const char *reason)
{
    s->status = status;
    snprintf(s->reason, sizeof s->reason, "%s", reason);
}

static const char *not_simulated(const struct lb_result *r)
{
    const struct lb_benchmark *b = r->c->benchmark;
    uint64_t bytes = r->c->point.working_set_bytes;
    if (lb_result_outcome(r) != LB_CASE_OK)
        return "the case did not run";
    if (b->not_simulable)
        return b->not_simulable;
    if (r->c->variant->allocator)
        return "another allocator is not preloaded under the simulator";
    if (!b->parameter && bytes != LB_SIMULATED_SMALL_BYTES && bytes != LB_SIMULATED_LARGE_BYTES)
        return "simulated at 256 KiB and 16 MiB only";
    return NULL;
}

static void list_units(struct work *w, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = not_simulated(&w->results[i]);
        struct lb_simulation_unit *last = w->unit_count ? &w->units[w->unit_count - 1] : NULL;
        if (!why && w->simulation->reason[0])
            why = w->simulation->reason;
        if (why) {
            set_reason(&w->cases[i], LB_UNSUPPORTED, why);
        } else if (last && lb_simulation_unit_holds(last, w->results[i].c)) {
            last->count = i + 1 - last->first;
        } else {
            last = &w->units[w->unit_count++];
            lb_simulation_unit_init(last, &w->simulator, w->results[i].c, i);
            last->wanted = w->options->first && w->options->first(last->c);
        }
    }
}

/* ---- Results ------------------------------------------------------------------------------- */

static void give(struct work *w, const struct lb_simulation_unit *unit,
                 const struct lb_simulated_mode *modes, size_t mode_count, bool cached)
{
    for (size_t i = unit->first; i < unit->first + unit->count; i++)
        for (size_t m = 0; m < mode_count; m++) {
            if (strcmp(modes[m].id, w->results[i].c->id) != 0)
                continue;
            w->cases[i].status = LB_SIMULATED;
            w->cases[i].ops = modes[m].ops;
            w->cases[i].counts = modes[m].counts;
            w->cases[i].cpu_seconds = unit->cpu_seconds;
            w->simulation->simulated++;
            w->simulation->cached += cached;
        }
}

static void give_up(struct work *w, const struct lb_simulation_unit *unit, const char *reason,
                    bool failed)
{
    w->simulation->given_up += unit->count;
    for (size_t i = unit->first; i < unit->first + unit->count; i++) {
        set_reason(&w->cases[i], LB_LOST, reason);
        w->cases[i].failed = failed;
    }
}

/*
 * What gcc makes for this CPU (-march=native) may be more than valgrind knows: its limit. In any
 * other build an illegal instruction is the kernel's own, e.g. a path that must not be reached.
 */
bool lb_simulation_excuses(const char *flags, const char *why)
{
    return strstr(why, "SIGILL") && (strstr(flags, "-march=") || strstr(flags, "-mcpu="));
}

static void store(struct work *w, const struct lb_simulation_unit *unit,
                  const struct lb_simulated_mode *modes, size_t count)
{
    struct lb_error error;
    if (lb_simulation_cache_store(&w->cache, unit->key, modes, count, &error) == LB_OK)
        return;
    w->options->say(w->options->context, error.text);
    w->cache.folder[0] = 0; /* said once */
}

static void take_unit(struct work *w, const struct lb_simulation_batch *batch, size_t i,
                      const struct lb_job *job, const char *dumps)
{
    struct lb_simulated_mode modes[LB_MODES_MAX];
    struct lb_simulation_unit *unit = batch->units[i];
    struct lb_error error;
    size_t count;
    char reason[LB_REASON_BYTES];
    bool was_cold = unit->cold;
    enum lb_status status = lb_simulation_batch_read(batch, i, job, dumps, modes, &count, &error);
    if (status == LB_OK && unit->cold == was_cold) {
        give(w, unit, modes, count, false);
        store(w, unit, modes, count);
    } else if (status == LB_UNAVAILABLE) {
        give_up(w, unit, OUT_OF_TIME, false);
    } else if (status == LB_INTERRUPTED) {
        give_up(w, unit, INTERRUPTED, false);
    } else if (status != LB_OK) {
        bool unknown = lb_simulation_excuses(lb_build_flags, error.text);
        snprintf(reason, sizeof reason, "under callgrind: %.300s%s", error.text,
                 unknown ? ": it may not know an instruction; build without -march=native" : "");
        give_up(w, unit, reason, !unit->skipped && !unknown);
    }
}

static void take(struct work *w, struct lb_simulation_batch *batch, const struct lb_job *job)
{
    char *dumps = lb_simulation_batch_dumps(batch);
    for (size_t i = 0; i < batch->count; i++)
        take_unit(w, batch, i, job, dumps ? dumps : "");
    free(dumps);
    lb_simulation_batch_end(batch);
    batch->taken = true;
}

/* What has ended is taken at once: it is kept whatever happens to the rest. */
static void take_ended(void *context, size_t ended, size_t count)
{
    struct work *w = context;
    (void)ended, (void)count;
    size_t units_ended = 0, units = 0;
    for (size_t k = 0; k < w->batch_count; k++) {
        struct lb_simulation_batch *batch = &w->batches[k];
        const struct lb_job *job = &w->jobs[k];
        if (!job->pid && !batch->taken && (job->status != LB_OK || job->text))
            take(w, batch, job);
        units += batch->count;
        units_ended += batch->taken ? batch->count : 0;
    }
    if (w->options->done)
        w->options->done(w->options->context, units_ended, units);
}

/* ---- What there is to do ------------------------------------------------------------------- */

static void take_known(struct work *w)
{
    for (size_t i = 0; i < w->unit_count; i++) {
        struct lb_simulated_mode modes[LB_MODES_MAX];
        struct lb_simulation_unit *unit = &w->units[i];
        size_t count;
        unit->known = lb_simulation_cache_load(&w->cache, unit->key, modes, &count);
        if (unit->known)
            give(w, unit, modes, count, true);
    }
}

static int by_use(const void *a, const void *b)
{
    const struct lb_simulation_unit *x = a, *y = b;
    if (x->wanted != y->wanted)
        return x->wanted ? -1 : 1;
    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

/*
 * If the time runs out, what a verdict needs is there, and then most rows: what is asked for first,
 * then the shortest first.
 */
static enum lb_status list_geometry(struct work *w, size_t g, size_t count, struct lb_error *error)
{
    struct lb_simulation *s = w->simulation;
    w->cases = s->cases[g] = calloc(count + 1, sizeof *s->cases[g]);
    w->units = calloc(count + 1, sizeof *w->units);
    w->batches = calloc(count + 1, sizeof *w->batches);
    w->jobs = calloc(count + 1, sizeof *w->jobs);
    w->unit_count = w->batch_count = 0;
    if (!w->cases || !w->units || !w->batches || !w->jobs)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        set_reason(&w->cases[i], LB_LOST, INTERRUPTED);
    w->simulator = (struct lb_simulator){.valgrind = w->valgrind,
                                         .tool = s->tool,
                                         .geometry = &s->geometries[g],
                                         .machine = w->options->machine,
                                         .folder = w->folder};
    lb_simulator_init(&w->simulator, w->options->seed);
    list_units(w, count);
    take_known(w);
    qsort(w->units, w->unit_count, sizeof *w->units, by_use);
    return LB_OK;
}

static void free_geometry(struct work *w)
{
    free(w->units);
    free(w->batches);
    free(w->jobs);
}

/* ---- Jobs ---------------------------------------------------------------------------------- */

static void add_to_batch(struct work *w, struct lb_simulation_unit *unit)
{
    if (w->batch_count && lb_simulation_batch_add(&w->batches[w->batch_count - 1], unit))
        return;
    w->batches[w->batch_count] =
        (struct lb_simulation_batch){.simulator = &w->simulator, .cases_fd = -1};
    lb_simulation_batch_add(&w->batches[w->batch_count++], unit);
}

static unsigned parallel(const struct work *w)
{
    uint64_t largest = 1;
    int64_t available = w->options->machine->memory_available_bytes;
    unsigned cpus = (unsigned)lb_pin_cpu_count();
    for (size_t i = 0; i < w->unit_count; i++)
        if (lb_simulation_unit_bytes(&w->units[i]) > largest)
            largest = lb_simulation_unit_bytes(&w->units[i]);
    uint64_t room = available > 0 ? (uint64_t)available / largest : cpus;
    return room < 1 ? 1 : room < cpus ? (unsigned)room : cpus;
}

static enum lb_status run_batches(struct work *w, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (size_t k = 0; k < w->batch_count && status == LB_OK; k++) {
        status = lb_simulation_batch_prepare(&w->batches[k], k, &w->jobs[k], error);
        w->jobs[k].end_by_ns = w->end_ns;
    }
    if (status == LB_OK &&
        lb_pool_run(w->jobs, w->batch_count, parallel(w), take_ended, w) == LB_INTERRUPTED)
        status = lb_fail(error, LB_INTERRUPTED, "interrupted");
    take_ended(w, w->batch_count, w->batch_count);
    for (size_t k = 0; k < w->batch_count; k++)
        free(w->jobs[k].text);
    w->batch_count = 0;
    return status;
}

static enum lb_status run_units(struct work *w, struct lb_error *error)
{
    for (size_t i = 0; i < w->unit_count; i++)
        if (!w->units[i].known)
            add_to_batch(w, &w->units[i]);
    enum lb_status status = run_batches(w, error);
    for (size_t i = 0; i < w->unit_count && status == LB_OK; i++)
        if (w->units[i].cold)
            add_to_batch(w, &w->units[i]);
    return status == LB_OK ? run_batches(w, error) : status;
}

static enum lb_status run_geometry(struct work *w, struct lb_error *error)
{
    enum lb_status status;
    snprintf(w->folder, sizeof w->folder, "/tmp/layoutbench-simulation-XXXXXX");
    if (!mkdtemp(w->folder))
        return lb_fail_errno(error, LB_SYSTEM, "cannot make a folder in /tmp");
    status = run_units(w, error);
    rmdir(w->folder);
    return status;
}

/* ---- All of it ----------------------------------------------------------------------------- */

/* The simulator's name and version, or why there is none. */
static enum lb_status find_tool(struct work *w, struct lb_error *error)
{
    char *text = NULL, version[32];
    int code = 1;
    const char *argv[] = {w->valgrind, "--version", NULL};
    struct lb_spawn spawn = {.argv = argv, .err_fd = -1, .extra_fd = -1};
    struct lb_simulation *s = w->simulation;
    if (!lb_callgrind_built_in())
        snprintf(s->reason, sizeof s->reason,
                 "this program was built without valgrind's headers: run scripts/setup and build "
                 "again");
    else if (!lb_spawn_find("valgrind", w->valgrind, sizeof w->valgrind))
        snprintf(s->reason, sizeof s->reason,
                 "valgrind is not installed: scripts/setup installs it");
    if (s->reason[0])
        return LB_OK;
    enum lb_status status = lb_spawn_capture(&spawn, VERSION_TIMEOUT_MS, &text, &code, error);
    if (status == LB_INTERRUPTED)
        return status;
    if (status == LB_OK && code == 0 && sscanf(text, "valgrind-%31s", version) == 1)
        snprintf(s->tool, sizeof s->tool, "callgrind %s", version);
    else
        snprintf(s->reason, sizeof s->reason, "valgrind does not tell its version");
    free(text);
    return LB_OK;
}

static void choose_geometries(const struct lb_simulate_options *options, struct lb_simulation *s)
{
    struct lb_error error;
    s->geometries[s->geometry_count++] = lb_geometry_standard;
    if (!options->of_machine)
        return;
    if (lb_geometry_of_machine(options->machine, &s->geometries[1], &error) == LB_OK)
        s->geometry_count++;
    else
        options->say(options->context, error.text);
}

static enum lb_status begin(struct work *w, struct lb_error *error)
{
    const char *why;
    memset(w->simulation, 0, sizeof *w->simulation);
    choose_geometries(w->options, w->simulation);
    enum lb_status status = find_tool(w, error);
    lb_simulation_cache_open(&w->cache, &why);
    if (why)
        w->options->say(w->options->context, why);
    return status;
}

enum lb_status lb_simulate(const struct lb_result *results, size_t count,
                           const struct lb_simulate_options *options, struct lb_simulation *s,
                           struct lb_error *error)
{
    struct work work = {.results = results, .options = options, .simulation = s};
    uint64_t start = lb_clock_wall_ns();
    if (options->budget_seconds > 0)
        work.end_ns = start + (uint64_t)(options->budget_seconds * 1e9);
    enum lb_status status = begin(&work, error);
    for (size_t g = 0; g < s->geometry_count && status == LB_OK; g++) {
        status = list_geometry(&work, g, count, error);
        if (status == LB_OK)
            status = run_geometry(&work, error);
        free_geometry(&work);
    }
    s->seconds = (double)(lb_clock_wall_ns() - start) * 1e-9;
    return status;
}

static void say_nothing(void *context, const char *text)
{
    (void)context, (void)text;
}

enum lb_status lb_simulate_estimate(const struct lb_result *results, size_t count,
                                    const struct lb_simulate_options *options, double *seconds,
                                    struct lb_error *error)
{
    struct lb_simulate_options quietly = *options;
    struct lb_simulation simulation = {.geometry_count = 0};
    struct work work = {.results = results, .options = &quietly, .simulation = &simulation};
    quietly.say = say_nothing;
    enum lb_status status = begin(&work, error);
    *seconds = 0;
    for (size_t g = 0; g < simulation.geometry_count && status == LB_OK; g++) {
        status = list_geometry(&work, g, count, error);
        for (size_t i = 0; i < work.unit_count && status == LB_OK; i++)
            *seconds += work.units[i].known ? 0 : work.units[i].seconds / parallel(&work);
        free_geometry(&work);
    }
    if (options->budget_seconds > 0 && *seconds > options->budget_seconds)
        *seconds = options->budget_seconds;
    lb_simulation_free(&simulation);
    return status;
}

void lb_simulation_free(struct lb_simulation *s)
{
    for (size_t g = 0; g < LB_GEOMETRIES_MAX; g++)
        free(s->cases[g]);
    memset(s, 0, sizeof *s);
}
