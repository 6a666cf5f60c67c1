/* resume.c - see resume.h. */
#include "harness/run/resume.h"

#include "harness/base/build_info.h"
#include "harness/base/jsonread.h"

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

static enum lb_status check_same(const char *path, struct json_object *document,
                                 const struct lb_options *options, const char *fingerprint,
                                 struct lb_error *error)
{
    char seed[32], events[sizeof options->events.names], theirs[sizeof events];
    join_named(&options->events, events, sizeof events);
    join_read(at(document, "run", "events"), theirs, sizeof theirs);
    snprintf(seed, sizeof seed, "%" PRIu64, options->seed);
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
        status =
            must_equal(path, "commit", text_at(document, "tool", "commit"), lb_build_commit, error);
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

static bool is_whole(const struct lb_result *results, size_t from, size_t to,
                     struct json_object *cases)
{
    for (size_t i = from; i < to; i++)
        if (!row_of(cases, "id", results[i].c->id))
            return false;
    return true;
}

static void keep(struct lb_result *results, size_t from, size_t to, struct json_object *document,
                 struct json_object *whole_process)
{
    for (size_t i = from; i < to; i++) {
        const char *id = results[i].c->id;
        struct json_object *row = row_of(at(document, "whole_process", NULL), "case", id);
        results[i].outcome = LB_CASE_KEPT;
        results[i].kept = json_object_get(row_of(at(document, "cases", NULL), "id", id));
        if (row)
            json_object_array_add(whole_process, json_object_get(row));
    }
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
