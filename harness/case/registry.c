/* registry.c - see registry.h. */
#include "harness/case/registry.h"

#include "harness/case/allocator.h"
#include "harness/case/case.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_RUNG_LABEL "ws=1024MiB"

static bool well_formed(const char *name, const char *also)
{
    if (!name || !*name)
        return false;
    for (const char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' ||
              strchr(also, *c)))
            return false;
    return true;
}

unsigned lb_benchmark_mode_count(const struct lb_benchmark *benchmark)
{
    unsigned count = 0;
    while (count < LB_MODES_MAX && benchmark->modes[count])
        count++;
    return count ? count : 1;
}

const char *lb_benchmark_mode_name(const struct lb_benchmark *benchmark, unsigned mode)
{
    return benchmark->modes[mode] ? benchmark->modes[mode] : "";
}

uint64_t lb_benchmark_pass_ops(const struct lb_benchmark *benchmark, const struct lb_point *point,
                               unsigned mode)
{
    return benchmark->pass_ops ? benchmark->pass_ops(point, mode) : point->elements;
}

static bool has_kernel(const struct lb_variant *v)
{
    for (unsigned m = 0; m < LB_MODES_MAX; m++)
        if (v->run[m])
            return true;
    return false;
}

static size_t label_length(const struct lb_benchmark *b, uint64_t value)
{
    return (size_t)snprintf(NULL, 0, "%s=%" PRIu64, b->parameter, value);
}

static size_t longest_label(const struct lb_benchmark *b)
{
    size_t longest = b->parameter ? 0 : strlen(LONGEST_RUNG_LABEL);
    for (const uint64_t *value = b->parameter_values; b->parameter && *value; value++)
        if (label_length(b, *value) > longest)
            longest = label_length(b, *value);
    return longest;
}

static enum lb_status check_parameter(const struct lb_benchmark *b, struct lb_error *error)
{
    if (!well_formed(b->parameter, ""))
        return lb_fail(error, LB_USAGE, "%s/%s: parameter name '%s' is not [a-z0-9_]+", b->family,
                       b->name, b->parameter);
    if (longest_label(b) >= LB_POINT_LABEL_BYTES)
        return lb_fail(error, LB_USAGE, "%s/%s: %s and its values take more than %d characters",
                       b->family, b->name, b->parameter, LB_POINT_LABEL_BYTES - 1);
    for (const uint64_t *value = b->parameter_values; *value; value++)
        for (const uint64_t *before = b->parameter_values; before < value; before++)
            if (*before == *value)
                return lb_fail(error, LB_USAGE, "%s/%s has the value %" PRIu64 " of %s twice",
                               b->family, b->name, *value, b->parameter);
    return LB_OK;
}

static enum lb_status check_modes(const struct lb_benchmark *b, struct lb_error *error)
{
    for (unsigned m = 0; m < LB_MODES_MAX && b->modes[m]; m++) {
        if (!well_formed(b->modes[m], ","))
            return lb_fail(error, LB_USAGE, "%s/%s: mode name '%s' is not [a-z0-9_,]+", b->family,
                           b->name, b->modes[m]);
        if (strlen(b->modes[m]) >= LB_MODE_NAME_BYTES)
            return lb_fail(error, LB_USAGE, "%s/%s: mode name '%s' has more than %d characters",
                           b->family, b->name, b->modes[m], LB_MODE_NAME_BYTES - 1);
        for (unsigned k = 0; k < m; k++)
            if (strcmp(b->modes[k], b->modes[m]) == 0)
                return lb_fail(error, LB_USAGE, "%s/%s has two modes named '%s'", b->family,
                               b->name, b->modes[m]);
    }
    return LB_OK;
}

static enum lb_status check_ids(const struct lb_benchmark *b, const struct lb_variant *v,
                                struct lb_error *error)
{
    for (unsigned m = 0; m < lb_benchmark_mode_count(b); m++) {
        const char *mode = lb_benchmark_mode_name(b, m);
        size_t length = strlen(b->family) + strlen(b->name) + strlen(v->name) + strlen(mode) +
                        strlen("////") + longest_label(b);
        if (length >= LB_CASE_ID_BYTES)
            return lb_fail(error, LB_USAGE,
                           "%s/%s/%s/%s: its ids have more than %d characters; shorten a name",
                           b->family, b->name, v->name, mode, LB_CASE_ID_BYTES - 1);
    }
    return LB_OK;
}

static enum lb_status check_variant(const struct lb_benchmark *b, const struct lb_variant *v,
                                    struct lb_error *error)
{
    if (!well_formed(v->name, ""))
        return lb_fail(error, LB_USAGE, "%s/%s: variant name '%s' is not [a-z0-9_]+", b->family,
                       b->name, v->name ? v->name : "");
    if (!v->summary || !v->footprint_bytes || (!v->unavailable && (!v->create || !has_kernel(v))))
        return lb_fail(error, LB_USAGE,
                       "%s/%s/%s: summary, create, run and footprint_bytes must be given",
                       b->family, b->name, v->name);
    if (v->allocator && !lb_allocator_known(v->allocator))
        return lb_fail(error, LB_USAGE, "%s/%s/%s: no allocator '%s' is known here", b->family,
                       b->name, v->name, v->allocator);
    for (const struct lb_variant *w = b->variants; w < v; w++)
        if (strcmp(w->name, v->name) == 0)
            return lb_fail(error, LB_USAGE, "%s/%s has two variants named '%s'", b->family, b->name,
                           v->name);
    return check_ids(b, v, error);
}

