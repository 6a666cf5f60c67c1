/*
 * sides.h - what a build says of itself: its cases by `layoutbench list`, its counts by
 * `layoutbench simulate`, both run as the programs they are.
 */
#ifndef LB_SIDES_H
#define LB_SIDES_H

#include "ci/results.h"

/*
 * Which of the two a program is. What cannot be read from the base may be of an older version, and
 * nothing can be compared: LB_UNAVAILABLE. The head is what is being judged: LB_CHILD, it fails.
 */
enum lb_side { LB_SIDE_BASE, LB_SIDE_HEAD, LB_SIDES };

/*
 * Lists the program's cases at these rungs and at those that are simulated. LB_USAGE: it is no
 * program; LB_UNAVAILABLE, LB_CHILD: it is no layoutbench that this gate can read (enum lb_side);
 * LB_NO_MEMORY, LB_INTERRUPTED. Free *results in any case.
 */
enum lb_status lb_side_list(enum lb_side side, const char *program, const char (*rungs)[16],
                            size_t rung_count, uint64_t seed, struct lb_results *results,
                            struct lb_error *error);

/*
 * Simulates the program's cases that one of the globs means (none: all) and reads its document.
 * `keep` not NULL: leaves the document there. LB_UNAVAILABLE, LB_CHILD as above; LB_CHILD,
 * LB_SYSTEM: it did not work, or there is no valgrind; LB_INTERRUPTED. Leaves nothing else behind.
 * Free *results in any case.
 */
enum lb_status lb_side_simulate(enum lb_side side, const char *program, const char *const *globs,
                                size_t glob_count, uint64_t seed, bool quiet, const char *keep,
                                struct lb_results *results, struct lb_error *error);

/* Gives the listed cases the readings and outcomes of the counted ones, and the fingerprints. */
void lb_side_merge(struct lb_results *listed, const struct lb_results *counted);

#endif
