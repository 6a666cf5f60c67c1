/* counts.c - see counts.h. */
#include "ci/counts.h"

#include "harness/base/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum lb_gate_source sources[] = {LB_GATE_SIMULATED, LB_GATE_HARDWARE};
static const enum lb_gate_metric metrics[] = {LB_GATE_INSTRUCTIONS, LB_GATE_L1D_MISSES,
                                              LB_GATE_L3_MISSES};
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum lb_status no_memory(struct lb_error *error)
{
    return lb_fail(error, LB_NO_MEMORY, "out of memory");
}

/* ---- Environments -------------------------------------------------------------------------- */

static const char *value_of(const struct lb_results_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].value;
    return "not told";
}

static enum lb_status tell_field(struct lb_gate *gate, const char *name, const char *base,
                                 const char *head, struct lb_error *error)
{
    struct lb_gate_row *row = lb_gate_add_row(gate, name, "", LB_GATE_ENVIRONMENT,
                                              LB_GATE_NO_SOURCE, LB_GATE_NOT_COMPARABLE);
    if (!row)
        return no_memory(error);
    snprintf(row->reason, sizeof row->reason, "'%.140s' against '%.140s'", base, head);
    return lb_gate_add_notice(gate, LB_GATE_NOTICE_DIFFERS, name, "'%.140s' against '%.140s'", base,
                              head) == LB_OK
               ? LB_OK
               : no_memory(error);
}

/* One row a field that differs, or that only one side has. */
static enum lb_status tell_fields(const struct lb_results_field *base, size_t base_count,
                                  const struct lb_results_field *head, size_t head_count,
                                  struct lb_gate *gate, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < base_count && status == LB_OK; i++) {
        const char *other = value_of(head, head_count, base[i].name);
        if (strcmp(base[i].value, other) != 0)
            status = tell_field(gate, base[i].name, base[i].value, other, error);
    }
    for (size_t i = 0; i < head_count && status == LB_OK; i++) {
        const char *other = value_of(base, base_count, head[i].name);
        if (strcmp(other, "not told") == 0)
            status = tell_field(gate, head[i].name, other, head[i].value, error);
    }
    return status;
}

/* Whether all fields that were told from row `first` on are agreed to. */
static bool accept_fields(struct lb_acknowledgements *accepted, const char *today,
                          struct lb_gate *gate, size_t first)
{
    bool all = true;
    for (size_t i = first; i < gate->row_count; i++) {
        lb_acknowledgements_accept(accepted, today, &gate->rows[i]);
        all = all && gate->rows[i].accepted[0];
    }
    return all;
}

enum lb_status lb_counts_compare_environments(const struct lb_results *base,
                                              const struct lb_results *head,
                                              struct lb_acknowledgements *accepted,
                                              const char *today, struct lb_gate *gate,
                                              bool *comparable, struct lb_error *error)
{
    size_t first = gate->row_count;
    *comparable = true;
    if (!base->environment_count || !head->environment_count)
        return LB_OK;
    enum lb_status status = tell_fields(base->environment, base->environment_count,
                                        head->environment, head->environment_count, gate, error);
    *comparable = accept_fields(accepted, today, gate, first);
    return status;
}

/* ---- One counter of one case --------------------------------------------------------------- */

static enum lb_gate_verdict judge(const struct lb_policy_tolerance *t, double base, double head)
{
    double allowed = fmax(t->relative * base, t->per_op);
    if (head - base > allowed)
        return LB_GATE_WORSE;
    return base - head > allowed ? LB_GATE_BETTER : LB_GATE_SAME;
}

