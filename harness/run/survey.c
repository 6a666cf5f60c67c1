/* survey.c - see survey.h. */
#include "harness/run/survey.h"

#include "harness/base/build_info.h"
#include "harness/base/pin.h"
#include "harness/counters/counters_json.h"
#include "harness/document/check.h"
#include "harness/machine/doctor.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

enum lb_status lb_survey_read(struct lb_survey *survey, const struct lb_options *options,
                              struct lb_error *error)
{
    memset(survey, 0, sizeof *survey);
    survey->checks = json_object_new_array();
    survey->curve.memory_ns_per_hop = NAN;
    enum lb_status status = lb_machine_read("/", &survey->machine, error);
    if (status == LB_OK && options->cpu != LB_CPU_NONE)
        status = lb_machine_use_cpu("/", options->cpu, &survey->machine, error);
    return status;
}

/* Known-answer loops want the CPU that is measured on; afterwards this process may roam again. */
static enum lb_status open_counters(struct lb_survey *survey, const struct lb_options *options,
                                    struct lb_error *error)
{
    struct lb_pin_cpus before;
    lb_pin_note(&before);
    enum lb_status status = lb_pin_to(options->cpu, error);
    if (status == LB_OK)
        status = lb_counters_open(options->cpu, &options->events, &survey->counters, error);
    if (status == LB_OK)
        status = lb_counters_prove(survey->counters, error);
    lb_pin_return(&before);
    return status;
}

/* A panel that lacks lines must not read as one that passed. */
static void tell_unchecked(struct lb_survey *survey)
{
    const struct lb_check check = {.id = "no_checks",
                                   .title = "Checks left out",
                                   .unit = "",
                                   .status = "unknown",
                                   .figure = NAN};
    lb_check_add(survey->checks, &check,
                 "The caches, the clocks and a variant against itself were not looked at: "
                 "--no-checks.");
}

enum lb_status lb_survey_measure(struct lb_survey *survey, const struct lb_options *options,
                                 struct lb_error *error)
{
    enum lb_status status = lb_doctor_report(NULL, &survey->machine, &survey->conditions, error);
    if (status == LB_OK && !options->no_counters)
        status = open_counters(survey, options, error);
    if (status != LB_OK)
        return status;
    if (options->no_checks) {
        tell_unchecked(survey);
        return LB_OK;
    }
    status = lb_probe_caches(options->cpu, &survey->machine, &survey->curve, error);
    if (status == LB_OK)
        status = lb_probe_checks(options->cpu, &survey->probes, error);
    survey->probed = status == LB_OK;
    if (survey->probed)
        lb_probe_checks_to_json(&survey->probes, &survey->machine, &survey->curve, survey->checks);
    /* Too little memory for a probe is no reason not to measure what fits. */
    return status == LB_NO_MEMORY ? LB_OK : status;
}

void lb_survey_label(const struct lb_survey *survey, const struct lb_case *c,
                     struct lb_point_label *label)
{
    label->level = lb_probe_level(&survey->curve, c->point.working_set_bytes, &label->near_edge);
}

struct json_object *lb_survey_to_json(const struct lb_survey *survey,
                                      const struct lb_options *options,
                                      const struct lb_simulation *simulation)
{
    char geometry[LB_GEOMETRY_TEXT_BYTES];
    struct lb_environment environment = {.compiler = lb_build_compiler, .flags = lb_build_flags};
    if (simulation && simulation->tool[0]) {
        lb_geometry_describe(&simulation->geometries[0], geometry);
        environment.valgrind = simulation->tool;
        environment.geometry = geometry;
    }
    struct lb_machine_parts parts = {
        .name = options->machine_name,
        .caches_measured = lb_probe_caches_to_json(&survey->curve),
        .conditions = lb_conditions_to_json(&survey->conditions),
        .counters = survey->counters ? lb_counters_to_json(survey->counters) : NULL,
        .checks = json_object_get(survey->checks),
    };
    return lb_machine_to_json(&survey->machine, &environment, &parts);
}

void lb_survey_free(struct lb_survey *survey)
{
    lb_counters_close(survey->counters);
    json_object_put(survey->checks);
}
