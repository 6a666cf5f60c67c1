/*
 * claims.h - a verdict on each claim of benchmarks/claims.json, from a results document.
 *
 * Two witnesses are asked, time and counts. Each is judged alone: as expected, in that direction
 * only, or not; the verdict is the worse of the two. When one cannot be asked (its cells were not
 * run, were skipped or failed, its figure is not known, or its interval is too wide to say) there
 * is no verdict, but the reason. A claim that has one witness by its nature says so in its data,
 * and its verdict shows it.
 */
#ifndef LB_CLAIMS_H
#define LB_CLAIMS_H

#include "harness/case/case.h"

#include <stdio.h>

struct json_object;

/* benchmarks/claims.json, as it was when the program was built. */
extern const char lb_claims_source[];

/* The claims of a source text. LB_USAGE when it is no such document. The caller puts *claims. */
enum lb_status lb_claims_parse(const char *source, struct json_object **claims,
                               struct lb_error *error);

/*
 * A row for each claim that is not a method, as results-schema.json's `claim` says. Whatever the
 * document lacks makes a claim not measurable. The caller puts the array.
 */
struct json_object *lb_claims_evaluate(struct json_object *claims, struct json_object *document);

/* Whether a claim of benchmarks/claims.json, or the closure (closure.h), needs this layout. */
bool lb_claims_cite(const struct lb_case *c);

/* The rows of lb_claims_evaluate as a table for people. */
void lb_claims_print(FILE *out, struct json_object *rows);

#endif
