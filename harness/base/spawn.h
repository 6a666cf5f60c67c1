/*
 * spawn.h - starting other programs, and this one again, in a known environment.
 *
 * Children get a cleared environment of fixed size: where the environment ends moves the stack,
 * and with it times and simulated misses; a placement moves it on purpose. They die with this
 * process.
 */
#ifndef LB_SPAWN_H
#define LB_SPAWN_H

#include "harness/base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a child's environment takes at most; PATH, HOME and XDG_CACHE_HOME may be of any length. */
enum { LB_SPAWN_ENVIRONMENT_BYTES = 8192 };

struct lb_spawn {
    const char *const *argv; /* argv[0] is looked up in PATH unless it has a slash */
    const char *file;        /* what is executed as argv[0]; NULL: just that */
    const char *preload;     /* LD_PRELOAD of the child; NULL: none */
    bool path;          /* keep PATH, HOME, XDG_CACHE_HOME: for tools, never for the measured */
    uint64_t placement; /* placement.h: these addresses, where it is allowed; 0: random ones */
    int out_fd, err_fd; /* -1: /dev/null */
    int extra_fd;       /* becomes descriptor 3; -1: none */
};

/* The path of the running program. Static string, never NULL. */
const char *lb_spawn_self(void);

/* Where PATH finds a program. False when it does not. */
bool lb_spawn_find(const char *name, char *path, size_t size);

/* LB_UNAVAILABLE when there is no such program, or the variables it is to keep do not fit. */
enum lb_status lb_spawn_start(const struct lb_spawn *spawn, pid_t *pid, struct lb_error *error);

/*
 * Waits, at most timeout_ms (< 0: for ever; then the child is killed). *code: the exit status.
 * LB_CHILD when it was killed by a signal or took too long, with which, in words.
 */
enum lb_status lb_spawn_wait(pid_t pid, int timeout_ms, int *code, struct lb_error *error);

/*
 * Runs a program and captures what it prints. *text is malloc'd
 * and belongs to the caller, on success only. Up to 64 MiB.
 */
enum lb_status lb_spawn_capture(const struct lb_spawn *spawn, int timeout_ms, char **text,
                                int *code, struct lb_error *error);

/* All of a file (a memfd, say) from its start, as lb_spawn_capture's text. */
enum lb_status lb_spawn_read_back(int fd, char **text, struct lb_error *error);

/* "killed by SIGKILL (out of memory?)": how a wait status reads. */
void lb_spawn_describe(int wait_status, struct lb_error *error);

#endif
