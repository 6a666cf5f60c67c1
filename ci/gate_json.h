/* gate_json.h - the verdict as a document: gate.json, as results-schema.json describes it. */
#ifndef LB_GATE_JSON_H
#define LB_GATE_JSON_H

#include "ci/verdict.h"

#include <stdio.h>

/* How the gate was called. NULL: see the schema. */
struct lb_gate_call {
    int argc;
    char **argv;
    const char *started;       /* UTC, ISO 8601 */
    const char *policy_file;   /* NULL: the one built in */
    const char *accepted_file; /* NULL: none */
};

/* False when there is no memory. Write errors stay in the stream. */
bool lb_gate_json_print(FILE *out, const struct lb_gate *gate, const struct lb_gate_call *call);

#endif
