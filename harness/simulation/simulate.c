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
#include "harness/simulation/exec_simulated.h"
#include "harness/simulation/simulation_cache.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MS = 1800000, VERSION_TIMEOUT_MS = 10000, ARGUMENTS = 20, PATH_BYTES = 4096 };

#define OUT_OF_TIME "the time for simulating was used up; run again, what is finished is kept"
#define INTERRUPTED "the run was interrupted before it was simulated"

/* Valgrind's own, beside the layout. */
#define OVERHEAD_BYTES (UINT64_C(128) << 20)

struct unit {
    size_t first, count; /* of the results */
    char key[LB_SIMULATION_KEY_BYTES];
    char out_file[64];
    char out_option[96];
    bool taken;
    bool cold; /* was not warm when counting began: once more, with a whole pass to warm up */
};

/* One geometry's work. */
struct work {
    const struct lb_result *results;
    const struct lb_simulate_options *options;
    uint64_t end_ns; /* nothing is begun after it; 0: no limit */
    struct lb_simulation *simulation;
    struct lb_simulated *cases;
    const struct lb_geometry *geometry;
    struct lb_simulation_cache cache;
    char valgrind[PATH_BYTES];
    char folder[40];
    char options_text[5][96]; /* I1, D1, LL, last level's bytes, seed */
    struct unit *units;
    size_t unit_count;
    struct lb_job *jobs; /* one a unit that is not in the cache */
    struct unit **job_units;
    const char *(*arguments)[ARGUMENTS];
    size_t job_count;
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
    if (r->outcome != LB_CASE_OK && r->outcome != LB_CASE_KEPT)
        return "the case did not run";
    if (b->not_simulable)
        return b->not_simulable;
    if (!b->parameter && bytes != LB_SIMULATED_SMALL_BYTES && bytes != LB_SIMULATED_LARGE_BYTES)
        return "simulated at 256 KiB and 16 MiB only";
    return NULL;
}

static bool same_unit(const struct lb_result *a, const struct lb_result *b)
{
    return a->c->benchmark == b->c->benchmark && a->c->variant == b->c->variant &&
           strcmp(a->c->label, b->c->label) == 0;
}

/* Everything that counts depend on, besides the program itself. */
static void make_key(const struct work *w, const struct lb_case *c, struct unit *unit)
{
    char geometry[LB_GEOMETRY_TEXT_BYTES];
    struct lb_fingerprint environment;
    lb_geometry_describe(w->geometry, geometry);
    lb_machine_fingerprint_environment(w->options->machine,
                                       &(struct lb_environment){.compiler = lb_build_compiler,
                                                                .flags = lb_build_flags,
                                                                .valgrind = w->simulation->tool,
                                                                .geometry = geometry},
                                       &environment);
    snprintf(unit->key, sizeof unit->key, "%s/%s/%s/%s seed %" PRIu64 "; %s; %s; environment %s",
             c->benchmark->family, c->benchmark->name, c->variant->name, c->label, c->point.seed,
             w->simulation->tool, geometry, environment.digest);
}

static void list_units(struct work *w, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = not_simulated(&w->results[i]);
        struct unit *last = w->unit_count ? &w->units[w->unit_count - 1] : NULL;
        if (!why && w->simulation->reason[0])
            why = w->simulation->reason;
        if (why) {
            set_reason(&w->cases[i], LB_UNSUPPORTED, why);
        } else if (last && same_unit(&w->results[last->first], &w->results[i])) {
            last->count = i + 1 - last->first;
        } else {
            w->units[w->unit_count] = (struct unit){.first = i, .count = 1};
            make_key(w, w->results[i].c, &w->units[w->unit_count++]);
        }
    }
}

/* ---- Results ------------------------------------------------------------------------------- */

static void give(struct work *w, const struct unit *unit, const struct lb_simulated_mode *modes,
                 size_t mode_count, bool cached)
{
    for (size_t i = unit->first; i < unit->first + unit->count; i++)
        for (size_t m = 0; m < mode_count; m++) {
            if (strcmp(modes[m].id, w->results[i].c->id) != 0)
                continue;
            w->cases[i].status = LB_SIMULATED;
            w->cases[i].ops = modes[m].ops;
            w->cases[i].counts = modes[m].counts;
            w->simulation->simulated++;
            w->simulation->cached += cached;
        }
}

