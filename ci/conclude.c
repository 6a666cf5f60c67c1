/*
 * conclude.c - from rows to one verdict: the evidence of each row, the exit status, the headline.
 * See verdict.h.
 */
#include "ci/verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Evidence: which witnesses speak ------------------------------------------------------- */

/* What the counts of a layout, or its times, say together. */
struct witness {
    size_t rows, same, worse, better, unknown;
};

static bool is_count(const struct lb_gate_row *row)
{
    return row->metric >= LB_GATE_INSTRUCTIONS &&
           (row->source == LB_GATE_SIMULATED || row->source == LB_GATE_HARDWARE);
}

static bool is_time(const struct lb_gate_row *row)
{
    return row->metric == LB_GATE_TIME && row->source == LB_GATE_PAIRS;
}

/* Without its point, "boxing/sum/boxed_fresh/ws=16MiB" is the layout "boxing/sum/boxed_fresh". */
static size_t layout_length(const char *case_id)
{
    const char *last = strrchr(case_id, '/');
    return last ? (size_t)(last - case_id) : strlen(case_id);
}

static bool same_layout(const char *a, const char *b)
{
    size_t length = layout_length(a);
    return length == layout_length(b) && strncmp(a, b, length) == 0;
}

static void hear(struct witness *w, const struct lb_gate_row *row)
{
    w->rows++;
    w->same += row->verdict == LB_GATE_SAME;
    w->worse += row->verdict == LB_GATE_WORSE;
    w->better += row->verdict == LB_GATE_BETTER;
    w->unknown += row->verdict != LB_GATE_SAME && row->verdict != LB_GATE_WORSE &&
                  row->verdict != LB_GATE_BETTER;
}

/* The case's point is simulated, but there was nothing to compare: one row says so. */
static bool is_uncounted(const struct lb_gate_row *row)
{
    return row->metric == LB_GATE_CASE && row->source == LB_GATE_SIMULATED;
}

/*
 * Times are mostly taken at rungs that are not simulated: where a case has no rows of the other
 * kind, those of the same layout at its other points speak for it, since they run the same code.
 */
static struct witness ask(const struct lb_gate *gate, const struct lb_gate_row *row,
                          bool (*kind)(const struct lb_gate_row *))
{
    struct witness own = {0}, other = {0};
    for (size_t i = 0; i < gate->row_count; i++) {
        const struct lb_gate_row *r = &gate->rows[i];
        bool uncounted = kind == is_count && is_uncounted(r);
        if (!(uncounted || (kind(r) && r->verdict != LB_GATE_NOT_GATED)) ||
            strcmp(r->benchmark, row->benchmark) != 0 || !same_layout(r->case_id, row->case_id))
            continue;
        hear(strcmp(r->case_id, row->case_id) == 0 ? &own : &other, r);
    }
    return own.rows ? own : other;
}

static bool agree_with_same(const struct witness *counts)
{
    return counts->rows > 0 && counts->same == counts->rows;
}

static enum lb_gate_evidence evidence_of_time(const struct lb_gate_row *row,
                                              const struct witness *counts)
{
    bool worse = row->verdict == LB_GATE_WORSE;
    if (!counts->rows || counts->unknown)
        return LB_GATE_TIME_UNCOUNTED;
    if (worse ? counts->worse : counts->better)
        return LB_GATE_AGREE;
    return agree_with_same(counts) ? LB_GATE_TIME_ALONE : LB_GATE_CONTRADICT;
}

static enum lb_gate_evidence evidence_of_counts(const struct lb_gate_row *row,
                                                const struct witness *times)
{
    bool worse = row->verdict == LB_GATE_WORSE;
    if (worse ? times->worse : times->better)
        return LB_GATE_AGREE;
    if (worse ? times->better : times->worse)
        return LB_GATE_CONTRADICT;
    return times->same ? LB_GATE_COUNTS_ALONE : LB_GATE_COUNTS_UNTIMED;
}

static void find_evidence(const struct lb_gate *gate, struct lb_gate_row *row)
{
    struct witness witness;
    row->evidence = LB_GATE_NO_EVIDENCE;
    if (is_time(row)) {
        witness = ask(gate, row, is_count);
        if (row->verdict == LB_GATE_WORSE || row->verdict == LB_GATE_BETTER)
            row->evidence = evidence_of_time(row, &witness);
        else if (row->verdict == LB_GATE_UNDECIDED)
            row->counts_agree = agree_with_same(&witness);
    } else if (is_count(row) && (row->verdict == LB_GATE_WORSE || row->verdict == LB_GATE_BETTER)) {
        witness = ask(gate, row, is_time);
        row->evidence = evidence_of_counts(row, &witness);
    }
}

