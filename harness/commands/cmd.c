/* cmd.c - what the commands share, and the two that only hand over. */
#include "harness/commands/cmd.h"

#include "harness/base/pin.h"
#include "harness/base/placement.h"
#include "harness/case/allocator.h"
#include "harness/case/exec.h"
#include "harness/simulation/exec_simulated.h"

#include <stdio.h>
#include <string.h>

int lb_cmd_complain(enum lb_status status, const struct lb_error *error)
{
    fprintf(stderr, "layoutbench: %s\n", error->text);
    switch (status) {
    case LB_USAGE:
        return LB_EXIT_USAGE;
    case LB_SYSTEM:
        return LB_EXIT_REFUSED;
    case LB_INTERRUPTED:
        return LB_EXIT_INTERRUPTED;
    default:
        return LB_EXIT_CASE_FAILED;
    }
}

static int exec_simulated_each(const struct lb_options *options)
{
    struct lb_error error;
    enum lb_status status =
        options->simulation_given && options->control_fd_given
            ? lb_exec_simulated_each(lb_benchmark_list, (int)options->control_fd, options->seed,
                                     options->simulation_bytes, stdout, &error)
            : lb_fail(&error, LB_USAGE, "a case of '-' goes with --simulation and --control-fd");
    return status == LB_OK ? LB_EXIT_FINE : lb_cmd_complain(status, &error);
}

int lb_cmd_exec(const struct lb_options *options, char **argv)
{
    struct lb_error error;
    struct lb_case c;
    struct lb_exec_options exec = {
        .cpu = options->cpu_text || options->control_fd_given ? options->cpu : LB_CPU_NONE,
        .counters = !options->no_counters,
        .events = &options->events,
        .ops_given = options->ops_given,
        .ops = options->ops,
        .slowdown_permille = (unsigned)options->slowdown_permille,
        .metrics = options->metrics,
    };
    if (options->slowdown_permille &&
        (!options->control_fd_given || options->slowdown_permille > 1000))
        return lb_cmd_complain(
            lb_fail(&error, LB_USAGE, "--self-test-slowdown goes with --control-fd, and to 1000"),
            &error);
    if (strcmp(options->case_id, "-") == 0)
        return exec_simulated_each(options);
    enum lb_status status =
        lb_case_find(lb_benchmark_list, options->case_id, options->seed, &c, &error);
    if (status != LB_OK)
        return lb_cmd_complain(status, &error);
    lb_allocator_preload(c.variant->allocator, argv);
    status = lb_placement_move(options->placement, &error);
    if (status != LB_OK)
        return lb_cmd_complain(status, &error);
    if (options->simulation_given)
        status = lb_exec_simulated(&c, options->simulation_bytes, stdout, &error);
    else if (options->control_fd_given)
        status = lb_exec_driven(&c, &exec, (int)options->control_fd, &error);
    else
        status = lb_exec_free_running(&c, &exec, stdout, &error);
    if (status == LB_OK || status == LB_UNAVAILABLE)
        return LB_EXIT_FINE;
    /* Nothing is refused any more here: a system call that failed took the case with it. */
    int exit_status = lb_cmd_complain(status, &error);
    return exit_status == LB_EXIT_REFUSED ? LB_EXIT_CASE_FAILED : exit_status;
}
