/* exec.c - see exec.h. */
#include "harness/case/exec.h"

#include "harness/base/pin.h"
#include "harness/case/exec_record.h"
#include "harness/case/protocol.h"
#include "harness/simulation/callgrind.h"
#include "harness/simulation/exec_simulated.h"

#include <inttypes.h>
#include <string.h>

/* ---- Free-running -------------------------------------------------------------------------- */

/* Without counters: they would take the PMU from the profiler that this is for. */
static void run_once(struct lb_instance *instance, unsigned mode, uint64_t ops,
                     struct lb_sample *sample)
{
    struct lb_sampler sampler;
    if (lb_callgrind_active()) {
        memset(sample, 0, sizeof *sample);
        sample->ops = ops;
        lb_exec_simulated_mode(instance, &instance->c, lb_instance_pass_ops(instance, mode), ops);
        return;
    }
    lb_sampler_init(&sampler, instance, NULL);
    uint64_t pass = lb_instance_pass_ops(instance, mode);
    lb_instance_prepare(instance, mode, pass);
    lb_instance_run(instance, mode, pass);
    lb_sampler_take(&sampler, mode, ops, sample);
}

enum lb_status lb_exec_free_running(const struct lb_case *c, const struct lb_exec_options *options,
                                    FILE *out, struct lb_error *error)
{
    struct lb_instance instance;
    struct lb_metric_values metrics;
    struct lb_sample sample = {0};
    enum lb_status status = lb_instance_create(&instance, c, options->cpu, error);
    if (status != LB_OK) {
        lb_exec_record_failure(out, c, status, error);
        return status;
    }
    status = lb_pin_to(options->cpu, error);
    uint64_t ops = options->ops_given ? options->ops : lb_instance_pass_ops(&instance, c->mode);
    if (ops && status == LB_OK)
        run_once(&instance, c->mode, ops, &sample);
    if (status == LB_OK)
        status = lb_instance_verify(&instance, error);
    if (status == LB_OK && options->metrics)
        status = lb_instance_measure(&instance, c->mode, &metrics, error);
    if (status == LB_OK)
        lb_exec_record(out, &instance, &sample, options->metrics ? &metrics : NULL);
    else
        lb_exec_record_failure(out, c, status, error);
    /* What was only built is not torn down: freeing an aged heap takes as long as building it. */
    if (ops || options->metrics)
        lb_instance_destroy(&instance);
    return status;
}

/* ---- Driven -------------------------------------------------------------------------------- */

struct service {
    struct lb_instance instance;
    struct lb_sampler sampler;
    struct lb_line_reader reader;
    struct lb_pin_cpus unpinned;
    int fd;
    unsigned slowdown_permille;
    bool measured; /* metrics were asked for: the state may be consumed, nothing is timed now */
};

static bool mode_by_name(const struct service *s, const char *name, unsigned *mode)
{
    const struct lb_benchmark *b = s->instance.c.benchmark;
    for (*mode = 0; *mode < lb_benchmark_mode_count(b); ++*mode) {
        const char *candidate = lb_benchmark_mode_name(b, *mode);
        if (strcmp(*candidate ? candidate : "-", name) == 0)
            return s->instance.c.variant->run[*mode] != NULL;
    }
    return false;
}

static enum lb_status answer_warm(struct service *s, unsigned mode, uint64_t max_ns,
                                  struct lb_error *error)
{
    struct lb_warmth warmth;
    lb_sampler_warm(&s->sampler, mode, max_ns, &warmth);
    return lb_line_write(s->fd, error, "warmed %u %d %.6f", warmth.slices, warmth.steady,
                         warmth.ns_per_op);
}

/* A sample that came out short was calibrated on a slow moment: the next ones are longer. */
static uint64_t next_ops(uint64_t ops, const struct lb_sample *sample, uint64_t pass)
{
    if (sample->wall_ns >= LB_SAMPLE_NS)
        return ops;
    return ops >= pass ? ops + (ops / pass / 4 + 1) * pass : ops + ops / 4 + 1;
}

/*
 * The gate's self-test needs a program that is slower by a known share, without a compiler: ops
 * that are done, verified, and not reported. Rounded to whole ops.
 */
static void take_sample(struct service *s, unsigned mode, uint64_t ops, struct lb_sample *sample)
{
    uint64_t unreported = (ops * s->slowdown_permille + 500) / 1000;
    lb_sampler_take(&s->sampler, mode, ops + unreported, sample);
    sample->ops = ops;
}

static enum lb_status answer_sample(struct service *s, unsigned mode, uint64_t ops, unsigned count,
                                    struct lb_error *error)
{
    bool calibrate = ops == 0;
    uint64_t pass = lb_instance_pass_ops(&s->instance, mode);
    enum lb_status status = LB_OK;
    if (calibrate)
        ops = lb_sampler_ops(&s->sampler, mode);
    for (unsigned i = 0; i < count && status == LB_OK; i++) {
        struct lb_sample sample;
        take_sample(s, mode, ops, &sample);
        if (calibrate)
            ops = next_ops(ops, &sample, pass);
        status = lb_sample_write(s->fd, &sample, error);
    }
    return status == LB_OK ? lb_line_write(s->fd, error, "done") : status;
}

