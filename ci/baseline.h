/*
 * baseline.h - `layoutbench-gate --write-baseline FILE`: the only way in which a stored document of
 * counts comes about or changes. It shows what changes first; judging never writes one.
 */
#ifndef LB_BASELINE_H
#define LB_BASELINE_H

#include "ci/gate_options.h"
#include "ci/verdict.h"

#include <stdio.h>

/*
 * Counts the head (or takes its document), prints to `out` what differs from the stored file, and
 * replaces it. *exit_status: SET_CHANGED, and the file as it was, when a case fails that the stored
 * one has, or nothing was counted; else PASS. A status as lb_judge.
 */
enum lb_status lb_baseline_write(const struct lb_gate_options *options, FILE *out,
                                 enum lb_gate_exit *exit_status, struct lb_error *error);

#endif
