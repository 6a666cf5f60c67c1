/* case.c - see case.h. */
#include "harness/case/case.h"

#include "harness/base/suggest.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)

void lb_rungs_add(struct lb_rungs *rungs, uint64_t bytes)
{
    size_t at = rungs->count;
    while (at > 0 && rungs->bytes[at - 1] > bytes)
        at--;
    if (rungs->count == LB_RUNGS_MAX || (at > 0 && rungs->bytes[at - 1] == bytes))
        return;
    for (size_t i = rungs->count++; i > at; i--)
        rungs->bytes[i] = rungs->bytes[i - 1];
    rungs->bytes[at] = bytes;
}

void lb_rungs_of_profile(const char *profile, uint64_t l3_bytes, struct lb_rungs *rungs)
{
    *rungs = (struct lb_rungs){.count = 0};
    if (strcmp(profile, "quick") == 0) { /* the two rungs that the simulation counts, too */
        rungs->modes = rungs->modes_beside = rungs->modes_below = 1;
        rungs->parameters = 2;
        rungs->layout_bytes = 128 * MIB;
        lb_rungs_add(rungs, LB_SIMULATED_SMALL_BYTES);
        lb_rungs_add(rungs, LB_SIMULATED_LARGE_BYTES);
        return;
    }
    if (strcmp(profile, "standard") == 0) {
        rungs->modes_beside = 2;
        rungs->modes_below = 1;
        rungs->layout_bytes = 512 * MIB;
    }
    static const uint64_t standard[] = {16 * KIB, 256 * KIB, 2 * MIB, 16 * MIB, 64 * MIB};
    for (size_t i = 0; i < LB_COUNT_OF(standard); i++)
        lb_rungs_add(rungs, standard[i]);
    if (strcmp(profile, "thorough") == 0)
        for (uint64_t bytes = 8 * KIB; bytes <= 256 * MIB; bytes *= 2)
            lb_rungs_add(rungs, bytes);
    if (l3_bytes > 16 * MIB) {
        uint64_t beyond = MIB;
        while (beyond < 4 * l3_bytes && beyond < 1024 * MIB)
            beyond *= 2;
        lb_rungs_add(rungs, beyond);
        if (strcmp(profile, "thorough") != 0)
            rungs->beyond_bytes = beyond;
    }
}

static void format_bytes(uint64_t bytes, char *text, size_t size)
{
    if (bytes % MIB == 0)
        snprintf(text, size, "%" PRIu64 "MiB", bytes / MIB);
    else if (bytes % KIB == 0)
        snprintf(text, size, "%" PRIu64 "KiB", bytes / KIB);
    else
        snprintf(text, size, "%" PRIu64 "B", bytes);
}

/* Odd counts: a power of two brings set conflicts, which are a benchmark of their own. */
static uint64_t largest_odd_fit(uint64_t working_set_bytes, size_t element_bytes)
{
    uint64_t n = element_bytes ? working_set_bytes / element_bytes : 1;
    return n % 2 ? n : n ? n - 1 : 1;
}

static void make_point(const struct lb_benchmark *b, uint64_t rung_or_value, uint64_t seed,
                       struct lb_case *c)
{
    c->point = (struct lb_point){.seed = seed};
    if (b->parameter) {
        c->point.parameter = rung_or_value;
        c->point.working_set_bytes = b->parameter_working_set_bytes;
        snprintf(c->label, sizeof c->label, "%s=%" PRIu64, b->parameter, rung_or_value);
    } else {
        char text[32];
        c->point.working_set_bytes = rung_or_value;
        format_bytes(rung_or_value, text, sizeof text);
        snprintf(c->label, sizeof c->label, "ws=%s", text);
    }
    c->point.elements = largest_odd_fit(
        c->point.working_set_bytes, b->reference_element_bytes ? b->reference_element_bytes : 1);
}

static void make_case(const struct lb_benchmark *b, const struct lb_variant *v, unsigned mode,
                      uint64_t rung_or_value, uint64_t seed, struct lb_case *c)
{
    c->benchmark = b;
    c->variant = v;
    c->mode = mode;
    make_point(b, rung_or_value, seed, c);
    const char *mode_name = lb_benchmark_mode_name(b, mode);
    snprintf(c->id, sizeof c->id, "%s/%s/%s/%s%s%s", b->family, b->name, v->name, mode_name,
             *mode_name ? "/" : "", c->label);
}

void lb_case_of_mode(const struct lb_case *c, unsigned mode, struct lb_case *out)
{
    const struct lb_benchmark *b = c->benchmark;
    make_case(b, c->variant, mode, b->parameter ? c->point.parameter : c->point.working_set_bytes,
              c->point.seed, out);
}

bool lb_glob_matches(const char *glob, const char *id)
{
    if (fnmatch(glob, id, 0) == 0)
        return true;
    char below[LB_CASE_ID_BYTES + 2];
    snprintf(below, sizeof below, "%s/*", glob);
    return fnmatch(below, id, 0) == 0;
}

