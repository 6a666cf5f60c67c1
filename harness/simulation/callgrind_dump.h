/*
 * callgrind_dump.h - reads the counts out of a file that callgrind wrote (its "profile data
 * format", version 1), one dump or several in it.
 */
#ifndef LB_CALLGRIND_DUMP_H
#define LB_CALLGRIND_DUMP_H

#include "harness/base/error.h"

#include <stdint.h>

/* What is taken from a dump: field, callgrind's name, what it counts. X(field, "event") */
#define LB_CALLGRIND_EVENTS(X)                                                                     \
    X(instructions, "Ir")                                                                          \
    X(reads, "Dr") /* instructions' data reads, one each whatever the width */                     \
    X(writes, "Dw")                                                                                \
    X(l1d_read_misses, "D1mr")                                                                     \
    X(l1d_write_misses, "D1mw")                                                                    \
    X(last_read_misses, "DLmr") /* of data, in the last level */                                   \
    X(last_write_misses, "DLmw")                                                                   \
    X(l1d_unused_bytes, "SpLoss1") /* bytes of lines that left L1 and were never touched in it */

struct lb_callgrind_counts {
#define X(field, event) uint64_t field;
    LB_CALLGRIND_EVENTS(X)
#undef X
};

/*
 * Fills *counts with the totals of the first dump in `text` that the client request named `name`.
 * LB_PROTOCOL when there is none or it lacks an event: what was not counted is not 0.
 */
enum lb_status lb_callgrind_find(const char *text, const char *name,
                                 struct lb_callgrind_counts *counts, struct lb_error *error);

#endif
