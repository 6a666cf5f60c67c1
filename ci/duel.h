/*
 * duel.h - the time tier: two builds of one case, measured in pairs, until it is known which is
 * slower, or that it cannot be known.
 *
 * A pair (pair.h) is a process of each side, from a copy (copies.h) of its program, and gives a row
 * the two sides' times; which of them goes first, and where both have their memory, is random, by
 * the seed. What becomes of a row is contest.h's: rows that it puts off are measured after all
 * others. Rows that differ in their mode alone share the processes, and with them the set-up.
 *
 * Times are CPU time; of a row whose samples give up the CPU by themselves, in the first pair,
 * wall time.
 */
#ifndef LB_DUEL_H
#define LB_DUEL_H

#include "ci/verdict.h"

struct lb_duel_options {
    const char *base_program, *head_program; /* each a layoutbench */
    uint64_t seed;                           /* of the inputs, and of the order within pairs */
    int cpu;                                 /* -1: not pinned */
    double create_limit_ns; /* a case whose create takes longer, in the base, is not gated by time;
                               0: no limit */
    unsigned head_slowdown_permille; /* injected, for a self-test; 0: none */
    int answer_ms;                   /* after which a silent child hangs; 0: 30 s */
    /* Before row number `done` of `count` is measured, and once at the end. May be NULL. */
    void (*progress)(void *context, size_t done, size_t count, const struct lb_gate_row *row);
    /* What makes the verdict less certain than it could be. May be NULL. */
    void (*notice)(void *context, const char *text);
    void *context; /* of both */
};

/*
 * Fills rows[0 .. count), which are TIME rows of PAIRS with an allowance and a case id that both
 * programs have. Rows that share processes stand one after the other. What goes wrong with one case
 * (wrong answer, crash, skipped) is that row's verdict and reason. LB_UNAVAILABLE: a program speaks
 * another version of the protocol, or none. LB_INTERRUPTED. Any other status: the harness failed.
 * Rows that were not reached are as they were.
 */
enum lb_status lb_duel_run(const struct lb_duel_options *options, struct lb_gate_row *rows,
                           size_t count, struct lb_error *error);

/* What `count` rows are going to take, about, where nearly all are the same; set-up included. */
double lb_duel_estimate_seconds(size_t count);

#endif
