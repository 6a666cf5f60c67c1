/* verdict.c - see verdict.h: rows, names, and what users are told to type. */
#include "ci/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names --------------------------------------------------------------------------------- */

static const struct metric {
    const char *name, *unit, *more, *less;
} metrics[] = {
#define X(identifier, name, unit, more, less) {name, unit, more, less},
    LB_GATE_METRICS(X)
#undef X
};

static const char *const evidences[][2] = {
#define X(identifier, name, words) {name, words},
    LB_GATE_EVIDENCES(X)
#undef X
};

#define X(identifier, name) name,
static const char *const sources[] = {LB_GATE_SOURCES(X)};
static const char *const verdicts[] = {LB_GATE_VERDICTS(X)};
static const char *const notices[] = {LB_GATE_NOTICES(X)};
#undef X

const char *lb_gate_metric_name(enum lb_gate_metric metric)
{
    return metrics[metric].name;
}

const char *lb_gate_metric_unit(enum lb_gate_metric metric)
{
    return metrics[metric].unit;
}

const char *lb_gate_source_name(enum lb_gate_source source)
{
    return sources[source];
}

const char *lb_gate_verdict_name(enum lb_gate_verdict verdict)
{
    return verdicts[verdict];
}

const char *lb_gate_evidence_name(enum lb_gate_evidence evidence)
{
    return evidences[evidence][0];
}

const char *lb_gate_evidence_words(enum lb_gate_evidence evidence)
{
    return evidences[evidence][1];
}

const char *lb_gate_notice_name(enum lb_gate_notice_kind kind)
{
    return notices[kind];
}

const char *lb_gate_exit_name(enum lb_gate_exit status)
{
    static const char *const names[] = {"pass",        "regression",   "usage",         "undecided",
                                        "set_changed", "incomparable", "harness_failed"};
    return status == LB_GATE_EXIT_INTERRUPTED ? "interrupted" : names[status];
}

const char *lb_gate_row_word(const struct lb_gate_row *row)
{
    if (row->verdict == LB_GATE_WORSE && *metrics[row->metric].more)
        return metrics[row->metric].more;
    if (row->verdict == LB_GATE_BETTER && *metrics[row->metric].less)
        return metrics[row->metric].less;
    return row->verdict == LB_GATE_NOT_COMPARABLE ? "not comparable"
           : row->verdict == LB_GATE_NOT_GATED    ? "not judged"
                                                  : verdicts[row->verdict];
}

enum lb_gate_metric lb_gate_metric_of(const char *name)
{
    int i = 0;
    while (i < LB_GATE_METRIC_COUNT && strcmp(metrics[i].name, name) != 0)
        i++;
    return (enum lb_gate_metric)i;
}

/* ---- Rows ---------------------------------------------------------------------------------- */

/* Makes room for one more; NULL: no memory, and the old array stays as it is. */
static void *grown(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity ? 2 * *capacity : 64;
    void *larger = realloc(array, wanted * size);
    if (larger)
        *capacity = wanted;
    return larger;
}

struct lb_gate_row *lb_gate_add_row(struct lb_gate *gate, const char *case_id,
                                    const char *benchmark, enum lb_gate_metric metric,
                                    enum lb_gate_source source, enum lb_gate_verdict verdict)
{
    struct lb_gate_row *rows =
        grown(gate->rows, gate->row_count, &gate->row_capacity, sizeof *gate->rows);
    if (!rows)
        return NULL;
    gate->rows = rows;
    struct lb_gate_row *row = &rows[gate->row_count++];
    *row = (struct lb_gate_row){.metric = metric,
                                .source = source,
                                .verdict = verdict,
                                .base = NAN,
                                .head = NAN,
                                .ratio = NAN,
                                .low = NAN,
                                .high = NAN,
                                .pair_deviation = NAN,
                                .smallest_change = NAN,
                                .setup_seconds = NAN,
                                .seconds = NAN};
    snprintf(row->case_id, sizeof row->case_id, "%s", case_id);
    snprintf(row->benchmark, sizeof row->benchmark, "%s", benchmark);
    return row;
}

