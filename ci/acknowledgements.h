/*
 * acknowledgements.h - ci/accepted.json: what a reviewer has agreed to. Each entry names cases, a
 * metric, how much worse it may be, why, and until when. Read as strictly as the policy.
 */
#ifndef LB_ACKNOWLEDGEMENTS_H
#define LB_ACKNOWLEDGEMENTS_H

#include "ci/verdict.h"

enum { LB_DATE_BYTES = 11 };

struct lb_acknowledgement {
    char cases[LB_GATE_ID_BYTES]; /* glob of case ids; of a fingerprint's fields for ENVIRONMENT */
    enum lb_gate_metric metric;
    double limit; /* largest ratio - 1 that is agreed to; NaN: any, and what has no ratio */
    char reason[LB_GATE_TEXT_BYTES];
    char expires[LB_DATE_BYTES]; /* the last day it holds, UTC: "2026-12-31" */
    bool used;
};

struct lb_acknowledgements {
    struct lb_acknowledgement *entries;
    size_t count;
};

/* LB_USAGE with file, path and what is wrong; LB_NO_MEMORY. Free it in any case. */
enum lb_status lb_acknowledgements_read(const char *file, struct lb_acknowledgements *all,
                                        struct lb_error *error);
void lb_acknowledgements_free(struct lb_acknowledgements *all);

/* Marks the row as accepted if an entry that holds on the day `today` ("2026-11-23") covers it. */
void lb_acknowledgements_accept(struct lb_acknowledgements *all, const char *today,
                                struct lb_gate_row *row);

/*
 * Does so with all rows that would fail, and adds a notice for each entry that has expired and,
 * unless only some cases were looked at (`partial`), for each that nothing needed. Call
 * lb_gate_conclude afterwards. LB_NO_MEMORY.
 */
enum lb_status lb_acknowledgements_apply(struct lb_acknowledgements *all, const char *today,
                                         bool partial, struct lb_gate *gate,
                                         struct lb_error *error);

/* Today, UTC. */
void lb_date_today(char date[LB_DATE_BYTES]);

#endif
