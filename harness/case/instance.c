/* instance.c - see instance.h. */
#include "harness/case/instance.h"

#include "harness/base/clock.h"
#include "harness/case/memory.h"

#include <inttypes.h>
#include <string.h>
#include <sys/prctl.h>

enum lb_status lb_instance_create(struct lb_instance *instance, const struct lb_case *c,
                                  struct lb_error *error)
{
    const struct lb_variant *v = c->variant;
    const char *reason = v->unavailable ? v->unavailable(&c->point) : NULL;
    memset(instance, 0, sizeof *instance);
    instance->c = *c;
    if (reason)
        return lb_fail(error, LB_UNAVAILABLE, "%s", reason);
    enum lb_status status = lb_memory_suffices(v->footprint_bytes(&c->point), error);
    if (status != LB_OK)
        return status;
    /* Without this, a system set to THP=always would give huge pages to heaps but not arenas. */
    prctl(PR_SET_THP_DISABLE, v->huge_pages ? 0L : 1L, 0L, 0L, 0L);
    instance->arena = lb_arena_new(v->huge_pages);
    if (!instance->arena)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    struct lb_memory_mark before;
    lb_memory_mark(&before);
    uint64_t start = lb_clock_wall_ns();
    instance->state = v->create(&c->point, instance->arena);
    instance->create_ns = lb_clock_wall_ns() - start;
    lb_memory_since(&before, instance->arena, &instance->memory);
    if (!instance->state) {
        lb_arena_free(instance->arena);
        return lb_fail(error, LB_SYSTEM, "create failed: it returned NULL");
    }
    return LB_OK;
}

void lb_instance_prepare(struct lb_instance *instance, unsigned mode, uint64_t ops)
{
    (void)mode;
    if (instance->c.variant->prepare)
        instance->c.variant->prepare(instance->state, ops);
}

uint64_t lb_instance_pass_ops(const struct lb_instance *instance, unsigned mode)
{
    return lb_benchmark_pass_ops(instance->c.benchmark, &instance->c.point, mode);
}

/* The stream repeats every pass, so any number of ops is some whole passes and a rest. */
static uint64_t expected_checksum(const struct lb_instance *instance, unsigned mode)
{
    const struct lb_case *c = &instance->c;
    uint64_t pass = lb_instance_pass_ops(instance, mode);
    uint64_t passes = instance->next_op[mode] / pass, rest = instance->next_op[mode] % pass;
    uint64_t sum = 0;
    if (passes)
        sum = passes * c->benchmark->expected(&c->point, c->variant, mode, 0, pass);
    if (rest)
        sum += c->benchmark->expected(&c->point, c->variant, mode, 0, rest);
    return sum;
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

void lb_instance_destroy(struct lb_instance *instance)
{
    if (instance->c.variant->destroy)
        instance->c.variant->destroy(instance->state);
    lb_arena_free(instance->arena);
    instance->arena = NULL;
}
