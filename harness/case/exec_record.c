/* exec_record.c - see exec_record.h. */
#include "harness/case/exec_record.h"

#include "harness/base/clock.h"
#include "harness/base/jsonwrite.h"
#include "harness/case/memory.h"
#include "harness/case/metrics_json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The fields of lb_memory_use, once for writing and reading. */
#define MEMORY_FIELDS(X)                                                                           \
    X(arena_bytes)                                                                                 \
    X(heap_bytes)                                                                                  \
    X(allocations)                                                                                 \
    X(resident_bytes)                                                                              \
    X(huge_page_bytes)

static struct json_object *known_or_null(uint64_t value)
{
    return value == LB_MEMORY_UNKNOWN ? NULL : json_object_new_uint64(value);
}

static struct json_object *memory_object(const struct lb_memory_use *use)
{
    struct json_object *memory = json_object_new_object();
#define X(field) json_object_object_add(memory, #field, known_or_null(use->field));
    MEMORY_FIELDS(X)
#undef X
    json_object_object_add(memory, "allocator", lb_json_text(use->allocator));
    return memory;
}

static void print_and_put(FILE *out, struct json_object *record)
{
    fprintf(out, "%s\n", json_object_to_json_string_ext(record, JSON_C_TO_STRING_PLAIN));
    json_object_put(record);
}

void lb_exec_record(FILE *out, const struct lb_instance *instance, const struct lb_sample *sample,
                    const struct lb_metric_values *metrics)
{
    struct json_object *r = json_object_new_object();
    bool timed = sample->ops && sample->wall_ns;
    char checksum[32];
    snprintf(checksum, sizeof checksum, "%016" PRIx64, instance->checksum[instance->c.mode]);
    json_object_object_add(r, "case", lb_json_text(instance->c.id));
    json_object_object_add(r, "status", lb_json_text("ok"));
    json_object_object_add(r, "elements", json_object_new_uint64(instance->c.point.elements));
    json_object_object_add(r, "ops", json_object_new_uint64(sample->ops));
    json_object_object_add(r, "create_ns", json_object_new_uint64(instance->create_ns));
    json_object_object_add(r, "wall_ns", timed ? json_object_new_uint64(sample->wall_ns) : NULL);
    json_object_object_add(r, "cpu_ns", timed ? json_object_new_uint64(sample->cpu_ns) : NULL);
    json_object_object_add(r, "process_cpu_ns",
                           json_object_new_uint64(lb_clock_read(CLOCK_PROCESS_CPUTIME_ID)));
    json_object_object_add(r, "checksum", lb_json_text(checksum));
    json_object_object_add(r, "memory", memory_object(&instance->memory));
    if (metrics)
        json_object_object_add(r, "metrics", lb_metrics_to_json(metrics));
    print_and_put(out, r);
}

void lb_exec_record_failure(FILE *out, const struct lb_case *c, enum lb_status status,
                            const struct lb_error *error)
{
    struct json_object *r = json_object_new_object();
    bool skipped = status == LB_UNAVAILABLE;
    json_object_object_add(r, "case", lb_json_text(c->id));
    json_object_object_add(r, "status", lb_json_text(skipped ? "skipped" : "error"));
    json_object_object_add(r, "reason", lb_json_text(error->text));
    print_and_put(out, r);
}

enum lb_status lb_exec_record_memory(const char *text, struct lb_memory_use *use,
                                     struct lb_error *error)
{
    struct json_object *record = json_tokener_parse(text), *memory = NULL, *value;
    enum lb_status status = LB_OK;
    if (!record || !json_object_object_get_ex(record, "memory", &memory))
        status = lb_fail(error, LB_PROTOCOL, "not a record of a case that ran: '%.200s'", text);
#define X(field)                                                                                   \
    use->field = json_object_object_get_ex(memory, #field, &value) && value                        \
                     ? (uint64_t)json_object_get_int64(value)                                      \
                     : LB_MEMORY_UNKNOWN;
    MEMORY_FIELDS(X)
#undef X
    use->allocator[0] = 0;
    json_object_put(record);
    return status;
}

const char *lb_exec_record_find(const char *text, const char *id)
{
    for (const char *line = text; *line; line += *line == '\n') {
        struct json_object *record = json_tokener_parse(line), *name = NULL;
        bool found = json_object_object_get_ex(record, "case", &name) &&
                     strcmp(json_object_get_string(name), id) == 0;
        json_object_put(record);
        if (found)
            return line;
        line += strcspn(line, "\n");
    }
    return NULL;
}

double lb_exec_record_cpu_seconds(const char *text)
{
    struct json_object *record = json_tokener_parse(text), *ns = NULL;
    bool known = json_object_object_get_ex(record, "process_cpu_ns", &ns) && ns;
    double seconds = known ? (double)json_object_get_int64(ns) * 1e-9 : NAN;
    json_object_put(record);
    return seconds;
}

enum lb_status lb_exec_record_status(const char *text, struct lb_error *error)
{
    struct json_object *record = json_tokener_parse(text), *word = NULL, *reason = NULL;
    bool said = json_object_object_get_ex(record, "status", &word);
    const char *outcome = said ? json_object_get_string(word) : "error";
    enum lb_status status = strcmp(outcome, "ok") == 0        ? LB_OK
                            : strcmp(outcome, "skipped") == 0 ? LB_UNAVAILABLE
                                                              : LB_CHILD;
    bool explained = json_object_object_get_ex(record, "reason", &reason) && reason;
    if (status != LB_OK)
        lb_fail(error, status, "%s",
                explained ? json_object_get_string(reason) : "it ended without a record");
    json_object_put(record);
    return status;
}
