/* claims_figure.c - see claims_figure.h. */
#include "harness/document/claims_figure.h"

#include "harness/api.h"
#include "harness/document/claims_member.h"
#include "harness/document/claims_pair.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Quantities ---------------------------------------------------------------------------- */

/* A number of a case, NaN when it is not known; *reason is then what the document says of it. */
typedef double read_number(struct json_object *c, const char *name, const char **reason);

static double read_time(struct json_object *c, const char *name, const char **reason)
{
    (void)reason;
    return lb_claims_number(lb_claims_member(lb_claims_member(c, "time"), name), "median");
}

static double read_reading(struct json_object *reading, const char *key, const char **reason)
{
    *reason = lb_claims_text(reading, "reason");
    return lb_claims_number(reading, key);
}

static double read_simulated(struct json_object *c, const char *name, const char **reason)
{
    return read_reading(lb_claims_member(lb_claims_member(c, "simulated"), name), "value_per_op",
                        reason);
}

static double read_counted(struct json_object *c, const char *name, const char **reason)
{
    return read_reading(lb_claims_member(lb_claims_member(c, "counters"), name), "value_per_op",
                        reason);
}

static double read_memory(struct json_object *c, const char *name, const char **reason)
{
    struct json_object *memory = lb_claims_member(c, "memory");
    *reason = lb_claims_text(memory, "reason");
    return lb_claims_number(memory, name);
}

static double read_metric(struct json_object *c, const char *name, const char **reason)
{
    return read_reading(lb_claims_member(lb_claims_member(c, "metrics"), name), "value", reason);
}

/* A section may have several sources: the first that knows all cells of a figure is taken. */
static const struct source {
    const char *section;
    read_number *read;
} sources[] = {
    {"time", read_time},     {"counts", read_simulated}, {"counts", read_counted},
    {"memory", read_memory}, {"metrics", read_metric},
};

/* ---- Formulas ------------------------------------------------------------------------------ */

static double formula_value(double of, double to)
{
    (void)to;
    return of;
}

static double formula_ratio(double of, double to)
{
    return of / to;
}

static double formula_difference(double of, double to)
{
    return of - to;
}

static const struct formula {
    const char *name;
    bool two_cells;
    double (*apply)(double of, double to);
} formulas[] = {
    {"value", false, formula_value},
    {"ratio", true, formula_ratio},
    {"difference", true, formula_difference},
};

static const struct formula *find_formula(const char *name)
{
    for (size_t i = 0; i < LB_COUNT_OF(formulas); i++)
        if (strcmp(formulas[i].name, name) == 0)
            return &formulas[i];
    return NULL;
}

/* ---- Cells --------------------------------------------------------------------------------- */

static struct json_object *find_case(struct json_object *cases, const char *id)
{
    size_t count =
        json_object_is_type(cases, json_type_array) ? json_object_array_length(cases) : 0;
    for (size_t i = 0; i < count; i++) {
        struct json_object *c = json_object_array_get_idx(cases, i);
        if (strcmp(lb_claims_text(c, "id"), id) == 0)
            return c;
    }
    return NULL;
}

/* The case, when it was measured; else NULL, and why. */
static struct json_object *find_cell(struct json_object *cases, const char *id, char *why)
{
    struct json_object *c = find_case(cases, id);
    if (!c)
        snprintf(why, LB_CLAIMS_REASON_BYTES, "%s is not in this run", id);
    else if (strcmp(lb_claims_text(c, "status"), "ok") == 0)
        return c;
    else
        snprintf(why, LB_CLAIMS_REASON_BYTES, "%s: %s: %s", id, lb_claims_text(c, "status"),
                 lb_claims_text(c, "reason"));
    return NULL;
}

/* *told is the reason that stands in figure->why, "" as long as no source has given one. */
static bool take_from(const struct source *source, const struct formula *formula, const char *name,
                      struct json_object *of, struct json_object *to, const char **told,
                      struct lb_claims_figure *figure)
{
    const char *reason = "";
    struct json_object *unknown = of;
    double first = source->read(of, name, &reason), second = NAN;
    if (isfinite(first) && formula->two_cells) {
        unknown = to;
        second = source->read(to, name, &reason);
    }
    if (isfinite(first) && (!formula->two_cells || isfinite(second))) {
        figure->value = formula->apply(first, second);
        snprintf(figure->why, sizeof figure->why, "%s of %s is 0: no ratio", name,
                 lb_claims_text(to, "id"));
        return true;
    }
    if (!**told) {
        *told = reason;
        snprintf(figure->why, sizeof figure->why, "%s of %s is not known%s%s", name,
                 lb_claims_text(unknown, "id"), *reason ? ": " : "", reason);
    }
    return false;
}

/*
 * Medians of two cells shared no minute; their ratio paired by replicate, or by round, did. A time
 * across points or benchmarks is no figure.
 */
static void pair(struct json_object *of, struct json_object *to, const char *name,
                 struct lb_claims_figure *figure)
{
    struct lb_interval ratio;
    if (lb_claims_pair(of, to, strcmp(name, "wall_ns_per_op") == 0, &ratio,
                       &figure->few_processes) != LB_OK)
        snprintf(figure->why, sizeof figure->why, "out of memory");
    else
        snprintf(figure->why, sizeof figure->why, "no round of this run measured both %s and %s",
                 lb_claims_text(of, "id"), lb_claims_text(to, "id"));
    figure->value = ratio.median;
    figure->low = ratio.low;
    figure->high = ratio.high;
}

/* A time alone has the interval of its median. */
static void bound(struct json_object *of, const char *name, struct lb_claims_figure *figure)
{
    struct json_object *time = lb_claims_member(of, "time");
    struct json_object *interval = lb_claims_member(time, name);
    figure->low = lb_claims_number(interval, "low");
    figure->high = lb_claims_number(interval, "high");
    figure->few_processes = strcmp(lb_claims_text(time, "interval_kind"), "within_process") == 0;
}

void lb_claims_figure_make(struct json_object *witness, struct json_object *cases,
                           struct lb_claims_figure *figure)
{
    const char *quantity = lb_claims_text(witness, "quantity"), *dot = strchr(quantity, '.');
    const struct formula *formula = find_formula(lb_claims_text(witness, "formula"));
    const char *told = "";
    struct json_object *of = NULL, *to = NULL;
    bool taken = false, timed = strncmp(quantity, "time.", strlen("time.")) == 0;
    *figure = (struct lb_claims_figure){.value = NAN, .low = NAN, .high = NAN};
    if (!formula || !dot || (timed && formula->apply == formula_difference)) {
        snprintf(figure->why, sizeof figure->why, "benchmarks/claims.json: no such formula");
        return;
    }
    of = find_cell(cases, lb_claims_text(witness, "of"), figure->why);
    if (of && formula->two_cells)
        to = find_cell(cases, lb_claims_text(witness, "to"), figure->why);
    if (!of || (formula->two_cells && !to))
        return;
    for (size_t i = 0; i < LB_COUNT_OF(sources) && !taken; i++)
        if (strncmp(sources[i].section, quantity, (size_t)(dot - quantity)) == 0)
            taken = take_from(&sources[i], formula, dot + 1, of, to, &told, figure);
    if (taken && timed)
        (to ? pair(of, to, dot + 1, figure) : bound(of, dot + 1, figure));
    if (!isfinite(figure->value))
        figure->value = NAN;
    else
        figure->why[0] = 0;
}
