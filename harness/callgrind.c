/* callgrind.c - the one file that includes valgrind's client requests. See callgrind.h. */
#include "harness/callgrind.h"

#if __has_include(<valgrind/callgrind.h>)

#include <valgrind/callgrind.h>

bool lb_callgrind_active(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

void lb_callgrind_begin(void)
{
    CALLGRIND_ZERO_STATS;
}

void lb_callgrind_end(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
}

#else

bool lb_callgrind_active(void)
{
    return false;
}

void lb_callgrind_begin(void)
{
}

void lb_callgrind_end(const char *name)
{
    (void)name;
}

#endif
