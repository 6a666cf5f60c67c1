/* group.c - opening and closing of groups, the same for every provider. See provider.h. */
#include "harness/counters/provider.h"

#include <assert.h>
#include <string.h>

int lb_group_open(struct lb_group *group, const struct lb_provider *provider,
                  const struct lb_syscalls *sys, const struct lb_event *events, unsigned size)
{
    assert(size > 0 && size <= LB_GROUP_MAX);
    memset(group, 0, sizeof *group);
    group->provider = provider;
    group->sys = sys;
    group->size = size;
    memcpy(group->events, events, size * sizeof *events);
    int error = provider->open(group);
    if (error)
        group->provider = NULL;
    return error;
}

void lb_group_close(struct lb_group *group)
{
    if (!group->provider)
        return;
    group->provider->close(group);
    group->provider = NULL;
}
