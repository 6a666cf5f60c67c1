/*
 * simulation_batch.h - several layouts under one callgrind, a child process each: its command
 * line, and what it left.
 *
 * Valgrind takes as long to start as most layouts take to simulate. So one that has started forks
 * a copy of itself a layout, all from the same state: what a layout counts depends neither on those
 * before it nor on the batch it is in. (Their ids come through a descriptor, because the length of
 * a command line moves the stack, and with it a miss or two.)
 */
#ifndef LB_SIMULATION_BATCH_H
#define LB_SIMULATION_BATCH_H

#include "harness/base/pool.h"
#include "harness/simulation/simulation_unit.h"

enum { LB_BATCH_ARGUMENTS = 20, LB_BATCH_UNITS = 32 };

/* A batch holds units until they are expected to take this long, one at least. CPU time. */
#define LB_BATCH_SECONDS 10.0

struct lb_simulation_batch {
    const struct lb_simulator *simulator;
    struct lb_simulation_unit *units[LB_BATCH_UNITS]; /* the caller's */
    size_t count;
    char prefix[16]; /* of the files that callgrind writes, in the simulator's folder */
    char out_option[LB_SIMULATION_OPTION_BYTES];
    const char *argv[LB_BATCH_ARGUMENTS];
    int cases_fd; /* the ids; -1: not open */
    bool taken;   /* the caller's */
};

/* False when the unit has no place in it. All units of a batch are cold, or none is. */
bool lb_simulation_batch_add(struct lb_simulation_batch *batch, struct lb_simulation_unit *unit);

/* Makes the command and opens cases_fd. `number`: no other batch in the folder has it. */
enum lb_status lb_simulation_batch_prepare(struct lb_simulation_batch *batch, size_t number,
                                           struct lb_job *job, struct lb_error *error);

/*
 * One unit's record in what the job printed, its CPU time (unit->cpu_seconds grows by it), and its
 * counts, as lb_simulation_unit_read. LB_CHILD with its reason when it failed, or was skipped
 * (unit->skipped); the job's own status and reason when it got no turn.
 */
enum lb_status lb_simulation_batch_read(const struct lb_simulation_batch *batch, size_t i,
                                        const struct lb_job *job, const char *dumps,
                                        struct lb_simulated_mode *modes, size_t *count,
                                        struct lb_error *error);

/* All that callgrind wrote, one text; the caller frees it. Never NULL unless out of memory. */
char *lb_simulation_batch_dumps(const struct lb_simulation_batch *batch);

/* Closes the descriptor and removes the files. */
void lb_simulation_batch_end(struct lb_simulation_batch *batch);

#endif
