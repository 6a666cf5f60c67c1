/*
 * provider_pfm.c - event strings to encodings, by libpfm4.
 *
 * The only file that includes perfmon's headers: they bring a struct perf_event_attr of their own,
 * which clashes with linux/perf_event.h. The table of events names the PMU in each string, and
 * which row is this machine's is decided by pmu.c, so libpfm4 is asked to encode for PMUs that it
 * does not find here too: it knows fewer models of a microarchitecture than the table does.
 */
#include "harness/counters/counters.h"
#include "harness/counters/provider.h"

#include <perfmon/pfmlib_perf_event.h>
#include <pthread.h>
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

const char *lb_pfm_encode(const char *event, struct lb_encoding *encoding)
{
    pthread_once(&started, start_library);
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    pfm_perf_encode_arg_t argument;
    memset(&argument, 0, sizeof argument);
    argument.attr = &attr;
    argument.size = sizeof argument;
    pfm_err_t error = pfm_get_os_event_encoding(event, PFM_PLM3, PFM_OS_PERF_EVENT, &argument);
    if (error != PFM_SUCCESS)
        return pfm_strerror(error);
    encoding->type = attr.type;
    encoding->config = attr.config;
    encoding->config1 = attr.config1;
    encoding->config2 = attr.config2;
    encoding->user_only = true;
    return NULL;
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
