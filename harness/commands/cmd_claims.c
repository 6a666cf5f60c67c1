/* cmd_claims.c - `layoutbench claims RESULTS.json`: the verdicts that a results document allows. */
#include "harness/base/jsonread.h"
#include "harness/commands/cmd.h"
#include "harness/document/claims.h"
#include "harness/document/claims_member.h"

#include <json-c/json.h>
#include <stdio.h>

enum { RESULTS_VERSION = 1 };

/* A time's median is what a claim takes of it. */
static bool is_time(struct json_object *time, const char *clock)
{
    struct json_object *interval = lb_claims_member(time, clock);
    return !interval || lb_claims_number(interval, "median") >= 0;
}

/* What the claims would take silently for unknown, or twice. NULL: nothing. */
static const char *wrong_in(struct json_object *c, struct json_object *seen)
{
    static const char *const parts[] = {"time",     "ratio",     "memory",
                                        "counters", "simulated", "metrics"};
    const char *id = lb_claims_text(c, "id");
    struct json_object *time = lb_claims_member(c, "time");
    if (!*id || !*lb_claims_text(c, "status"))
        return "has no id, or no status";
    if (json_object_object_get_ex(seen, id, NULL))
        return "a case of this id stands there twice";
    json_object_object_add(seen, id, NULL);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct json_object *part = lb_claims_member(c, parts[i]);
        if (part && !json_object_is_type(part, json_type_object))
            return "time, ratio, memory, counters, simulated and metrics are objects";
    }
    return is_time(time, "cpu_ns_per_op") && is_time(time, "wall_ns_per_op")
               ? NULL
               : "a time is no number from 0 on";
}

static enum lb_status check_cases(const char *path, struct json_object *cases,
                                  struct lb_error *error)
{
    enum lb_status status = LB_OK;
    struct json_object *seen = json_object_new_object();
    for (size_t i = 0; i < json_object_array_length(cases) && status == LB_OK; i++) {
        struct json_object *c = json_object_array_get_idx(cases, i);
        const char *wrong =
            json_object_is_type(c, json_type_object) ? wrong_in(c, seen) : "not an object";
        if (wrong)
            status = lb_fail(error, LB_USAGE, "%s: $.cases[%zu]: %s", path, i, wrong);
    }
    json_object_put(seen);
    return status;
}

static enum lb_status check(const char *path, struct json_object *document, struct lb_error *error)
{
    struct json_object *cases;
    enum lb_status status = lb_json_check_version(path, document, RESULTS_VERSION, error);
    if (status != LB_OK)
        return status;
    if (!json_object_object_get_ex(document, "cases", &cases) ||
        !json_object_is_type(cases, json_type_array))
        return lb_fail(error, LB_USAGE, "%s: $.cases: not an array: no results document", path);
    return check_cases(path, cases, error);
}

static void print(struct json_object *claims, struct json_object *document, bool json)
{
    struct json_object *rows = lb_claims_evaluate(claims, document);
    if (json)
        puts(json_object_to_json_string_ext(rows, JSON_C_TO_STRING_PRETTY |
                                                      JSON_C_TO_STRING_NOSLASHESCAPE));
    else
        lb_claims_print(stdout, rows);
    json_object_put(rows);
}

int lb_cmd_claims(const struct lb_options *options)
{
    struct lb_error error;
    struct json_object *claims = NULL, *document = NULL;
    enum lb_status status = lb_claims_parse(lb_claims_source, &claims, &error);
    if (status == LB_OK)
        status = lb_json_read(options->results, &document, &error);
    if (status == LB_OK)
        status = check(options->results, document, &error);
    if (status == LB_OK)
        print(claims, document, options->format[0] == 'j');
    json_object_put(document);
    json_object_put(claims);
    return status == LB_OK ? LB_EXIT_FINE : lb_cmd_complain(status, &error);
}
