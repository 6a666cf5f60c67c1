/* whole_process.c - see whole_process.h. */
#include "harness/run/whole_process.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/jsonwrite.h"
#include "harness/base/spawn.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MS = 60000, RUNS = 5 };

/* hyperfine's names, and ours. */
static const struct {
    const char *theirs, *ours;
} figures[] = {{"mean", "mean_s"},    {"median", "median_s"}, {"min", "min_s"},
               {"max", "max_s"},      {"stddev", "stddev_s"}, {"user", "user_s"},
               {"system", "system_s"}};

static double figure(struct json_object *result, const char *name)
{
    struct json_object *value;
    return result && json_object_object_get_ex(result, name, &value) && value
               ? json_object_get_double(value)
               : NAN;
}

static struct json_object *row(const char *id, const char *const *words, const char *status,
                               const char *reason, struct json_object *result)
{
    struct json_object *o = json_object_new_object(), *command = json_object_new_array();
    for (; *words; words++)
        json_object_array_add(command, json_object_new_string(*words));
    json_object_object_add(o, "case", json_object_new_string(id));
    json_object_object_add(o, "status", json_object_new_string(status));
    json_object_object_add(o, "reason", lb_json_text(reason));
    json_object_object_add(o, "command", command);
    json_object_object_add(o, "runs", json_object_new_int(result ? RUNS : 0));
    for (size_t i = 0; i < LB_COUNT_OF(figures); i++)
        json_object_object_add(o, figures[i].ours,
                               lb_json_number(figure(result, figures[i].theirs)));
    return o;
}

/* The first result of an exported file; NULL when there is none. The caller puts *document. */
static struct json_object *first_result(const char *path, struct json_object **document)
{
    struct json_object *results;
    *document = json_object_from_file(path);
    if (!*document || !json_object_object_get_ex(*document, "results", &results) ||
        json_object_array_length(results) < 1)
        return NULL;
    return json_object_array_get_idx(results, 0);
}

static enum lb_status time_one(const struct lb_result *r,
                               const struct lb_whole_process_options *options, const char *export,
                               struct json_object *rows, struct lb_error *error)
{
    char seed[32], cpu[16], command[4096], runs[16], *text = NULL;
    const char *id = r->c->id;
    int code = 0;
    snprintf(seed, sizeof seed, "%" PRIu64, options->seed);
    snprintf(cpu, sizeof cpu, options->cpu < 0 ? "none" : "%d", options->cpu);
    snprintf(runs, sizeof runs, "%d", RUNS);
    snprintf(command, sizeof command, "'%s' exec %s --seed %s --cpu %s", lb_spawn_self(), id, seed,
             cpu);
    const char *words[] = {"layoutbench", "exec", id, "--seed", seed, "--cpu", cpu, NULL};
    const char *argv[] = {"hyperfine", "-N",   "--warmup",      "1",    "--runs", runs,
                          "--style",   "none", "--export-json", export, command,  NULL};
    struct lb_spawn spawn = {.argv = argv, .path = true, .err_fd = -1, .extra_fd = -1};
    struct json_object *document = NULL;
    enum lb_status status = lb_spawn_capture(&spawn, TIMEOUT_MS, &text, &code, error);
    free(text);
    if (status == LB_INTERRUPTED)
        return status;
    struct json_object *result = status == LB_OK ? first_result(export, &document) : NULL;
    const char *reason = status != LB_OK ? error->text
                         : result        ? NULL
                                         : "hyperfine wrote no result: the program failed";
    const char *word = result ? "ok" : status == LB_UNAVAILABLE ? "skipped" : "error";
    json_object_array_add(rows, row(id, words, word, reason, result));
    json_object_put(document);
    return LB_OK;
}

/* An interrupted run that is gone on with may have timed it. */
static bool has_row(struct json_object *rows, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *of = NULL;
        json_object_object_get_ex(json_object_array_get_idx(rows, i), "case", &of);
        if (of && strcmp(json_object_get_string(of), id) == 0)
            return true;
    }
    return false;
}

/* The first mode of each variant, at the one rung (or the first value of a parameter). */
static bool chosen(const struct lb_result *r, const struct lb_result *before,
                   struct json_object *rows)
{
    const struct lb_benchmark *b = r->c->benchmark;
    uint64_t point = b->parameter ? r->c->point.parameter : r->c->point.working_set_bytes;
    uint64_t wanted = b->parameter ? b->parameter_values[0] : LB_WHOLE_PROCESS_RUNG_BYTES;
    return lb_result_outcome(r) == LB_CASE_OK && point == wanted &&
           !(before && before->c->variant == r->c->variant &&
             strcmp(before->c->label, r->c->label) == 0) &&
           !has_row(rows, r->c->id);
}

static size_t count_chosen(const struct lb_result *results, size_t count, struct json_object *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += chosen(&results[i], i ? &results[i - 1] : NULL, rows);
    return n;
}

enum lb_status lb_whole_process(const struct lb_result *results, size_t count,
                                const struct lb_whole_process_options *options,
                                struct json_object **rows, struct lb_error *error)
{
    char export[] = "/tmp/layoutbench-hyperfine-XXXXXX";
    int fd = mkstemp(export);
    size_t total, ended = 0;
    uint64_t start = lb_clock_wall_ns();
    enum lb_status status = LB_OK;
    if (!*rows)
        *rows = json_object_new_array();
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot make a temporary file in /tmp");
    close(fd);
    total = count_chosen(results, count, *rows);
    for (size_t i = 0; i < count && status == LB_OK; i++) {
        if (!chosen(&results[i], i ? &results[i - 1] : NULL, *rows))
            continue;
        static const char *const nothing[] = {NULL};
        if ((double)(lb_clock_wall_ns() - start) * 1e-9 > options->budget_seconds)
            json_object_array_add(*rows, row(results[i].c->id, nothing, "skipped",
                                             "the time for whole processes was used up", NULL));
        else
            status = time_one(&results[i], options, export, *rows, error);
        if (options->done)
            options->done(options->context, ++ended, total);
    }
    unlink(export);
    return status;
}
