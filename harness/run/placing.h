/*
 * placing.h - what a replicate draws: the pages that its code lies in (copies.h), and the addresses
 * of its memory (placement.h). Its processes share the draw, and the next replicate has another, so
 * that intervals hold what the luck of both does.
 */
#ifndef LB_PLACING_H
#define LB_PLACING_H

#include "harness/api.h"
#include "harness/base/copies.h"
#include "harness/case/child.h"

struct json_object;

/* All zero: processes share the program's file, and its addresses are those of draw 0. */
struct lb_placing {
    struct lb_copies copies; /* of this program; none: all run its file */
    struct lb_rng draws;
    unsigned drawn; /* replicates so far, of the whole run: they take turns at the copies */
};

/* Copies the program (NULL: this one), and appends a check (NULL: none) that says what could not be
 * had. Free it. */
void lb_placing_prepare(struct lb_placing *placing, const char *program, uint64_t seed,
                        struct json_object *checks);

/* For all processes of the next replicate. */
void lb_placing_draw(struct lb_placing *placing, struct lb_child_options *child);

void lb_placing_free(struct lb_placing *placing);

#endif
