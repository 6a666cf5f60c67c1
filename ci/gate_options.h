/* gate_options.h - what layoutbench-gate's command line can say, as one struct and one table. */
#ifndef LB_GATE_OPTIONS_H
#define LB_GATE_OPTIONS_H

#include "harness/base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { LB_GATE_FILTERS_MAX = 64, LB_GATE_CPU_NONE = -1, LB_GATE_SEED = 1 };

struct lb_gate_options {
    bool help, version, self_test;
    const char *base_binary, *head_binary;     /* layoutbench programs */
    const char *base_results, *head_results;   /* results documents */
    const char *base_revision, *head_revision; /* how the user names the sides; NULL: unnamed */
    const char *filters[LB_GATE_FILTERS_MAX];
    size_t filter_count;
    const char *policy;   /* NULL: the one that is built in */
    const char *accepted; /* NULL: ci/accepted.json, where there is one */
    const char *output;   /* gate.json */
    const char *markdown; /* NULL: not wanted; so for the next */
    const char *junit;
    const char *write_baseline; /* NULL: judge */
    bool annotations, no_counts, no_time, strict, wait, quiet;
    const char *cpu_text; /* NULL: the default */
    int cpu;              /* LB_GATE_CPU_NONE: do not pin */
    uint64_t seed;        /* LB_GATE_SEED unless another is given */
};

/* LB_USAGE with one line that says what was wrong and the nearest valid word. */
enum lb_status lb_gate_options_parse(int argc, char **argv, struct lb_gate_options *options,
                                     struct lb_error *error);

void lb_gate_options_help(FILE *out);

#endif
