/* contest.c - see contest.h. */
#include "ci/contest.h"

#include "harness/base/stats.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(LB_GATE_PAIRS_MAX == 2 * LB_LOOKS_PAIRS_MAX, "one sequence, and one that confirms");

/* In allowances: with more, a program is told from itself after 20 pairs and more. */
#define PUT_OFF_DEVIATION 1.25

/* In the last attempt: with more, not even 40 pairs would tell, two times in three. */
#define HOPELESS_DEVIATION 2.5
enum { HOPELESS_PAIRS = 12 };

/* What is built in less than this may have many processes. */
#define SMALL_CREATE_NS 10000000

bool lb_contest_find_mode(const char *id, const char **mode, size_t *length)
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

enum lb_status lb_contest_open(struct lb_contest *contest, struct lb_gate_row *row,
                               struct lb_error *error)
{
    const char *mode = "";
    size_t length = 0;
    lb_contest_find_mode(row->case_id, &mode, &length);
    *contest = (struct lb_contest){.row = row};
    snprintf(contest->mode, sizeof contest->mode, "%.*s", (int)length, mode);
    row->setup_seconds = row->seconds = 0;
    row->measured = calloc(LB_GATE_PAIRS_MAX, sizeof *row->measured);
    return row->measured ? LB_OK : lb_fail(error, LB_NO_MEMORY, "out of memory");
}

static void from_nothing(struct lb_contest *contest)
{
    contest->pairs = contest->summed = 0;
    contest->sums[LB_SIDE_BASE] = contest->sums[LB_SIDE_HEAD] = 0;
}

void lb_contest_resume(struct lb_contest *contest)
{
    from_nothing(contest);
    contest->row->measured_count = 0;
    contest->state = LB_CONTEST_OPEN;
    contest->confirming = false;
    contest->attempt++;
}

/* ---- Ends ---------------------------------------------------------------------------------- */

static void close_with(struct lb_contest *contest, enum lb_gate_verdict verdict)
{
    contest->row->verdict = verdict;
    contest->state = LB_CONTEST_DECIDED;
}

void lb_contest_end(struct lb_contest *contest, enum lb_gate_verdict verdict, const char *format,
                    ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(contest->row->reason, sizeof contest->row->reason, format, arguments);
    va_end(arguments);
    close_with(contest, verdict);
}

/* ---- Looks --------------------------------------------------------------------------------- */

/* Faster by more than what would be called slower in the opposite direction. */
static bool is_faster(const struct lb_look *look, double allowance)
{
    return look->high < 1 / (1 + allowance);
}

static void show(const struct lb_contest *contest, const struct lb_look *look)
{
    double base[LB_LOOKS_PAIRS_MAX], head[LB_LOOKS_PAIRS_MAX], scratch[LB_LOOKS_PAIRS_MAX];
    struct lb_gate_row *row = contest->row;
    const struct lb_gate_pair *pairs = row->measured + row->measured_count - contest->pairs;
    for (unsigned i = 0; i < contest->pairs; i++) {
        base[i] = pairs[i].base;
        head[i] = pairs[i].head;
    }
    row->base = lb_stats_median(base, contest->pairs, scratch);
    row->head = lb_stats_median(head, contest->pairs, scratch);
    row->pairs = look->pairs;
    row->ratio = look->ratio;
    row->low = look->low;
    row->high = look->high;
    row->pair_deviation = look->deviation;
    row->smallest_change = look->smallest_ratio - 1;
}

static void decide(struct lb_contest *contest, const struct lb_look *look)
{
    struct lb_gate_row *row = contest->row;
    row->confirmed = look->verdict == LB_LOOK_SLOWER;
    if (row->confirmed)
        close_with(contest, LB_GATE_WORSE);
    else if (look->verdict == LB_LOOK_SAME)
        close_with(contest, is_faster(look, row->allowance) ? LB_GATE_BETTER : LB_GATE_SAME);
    else
        close_with(contest, LB_GATE_UNDECIDED);
    if (contest->confirming && !row->confirmed)
        snprintf(row->reason, sizeof row->reason,
                 "%.1f %% slower in %u pairs, which %u fresh pairs did not confirm",
                 100 * (contest->first.ratio - 1), contest->first.pairs, look->pairs);
}

static bool is_last_attempt(const struct lb_contest *contest)
{
    return contest->attempt == LB_CONTEST_ATTEMPTS - 1;
}

/* A look that decides nothing: is it worth going on? */
static void go_on(struct lb_contest *contest, const struct lb_look *look)
{
    if (!lb_looks_due(contest->pairs))
        return;
    double scatter = look->deviation / contest->row->allowance;
    if (!is_last_attempt(contest) && scatter > PUT_OFF_DEVIATION)
        contest->state = LB_CONTEST_PUT_OFF;
    else if (contest->pairs >= HOPELESS_PAIRS && scatter > HOPELESS_DEVIATION)
        decide(contest, look);
}

static void judge(struct lb_contest *contest)
{
    struct lb_look look;
    lb_looks_judge(contest->log_ratios, contest->pairs, contest->row->allowance, &look);
    show(contest, &look);
    if (look.verdict == LB_LOOK_GO_ON) {
        go_on(contest, &look);
    } else if (look.verdict == LB_LOOK_SLOWER && !contest->confirming) {
        contest->confirming = true;
        contest->first = look;
        from_nothing(contest);
    } else {
        decide(contest, &look);
    }
}

/* ---- Pairs --------------------------------------------------------------------------------- */

static double time_of(const struct lb_contest *contest, const struct lb_pair_time *time)
{
    return contest->wall ? time->wall_ns : time->cpu_ns;
}

unsigned lb_contest_processes(const struct lb_contest *contest)
{
    return contest->small ? 1 + 2 * contest->attempt : 1;
}

/* Zero and infinite times have no ratio: the row fails instead of comparing them. */
void lb_contest_record(struct lb_contest *contest, const struct lb_pair_time *times,
                       uint64_t create_ns, bool head_first)
{
    struct lb_gate_row *row = contest->row;
    if (row->measured_count == 0 && contest->summed == 0) {
        contest->wall = times[LB_SIDE_BASE].blocks || times[LB_SIDE_HEAD].blocks;
        if (contest->attempt == 0)
            contest->small = create_ns < SMALL_CREATE_NS;
    }
    for (int side = 0; side < LB_SIDES; side++) {
        double ns = time_of(contest, &times[side]);
        if (!(ns > 0 && isfinite(ns))) {
            lb_contest_end(contest, LB_GATE_FAILED, "a sample took no time at all");
            return;
        }
        contest->sums[side] += ns;
    }
    if (++contest->summed < lb_contest_processes(contest))
        return;
    double base = contest->sums[LB_SIDE_BASE] / contest->summed;
    double head = contest->sums[LB_SIDE_HEAD] / contest->summed;
    contest->sums[LB_SIDE_BASE] = contest->sums[LB_SIDE_HEAD] = contest->summed = 0;
    row->measured[row->measured_count++] =
        (struct lb_gate_pair){base, head, head_first, contest->confirming};
    contest->log_ratios[contest->pairs++] = log(head / base);
    judge(contest);
}
