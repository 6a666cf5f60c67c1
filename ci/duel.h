/*
 * duel.h - the time tier: two builds of one case, measured in pairs, until it is known which is
 * slower, or that it cannot be known.
 */
#ifndef LB_DUEL_H
#define LB_DUEL_H

#include "ci/verdict.h"

struct lb_duel_options {
    const char *base_program, *head_program; /* each a layoutbench */
    uint64_t seed;                           /* of the inputs, and of the order within pairs */
    int cpu;                                 /* -1: not pinned */
    double allowance;                        /* largest slowdown that passes: 0.02 */
    double create_limit_ns; /* a case whose create takes longer is not gated by time; 0: no limit */
    /* Before row number `done` of `count` is measured, and once at the end. May be NULL. */
    void (*progress)(void *context, size_t done, size_t count, const struct lb_gate_row *row);
    void *context;
};

/*
 * Fills rows[0 .. count), which are TIME rows of PAIRS with a case id that both programs have. What
 * goes wrong with one case (wrong answer, crash, skipped) is that row's verdict and reason.
 * LB_UNAVAILABLE: a program speaks another version of the protocol, or none. LB_INTERRUPTED. Any
 * other status: the harness failed.
 */
enum lb_status lb_duel_run(const struct lb_duel_options *options, struct lb_gate_row *rows,
                           size_t count, struct lb_error *error);

#endif
