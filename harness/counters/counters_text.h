/*
 * counters_text.h - what `layoutbench counters` prints.
 */
#ifndef LB_COUNTERS_TEXT_H
#define LB_COUNTERS_TEXT_H

#include "harness/base/error.h"
#include "harness/counters/counters.h"

#include <stdio.h>

/*
 * Writes, for people, what this machine can count: for each portable counter its status, its
 * source, the event and what that truly counts; the known-answer figure where there is one; the
 * reason and the advice where it cannot be had. LB_SYSTEM if `out` cannot be written.
 */
enum lb_status lb_counters_print(FILE *out, const struct lb_counter_session *session);

/* As a JSON array, that of counters_json.h, with a newline. */
enum lb_status lb_counters_print_json(FILE *out, const struct lb_counter_session *session);

#endif
