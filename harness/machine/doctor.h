/*
 * doctor.h - looks at the machine and says what would make the measurements better.
 *
 * It changes nothing: each condition comes with its advice (conditions.h), and the user decides.
 */
#ifndef LB_DOCTOR_H
#define LB_DOCTOR_H

#include "harness/machine/activity.h"
#include "harness/machine/conditions.h"
#include "harness/machine/machine.h"

#include <stdio.h>

/* What the doctor goes by besides `machine` and the files below `root`. */
struct lb_doctor_facts {
    const char *root;
    const struct lb_machine *machine;
    const char *path;     /* where valgrind, hyperfine and pahole are looked for; as $PATH */
    int libpfm_knows_cpu; /* 0, 1 or LB_UNKNOWN */
    const struct lb_activity_share *activity; /* NULL: was not looked at */
};

/* Everything that the facts show. Adds to *out, which starts as {0}. */
void lb_doctor_examine(const struct lb_doctor_facts *facts, struct lb_conditions *out);

/* The machine in a few lines, then each condition with its advice. */
void lb_doctor_print(FILE *out, const struct lb_machine *machine,
                     const struct lb_conditions *conditions);

/*
 * Watches the machine for a quarter of a second and examines it: what the command `doctor` shows
 * and what a run puts into its document. Fills *out. LB_SYSTEM (or LB_NO_MEMORY) only when this
 * machine cannot measure at all; conditions, however bad, are no failure.
 */
enum lb_status lb_doctor_report(const char *root, const struct lb_machine *machine,
                                struct lb_conditions *out, struct lb_error *error);

#endif
