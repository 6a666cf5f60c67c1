/* exec_simulated.c - see exec_simulated.h. */
#include "harness/simulation/exec_simulated.h"

#include "harness/base/pin.h"
#include "harness/case/exec_record.h"
#include "harness/case/model.h"
#include "harness/simulation/callgrind.h"

#include <string.h>

uint64_t lb_exec_simulated_ops(uint64_t pass_ops, uint64_t elements)
{
    uint64_t work = pass_ops > elements ? pass_ops : elements;
    uint64_t passes = work < LB_SIMULATED_OPS_MIN ? (LB_SIMULATED_OPS_MIN + work - 1) / work : 1;
    return pass_ops > LB_SIMULATED_OPS_MAX ? LB_SIMULATED_OPS_MAX : passes * pass_ops;
}

/* A quarter more than the model asks for: a model is not exact. */
uint64_t lb_exec_simulated_warm(const struct lb_case *c, uint64_t last_level_bytes)
{
    uint64_t pass_ops = lb_benchmark_pass_ops(c->benchmark, &c->point, c->mode);
    struct lb_model model = {0};
    if (!last_level_bytes || !c->variant->model)
        return pass_ops;
    c->variant->model(&c->point, c->mode, &model);
    double fetches = 1.25 * LB_WARM_FILLS * ((double)last_level_bytes / LB_CACHE_LINE_BYTES);
    double ops = fetches / lb_model_misses(&model, last_level_bytes); /* none: infinite */
    return ops < (double)pass_ops ? (uint64_t)ops + 1 : pass_ops;
}

/* What `prepare` does is seen by the caches, as it is by real ones, but not counted. */
void lb_exec_simulated_mode(struct lb_instance *instance, const struct lb_case *c, uint64_t warm,
                            uint64_t ops)
{
    char warm_name[LB_CASE_ID_BYTES + sizeof LB_WARM_DUMP_PREFIX];
    snprintf(warm_name, sizeof warm_name, "%s%s", LB_WARM_DUMP_PREFIX, c->id);
    lb_instance_prepare(instance, c->mode, warm);
    lb_callgrind_start();
    lb_instance_run(instance, c->mode, warm);
    lb_callgrind_dump(warm_name);
    lb_instance_prepare(instance, c->mode, ops);
    lb_callgrind_zero();
    lb_instance_run(instance, c->mode, ops);
    lb_callgrind_dump(c->id);
    lb_callgrind_stop();
}

static void record(struct lb_instance *instance, const struct lb_case *c, uint64_t ops, FILE *out)
{
    struct lb_sample sample = {.ops = ops};
    instance->c = *c;
    lb_exec_record(out, instance, &sample, NULL);
}

static enum lb_status every_mode(struct lb_instance *instance, uint64_t last_level_bytes, FILE *out,
                                 struct lb_error *error)
{
    const struct lb_case asked = instance->c;
    struct lb_case modes[LB_MODES_MAX];
    uint64_t ops[LB_MODES_MAX];
    unsigned done = 0;
    for (unsigned mode = 0; mode < lb_benchmark_mode_count(asked.benchmark); mode++) {
        if (!asked.variant->run[mode])
            continue;
        uint64_t pass = lb_instance_pass_ops(instance, mode);
        lb_case_of_mode(&asked, mode, &modes[done]);
        ops[done] = lb_exec_simulated_ops(pass, asked.point.elements);
        lb_exec_simulated_mode(instance, &modes[done],
                               lb_exec_simulated_warm(&modes[done], last_level_bytes), ops[done]);
        done++;
    }
    enum lb_status status = lb_instance_verify(instance, error);
    for (unsigned i = 0; i < done && status == LB_OK; i++)
        record(instance, &modes[i], ops[i], out);
    return status;
}

enum lb_status lb_exec_simulated(const struct lb_case *c, uint64_t last_level_bytes, FILE *out,
                                 struct lb_error *error)
{
    struct lb_instance instance;
    if (!lb_callgrind_active())
        return lb_fail(error, LB_USAGE, "--simulation is for exec under valgrind --tool=callgrind");
    enum lb_status status = lb_instance_create(&instance, c, LB_CPU_NONE, error);
    if (status == LB_OK) {
        status = every_mode(&instance, last_level_bytes, out, error);
        if (status == LB_OK)
            return LB_OK; /* what stands is not freed: the process ends, and here that is slow */
        lb_instance_destroy(&instance);
    }
    if (status != LB_OK)
        lb_exec_record_failure(out, c, status, error);
    return status;
}
