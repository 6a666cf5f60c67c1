/*
 * match.h - which cases of two sides are the same: by name and by definition. What is not becomes
 * rows of its own: vanished, changed, failed, new.
 */
#ifndef LB_MATCH_H
#define LB_MATCH_H

#include "ci/results.h"

/* One case that both sides have and define alike. */
struct lb_match {
    const struct lb_results_case *base, *head;
    const struct lb_results_benchmark *benchmark; /* the head's */
};

struct lb_matches {
    struct lb_match *pairs; /* sorted by id */
    size_t count;
};

/* LB_USAGE when one of the globs means no case of either side. base NULL: there is only one. */
enum lb_status lb_match_check_globs(const struct lb_results *base, const struct lb_results *head,
                                    const char *const *globs, size_t glob_count,
                                    struct lb_error *error);

/*
 * Matches the cases whose id one of the globs means (none: all), and adds the CASE rows of those
 * that do not match. A side whose benchmarks are unknown to the other is told benchmark by
 * benchmark. LB_USAGE as lb_match_check_globs; LB_NO_MEMORY. Free it in any case.
 */
enum lb_status lb_match_sides(const struct lb_results *base, const struct lb_results *head,
                              const char *const *globs, size_t glob_count, struct lb_gate *gate,
                              struct lb_matches *matches, struct lb_error *error);
void lb_matches_free(struct lb_matches *matches);

/*
 * LB_USAGE when a document that is to give a program its counts defines a case of the program's
 * otherwise: these would be counts of another question.
 */
enum lb_status lb_match_check_document(const struct lb_results *program,
                                       const struct lb_results *document, struct lb_error *error);

/* Adds a row with the benchmark's source. NULL: no memory. */
struct lb_gate_row *lb_match_add_row(struct lb_gate *gate, const char *case_id,
                                     const struct lb_results_benchmark *benchmark,
                                     enum lb_gate_metric metric, enum lb_gate_source source,
                                     enum lb_gate_verdict verdict);

#endif
