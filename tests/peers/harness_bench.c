/*
 * harness_bench.c - our side of `make bench-harness`: what the harness itself costs and scatters.
 * See bench_harness.py, which runs it and its peer in turn.
 *
 *   harness_bench empty                 an empty region, and what a bracket and a system call cost
 *   harness_bench median CASE CPU       one run of a second and more: its reported median
 *   harness_bench self CASE CPU PROCESSES VISITS TRIALS
 *                                       a variant against itself, each in so many processes that
 *                                       are visited so often: a line a trial
 *
 * CPU is a number or none. Figures are ns per op unless the key says otherwise.
 */
#include "harness/base/clock.h"
#include "harness/base/pin.h"
#include "harness/run/runner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EMPTY_SAMPLES = 2001 };

static double median_of(double *values, size_t n)
{
    double scratch[EMPTY_SAMPLES];
    return lb_stats_median(values, n, scratch);
}

/* Wall time of an empty region, and of the whole bracket around it, with or without counters. */
static void empty_region(struct lb_counter_session *counters, const char *name)
{
    static double region[EMPTY_SAMPLES], bracket[EMPTY_SAMPLES];
    struct lb_instance nothing;
    struct lb_sampler sampler;
    struct lb_sample sample;
    memset(&nothing, 0, sizeof nothing);
    lb_sampler_init(&sampler, &nothing, counters);
    for (int i = 0; i < EMPTY_SAMPLES; i++) {
        uint64_t start = lb_clock_wall_ns();
        lb_sampler_take_empty(&sampler, &sample);
        bracket[i] = (double)(lb_clock_wall_ns() - start);
        region[i] = (double)sample.wall_ns;
    }
    printf("empty_region_%s %.0f\nbracket_%s %.0f\n", name, median_of(region, EMPTY_SAMPLES), name,
           median_of(bracket, EMPTY_SAMPLES));
}

/* What the two readings of the clock that time a thing take of it themselves. */
static double clock_alone(void)
{
    static double spent[EMPTY_SAMPLES];
    for (int i = 0; i < EMPTY_SAMPLES; i++) {
        uint64_t start = lb_clock_wall_ns();
        spent[i] = (double)(lb_clock_wall_ns() - start);
    }
    return median_of(spent, EMPTY_SAMPLES);
}

/* begin and end of the counters alone: what the group of software events adds to a bracket. */
static void counters_alone(struct lb_counter_session *counters)
{
    static double spent[EMPTY_SAMPLES];
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    for (int i = 0; i < EMPTY_SAMPLES; i++) {
        uint64_t start = lb_clock_wall_ns();
        lb_counters_begin(counters, 0);
        lb_counters_end(counters, 0, deltas);
        spent[i] = (double)(lb_clock_wall_ns() - start);
    }
    printf("counters_alone %.0f\n", median_of(spent, EMPTY_SAMPLES) - clock_alone());
}

/* What the machine takes for the least that a system call can do: a group is read by two. */
static void system_call(void)
{
    static double spent[EMPTY_SAMPLES];
    for (int i = 0; i < EMPTY_SAMPLES; i++) {
        uint64_t start = lb_clock_wall_ns();
        getppid();
        spent[i] = (double)(lb_clock_wall_ns() - start);
    }
    printf("system_call %.0f\n", median_of(spent, EMPTY_SAMPLES) - clock_alone());
}

static int empty(void)
{
    struct lb_counter_session *counters;
    struct lb_error error;
    if (lb_pin_to(lb_pin_default_cpu(), &error) != LB_OK ||
        lb_counters_open(lb_pin_default_cpu(), NULL, &counters, &error) != LB_OK) {
        fprintf(stderr, "harness_bench: %s\n", error.text);
        return 1;
    }
    empty_region(NULL, "without_counters");
    empty_region(counters, "with_counters");
    counters_alone(counters);
    system_call();
    lb_counters_close(counters);
    return 0;
}

