/* policy.c - see policy.h. */
#include "ci/policy.h"

#include "ci/globs.h"
#include "ci/place_json.h"

#include <stdio.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };
#define ALLOWANCE_LEAST 0.001
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const enum lb_gate_source sources[] = {LB_GATE_SIMULATED, LB_GATE_HARDWARE};
static const enum lb_gate_metric metrics[] = {LB_GATE_INSTRUCTIONS, LB_GATE_L1D_MISSES,
                                              LB_GATE_L3_MISSES};

const struct lb_policy_tolerance *lb_policy_tolerance(const struct lb_policy *policy,
                                                      enum lb_gate_source source,
                                                      enum lb_gate_metric metric)
{
    bool counted = metric == LB_GATE_INSTRUCTIONS || metric == LB_GATE_L1D_MISSES ||
                   metric == LB_GATE_L3_MISSES;
    bool sourced = source == LB_GATE_SIMULATED || source == LB_GATE_HARDWARE;
    return counted && sourced ? &policy->counts[source][metric] : NULL;
}

double lb_policy_time_allowance(const struct lb_policy *policy, const char *case_id)
{
    for (size_t i = 0; i < policy->exception_count; i++)
        if (lb_glob_means(policy->exceptions[i].cases, case_id))
            return policy->exceptions[i].allowance;
    return policy->time_allowance;
}

static enum lb_status read_tolerance(const struct lb_place *source, const char *metric,
                                     struct lb_policy_tolerance *out, struct lb_error *error)
{
    static const char *const keys[] = {"relative", "per_op", "judged", "reason"};
    struct lb_place place;
    enum lb_status status = lb_place_member(source, metric, json_type_object, &place, error);
    if (status == LB_OK)
        status = lb_place_only(&place, keys, COUNT_OF(keys), error);
    if (status == LB_OK)
        status = lb_place_number(&place, "relative", 0, 1, &out->relative, error);
    if (status == LB_OK)
        status = lb_place_number(&place, "per_op", 0, 1e6, &out->per_op, error);
    if (status == LB_OK)
        status = lb_place_bool(&place, "judged", &out->judged, error);
    if (status == LB_OK)
        status = lb_place_text(&place, "reason", out->reason, sizeof out->reason, error);
    return status;
}

static enum lb_status read_source(const struct lb_place *counts, enum lb_gate_source source,
                                  struct lb_policy *policy, struct lb_error *error)
{
    const char *keys[COUNT_OF(metrics)];
    struct lb_place place;
    enum lb_status status =
        lb_place_member(counts, lb_gate_source_name(source), json_type_object, &place, error);
    for (size_t i = 0; i < COUNT_OF(metrics); i++)
        keys[i] = lb_gate_metric_name(metrics[i]);
    if (status == LB_OK)
        status = lb_place_only(&place, keys, COUNT_OF(keys), error);
    for (size_t i = 0; i < COUNT_OF(metrics) && status == LB_OK; i++)
        status = read_tolerance(&place, keys[i], &policy->counts[source][metrics[i]], error);
    return status;
}

static enum lb_status read_counts(const struct lb_place *top, struct lb_policy *policy,
                                  struct lb_error *error)
{
    const char *keys[COUNT_OF(sources)];
    struct lb_place counts;
    enum lb_status status = lb_place_member(top, "counts", json_type_object, &counts, error);
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        keys[i] = lb_gate_source_name(sources[i]);
    if (status == LB_OK)
        status = lb_place_only(&counts, keys, COUNT_OF(keys), error);
    for (size_t i = 0; i < COUNT_OF(sources) && status == LB_OK; i++)
        status = read_source(&counts, sources[i], policy, error);
    return status;
}

/* A rung as case ids spell it: digits, then KiB or MiB. */
static bool is_rung(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[0] != '0' &&
           (strcmp(text + digits, "KiB") == 0 || strcmp(text + digits, "MiB") == 0);
}

static uint64_t rung_bytes(const char *rung)
{
    char *unit;
    uint64_t number = strtoull(rung, &unit, 10);
    return number << (*unit == 'K' ? 10 : 20);
}

/* A working set like 256KiB. */
static enum lb_status read_rung(const struct lb_place *rung, char *text, struct lb_error *error)
{
    const char *said = json_object_get_string(rung->value);
    if (!is_rung(said) || strlen(said) >= LB_POLICY_RUNG_BYTES)
        return lb_place_refuse(rung, error, "not a working set like 256KiB or 64MiB");
    snprintf(text, LB_POLICY_RUNG_BYTES, "%s", said);
    return LB_OK;
}

