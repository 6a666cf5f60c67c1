/*
 * whole_process.h - hyperfine's timing of whole processes: what a layout costs a program that
 * builds it, uses it once, and throws it away.
 */
#ifndef LB_WHOLE_PROCESS_H
#define LB_WHOLE_PROCESS_H

#include "harness/run/result.h"

struct json_object;

struct lb_whole_process_options {
    uint64_t seed;
    int cpu;
    double budget_seconds; /* rows beyond it are skipped, and say so */
    void (*done)(void *context, size_t ended, size_t count);
    void *context;
};

/*
 * Times `layoutbench exec` of every variant's first mode at LB_WHOLE_PROCESS_RUNG_BYTES (or at its
 * first parameter value), one after another. *rows: the array of the document, the caller's;
 * one that is there already (not NULL) is added to. When
 * hyperfine is not installed every row is skipped with that reason.
 * LB_INTERRUPTED on Ctrl-C, with the rows so far.
 */
enum lb_status lb_whole_process(const struct lb_result *results, size_t count,
                                const struct lb_whole_process_options *options,
                                struct json_object **rows, struct lb_error *error);

#endif