/* A list that is being made, and what was asked for. */
struct making {
    struct lb_case_list *list;
    size_t capacity;
    const char *const *globs;
    size_t glob_count;
    bool *used; /* globs that matched something */
    uint64_t seed;
};

static bool wanted(struct making *making, const char *id)
{
    bool any = making->glob_count == 0;
    for (size_t i = 0; i < making->glob_count; i++)
        if (lb_glob_matches(making->globs[i], id))
            making->used[i] = any = true;
    return any;
}

static enum lb_status push(struct making *making, const struct lb_case *c)
{
    struct lb_case_list *list = making->list;
    if (list->count == making->capacity) {
        size_t larger = making->capacity ? making->capacity * 2 : 64;
        struct lb_case *cases = realloc(list->cases, larger * sizeof *cases);
        if (!cases)
            return LB_NO_MEMORY;
        list->cases = cases;
        making->capacity = larger;
    }
    list->cases[list->count++] = *c;
    return LB_OK;
}

static size_t point_count(const struct lb_benchmark *b, const struct lb_rungs *rungs)
{
    size_t count = 0;
    if (!b->parameter)
        return rungs->count;
    while (b->parameter_values[count])
        count++;
    return rungs->parameters && rungs->parameters < count ? rungs->parameters : count;
}

/* The p-th of so many points: the first and the last value of a parameter are among any two. */
static uint64_t point_value(const struct lb_benchmark *b, const struct lb_rungs *rungs, size_t p)
{
    struct lb_rungs every = {.count = 0};
    size_t taken = point_count(b, rungs), all = point_count(b, &every);
    if (!b->parameter)
        return rungs->bytes[p];
    return b->parameter_values[taken > 1 ? p * (all - 1) / (taken - 1) : 0];
}

/* Above every mode's number when all are wanted. */
static unsigned mode_limit(const struct lb_benchmark *b, const struct lb_rungs *rungs,
                           uint64_t bytes)
{
    bool simulated =
        b->parameter || bytes == LB_SIMULATED_SMALL_BYTES || bytes == LB_SIMULATED_LARGE_BYTES;
    unsigned limit = simulated                          ? rungs->modes
                     : bytes < LB_SIMULATED_LARGE_BYTES ? rungs->modes_below
                     : bytes == rungs->beyond_bytes     ? 1
                                                        : rungs->modes_beside;
    return limit ? limit : LB_MODES_MAX;
}

/* The mode that a reader is told of first, the others in their order. */
static unsigned mode_rank(const struct lb_benchmark *b, unsigned mode)
{
    unsigned first = 0;
    for (unsigned m = 0; m < lb_benchmark_mode_count(b) && b->headline.mode; m++)
        if (strcmp(lb_benchmark_mode_name(b, m), b->headline.mode) == 0)
            first = m;
    return mode == first ? 0 : mode + (mode < first);
}

/* A variant without any kernel (what it needs was not there at build time) is skipped in each. */
static bool has_mode(const struct lb_variant *v, unsigned mode)
{
    bool none = true;
    for (unsigned m = 0; m < LB_MODES_MAX; m++)
        none = none && !v->run[m];
    return none || v->run[mode];
}

/* Boxes take up to 13 times the rung, and building 1 GiB of them up to a minute. */
static bool is_too_large(const struct lb_case *c, const struct lb_rungs *rungs)
{
    uint64_t bytes = c->variant->footprint_bytes(&c->point);
    return rungs->layout_bytes && bytes > rungs->layout_bytes && bytes > c->point.working_set_bytes;
}

static enum lb_status add_point(struct making *making, const struct lb_benchmark *b,
                                const struct lb_rungs *rungs, uint64_t value)
{
    unsigned limit = mode_limit(b, rungs, value);
    enum lb_status status = LB_OK;
    for (size_t v = 0; v < b->variant_count; v++)
        for (unsigned m = 0; m < lb_benchmark_mode_count(b); m++) {
            struct lb_case c;
            if (mode_rank(b, m) >= limit || !has_mode(&b->variants[v], m))
                continue;
            make_case(b, &b->variants[v], m, value, making->seed, &c);
            if (!is_too_large(&c, rungs) && wanted(making, c.id) && status == LB_OK)
                status = push(making, &c);
        }
    return status;
}

