/* duel.c - see duel.h. */
#include "ci/duel.h"

#include "ci/looks.h"
#include "ci/pair.h"
#include "harness/base/interrupt.h"
#include "harness/base/stats.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of a small layout was seen to take half a second, one of 64 MiB several. */
#define ESTIMATED_SECONDS_PER_ROW 0.8

_Static_assert(LB_GATE_PAIRS_MAX == 2 * LB_LOOKS_PAIRS_MAX, "one sequence, and one that confirms");

/* One row while it is being measured. */
struct contest {
    struct lb_gate_row *row;
    char mode[64];
    bool decided, wall;
    bool confirming;
    struct lb_look first; /* what the first sequence said, once it is confirmed or not */
    unsigned pairs;       /* of the sequence that is going on: the last ones of row->measured */
    double log_ratios[LB_LOOKS_PAIRS_MAX];
};

/* Rows that differ in their mode alone. */
struct unit {
    const struct lb_duel_options *options;
    struct lb_rng *order;
    struct contest contests[LB_MODES_MAX];
    unsigned count;
    bool verified; /* both sides have had their answers checked */
};

/* ---- Units ----------------------------------------------------------------------------------- */

/*
 * Where an id has its mode: FAMILY/NAME/VARIANT/MODE/POINT, or without. False: it has none.
 * *mode points into the id.
 */
static bool find_mode(const char *id, const char **mode, size_t *length)
{
    unsigned slashes = 0;
    const char *third = NULL, *last = NULL;
    for (const char *c = id; *c; c++) {
        if (*c != '/')
            continue;
        last = c;
        if (++slashes == 3)
            third = c;
    }
    if (slashes != 4)
        return false;
    *mode = third + 1;
    *length = (size_t)(last - *mode);
    return true;
}

static bool same_unit(const char *a, const char *b)
{
    const char *a_mode, *b_mode;
    size_t a_length, b_length;
    if (!find_mode(a, &a_mode, &a_length) || !find_mode(b, &b_mode, &b_length))
        return strcmp(a, b) == 0;
    return a_mode - a == b_mode - b && strncmp(a, b, (size_t)(a_mode - a)) == 0 &&
           strcmp(a_mode + a_length, b_mode + b_length) == 0;
}

static void contest_open(struct contest *contest, struct lb_gate_row *row, double allowance)
{
    const char *mode = "";
    size_t length = 0;
    find_mode(row->case_id, &mode, &length);
    *contest = (struct contest){.row = row};
    snprintf(contest->mode, sizeof contest->mode, "%.*s", (int)length, mode);
    row->setup_seconds = row->seconds = 0;
    row->allowance = allowance;
}

/* ---- Ends of a row --------------------------------------------------------------------------- */

static void contest_close(struct contest *contest, enum lb_gate_verdict verdict)
{
    contest->row->verdict = verdict;
    contest->decided = true;
}

static void __attribute__((format(printf, 3, 4)))
contest_end(struct contest *contest, enum lb_gate_verdict verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(contest->row->reason, sizeof contest->row->reason, format, arguments);
    va_end(arguments);
    contest_close(contest, verdict);
}

static const char *side_name(enum lb_side side)
{
    return side == LB_SIDE_BASE ? "base" : "head";
}

/* Faster by more than what would be called slower in the opposite direction. */
static bool is_faster(const struct lb_look *look, double allowance)
{
    return look->high < 1 / (1 + allowance);
}

static void show_medians(struct contest *contest)
{
    double base[LB_LOOKS_PAIRS_MAX], head[LB_LOOKS_PAIRS_MAX], scratch[LB_LOOKS_PAIRS_MAX];
    const struct lb_gate_pair *pairs =
        contest->row->measured + contest->row->measured_count - contest->pairs;
    for (unsigned i = 0; i < contest->pairs; i++) {
        base[i] = pairs[i].base;
        head[i] = pairs[i].head;
    }
    contest->row->base = lb_stats_median(base, contest->pairs, scratch);
    contest->row->head = lb_stats_median(head, contest->pairs, scratch);
}

