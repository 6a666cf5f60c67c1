/* globs.h - which case ids a glob means; the same rule as for layoutbench's --filter. */
#ifndef LB_GLOBS_H
#define LB_GLOBS_H

#include <stdbool.h>
#include <stddef.h>

/* "boxing" also means all below it. */
bool lb_glob_means(const char *glob, const char *id);

/* One of them; true when there are none. */
bool lb_globs_mean(const char *const *globs, size_t count, const char *id);

#endif