static void give_up(struct work *w, const struct unit *unit, const char *reason)
{
    for (size_t i = unit->first; i < unit->first + unit->count; i++)
        set_reason(&w->cases[i], LB_LOST, reason);
}

static char *read_dumps(const char *path, struct lb_error *error)
{
    char *text = NULL;
    FILE *f = fopen(path, "re");
    if (!f || lb_spawn_read_back(fileno(f), &text, error) != LB_OK)
        lb_fail(error, LB_PROTOCOL,
                "callgrind wrote nothing: was this program built without valgrind's headers?");
    if (f)
        fclose(f);
    return text;
}

/* Whether the warm-up, where it was not a whole pass, did what exec_simulated.h demands of it. */
static enum lb_status check_warm(const struct work *w, const struct unit *unit, const char *text,
                                 const struct lb_case *c, bool *cold, struct lb_error *error)
{
    char name[LB_CASE_ID_BYTES + sizeof LB_WARM_DUMP_PREFIX];
    struct lb_callgrind_counts warm;
    const struct lb_cache_shape *last = &w->geometry->last_level;
    uint64_t pass_ops = lb_benchmark_pass_ops(c->benchmark, &c->point, c->mode);
    if (unit->cold || lb_exec_simulated_warm(c, last->size_bytes) == pass_ops)
        return LB_OK;
    snprintf(name, sizeof name, "%s%s", LB_WARM_DUMP_PREFIX, c->id);
    enum lb_status status = lb_callgrind_find(text, name, &warm, error);
    if (status == LB_OK && warm.last_read_misses + warm.last_write_misses <
                               LB_WARM_FILLS * last->size_bytes / last->line_bytes)
        *cold = true;
    return status;
}

/* Every mode of the unit's variant, from the dumps. */
static enum lb_status read_modes(const struct work *w, const struct unit *unit,
                                 struct lb_simulated_mode *modes, size_t *count, bool *cold,
                                 struct lb_error *error)
{
    const struct lb_case *any = w->results[unit->first].c;
    char *text = read_dumps(unit->out_file, error);
    enum lb_status status = text ? LB_OK : LB_PROTOCOL;
    *count = 0;
    for (unsigned m = 0; m < lb_benchmark_mode_count(any->benchmark) && status == LB_OK; m++) {
        struct lb_case c;
        if (!any->variant->run[m])
            continue;
        lb_case_of_mode(any, m, &c);
        struct lb_simulated_mode *mode = &modes[(*count)++];
        snprintf(mode->id, sizeof mode->id, "%s", c.id);
        mode->ops = lb_exec_simulated_ops(lb_benchmark_pass_ops(c.benchmark, &c.point, m),
                                          c.point.elements);
        status = lb_callgrind_find(text, c.id, &mode->counts, error);
        if (status == LB_OK)
            status = check_warm(w, unit, text, &c, cold, error);
    }
    free(text);
    return status;
}

static void take(struct work *w, struct unit *unit, const struct lb_job *job)
{
    struct lb_simulated_mode modes[LB_MODES_MAX];
    struct lb_error error;
    size_t count;
    char reason[LB_REASON_BYTES];
    bool cold = false;
    enum lb_status status = job->status;
    if (status != LB_OK)
        snprintf(error.text, sizeof error.text, "%.300s", job->error.text);
    else if (job->code != 0 || lb_exec_record_failed(job->text, &error))
        status = LB_CHILD;
    else
        status = read_modes(w, unit, modes, &count, &cold, &error);
    if (status == LB_OK && cold) {
        unit->cold = true;
    } else if (status == LB_OK) {
        give(w, unit, modes, count, false);
        if (lb_simulation_cache_store(&w->cache, unit->key, modes, count, &error) != LB_OK) {
            w->options->say(w->options->context, error.text);
            w->cache.folder[0] = 0; /* said once */
        }
    } else if (status == LB_UNAVAILABLE) {
        give_up(w, unit, OUT_OF_TIME);
    } else {
        snprintf(reason, sizeof reason, "under callgrind: %.300s", error.text);
        give_up(w, unit, status == LB_INTERRUPTED ? INTERRUPTED : reason);
    }
    unlink(unit->out_file);
    unit->taken = true;
}

