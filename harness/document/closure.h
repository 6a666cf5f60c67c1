/*
 * closure.h - two witnesses that never met agree: over the layouts of a dependent lookup, the time
 * that was measured lies on a line over the last-level misses that were simulated, and the slope
 * of the line is about what memory takes to answer.
 *
 * Advice, not a verdict: a machine whose effective last level is far from the simulated 4 MiB, or
 * whose prefetchers see through a structure, bends the line.
 */
#ifndef LB_CLOSURE_H
#define LB_CLOSURE_H

struct json_object;

/* Fewer layouts than this are no line. */
enum { LB_CLOSURE_POINTS_MIN = 5 };

#define LB_CLOSURE_BENCHMARK "flat_index/lookup"

/*
 * Appends two `check` objects to the document's machine.checks, from its cases
 * flat_index/lookup/VARIANT/dependent,hit/ws=16MiB: `closure_slope` (figure: ns a miss) and
 * `closure_correlation` (figure: r, a miss against a ns). pass: r is at least 0.9, the slope
 * positive; else warn; unknown, with the reason, where fewer than LB_CLOSURE_POINTS_MIN layouts
 * have both figures. Appends nothing to a document without such cases.
 */
void lb_closure_check(struct json_object *document);

#endif
