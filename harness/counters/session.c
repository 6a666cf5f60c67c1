/*
 * session.c - decides which event answers for which counter, and opens them. See counters.h.
 *
 * Each counter has its rows of the event tables in order of preference; the first that opens alone
 * is chosen. Chosen hardware events are put into passes, the others into one group a provider.
 * What cannot be had keeps the reason of its first row: the later ones are only worse.
 */
#include "harness/counters/session.h"
#include "harness/counters/refusals.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has been chosen for each counter; provider NULL: nothing. */
struct choice {
    const struct lb_provider *provider;
    struct lb_event event;
};

static const struct lb_provider *provider_of(enum lb_event_how how)
{
    switch (how) {
    case LB_EVENT_SOFTWARE:
        return &lb_provider_kernel;
    case LB_EVENT_USAGE:
        return &lb_provider_rusage;
    case LB_EVENT_LIBRARY:
    case LB_EVENT_RAW:
    case LB_EVENT_GENERIC:
    case LB_EVENT_CACHE:
        break;
    }
    return &lb_provider_hardware;
}

/* Tries one row; on failure says why in *info, unless an earlier row has said it already. */
static bool try_row(const struct lb_counter_session *session, const struct lb_event_row *row,
                    bool first, struct choice *choice, struct lb_counter_info *info)
{
    struct lb_counter_info unused = {0}, *into = first ? info : &unused;
    struct lb_event event = {.counter = row->counter};
    const struct lb_syscalls *sys = session->setup.sys;
    const struct lb_provider *provider = provider_of(row->how);
    const char *words = lb_event_encode(row, &session->pmu, &event.encoding);
    if (words) {
        lb_refusal_not_encoded(row->event, words, into);
        return false;
    }
    struct lb_group group;
    int error = lb_group_open(&group, provider, sys, &event, 1);
    if (error) {
        struct lb_refusal_context context = {
            .pmu = &session->pmu,
            .event = row->event,
            .hardware = provider->pmu,
            .blocked_errno = provider == &lb_provider_rusage ? 0 : lb_perf_blocked_errno(sys),
        };
        lb_refusal_explain(error, &context, into);
        return false;
    }
    lb_group_close(&group);
    *choice = (struct choice){.provider = provider, .event = event};
    return true;
}

static void describe(const struct lb_counter_session *session, const struct lb_event_row *row,
                     struct lb_counter_info *info)
{
    const char *source = session->setup.sys->source;
    info->status = LB_COUNTED;
    info->source = source ? source : provider_of(row->how)->source;
    snprintf(info->event, sizeof info->event, "%s", row->event);
    info->counts = row->counts;
    info->reason[0] = info->advice[0] = '\0';
}

/* Chooses among the rows of one table; false if it has none that opens. */
static bool choose_from(struct lb_counter_session *session, const struct lb_event_table *table,
                        enum lb_counter counter, struct choice *choice)
{
    struct lb_counter_info *info = &session->info[counter];
    for (size_t i = 0; i < table->row_count; i++) {
        const struct lb_event_row *row = &table->rows[i];
        if (row->counter != counter)
            continue;
        if (try_row(session, row, info->reason[0] == '\0', choice, info)) {
            describe(session, row, info);
            return true;
        }
    }
    return false;
}

static void choose_portable(struct lb_counter_session *session, enum lb_counter counter,
                            bool absent, struct choice *choice)
{
    const struct lb_refusal_context no_pmu = {.pmu = &session->pmu, .event = "", .hardware = true};
    bool software = counter >= LB_COUNTER_PAGE_FAULTS;
    const struct lb_event_table *table = software ? &lb_events_software : session->table;
    struct lb_counter_info *info = &session->info[counter];
    info->name = lb_counter_name(counter);
    if (absent && !software)
        lb_refusal_explain(ENOENT, &no_pmu, info);
    else if (!choose_from(session, table, counter, choice) && info->reason[0] == '\0')
        lb_refusal_no_row(table->name, info);
}

static void choose_named(struct lb_counter_session *session, unsigned index, struct choice *choice)
{
    struct lb_counter_info *info = &session->info[LB_COUNTER_COUNT + index];
    struct lb_named_row named;
    bool ours = lb_named_events_row(&session->named, index, session->table, &named);
    const struct lb_event_row *row = &named.row;
    info->name = session->named.names[index];
    if (!ours)
        lb_refusal_foreign(row->event, info);
    else if (try_row(session, row, true, choice, info))
        describe(session, row, info);
}