/* The last thing asked of a mode: what it does to the state is no part of the answer. */
static enum lb_status answer_metrics(struct service *s, unsigned mode, struct lb_error *error)
{
    struct lb_metric_values values;
    const struct lb_benchmark *b = s->instance.c.benchmark;
    unsigned count = lb_metrics_count(b);
    enum lb_status status = lb_instance_measure(&s->instance, mode, &values, error);
    s->measured = true;
    if (status != LB_OK)
        lb_line_write(s->fd, NULL, "failed %s", error->text);
    for (unsigned i = 0; i < count && status == LB_OK; i++)
        status = lb_metric_write(s->fd, b->metrics[i].name, &values.of[i], error);
    return status == LB_OK ? lb_line_write(s->fd, error, "done") : status;
}

/* Whoever drives several has them all verify at once. */
static enum lb_status answer_quit(struct service *s, struct lb_error *error)
{
    lb_pin_return(&s->unpinned);
    enum lb_status status = lb_instance_verify(&s->instance, error);
    uint64_t checksum = 0;
    for (unsigned m = 0; m < LB_MODES_MAX; m++)
        checksum += s->instance.checksum[m];
    if (status == LB_OK)
        return lb_line_write(s->fd, error, "verified %016" PRIx64, checksum);
    lb_line_write(s->fd, NULL, "failed %s", error->text);
    return status;
}

static enum lb_status refuse(struct service *s, const char *line, struct lb_error *error)
{
    lb_line_write(s->fd, NULL, "failed cannot understand '%.200s'", line);
    return lb_fail(error, LB_PROTOCOL, "cannot understand '%.200s'", line);
}

static enum lb_status answer(struct service *s, const char *line, bool *quit,
                             struct lb_error *error)
{
    char mode_name[LB_MODE_NAME_BYTES];
    _Static_assert(LB_MODE_NAME_BYTES == 64, "the formats below read 63 bytes");
    unsigned mode, count;
    uint64_t number;
    *quit = strcmp(line, "quit") == 0;
    if (*quit)
        return answer_quit(s, error);
    if (sscanf(line, "metrics %63s", mode_name) == 1 && mode_by_name(s, mode_name, &mode))
        return answer_metrics(s, mode, error);
    if (s->measured)
        return refuse(s, line, error);
    if (sscanf(line, "warm %63s %" SCNu64, mode_name, &number) == 2 &&
        mode_by_name(s, mode_name, &mode))
        return answer_warm(s, mode, number, error);
    if (sscanf(line, "sample %63s %" SCNu64 " %u", mode_name, &number, &count) == 3 &&
        mode_by_name(s, mode_name, &mode) && (number || s->sampler.ns_per_op[mode] > 0))
        return answer_sample(s, mode, number, count, error);
    return refuse(s, line, error);
}

static enum lb_status serve(struct service *s, struct lb_error *error)
{
    char line[LB_LINE_BYTES];
    bool quit = false;
    const struct lb_memory_use *m = &s->instance.memory;
    enum lb_status status = lb_line_write(
        s->fd, error, "ready %d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s",
        LB_PROTOCOL_VERSION, s->instance.create_ns, m->arena_bytes, m->heap_bytes,
        m->resident_bytes, m->huge_page_bytes, m->allocator);
    while (status == LB_OK && !quit) {
        status = lb_line_read(&s->reader, -1, line, error);
        if (status == LB_INTERRUPTED)
            status = LB_OK;
        else if (status == LB_OK)
            status = answer(s, line, &quit, error);
    }
    return status;
}

enum lb_status lb_exec_driven(const struct lb_case *c, const struct lb_exec_options *options,
                              int fd, struct lb_error *error)
{
    struct service s = {
        .fd = fd, .reader = {.fd = fd}, .slowdown_permille = options->slowdown_permille};
    struct lb_counter_session *session = NULL;
    lb_pin_note(&s.unpinned);
    enum lb_status status = lb_instance_create(&s.instance, c, options->cpu, error);
    bool created = status == LB_OK;
    if (created)
        status = lb_pin_to(options->cpu, error);
    if (status == LB_OK && options->counters)
        status = lb_counters_open(options->cpu, options->events, &session, error);
    if (status != LB_OK) {
        lb_line_write(fd, NULL, "%s %s", status == LB_UNAVAILABLE ? "skipped" : "failed",
                      error->text);
    } else {
        lb_sampler_init(&s.sampler, &s.instance, session);
        status = serve(&s, error);
    }
    lb_counters_close(session);
    if (created)
        lb_instance_destroy(&s.instance);
    return status;
}
