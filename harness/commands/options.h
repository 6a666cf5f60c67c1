/*
 * options.h - what the command line can say, as one struct and one table.
 *
 * The table holds name, argument, commands and help of every option: parsing, `--help` and the
 * refusal of unknown or misplaced options all read it.
 */
#ifndef LB_OPTIONS_H
#define LB_OPTIONS_H

#include "harness/base/error.h"
#include "harness/counters/named_events.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { LB_FILTERS_MAX = 64, LB_WORKING_SETS_MAX = 24 };

/* A command is one bit, so that the table can say which commands take an option. */
enum lb_command {
    LB_COMMAND_LIST = 1 << 0,
    LB_COMMAND_RUN = 1 << 1,
    LB_COMMAND_EXEC = 1 << 2,
    LB_COMMAND_VERIFY = 1 << 3,
    LB_COMMAND_DOCTOR = 1 << 4,
    LB_COMMAND_COUNTERS = 1 << 5,
    LB_COMMAND_SIMULATE = 1 << 6,
    LB_COMMAND_CLAIMS = 1 << 7,
};

struct lb_options {
    enum lb_command command;
    bool help, version;
    const char *filters[LB_FILTERS_MAX];
    size_t filter_count;
    uint64_t working_sets[LB_WORKING_SETS_MAX]; /* instead of the profile's rungs */
    size_t working_set_count;
    struct lb_named_events events; /* to count beside the portable counters */
    const char *profile;           /* "quick", "standard", "thorough" */
    const char *format;            /* "text", "json" */
    const char *trace;             /* NULL: none */
    const char *output;            /* NULL: the command's default */
    const char *cpu_text;
    int cpu; /* LB_CPU_NONE: --cpu none */
    uint64_t seed;
    uint64_t timeout_seconds; /* of a silent case; 0: the default */
    const char *case_id;      /* exec's argument */
    const char *results;      /* claims' argument */
    bool ops_given;
    uint64_t ops;
    bool simulation_given;
    uint64_t simulation_bytes;
    const char *simulate; /* "auto", "always", "never" */
    const char *geometry; /* "standard", "machine": the latter beside the former */
    uint64_t control_fd;
    bool control_fd_given;
    uint64_t placement;         /* of an exec's memory; 0: where the kernel puts it */
    uint64_t slowdown_permille; /* of a driven exec, for the gate's self-test */
    bool no_counters, no_whole_process, no_memory_pass, no_checks, wait, resume, quiet, metrics;
    const char *machine_name; /* NULL: the host's name */
};

/* LB_USAGE with one line that says what was wrong and the nearest valid word. */
enum lb_status lb_options_parse(int argc, char **argv, struct lb_options *options,
                                struct lb_error *error);

/* Help of the command that was parsed, or of the whole program when none was. */
void lb_options_help(FILE *out, const struct lb_options *options);

#endif
