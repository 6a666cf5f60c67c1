/*
 * judge.h - the gate from its options to its verdict: reads or makes what the two sides say, runs
 * the two tiers, and concludes.
 */
#ifndef LB_JUDGE_H
#define LB_JUDGE_H

#include "ci/gate_options.h"
#include "ci/verdict.h"

/*
 * Fills *gate. LB_USAGE: an input is refused. LB_UNAVAILABLE: a side is too old to be compared.
 * LB_INTERRUPTED. Anything else: the harness failed. Free the gate in any case. With a baseline to
 * write, cases are compared in different environments, too: the rows of both are told.
 */
enum lb_status lb_judge(const struct lb_gate_options *options, struct lb_gate *gate,
                        struct lb_error *error);

/* The acknowledgements' file that the options mean; NULL: there is none. */
const char *lb_judge_accepted_file(const struct lb_gate_options *options);

/* The exit status that belongs to a failure. */
enum lb_gate_exit lb_judge_exit(enum lb_status status);

#endif
