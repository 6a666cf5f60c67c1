/*
 * struct_layouts.h - the records that benchmarks name, as the compiler laid them out.
 *
 * pahole reads them from the program's own debug information, so they are those that were timed.
 */
#ifndef LB_STRUCT_LAYOUTS_H
#define LB_STRUCT_LAYOUTS_H

#include "harness/run/result.h"

struct json_object;

/*
 * Rows as results-schema.json's `struct_layout` says, for the benchmarks among the results.
 * LB_UNAVAILABLE, with the reason, when there is no pahole, or it fails, or it finds none of the
 * records that they name. The caller puts *rows, which are set on LB_OK only.
 */
enum lb_status lb_struct_layouts(const struct lb_result *results, size_t count,
                                 struct json_object **rows, struct lb_error *error);

/* The rows of one benchmark: its records, declared in its source file, in what pahole printed. */
struct json_object *lb_struct_layouts_parse(const char *text, const struct lb_benchmark *benchmark);

#endif