static enum lb_status read_limit(const struct lb_place *time, struct lb_policy *policy,
                                 struct lb_error *error)
{
    struct lb_place limit;
    char text[LB_POLICY_RUNG_BYTES];
    enum lb_status status =
        lb_place_member(time, "parameter_limit", json_type_string, &limit, error);
    if (status == LB_OK)
        status = read_rung(&limit, text, error);
    if (status == LB_OK)
        policy->parameter_limit_bytes = rung_bytes(text);
    return status;
}

static enum lb_status read_rungs(const struct lb_place *time, struct lb_policy *policy,
                                 struct lb_error *error)
{
    struct lb_place rungs, rung;
    enum lb_status status = lb_place_member(time, "working_sets", json_type_array, &rungs, error);
    size_t count = status == LB_OK ? json_object_array_length(rungs.value) : 0;
    if (status == LB_OK && (count == 0 || count > LB_POLICY_RUNGS_MAX))
        return lb_place_refuse(&rungs, error, "has to name 1 to %d of them", LB_POLICY_RUNGS_MAX);
    for (size_t i = 0; i < count && status == LB_OK; i++) {
        status = lb_place_item(&rungs, i, json_type_string, &rung, error);
        if (status == LB_OK)
            status = read_rung(&rung, policy->time_rungs[policy->time_rung_count++], error);
    }
    return status;
}

static enum lb_status read_exception(const struct lb_place *place, struct lb_policy_exception *out,
                                     struct lb_error *error)
{
    static const char *const keys[] = {"cases", "allowance", "reason"};
    char reason[LB_GATE_TEXT_BYTES];
    enum lb_status status = lb_place_only(place, keys, COUNT_OF(keys), error);
    if (status == LB_OK)
        status = lb_place_text(place, "cases", out->cases, sizeof out->cases, error);
    if (status == LB_OK)
        status =
            lb_place_number_or_null(place, "allowance", ALLOWANCE_LEAST, 1, &out->allowance, error);
    if (status == LB_OK)
        status = lb_place_text(place, "reason", reason, sizeof reason, error);
    return status;
}

static enum lb_status read_exceptions(const struct lb_place *time, struct lb_policy *policy,
                                      struct lb_error *error)
{
    struct lb_place list, place;
    enum lb_status status = lb_place_member(time, "exceptions", json_type_array, &list, error);
    size_t count = status == LB_OK ? json_object_array_length(list.value) : 0;
    if (count > LB_POLICY_EXCEPTIONS_MAX)
        return lb_place_refuse(&list, error, "has more than %d", LB_POLICY_EXCEPTIONS_MAX);
    for (size_t i = 0; i < count && status == LB_OK; i++) {
        status = lb_place_item(&list, i, json_type_object, &place, error);
        if (status == LB_OK)
            status = read_exception(&place, &policy->exceptions[policy->exception_count++], error);
    }
    return status;
}

static enum lb_status read_time(const struct lb_place *top, struct lb_policy *policy,
                                struct lb_error *error)
{
    static const char *const keys[] = {"allowance",       "working_sets", "parameter_limit",
                                       "create_limit_ms", "reason",       "exceptions"};
    char reason[LB_GATE_TEXT_BYTES];
    struct lb_place time;
    enum lb_status status = lb_place_member(top, "time", json_type_object, &time, error);
    if (status == LB_OK)
        status = lb_place_only(&time, keys, COUNT_OF(keys), error);
    if (status == LB_OK)
        status =
            lb_place_number(&time, "allowance", ALLOWANCE_LEAST, 1, &policy->time_allowance, error);
    if (status == LB_OK)
        status = lb_place_number(&time, "create_limit_ms", 0, 1e6, &policy->create_limit_ns, error);
    if (status == LB_OK)
        status = lb_place_text(&time, "reason", reason, sizeof reason, error);
    if (status == LB_OK)
        status = read_rungs(&time, policy, error);
    if (status == LB_OK)
        status = read_limit(&time, policy, error);
    if (status == LB_OK)
        status = read_exceptions(&time, policy, error);
    policy->create_limit_ns *= 1e6;
    return status;
}

enum lb_status lb_policy_read(const char *file, struct lb_policy *policy, struct lb_error *error)
{
    static const char *const keys[] = {"schema_version", "counts", "time"};
    struct lb_place top;
    *policy = (struct lb_policy){.time_rung_count = 0};
    enum lb_status status =
        file ? lb_place_read(file, SCHEMA_VERSION, &top, error)
             : lb_place_parse(LB_POLICY_BUILT_IN, lb_policy_source, SCHEMA_VERSION, &top, error);
    if (status == LB_OK)
        status = lb_place_only(&top, keys, COUNT_OF(keys), error);
    if (status == LB_OK)
        status = read_counts(&top, policy, error);
    if (status == LB_OK)
        status = read_time(&top, policy, error);
    json_object_put(top.value);
    return status;
}