/* Free its `placing`. */
static struct lb_runner runner_for(const struct lb_profile *profile, const char *program,
                                   const char *cpu)
{
    struct lb_runner runner = {.child = {.program = program,
                                         .seed = 1,
                                         .cpu = strcmp(cpu, "none") == 0 ? LB_CPU_NONE : atoi(cpu),
                                         .counters = true},
                               .profile = profile,
                               .memory_limit_bytes = UINT64_MAX,
                               .order = {.state = lb_clock_wall_ns()}};
    lb_placing_prepare(&runner.placing, program, lb_clock_wall_ns(), NULL);
    return runner;
}

/* Results of `count` times the same case, measured by the runner as any comparison is. */
static enum lb_status measure(struct lb_runner *runner, const char *id, struct lb_result *results,
                              size_t count, struct lb_case *c)
{
    struct lb_error error;
    enum lb_status status = lb_case_find(lb_benchmark_list, id, 1, c, &error);
    for (size_t i = 0; i < count; i++)
        lb_result_init(&results[i], c);
    if (status == LB_OK)
        status = lb_runner_compare(runner, results, count, INFINITY, &error);
    if (status == LB_OK && results[0].outcome != LB_CASE_OK)
        status = lb_fail(&error, LB_CHILD, "%s", results[0].reason);
    if (status != LB_OK)
        fprintf(stderr, "harness_bench: %s: %s\n", id, error.text);
    return status;
}

static int median(const char *program, const char *id, const char *cpu)
{
    static const struct lb_profile nine = {
        .name = "nine", .depths = {{9, 15}}, .samples = 4, .warming_ms = 100};
    struct lb_runner runner = runner_for(&nine, program, cpu);
    struct lb_result r;
    struct lb_case c;
    uint64_t start = lb_clock_wall_ns();
    if (measure(&runner, id, &r, 1, &c) != LB_OK)
        return 1;
    printf("median %.6f\nkept %zu\ndropped %zu\nfew_samples %d\nseconds %.2f\n",
           r.figures.cpu_ns_per_op.median, r.figures.kept, r.figures.dropped,
           r.figures.notes[LB_NOTE_FEW_SAMPLES], (double)(lb_clock_wall_ns() - start) * 1e-9);
    lb_result_free(&r);
    lb_placing_free(&runner.placing);
    return 0;
}

static int against_itself(const char *program, const char *id, const char *cpu,
                          struct lb_depth depth, int trials)
{
    const struct lb_profile profile = {
        .name = "self", .depths = {depth}, .samples = 2, .warming_ms = 100};
    struct lb_runner runner = runner_for(&profile, program, cpu);
    for (int i = 0; i < trials; i++) {
        struct lb_result pair[2];
        struct lb_case c;
        if (measure(&runner, id, pair, 2, &c) != LB_OK)
            return 1;
        const struct lb_interval *ratio = &pair[1].figures.ratio;
        printf("trial %.6f %d\n", ratio->median,
               ratio->bounded && ratio->low <= 1 && ratio->high >= 1);
        fflush(stdout);
        lb_result_free(&pair[0]);
        lb_result_free(&pair[1]);
    }
    lb_placing_free(&runner.placing);
    return 0;
}

int main(int argc, char **argv)
{
    const char *program = getenv("LAYOUTBENCH");
    if (argc == 2 && strcmp(argv[1], "empty") == 0)
        return empty();
    if (argc == 4 && program && strcmp(argv[1], "median") == 0)
        return median(program, argv[2], argv[3]);
    if (argc == 7 && program && strcmp(argv[1], "self") == 0)
        return against_itself(program, argv[2], argv[3],
                              (struct lb_depth){(unsigned)atoi(argv[4]), (unsigned)atoi(argv[5])},
                              atoi(argv[6]));
    fprintf(stderr, "usage: LAYOUTBENCH=PROGRAM harness_bench empty | median CASE CPU | "
                    "self CASE CPU PROCESSES VISITS TRIALS\n");
    return 2;
}
