/* claims.c - see claims.h. */
#include "harness/document/claims.h"

#include "harness/base/jsonread.h"
#include "harness/base/jsonwrite.h"
#include "harness/document/claims_figure.h"
#include "harness/document/claims_member.h"
#include "harness/document/closure.h"

#include <math.h>
#include <string.h>

enum { SCHEMA_VERSION = 1, REASON_BYTES = 3 * LB_CLAIMS_REASON_BYTES };

/* From good to bad: the verdict is the worse of two. */
enum verdict { HOLDS, DIRECTION_HOLDS, DOES_NOT_HOLD, NOT_MEASURABLE };

static const char *const verdict_names[] = {"holds", "direction_holds", "does_not_hold",
                                            "not_measurable"};

static const char *const witness_names[] = {"time", "counts"};

enum { WITNESSES = 2 };

enum lb_status lb_claims_parse(const char *source, struct json_object **claims,
                               struct lb_error *error)
{
    static const char name[] = "benchmarks/claims.json";
    *claims = NULL;
    enum lb_status status = lb_json_scan(name, source, error);
    if (status != LB_OK)
        return status;
    struct json_object *document = json_tokener_parse(source);
    struct json_object *array = lb_claims_member(document, "claims");
    status = lb_json_check_version(name, document, SCHEMA_VERSION, error);
    if (status == LB_OK && !json_object_is_type(array, json_type_array))
        status = lb_fail(error, LB_USAGE, "%s: $.claims: not an array", name);
    if (status == LB_OK)
        *claims = json_object_get(array);
    json_object_put(document);
    return status;
}

/* Ids stand in the source as "FAMILY/NAME/VARIANT/...". */
bool lb_claims_cite(const struct lb_case *c)
{
    static const char closure[] = "\"" LB_CLOSURE_BENCHMARK "/";
    char name[LB_CASE_ID_BYTES];
    snprintf(name, sizeof name, "\"%s/%s/%s/", c->benchmark->family, c->benchmark->name,
             c->variant->name);
    return strstr(lb_claims_source, name) || strncmp(name, closure, sizeof closure - 1) == 0;
}

/* ---- Judging ------------------------------------------------------------------------------- */

static bool in_direction(struct json_object *witness, double value)
{
    const char *direction = lb_claims_text(witness, "direction");
    double neutral = lb_claims_number(witness, "neutral");
    double margin = lb_claims_number(witness, "margin");
    if (strcmp(direction, "above") == 0)
        return value > neutral + margin;
    if (strcmp(direction, "below") == 0)
        return value < neutral - margin;
    return fabs(value - neutral) <= margin;
}

/*
 * Too wide an interval neither shows nor refutes: an effect when it also holds none; no effect when
 * a part of it is beyond the margin; and it refutes only what no part of it agrees with. A count
 * has no interval (its ends are NaN) and is taken as it is.
 */
static bool is_vague(struct json_object *witness, const struct lb_claims_figure *f)
{
    double neutral = lb_claims_number(witness, "neutral");
    bool low = in_direction(witness, f->low), high = in_direction(witness, f->high);
    bool around = f->low <= neutral && neutral <= f->high;
    if (isnan(f->low) || isnan(f->high))
        return false;
    if (strcmp(lb_claims_text(witness, "direction"), "none") == 0)
        return !(low && high) && (low || high || around);
    return in_direction(witness, f->value) ? around : low || high;
}

/* A time of fewer than six rounds: its median may be anything. */
static bool is_unbounded(struct json_object *witness, const struct lb_claims_figure *f)
{
    bool timed = strncmp(lb_claims_text(witness, "quantity"), "time.", 5) == 0;
    return timed && !isnan(f->value) && (isnan(f->low) || isnan(f->high));
}

static enum verdict judge(struct json_object *witness, const struct lb_claims_figure *f)
{
    double expected = lb_claims_number(witness, "expected");
    if (isnan(f->value) || is_unbounded(witness, f) || is_vague(witness, f))
        return NOT_MEASURABLE;
    if (!in_direction(witness, f->value))
        return DOES_NOT_HOLD;
    if (isnan(expected))
        return HOLDS;
    return fabs(f->value - expected) <= lb_claims_number(witness, "tolerance") * fabs(expected)
               ? HOLDS
               : DIRECTION_HOLDS;
}

/* ---- Saying why ---------------------------------------------------------------------------- */

static void append(char *text, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, REASON_BYTES - length, "%s", more);
}

/* "time 3.91 x: expected 7.4 within 25 %"; what a figure was held against, whatever came of it. */
static void explain(struct json_object *witness, const char *name, const struct lb_claims_figure *f,
                    char *text)
{
    char figure[64], against[160];
    double expected = lb_claims_number(witness, "expected");
    double neutral = lb_claims_number(witness, "neutral");
    double margin = lb_claims_number(witness, "margin");
    const char *direction = lb_claims_text(witness, "direction");
    bool none = strcmp(direction, "none") == 0;
    if (isnan(f->value)) {
        append(text, name);
        append(text, ": ");
        append(text, f->why);
        return;
    }
    snprintf(figure, sizeof figure, "%s %.3g", name, f->value);
    if (!isnan(expected))
        snprintf(against, sizeof against, " %s (expected %.4g within %.0f %%; no effect: %.4g)",
                 lb_claims_text(witness, "unit"), expected,
                 100 * lb_claims_number(witness, "tolerance"), neutral);
    else if (none)
        snprintf(against, sizeof against, " %s (expected %.4g, give or take %.4g)",
                 lb_claims_text(witness, "unit"), neutral, margin);
    else
        snprintf(against, sizeof against, " %s (expected %s %.4g)", lb_claims_text(witness, "unit"),
                 direction, strcmp(direction, "above") == 0 ? neutral + margin : neutral - margin);
    append(text, figure);
    append(text, against);
    if (f->few_processes && !isnan(f->low))
        append(text, ", over visits of few processes");
    if (is_unbounded(witness, f))
        append(text, ", without an interval: fewer than six rounds");
    if (is_vague(witness, f)) {
        snprintf(against, sizeof against,
                 ", too vague: its interval, %.3g to %.3g, is too wide to say", f->low, f->high);
        append(text, against);
    }
}

