/* visit.c - see visit.h. */
#include "harness/run/visit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Time that the hypervisor gave to others, of this CPU (or of all), in ns; UINT64_MAX unknown. */
static uint64_t steal_ns(int cpu)
{
    char line[512], name[16];
    unsigned long long steal;
    uint64_t found = UINT64_MAX;
    FILE *f = fopen("/proc/stat", "re");
    if (!f)
        return found;
    snprintf(name, sizeof name, cpu < 0 ? "cpu " : "cpu%d ", cpu);
    while (found == UINT64_MAX && fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0 &&
            sscanf(line, "%*s %*u %*u %*u %*u %*u %*u %*u %llu", &steal) == 1)
            found = steal * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
    fclose(f);
    return found;
}

unsigned lb_visit_samples(const struct lb_visit_options *options, uint64_t sample_ns)
{
    uint64_t fit = LB_SAMPLING_NS / (sample_ns + 1);
    unsigned least = options->passes > 1 ? options->passes : 1;
    unsigned wanted = fit > options->samples ? options->samples : (unsigned)fit;
    return wanted > least ? wanted : least;
}

struct samples {
    struct lb_sample of[LB_SAMPLES_PER_VISIT * LB_VISIT_TRIES];
    unsigned count;
};

static enum lb_status take(struct lb_child *child, const char *mode, unsigned more,
                           struct samples *samples, struct lb_error *error)
{
    enum lb_status status =
        lb_child_sample(child, mode, 0, more, samples->of + samples->count, error);
    if (status == LB_OK)
        samples->count += more;
    return status;
}

static enum lb_status take_enough(const struct lb_visit_options *options, struct lb_child *child,
                                  const char *mode, const struct lb_result *result,
                                  struct samples *samples, struct lb_error *error)
{
    uint64_t last_ns = result->taken_count ? result->taken[result->taken_count - 1].wall_ns : 0;
    unsigned wanted = lb_visit_samples(options, last_ns);
    enum lb_status status = LB_OK;
    for (int try = 0; try < LB_VISIT_TRIES && status == LB_OK; try++) {
        if (lb_result_kept(result, samples->of, samples->count) >= (wanted + 1) / 2)
            break;
        status = take(child, mode, wanted, samples, error);
    }
    return status;
}

enum lb_status lb_visit_make(const struct lb_visit_options *options, struct lb_child *child,
                             unsigned replicate, unsigned round, struct lb_result *result,
                             struct lb_error *error)
{
    const char *mode = lb_benchmark_mode_name(result->c->benchmark, result->c->mode);
    struct lb_warmth warmth;
    struct samples samples = {.count = 0};
    uint64_t steal = steal_ns(options->cpu);
    enum lb_status status =
        lb_child_warm(child, mode, options->warming_ms * UINT64_C(1000000), &warmth, error);
    if (status == LB_OK)
        status = take_enough(options, child, mode, result, &samples, error);
    if (status != LB_OK)
        return status;
    struct lb_visit visit = {.replicate = replicate,
                             .round = round,
                             .steady = warmth.steady,
                             .steal_ns =
                                 steal == UINT64_MAX ? UINT64_MAX : steal_ns(options->cpu) - steal};
    return lb_result_add_visit(result, &visit, samples.of, samples.count);
}
