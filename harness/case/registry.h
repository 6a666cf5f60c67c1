/*
 * registry.h - which benchmarks this program was built with. Measures nothing.
 */
#ifndef LB_REGISTRY_H
#define LB_REGISTRY_H

#include "harness/api.h"
#include "harness/base/error.h"

/* Made by the build from the files in benchmarks/; ends with NULL. */
extern const struct lb_benchmark *const lb_benchmark_list[];

enum { LB_MODE_NAME_BYTES = 64 }; /* with its end; `exec` reads them into this much */

/*
 * LB_USAGE, naming the culprit, when a descriptor is ill-formed (names, missing functions, no
 * variants, no rungs and no parameter, a metric without a unit, ids that would be cut) or two
 * benchmarks, variants, modes, values of a parameter or metrics share a name.
 */
enum lb_status lb_registry_check(const struct lb_benchmark *const *list, struct lb_error *error);

/* Number of modes, at least 1: a benchmark without modes has one nameless mode. */
unsigned lb_benchmark_mode_count(const struct lb_benchmark *benchmark);

/* "" for the nameless mode. */
const char *lb_benchmark_mode_name(const struct lb_benchmark *benchmark, unsigned mode);

/* Ops of one pass of that mode at that point. */
uint64_t lb_benchmark_pass_ops(const struct lb_benchmark *benchmark, const struct lb_point *point,
                               unsigned mode);

#endif
