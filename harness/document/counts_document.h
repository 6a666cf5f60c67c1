/*
 * counts_document.h - the results document of `layoutbench simulate --output`: counts, and no
 * times. What was not asked for is null, and each case says so: its status is not_timed.
 */
#ifndef LB_COUNTS_DOCUMENT_H
#define LB_COUNTS_DOCUMENT_H

#include "harness/commands/options.h"
#include "harness/run/result.h"
#include "harness/simulation/simulate.h"

struct lb_counts_parts {
    const struct lb_options *options;
    int argc;
    char **argv;
    const char *started; /* UTC, ISO 8601 */
    bool complete;
    struct lb_result *results; /* those that ran become LB_CASE_NOT_TIMED */
    const struct lb_case_list *cases;
    const struct lb_simulation *simulation;
};

/* *text is malloc'd and belongs to the caller, on success only. LB_NO_MEMORY, LB_SYSTEM. */
enum lb_status lb_counts_document_make(const struct lb_counts_parts *parts, char **text,
                                       struct lb_error *error);

#endif
