/*
 * loops.h - loops whose counts are known before they run: what counters are proved by.
 *
 * A loop knows nothing of counters. It is made, run (which is what is measured), and freed; the
 * same loops run under the simulation. Which counter is to read what over which loop is said in
 * known_answer.c.
 */
#ifndef LB_LOOPS_H
#define LB_LOOPS_H

#include "harness/base/error.h"

#include <stdint.h>

struct lb_loop {
    const char *name;  /* [a-z_]+ */
    const char *words; /* what it does, for people; no full stop */
    const char *op;    /* what one op is */

    /*
     * Makes the state that `run` needs; NULL: it needs none. `runs` is how often `run` is going to
     * be called. LB_UNAVAILABLE where this machine cannot do it (the error says why), LB_NO_MEMORY.
     */
    enum lb_status (*create)(unsigned runs, void **state, struct lb_error *error);

    /* Brings state into caches and predictors, unmeasured; NULL: nothing to bring. */
    void (*warm)(void *state);

    /* The measured loop; returns how many ops it did. */
    uint64_t (*run)(void *state);

    void (*destroy)(void *state); /* NULL where create is */
};

/* Loads from 8 KiB, one a op: all of them hit the L1 data cache. */
extern const struct lb_loop lb_loop_resident;

/*
 * A walk over lines in random order, a new line each op, none of which is in any cache; on 4 KiB
 * pages, so that each op also needs a new page, and on huge ones.
 */
extern const struct lb_loop lb_loop_far_small_pages, lb_loop_far_huge_pages;

/* Two instructions an op, one of them a branch that is predicted. */
extern const struct lb_loop lb_loop_instructions;

/* One instruction an op that needs the last one's result and takes a cycle. */
extern const struct lb_loop lb_loop_chain;

/* A branch an op on a random bit: half of them are mispredicted. */
extern const struct lb_loop lb_loop_branches;

/* A new 4 KiB page an op. */
extern const struct lb_loop lb_loop_pages;

/* A short sleep an op: one switch away. */
extern const struct lb_loop lb_loop_sleeps;

/* A move to another CPU and back: two ops. LB_UNAVAILABLE where there is one CPU. */
extern const struct lb_loop lb_loop_moves;

/* Spins for a while; an op is a nanosecond of the thread's CPU clock. */
extern const struct lb_loop lb_loop_clock;

#endif
