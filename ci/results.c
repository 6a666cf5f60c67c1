/* results.c - see results.h. */
#include "ci/results.h"

#include "ci/place_json.h"
#include "harness/base/jsonread.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

static const char *const definition_keys[] = {
#define X(identifier, key, words) key,
    LB_DEFINITION(X)
#undef X
};

/* The counters that are compared, and the members of a case that hold them. */
static const enum lb_gate_metric counted[] = {LB_GATE_INSTRUCTIONS, LB_GATE_L1D_MISSES,
                                              LB_GATE_L3_MISSES};
static const struct {
    enum lb_gate_source source;
    const char *member, *from; /* readings of another source are none of ours */
} pools[] = {{LB_GATE_SIMULATED, "simulated", "simulated"},
             {LB_GATE_HARDWARE, "counters", "hardware"}};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

void lb_results_free(struct lb_results *results)
{
    free(results->benchmarks);
    free(results->cases);
    *results = (struct lb_results){.case_count = 0};
}

/* ---- Finding ------------------------------------------------------------------------------- */

static int compare_cases(const void *a, const void *b)
{
    const struct lb_results_case *x = a, *y = b;
    return strcmp(x->id, y->id);
}

const struct lb_results_case *lb_results_case(const struct lb_results *results, const char *id)
{
    struct lb_results_case key = {.benchmark = 0};
    snprintf(key.id, sizeof key.id, "%s", id);
    return results->case_count ? bsearch(&key, results->cases, results->case_count,
                                         sizeof *results->cases, compare_cases)
                               : NULL;
}

const struct lb_results_benchmark *lb_results_benchmark(const struct lb_results *results,
                                                        const char *name)
{
    for (size_t i = 0; i < results->benchmark_count; i++)
        if (strcmp(results->benchmarks[i].name, name) == 0)
            return &results->benchmarks[i];
    return NULL;
}

/* Sorted, so that they can be found; two of one name cannot both be right. */
enum lb_status lb_results_sort(struct lb_results *r, struct lb_error *error)
{
    qsort(r->cases, r->case_count, sizeof *r->cases, compare_cases);
    for (size_t i = 1; i < r->case_count; i++)
        if (strcmp(r->cases[i - 1].id, r->cases[i].id) == 0)
            return lb_fail(error, LB_USAGE, "%s: the case %s stands there twice", r->name,
                           r->cases[i].id);
    return LB_OK;
}

enum lb_status lb_results_make_room(struct lb_results *r, size_t benchmarks, size_t cases,
                                    struct lb_error *error)
{
    r->benchmarks = calloc(benchmarks + 1, sizeof *r->benchmarks);
    r->cases = calloc(cases + 1, sizeof *r->cases);
    return r->benchmarks && r->cases ? LB_OK : lb_fail(error, LB_NO_MEMORY, "out of memory");
}

/* ---- Readings ------------------------------------------------------------------------------ */

static enum lb_reading reading_of(bool counts, bool ours, const char *status_name)
{
    if (counts)
        return ours ? LB_READING_BELIEVED : LB_READING_NONE;
    return strcmp(status_name, "unsupported") == 0 ? LB_READING_NONE : LB_READING_LOST;
}

