/* events.c - finds the table for a CPU. See events.h. The kernel's own: provider_kernel.c. */
#include "harness/counters/events.h"

#include <string.h>

static bool is_for(const struct lb_event_table *table, const char *microarchitecture)
{
    for (const char *const *name = table->microarchitectures; *name; name++)
        if (strcmp(*name, microarchitecture) == 0)
            return true;
    return false;
}

static const struct lb_event_table *find_own(const char *microarchitecture)
{
    static const struct lb_event_table *const makers[] = {
        lb_events_intel,
        lb_events_amd,
        lb_events_arm,
    };
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        for (const struct lb_event_table *table = makers[i]; table->name; table++)
            if (is_for(table, microarchitecture))
                return table;
    return NULL;
}

const struct lb_event_table *lb_events_find(const struct lb_pmu *pmu)
{
    const struct lb_event_table *own =
        pmu->microarchitecture ? find_own(pmu->microarchitecture) : NULL;
    if (own)
        return own;
    return strncmp(pmu->device, "armv8_", 6) == 0 || strncmp(pmu->device, "armv9_", 6) == 0
               ? &lb_events_pmuv3
               : &lb_events_generic;
}
