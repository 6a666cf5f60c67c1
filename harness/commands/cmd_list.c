/* cmd_list.c - `layoutbench list`: benchmarks and cases, from the descriptors alone. */
#include "harness/commands/cmd.h"
#include "harness/run/select.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

static void print_text(const struct lb_case_list *cases)
{
    const struct lb_benchmark *last = NULL;
    size_t benchmarks = 0;
    for (size_t i = 0; i < cases->count; i++) {
        const struct lb_case *c = &cases->cases[i];
        if (c->benchmark != last) {
            printf("%s%s/%s: %s\n", last ? "\n" : "", c->benchmark->family, c->benchmark->name,
                   c->benchmark->question);
            last = c->benchmark;
            benchmarks++;
        }
        printf("  %s\n", c->id);
    }
    printf("\n%zu cases of %zu benchmarks\n", cases->count, benchmarks);
}

static void print_json(const struct lb_case_list *cases)
{
    struct json_object *array = json_object_new_array();
    for (size_t i = 0; i < cases->count; i++) {
        const struct lb_case *c = &cases->cases[i];
        struct json_object *o = json_object_new_object();
        json_object_object_add(o, "id", json_object_new_string(c->id));
        json_object_object_add(o, "elements", json_object_new_uint64(c->point.elements));
        json_object_object_add(o, "footprint_bytes",
                               json_object_new_uint64(c->variant->footprint_bytes
                                                          ? c->variant->footprint_bytes(&c->point)
                                                          : 0));
        json_object_array_add(array, o);
    }
    printf("%s\n", json_object_to_json_string_ext(array, JSON_C_TO_STRING_PRETTY));
    json_object_put(array);
}

int lb_cmd_list(const struct lb_options *options)
{
    struct lb_error error;
    struct lb_case_list cases;
    struct lb_machine machine;
    enum lb_status status = lb_machine_read("/", &machine, &error);
    if (status == LB_OK)
        status = lb_select_cases(options, &machine, &cases, &error);
    if (status != LB_OK)
        return lb_cmd_complain(status, &error);
    if (options->format[0] == 'j')
        print_json(&cases);
    else
        print_text(&cases);
    lb_cases_free(&cases);
    return LB_EXIT_FINE;
}
