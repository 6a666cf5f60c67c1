/*
 * claims_figure.h - one figure of a results document, by a named formula over one or two cells.
 *
 * The formulas: value (of), ratio (of / to), difference (of - to). The quantity says what of a
 * cell: time.cpu_ns_per_op and time.wall_ns_per_op (a value is the median, a ratio the paired one,
 * both with their interval; no differences), counts.NAME (simulated for both cells, else counted by
 * the machine for both), memory.NAME, metrics.NAME.
 */
#ifndef LB_CLAIMS_FIGURE_H
#define LB_CLAIMS_FIGURE_H

#include <json-c/json.h>
#include <stdbool.h>

enum { LB_CLAIMS_REASON_BYTES = 320 };

struct lb_claims_figure {
    double value;       /* NaN: not known, and why says it */
    double low, high;   /* of its interval; NaN where there is none */
    bool few_processes; /* the interval is over visits of too few processes for more */
    char why[LB_CLAIMS_REASON_BYTES];
};

/* `witness` as benchmarks/claims-schema.json has it; `cases` a document's. */
void lb_claims_figure_make(struct json_object *witness, struct json_object *cases,
                           struct lb_claims_figure *figure);

#endif