static enum lb_status read_reading(const struct lb_place *pool, size_t p,
                                   enum lb_gate_metric metric, struct lb_results_case *c,
                                   struct lb_error *error)
{
    enum lb_gate_source source = pools[p].source;
    struct lb_place place;
    char status_name[32], from[32];
    double value = NAN;
    c->counts[source][metric] = NAN;
    if (!json_object_object_get_ex(pool->value, lb_gate_metric_name(metric), NULL))
        return LB_OK;
    enum lb_status status =
        lb_place_member(pool, lb_gate_metric_name(metric), json_type_object, &place, error);
    if (status == LB_OK)
        status = lb_place_text(&place, "status", status_name, sizeof status_name, error);
    if (status == LB_OK)
        status = lb_place_text_or_null(&place, "source", from, sizeof from, error);
    if (status == LB_OK)
        status = lb_place_number_or_null(&place, "value_per_op", 0, 1e15, &value, error);
    if (status != LB_OK)
        return status;
    bool counts = strcmp(status_name, "counted") == 0 || strcmp(status_name, "simulated") == 0;
    if (counts != isfinite(value))
        return lb_place_refuse(&place, error, "its status is %s and its value %s", status_name,
                               isfinite(value) ? "a number" : "null");
    c->readings[source][metric] = reading_of(counts, strcmp(from, pools[p].from) == 0, status_name);
    if (c->readings[source][metric] == LB_READING_BELIEVED)
        c->counts[source][metric] = value;
    else if (c->readings[source][metric] == LB_READING_LOST && !c->reason[0])
        return lb_place_text(&place, "reason", c->reason, sizeof c->reason, error);
    return LB_OK;
}

static enum lb_status read_readings(const struct lb_place *row, struct lb_results_case *c,
                                    struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (size_t p = 0; p < COUNT_OF(pools) && status == LB_OK; p++) {
        struct lb_place pool;
        status = lb_place_member(row, pools[p].member, json_type_object, &pool, error);
        for (size_t m = 0; m < COUNT_OF(counted) && status == LB_OK; m++)
            status = read_reading(&pool, p, counted[m], c, error);
    }
    return status;
}

/* ---- Cases --------------------------------------------------------------------------------- */

enum lb_status lb_results_read_names(const struct lb_place *row, struct lb_results_case *c,
                                     struct lb_error *error)
{
    enum lb_status status = lb_place_text(row, "id", c->id, sizeof c->id, error);
    if (status == LB_OK)
        status = lb_place_text(row, "variant", c->variant, sizeof c->variant, error);
    if (status == LB_OK)
        status = lb_place_text(row, "mode", c->mode, sizeof c->mode, error);
    return status;
}

/* `parameter`: the key of its value. */
enum lb_status lb_results_read_point(const struct lb_place *point, const char *parameter,
                                     struct lb_results_case *c, struct lb_error *error)
{
    double value = NAN;
    enum lb_status status =
        lb_place_count(point, "working_set_bytes", &c->working_set_bytes, error);
    if (status == LB_OK)
        status = lb_place_count(point, "elements", &c->elements, error);
    if (status == LB_OK)
        status = lb_place_number_or_null(point, parameter, 0, 1e18, &value, error);
    c->parameter = isfinite(value) ? (uint64_t)value : 0;
    return status;
}

static enum lb_status read_status(const struct lb_place *row, struct lb_results_case *c,
                                  struct lb_error *error)
{
    char name[32];
    struct lb_place time, cpu;
    enum lb_status status = lb_place_text(row, "status", name, sizeof name, error);
    c->cpu_ns_per_op = NAN;
    if (status != LB_OK)
        return status;
    bool timed = strcmp(name, "ok") == 0, counts_only = strcmp(name, "not_timed") == 0;
    c->status = timed || counts_only           ? LB_RESULT_RAN
                : strcmp(name, "skipped") == 0 ? LB_RESULT_SKIPPED
                                               : LB_RESULT_FAILED;
    if (c->status != LB_RESULT_RAN)
        return lb_place_text(row, "reason", c->reason, sizeof c->reason, error);
    if (!timed)
        return LB_OK;
    status = lb_place_member(row, "time", json_type_object, &time, error);
    if (status == LB_OK)
        status = lb_place_member(&time, "cpu_ns_per_op", json_type_object, &cpu, error);
    if (status == LB_OK)
        status = lb_place_number(&cpu, "median", 0, 1e18, &c->cpu_ns_per_op, error);
    return status;
}