enum lb_status lb_gate_add_notice(struct lb_gate *gate, enum lb_gate_notice_kind kind,
                                  const char *subject, const char *format, ...)
{
    struct lb_gate_notice *all =
        grown(gate->notices, gate->notice_count, &gate->notice_capacity, sizeof *gate->notices);
    va_list args;
    if (!all)
        return LB_NO_MEMORY;
    gate->notices = all;
    struct lb_gate_notice *notice = &all[gate->notice_count++];
    notice->kind = kind;
    snprintf(notice->subject, sizeof notice->subject, "%s", subject);
    va_start(args, format);
    vsnprintf(notice->text, sizeof notice->text, format, args);
    va_end(args);
    return LB_OK;
}

bool lb_gate_row_moved(const struct lb_gate_row *row)
{
    return row->verdict != LB_GATE_SAME && row->verdict != LB_GATE_NEW &&
           row->verdict != LB_GATE_NOT_GATED;
}

/* ---- How to do it again -------------------------------------------------------------------- */

static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

/* Between single quotes a shell takes everything as it stands, but for the quote itself. */
static void append_quoted(char *text, size_t size, const char *word)
{
    append(text, size, " '");
    for (; *word; word++)
        append(text, size, *word == '\'' ? "'\\''" : (char[]){*word, 0});
    append(text, size, "'");
}

/* Revisions and paths are mostly harmless, and read better without quotes. */
static void append_word(char *text, size_t size, const char *word)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "/._-+,:@%=^~";
    if (!*word || *word == '~' || word[strspn(word, harmless)]) {
        append_quoted(text, size, word);
        return;
    }
    append(text, size, " ");
    append(text, size, word);
}

/* Nothing for what was not given. */
static void append_given(char *text, size_t size, const char *option, const char *value)
{
    if (!value || !*value)
        return;
    append(text, size, option);
    append_word(text, size, value);
}

/* A side is a program, a document, or both: then the counts are the document's. */
static void append_base(char *text, size_t size, const struct lb_gate_side *base)
{
    append_given(text, size, " --base-binary", base->program);
    append_given(text, size, " --base-results", base->results);
}

static void append_head(char *text, size_t size, const struct lb_gate_side *head)
{
    append_given(text, size, " --head-binary", head->program);
    append_given(text, size, " --head-results", head->results);
}

static void append_terms(char *text, size_t size, const struct lb_gate *gate)
{
    char seed[32] = "";
    if (gate->seed_given)
        snprintf(seed, sizeof seed, "%" PRIu64, gate->seed);
    append_given(text, size, " --policy", gate->policy_file);
    append_given(text, size, " --accepted", gate->accepted_file);
    append_given(text, size, " --seed", seed);
    append_given(text, size, " --cpu", gate->cpu_text);
    append(text, size, gate->no_counts ? " --no-counts" : "");
    append(text, size, gate->no_time ? " --no-time" : "");
    append(text, size, gate->strict ? " --strict" : "");
}

void lb_gate_reproduce(const struct lb_gate *gate, const struct lb_gate_row *row, char *text,
                       size_t size)
{
    bool by_script = gate->base.revision[0];
    text[0] = 0;
    append(text, size, by_script ? "scripts/gate" : "layoutbench-gate");
    if (by_script)
        append_word(text, size, gate->base.revision);
    else
        append_base(text, size, &gate->base);
    if (!by_script || !gate->head.revision[0]) /* else it builds the head as well */
        append_head(text, size, &gate->head);
    append_terms(text, size, gate);
    append(text, size, " --filter");
    append_quoted(text, size, row->case_id);
}

static void forget_rows(struct lb_gate *gate)
{
    for (size_t i = 0; i < gate->row_count; i++)
        free(gate->rows[i].measured);
    gate->row_count = 0;
}

void lb_gate_give_up(struct lb_gate *gate, enum lb_gate_exit exit, const char *reason)
{
    forget_rows(gate);
    gate->exit = exit;
    snprintf(gate->headline, sizeof gate->headline, "NO VERDICT: %.300s", reason);
}

void lb_gate_free(struct lb_gate *gate)
{
    forget_rows(gate);
    free(gate->rows);
    free(gate->notices);
    *gate = (struct lb_gate){.rows = NULL};
}