static void contest_judge(struct contest *contest)
{
    struct lb_gate_row *row = contest->row;
    struct lb_look look;
    lb_looks_judge(contest->log_ratios, contest->pairs, row->allowance, &look);
    row->pairs = look.pairs;
    row->ratio = look.ratio;
    row->low = look.low;
    row->high = look.high;
    row->pair_deviation = look.deviation;
    row->smallest_change = look.smallest_ratio - 1;
    show_medians(contest);
    if (look.verdict == LB_LOOK_GO_ON)
        return;
    if (look.verdict == LB_LOOK_SLOWER && !contest->confirming) {
        contest->confirming = true;
        contest->first = look;
        contest->pairs = 0;
        return;
    }
    row->confirmed = look.verdict == LB_LOOK_SLOWER;
    if (row->confirmed)
        contest_close(contest, LB_GATE_WORSE);
    else if (look.verdict == LB_LOOK_SAME)
        contest_close(contest, is_faster(&look, row->allowance) ? LB_GATE_BETTER : LB_GATE_SAME);
    else
        contest_close(contest, LB_GATE_UNDECIDED);
    if (contest->confirming && !row->confirmed)
        snprintf(row->reason, sizeof row->reason,
                 "%.1f %% slower in %u pairs, which %u fresh pairs did not confirm",
                 100 * (contest->first.ratio - 1), contest->first.pairs, look.pairs);
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

/* Zero and infinite times have no ratio: the row fails instead of comparing them. */
static void contest_record(struct contest *contest, const struct lb_pair_time *times,
                           bool head_first)
{
    struct lb_gate_row *row = contest->row;
    if (row->measured_count == 0)
        contest->wall = times[LB_SIDE_BASE].blocks || times[LB_SIDE_HEAD].blocks;
    double base = contest->wall ? times[LB_SIDE_BASE].wall_ns : times[LB_SIDE_BASE].cpu_ns;
    double head = contest->wall ? times[LB_SIDE_HEAD].wall_ns : times[LB_SIDE_HEAD].cpu_ns;
    if (!(base > 0 && head > 0 && isfinite(base) && isfinite(head))) {
        contest_end(contest, LB_GATE_FAILED, "a sample took no time at all");
        return;
    }
    row->measured[row->measured_count++] =
        (struct lb_gate_pair){base, head, head_first, contest->confirming};
    contest->log_ratios[contest->pairs++] = log(head / base);
    contest_judge(contest);
}

static void ask(struct unit *unit, struct contest **open, struct lb_pair_request *request)
{
    *request = (struct lb_pair_request){
        .first = lb_rng_below(unit->order, 2) ? LB_SIDE_HEAD : LB_SIDE_BASE,
        .verify = !unit->verified,
        .create_limit_ns = unit->verified ? 0 : (uint64_t)unit->options->create_limit_ns,
    };
    for (unsigned i = 0; i < unit->count; i++) {
        struct contest *contest = &unit->contests[i];
        if (contest->decided)
            continue;
        open[request->mode_count] = contest;
        request->modes[request->mode_count++] = contest->mode;
        request->case_id = contest->row->case_id;
    }
}

/* A case that only the head skips came back empty, which is a failure; otherwise, it is listed. */
static void end_untimed(struct contest *contest, const struct lb_duel_options *options,
                        const struct lb_pair *pair, const char *reason)
{
    bool base = pair->skipped[LB_SIDE_BASE], head = pair->skipped[LB_SIDE_HEAD];
    if (pair->slow_to_create)
        contest_end(contest, LB_GATE_NOT_GATED,
                    "not timed: its layout takes %.0f ms to build, the limit is %.0f",
                    (double)pair->create_ns[LB_SIDE_BASE] * 1e-6, options->create_limit_ns * 1e-6);
    else
        contest_end(contest, head && !base ? LB_GATE_FAILED : LB_GATE_NOT_GATED, "%s %s it: %s",
                    base && head ? "both sides" : side_name(head ? LB_SIDE_HEAD : LB_SIDE_BASE),
                    base && head ? "skip" : "skips", reason);
}

static void settle(struct unit *unit, struct contest **open, const struct lb_pair_request *request,
                   const struct lb_pair *pair, enum lb_status status, const char *reason)
{
    bool untimed = pair->skipped[0] || pair->skipped[1] || pair->slow_to_create;
    unit->verified |= status == LB_OK && !untimed;
    for (unsigned i = 0; i < request->mode_count; i++) {
        open[i]->row->setup_seconds += pair->setup_seconds / request->mode_count;
        open[i]->row->seconds += pair->seconds[i];
        bool mine = pair->failed_mode == i || pair->failed_mode == request->mode_count;
        if (status != LB_OK && mine)
            contest_end(open[i], LB_GATE_FAILED, "%s: %s", side_name(pair->failed), reason);
        else if (status == LB_OK && untimed)
            end_untimed(open[i], unit->options, pair, reason);
        else if (status == LB_OK)
            contest_record(open[i], pair->times[i], request->first == LB_SIDE_HEAD);
    }
}

static enum lb_status unit_take_pair(struct unit *unit, struct lb_error *error)
{
    struct contest *open[LB_MODES_MAX];
    struct lb_pair_request request;
    struct lb_pair pair;
    struct lb_error trouble = {""};
    const struct lb_pair_options options = {
        .program = {unit->options->base_program, unit->options->head_program},
        .seed = unit->options->seed,
        .cpu = unit->options->cpu,
        .head_slowdown_permille = unit->options->head_slowdown_permille,
        .answer_ms = unit->options->answer_ms,
    };
    ask(unit, open, &request);
    enum lb_status status = lb_pair_take(&options, &request, &pair, &trouble);
    /* A signal that came between two waits ended neither; a child that then fails is its victim. */
    if (lb_interrupted())
        return lb_fail(error, LB_INTERRUPTED, "interrupted");
    if (status == LB_PROTOCOL)
        return lb_fail(error, LB_UNAVAILABLE,
                       "the %s's layoutbench cannot be driven by this gate: %s",
                       side_name(pair.failed), trouble.text);
    if (status != LB_OK && status != LB_CHILD && status != LB_WRONG)
        return lb_fail(error, status, "%s: %s", request.case_id, trouble.text);
    settle(unit, open, &request, &pair, status, trouble.text);
    return LB_OK;
}

static bool unit_is_open(const struct unit *unit)
{
    for (unsigned i = 0; i < unit->count; i++)
        if (!unit->contests[i].decided)
            return true;
    return false;
}

static enum lb_status unit_open(struct unit *unit, struct lb_gate_row *rows, size_t count,
                                struct lb_error *error)
{
    while (unit->count < count && unit->count < LB_MODES_MAX &&
           same_unit(rows[0].case_id, rows[unit->count].case_id)) {
        struct lb_gate_row *row = &rows[unit->count];
        row->measured = calloc(LB_GATE_PAIRS_MAX, sizeof *row->measured);
        if (!row->measured)
            return lb_fail(error, LB_NO_MEMORY, "out of memory");
        contest_open(&unit->contests[unit->count++], row, unit->options->allowance);
    }
    return LB_OK;
}

enum lb_status lb_duel_run(const struct lb_duel_options *options, struct lb_gate_row *rows,
                           size_t count, struct lb_error *error)
{
    struct lb_rng order = {lb_mix64(options->seed)};
    enum lb_status status = LB_OK;
    size_t done = 0;
    while (done < count && status == LB_OK) {
        struct unit unit = {.options = options, .order = &order};
        if (options->progress)
            options->progress(options->context, done, count, &rows[done]);
        status = unit_open(&unit, rows + done, count - done, error);
        while (status == LB_OK && unit_is_open(&unit))
            status = unit_take_pair(&unit, error);
        done += unit.count;
    }
    if (status == LB_OK && options->progress)
        options->progress(options->context, count, count, NULL);
    return status;
}

double lb_duel_estimate_seconds(size_t count)
{
    return (double)count * ESTIMATED_SECONDS_PER_ROW;
}
