/* resume.c - see resume.h. */
#include "harness/run/resume.h"

#include "harness/base/build_info.h"
#include "harness/base/jsonread.h"
#include "harness/base/pin.h"
#include "harness/base/program_id.h"
#include "harness/case/memory.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

/* The value at a path of keys; NULL when it is not there. */
static struct json_object *at(struct json_object *o, const char *first, const char *second)
{
    struct json_object *value = NULL;
    if (!json_object_is_type(o, json_type_object) || !json_object_object_get_ex(o, first, &value))
        return NULL;
    return second ? at(value, second, NULL) : value;
}

static const char *text_at(struct json_object *o, const char *first, const char *second)
{
    struct json_object *value = at(o, first, second);
    const char *text = value ? json_object_get_string(value) : NULL;
    return text ? text : "";
}

static enum lb_status must_equal(const char *path, const char *what, const char *theirs,
                                 const char *ours, struct lb_error *error)
{
    if (strcmp(theirs, ours) == 0)
        return LB_OK;
    return lb_fail(error, LB_USAGE,
                   "%s cannot be gone on with: its %s is '%s', here it is '%s'; leave --resume out "
                   "to begin anew",
                   path, what, theirs, ours);
}

/* Events as the option takes them, with commas between. */
static void join(char *text, size_t bytes, const char *event)
{
    size_t used = strlen(text);
    snprintf(text + used, bytes - used, "%s%s", used ? "," : "", event);
}

static void join_named(const struct lb_named_events *events, char *text, size_t bytes)
{
    text[0] = 0;
    for (unsigned i = 0; i < events->count; i++)
        join(text, bytes, events->names[i]);
}

static void join_read(struct json_object *events, char *text, size_t bytes)
{
    bool listed = json_object_is_type(events, json_type_array);
    text[0] = 0;
    for (size_t i = 0; listed && i < json_object_array_length(events); i++)
        join(text, bytes, json_object_get_string(json_object_array_get_idx(events, i)));
}

static enum lb_status check_program(const char *path, struct json_object *document,
                                    struct lb_error *error)
{
    char program[LB_DIGEST_BYTES];
    const struct {
        const char *key, *what, *ours;
    } facts[] = {{"commit", "commit", lb_build_commit},
                 {"compiler", "compiler", lb_build_compiler},
                 {"flags", "list of flags", lb_build_flags},
                 {"build", "build", lb_build_name},
                 /* What is not committed is only in the program itself. */
                 {"program", "digest of the program and its libraries", program}};
    enum lb_status status = LB_OK;
    if (!lb_program_id(program))
        program[0] = 0;
    for (size_t i = 0; i < LB_COUNT_OF(facts) && status == LB_OK; i++)
        status = must_equal(path, facts[i].what, text_at(document, "tool", facts[i].key),
                            facts[i].ours, error);
    return status;
}

static bool has_counters(struct json_object *document)
{
    struct json_object *counters = at(document, "machine", "counters");
    return json_object_is_type(counters, json_type_array) && json_object_array_length(counters) > 0;
}

static enum lb_status check_same(const char *path, struct json_object *document,
                                 const struct lb_options *options, const char *fingerprint,
                                 struct lb_error *error)
{
    char seed[32], cpu[16] = "", events[sizeof options->events.names], theirs[sizeof events];
    join_named(&options->events, events, sizeof events);
    join_read(at(document, "run", "events"), theirs, sizeof theirs);
    snprintf(seed, sizeof seed, "%" PRIu64, options->seed);
    if (options->cpu != LB_CPU_NONE)
        snprintf(cpu, sizeof cpu, "%d", options->cpu);
    enum lb_status status = lb_json_check_version(path, document, SCHEMA_VERSION, error);
    if (status == LB_OK && json_object_get_boolean(at(document, "run", "complete")))
        status = lb_fail(error, LB_USAGE, "%s is complete: there is nothing to resume", path);
    if (status == LB_OK)
        status = must_equal(path, "seed", text_at(document, "run", "seed"), seed, error);
    if (status == LB_OK)
        status = must_equal(path, "profile", text_at(document, "run", "profile"), options->profile,
                            error);
    if (status == LB_OK)
        status = must_equal(path, "list of --events", theirs, events, error);
    if (status == LB_OK)
        status = must_equal(path, "counting (--no-counters)", has_counters(document) ? "on" : "off",
                            options->no_counters ? "off" : "on", error);
    if (status == LB_OK)
        status = check_program(path, document, error);
    if (status == LB_OK)
        status = must_equal(path, "CPU (--cpu)", text_at(document, "run", "cpu"), cpu, error);
    if (status == LB_OK)
        status = must_equal(path, "machine",
                            text_at(at(document, "machine", "fingerprints"), "machine", NULL),
                            fingerprint, error);
    return status;
}

