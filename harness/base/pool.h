/*
 * pool.h - many short programs, a few at a time: the passes that time nothing use all cores.
 */
#ifndef LB_POOL_H
#define LB_POOL_H

#include "harness/base/spawn.h"

#include <stddef.h>

struct lb_job {
    struct lb_spawn spawn; /* out_fd is the pool's */
    int timeout_ms;
    unsigned long long end_by_ns; /* lb_clock_wall_ns; not ended by then: LB_UNAVAILABLE. 0: none */
    /* filled by the pool: */
    enum lb_status status; /* LB_OK: it ended by itself, with `code` */
    struct lb_error error;
    int code;
    double cpu_seconds; /* user and system */
    char *text;         /* what it printed, as far as it came; malloc'd, the caller frees. NULL
                           when it never began, and otherwise only unless LB_OK */
    /* the pool's own: */
    pid_t pid;
    int fd;
    unsigned long long started_ns;
};

/*
 * Runs all jobs, `parallel` at a time. `done` (may be NULL) is called after each one ended.
 * LB_INTERRUPTED when Ctrl-C ended it: jobs that did not end have that status, too.
 */
enum lb_status lb_pool_run(struct lb_job *jobs, size_t count, unsigned parallel,
                           void (*done)(void *context, size_t ended, size_t count), void *context);

#endif
