/*
 * self_test.h - does the time tier tell a program from itself made slower, here and now?
 *
 * A program is compared with itself, and with itself doing a known share of unreported extra work
 * in its samples (`exec --self-test-slowdown`): what a slower kernel of the same kind looks like,
 * without a compiler. It says nothing of counts, which the slowdown leaves as they are.
 */
#ifndef LB_SELF_TEST_H
#define LB_SELF_TEST_H

#include "ci/verdict.h"

#include <stdio.h>

struct lb_self_test {
    const char *program;      /* a layoutbench */
    const char *const *cases; /* NULL: built-in ones, in L1, in L2 and beyond L3 */
    size_t case_count;
    unsigned slowdown_permille; /* 50 is 5 %; below 20 the allowance hides it */
    double allowance;           /* 0.02 */
    uint64_t seed;
    int cpu;       /* LB_CPU_NONE: not pinned */
    int answer_ms; /* 0: 30 s */
};

/*
 * Prints a line a comparison. *verdict: HARNESS when one was misjudged or failed; UNDECIDED when no
 * case was told both from itself and from slower: too noisy here, and nothing is proved; PASS.
 * LB_OK, or why it could not be done.
 */
enum lb_status lb_self_test_run(const struct lb_self_test *test, FILE *out,
                                enum lb_gate_exit *verdict, struct lb_error *error);

#endif
