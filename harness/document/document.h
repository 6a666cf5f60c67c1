/*
 * document.h - the results document: everything a run found out, as results-schema.json says.
 */
#ifndef LB_DOCUMENT_H
#define LB_DOCUMENT_H

#include "harness/commands/options.h"
#include "harness/document/case_json.h"
#include "harness/run/plan.h"
#include "harness/simulation/simulate.h"

/* All that goes into a document. Objects are taken over by lb_document_make; NULL: empty. */
struct lb_document_parts {
    const struct lb_options *options;
    int argc;
    char **argv;
    const char *started; /* UTC, ISO 8601 */
    double duration_seconds;
    bool complete;
    double smallest_difference; /* NaN: not measured */
    const struct lb_result *results;
    size_t result_count;
    const struct lb_plan *plan;                /* tells which results belong together */
    const struct lb_counter_session *counters; /* NULL: counters were off */
    const struct lb_point_label *labels;       /* one a result */
    const struct lb_simulation *simulation;    /* NULL: nothing was to be simulated */
    struct json_object *machine;
    struct json_object *whole_process;
    struct json_object *struct_layouts;
};

/* The document as text, one line a row where rows are long. The caller frees. NULL: no memory. */
char *lb_document_make(struct lb_document_parts *parts);

/* The result that ratios of results[i] are against (itself, for the reference); NULL: none. */
const struct lb_result *lb_document_reference(const struct lb_result *results,
                                              const struct lb_comparison *comparison, size_t i);

#endif
