/*
 * placement.h - where a process has its memory.
 *
 * The kernel puts stack, heap and mappings of each process at random addresses, and caches and
 * predictors that look at addresses make one process some per cent faster than the next
 * (docs/methodology.md has figures). Two processes that are compared are given the
 * same addresses, so that what remains of their difference is their own; the next two are given
 * others, so that no verdict rests on one place.
 */
#ifndef LB_PLACEMENT_H
#define LB_PLACEMENT_H

#include "harness/base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* No random addresses for what this process executes next. False: it is not allowed to ask. */
bool lb_placement_fix(void);

/* Whether lb_placement_fix works here: a container's filter may be in the way. Changes nothing. */
bool lb_placement_can_fix(void);

/* A placement is a random number of 63 bits; 0: none, the kernel places each process anew. */

/* By how many bytes a process of this number has its stack moved: less than 4 KiB. */
size_t lb_placement_stack_bytes(uint64_t number);

/*
 * Moves the heap, by up to 32 MiB, and the mappings that are still to be made, by up to 128 MiB, as
 * the number says. Early in a process. Takes addresses, no memory. LB_SYSTEM: there are none left.
 */
enum lb_status lb_placement_move(uint64_t number, struct lb_error *error);

#endif
