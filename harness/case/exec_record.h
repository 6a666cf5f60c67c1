/* exec_record.h - the JSON record of a free-running `exec`, and reading it back. */
#ifndef LB_EXEC_RECORD_H
#define LB_EXEC_RECORD_H

#include "harness/case/sample.h"

#include <stdio.h>

/* One line of JSON. A sample of 0 ops (create only) has null times. metrics NULL: not measured. */
void lb_exec_record(FILE *out, const struct lb_instance *instance, const struct lb_sample *sample,
                    const struct lb_metric_values *metrics);
void lb_exec_record_failure(FILE *out, const struct lb_case *c, enum lb_status status,
                            const struct lb_error *error);

/* The memory part of a record. LB_PROTOCOL when the text is no record of a case that ran. */
enum lb_status lb_exec_record_memory(const char *text, struct lb_memory_use *use,
                                     struct lb_error *error);

/* The first record of this case among those in `text`, a line each; NULL when there is none. */
const char *lb_exec_record_find(const char *text, const char *id);

/* CPU time of the process that wrote the (first) record, from its start to then; NaN: unknown. */
double lb_exec_record_cpu_seconds(const char *text);

/*
 * LB_UNAVAILABLE when the (first) record says "skipped", LB_CHILD when it says anything else but
 * "ok", or the text is no record; with its reason.
 */
enum lb_status lb_exec_record_status(const char *text, struct lb_error *error);

#endif
