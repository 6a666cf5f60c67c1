/*
 * simulate.h - cache misses by simulation: layouts under valgrind's callgrind, several at a time.
 *
 * Counts are exact and repeat: only the counted ops, a cleared environment, fixed caches. The
 * simulator knows caches of two levels that replace the least recently used line, filled by loads
 * and stores in program order: no prefetcher, no TLB, no other threads, no memory bandwidth. A load
 * that lies across two lines counts as one.
 */
#ifndef LB_SIMULATE_H
#define LB_SIMULATE_H

#include "harness/run/result.h"
#include "harness/simulation/callgrind_dump.h"
#include "harness/simulation/geometry.h"

enum { LB_GEOMETRIES_MAX = 2 };

/* One case in one geometry. */
struct lb_simulated {
    enum lb_reading_status status; /* LB_SIMULATED, or there are no counts, and `reason` says why */
    char reason[LB_REASON_BYTES];
    bool failed; /* there are none because it crashed or answered wrongly */
    uint64_t ops;
    struct lb_callgrind_counts counts;
    double cpu_seconds; /* of the process that simulated all modes; 0: known from before */
};

/* The same per op (the last is not); NaN where it is not known. */
struct lb_simulated_figures {
    double instructions, l1d_loads, l1d_misses, last_level_misses;
    double useful_bytes_per_line; /* of those L1d fetched; NaN below LB_USEFUL_LINES_MIN */
};

/* Lines that must have been fetched before their use is a figure. */
#define LB_USEFUL_LINES_MIN 1000

void lb_simulated_figures(const struct lb_simulated *simulated, const struct lb_geometry *geometry,
                          struct lb_simulated_figures *figures);

struct lb_simulate_options {
    uint64_t seed;
    const struct lb_machine *machine;
    bool of_machine;       /* its own geometry, beside the standard one */
    double budget_seconds; /* layouts not done by then are lost, and say so; 0: no limit */
    bool (*first)(const struct lb_case *c); /* these before all others; NULL: none */
    void (*done)(void *context, size_t ended, size_t count);
    void (*say)(void *context, const char *text); /* a line that a user should see */
    void *context;
};

/* All that was simulated in one run. */
struct lb_simulation {
    char tool[64];    /* "callgrind 3.19.0" */
    char reason[400]; /* why nothing could be simulated; "" otherwise */
    struct lb_geometry geometries[LB_GEOMETRIES_MAX];
    size_t geometry_count;
    struct lb_simulated *cases[LB_GEOMETRIES_MAX]; /* of each geometry, one a result */
    size_t simulated, cached;                      /* cases; cached ones are among simulated */
    size_t given_up;                               /* cases that should have been */
    double seconds;
};

/*
 * Simulates every result that is LB_CASE_OK, simulable, and at a simulated rung or a parameter's
 * point. What is not simulated has its reason. LB_NO_MEMORY, LB_SYSTEM (no temporary folder), or
 * LB_INTERRUPTED, with what was finished by then. Free it in any case.
 */
enum lb_status lb_simulate(const struct lb_result *results, size_t count,
                           const struct lb_simulate_options *options,
                           struct lb_simulation *simulation, struct lb_error *error);

/*
 * What lb_simulate is expected to take, in seconds: nothing for what is known from before, the
 * budget at most. Reads the cache of finished simulations, simulates and says nothing.
 */
enum lb_status lb_simulate_estimate(const struct lb_result *results, size_t count,
                                    const struct lb_simulate_options *options, double *seconds,
                                    struct lb_error *error);

void lb_simulation_free(struct lb_simulation *simulation);

/* Whether a death (`why`) of a program built with `flags` is no failure, but valgrind's limit. */
bool lb_simulation_excuses(const char *flags, const char *why);

#endif