static void choose(struct lb_counter_session *session, struct choice *choices)
{
    bool absent = !session->pmu.device[0] && lb_perf_try_cycles(session->setup.sys) == ENOENT;
    for (unsigned c = 0; c < lb_counters_count(session); c++) {
        session->info[c].pass = -1;
        if (c < LB_COUNTER_COUNT)
            choose_portable(session, c, absent, &choices[c]);
        else
            choose_named(session, c - LB_COUNTER_COUNT, &choices[c]);
    }
}

/* A counter that was chosen and then could not be kept. */
static void drop(struct lb_counter_session *session, enum lb_counter counter, bool hardware,
                 int error)
{
    struct lb_counter_info *info = &session->info[counter];
    char event[sizeof info->event];
    snprintf(event, sizeof event, "%s", info->event);
    struct lb_refusal_context context = {
        .pmu = &session->pmu,
        .event = event,
        .hardware = hardware,
    };
    if (error)
        lb_refusal_explain(error, &context, info);
    else
        lb_refusal_not_scheduled(event, info);
    info->pass = -1;
}

static unsigned events_of(const struct choice *choices, const struct lb_provider *provider,
                          struct lb_event *events)
{
    unsigned count = 0;
    for (int c = 0; c < LB_COUNTERS_MAX; c++)
        if (choices[c].provider == provider)
            events[count++] = choices[c].event;
    return count;
}

static void open_shared(struct lb_counter_session *session, const struct lb_provider *provider,
                        const struct choice *choices, struct lb_group *group)
{
    struct lb_event events[LB_COUNTERS_MAX];
    unsigned count = events_of(choices, provider, events);
    if (count == 0)
        return;
    int error = lb_group_open(group, provider, session->setup.sys, events, count);
    if (!error && (error = provider->enable(group, true)) != 0)
        lb_group_close(group);
    for (unsigned i = 0; i < count; i++) {
        if (error)
            drop(session, events[i].counter, provider->pmu, error);
        else
            session->info[events[i].counter].pass = 0;
    }
}

static void open_passes(struct lb_counter_session *session, const struct choice *choices)
{
    struct lb_event events[LB_COUNTERS_MAX];
    struct lb_placement placements[LB_COUNTERS_MAX];
    unsigned count = events_of(choices, &lb_provider_hardware, events);
    lb_passes_plan(&lb_provider_hardware, session->setup.sys, events, count, placements,
                   &session->passes);
    for (unsigned i = 0; i < count; i++) {
        session->info[events[i].counter].pass = placements[i].pass;
        if (placements[i].pass == LB_PASS_NONE)
            drop(session, events[i].counter, true, placements[i].error);
    }
}

enum lb_status lb_session_open(const struct lb_counter_setup *setup,
                               struct lb_counter_session **session, struct lb_error *error)
{
    struct lb_counter_session *opened = calloc(1, sizeof *opened);
    if (!opened)
        return lb_fail(error, LB_NO_MEMORY, "no memory for the counters");
    opened->setup = *setup;
    if (setup->named)
        opened->named = *setup->named;
    opened->active = -1;
    lb_pmu_read(setup->root, setup->cpu, &opened->pmu);
    opened->table = lb_events_find(&opened->pmu);

    struct choice choices[LB_COUNTERS_MAX];
    memset(choices, 0, sizeof choices);
    choose(opened, choices);
    open_shared(opened, &lb_provider_kernel, choices, &opened->shared[0]);
    open_shared(opened, &lb_provider_rusage, choices, &opened->shared[1]);
    open_passes(opened, choices);
    *session = opened;
    return LB_OK;
}

enum lb_status lb_counters_open(int cpu, const struct lb_named_events *named,
                                struct lb_counter_session **session, struct lb_error *error)
{
    const struct lb_counter_setup setup = {.cpu = cpu < 0 ? sched_getcpu() : cpu,
                                           .root = "",
                                           .sys = &lb_real_syscalls,
                                           .named = named};
    return lb_session_open(&setup, session, error);
}

void lb_counters_close(struct lb_counter_session *session)
{
    if (!session)
        return;
    lb_passes_close(&session->passes);
    for (int i = 0; i < LB_SHARED_GROUPS; i++)
        lb_group_close(&session->shared[i]);
    free(session);
}