static enum lb_status check_metrics(const struct lb_benchmark *b, struct lb_error *error)
{
    for (unsigned i = 0; i < LB_METRICS_MAX && b->metrics[i].name; i++) {
        const struct lb_metric *m = &b->metrics[i];
        if (!well_formed(m->name, ""))
            return lb_fail(error, LB_USAGE, "%s/%s: metric name '%s' is not [a-z0-9_]+", b->family,
                           b->name, m->name);
        if (!m->unit || !*m->unit || !m->summary || !*m->summary)
            return lb_fail(error, LB_USAGE, "%s/%s: metric %s needs a unit and a summary",
                           b->family, b->name, m->name);
        for (unsigned k = 0; k < i; k++)
            if (strcmp(b->metrics[k].name, m->name) == 0)
                return lb_fail(error, LB_USAGE, "%s/%s has two metrics named '%s'", b->family,
                               b->name, m->name);
    }
    for (size_t v = 0; v < b->variant_count; v++)
        if (b->variants[v].measure && !b->metrics[0].name)
            return lb_fail(error, LB_USAGE, "%s/%s/%s measures, but no metrics are named",
                           b->family, b->name, b->variants[v].name);
    return LB_OK;
}

static bool has_mode(const struct lb_benchmark *b, const struct lb_variant *v, const char *mode)
{
    unsigned count = lb_benchmark_mode_count(b);
    for (unsigned m = 0; m < count; m++)
        if (strcmp(lb_benchmark_mode_name(b, m), mode ? mode : "") == 0)
            return v->run[m] && b->variants[0].run[m];
    return false;
}

/* A headline is a ratio that exists, and of the same work. */
static enum lb_status check_headline(const struct lb_benchmark *b, struct lb_error *error)
{
    const struct lb_headline *h = &b->headline;
    if (!h->variant)
        return !h->leads_family
                   ? LB_OK
                   : lb_fail(error, LB_USAGE, "%s/%s leads its family without a headline",
                             b->family, b->name);
    for (const struct lb_variant *v = b->variants + 1; v < b->variants + b->variant_count; v++) {
        if (strcmp(v->name, h->variant) != 0)
            continue;
        if (v->other_work || b->variants[0].other_work)
            return lb_fail(error, LB_USAGE, "%s/%s: the headline compares different work",
                           b->family, b->name);
        if (v->unavailable || has_mode(b, v, h->mode))
            return LB_OK;
        return lb_fail(error, LB_USAGE, "%s/%s: the headline's mode '%s' is not of %s", b->family,
                       b->name, h->mode ? h->mode : "", h->variant);
    }
    return lb_fail(error, LB_USAGE, "%s/%s: the headline's variant '%s' is none, or the reference",
                   b->family, b->name, h->variant);
}

static enum lb_status check_pair(const struct lb_benchmark *a, const struct lb_benchmark *b,
                                 struct lb_error *error)
{
    if (strcmp(a->family, b->family) != 0)
        return LB_OK;
    if (strcmp(a->name, b->name) == 0)
        return lb_fail(error, LB_USAGE, "two benchmarks are named %s/%s", a->family, a->name);
    if (a->headline.leads_family && b->headline.leads_family)
        return lb_fail(error, LB_USAGE, "%s/%s and %s/%s both lead their family", b->family,
                       b->name, a->family, a->name);
    return LB_OK;
}

static enum lb_status check_benchmark(const struct lb_benchmark *b, struct lb_error *error)
{
    if (!well_formed(b->family, "") || !well_formed(b->name, ""))
        return lb_fail(error, LB_USAGE, "%s: family '%s' or name '%s' is not [a-z0-9_]+",
                       b->source_file ? b->source_file : "?", b->family ? b->family : "",
                       b->name ? b->name : "");
    if (!b->question || !b->learns || !b->op || !b->expected || !b->variants || !b->variant_count)
        return lb_fail(error, LB_USAGE,
                       "%s/%s: question, learns, op, expected and variants must be given",
                       b->family, b->name);
    if (b->parameter ? !b->parameter_values || !b->parameter_working_set_bytes
                     : !b->reference_element_bytes)
        return lb_fail(error, LB_USAGE,
                       "%s/%s: give reference_element_bytes, or a parameter with its values and "
                       "its working set",
                       b->family, b->name);
    enum lb_status status = b->parameter ? check_parameter(b, error) : LB_OK;
    if (status == LB_OK)
        status = check_modes(b, error);
    for (size_t i = 0; i < b->variant_count && status == LB_OK; i++)
        status = check_variant(b, &b->variants[i], error);
    if (status == LB_OK)
        status = check_headline(b, error);
    return status == LB_OK ? check_metrics(b, error) : status;
}

enum lb_status lb_registry_check(const struct lb_benchmark *const *list, struct lb_error *error)
{
    for (size_t i = 0; list[i]; i++) {
        enum lb_status status = check_benchmark(list[i], error);
        if (status != LB_OK)
            return status;
        for (size_t j = 0; j < i && status == LB_OK; j++)
            status = check_pair(list[i], list[j], error);
        if (status != LB_OK)
            return status;
    }
    return LB_OK;
}
