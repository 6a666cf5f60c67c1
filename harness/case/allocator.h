/*
 * allocator.h - which allocator this process has, and how a case gets another one.
 *
 * A variant may name one (api.h). It is preloaded by its library's name, which the loader looks up;
 * `exec` starts itself anew for that, so profilers, hyperfine and `run` all get the same process.
 */
#ifndef LB_ALLOCATOR_H
#define LB_ALLOCATOR_H

#include "harness/base/error.h"

#include <stdbool.h>

enum { LB_ALLOCATOR_BYTES = 32 };

/* "glibc", or the name of the preloaded library. Static string. */
const char *lb_allocator_name(void);

/* Name and version: "glibc 2.36", "jemalloc 5.3.0". `text` has room for LB_ALLOCATOR_BYTES. */
void lb_allocator_describe(char *text);

/* Whether a variant may name it. */
bool lb_allocator_known(const char *name);

/*
 * Replaces this process by the same program with this allocator preloaded. Returns where it is in
 * use already, where that was tried before, under the simulator, and where it cannot be done: then
 * lb_allocator_check has the reason. NULL: any allocator will do.
 */
void lb_allocator_preload(const char *name, char *const *argv);

/* LB_UNAVAILABLE with the reason when this process has another one. */
enum lb_status lb_allocator_check(const char *name, struct lb_error *error);

#endif