static void add_cell(struct json_object *cells, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(cells); i++)
        if (strcmp(json_object_get_string(json_object_array_get_idx(cells, i)), id) == 0)
            return;
    if (*id)
        json_object_array_add(cells, lb_json_text(id));
}

/* "x", or "time: x; counts: L1d misses per lookup" where they differ. */
static struct json_object *unit_json(struct json_object *const *witnesses)
{
    char text[256];
    const char *time = lb_claims_text(witnesses[0], "unit");
    const char *counts = lb_claims_text(witnesses[1], "unit");
    if (!*time || !*counts || strcmp(time, counts) == 0)
        return lb_json_text(*time ? time : counts);
    snprintf(text, sizeof text, "time: %s; counts: %s", time, counts);
    return lb_json_text(text);
}

/* ---- A claim ------------------------------------------------------------------------------- */

/* A claim about another kind of processor is neither true nor false here. */
static bool is_elsewhere(struct json_object *claim, struct json_object *document, char *reason)
{
    struct json_object *cpu = lb_claims_member(lb_claims_member(document, "machine"), "cpu");
    const char *wanted = lb_claims_text(claim, "architecture");
    const char *here = lb_claims_text(cpu, "architecture");
    if (!*wanted || strcmp(wanted, here) == 0)
        return false;
    snprintf(reason, REASON_BYTES, "the claim is about %s, this machine is %s; ", wanted,
             *here ? here : "not known");
    return true;
}

static struct json_object *evaluate(struct json_object *claim, struct json_object *document)
{
    struct json_object *row = json_object_new_object(), *cells = json_object_new_array();
    struct json_object *cases = lb_claims_member(document, "cases"), *witnesses[WITNESSES];
    struct lb_claims_figure figures[WITNESSES];
    char reason[REASON_BYTES] = "";
    enum verdict verdict = is_elsewhere(claim, document, reason) ? NOT_MEASURABLE : HOLDS;
    for (int i = 0; i < WITNESSES; i++) {
        witnesses[i] = lb_claims_member(claim, witness_names[i]);
        figures[i].value = NAN;
        if (!witnesses[i])
            continue;
        lb_claims_figure_make(witnesses[i], cases, &figures[i]);
        enum verdict one = judge(witnesses[i], &figures[i]);
        verdict = one > verdict ? one : verdict;
        append(reason, i && witnesses[0] ? "; " : "");
        explain(witnesses[i], witness_names[i], &figures[i], reason);
        add_cell(cells, lb_claims_text(witnesses[i], "of"));
        add_cell(cells, lb_claims_text(witnesses[i], "to"));
    }
    if (lb_claims_member(claim, "one_witness")) {
        append(reason, "; one witness: ");
        append(reason, lb_claims_text(claim, "one_witness"));
    }
    json_object_object_add(row, "id", lb_json_text(lb_claims_text(claim, "id")));
    json_object_object_add(row, "statement", lb_json_text(lb_claims_text(claim, "statement")));
    json_object_object_add(row, "article", lb_json_text(lb_claims_text(claim, "article")));
    json_object_object_add(row, "verdict", lb_json_text(verdict_names[verdict]));
    json_object_object_add(row, "reason", lb_json_text(reason));
    json_object_object_add(row, "time_figure", lb_json_number(figures[0].value));
    json_object_object_add(row, "count_figure", lb_json_number(figures[1].value));
    json_object_object_add(row, "unit", unit_json(witnesses));
    json_object_object_add(row, "cells", cells);
    return row;
}

struct json_object *lb_claims_evaluate(struct json_object *claims, struct json_object *document)
{
    struct json_object *rows = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(claims); i++) {
        struct json_object *claim = json_object_array_get_idx(claims, i);
        if (!lb_claims_member(claim, "method"))
            json_object_array_add(rows, evaluate(claim, document));
    }
    return rows;
}

/* ---- For people ---------------------------------------------------------------------------- */

void lb_claims_print(FILE *out, struct json_object *rows)
{
    size_t counts[NOT_MEASURABLE + 1] = {0};
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        const char *verdict = lb_claims_text(row, "verdict");
        char words[32];
        snprintf(words, sizeof words, "%s", verdict);
        for (char *c = words; *c; c++)
            *c = *c == '_' ? ' ' : *c;
        fprintf(out, "%-5s %-16s %s\n%22s the article: %s\n%22s here: %s\n",
                lb_claims_text(row, "id"), words, lb_claims_text(row, "statement"), "",
                lb_claims_text(row, "article"), "", lb_claims_text(row, "reason"));
        for (int k = 0; k <= NOT_MEASURABLE; k++)
            counts[k] += strcmp(verdict, verdict_names[k]) == 0;
    }
    fprintf(out,
            "\n%zu claims: %zu hold, of %zu the direction holds, %zu do not hold, %zu were not "
            "measurable\n",
            json_object_array_length(rows), counts[HOLDS], counts[DIRECTION_HOLDS],
            counts[DOES_NOT_HOLD], counts[NOT_MEASURABLE]);
}
