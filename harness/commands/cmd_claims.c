/* cmd_claims.c - `layoutbench claims RESULTS.json`: the verdicts that a results document allows. */
#include "harness/base/jsonread.h"
#include "harness/commands/cmd.h"
#include "harness/document/claims.h"

#include <json-c/json.h>
#include <stdio.h>

enum { RESULTS_VERSION = 1 };

static enum lb_status check(const char *path, struct json_object *document, struct lb_error *error)
{
    struct json_object *cases;
    enum lb_status status = lb_json_check_version(path, document, RESULTS_VERSION, error);
    if (status != LB_OK)
        return status;
    if (!json_object_object_get_ex(document, "cases", &cases) ||
        !json_object_is_type(cases, json_type_array))
        return lb_fail(error, LB_USAGE, "%s: $.cases: not an array: no results document", path);
    for (size_t i = 0; i < json_object_array_length(cases); i++)
        if (!json_object_is_type(json_object_array_get_idx(cases, i), json_type_object))
            return lb_fail(error, LB_USAGE, "%s: $.cases[%zu]: not an object", path, i);
    return LB_OK;
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
