/*
 * selection.h - which cases the tiers look at: the layouts that are counted, and the cases that are
 * timed.
 */
#ifndef LB_SELECTION_H
#define LB_SELECTION_H

#include "ci/match.h"
#include "ci/policy.h"

enum { LB_SELECTION_GLOBS_MAX = 64 };

/* Globs, as texts of their own. */
struct lb_selection {
    char globs[LB_SELECTION_GLOBS_MAX][LB_GATE_ID_BYTES];
    const char *pointers[LB_SELECTION_GLOBS_MAX];
    size_t count; /* 0: all */
};

/*
 * The layouts (benchmark, variant and mode, at all points) that the globs mean in one of the two
 * sides (base NULL: only one), as globs; where they are too many, whole benchmarks; where these are
 * too many, all. A filter that names a case that is only timed has its layout counted all the same:
 * the counts are its second witness. LB_USAGE when a glob means nothing.
 */
enum lb_status lb_selection_of_layouts(const struct lb_results *base, const struct lb_results *head,
                                       const char *const *globs, size_t glob_count,
                                       struct lb_selection *selection, struct lb_error *error);

/* Those of the globs that mean a case of this side. */
void lb_selection_within(const struct lb_selection *selection, const struct lb_results *side,
                         struct lb_selection *within);

/*
 * Adds the rows to time, as lb_duel_run wants them: matched cases that the globs mean, at the
 * policy's rungs, or at the least and the largest value of a parameter. Without globs, one mode of
 * each layout, and of a parameter's points what the policy's limit lets through; an exception of
 * the policy that means no case is then a notice. *first: of the gate's rows; *count of them
 * follow. LB_NO_MEMORY.
 */
enum lb_status lb_selection_time(const struct lb_matches *matches, const struct lb_policy *policy,
                                 const char *const *globs, size_t glob_count, struct lb_gate *gate,
                                 size_t *first, size_t *count, struct lb_error *error);

#endif
