/* simulation_batch.c - see simulation_batch.h. */
#include "harness/simulation/simulation_batch.h"

#include "harness/case/exec_record.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TIMEOUT_MS = 1800000, PATH_BYTES = 128 };

bool lb_simulation_batch_add(struct lb_simulation_batch *batch, struct lb_simulation_unit *unit)
{
    double seconds = unit->seconds;
    for (size_t i = 0; i < batch->count; i++)
        seconds += batch->units[i]->seconds;
    if (batch->count && (batch->count == LB_BATCH_UNITS || seconds > LB_BATCH_SECONDS ||
                         batch->units[0]->cold != unit->cold))
        return false;
    batch->units[batch->count++] = unit;
    return true;
}

static enum lb_status open_cases(struct lb_simulation_batch *batch, struct lb_error *error)
{
    batch->cases_fd = memfd_create("cases", MFD_CLOEXEC);
    for (size_t i = 0; i < batch->count && batch->cases_fd >= 0; i++)
        if (dprintf(batch->cases_fd, "%s\n", batch->units[i]->c->id) < 0)
            return lb_fail_errno(error, LB_SYSTEM, "cannot write a list of cases");
    if (batch->cases_fd < 0 || lseek(batch->cases_fd, 0, SEEK_SET) < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot make a list of cases");
    return LB_OK;
}

enum lb_status lb_simulation_batch_prepare(struct lb_simulation_batch *batch, size_t number,
                                           struct lb_job *job, struct lb_error *error)
{
    const struct lb_simulator *simulator = batch->simulator;
    snprintf(batch->prefix, sizeof batch->prefix, "%zu.", number);
    snprintf(batch->out_option, sizeof batch->out_option, "--callgrind-out-file=%s/%s%%p",
             simulator->folder, batch->prefix);
    const char *argv[LB_BATCH_ARGUMENTS] = {simulator->valgrind,
                                            "--quiet",
                                            "--vgdb=no", /* starts faster */
                                            "--tool=callgrind",
                                            "--cache-sim=yes",
                                            "--cacheuse=yes",
                                            "--instr-atstart=no",
                                            "--combine-dumps=yes",
                                            simulator->options[0],
                                            simulator->options[1],
                                            simulator->options[2],
                                            batch->out_option,
                                            lb_spawn_self(),
                                            "exec",
                                            "-",
                                            "--control-fd=3",
                                            "--simulation",
                                            batch->units[0]->cold ? "0" : simulator->options[3],
                                            simulator->options[4],
                                            NULL};
    memcpy(batch->argv, argv, sizeof argv);
    enum lb_status status = open_cases(batch, error);
    *job =
        (struct lb_job){.spawn = {.argv = batch->argv, .err_fd = -1, .extra_fd = batch->cases_fd},
                        .timeout_ms = TIMEOUT_MS};
    return status;
}

/* ---- What it left -------------------------------------------------------------------------- */

static void each_file(const struct lb_simulation_batch *batch,
                      void (*visit)(void *context, const char *path), void *context)
{
    char pattern[PATH_BYTES];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/%s*", batch->simulator->folder, batch->prefix);
    if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        visit(context, found.gl_pathv[i]);
    globfree(&found);
}

static void append(void *context, const char *path)
{
    FILE *all = context;
    char *text = NULL;
    FILE *f = fopen(path, "re");
    if (f && lb_spawn_read_back(fileno(f), &text, NULL) == LB_OK)
        fprintf(all, "%s\n", text);
    free(text);
    if (f)
        fclose(f);
}

char *lb_simulation_batch_dumps(const struct lb_simulation_batch *batch)
{
    char *text = NULL;
    size_t size;
    FILE *all = open_memstream(&text, &size);
    if (!all)
        return NULL;
    each_file(batch, append, all);
    fclose(all);
    return text;
}

enum lb_status lb_simulation_batch_read(const struct lb_simulation_batch *batch, size_t i,
                                        const struct lb_job *job, const char *dumps,
                                        struct lb_simulated_mode *modes, size_t *count,
                                        struct lb_error *error)
{
    struct lb_simulation_unit *unit = batch->units[i];
    const char *record = job->text ? lb_exec_record_find(job->text, unit->c->id) : NULL;
    if (!record && job->status != LB_OK)
        return lb_fail(error, job->status, "%.300s", job->error.text);
    enum lb_status status = lb_exec_record_status(record ? record : "", error);
    unit->skipped = status == LB_UNAVAILABLE;
    if (status != LB_OK)
        return LB_CHILD;
    unit->cpu_seconds += lb_exec_record_cpu_seconds(record);
    return lb_simulation_unit_read(unit, batch->simulator, dumps, modes, count, error);
}

static void remove_file(void *context, const char *path)
{
    (void)context;
    unlink(path);
}

void lb_simulation_batch_end(struct lb_simulation_batch *batch)
{
    each_file(batch, remove_file, NULL);
    if (batch->cases_fd >= 0)
        close(batch->cases_fd);
    batch->cases_fd = -1;
}
