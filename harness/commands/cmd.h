/*
 * cmd.h - the commands of layoutbench. Each takes the parsed options and returns an exit status.
 *
 * A command prints its own results to stdout; what went wrong is one line on stderr.
 */
#ifndef LB_CMD_H
#define LB_CMD_H

#include "harness/commands/options.h"

/* Exit statuses; `layoutbench --help` documents them. */
enum lb_exit {
    LB_EXIT_FINE = 0,
    LB_EXIT_CASE_FAILED = 1,
    LB_EXIT_USAGE = 2,
    LB_EXIT_REFUSED = 3,
    LB_EXIT_INTERRUPTED = 130,
};

int lb_cmd_list(const struct lb_options *options);
int lb_cmd_run(const struct lb_options *options, int argc, char **argv);
int lb_cmd_exec(const struct lb_options *options, char **argv);
int lb_cmd_verify(const struct lb_options *options);
int lb_cmd_doctor(const struct lb_options *options);
int lb_cmd_simulate(const struct lb_options *options, int argc, char **argv);
int lb_cmd_counters(const struct lb_options *options);
int lb_cmd_claims(const struct lb_options *options);

/* Prints "layoutbench: TEXT" to stderr and returns the exit status that belongs to `status`. */
int lb_cmd_complain(enum lb_status status, const struct lb_error *error);

#endif