/* ---- One verdict --------------------------------------------------------------------------- */

enum lb_gate_exit lb_gate_row_exit(const struct lb_gate *gate, const struct lb_gate_row *row)
{
    if (row->accepted[0])
        return LB_GATE_EXIT_PASS;
    switch (row->verdict) {
    case LB_GATE_WORSE:
        return LB_GATE_EXIT_REGRESSION;
    case LB_GATE_UNDECIDED:
        return gate->strict || !row->counts_agree ? LB_GATE_EXIT_UNDECIDED : LB_GATE_EXIT_PASS;
    case LB_GATE_FAILED:
    case LB_GATE_VANISHED:
    case LB_GATE_CHANGED:
        return LB_GATE_EXIT_SET_CHANGED;
    case LB_GATE_NOT_COMPARABLE:
        return LB_GATE_EXIT_INCOMPARABLE;
    default:
        return LB_GATE_EXIT_PASS;
    }
}

/* The first of these that a row asks for is the verdict. */
static const enum lb_gate_exit priority[] = {
    LB_GATE_EXIT_INCOMPARABLE,
    LB_GATE_EXIT_REGRESSION,
    LB_GATE_EXIT_SET_CHANGED,
    LB_GATE_EXIT_UNDECIDED,
};

/* Both sides have it, and it was held against its allowance. */
static bool is_judged(const struct lb_gate_row *row)
{
    return row->verdict == LB_GATE_SAME || row->verdict == LB_GATE_BETTER ||
           row->verdict == LB_GATE_WORSE || row->verdict == LB_GATE_UNDECIDED;
}

/* A gate that judged nothing has shown nothing, whatever is new or was agreed to. */
static bool is_empty(const struct lb_gate *gate)
{
    for (size_t i = 0; i < gate->row_count; i++)
        if (is_judged(&gate->rows[i]))
            return false;
    return true;
}

static void say_headline(struct lb_gate *gate, const size_t *asked)
{
    static const char *const sentences[] = {
        [LB_GATE_EXIT_PASS] = "pass",
        [LB_GATE_EXIT_REGRESSION] = "REGRESSION: worse",
        [LB_GATE_EXIT_UNDECIDED] = "UNDECIDED: neither slower nor the same could be shown",
        [LB_GATE_EXIT_SET_CHANGED] = "SET CHANGED: vanished, redefined or failed",
        [LB_GATE_EXIT_INCOMPARABLE] = "INCOMPARABLE: environments or machines differ",
    };
    if (gate->exit != LB_GATE_EXIT_PASS && !asked[gate->exit])
        snprintf(gate->headline, sizeof gate->headline,
                 "NOTHING JUDGED: no case was compared (%zu rows, %zu new, %zu accepted); compare "
                 "more than these: without --filter, or with another base",
                 gate->row_count, gate->counts[LB_GATE_NEW], gate->accepted);
    else if (gate->exit == LB_GATE_EXIT_PASS)
        snprintf(gate->headline, sizeof gate->headline,
                 "pass: none of %zu rows is worse (%zu better, %zu undecided, %zu accepted)",
                 gate->row_count, gate->counts[LB_GATE_BETTER], gate->counts[LB_GATE_UNDECIDED],
                 gate->accepted);
    else
        snprintf(gate->headline, sizeof gate->headline, "%s (%zu of %zu rows)",
                 sentences[gate->exit], asked[gate->exit], gate->row_count);
}

void lb_gate_conclude(struct lb_gate *gate)
{
    size_t asked[LB_GATE_EXIT_HARNESS + 1] = {0};
    memset(gate->counts, 0, sizeof gate->counts);
    gate->accepted = 0;
    for (size_t i = 0; i < gate->row_count; i++) {
        find_evidence(gate, &gate->rows[i]);
        asked[lb_gate_row_exit(gate, &gate->rows[i])]++;
        if (gate->rows[i].accepted[0])
            gate->accepted++;
        else
            gate->counts[gate->rows[i].verdict]++;
    }
    gate->exit = is_empty(gate) ? LB_GATE_EXIT_SET_CHANGED : LB_GATE_EXIT_PASS;
    for (size_t i = sizeof priority / sizeof *priority; i-- > 0;)
        if (asked[priority[i]])
            gate->exit = priority[i];
    say_headline(gate, asked);
}
