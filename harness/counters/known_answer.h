/*
 * known_answer.h - what each counter must read over which loop, before it is believed.
 */
#ifndef LB_KNOWN_ANSWER_H
#define LB_KNOWN_ANSWER_H

#include "harness/counters/counters.h"
#include "harness/counters/loops.h"

#include <stddef.h>

/* Counts per op outside low .. high make the counter untrusted. */
struct lb_known_answer {
    enum lb_counter counter;
    const struct lb_loop *loop;
    double low, high;
    const char *unit; /* of both */
};

/* All of them; the loops of one counter stand in the order in which they are tried. */
extern const struct lb_known_answer lb_known_answers[];
extern const size_t lb_known_answer_count;

/*
 * Runs one loop under the session's counters and marks those that fail lb_known_answers. A counter
 * that was not counted in full while the loop ran is neither proved nor untrusted by it.
 * LB_UNAVAILABLE where this machine cannot run the loop, which then proves nothing; LB_NO_MEMORY.
 */
enum lb_status lb_known_answer_prove(struct lb_counter_session *session, const struct lb_loop *loop,
                                     struct lb_error *error);

#endif
