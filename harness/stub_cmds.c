/* Temporary. */
#include "harness/cmd.h"
int lb_cmd_run(const struct lb_options *options, int argc, char **argv) { (void)options, (void)argc, (void)argv; return 3; }
int lb_cmd_doctor(const struct lb_options *options) { (void)options; return 3; }
