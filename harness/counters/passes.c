/* passes.c - see passes.h. */
#include "harness/counters/passes.h"

#include <assert.h>
#include <string.h>

/* The members of a pass while it is planned; nothing is open between two trials. */
struct draft {
    unsigned size;
    struct lb_event events[LB_GROUP_MAX];
};

static bool runs_all_the_time(struct lb_group *group)
{
    struct lb_snapshot before, after;
    if (group->provider->enable(group, true) != 0)
        return false;
    group->provider->read(group, &before);
    group->sys->spin(group->sys->context, LB_PROBE_SPIN_NS);
    group->provider->read(group, &after);
    if (!before.valid || !after.valid)
        return false;
    uint64_t enabled = after.time_enabled_ns - before.time_enabled_ns;
    uint64_t running = after.time_running_ns - before.time_running_ns;
    return enabled > 0 && running == enabled;
}

/* True if the draft's events and this one run together; *error: errno of the open, or 0. */
static bool fits(const struct lb_provider *provider, const struct lb_syscalls *sys,
                 const struct draft *draft, const struct lb_event *event, int *error)
{
    struct draft larger = *draft;
    if (larger.size == LB_GROUP_MAX)
        return false;
    larger.events[larger.size++] = *event;
    struct lb_group group;
    *error = lb_group_open(&group, provider, sys, larger.events, larger.size);
    if (*error)
        return false;
    bool fit = runs_all_the_time(&group);
    lb_group_close(&group);
    return fit;
}

static void place(const struct lb_provider *provider, const struct lb_syscalls *sys,
                  const struct lb_event *event, struct draft *drafts, unsigned *draft_count,
                  struct lb_placement *placement)
{
    placement->pass = LB_PASS_NONE;
    for (unsigned i = 0; i <= *draft_count && i < LB_PASSES_MAX; i++) {
        placement->error = 0;
        if (!fits(provider, sys, &drafts[i], event, &placement->error))
            continue;
        drafts[i].events[drafts[i].size++] = *event;
        *draft_count += i == *draft_count;
        placement->pass = (int)i;
        return;
    }
}

static void open_passes(const struct lb_provider *provider, const struct lb_syscalls *sys,
                        const struct draft *drafts, unsigned count, struct lb_placement *placements,
                        struct lb_passes *passes)
{
    for (unsigned i = 0; i < passes->count; i++) {
        int error =
            lb_group_open(&passes->groups[i], provider, sys, drafts[i].events, drafts[i].size);
        for (unsigned k = 0; error && k < count; k++)
            if (placements[k].pass == (int)i)
                placements[k] = (struct lb_placement){.pass = LB_PASS_NONE, .error = error};
    }
}

void lb_passes_plan(const struct lb_provider *provider, const struct lb_syscalls *sys,
                    const struct lb_event *events, unsigned count, struct lb_placement *placements,
                    struct lb_passes *passes)
{
    struct draft drafts[LB_PASSES_MAX];
    memset(drafts, 0, sizeof drafts);
    memset(passes, 0, sizeof *passes);
    for (unsigned i = 0; i < count; i++)
        place(provider, sys, &events[i], drafts, &passes->count, &placements[i]);
    open_passes(provider, sys, drafts, count, placements, passes);
}

void lb_passes_close(struct lb_passes *passes)
{
    for (unsigned i = 0; i < passes->count; i++)
        lb_group_close(&passes->groups[i]);
    passes->count = 0;
}
