/* exec_simulated.c - see exec_simulated.h. */
#include "harness/simulation/exec_simulated.h"

#include "harness/base/pin.h"
#include "harness/base/spawn.h"
#include "harness/case/exec_record.h"
#include "harness/case/memory.h"
#include "harness/case/model.h"
#include "harness/simulation/callgrind.h"
#include "harness/simulation/geometry.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* So that the parent and the child agree, whose exp() may be different code. */
enum { OPS_STEP = 1 << 12 };

static bool model_of(const struct lb_case *c, struct lb_model *model)
{
    *model = (struct lb_model){0};
    if (c->variant->model)
        c->variant->model(&c->point, c->mode, model);
    return c->variant->model != NULL;
}

/* Misses that come at random are at most as scattered as a Poisson process: the variance of their
 * number is at most their number. */
static double ops_for_error(const struct lb_model *model, uint64_t cache_bytes)
{
    double error = fmax(LB_SIMULATED_ERROR_MISSES,
                        LB_SIMULATED_ERROR_SHARE * lb_model_misses(model, cache_bytes));
    return lb_model_reused_misses(model, cache_bytes) / (error * error);
}

/* Of a pass that is not counted whole. */
static uint64_t part_ops(const struct lb_case *c)
{
    struct lb_model model;
    if (!model_of(c, &model) || model.reused[0].lines <= 0)
        return LB_SIMULATED_OPS_USUAL;
    double ops = fmax(ops_for_error(&model, lb_geometry_standard.l1d.size_bytes),
                      ops_for_error(&model, lb_geometry_standard.last_level.size_bytes));
    ops = fmax(ops, LB_SIMULATED_OPS_MIN);
    return (uint64_t)(fmin(ops, LB_SIMULATED_OPS_MAX) / OPS_STEP + 1) * OPS_STEP;
}

uint64_t lb_exec_simulated_ops(const struct lb_case *c)
{
    uint64_t pass = lb_benchmark_pass_ops(c->benchmark, &c->point, c->mode);
    uint64_t work = pass > c->point.elements ? pass : c->point.elements;
    bool whole = pass <= LB_SIMULATED_OPS_USUAL || c->benchmark->uneven;
    uint64_t part = whole ? pass : part_ops(c);
    if (part < pass)
        return part;
    return work < LB_SIMULATED_OPS_MIN ? (LB_SIMULATED_OPS_MIN + work - 1) / work * pass : pass;
}

uint64_t lb_exec_simulated_warm(const struct lb_case *c, uint64_t last_level_bytes)
{
    uint64_t pass = lb_benchmark_pass_ops(c->benchmark, &c->point, c->mode);
    struct lb_model model;
    if (!last_level_bytes || !model_of(c, &model))
        return pass;
    double times = model.reused[0].lines > 0 ? LB_WARM_REUSED : LB_WARM_STREAMED;
    double ops = times * lb_model_characteristic_ops(&model, last_level_bytes);
    return ops < (double)pass ? (uint64_t)ops + 1 : pass;
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
        lb_case_of_mode(&asked, mode, &modes[done]);
        ops[done] = lb_exec_simulated_ops(&modes[done]);
        lb_exec_simulated_mode(instance, &modes[done],
                               lb_exec_simulated_warm(&modes[done], last_level_bytes), ops[done]);
        done++;
    }
    enum lb_status status = lb_instance_verify(instance, error);
    for (unsigned i = 0; i < done && status == LB_OK; i++)
        record(instance, &modes[i], ops[i], out);
    return status;
}

static enum lb_status check_active(struct lb_error *error)
{
    return lb_callgrind_active() ? LB_OK
                                 : lb_fail(error, LB_USAGE,
                                           "--simulation is for exec under valgrind "
                                           "--tool=callgrind");
}

