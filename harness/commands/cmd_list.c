/* cmd_list.c - `layoutbench list`: benchmarks and cases, from the descriptors alone. */
#include "harness/base/jsonwrite.h"
#include "harness/case/metrics_json.h"
#include "harness/commands/cmd.h"
#include "harness/run/select.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

/* What a case tells beyond time, by name. */
static void print_metrics(const struct lb_benchmark *b)
{
    unsigned count = lb_metrics_count(b);
    for (unsigned i = 0; i < count; i++)
        printf("%s%s (%s)", i ? ", " : "metrics: ", b->metrics[i].name, b->metrics[i].unit);
    if (count)
        putchar('\n');
}

static void print_text(const struct lb_case_list *cases)
{
    const struct lb_benchmark *last = NULL;
    size_t benchmarks = 0;
    for (size_t i = 0; i < cases->count; i++) {
        const struct lb_case *c = &cases->cases[i];
        if (c->benchmark != last) {
            printf("%s%s/%s: %s\n", last ? "\n" : "", c->benchmark->family, c->benchmark->name,
                   c->benchmark->question);
            print_metrics(c->benchmark);
            last = c->benchmark;
            benchmarks++;
        }
        printf("  %s\n", c->id);
    }
    printf("\n%zu cases of %zu benchmarks\n", cases->count, benchmarks);
}

static void add(struct json_object *o, const char *key, struct json_object *value)
{
    json_object_object_add(o, key, value);
}

/* What the case is, and what its benchmark's definition is: results of another do not compare. */
static struct json_object *case_json(const struct lb_case *c)
{
    const struct lb_benchmark *b = c->benchmark;
    struct json_object *o = json_object_new_object();
    uint64_t bytes = c->variant->footprint_bytes ? c->variant->footprint_bytes(&c->point) : 0;
    char benchmark[LB_CASE_ID_BYTES];
    snprintf(benchmark, sizeof benchmark, "%s/%s", b->family, b->name);
    add(o, "id", lb_json_text(c->id));
    add(o, "benchmark", lb_json_text(benchmark));
    add(o, "variant", lb_json_text(c->variant->name));
    add(o, "mode", lb_json_text(lb_benchmark_mode_name(b, c->mode)));
    add(o, "point", lb_json_text(c->label));
    add(o, "working_set_bytes", json_object_new_uint64(c->point.working_set_bytes));
    add(o, "parameter_value", b->parameter ? json_object_new_uint64(c->point.parameter) : NULL);
    add(o, "elements", json_object_new_uint64(c->point.elements));
    add(o, "footprint_bytes", json_object_new_uint64(bytes));
    add(o, "op", lb_json_text(b->op));
    add(o, "revision", json_object_new_int64(b->revision));
    add(o, "parameter", lb_json_text(b->parameter));
    add(o, "seed", json_object_new_uint64(c->point.seed));
    add(o, "input_generator", lb_json_text(LB_INPUT_GENERATOR));
    add(o, "metrics", lb_metrics_named_json(b));
    add(o, "allocator", lb_json_text(c->variant->allocator));
    add(o, "not_simulable", lb_json_text(b->not_simulable));
    add(o, "source_file", lb_json_text(b->source_file));
    add(o, "source_line", json_object_new_int64(b->source_line));
    return o;
}

static void print_json(const struct lb_case_list *cases)
{
    struct json_object *array = json_object_new_array();
    for (size_t i = 0; i < cases->count; i++)
        json_object_array_add(array, case_json(&cases->cases[i]));
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
