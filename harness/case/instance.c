/* instance.c - see instance.h. */
#include "harness/case/instance.h"

#include "harness/base/clock.h"
#include "harness/base/cores.h"
#include "harness/base/numa.h"
#include "harness/case/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/prctl.h>

/* Threads that shared a core would take turns: that is another question than the benchmark's. */
static enum lb_status choose_cpus(struct lb_instance *instance, int cpu, struct lb_error *error)
{
    const struct lb_case *c = &instance->c;
    unsigned wanted = c->benchmark->threads ? c->benchmark->threads(&c->point) : 0;
    cpu_set_t allowed;
    if (wanted == 0)
        return LB_OK;
    if (wanted > LB_THREADS_MAX || sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return lb_fail(error, LB_SYSTEM, "%u threads are not to be had", wanted);
    unsigned found = lb_cores_choose("/", &allowed, cpu, instance->cpus, wanted);
    if (found < wanted)
        return lb_fail(error, LB_UNAVAILABLE,
                       "needs %u threads on physical cores of their own, and there %s %u", wanted,
                       found == 1 ? "is" : "are", found);
    instance->c.point.cpus = instance->cpus;
    return LB_OK;
}

/* Whether it can run here at all: cores, what the variant says, memory. */
static enum lb_status check_possible(struct lb_instance *instance, int cpu, struct lb_error *error)
{
    const struct lb_point *point = &instance->c.point;
    const struct lb_variant *v = instance->c.variant;
    enum lb_status status = choose_cpus(instance, cpu, error);
    if (status == LB_OK)
        status = lb_allocator_check(v->allocator, error);
    const char *reason = status == LB_OK && v->unavailable ? v->unavailable(point) : NULL;
    if (reason)
        return lb_fail(error, LB_UNAVAILABLE, "%s", reason);
    return status == LB_OK ? lb_memory_suffices(v->footprint_bytes(point), error) : status;
}

/* *starved: it is NULL because the arena or the allocator had no more. */
static void *create(struct lb_instance *instance, bool *starved)
{
    jmp_buf escape;
    *starved = true;
    if (setjmp(escape))
        return NULL;
    lb_arena_escape_to(instance->arena, &escape);
    errno = 0;
    void *state = instance->c.variant->create(&instance->c.point, instance->arena);
    lb_arena_escape_to(instance->arena, NULL);
    *starved = !state && errno == ENOMEM;
    return state;
}

static enum lb_status starve(uint64_t bytes, struct lb_error *error)
{
    return lb_fail(error, LB_UNAVAILABLE, "needs %" PRIu64 " MiB of memory, more than is to be had",
                   (bytes + (1 << 20) - 1) >> 20);
}

static enum lb_status not_created(const struct lb_instance *instance, bool starved,
                                  struct lb_error *error)
{
    struct lb_arena_use use;
    uint64_t bytes = instance->c.variant->footprint_bytes(&instance->c.point);
    if (!starved)
        return lb_fail(error, LB_SYSTEM, "create failed: it returned NULL");
    lb_arena_use(instance->arena, &use);
    uint64_t asked = use.layout_bytes + use.scratch_bytes + use.refused_bytes;
    return starve(asked > bytes ? asked : bytes, error);
}

enum lb_status lb_instance_create(struct lb_instance *instance, const struct lb_case *c, int cpu,
                                  struct lb_error *error)
{
    const struct lb_variant *v = c->variant;
    memset(instance, 0, sizeof *instance);
    instance->c = *c;
    enum lb_status status = check_possible(instance, cpu, error);
    if (status != LB_OK)
        return status;
    lb_numa_stay_near(cpu); /* after the choice of CPUs, which may be of other nodes */
    /* Without this, a system set to THP=always would give huge pages to heaps but not arenas. */
    prctl(PR_SET_THP_DISABLE, v->huge_pages ? 0L : 1L, 0L, 0L, 0L);
    instance->arena = lb_arena_new(v->huge_pages);
    if (!instance->arena)
        return starve(v->footprint_bytes(&instance->c.point), error);
    struct lb_memory_mark before;
    lb_memory_mark(&before);
    bool starved;
    uint64_t start = lb_clock_wall_ns();
    instance->state = create(instance, &starved);
    instance->create_ns = lb_clock_wall_ns() - start;
    lb_memory_since(&before, instance->arena, &instance->memory);
    if (instance->state)
        return LB_OK;
    status = not_created(instance, starved, error);
    lb_arena_free(instance->arena);
    return status;
}

void lb_instance_prepare(struct lb_instance *instance, unsigned mode, uint64_t ops)
{
    if (instance->c.variant->prepare)
        instance->c.variant->prepare(instance->state, mode, ops);
}

uint64_t lb_instance_pass_ops(const struct lb_instance *instance, unsigned mode)
{
    return lb_benchmark_pass_ops(instance->c.benchmark, &instance->c.point, mode);
}

/*
 * The stream repeats every pass, so any number of ops is some whole passes and a rest, which is the
 * beginning of one.
 */
static uint64_t expected_checksum(const struct lb_instance *instance, unsigned mode)
{
    const struct lb_case *c = &instance->c;
    uint64_t pass = lb_instance_pass_ops(instance, mode);
    uint64_t passes = instance->next_op[mode] / pass, rest = instance->next_op[mode] % pass;
    uint64_t begun = 0, remaining = 0;
    if (rest)
        begun = c->benchmark->expected(&c->point, c->variant, mode, 0, rest);
    if (passes)
        remaining = c->benchmark->expected(&c->point, c->variant, mode, rest, pass - rest);
    return passes * (begun + remaining) + begun;
}

enum lb_status lb_instance_verify(const struct lb_instance *instance, struct lb_error *error)
{
    const struct lb_case *c = &instance->c;
    for (unsigned m = 0; m < lb_benchmark_mode_count(c->benchmark); m++) {
        if (!instance->next_op[m])
            continue;
        uint64_t expected = expected_checksum(instance, m);
        if (expected != instance->checksum[m])
            return lb_fail(error, LB_WRONG,
                           "wrong answer: checksum %016" PRIx64 " over %" PRIu64
                           " ops%s%s, expected %016" PRIx64,
                           instance->checksum[m], instance->next_op[m],
                           c->benchmark->modes[m] ? " of mode " : "",
                           lb_benchmark_mode_name(c->benchmark, m), expected);
    }
    return LB_OK;
}

enum lb_status lb_instance_measure(struct lb_instance *instance, unsigned mode,
                                   struct lb_metric_values *values, struct lb_error *error)
{
    const struct lb_case *c = &instance->c;
    const struct lb_measurement m = {.point = &c->point,
                                     .mode = mode,
                                     .state = instance->state,
                                     .next_op = instance->next_op[mode],
                                     .arena = instance->arena,
                                     .values = values};
    lb_metrics_init(values, c->benchmark, "this variant does not report it");
    const char *wrong = c->variant->measure ? c->variant->measure(&m) : NULL;
    return wrong ? lb_fail(error, LB_WRONG, "wrong answer: %s", wrong) : LB_OK;
}

void lb_instance_destroy(struct lb_instance *instance)
{
    if (instance->c.variant->destroy)
        instance->c.variant->destroy(instance->state);
    lb_arena_free(instance->arena);
    instance->arena = NULL;
}