static enum lb_status read_case(const struct lb_place *row, struct lb_results *r,
                                struct lb_error *error)
{
    struct lb_results_case *c = &r->cases[r->case_count];
    char benchmark[LB_GATE_ID_BYTES];
    struct lb_place point;
    enum lb_status status = lb_results_read_names(row, c, error);
    if (status == LB_OK)
        status = lb_place_text(row, "benchmark", benchmark, sizeof benchmark, error);
    if (status == LB_OK)
        status = lb_place_member(row, "point", json_type_object, &point, error);
    if (status == LB_OK)
        status = lb_place_text(&point, "label", c->label, sizeof c->label, error);
    if (status == LB_OK)
        status = lb_results_read_point(&point, "parameter", c, error);
    if (status == LB_OK)
        status = read_status(row, c, error);
    if (status == LB_OK)
        status = read_readings(row, c, error);
    if (status != LB_OK)
        return status;
    const struct lb_results_benchmark *b = lb_results_benchmark(r, benchmark);
    if (!b)
        return lb_place_refuse(row, error, "its benchmark %s is not in $.benchmarks", benchmark);
    c->benchmark = (size_t)(b - r->benchmarks);
    r->case_count++;
    return LB_OK;
}

/* ---- Benchmarks ---------------------------------------------------------------------------- */

enum lb_status lb_results_read_definition(const struct lb_place *from, enum lb_definition field,
                                          struct lb_results_benchmark *b, struct lb_error *error)
{
    char *out = b->definition[field];
    const char *key = definition_keys[field];
    uint64_t number = 0;
    if (field != LB_DEFINITION_REVISION && field != LB_DEFINITION_SEED)
        return lb_place_text_or_null(from, key, out, LB_DEFINITION_BYTES, error);
    enum lb_status status = lb_place_count(from, key, &number, error);
    snprintf(out, LB_DEFINITION_BYTES, "%" PRIu64, number);
    return status;
}

enum lb_status lb_results_read_source(const struct lb_place *from, struct lb_results_benchmark *b,
                                      struct lb_error *error)
{
    uint64_t line = 0;
    enum lb_status status =
        lb_place_text(from, "source_file", b->source_file, sizeof b->source_file, error);
    if (status == LB_OK)
        status = lb_place_count(from, "source_line", &line, error);
    b->source_line = line < INT32_MAX ? (int)line : 0;
    return status;
}

/* Seed and generator are the whole run's. */
static enum lb_status read_benchmark(const struct lb_place *row, const struct lb_place *run,
                                     struct lb_results *r, struct lb_error *error)
{
    struct lb_results_benchmark *b = &r->benchmarks[r->benchmark_count];
    char family[96], name[96];
    enum lb_status status = lb_place_text(row, "family", family, sizeof family, error);
    if (status == LB_OK)
        status = lb_place_text(row, "name", name, sizeof name, error);
    for (int f = 0; f < LB_DEFINITION_COUNT && status == LB_OK; f++) {
        bool of_run = f == LB_DEFINITION_SEED || f == LB_DEFINITION_GENERATOR;
        status = lb_results_read_definition(of_run ? run : row, (enum lb_definition)f, b, error);
    }
    if (status == LB_OK)
        status = lb_results_read_source(row, b, error);
    if (status != LB_OK)
        return status;
    snprintf(b->name, sizeof b->name, "%.95s/%.95s", family, name);
    if (lb_results_benchmark(r, b->name))
        return lb_place_refuse(row, error, "the benchmark %s stands there twice", b->name);
    r->benchmark_count++;
    return LB_OK;
}

/* ---- Fingerprints -------------------------------------------------------------------------- */

static enum lb_status read_fields(const struct lb_place *prints, const char *key,
                                  struct lb_results_field *fields, size_t *count,
                                  struct lb_error *error)
{
    struct lb_place place;
    enum lb_status status = lb_place_member(prints, key, json_type_object, &place, error);
    if (status != LB_OK)
        return status;
    json_object_object_foreach(place.value, name, unused)
    {
        (void)unused;
        if (*count == LB_FIELDS_MAX)
            return lb_place_refuse(&place, error, "more than %d fields", LB_FIELDS_MAX);
        struct lb_results_field *field = &fields[(*count)++];
        status = lb_place_name(&place, name, field->name, sizeof field->name, error);
        if (status == LB_OK)
            status = lb_place_text(&place, name, field->value, sizeof field->value, error);
        if (status != LB_OK)
            return status;
    }
    return LB_OK;
}

