/* listing_json.c - see listing_json.h. */
#include "ci/listing_json.h"

#include "ci/place_json.h"
#include "harness/base/jsonread.h"

#include <math.h>
#include <stdio.h>

/* Every row repeats its benchmark's definition: the first one is taken. */
static enum lb_status find_benchmark(const struct lb_place *row, struct lb_results *r,
                                     size_t *index, struct lb_error *error)
{
    struct lb_results_benchmark *b = &r->benchmarks[r->benchmark_count];
    enum lb_status status = lb_place_text(row, "benchmark", b->name, sizeof b->name, error);
    const struct lb_results_benchmark *known =
        status == LB_OK ? lb_results_benchmark(r, b->name) : NULL;
    if (known) {
        *index = (size_t)(known - r->benchmarks);
        return LB_OK;
    }
    for (int f = 0; f < LB_DEFINITION_COUNT && status == LB_OK; f++)
        status = lb_results_read_definition(row, (enum lb_definition)f, b, error);
    if (status == LB_OK)
        status = lb_results_read_source(row, b, error);
    if (status == LB_OK)
        *index = r->benchmark_count++;
    return status;
}

static enum lb_status read_row(const struct lb_place *row, struct lb_results *r,
                               struct lb_error *error)
{
    struct lb_results_case *c = &r->cases[r->case_count];
    enum lb_status status = find_benchmark(row, r, &c->benchmark, error);
    if (status == LB_OK)
        status = lb_results_read_names(row, c, error);
    if (status == LB_OK)
        status = lb_place_text(row, "point", c->label, sizeof c->label, error);
    if (status == LB_OK)
        status = lb_results_read_point(row, "parameter_value", c, error);
    c->cpu_ns_per_op = NAN;
    r->case_count += status == LB_OK;
    return status;
}

static bool tells_definitions(struct json_object *list)
{
    struct json_object *first = json_object_array_get_idx(list, 0);
    return json_object_is_type(first, json_type_object) &&
           json_object_object_get_ex(first, "input_generator", NULL);
}

enum lb_status lb_listing_parse(const char *program, const char *text, struct lb_results *r,
                                struct lb_error *error)
{
    struct lb_place top = {.file = program, .path = "list"}, row;
    *r = (struct lb_results){.case_count = 0};
    snprintf(r->name, sizeof r->name, "%s", program);
    enum lb_status status = lb_json_scan(program, text, error);
    if (status != LB_OK)
        return status;
    top.value = json_tokener_parse(text);
    size_t count = 0;
    if (!json_object_is_type(top.value, json_type_array))
        status = lb_place_refuse(&top, error, "not an array");
    else if (!(count = json_object_array_length(top.value)))
        status = lb_place_refuse(&top, error, "empty: it has no benchmarks");
    else if (!tells_definitions(top.value))
        status =
            lb_fail(error, LB_UNAVAILABLE,
                    "%s is too old to compare with: its list does not tell definitions", program);
    if (status == LB_OK)
        status = lb_results_make_room(r, count, count, error);
    for (size_t i = 0; i < count && status == LB_OK; i++) {
        status = lb_place_item(&top, i, json_type_object, &row, error);
        if (status == LB_OK)
            status = read_row(&row, r, error);
    }
    json_object_put(top.value);
    return status == LB_OK ? lb_results_sort(r, error) : status;
}
