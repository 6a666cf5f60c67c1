/*
 * atomic_file.h - a file is either the old one or the whole new one, never half of one.
 */
#ifndef LB_ATOMIC_FILE_H
#define LB_ATOMIC_FILE_H

#include "harness/base/error.h"

#include <stdbool.h>

struct lb_atomic_file {
    char path[4096];
    char temporary[4128];
    int fd; /* -1: not open */
};

/*
 * Opens a temporary file beside `path`, making its folder first, so that a path that cannot be
 * written is known before anything is measured, and reserves `room` bytes for it. LB_SYSTEM with
 * the reason; also when less than that is free there. What a process that was killed left beside
 * the path is removed after a day.
 */
enum lb_status lb_atomic_open(struct lb_atomic_file *file, const char *path,
                              unsigned long long room, struct lb_error *error);

/* Whether two open ones would replace each other: their paths are one, however they are written. */
bool lb_atomic_same(const struct lb_atomic_file *a, const struct lb_atomic_file *b);

/* Writes the text, syncs, and renames it onto the path. LB_SYSTEM: the old file is untouched. */
enum lb_status lb_atomic_commit(struct lb_atomic_file *file, const char *text,
                                struct lb_error *error);

/* Removes the temporary file. Safe after a commit. */
void lb_atomic_abandon(struct lb_atomic_file *file);

#endif