static enum lb_status compare_counter(const struct lb_match *match, enum lb_gate_source source,
                                      enum lb_gate_metric metric, const struct lb_policy *policy,
                                      struct lb_gate *gate, struct lb_error *error)
{
    const struct lb_policy_tolerance *t = lb_policy_tolerance(policy, source, metric);
    double base = match->base->counts[source][metric], head = match->head->counts[source][metric];
    struct lb_gate_row *row = lb_match_add_row(gate, match->head->id, match->benchmark, metric,
                                               source, judge(t, base, head));
    if (!row)
        return no_memory(error);
    row->base = base;
    row->head = head;
    row->ratio = base > 0 ? head / base : NAN;
    row->allowance = t->relative;
    row->allowance_per_op = t->per_op;
    if (!t->judged) {
        row->verdict = LB_GATE_NOT_GATED;
        snprintf(row->reason, sizeof row->reason, "%s", t->reason);
    }
    return LB_OK;
}

static enum lb_status tell_lost(const struct lb_match *match, enum lb_gate_source source,
                                enum lb_gate_metric metric, struct lb_gate *gate,
                                struct lb_error *error)
{
    struct lb_gate_row *row =
        lb_match_add_row(gate, match->head->id, match->benchmark, metric, source, LB_GATE_FAILED);
    if (!row)
        return no_memory(error);
    if (metric != LB_GATE_CASE)
        row->base = match->base->counts[source][metric];
    snprintf(row->reason, sizeof row->reason, "lost its counts: %.280s",
             match->head->reason[0] ? match->head->reason : "the head has none");
    return LB_OK;
}

/* ---- One case ------------------------------------------------------------------------------ */

static bool believed(const struct lb_results_case *c, enum lb_gate_source source,
                     enum lb_gate_metric metric)
{
    return c->readings[source][metric] == LB_READING_BELIEVED;
}

/* Says so once where all counters of a source went together. */
static enum lb_status compare_source(const struct lb_match *match, enum lb_gate_source source,
                                     const struct lb_policy *policy, struct lb_gate *gate,
                                     struct lb_error *error)
{
    enum lb_status status = LB_OK;
    size_t had = 0, lost = 0;
    for (size_t i = 0; i < COUNT_OF(metrics); i++) {
        had += believed(match->base, source, metrics[i]);
        lost +=
            believed(match->base, source, metrics[i]) && !believed(match->head, source, metrics[i]);
    }
    if (lost > 0 && lost == had)
        return tell_lost(match, source, LB_GATE_CASE, gate, error);
    for (size_t i = 0; i < COUNT_OF(metrics) && status == LB_OK; i++) {
        if (!believed(match->base, source, metrics[i]))
            continue;
        if (believed(match->head, source, metrics[i]))
            status = compare_counter(match, source, metrics[i], policy, gate, error);
        else
            status = tell_lost(match, source, metrics[i], gate, error);
    }
    return status;
}

static bool lost(const struct lb_results_case *c)
{
    return c->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] == LB_READING_LOST;
}

/*
 * What the base, or neither side, could count is no change, but nobody should believe that it was
 * compared.
 */
static enum lb_status tell_uncounted(const struct lb_match *match, struct lb_gate *gate,
                                     struct lb_error *error)
{
    enum lb_gate_source source = LB_GATE_SIMULATED;
    if (believed(match->base, source, LB_GATE_INSTRUCTIONS) ||
        (!lost(match->base) && !lost(match->head)))
        return LB_OK;
    struct lb_gate_row *row = lb_match_add_row(gate, match->head->id, match->benchmark,
                                               LB_GATE_CASE, source, LB_GATE_NOT_GATED);
    if (!row)
        return no_memory(error);
    if (lost(match->head))
        snprintf(row->reason, sizeof row->reason, "not counted: %.280s", match->head->reason);
    else
        snprintf(row->reason, sizeof row->reason, "not compared: the base has no counts: %.240s",
                 match->base->reason);
    return LB_OK;
}

/* ---- What executes other instructions ------------------------------------------------------ */

/* "boxing/sum/inline" of "boxing/sum/inline/ws=16MiB". */
static void layout_of(const char *id, char *layout, size_t size)
{
    const char *last = strrchr(id, '/');
    snprintf(layout, size, "%.*s", last ? (int)(last - id) : (int)strlen(id), id);
}

