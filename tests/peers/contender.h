/*
 * contender.h - what `make bench-kernels` holds a benchmark's kernel against: code that a
 * specialist would use, on the same data, in the same process, called the same way.
 *
 * A contender is built once and never freed: each comparison is a process of its own. What cannot
 * be built ends the program with a message.
 */
#ifndef LB_PEER_CONTENDER_H
#define LB_PEER_CONTENDER_H

#include "harness/case/case.h"

struct contender {
    const char *name;
    const char *lacks; /* NULL, or the Debian package that this build was made without */

    /* Builds the data of the case that it is held against: same elements, keys and values. */
    void *(*open)(const struct lb_case *c, struct lb_arena *arena);

    /*
     * Ops first_op .. first_op + ops - 1, as lb_variant's run in api.h. The checksum of the first
     * pass must be that of the benchmark's own kernel.
     */
    uint64_t (*run)(void *state, uint64_t first_op, uint64_t ops);
};

/* Plain loops: peer_loops.c. */
extern const struct contender peer_read, peer_chase;

/* Hash tables of the system's packages, as shipped, in the loops that flat_index/lookup times. */
extern const struct contender peer_uthash[], peer_glib[], peer_khash[], peer_khash_fibonacci[];

#endif