/* What has ended is taken at once: it is kept whatever happens to the rest. */
static void take_ended(void *context, size_t ended, size_t count)
{
    struct work *w = context;
    for (size_t k = 0; k < w->job_count; k++) {
        const struct lb_job *job = &w->jobs[k];
        if (!job->pid && !w->job_units[k]->taken && (job->status != LB_OK || job->text))
            take(w, w->job_units[k], job);
    }
    if (w->options->done)
        w->options->done(w->options->context, ended, count);
}

/* ---- Jobs ---------------------------------------------------------------------------------- */

static void make_options(struct work *w)
{
    const struct lb_geometry *g = w->geometry;
    const struct lb_cache_shape *i1 = &lb_geometry_standard.l1d;
    const struct lb_cache_shape *shapes[] = {i1, &g->l1d, &g->last_level};
    static const char *const names[] = {"I1", "D1", "LL"};
    for (int i = 0; i < 3; i++)
        snprintf(w->options_text[i], sizeof w->options_text[i], "--%s=%" PRIu64 ",%u,%u", names[i],
                 shapes[i]->size_bytes, shapes[i]->ways, shapes[i]->line_bytes);
    snprintf(w->options_text[3], sizeof w->options_text[3], "%" PRIu64, g->last_level.size_bytes);
    snprintf(w->options_text[4], sizeof w->options_text[4], "%" PRIu64, w->options->seed);
}

static void add_job(struct work *w, struct unit *unit)
{
    size_t k = w->job_count++;
    snprintf(unit->out_file, sizeof unit->out_file, "%s/%zu", w->folder, k);
    snprintf(unit->out_option, sizeof unit->out_option, "--callgrind-out-file=%s", unit->out_file);
    const char *line[ARGUMENTS] = {w->valgrind,
                                   "--quiet",
                                   "--tool=callgrind",
                                   "--cache-sim=yes",
                                   "--cacheuse=yes",
                                   "--instr-atstart=no",
                                   "--combine-dumps=yes",
                                   w->options_text[0],
                                   w->options_text[1],
                                   w->options_text[2],
                                   unit->out_option,
                                   lb_spawn_self(),
                                   "exec",
                                   w->results[unit->first].c->id,
                                   "--simulation",
                                   unit->cold ? "0" : w->options_text[3],
                                   "--seed",
                                   w->options_text[4],
                                   NULL};
    memcpy(w->arguments[k], line, sizeof line);
    w->job_units[k] = unit;
    w->jobs[k] = (struct lb_job){.spawn = {.argv = w->arguments[k], .err_fd = -1, .extra_fd = -1},
                                 .timeout_ms = TIMEOUT_MS,
                                 .start_by_ns = w->end_ns};
}

static uint64_t footprint(const struct work *w, const struct unit *unit)
{
    const struct lb_case *c = w->results[unit->first].c;
    return c->variant->footprint_bytes(&c->point);
}

/*
 * Smallest first: if the time runs out, most rows are there. (qsort has no context: few units, so
 * by hand.)
 */
static void sort_units(struct work *w)
{
    for (size_t i = 1; i < w->unit_count; i++)
        for (size_t k = i; k > 0 && footprint(w, &w->units[k]) < footprint(w, &w->units[k - 1]);
             k--) {
            struct unit swapped = w->units[k];
            w->units[k] = w->units[k - 1];
            w->units[k - 1] = swapped;
        }
}

