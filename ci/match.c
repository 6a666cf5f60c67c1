/* match.c - see match.h. */
#include "ci/match.h"

#include "ci/globs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const definition_words[] = {
#define X(identifier, key, words) words,
    LB_DEFINITION(X)
#undef X
};

struct match {
    const struct lb_results *base, *head;
    const char *const *globs;
    size_t glob_count;
    struct lb_gate *gate;
    struct lb_error *error;
};

struct lb_gate_row *lb_match_add_row(struct lb_gate *gate, const char *case_id,
                                     const struct lb_results_benchmark *benchmark,
                                     enum lb_gate_metric metric, enum lb_gate_source source,
                                     enum lb_gate_verdict verdict)
{
    struct lb_gate_row *row =
        lb_gate_add_row(gate, case_id, benchmark->name, metric, source, verdict);
    if (row) {
        snprintf(row->source_file, sizeof row->source_file, "%s", benchmark->source_file);
        row->source_line = benchmark->source_line;
    }
    return row;
}

void lb_matches_free(struct lb_matches *matches)
{
    free(matches->pairs);
    *matches = (struct lb_matches){.count = 0};
}

static enum lb_status no_memory(const struct match *m)
{
    return lb_fail(m->error, LB_NO_MEMORY, "out of memory");
}

static bool wanted(const struct match *m, const char *id)
{
    return lb_globs_mean(m->globs, m->glob_count, id);
}

/* Cases of the benchmark that are looked at. */
static size_t count_cases(const struct match *m, const struct lb_results *side,
                          const struct lb_results_benchmark *b)
{
    size_t count = 0;
    for (size_t i = 0; i < side->case_count; i++)
        count += &side->benchmarks[side->cases[i].benchmark] == b && wanted(m, side->cases[i].id);
    return count;
}

/* It has no cases at all, whatever is looked at. */
static bool is_empty(const struct lb_results *side, const struct lb_results_benchmark *b)
{
    for (size_t i = 0; i < side->case_count; i++)
        if (&side->benchmarks[side->cases[i].benchmark] == b)
            return false;
    return true;
}

/* ---- Benchmarks ---------------------------------------------------------------------------- */

/* "op: 'element' against 'read'"; false when both define it alike. */
static bool tell_difference(const struct lb_results_benchmark *base,
                            const struct lb_results_benchmark *head, char *text, size_t size)
{
    bool any = false;
    size_t used = 0;
    for (int f = 0; f < LB_DEFINITION_COUNT && used < size; f++) {
        if (strcmp(base->definition[f], head->definition[f]) == 0)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s: '%s' against '%s'",
                                 any ? ", " : "definition: ", definition_words[f],
                                 base->definition[f], head->definition[f]);
        any = true;
    }
    return any;
}

/* Another name, but the same variants at the same points and the same op: perhaps renamed. */
static bool looks_renamed(const struct match *m, const struct lb_results_benchmark *base,
                          const struct lb_results_benchmark *head)
{
    size_t count = count_cases(m, m->base, base), same = 0;
    if (count != count_cases(m, m->head, head) ||
        strcmp(base->definition[LB_DEFINITION_OP], head->definition[LB_DEFINITION_OP]) != 0)
        return false;
    for (size_t i = 0; i < m->base->case_count; i++) {
        const struct lb_results_case *c = &m->base->cases[i];
        char id[2 * LB_GATE_ID_BYTES];
        if (&m->base->benchmarks[c->benchmark] != base || !wanted(m, c->id))
            continue;
        snprintf(id, sizeof id, "%s%s", head->name, c->id + strlen(base->name));
        same += lb_results_case(m->head, id) != NULL;
    }
    return same == count && count > 0;
}

static const char *new_name(const struct match *m, const struct lb_results_benchmark *base)
{
    for (size_t i = 0; i < m->head->benchmark_count; i++) {
        const struct lb_results_benchmark *head = &m->head->benchmarks[i];
        if (!lb_results_benchmark(m->base, head->name) && looks_renamed(m, base, head))
            return head->name;
    }
    return NULL;
}

static enum lb_status tell_vanished(const struct match *m, const struct lb_results_benchmark *b,
                                    size_t count)
{
    const char *renamed = new_name(m, b);
    struct lb_gate_row *row =
        lb_match_add_row(m->gate, b->name, b, LB_GATE_CASE, LB_GATE_NO_SOURCE, LB_GATE_VANISHED);
    if (!row)
        return no_memory(m);
    snprintf(row->reason, sizeof row->reason, "%zu cases are gone%s%.150s%s", count,
             renamed ? ": renamed to " : "", renamed ? renamed : "", renamed ? "?" : "");
    return LB_OK;
}

/* A benchmark that is there and measures nothing is worse than one that is gone. */
static enum lb_status tell_empty(const struct match *m, const struct lb_results_benchmark *b,
                                 size_t count)
{
    struct lb_gate_row *row =
        lb_match_add_row(m->gate, b->name, b, LB_GATE_CASE, LB_GATE_NO_SOURCE, LB_GATE_FAILED);
    if (!row)
        return no_memory(m);
    snprintf(row->reason, sizeof row->reason, "came back empty: it had %zu cases", count);
    return LB_OK;
}