static enum lb_status read_fingerprints(const struct lb_place *top, struct lb_results *r,
                                        struct lb_error *error)
{
    struct lb_place machine, prints, tool;
    enum lb_status status = lb_place_member(top, "machine", json_type_object, &machine, error);
    if (status == LB_OK)
        status = lb_place_member(&machine, "fingerprints", json_type_object, &prints, error);
    if (status == LB_OK)
        status = read_fields(&prints, "environment_fields", r->environment, &r->environment_count,
                             error);
    if (status == LB_OK)
        status = read_fields(&prints, "machine_fields", r->machine, &r->machine_count, error);
    if (status == LB_OK)
        status = lb_place_text(&prints, "environment", r->environment_digest,
                               sizeof r->environment_digest, error);
    if (status == LB_OK)
        status =
            lb_place_text(&prints, "machine", r->machine_digest, sizeof r->machine_digest, error);
    if (status == LB_OK)
        status = lb_place_member(top, "tool", json_type_object, &tool, error);
    if (status == LB_OK)
        status = lb_place_text_or_null(&tool, "commit", r->commit, sizeof r->commit, error);
    return status;
}

/* ---- The document -------------------------------------------------------------------------- */

static enum lb_status read_run(const struct lb_place *top, struct lb_place *run,
                               struct lb_error *error)
{
    bool complete = false;
    enum lb_status status = lb_place_member(top, "run", json_type_object, run, error);
    if (status == LB_OK)
        status = lb_place_bool(run, "complete", &complete, error);
    if (status == LB_OK && !complete)
        status = lb_place_refuse(run, error, "complete is false: the run was interrupted");
    return status;
}

static enum lb_status read_rows(const struct lb_place *top, const struct lb_place *run,
                                struct lb_results *r, struct lb_error *error)
{
    struct lb_place benchmarks, cases, row;
    enum lb_status status = lb_place_member(top, "benchmarks", json_type_array, &benchmarks, error);
    if (status == LB_OK)
        status = lb_place_member(top, "cases", json_type_array, &cases, error);
    size_t benchmark_count = status == LB_OK ? json_object_array_length(benchmarks.value) : 0;
    size_t case_count = status == LB_OK ? json_object_array_length(cases.value) : 0;
    if (status == LB_OK && !case_count)
        status = lb_place_refuse(&cases, error, "empty: there is nothing to compare");
    if (status == LB_OK)
        status = lb_results_make_room(r, benchmark_count, case_count, error);
    for (size_t i = 0; i < benchmark_count && status == LB_OK; i++) {
        status = lb_place_item(&benchmarks, i, json_type_object, &row, error);
        if (status == LB_OK)
            status = read_benchmark(&row, run, r, error);
    }
    for (size_t i = 0; i < case_count && status == LB_OK; i++) {
        status = lb_place_item(&cases, i, json_type_object, &row, error);
        if (status == LB_OK)
            status = read_case(&row, r, error);
    }
    return status == LB_OK ? lb_results_sort(r, error) : status;
}

enum lb_status lb_results_read(const char *file, struct lb_results *r, struct lb_error *error)
{
    struct lb_place top, run;
    *r = (struct lb_results){.case_count = 0};
    snprintf(r->name, sizeof r->name, "%s", file);
    enum lb_status status = lb_place_read(file, SCHEMA_VERSION, &top, error);
    if (status == LB_OK)
        status = read_run(&top, &run, error);
    if (status == LB_OK)
        status = read_fingerprints(&top, r, error);
    if (status == LB_OK)
        status = read_rows(&top, &run, r, error);
    json_object_put(top.value);
    return status;
}