static unsigned parallel(const struct work *w)
{
    uint64_t largest = w->job_count ? footprint(w, w->job_units[w->job_count - 1]) : 0;
    uint64_t each = OVERHEAD_BYTES + largest;
    int64_t available = w->options->machine->memory_available_bytes;
    unsigned cpus = (unsigned)lb_pin_cpu_count();
    uint64_t room = available > 0 ? (uint64_t)available / each : cpus;
    return room < 1 ? 1 : room < cpus ? (unsigned)room : cpus;
}

static enum lb_status run_jobs(struct work *w, struct lb_error *error)
{
    enum lb_status status = lb_pool_run(w->jobs, w->job_count, parallel(w), take_ended, w);
    take_ended(w, w->job_count, w->job_count);
    for (size_t k = 0; k < w->job_count; k++)
        free(w->jobs[k].text);
    w->job_count = 0;
    return status == LB_OK ? LB_OK : lb_fail(error, status, "interrupted");
}

static enum lb_status run_units(struct work *w, struct lb_error *error)
{
    for (size_t i = 0; i < w->unit_count; i++) {
        struct lb_simulated_mode modes[LB_MODES_MAX];
        size_t count;
        if (lb_simulation_cache_load(&w->cache, w->units[i].key, modes, &count))
            give(w, &w->units[i], modes, count, true);
        else
            add_job(w, &w->units[i]);
    }
    enum lb_status status = run_jobs(w, error);
    for (size_t i = 0; i < w->unit_count && status == LB_OK; i++) {
        w->units[i].taken = false;
        if (w->units[i].cold)
            add_job(w, &w->units[i]);
    }
    return status == LB_OK ? run_jobs(w, error) : status;
}

static enum lb_status simulate_geometry(struct work *w, size_t count, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    w->units = calloc(count + 1, sizeof *w->units);
    w->jobs = calloc(count + 1, sizeof *w->jobs);
    w->job_units = calloc(count + 1, sizeof *w->job_units);
    w->arguments = calloc(count + 1, sizeof *w->arguments);
    if (!w->units || !w->jobs || !w->job_units || !w->arguments)
        status = lb_fail(error, LB_NO_MEMORY, "out of memory");
    if (status == LB_OK) {
        make_options(w);
        list_units(w, count);
        sort_units(w);
        snprintf(w->folder, sizeof w->folder, "/tmp/layoutbench-simulation-XXXXXX");
        if (mkdtemp(w->folder))
            status = run_units(w, error);
        else
            status = lb_fail_errno(error, LB_SYSTEM, "cannot make a folder in /tmp");
        rmdir(w->folder);
    }
    free(w->units);
    free(w->jobs);
    free(w->job_units);
    free(w->arguments);
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

enum lb_status lb_simulate(const struct lb_result *results, size_t count,
                           const struct lb_simulate_options *options, struct lb_simulation *s,
                           struct lb_error *error)
{
    struct work work = {.results = results, .options = options, .simulation = s};
    const char *why;
    uint64_t start = lb_clock_wall_ns();
    if (options->budget_seconds > 0)
        work.end_ns = start + (uint64_t)(options->budget_seconds * 1e9);
    memset(s, 0, sizeof *s);
    choose_geometries(options, s);
    enum lb_status status = find_tool(&work, error);
    lb_simulation_cache_open(&work.cache, &why);
    if (why)
        options->say(options->context, why);
    for (size_t g = 0; g < s->geometry_count && status == LB_OK; g++) {
        s->cases[g] = calloc(count + 1, sizeof *s->cases[g]);
        if (!s->cases[g])
            return lb_fail(error, LB_NO_MEMORY, "out of memory");
        for (size_t i = 0; i < count; i++)
            set_reason(&s->cases[g][i], LB_LOST, INTERRUPTED);
        work.cases = s->cases[g];
        work.geometry = &s->geometries[g];
        work.unit_count = work.job_count = 0;
        status = simulate_geometry(&work, count, error);
    }
    s->seconds = (double)(lb_clock_wall_ns() - start) * 1e-9;
    return status;
}

void lb_simulation_free(struct lb_simulation *s)
{
    for (size_t g = 0; g < LB_GEOMETRIES_MAX; g++)
        free(s->cases[g]);
    memset(s, 0, sizeof *s);
}
