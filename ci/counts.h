/*
 * counts.h - the exact tier: instructions and misses per op of two sides, held against the policy.
 */
#ifndef LB_COUNTS_H
#define LB_COUNTS_H

#include "ci/acknowledgements.h"
#include "ci/match.h"
#include "ci/policy.h"

/*
 * Adds an ENVIRONMENT row and a notice for each field in which the two sides' environments differ,
 * where both are known. *comparable: every such row is accepted. LB_NO_MEMORY.
 */
enum lb_status lb_counts_compare_environments(const struct lb_results *base,
                                              const struct lb_results *head,
                                              struct lb_acknowledgements *accepted,
                                              const char *today, struct lb_gate *gate,
                                              bool *comparable, struct lb_error *error);

/*
 * Adds a row for each counter that both sides have, for each that the head lost, and a notice for
 * each layout that executes other instructions than before. What the PMU counted compares on one
 * machine only: where the machines differ, each field is told as compare_environments does, and
 * compared after all where all of them are accepted. LB_NO_MEMORY.
 */
enum lb_status lb_counts_compare(const struct lb_results *base, const struct lb_results *head,
                                 const struct lb_matches *matches, const struct lb_policy *policy,
                                 struct lb_acknowledgements *accepted, const char *today,
                                 struct lb_gate *gate, struct lb_error *error);

/*
 * What two documents say of time, as one notice: it is advice, since the same program minutes apart
 * differs. None when they have no times. LB_NO_MEMORY.
 */
enum lb_status lb_counts_advise_time(const struct lb_matches *matches, struct lb_gate *gate,
                                     struct lb_error *error);

#endif
