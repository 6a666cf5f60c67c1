/* resume.h - `run --resume`: what an interrupted document already holds is not measured again. */
#ifndef LB_RESUME_H
#define LB_RESUME_H

#include "harness/commands/options.h"
#include "harness/run/result.h"

struct json_object;

/*
 * Reads the document at `path`. Every result whose whole benchmark is in it, with no comparison
 * that was interrupted, becomes LB_CASE_KEPT, with its row, its outcome and its memory;
 * *whole_process gets their rows (an array, the caller's). `machine_fingerprint`: of the machine as
 * it is now. LB_USAGE when the document is unreadable, complete already, or of another seed,
 * profile, CPU, program or machine: measurements of two kinds must not stand in one document.
 */
enum lb_status lb_resume(const char *path, const struct lb_options *options,
                         const char *machine_fingerprint, struct lb_result *results, size_t count,
                         struct json_object **whole_process, struct lb_error *error);

/* Lets go of the rows that were kept. */
void lb_resume_release(struct lb_result *results, size_t count);

#endif
