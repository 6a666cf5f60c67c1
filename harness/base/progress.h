/*
 * progress.h - what is going on, on stderr: one line that is rewritten on a terminal, plain lines
 * elsewhere.
 */
#ifndef LB_PROGRESS_H
#define LB_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lb_progress {
    bool quiet, terminal;
    uint64_t started_ns;
    double planned_seconds; /* estimate of the whole */
    double done_seconds;    /* the part of the estimate that is behind us */
    int printed;            /* 10 % steps already told, where lines are plain */
};

void lb_progress_begin(struct lb_progress *progress, bool quiet, double planned_seconds);

/* `what` is being done now; `planned_seconds` of the estimate are behind us. */
void lb_progress_show(struct lb_progress *progress, double done_seconds, const char *what);

/* A line that stays, above the rewritten one. */
void lb_progress_say(struct lb_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Clears the rewritten line. */
void lb_progress_end(struct lb_progress *progress);

/* "1m05s", "42s". */
void lb_progress_format(double seconds, char *text, size_t size);

#endif
