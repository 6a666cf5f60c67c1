/* document.c - see document.h. */
#include "harness/document/document.h"

#include "harness/base/build_info.h"
#include "harness/base/jsonwrite.h"
#include "harness/base/pin.h"
#include "harness/base/program_id.h"
#include "harness/document/claims.h"
#include "harness/document/closure.h"
#include "harness/simulation/simulation_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

static void add(struct json_object *o, const char *key, struct json_object *value)
{
    json_object_object_add(o, key, value);
}

static struct json_object *or_array(struct json_object *array)
{
    return array ? array : json_object_new_array();
}

static struct json_object *tool_json(void)
{
    struct json_object *o = json_object_new_object(), *libraries = json_object_new_object();
    char pfm[32], program[LB_DIGEST_BYTES];
    int major, minor;
    lb_counters_library_version(&major, &minor);
    snprintf(pfm, sizeof pfm, "%d.%d", major, minor);
    add(libraries, "libpfm4", lb_json_text(pfm));
    add(libraries, "json-c", lb_json_text(json_c_version()));
    add(o, "name", lb_json_text("layoutbench"));
    add(o, "version", lb_json_text(lb_build_version));
    add(o, "commit", lb_build_commit[0] ? lb_json_text(lb_build_commit) : NULL);
    add(o, "compiler", lb_json_text(lb_build_compiler));
    add(o, "flags", lb_json_text(lb_build_flags));
    add(o, "build", lb_json_text(lb_build_name));
    add(o, "program", lb_program_id(program) ? lb_json_text(program) : NULL);
    add(o, "libraries", libraries);
    return o;
}

static struct json_object *events_json(const struct lb_named_events *events)
{
    struct json_object *array = json_object_new_array();
    for (unsigned i = 0; i < events->count; i++)
        json_object_array_add(array, lb_json_text(events->names[i]));
    return array;
}

static struct json_object *run_json(const struct lb_document_parts *p)
{
    struct json_object *o = json_object_new_object(), *command = json_object_new_array(),
                       *filters = json_object_new_array();
    const struct lb_options *options = p->options;
    for (int i = 0; i < p->argc; i++)
        json_object_array_add(command, lb_json_text(p->argv[i]));
    for (size_t i = 0; i < options->filter_count; i++)
        json_object_array_add(filters, lb_json_text(options->filters[i]));
    add(o, "command", command);
    add(o, "profile", lb_json_text(options->profile));
    add(o, "filters", filters);
    if (options->events.count)
        add(o, "events", events_json(&options->events));
    add(o, "seed", json_object_new_uint64(options->seed));
    add(o, "input_generator", lb_json_text(LB_INPUT_GENERATOR));
    add(o, "started", lb_json_text(p->started));
    add(o, "duration_s", lb_json_number(p->duration_seconds));
    add(o, "cpu", options->cpu == LB_CPU_NONE ? NULL : json_object_new_int(options->cpu));
    add(o, "complete", json_object_new_boolean(p->complete));
    add(o, "smallest_difference", lb_json_number(p->smallest_difference));
    add(o, "simulation", lb_simulation_to_json(p->simulation));
    return o;
}

static struct json_object *benchmarks_json(const struct lb_document_parts *p)
{
    struct json_object *array = json_object_new_array();
    const struct lb_benchmark *last = NULL;
    for (size_t i = 0; i < p->result_count; i++) {
        if (p->results[i].c->benchmark != last)
            json_object_array_add(array, lb_benchmark_to_json(p->results[i].c->benchmark));
        last = p->results[i].c->benchmark;
    }
    return array;
}

const struct lb_result *lb_document_reference(const struct lb_result *results,
                                              const struct lb_comparison *comparison, size_t i)
{
    const struct lb_case *c = results[i].c;
    for (size_t k = comparison->first; k < comparison->first + comparison->count; k++)
        if (results[k].c->variant == &c->benchmark->variants[0] && results[k].c->mode == c->mode)
            return &results[k];
    return NULL;
}

/* A case that was interrupted before its first visit has nothing to say. */
static bool was_measured(const struct lb_result *r)
{
    return r->outcome != LB_CASE_OK || r->figures.timed;
}

static bool has_run(struct json_object *row)
{
    struct json_object *member = NULL;
    json_object_object_get_ex(row, "status", &member);
    const char *status = json_object_get_string(member);
    return status && (strcmp(status, "ok") == 0 || strcmp(status, "not_timed") == 0);
}

/* Of rows that an earlier run measured as well: simulations repeat, and were kept by themselves. */
static struct json_object *with_simulated(struct json_object *row, const struct lb_simulation *s,
                                          size_t i)
{
    if (s && has_run(row))
        add(row, "simulated", lb_simulated_to_json(s, i));
    return row;
}

static struct json_object *cases_json(const struct lb_document_parts *p)
{
    struct json_object *array = json_object_new_array();
    for (size_t c = 0; c < p->plan->comparison_count; c++) {
        const struct lb_comparison *comparison = &p->plan->comparisons[c];
        for (size_t i = comparison->first; i < comparison->first + comparison->count; i++)
            if (was_measured(&p->results[i]))
                json_object_array_add(
                    array,
                    with_simulated(lb_case_to_json(&p->results[i],
                                                   lb_document_reference(p->results, comparison, i),
                                                   p->counters, &p->labels[i]),
                                   p->simulation, i));
    }
    return array;
}

/* The claims come with the program, and the tests hold them to their schema: they do parse. */
static struct json_object *claims_json(struct json_object *document)
{
    struct json_object *claims = NULL;
    if (lb_claims_parse(lb_claims_source, &claims, NULL) != LB_OK)
        return json_object_new_array();
    struct json_object *rows = lb_claims_evaluate(claims, document);
    json_object_put(claims);
    return rows;
}

char *lb_document_make(struct lb_document_parts *p)
{
    struct json_object *o = json_object_new_object();
    add(o, "schema_version", json_object_new_int(SCHEMA_VERSION));
    add(o, "tool", tool_json());
    add(o, "run", run_json(p));
    add(o, "machine", p->machine);
    add(o, "benchmarks", benchmarks_json(p));
    add(o, "cases", cases_json(p));
    lb_closure_check(o);
    add(o, "whole_process", or_array(p->whole_process));
    add(o, "struct_layouts", or_array(p->struct_layouts));
    add(o, "claims", claims_json(o));
    const char *text =
        json_object_to_json_string_ext(o, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    char *copy = text ? strdup(text) : NULL;
    json_object_put(o);
    return copy;
}