/* The row with this id in an array of the document; NULL when there is none. */
static struct json_object *row_of(struct json_object *rows, const char *key, const char *id)
{
    size_t n = json_object_is_type(rows, json_type_array) ? json_object_array_length(rows) : 0;
    for (size_t i = 0; i < n; i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (strcmp(text_at(row, key, NULL), id) == 0)
            return row;
    }
    return NULL;
}

static size_t end_of_benchmark(const struct lb_result *results, size_t count, size_t from)
{
    size_t end = from;
    while (end < count && results[end].c->benchmark == results[from].c->benchmark)
        end++;
    return end;
}

static bool has_note(struct json_object *row, const char *name)
{
    struct json_object *notes = at(row, "notes", NULL);
    size_t n = json_object_is_type(notes, json_type_array) ? json_object_array_length(notes) : 0;
    for (size_t i = 0; i < n; i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(notes, i)), name) == 0)
            return true;
    return false;
}

/* A row that says ok has its answers verified, or it was interrupted before they were. */
static bool is_whole(const struct lb_result *results, size_t from, size_t to,
                     struct json_object *cases)
{
    for (size_t i = from; i < to; i++) {
        struct json_object *row = row_of(cases, "id", results[i].c->id);
        if (!row || has_note(row, lb_note_name(LB_NOTE_INTERRUPTED)))
            return false;
    }
    return true;
}

static enum lb_outcome outcome_of(struct json_object *row)
{
    const char *status = text_at(row, "status", NULL);
    if (strcmp(status, "ok") == 0)
        return LB_CASE_OK;
    return strcmp(status, "skipped") == 0 ? LB_CASE_SKIPPED : LB_CASE_ERROR;
}

static uint64_t bytes_at(struct json_object *memory, const char *key)
{
    struct json_object *value = at(memory, key, NULL);
    return value ? json_object_get_uint64(value) : LB_MEMORY_UNKNOWN;
}

/* So that the pass that counts allocations can add what the interrupted run did not come to. */
static void restore_memory(struct json_object *row, struct lb_memory_use *use)
{
    struct json_object *memory = at(row, "memory", NULL);
    snprintf(use->allocator, sizeof use->allocator, "%s", text_at(memory, "allocator", NULL));
    use->arena_bytes = bytes_at(memory, "arena_bytes");
    use->heap_bytes = bytes_at(memory, "heap_bytes");
    use->allocations = bytes_at(memory, "allocations");
    use->resident_bytes = bytes_at(memory, "resident_bytes");
    use->huge_page_bytes = bytes_at(memory, "huge_page_bytes");
}

static void keep(struct lb_result *results, size_t from, size_t to, struct json_object *document,
                 struct json_object *whole_process)
{
    for (size_t i = from; i < to; i++) {
        const char *id = results[i].c->id;
        struct json_object *row = row_of(at(document, "whole_process", NULL), "case", id);
        results[i].outcome = LB_CASE_KEPT;
        results[i].kept = json_object_get(row_of(at(document, "cases", NULL), "id", id));
        results[i].kept_outcome = outcome_of(results[i].kept);
        restore_memory(results[i].kept, &results[i].memory);
        if (row)
            json_object_array_add(whole_process, json_object_get(row));
    }
}

static bool is_selected(const struct lb_result *results, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(results[i].c->id, id) == 0)
            return true;
    return false;
}

/* What stands under the path is replaced: rows that nobody asks for again would be lost. */
static enum lb_status check_selection(const char *path, struct json_object *cases,
                                      const struct lb_result *results, size_t count,
                                      struct lb_error *error)
{
    size_t n = json_object_is_type(cases, json_type_array) ? json_object_array_length(cases) : 0;
    for (size_t i = 0; i < n; i++) {
        const char *id = text_at(json_object_array_get_idx(cases, i), "id", NULL);
        if (!is_selected(results, count, id))
            return lb_fail(error, LB_USAGE,
                           "%s holds %s, which this selection leaves out and would lose; say its "
                           "--filter and --working-set again, or leave --resume out to begin anew",
                           path, id);
    }
    return LB_OK;
}

enum lb_status lb_resume(const char *path, const struct lb_options *options,
                         const char *machine_fingerprint, struct lb_result *results, size_t count,
                         struct json_object **whole_process, struct lb_error *error)
{
    struct json_object *document = NULL;
    enum lb_status status = lb_json_read(path, &document, error);
    if (status == LB_OK)
        status = check_same(path, document, options, machine_fingerprint, error);
    if (status == LB_OK)
        status = check_selection(path, at(document, "cases", NULL), results, count, error);
    if (status == LB_OK)
        *whole_process = json_object_new_array();
    for (size_t from = 0, to; status == LB_OK && from < count; from = to) {
        to = end_of_benchmark(results, count, from);
        if (is_whole(results, from, to, at(document, "cases", NULL)))
            keep(results, from, to, document, *whole_process);
    }
    json_object_put(document);
    return status;
}

void lb_resume_release(struct lb_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_object_put(results[i].kept);
        results[i].kept = NULL;
    }
}
