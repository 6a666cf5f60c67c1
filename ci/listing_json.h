/* listing_json.h - the cases of a build, out of its `layoutbench list --format json`. */
#ifndef LB_LISTING_JSON_H
#define LB_LISTING_JSON_H

#include "ci/results.h"

/*
 * Fills *results with cases that have no counts. `program` names it in messages. LB_UNAVAILABLE
 * when it is an older layoutbench's, which does not tell definitions; LB_USAGE, LB_NO_MEMORY. Free
 * it in any case.
 */
enum lb_status lb_listing_parse(const char *program, const char *text, struct lb_results *results,
                                struct lb_error *error);

#endif