static enum lb_status tell_changed(const struct match *m, const struct lb_results_benchmark *b,
                                   const char *difference)
{
    struct lb_gate_row *row =
        lb_match_add_row(m->gate, b->name, b, LB_GATE_CASE, LB_GATE_NO_SOURCE, LB_GATE_CHANGED);
    if (!row)
        return no_memory(m);
    snprintf(row->reason, sizeof row->reason, "%s", difference);
    return LB_OK;
}

static enum lb_status match_benchmarks_of_base(const struct match *m)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < m->base->benchmark_count && status == LB_OK; i++) {
        const struct lb_results_benchmark *b = &m->base->benchmarks[i];
        const struct lb_results_benchmark *head = lb_results_benchmark(m->head, b->name);
        char difference[LB_GATE_TEXT_BYTES];
        size_t count = count_cases(m, m->base, b);
        if (!count)
            continue;
        if (!head)
            status = tell_vanished(m, b, count);
        else if (is_empty(m->head, head))
            status = tell_empty(m, head, count);
        else if (tell_difference(b, head, difference, sizeof difference))
            status = tell_changed(m, head, difference);
    }
    return status;
}

static enum lb_status tell_new(const struct match *m, const char *id,
                               const struct lb_results_benchmark *b, size_t count)
{
    struct lb_gate_row *row =
        lb_match_add_row(m->gate, id, b, LB_GATE_CASE, LB_GATE_NO_SOURCE, LB_GATE_NEW);
    if (!row)
        return no_memory(m);
    if (count)
        snprintf(row->reason, sizeof row->reason, "%zu cases", count);
    return LB_OK;
}

static enum lb_status match_benchmarks_of_head(const struct match *m)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < m->head->benchmark_count && status == LB_OK; i++) {
        const struct lb_results_benchmark *b = &m->head->benchmarks[i];
        size_t count = count_cases(m, m->head, b);
        if (count && !lb_results_benchmark(m->base, b->name))
            status = tell_new(m, b->name, b, count);
    }
    return status;
}

/* ---- Cases --------------------------------------------------------------------------------- */

static bool tell_point(const struct lb_results_case *base, const struct lb_results_case *head,
                       char *text, size_t size)
{
    const struct {
        const char *name;
        uint64_t base, head;
    } fields[] = {{"working set in bytes", base->working_set_bytes, head->working_set_bytes},
                  {"parameter", base->parameter, head->parameter},
                  {"elements", base->elements, head->elements}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].base != fields[i].head) {
            snprintf(text, size, "definition: %s: %" PRIu64 " against %" PRIu64, fields[i].name,
                     fields[i].base, fields[i].head);
            return true;
        }
    return false;
}

static enum lb_status add_case(const struct match *m, const struct lb_results_case *c,
                               const struct lb_results_benchmark *b, enum lb_gate_verdict verdict,
                               const char *reason)
{
    struct lb_gate_row *row =
        lb_match_add_row(m->gate, c->id, b, LB_GATE_CASE, LB_GATE_NO_SOURCE, verdict);
    if (!row)
        return no_memory(m);
    snprintf(row->reason, sizeof row->reason, "%.*s", LB_GATE_TEXT_BYTES - 1, reason);
    return LB_OK;
}

static bool lost_its_counts(const struct lb_results_case *base, const struct lb_results_case *head)
{
    return base->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] == LB_READING_BELIEVED &&
           head->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] == LB_READING_LOST;
}

/* What no new definition excuses. *failed: a row says that the head's case has failed. */
static enum lb_status match_failure(const struct match *m, const struct lb_results_case *base,
                                    const struct lb_results_case *head, bool redefined,
                                    bool *failed)
{
    const struct lb_results_benchmark *b = &m->head->benchmarks[head->benchmark];
    char reason[2 * LB_GATE_TEXT_BYTES];
    bool skipped = head->status == LB_RESULT_SKIPPED && base->status == LB_RESULT_RAN;
    *failed = true;
    if (head->status == LB_RESULT_FAILED)
        return add_case(m, head, b, LB_GATE_FAILED, head->reason);
    if (skipped || (redefined && lost_its_counts(base, head))) {
        snprintf(reason, sizeof reason, "%s: %s", skipped ? "came back skipped" : "lost its counts",
                 head->reason);
        return add_case(m, head, b, LB_GATE_FAILED, reason);
    }
    *failed = false;
    return LB_OK;
}

/* Both have it. *matched: there is something to compare. */
static enum lb_status match_case(const struct match *m, const struct lb_results_case *base,
                                 const struct lb_results_case *head, bool *matched)
{
    const struct lb_results_benchmark *b = &m->head->benchmarks[head->benchmark];
    char reason[LB_GATE_TEXT_BYTES];
    bool failed, moved = tell_point(base, head, reason, sizeof reason);
    enum lb_status status = match_failure(m, base, head, moved, &failed);
    *matched = false;
    if (status != LB_OK || failed)
        return status;
    if (head->status == LB_RESULT_SKIPPED)
        return add_case(m, head, b, LB_GATE_NOT_GATED, head->reason);
    if (base->status != LB_RESULT_RAN)
        return add_case(m, head, b, LB_GATE_NEW, "the base did not measure it");
    if (moved)
        return add_case(m, head, b, LB_GATE_CHANGED, reason);
    *matched = true;
    return LB_OK;
}

