/* main.c - parses the command line and hands over to a command. The only file that exits. */
#include "harness/base/build_info.h"
#include "harness/base/standard_fds.h"
#include "harness/case/registry.h"
#include "harness/commands/cmd.h"

#include <stdio.h>

static int dispatch(const struct lb_options *options, int argc, char **argv)
{
    switch (options->command) {
    case LB_COMMAND_LIST:
        return lb_cmd_list(options);
    case LB_COMMAND_RUN:
        return lb_cmd_run(options, argc, argv);
    case LB_COMMAND_EXEC:
        return lb_cmd_exec(options, argv);
    case LB_COMMAND_VERIFY:
        return lb_cmd_verify(options);
    case LB_COMMAND_DOCTOR:
        return lb_cmd_doctor(options);
    case LB_COMMAND_SIMULATE:
        return lb_cmd_simulate(options, argc, argv);
    case LB_COMMAND_COUNTERS:
        return lb_cmd_counters(options);
    case LB_COMMAND_CLAIMS:
        return lb_cmd_claims(options);
    }
    return LB_EXIT_USAGE;
}

/* Output that did not arrive (a full disk behind a redirection) must not look like success. */
static int flushed(int exit_status)
{
    struct lb_error error;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    lb_cmd_complain(lb_fail_errno(&error, LB_SYSTEM, "cannot write to standard output"), &error);
    return exit_status ? exit_status : LB_EXIT_CASE_FAILED;
}

int main(int argc, char **argv)
{
    struct lb_options options;
    struct lb_error error;
    lb_standard_fds_open();
    enum lb_status status = lb_options_parse(argc, argv, &options, &error);
    if (status == LB_OK)
        status = lb_registry_check(lb_benchmark_list, &error);
    if (status != LB_OK)
        return lb_cmd_complain(status, &error);
    if (options.help) {
        lb_options_help(stdout, &options);
        return flushed(LB_EXIT_FINE);
    }
    if (options.version) {
        printf("layoutbench %s (%s)\n", lb_build_version, lb_build_commit);
        return flushed(LB_EXIT_FINE);
    }
    return flushed(dispatch(&options, argc, argv));
}
