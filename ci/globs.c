/* globs.c - see globs.h. */
#include "ci/globs.h"

#include <fnmatch.h>
#include <stdio.h>

bool lb_glob_means(const char *glob, const char *id)
{
    char below[512];
    snprintf(below, sizeof below, "%s/*", glob);
    return fnmatch(glob, id, 0) == 0 || fnmatch(below, id, 0) == 0;
}

bool lb_globs_mean(const char *const *globs, size_t count, const char *id)
{
    bool any = count == 0;
    for (size_t i = 0; i < count && !any; i++)
        any = lb_glob_means(globs[i], id);
    return any;
}