/* A case that the base has, of a benchmark that both have. */
static enum lb_status match_case_of_base(const struct match *m, const struct lb_results_case *c,
                                         const struct lb_results_benchmark *head, bool redefined,
                                         struct lb_matches *matches)
{
    const struct lb_results_case *other = lb_results_case(m->head, c->id);
    bool matched = false, failed;
    enum lb_status status;
    if (redefined)
        return other ? match_failure(m, c, other, true, &failed) : LB_OK;
    if (!other)
        return add_case(m, c, head, LB_GATE_VANISHED, "only the base has this case");
    status = match_case(m, c, other, &matched);
    if (matched)
        matches->pairs[matches->count++] =
            (struct lb_match){.base = c, .head = other, .benchmark = head};
    return status;
}

/* A benchmark that is gone or empty has been told of already. */
static enum lb_status match_cases_of_base(const struct match *m, struct lb_matches *matches)
{
    enum lb_status status = LB_OK;
    const struct lb_results_benchmark *last = NULL, *head = NULL;
    bool redefined = false;
    for (size_t i = 0; i < m->base->case_count && status == LB_OK; i++) {
        const struct lb_results_case *c = &m->base->cases[i];
        const struct lb_results_benchmark *b = &m->base->benchmarks[c->benchmark];
        char difference[LB_GATE_TEXT_BYTES];
        if (b != last) {
            head = lb_results_benchmark(m->head, b->name);
            head = head && !is_empty(m->head, head) ? head : NULL;
            redefined = head && tell_difference(b, head, difference, sizeof difference);
        }
        last = b;
        if (head && wanted(m, c->id))
            status = match_case_of_base(m, c, head, redefined, matches);
    }
    return status;
}

static enum lb_status match_cases_of_head(const struct match *m)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < m->head->case_count && status == LB_OK; i++) {
        const struct lb_results_case *c = &m->head->cases[i];
        const struct lb_results_benchmark *b = &m->head->benchmarks[c->benchmark];
        if (!wanted(m, c->id) || lb_results_case(m->base, c->id))
            continue;
        if (c->status == LB_RESULT_FAILED)
            status = add_case(m, c, b, LB_GATE_FAILED, c->reason);
        else if (lb_results_benchmark(m->base, b->name))
            status = tell_new(m, c->id, b, 0);
    }
    return status;
}

/* ---- A document for a program -------------------------------------------------------------- */

enum lb_status lb_match_check_document(const struct lb_results *program,
                                       const struct lb_results *document, struct lb_error *error)
{
    char difference[LB_GATE_TEXT_BYTES];
    for (size_t i = 0; i < document->case_count; i++) {
        const struct lb_results_case *stored = &document->cases[i];
        const struct lb_results_case *own = lb_results_case(program, stored->id);
        if (own &&
            (tell_difference(&document->benchmarks[stored->benchmark],
                             &program->benchmarks[own->benchmark], difference, sizeof difference) ||
             tell_point(stored, own, difference, sizeof difference)))
            return lb_fail(error, LB_USAGE,
                           "%.120s: %.120s: not what its program measures: %.120s; count that "
                           "program again with this seed, or leave the document out",
                           document->name, stored->id, difference);
    }
    return LB_OK;
}

/* ---- Both ---------------------------------------------------------------------------------- */

static bool means_something(const struct lb_results *side, const char *glob)
{
    for (size_t i = 0; side && i < side->case_count; i++)
        if (lb_glob_means(glob, side->cases[i].id))
            return true;
    return false;
}

enum lb_status lb_match_check_globs(const struct lb_results *base, const struct lb_results *head,
                                    const char *const *globs, size_t glob_count,
                                    struct lb_error *error)
{
    for (size_t g = 0; g < glob_count; g++)
        if (!means_something(base, globs[g]) && !means_something(head, globs[g]))
            return lb_fail(error, LB_USAGE,
                           "no case of either side matches '%s'; 'layoutbench list' shows all",
                           globs[g]);
    return LB_OK;
}

enum lb_status lb_match_sides(const struct lb_results *base, const struct lb_results *head,
                              const char *const *globs, size_t glob_count, struct lb_gate *gate,
                              struct lb_matches *matches, struct lb_error *error)
{
    const struct match m = {base, head, globs, glob_count, gate, error};
    *matches = (struct lb_matches){.pairs = calloc(base->case_count + 1, sizeof *matches->pairs)};
    if (!matches->pairs)
        return no_memory(&m);
    enum lb_status status = lb_match_check_globs(base, head, globs, glob_count, error);
    if (status == LB_OK)
        status = match_benchmarks_of_base(&m);
    if (status == LB_OK)
        status = match_benchmarks_of_head(&m);
    if (status == LB_OK)
        status = match_cases_of_base(&m, matches);
    if (status == LB_OK)
        status = match_cases_of_head(&m);
    return status;
}
