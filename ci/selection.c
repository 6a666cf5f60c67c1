/* selection.c - see selection.h. */
#include "ci/selection.h"

#include "ci/globs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Layouts to count ---------------------------------------------------------------------- */

/* False when there is no room. */
static bool add_glob(struct lb_selection *s, const char *text, size_t length)
{
    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->globs[i]) == length && strncmp(s->globs[i], text, length) == 0)
            return true;
    if (s->count == LB_SELECTION_GLOBS_MAX)
        return false;
    snprintf(s->globs[s->count], sizeof s->globs[0], "%.*s", (int)length, text);
    s->pointers[s->count] = s->globs[s->count];
    s->count++;
    return true;
}

/* Of "boxing/sum/inline/ws=16MiB", "boxing/sum/inline". */
static size_t layout_length(const char *id)
{
    const char *last = strrchr(id, '/');
    return last ? (size_t)(last - id) : strlen(id);
}

static bool add_cases(struct lb_selection *s, const struct lb_results *side,
                      const char *const *globs, size_t glob_count, bool whole_benchmarks)
{
    bool room = true;
    for (size_t i = 0; side && i < side->case_count && room; i++) {
        const struct lb_results_case *c = &side->cases[i];
        const char *benchmark = side->benchmarks[c->benchmark].name;
        if (!lb_globs_mean(globs, glob_count, c->id))
            continue;
        room = whole_benchmarks ? add_glob(s, benchmark, strlen(benchmark))
                                : add_glob(s, c->id, layout_length(c->id));
    }
    return room;
}

enum lb_status lb_selection_of_layouts(const struct lb_results *base, const struct lb_results *head,
                                       const char *const *globs, size_t glob_count,
                                       struct lb_selection *s, struct lb_error *error)
{
    s->count = 0;
    if (!glob_count)
        return LB_OK;
    enum lb_status status = lb_match_check_globs(base, head, globs, glob_count, error);
    for (int whole = 0; whole < 2 && status == LB_OK; whole++) {
        s->count = 0;
        if (add_cases(s, base, globs, glob_count, whole) &&
            add_cases(s, head, globs, glob_count, whole))
            return LB_OK;
    }
    s->count = 0;
    return status;
}

void lb_selection_within(const struct lb_selection *selection, const struct lb_results *side,
                         struct lb_selection *within)
{
    within->count = 0;
    for (size_t i = 0; i < selection->count; i++)
        for (size_t k = 0; k < side->case_count; k++)
            if (lb_glob_means(selection->globs[i], side->cases[k].id)) {
                add_glob(within, selection->globs[i], strlen(selection->globs[i]));
                break;
            }
}

/* ---- Cases to time ------------------------------------------------------------------------- */

static bool same_variant(const struct lb_match *a, const struct lb_match *b)
{
    return a->benchmark == b->benchmark && strcmp(a->head->variant, b->head->variant) == 0;
}

/* Least or largest parameter among the variant's matched points. */
static bool is_extreme(const struct lb_matches *matches, const struct lb_match *m)
{
    bool least = true, largest = true;
    for (size_t i = 0; i < matches->count; i++) {
        const struct lb_match *other = &matches->pairs[i];
        if (!same_variant(m, other) || strcmp(m->head->mode, other->head->mode) != 0)
            continue;
        least = least && m->head->parameter <= other->head->parameter;
        largest = largest && m->head->parameter >= other->head->parameter;
    }
    return least || largest;
}

/* named: by a filter, which means what it says. */
static bool at_timed_point(const struct lb_matches *matches, const struct lb_match *m,
                           const struct lb_policy *policy, bool named)
{
    if (!named && isnan(lb_policy_time_allowance(policy, m->head->id)))
        return false;
    if (m->benchmark->definition[LB_DEFINITION_PARAMETER][0])
        return is_extreme(matches, m) &&
               (named || m->head->working_set_bytes <= policy->parameter_limit_bytes);
    for (size_t i = 0; i < policy->time_rung_count; i++)
        if (strncmp(m->head->label, "ws=", 3) == 0 &&
            strcmp(m->head->label + 3, policy->time_rungs[i]) == 0)
            return true;
    return false;
}

/* Cases that share a built state, modes of one point, stand together. */
static int by_state(const void *a, const void *b)
{
    const struct lb_match *x = a, *y = b;
    int order = strcmp(x->benchmark->name, y->benchmark->name);
    if (!order)
        order = strcmp(x->head->variant, y->head->variant);
    if (!order)
        order = strcmp(x->head->label, y->head->label);
    return order ? order : strcmp(x->head->mode, y->head->mode);
}

static enum lb_status add_row(const struct lb_match *m, const struct lb_policy *policy,
                              struct lb_gate *gate, struct lb_error *error)
{
    struct lb_gate_row *row = lb_match_add_row(gate, m->head->id, m->benchmark, LB_GATE_TIME,
                                               LB_GATE_PAIRS, LB_GATE_NOT_GATED);
    if (!row)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    double allowance = lb_policy_time_allowance(policy, m->head->id);
    row->allowance = isnan(allowance) ? policy->time_allowance : allowance;
    return LB_OK;
}

static bool means_any(const struct lb_matches *matches, const char *glob)
{
    for (size_t i = 0; i < matches->count; i++)
        if (lb_glob_means(glob, matches->pairs[i].head->id))
            return true;
    return false;
}

/* A misspelt one would otherwise be none, silently. */
static enum lb_status tell_unused_exceptions(const struct lb_matches *matches,
                                             const struct lb_policy *policy, struct lb_gate *gate,
                                             struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < policy->exception_count && status == LB_OK; i++)
        if (!means_any(matches, policy->exceptions[i].cases))
            status =
                lb_gate_add_notice(gate, LB_GATE_NOTICE_ADVICE, "time",
                                   "the policy's exception '%.100s' means no case; 'layoutbench "
                                   "list' shows all",
                                   policy->exceptions[i].cases);
    return status == LB_OK ? LB_OK : lb_fail(error, status, "out of memory");
}

enum lb_status lb_selection_time(const struct lb_matches *matches, const struct lb_policy *policy,
                                 const char *const *globs, size_t glob_count, struct lb_gate *gate,
                                 size_t *first, size_t *count, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    struct lb_match *chosen = calloc(matches->count + 1, sizeof *chosen);
    size_t n = 0;
    *first = gate->row_count;
    *count = 0;
    if (!chosen)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < matches->count; i++)
        if (lb_globs_mean(globs, glob_count, matches->pairs[i].head->id) &&
            at_timed_point(matches, &matches->pairs[i], policy, glob_count > 0))
            chosen[n++] = matches->pairs[i];
    qsort(chosen, n, sizeof *chosen, by_state);
    for (size_t i = 0; i < n && status == LB_OK; i++) {
        bool another_mode = i > 0 && same_variant(&chosen[i], &chosen[i - 1]) &&
                            strcmp(chosen[i].head->label, chosen[i - 1].head->label) == 0;
        if (another_mode && !glob_count)
            continue;
        status = add_row(&chosen[i], policy, gate, error);
        *count += status == LB_OK;
    }
    free(chosen);
    if (status == LB_OK && !glob_count)
        status = tell_unused_exceptions(matches, policy, gate, error);
    return status;
}
