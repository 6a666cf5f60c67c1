/* progress.c - see progress.h. */
#include "harness/base/progress.h"

#include "harness/base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void lb_progress_format(double seconds, char *text, size_t size)
{
    unsigned whole = seconds > 0 ? (unsigned)(seconds + 0.5) : 0;
    if (whole >= 60)
        snprintf(text, size, "%um%02us", whole / 60, whole % 60);
    else
        snprintf(text, size, "%us", whole);
}

void lb_progress_begin(struct lb_progress *p, bool quiet, double planned_seconds)
{
    *p = (struct lb_progress){.quiet = quiet,
                              .terminal = isatty(STDERR_FILENO) == 1,
                              .started_ns = lb_clock_wall_ns(),
                              .planned_seconds = planned_seconds};
}

/* The rest of the estimate, corrected by how wrong it has been so far. */
static double eta_seconds(const struct lb_progress *p)
{
    double elapsed = (double)(lb_clock_wall_ns() - p->started_ns) * 1e-9;
    double left = p->planned_seconds - p->done_seconds;
    if (p->done_seconds < 0.05 * p->planned_seconds)
        return left;
    return left * elapsed / p->done_seconds;
}

void lb_progress_show(struct lb_progress *p, double done_seconds, const char *what)
{
    char eta[32];
    p->done_seconds = done_seconds;
    if (p->quiet)
        return;
    double part = p->planned_seconds > 0 ? done_seconds / p->planned_seconds : 1;
    lb_progress_format(eta_seconds(p), eta, sizeof eta);
    if (p->terminal) {
        fprintf(stderr, "\r\033[K%3.0f %%  %s to go  %s", 100 * part, eta, what);
        return;
    }
    if ((int)(10 * part) >= p->printed) {
        p->printed = (int)(10 * part) + 1;
        fprintf(stderr, "%3.0f %%  about %s to go  %s\n", 100 * part, eta, what);
    }
}

void lb_progress_say(struct lb_progress *p, const char *format, ...)
{
    va_list args;
    if (p->quiet)
        return;
    if (p->terminal)
        fputs("\r\033[K", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void lb_progress_end(struct lb_progress *p)
{
    if (!p->quiet && p->terminal)
        fputs("\r\033[K", stderr);
}