static bool told_already(const struct lb_gate *gate, const char *layout)
{
    for (size_t i = 0; i < gate->notice_count; i++)
        if (gate->notices[i].kind == LB_GATE_NOTICE_CODE &&
            strcmp(gate->notices[i].subject, layout) == 0)
            return true;
    return false;
}

static enum lb_status tell_code(const struct lb_match *match, enum lb_gate_source source,
                                struct lb_gate *gate, struct lb_error *error)
{
    double base = match->base->counts[source][LB_GATE_INSTRUCTIONS];
    double head = match->head->counts[source][LB_GATE_INSTRUCTIONS];
    char layout[LB_GATE_ID_BYTES];
    layout_of(match->head->id, layout, sizeof layout);
    if (source != LB_GATE_SIMULATED || !believed(match->base, source, LB_GATE_INSTRUCTIONS) ||
        !believed(match->head, source, LB_GATE_INSTRUCTIONS) || base == head ||
        told_already(gate, layout))
        return LB_OK;
    return lb_gate_add_notice(gate, LB_GATE_NOTICE_CODE, layout,
                              "%.6g instructions per op, was %.6g", head, base) == LB_OK
               ? LB_OK
               : no_memory(error);
}

/* ---- All cases ----------------------------------------------------------------------------- */

/* The base has counts of a PMU: the head's, or that it has none, says something on one machine. */
static bool needs_one_machine(const struct lb_matches *matches)
{
    for (size_t i = 0; i < matches->count; i++)
        for (size_t m = 0; m < COUNT_OF(metrics); m++)
            if (believed(matches->pairs[i].base, LB_GATE_HARDWARE, metrics[m]))
                return true;
    return false;
}

enum lb_status lb_counts_compare(const struct lb_results *base, const struct lb_results *head,
                                 const struct lb_matches *matches, const struct lb_policy *policy,
                                 struct lb_acknowledgements *accepted, const char *today,
                                 struct lb_gate *gate, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    size_t first = gate->row_count;
    if (needs_one_machine(matches))
        status = tell_fields(base->machine, base->machine_count, head->machine, head->machine_count,
                             gate, error);
    bool one_machine = accept_fields(accepted, today, gate, first);
    for (size_t i = 0; i < matches->count && status == LB_OK; i++) {
        const struct lb_match *match = &matches->pairs[i];
        for (size_t s = 0; s < COUNT_OF(sources) && status == LB_OK; s++)
            if (one_machine || sources[s] != LB_GATE_HARDWARE)
                status = compare_source(match, sources[s], policy, gate, error);
        if (status == LB_OK)
            status = tell_uncounted(match, gate, error);
        if (status == LB_OK)
            status = tell_code(match, LB_GATE_SIMULATED, gate, error);
    }
    return status;
}

/* ---- Time, as advice ----------------------------------------------------------------------- */

enum lb_status lb_counts_advise_time(const struct lb_matches *matches, struct lb_gate *gate,
                                     struct lb_error *error)
{
    double *values = calloc(2 * matches->count + 1, sizeof *values), largest = 0;
    const char *which = "";
    size_t n = 0;
    if (!values)
        return no_memory(error);
    for (size_t i = 0; i < matches->count; i++) {
        double base = matches->pairs[i].base->cpu_ns_per_op;
        double head = matches->pairs[i].head->cpu_ns_per_op;
        if (!(base > 0) || !(head > 0))
            continue;
        values[n++] = head / base;
        if (head / base > largest) {
            largest = head / base;
            which = matches->pairs[i].head->id;
        }
    }
    double median = lb_stats_median(values, n, values + matches->count);
    free(values);
    if (!n)
        return LB_OK;
    return lb_gate_add_notice(gate, LB_GATE_NOTICE_ADVICE, "time",
                              "stored times are never judged; over %zu cases the median ratio is "
                              "%.3f, the largest %.2f (%.140s)",
                              n, median, largest, which) == LB_OK
               ? LB_OK
               : no_memory(error);
}
