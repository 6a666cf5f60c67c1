/* simulation_json.h - what was simulated, as the results document has it. */
#ifndef LB_SIMULATION_JSON_H
#define LB_SIMULATION_JSON_H

#include "harness/simulation/simulate.h"

struct json_object;

/*
 * The readings of result number i, by portable name; those of the machine's own geometry end in
 * "_machine". The caller owns what it gets.
 */
struct json_object *lb_simulated_to_json(const struct lb_simulation *simulation, size_t i);

/* The run's `simulation` object; NULL for NULL. */
struct json_object *lb_simulation_to_json(const struct lb_simulation *simulation);

#endif
