/* duel.c - see duel.h. */
#include "ci/duel.h"

#include "ci/contest.h"
#include "harness/base/copies.h"
#include "harness/base/interrupt.h"
#include "harness/base/placement.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of a small layout was seen to take half a second, one of 64 MiB several. */
#define ESTIMATED_SECONDS_PER_ROW 0.8

/* Rows that differ in their mode alone. */
struct unit {
    const struct lb_duel_options *options;
    const struct lb_copies *copies; /* one a side */
    struct lb_rng *order;
    unsigned taken; /* pairs */
    struct lb_contest contests[LB_MODES_MAX];
    unsigned count;
    bool verified; /* both sides have had their answers checked */
};

/* ---- Units ----------------------------------------------------------------------------------- */

static bool same_unit(const char *a, const char *b)
{
    const char *a_mode, *b_mode;
    size_t a_length, b_length;
    if (!lb_contest_find_mode(a, &a_mode, &a_length) ||
        !lb_contest_find_mode(b, &b_mode, &b_length))
        return strcmp(a, b) == 0;
    return a_mode - a == b_mode - b && strncmp(a, b, (size_t)(a_mode - a)) == 0 &&
           strcmp(a_mode + a_length, b_mode + b_length) == 0;
}

static const char *side_name(enum lb_side side)
{
    return side == LB_SIDE_BASE ? "base" : "head";
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

/* The first pairs have copies of their own, and the next rounds other partners for them. */
static const char *copy_for(const struct unit *unit, enum lb_side side)
{
    unsigned round = unit->taken / LB_COPIES;
    return lb_copies_path(&unit->copies[side],
                          side == LB_SIDE_HEAD ? unit->taken + round : unit->taken);
}

static void ask(struct unit *unit, struct lb_contest **open, struct lb_pair_request *request)
{
    *request = (struct lb_pair_request){
        .first = lb_rng_below(unit->order, 2) ? LB_SIDE_HEAD : LB_SIDE_BASE,
        .file = {copy_for(unit, LB_SIDE_BASE), copy_for(unit, LB_SIDE_HEAD)},
        .placement = lb_rng_next(unit->order) >> 1,
        .verify = !unit->verified,
        .create_limit_ns = unit->verified ? 0 : (uint64_t)unit->options->create_limit_ns,
        .brief = true,
    };
    for (unsigned i = 0; i < unit->count; i++) {
        struct lb_contest *contest = &unit->contests[i];
        if (contest->state != LB_CONTEST_OPEN)
            continue;
        open[request->mode_count] = contest;
        request->modes[request->mode_count++] = contest->mode;
        request->case_id = contest->row->case_id;
        request->brief &= lb_contest_processes(contest) > 1;
    }
}

/* A case that only the head skips came back empty, which is a failure; otherwise, it is listed. */
static void end_untimed(struct lb_contest *contest, const struct lb_duel_options *options,
                        const struct lb_pair *pair, const char *reason)
{
    bool base = pair->skipped[LB_SIDE_BASE], head = pair->skipped[LB_SIDE_HEAD];
    if (pair->slow_to_create)
        lb_contest_end(contest, LB_GATE_NOT_GATED,
                       "not timed: its layout takes more than %.0f ms to build, the policy's limit",
                       options->create_limit_ns * 1e-6);
    else
        lb_contest_end(contest, head && !base ? LB_GATE_FAILED : LB_GATE_NOT_GATED, "%s %s it: %s",
                       base && head ? "both sides" : side_name(head ? LB_SIDE_HEAD : LB_SIDE_BASE),
                       base && head ? "skip" : "skips", reason);
}

static void settle(struct unit *unit, struct lb_contest **open,
                   const struct lb_pair_request *request, const struct lb_pair *pair,
                   enum lb_status status, const char *reason)
{
    bool untimed = pair->skipped[0] || pair->skipped[1] || pair->slow_to_create;
    unit->verified |= status == LB_OK && !untimed;
    for (unsigned i = 0; i < request->mode_count; i++) {
        open[i]->row->setup_seconds += pair->setup_seconds / request->mode_count;
        open[i]->row->seconds += pair->seconds[i];
        bool mine = pair->failed_mode == i || pair->failed_mode == request->mode_count;
        if (status != LB_OK && mine)
            lb_contest_end(open[i], LB_GATE_FAILED, "%s: %s", side_name(pair->failed), reason);
        else if (status == LB_OK && untimed)
            end_untimed(open[i], unit->options, pair, reason);
        else if (status == LB_OK)
            lb_contest_record(open[i], pair->times[i], pair->create_ns[LB_SIDE_BASE],
                              request->first == LB_SIDE_HEAD);
    }
}

static enum lb_status unit_take_pair(struct unit *unit, struct lb_error *error)
{
    struct lb_contest *open[LB_MODES_MAX];
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
    unit->taken++;
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

static unsigned unit_contests(const struct unit *unit, enum lb_contest_state state)
{
    unsigned found = 0;
    for (unsigned i = 0; i < unit->count; i++)
        found += unit->contests[i].state == state;
    return found;
}

static enum lb_status unit_open(struct unit *unit, struct lb_gate_row *rows, size_t count,
                                struct lb_error *error)
{
    enum lb_status status = LB_OK;
    while (unit->count < count && unit->count < LB_MODES_MAX && status == LB_OK &&
           same_unit(rows[0].case_id, rows[unit->count].case_id)) {
        status = lb_contest_open(&unit->contests[unit->count], &rows[unit->count], error);
        unit->count++;
    }
    return status;
}

/* ---- All of them ----------------------------------------------------------------------------- */

struct duel {
    const struct lb_duel_options *options;
    struct lb_copies copies[LB_SIDES];
    struct lb_rng order;
    struct unit *units;
    size_t unit_count, decided, count;
};

static void notice(const struct duel *duel, const char *text)
{
    if (duel->options->notice)
        duel->options->notice(duel->options->context, text);
}

/* Pairs of few copies are draws of few pages. */
static void tell_scarce(const struct duel *duel)
{
    unsigned base = duel->copies[LB_SIDE_BASE].count, head = duel->copies[LB_SIDE_HEAD].count;
    char text[LB_GATE_TEXT_BYTES];
    if (base == LB_COPIES && head == LB_COPIES)
        return;
    snprintf(text, sizeof text,
             "memory was too scarce for %d copies of each program: %u of the base and %u of the "
             "head, so that pairs are less independent than the verdict takes them to be",
             LB_COPIES, base, head);
    notice(duel, text);
}

/* Without copies, or with random addresses, pairs are less to be believed, but to be had. */
static void make_copies(struct duel *duel)
{
    struct lb_error error;
    char text[LB_GATE_TEXT_BYTES];
    enum lb_status status =
        lb_copies_make(duel->options->base_program, &duel->copies[LB_SIDE_BASE], &error);
    if (status == LB_OK)
        status = lb_copies_make(duel->options->head_program, &duel->copies[LB_SIDE_HEAD], &error);
    if (status == LB_OK) {
        tell_scarce(duel);
        return;
    }
    lb_copies_free(&duel->copies[LB_SIDE_BASE]); /* of one side alone they would be a bias */
    snprintf(text, sizeof text,
             "both programs were run from their own files (%.100s): where the kernel keeps their "
             "code may make one look slower; measure such a row again from another copy",
             error.text);
    notice(duel, text);
}

static void check_addresses(const struct duel *duel)
{
    if (!lb_placement_can_fix())
        notice(duel, "both sides of a pair could not be given the same addresses (personality() is "
                     "refused; in docker, --security-opt seccomp=unconfined allows it), so pairs "
                     "scatter more");
}

static enum lb_status list_units(struct duel *duel, struct lb_gate_row *rows,
                                 struct lb_error *error)
{
    enum lb_status status = LB_OK;
    duel->units = calloc(duel->count + 1, sizeof *duel->units);
    if (!duel->units)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < duel->count && status == LB_OK;) {
        struct unit *unit = &duel->units[duel->unit_count++];
        *unit =
            (struct unit){.options = duel->options, .copies = duel->copies, .order = &duel->order};
        status = unit_open(unit, rows + i, duel->count - i, error);
        i += unit->count;
    }
    return status;
}

static void tell(const struct duel *duel, const struct lb_gate_row *row)
{
    if (duel->options->progress)
        duel->options->progress(duel->options->context, duel->decided, duel->count, row);
}

/* Takes pairs, also of what was put off, until nothing of a unit is open. */
static enum lb_status run_unit(struct duel *duel, struct unit *unit, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (unsigned i = 0; i < unit->count; i++)
        if (unit->contests[i].state == LB_CONTEST_PUT_OFF)
            lb_contest_resume(&unit->contests[i]);
    if (!unit_contests(unit, LB_CONTEST_OPEN))
        return LB_OK;
    tell(duel, unit->contests[0].row);
    duel->decided -= unit_contests(unit, LB_CONTEST_DECIDED);
    while (status == LB_OK && unit_contests(unit, LB_CONTEST_OPEN))
        status = unit_take_pair(unit, error);
    duel->decided += unit_contests(unit, LB_CONTEST_DECIDED);
    return status;
}

static enum lb_status run_units(struct duel *duel, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < duel->unit_count && status == LB_OK; i++)
        status = run_unit(duel, &duel->units[i], error);
    return status;
}

enum lb_status lb_duel_run(const struct lb_duel_options *options, struct lb_gate_row *rows,
                           size_t count, struct lb_error *error)
{
    struct duel duel = {.options = options, .count = count, .order = {lb_mix64(options->seed)}};
    enum lb_status status = list_units(&duel, rows, error);
    check_addresses(&duel);
    make_copies(&duel);
    for (int attempt = 0; attempt < LB_CONTEST_ATTEMPTS && status == LB_OK; attempt++)
        status = run_units(&duel, error);
    if (status == LB_OK)
        tell(&duel, NULL);
    for (int side = 0; side < LB_SIDES; side++)
        lb_copies_free(&duel.copies[side]);
    free(duel.units);
    return status;
}

double lb_duel_estimate_seconds(size_t count)
{
    return (double)count * ESTIMATED_SECONDS_PER_ROW;
}