enum lb_status lb_exec_simulated(const struct lb_case *c, uint64_t last_level_bytes, FILE *out,
                                 struct lb_error *error)
{
    struct lb_instance instance;
    enum lb_status status = check_active(error);
    if (status != LB_OK)
        return status;
    status = lb_instance_create(&instance, c, LB_CPU_NONE, error);
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

/* ---- One process a case -------------------------------------------------------------------- */

struct asked {
    char text[LB_SIMULATED_LIST_BYTES];
    const char *ids[LB_SIMULATED_LIST_CASES];
    int wait_status[LB_SIMULATED_LIST_CASES];
    size_t count;
};

static enum lb_status read_asked(int fd, struct asked *asked, struct lb_error *error)
{
    size_t used = 0;
    ssize_t got = 1;
    while (got > 0 && used < sizeof asked->text - 1) {
        got = read(fd, asked->text + used, sizeof asked->text - 1 - used);
        if (got < 0)
            return lb_fail_errno(error, LB_SYSTEM, "cannot read the cases to simulate");
        used += (size_t)got;
    }
    if (used == sizeof asked->text - 1)
        return lb_fail(error, LB_USAGE, "the list of cases to simulate is too long");
    asked->text[used] = 0;
    asked->count = 0;
    for (char *line = asked->text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        if (asked->count == LB_SIMULATED_LIST_CASES)
            return lb_fail(error, LB_USAGE, "more than %d cases to simulate",
                           LB_SIMULATED_LIST_CASES);
        asked->ids[asked->count++] = line;
    }
    return LB_OK;
}

static _Noreturn void simulate_in_child(const struct lb_benchmark *const *list, const char *id,
                                        uint64_t seed, uint64_t last_level_bytes, FILE *out)
{
    struct lb_case c = {.id = ""};
    struct lb_error error;
    enum lb_status status = lb_case_find(list, id, seed, &c, &error);
    if (status == LB_OK) {
        status = lb_exec_simulated(&c, last_level_bytes, out, &error);
    } else {
        snprintf(c.id, sizeof c.id, "%s", id);
        lb_exec_record_failure(out, &c, status, &error);
    }
    fflush(out);
    _exit(status != LB_OK);
}

/* A child of this process, that ends with it. */
static pid_t fork_child(void)
{
    pid_t self = getpid(), child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != self)
            _exit(1);
    }
    return child;
}

/*
 * What valgrind has translated once, the children need not. The same whatever was asked for: it
 * moves what the allocator has free.
 */
static void translate_ahead(const struct lb_benchmark *const *list, uint64_t seed)
{
    struct lb_case unused;
    lb_case_find(list, "", seed, &unused, NULL);
    lb_memory_suffices(0, NULL);
}

static void record_killed(const struct asked *asked, FILE *out)
{
    for (size_t i = 0; i < asked->count; i++) {
        struct lb_case c;
        struct lb_error error;
        if (!WIFSIGNALED(asked->wait_status[i]))
            continue;
        snprintf(c.id, sizeof c.id, "%s", asked->ids[i]);
        lb_spawn_describe(asked->wait_status[i], &error);
        lb_exec_record_failure(out, &c, LB_CHILD, &error);
    }
}

enum lb_status lb_exec_simulated_each(const struct lb_benchmark *const *list, int fd, uint64_t seed,
                                      uint64_t last_level_bytes, FILE *out, struct lb_error *error)
{
    struct asked asked = {.count = 0};
    enum lb_status status = check_active(error);
    if (status == LB_OK)
        status = read_asked(fd, &asked, error);
    if (status == LB_OK)
        translate_ahead(list, seed);
    for (size_t i = 0; i < asked.count && status == LB_OK; i++) {
        pid_t child = fork_child();
        if (child == 0)
            simulate_in_child(list, asked.ids[i], seed, last_level_bytes, out);
        if (child < 0 || waitpid(child, &asked.wait_status[i], 0) < 0)
            status = lb_fail_errno(error, LB_SYSTEM, "cannot simulate in a process of its own");
    }
    if (status == LB_OK)
        record_killed(&asked, out);
    return status;
}
