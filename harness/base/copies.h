/*
 * copies.h - a program several times over, each in memory pages of its own.
 *
 * All processes of a file share the pages that its code lies in, for as long as the kernel keeps
 * them, and which ones those are can make a kernel 3 % slower than the same bytes in another file:
 * whole runs of pairs agree on it, and no repetition tells it from a regression. So the pairs take
 * turns at copies, of which each is a draw of its own.
 */
#ifndef LB_COPIES_H
#define LB_COPIES_H

#include "harness/base/error.h"

#include <stdint.h>

/* At most so many, and at most this share of the memory that is available. */
enum { LB_COPIES = 8, LB_COPIES_MEMORY_SHARE = 16, LB_COPIES_PATH_BYTES = 32 };

/* All zero: no copies. */
struct lb_copies {
    unsigned count;
    int fds[LB_COPIES];
    char paths[LB_COPIES][LB_COPIES_PATH_BYTES]; /* good in this process and what it forks */
};

/* How many copies of this size may be made; fewer than two are none. */
unsigned lb_copies_that_fit(uint64_t bytes, uint64_t available_bytes);

/*
 * In memory, not on a disk, and without what no process loads (symbols, debugging information).
 * LB_SYSTEM: the program cannot be read. LB_UNAVAILABLE: there is too little memory for two, or the
 * kernel does not execute what is in memory alone (vm.memfd_noexec). Nothing stays after a failure;
 * otherwise free it.
 */
enum lb_status lb_copies_make(const char *program, struct lb_copies *copies,
                              struct lb_error *error);

/* The file to execute as number n, counted round; NULL where there are no copies. */
const char *lb_copies_path(const struct lb_copies *copies, unsigned n);

void lb_copies_free(struct lb_copies *copies);

#endif
