/* memory_pass.c - see memory_pass.h. */
#include "harness/run/memory_pass.h"

#include "harness/base/pin.h"
#include "harness/base/pool.h"
#include "harness/case/child.h"
#include "harness/case/exec_record.h"
#include "harness/case/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Beside the program in the build folder, or where `make install` puts it. */
static bool find_shim(char *path, size_t size)
{
    static const char *const places[] = {"liblayoutbench-alloc.so",
                                         "../lib/layoutbench/liblayoutbench-alloc.so"};
    const char *self = lb_spawn_self(), *slash = strrchr(self, '/');
    for (size_t i = 0; i < LB_COUNT_OF(places); i++) {
        snprintf(path, size, "%.*s/%s", slash ? (int)(slash - self) : 0, self, places[i]);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}

static bool shares_process(const struct lb_result *a, const struct lb_result *b)
{
    return a->c->variant == b->c->variant && strcmp(a->c->label, b->c->label) == 0;
}

static bool is_counted(const struct lb_result *r, uint64_t rung_bytes)
{
    return lb_result_outcome(r) == LB_CASE_OK && r->memory.allocations == LB_MEMORY_UNKNOWN &&
           (r->c->benchmark->parameter || r->memory.heap_bytes == LB_MEMORY_UNKNOWN ||
            r->c->point.working_set_bytes <= rung_bytes);
}

static void take(struct lb_result *results, size_t count, size_t first, const struct lb_job *job)
{
    struct lb_memory_use use;
    if (job->status != LB_OK || job->code != 0 ||
        lb_exec_record_memory(job->text, &use, NULL) != LB_OK)
        return;
    for (size_t i = first; i < count && shares_process(&results[first], &results[i]); i++) {
        struct lb_memory_use *memory = &results[i].memory;
        memory->allocations = use.allocations;
        if (memory->heap_bytes == LB_MEMORY_UNKNOWN) /* only the shim knows, if it is not glibc's */
            memory->heap_bytes = use.heap_bytes;
    }
}

static uint64_t layout_bytes(const struct lb_result *r)
{
    const struct lb_variant *variant = r->c->variant;
    return variant->footprint_bytes ? variant->footprint_bytes(&r->c->point) : 0;
}

/* As many processes as there are cores, unless their layouts would not fit. */
static unsigned parallel(const struct lb_result *results, const size_t *first, size_t n)
{
    uint64_t largest = 1, usable = lb_memory_usable_bytes();
    uint64_t cpus = (uint64_t)lb_pin_cpu_count();
    for (size_t k = 0; k < n; k++) {
        uint64_t bytes = layout_bytes(&results[first[k]]);
        largest = bytes > largest ? bytes : largest;
    }
    uint64_t room = usable / largest;
    return (unsigned)(room < 1 ? 1 : room < cpus ? room : cpus);
}

enum lb_status lb_memory_pass(struct lb_result *results, size_t count, uint64_t rung_bytes,
                              uint64_t seed,
                              void (*done)(void *context, size_t ended, size_t count),
                              void *context, struct lb_error *error)
{
    char shim[4200], seed_text[32];
    size_t n = 0;
    if (!find_shim(shim, sizeof shim))
        return lb_fail(error, LB_UNAVAILABLE,
                       "liblayoutbench-alloc.so is not beside the program: 'make' builds it");
    struct lb_job *jobs = calloc(count + 1, sizeof *jobs);
    size_t *first = calloc(count + 1, sizeof *first);
    const char *(*argv)[8] = calloc(count + 1, sizeof *argv);
    snprintf(seed_text, sizeof seed_text, "%" PRIu64, seed);
    for (size_t i = 0; jobs && first && argv && i < count; i++) {
        if (!is_counted(&results[i], rung_bytes) ||
            (i > 0 && shares_process(&results[i - 1], &results[i])))
            continue;
        const char *line[] = {lb_spawn_self(), "exec", results[i].c->id, "--ops", "0", "--seed",
                              seed_text,       NULL};
        memcpy(argv[n], line, sizeof line);
        first[n] = i;
        jobs[n] = (struct lb_job){
            .spawn = {.argv = argv[n], .preload = shim, .err_fd = -1, .extra_fd = -1},
            .timeout_ms = lb_child_create_ms(layout_bytes(&results[i]))};
        n++;
    }
    enum lb_status status = lb_pool_run(jobs, n, parallel(results, first, n), done, context);
    for (size_t k = 0; k < n; k++) {
        take(results, count, first[k], &jobs[k]);
        free(jobs[k].text);
    }
    free(jobs);
    free(first);
    free(argv);
    return status == LB_OK ? LB_OK : lb_fail(error, status, "interrupted");
}
