/*
 * counters.c - the names, and the bracket around a timed region. See counters.h.
 *
 * Which event answers for which counter is decided in session.c; this file only reads. Groups of
 * software events are always on. Groups of hardware events are, too, while there is one of them;
 * where there are more, a pass that is not the last one's is switched on before its region, since
 * groups that are on together would take each other's counters away.
 */
#include "harness/counters/counters.h"
#include "harness/counters/session.h"

#include <string.h>

static const char *const counter_names[] = {
#define X(identifier, name) name,
    LB_COUNTERS(X)
#undef X
};

static const char *const status_names[] = {
#define X(identifier, name) name,
    LB_STATUSES(X)
#undef X
};

const char *lb_counter_name(enum lb_counter counter)
{
    return counter_names[counter];
}

const char *lb_reading_status_name(enum lb_reading_status status)
{
    return status_names[status];
}

int lb_counter_by_name(const char *name)
{
    for (int i = 0; i < LB_COUNTER_COUNT; i++)
        if (strcmp(counter_names[i], name) == 0)
            return i;
    return -1;
}

unsigned lb_counters_count(const struct lb_counter_session *session)
{
    return LB_COUNTER_COUNT + session->named.count;
}

const struct lb_counter_info *lb_counters_info(const struct lb_counter_session *session)
{
    return session->info;
}

unsigned lb_counters_passes(const struct lb_counter_session *session)
{
    return session->passes.count > 0 ? session->passes.count : 1;
}

/* ---- The bracket ---------------------------------------------------------------------------- */

static struct lb_group *group_of_pass(struct lb_counter_session *session, unsigned pass)
{
    if (pass >= session->passes.count || !session->passes.groups[pass].provider)
        return NULL;
    return &session->passes.groups[pass];
}

/* A group that cannot be switched on is not enabled, and its readings are lost. */
static void switch_to(struct lb_counter_session *session, unsigned pass)
{
    if (session->active == (int)pass)
        return;
    struct lb_group *old =
        session->active < 0 ? NULL : group_of_pass(session, (unsigned)session->active);
    struct lb_group *new = group_of_pass(session, pass);
    if (old)
        old->provider->enable(old, false);
    if (new)
        new->provider->enable(new, true);
    session->active = (int)pass;
}

static void read_group(const struct lb_group *group, struct lb_snapshot *snapshot)
{
    snapshot->valid = false;
    if (group->enabled)
        group->provider->read(group, snapshot);
}

void lb_counters_begin(struct lb_counter_session *session, unsigned pass)
{
    switch_to(session, pass);
    for (int i = 0; i < LB_SHARED_GROUPS; i++)
        if (session->shared[i].provider)
            read_group(&session->shared[i], &session->shared[i].begin);
    struct lb_group *group = group_of_pass(session, pass);
    if (group)
        read_group(group, &group->begin);
}

static struct lb_counter_delta delta_of(const struct lb_snapshot *begin,
                                        const struct lb_snapshot *end, unsigned index)
{
    if (!begin->valid || !end->valid || end->values[index] < begin->values[index])
        return (struct lb_counter_delta){.lost = true};
    return (struct lb_counter_delta){
        .valid = true,
        .value = end->values[index] - begin->values[index],
        .time_enabled_ns = end->time_enabled_ns - begin->time_enabled_ns,
        .time_running_ns = end->time_running_ns - begin->time_running_ns,
    };
}

static void fill_deltas(const struct lb_group *group, const struct lb_snapshot *end,
                        struct lb_counter_delta *deltas)
{
    for (unsigned i = 0; i < group->size; i++)
        deltas[group->events[i].counter] = delta_of(&group->begin, end, i);
}

void lb_counters_end(struct lb_counter_session *session, unsigned pass,
                     struct lb_counter_delta *deltas)
{
    struct lb_group *group = group_of_pass(session, pass);
    struct lb_snapshot hardware, shared[LB_SHARED_GROUPS];
    if (group)
        read_group(group, &hardware);
    for (int i = 0; i < LB_SHARED_GROUPS; i++)
        if (session->shared[i].provider)
            read_group(&session->shared[i], &shared[i]);

    memset(deltas, 0, LB_COUNTERS_MAX * sizeof *deltas);
    if (group)
        fill_deltas(group, &hardware, deltas);
    for (int i = 0; i < LB_SHARED_GROUPS; i++)
        if (session->shared[i].provider)
            fill_deltas(&session->shared[i], &shared[i], deltas);
}