static enum lb_status unmatched(const struct lb_benchmark *const *list, const char *glob,
                                struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    for (size_t i = 0; list[i]; i++) {
        char name[LB_CASE_ID_BYTES];
        lb_suggest(&nearest, glob, list[i]->family);
        snprintf(name, sizeof name, "%s/%s", list[i]->family, list[i]->name);
        lb_suggest(&nearest, glob, name);
        for (size_t v = 0; v < list[i]->variant_count; v++) {
            snprintf(name, sizeof name, "%s/%s/%s", list[i]->family, list[i]->name,
                     list[i]->variants[v].name);
            lb_suggest(&nearest, glob, name);
        }
    }
    return lb_fail(error, LB_USAGE, "no case matches '%s'%s%s%s; 'layoutbench list' shows all",
                   glob, nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

enum lb_status lb_cases_make(const struct lb_benchmark *const *list, const struct lb_rungs *rungs,
                             const char *const *globs, size_t glob_count, uint64_t seed,
                             struct lb_case_list *cases, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    *cases = (struct lb_case_list){0};
    bool *used = calloc(glob_count + 1, sizeof *used);
    struct making making = {
        .list = cases, .globs = globs, .glob_count = glob_count, .used = used, .seed = seed};
    if (!used)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; list[i] && status == LB_OK; i++)
        for (size_t p = 0; p < point_count(list[i], rungs) && status == LB_OK; p++)
            status = add_point(&making, list[i], rungs, point_value(list[i], rungs, p));
    for (size_t i = 0; i < glob_count && status == LB_OK; i++)
        if (!used[i])
            status = unmatched(list, globs[i], error);
    free(used);
    if (status == LB_NO_MEMORY)
        lb_fail(error, status, "out of memory");
    if (status != LB_OK)
        lb_cases_free(cases);
    return status;
}

void lb_cases_free(struct lb_case_list *cases)
{
    free(cases->cases);
    *cases = (struct lb_case_list){0};
}

uint64_t lb_rung_parse(const char *text)
{
    char *end;
    uint64_t value = *text >= '1' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    uint64_t unit = !value                    ? 0
                    : strcmp(end, "GiB") == 0 ? 1024 * MIB
                    : strcmp(end, "MiB") == 0 ? MIB
                    : strcmp(end, "KiB") == 0 ? KIB
                                              : 0;
    if (!unit || value > 1024 * KIB || (value & (value - 1)) != 0)
        return 0;
    return value * unit >= 4 * KIB && value * unit <= 1024 * MIB ? value * unit : 0;
}

static uint64_t rung_in_id(const char *id)
{
    const char *label = strrchr(id, '/');
    return label && strncmp(label, "/ws=", 4) == 0 ? lb_rung_parse(label + 4) : 0;
}

/* The place of the point in an id: behind the last slash. */
static size_t point_at(const char *id)
{
    const char *slash = strrchr(id, '/');
    return slash ? (size_t)(slash - id) + 1 : 0;
}

/* All but the point is this case's. */
static bool is_beside(const struct lb_case *c, const char *id)
{
    size_t at = point_at(id);
    return at == point_at(c->id) && strncmp(c->id, id, at) == 0;
}

/* A rung may be written in any unit: ws=1GiB is ws=1024MiB. */
static bool is_meant(const struct lb_case *c, const char *id)
{
    return strcmp(c->id, id) == 0 || (is_beside(c, id) && !c->benchmark->parameter &&
                                      rung_in_id(id) == c->point.working_set_bytes);
}

/* What the point of such a case can be, when that alone is wrong: `id` says NAME=VALUE. */
static bool explain_point(const struct lb_case *c, const char *id, struct lb_error *error)
{
    const struct lb_benchmark *b = c->benchmark;
    const char *name = b->parameter ? b->parameter : "ws", *point = id + point_at(id);
    size_t length = strlen(name);
    char values[256] = "a power of two from 4KiB to 1GiB";
    if (!is_beside(c, id) || strncmp(point, name, length) != 0 || point[length] != '=')
        return false;
    if (b->parameter)
        snprintf(values, sizeof values, "one of");
    for (size_t i = 0; b->parameter && b->parameter_values[i]; i++) {
        size_t used = strlen(values);
        snprintf(values + used, sizeof values - used, "%s %" PRIu64, i ? "," : "",
                 b->parameter_values[i]);
    }
    lb_fail(error, LB_USAGE, "%s is %s, not '%s'", name, values, point + length + 1);
    return true;
}

static enum lb_status no_such_case(const struct lb_case_list *all, const char *id,
                                   struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    for (size_t i = 0; i < all->count; i++) {
        if (explain_point(&all->cases[i], id, error))
            return LB_USAGE;
        lb_suggest(&nearest, id, all->cases[i].id);
    }
    return lb_fail(error, LB_USAGE, "no case '%s'%s%s%s; 'layoutbench list' shows all", id,
                   nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

enum lb_status lb_case_find(const struct lb_benchmark *const *list, const char *id, uint64_t seed,
                            struct lb_case *found, struct lb_error *error)
{
    struct lb_rungs rungs = {.bytes = {rung_in_id(id)}, .count = 1};
    struct lb_case_list all;
    size_t at = 0;
    if (!rungs.bytes[0])
        rungs.bytes[0] = LB_SMALLEST_RUNG_BYTES;
    enum lb_status status = lb_cases_make(list, &rungs, NULL, 0, seed, &all, error);
    if (status != LB_OK)
        return status;
    while (at < all.count && !is_meant(&all.cases[at], id))
        at++;
    if (at < all.count)
        *found = all.cases[at];
    else
        status = no_such_case(&all, id, error);
    lb_cases_free(&all);
    return status;
}
