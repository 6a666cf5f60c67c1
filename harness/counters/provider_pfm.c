/*
 * provider_pfm.c - event strings to encodings, by libpfm4.
 *
 * The only file that includes perfmon's headers: they bring a struct perf_event_attr of their own,
 * which clashes with linux/perf_event.h. The table of events names the PMU in each string, and
 * which row is this machine's is decided by pmu.c, so libpfm4 is asked to encode for PMUs that it
 * does not find here too: it knows fewer models of a microarchitecture than the table does.
 */
#include "harness/base/suggest.h"
#include "harness/counters/counters.h"
#include "harness/counters/provider.h"

#include <perfmon/pfmlib_perf_event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libpfm4 reads this once, when it starts; the environment is left as it was found. */
static const char inactive_variable[] = "LIBPFM_ENCODE_INACTIVE";

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start_library(void)
{
    bool was_set = getenv(inactive_variable) != NULL;
    if (!was_set)
        setenv(inactive_variable, "1", 1);
    pfm_initialize(); /* if this fails, every later call says PFM_ERR_NOINIT */
    if (!was_set)
        unsetenv(inactive_variable);
}

/* Fills `attr`; *index, unless NULL, with libpfm4's number of the event. */
static pfm_err_t ask(const char *event, struct perf_event_attr *attr, int *index)
{
    pthread_once(&started, start_library);
    memset(attr, 0, sizeof *attr);
    attr->size = sizeof *attr;
    pfm_perf_encode_arg_t argument;
    memset(&argument, 0, sizeof argument);
    argument.attr = attr;
    argument.size = sizeof argument;
    pfm_err_t error = pfm_get_os_event_encoding(event, PFM_PLM3, PFM_OS_PERF_EVENT, &argument);
    if (index)
        *index = argument.idx;
    return error;
}

const char *lb_pfm_encode(const char *event, struct lb_encoding *encoding)
{
    struct perf_event_attr attr;
    pfm_err_t error = ask(event, &attr, NULL);
    if (error != PFM_SUCCESS)
        return pfm_strerror(error);
    if (attr.exclude_user || !attr.exclude_kernel)
        return "only user mode is counted";
    if (attr.type == PERF_TYPE_TRACEPOINT || attr.type == PERF_TYPE_BREAKPOINT)
        return "only events of a PMU and the kernel's software events are counted";
    encoding->type = attr.type;
    encoding->config = attr.config;
    encoding->config1 = attr.config1;
    encoding->config2 = attr.config2;
    encoding->user_only = true;
    return NULL;
}

void lb_pfm_find(const char *event, struct lb_pfm_event *found)
{
    struct perf_event_attr attr;
    int index = 0;
    pfm_event_info_t info;
    pfm_pmu_info_t pmu;
    memset(found, 0, sizeof *found);
    memset(&info, 0, sizeof info);
    memset(&pmu, 0, sizeof pmu);
    info.size = sizeof info;
    pmu.size = sizeof pmu;
    if (ask(event, &attr, &index) != PFM_SUCCESS ||
        pfm_get_event_info(index, PFM_OS_PERF_EVENT, &info) != PFM_SUCCESS ||
        pfm_get_pmu_info(info.pmu, &pmu) != PFM_SUCCESS)
        return;
    snprintf(found->pmu, sizeof found->pmu, "%s", pmu.name);
    found->software = attr.type == PERF_TYPE_SOFTWARE;
    found->present = pmu.is_present;
    found->words = strcmp(pmu.name, "perf_raw") == 0 ? NULL : info.desc;
}

/* The event, and where it is what was typed up to a colon, the event with each of its parts. */
static void offer(const char *typed, const char *pmu, int index, struct lb_suggestion *nearest)
{
    char name[192], part[192];
    pfm_event_info_t event;
    memset(&event, 0, sizeof event);
    event.size = sizeof event;
    if (pfm_get_event_info(index, PFM_OS_NONE, &event) != PFM_SUCCESS)
        return;
    size_t length =
        (size_t)snprintf(name, sizeof name, "%s%s%s", pmu, pmu[0] ? "::" : "", event.name);
    lb_suggest(nearest, typed, name);
    if (length >= sizeof name || strncmp(typed, name, length) != 0 || typed[length] != ':')
        return;
    for (int i = 0; i < event.nattrs; i++) {
        pfm_event_attr_info_t attribute;
        memset(&attribute, 0, sizeof attribute);
        attribute.size = sizeof attribute;
        if (pfm_get_event_attr_info(index, i, PFM_OS_NONE, &attribute) == PFM_SUCCESS &&
            (size_t)snprintf(part, sizeof part, "%s:%s", name, attribute.name) < sizeof part)
            lb_suggest(nearest, typed, part);
    }
}

void lb_pfm_suggest(const char *typed, struct lb_suggestion *nearest)
{
    bool qualified = strstr(typed, "::") != NULL;
    pthread_once(&started, start_library);
    for (int pmu = PFM_PMU_NONE + 1; pmu < PFM_PMU_MAX; pmu++) {
        pfm_pmu_info_t info;
        memset(&info, 0, sizeof info);
        info.size = sizeof info;
        if (pfm_get_pmu_info((pfm_pmu_t)pmu, &info) != PFM_SUCCESS ||
            (!qualified && !info.is_present))
            continue;
        for (int i = info.first_event; i != -1; i = pfm_get_event_next(i))
            offer(typed, qualified ? info.name : "", i, nearest);
    }
}

int lb_pfm_knows_cpu(void)
{
    pthread_once(&started, start_library);
    for (int pmu = PFM_PMU_NONE + 1; pmu < PFM_PMU_MAX; pmu++) {
        pfm_pmu_info_t info;
        memset(&info, 0, sizeof info);
        info.size = sizeof info;
        pfm_err_t error = pfm_get_pmu_info((pfm_pmu_t)pmu, &info);
        if (error == PFM_ERR_NOINIT)
            return -1;
        /* ix86arch are the few events that Intel promises for every CPU. */
        if (error == PFM_SUCCESS && info.is_present && info.type == PFM_PMU_TYPE_CORE &&
            strcmp(info.name, "ix86arch") != 0)
            return 1;
    }
    return 0;
}

void lb_counters_library_version(int *major, int *minor)
{
    int version = pfm_get_version();
    *major = PFM_MAJ_VERSION(version);
    *minor = PFM_MIN_VERSION(version);
}
