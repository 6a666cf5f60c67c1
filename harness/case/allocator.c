/* allocator.c - see allocator.h. */
#include "harness/case/allocator.h"

#include "harness/api.h"
#include "harness/simulation/callgrind.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Set for the process that is started anew: an allocator that is not there then is not installed.
 */
#define TRIED "LAYOUTBENCH_PRELOADED"

static const struct allocator {
    const char *name;
    const char *symbol; /* that tells it is in this process */
    const char *library, *package;
} allocators[] = {
    {"jemalloc", "mallctl", "libjemalloc.so.2", "libjemalloc2"},
    {"mimalloc", "mi_malloc", "libmimalloc.so.2", "libmimalloc2.0"},
};

static const struct allocator *find(const char *name)
{
    for (size_t i = 0; i < LB_COUNT_OF(allocators); i++)
        if (strcmp(allocators[i].name, name) == 0)
            return &allocators[i];
    return NULL;
}

bool lb_allocator_known(const char *name)
{
    return find(name) != NULL;
}

const char *lb_allocator_name(void)
{
    for (size_t i = 0; i < LB_COUNT_OF(allocators); i++)
        if (dlsym(RTLD_DEFAULT, allocators[i].symbol))
            return allocators[i].name;
    return "glibc";
}

/* ---- Versions ------------------------------------------------------------------------------ */

/* jemalloc(3), MALLCTL NAMESPACE, "version": "5.3.0-0-g..."; what is before the dash. */
static void jemalloc_version(void *symbol, char *text, size_t size)
{
    int (*mallctl)(const char *, void *, size_t *, void *, size_t);
    const char *version = "";
    size_t length = sizeof version;
    memcpy(&mallctl, &symbol, sizeof mallctl); /* ISO C has no cast from object to function */
    if (mallctl("version", &version, &length, NULL, 0) == 0)
        snprintf(text, size, "%.*s", (int)strcspn(version, "-"), version);
}

/* mimalloc.h, mi_version: 209 is 2.0.9. */
static void mimalloc_version(void *symbol, char *text, size_t size)
{
    int (*version_function)(void);
    memcpy(&version_function, &symbol, sizeof version_function);
    int version = version_function();
    snprintf(text, size, "%d.%d.%d", version / 100, version / 10 % 10, version % 10);
}

void lb_allocator_describe(char *text)
{
    const char *name = lb_allocator_name();
    char version[20] = "?";
    void *symbol;
    if (strcmp(name, "jemalloc") == 0 && (symbol = dlsym(RTLD_DEFAULT, "mallctl")))
        jemalloc_version(symbol, version, sizeof version);
    else if (strcmp(name, "mimalloc") == 0 && (symbol = dlsym(RTLD_DEFAULT, "mi_version")))
        mimalloc_version(symbol, version, sizeof version);
    else if (strcmp(name, "glibc") == 0)
        snprintf(version, sizeof version, "%s", gnu_get_libc_version());
    snprintf(text, LB_ALLOCATOR_BYTES, "%.10s %s", name, version);
}

/* ---- Getting another one ------------------------------------------------------------------- */

/* A sanitizer is the allocator itself, and dies when another library comes before it. */
static bool is_sanitized(void)
{
    return dlsym(RTLD_DEFAULT, "__asan_init") || dlsym(RTLD_DEFAULT, "__tsan_init");
}

void lb_allocator_preload(const char *name, char *const *argv)
{
    const struct allocator *wanted = name ? find(name) : NULL;
    const char *others = getenv("LD_PRELOAD");
    char preload[4500];
    if (!wanted || strcmp(lb_allocator_name(), name) == 0 || getenv(TRIED) ||
        lb_callgrind_active() || is_sanitized())
        return;
    /* Behind what is there: the shim that counts allocations stands in front of any allocator. */
    int length = snprintf(preload, sizeof preload, "%s%s%s", others ? others : "",
                          others && *others ? ":" : "", wanted->library);
    if (length < (int)sizeof preload && setenv("LD_PRELOAD", preload, 1) == 0 &&
        setenv(TRIED, name, 1) == 0)
        execv("/proc/self/exe", argv);
}

enum lb_status lb_allocator_check(const char *name, struct lb_error *error)
{
    const struct allocator *wanted = name ? find(name) : NULL;
    if (!wanted || strcmp(lb_allocator_name(), name) == 0)
        return LB_OK;
    if (is_sanitized())
        return lb_fail(error, LB_UNAVAILABLE, "a sanitizer has %s's place", name);
    if (lb_callgrind_active())
        return lb_fail(error, LB_UNAVAILABLE, "%s is not preloaded under the simulator", name);
    if (!getenv(TRIED))
        return lb_fail(error, LB_UNAVAILABLE,
                       "needs a process with %s preloaded, as 'exec' and 'run' start it", name);
    return lb_fail(error, LB_UNAVAILABLE, "%s is not installed: %s, in the package %s", name,
                   wanted->library, wanted->package);
}
