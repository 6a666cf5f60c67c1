/*
 * simulation_unit.h - one built layout (benchmark, variant, point) under callgrind: its key in the
 * cache of finished simulations, and what its dumps say.
 *
 * All its modes are simulated in one process, whatever was asked for, because what lies in the
 * heap must not depend on a filter.
 */
#ifndef LB_SIMULATION_UNIT_H
#define LB_SIMULATION_UNIT_H

#include "harness/machine/machine.h"
#include "harness/simulation/geometry.h"
#include "harness/simulation/simulation_cache.h"

enum { LB_SIMULATION_OPTION_BYTES = 96 };

/* The same for all units of a run in one geometry. */
struct lb_simulator {
    const char *valgrind; /* its path */
    const char *tool;     /* "callgrind 3.19.0" */
    const struct lb_geometry *geometry;
    const struct lb_machine *machine;
    const char *folder; /* for callgrind's files */
    /* filled by lb_simulator_init: I1, D1, LL, the last level's bytes, --seed */
    char options[5][LB_SIMULATION_OPTION_BYTES];
};

/* Fills the options from what is filled before. */
void lb_simulator_init(struct lb_simulator *simulator, uint64_t seed);

struct lb_simulation_unit {
    const struct lb_case *c; /* any of its modes; the caller's */
    size_t first, count;     /* of the caller's results */
    char key[LB_SIMULATION_KEY_BYTES];
    double seconds;     /* CPU time that it is expected to take, valgrind's start apart */
    double cpu_seconds; /* and did take */
    bool wanted;        /* before those that are not; the caller's */
    bool known;         /* from before; the caller's */
    bool skipped;       /* it ran, and said that it cannot here: no memory, say */
    bool cold; /* was not warm when counting began: once more, with a whole pass to warm up */
};

/*
 * A unit of one result, with its key (everything its counts depend on besides the program) and
 * an estimate of its time.
 */
void lb_simulation_unit_init(struct lb_simulation_unit *unit, const struct lb_simulator *simulator,
                             const struct lb_case *c, size_t result);

bool lb_simulation_unit_holds(const struct lb_simulation_unit *unit, const struct lb_case *c);

/*
 * Every mode of the unit's variant, from the dumps: room for LB_MODES_MAX. Sets unit->cold where
 * the warm-up was short and fetched too little. LB_PROTOCOL when a count is missing.
 */
enum lb_status lb_simulation_unit_read(struct lb_simulation_unit *unit,
                                       const struct lb_simulator *simulator, const char *dumps,
                                       struct lb_simulated_mode *modes, size_t *count,
                                       struct lb_error *error);

/* Memory that it takes, valgrind's own included. */
uint64_t lb_simulation_unit_bytes(const struct lb_simulation_unit *unit);

#endif
