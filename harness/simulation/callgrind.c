/* callgrind.c - the one file that includes valgrind's client requests. See callgrind.h. */
#include "harness/simulation/callgrind.h"

#if __has_include(<valgrind/callgrind.h>)

#include <valgrind/callgrind.h>

bool lb_callgrind_built_in(void)
{
    return true;
}

bool lb_callgrind_active(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

void lb_callgrind_start(void)
{
    CALLGRIND_START_INSTRUMENTATION;
}

void lb_callgrind_zero(void)
{
    CALLGRIND_ZERO_STATS;
}

void lb_callgrind_dump(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
}

void lb_callgrind_stop(void)
{
    CALLGRIND_STOP_INSTRUMENTATION;
}

#else

bool lb_callgrind_built_in(void)
{
    return false;
}

bool lb_callgrind_active(void)
{
    return false;
}

void lb_callgrind_start(void)
{
}

void lb_callgrind_zero(void)
{
}

void lb_callgrind_dump(const char *name)
{
    (void)name;
}

void lb_callgrind_stop(void)
{
}

#endif
