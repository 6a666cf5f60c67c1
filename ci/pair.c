/* pair.c - see pair.h. */
#include "ci/pair.h"

#include "harness/base/clock.h"
#include "harness/base/stats.h"
#include "harness/case/child.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/*
 * In milliseconds: a visit is 2 samples of a little over 1, warming takes from 1 (two slices of a
 * small layout) to 30 (two of 10 of a big one, after a first guess). Many short turns: what a
 * neighbour does for tens of milliseconds meets both sides. Odd: then each side is as often the one
 * that goes on from its last turn, and is faster for it (by 10 % beyond the caches), as the other.
 */
enum { SAMPLES = 2, VISITS = 9, VISITS_BRIEF = 3, VISITS_MAX = 31, WARM_MAX_NS = 20000000 };

/* How long a pair may be sampled, whatever a sample takes: a whole pass may take 0.1 s. */
#define SAMPLING_NS 200e6

/*
 * A layout that took long to build is worth more visits: two for each this much. Beyond the caches
 * a turn scatters by 5 to 10 % of its ratio: 31 of them bring the pair's from 2.4 to 1.5 %.
 */
#define CREATE_NS_PER_TWO_VISITS 10000000

/* How long a process takes to start, at most, before it begins to build: 10 or 20 are usual. */
enum { READY_MS = 50 };

/* `exec` of a program that does not know the option or the command. */
enum { USAGE_EXIT = 2 };

struct match {
    const struct lb_pair_options *options;
    const struct lb_pair_request *request;
    struct lb_child children[LB_SIDES];
    struct lb_pair *pair;
};

static enum lb_side other(enum lb_side side)
{
    return side == LB_SIDE_BASE ? LB_SIDE_HEAD : LB_SIDE_BASE;
}

/* A program that ends with a usage error before it is ready never understood the question. */
static enum lb_status not_ready(const struct lb_child *child, enum lb_status status)
{
    return status == LB_CHILD && child->exit_status == USAGE_EXIT ? LB_PROTOCOL : status;
}

static enum lb_status start(struct match *m, enum lb_side side, struct lb_error *error)
{
    struct lb_child_options options = {
        .program = m->options->program[side],
        .file = m->request->file[side],
        .seed = m->options->seed,
        .cpu = m->options->cpu,
        .placement = m->request->placement,
        .slowdown_permille = side == LB_SIDE_HEAD ? m->options->head_slowdown_permille : 0,
        .answer_ms = m->options->answer_ms,
    };
    m->pair->failed = side;
    enum lb_status status =
        lb_child_start(&m->children[side], m->request->case_id, &options, error);
    return status == LB_OK ? LB_OK : LB_SYSTEM;
}

static enum lb_status await(struct match *m, enum lb_side side, struct lb_error *error)
{
    struct lb_child_ready ready;
    m->pair->failed = side;
    enum lb_status status = lb_child_wait_ready(&m->children[side], &ready, error);
    if (status == LB_UNAVAILABLE) {
        m->pair->skipped[side] = true;
        return LB_OK;
    }
    if (status == LB_OK)
        m->pair->create_ns[side] = ready.create_ns;
    return not_ready(&m->children[side], status);
}

static enum lb_status warm(struct match *m, enum lb_side side, unsigned mode,
                           struct lb_error *error)
{
    struct lb_warmth warmth;
    m->pair->failed = side;
    return lb_child_warm(&m->children[side], m->request->modes[mode], WARM_MAX_NS, &warmth, error);
}

/* What one side's visits said. The least sample of a visit is what it says. */
struct visits {
    double cpu_ns[VISITS_MAX], wall_ns[VISITS_MAX];
    unsigned count;
    unsigned blocked;   /* samples that gave up the CPU by themselves */
    uint64_t sample_ns; /* wall time of the shortest sample */
};

static enum lb_status visit(struct match *m, enum lb_side side, unsigned mode,
                            struct visits *visits, struct lb_error *error)
{
    struct lb_sample samples[SAMPLES];
    double cpu_ns = INFINITY, wall_ns = INFINITY;
    m->pair->failed = side;
    enum lb_status status =
        lb_child_sample(&m->children[side], m->request->modes[mode], 0, SAMPLES, samples, error);
    for (size_t i = 0; i < SAMPLES && status == LB_OK; i++) {
        cpu_ns = fmin(cpu_ns, (double)samples[i].cpu_ns / (double)samples[i].ops);
        wall_ns = fmin(wall_ns, (double)samples[i].wall_ns / (double)samples[i].ops);
        visits->blocked += samples[i].voluntary_switches > 0;
        if (!visits->sample_ns || samples[i].wall_ns < visits->sample_ns)
            visits->sample_ns = samples[i].wall_ns;
    }
    visits->cpu_ns[visits->count] = cpu_ns;
    visits->wall_ns[visits->count++] = wall_ns;
    return status;
}

static double seconds_since(uint64_t start_ns)
{
    return (double)(lb_clock_wall_ns() - start_ns) * 1e-9;
}

static bool nothing_to_time(const struct lb_pair *pair)
{
    return pair->skipped[LB_SIDE_BASE] || pair->skipped[LB_SIDE_HEAD] || pair->slow_to_create;
}

/*
 * The mean of the lower half. What a neighbour does only ever adds, so that the least is free of
 * most of it; but a layout beyond the caches has a spread of its own, of which one value is a poor
 * witness. Sorts the values.
 */
static double lower_half(double *values, unsigned count)
{
    double sum = 0;
    unsigned half = (count + 1) / 2;
    lb_stats_sort(values, count);
    for (unsigned i = 0; i < half; i++)
        sum += values[i];
    return sum / half;
}

static void summarise(struct visits *visits, struct lb_pair_time *time)
{
    *time = (struct lb_pair_time){.cpu_ns = lower_half(visits->cpu_ns, visits->count),
                                  .wall_ns = lower_half(visits->wall_ns, visits->count),
                                  .blocks = 2 * visits->blocked > visits->count * SAMPLES};
}

/* An odd number, by what a sample of each side takes. */
static unsigned visits_for(const struct match *m, const struct visits visits[LB_SIDES])
{
    double sample_ns =
        (double)visits[LB_SIDE_BASE].sample_ns + (double)visits[LB_SIDE_HEAD].sample_ns;
    uint64_t create_ns = m->pair->create_ns[LB_SIDE_BASE] + m->pair->create_ns[LB_SIDE_HEAD];
    uint64_t twos = create_ns / LB_SIDES / CREATE_NS_PER_TWO_VISITS;
    unsigned least = m->request->brief ? VISITS_BRIEF : VISITS;
    unsigned wanted = twos < (VISITS_MAX - least) / 2 ? least + 2 * (unsigned)twos : VISITS_MAX;
    double most = SAMPLING_NS / (SAMPLES * fmax(sample_ns, 1));
    return most < 3 ? 1 : most < wanted ? ((unsigned)most - 1) | 1 : wanted;
}

static enum lb_status measure(struct match *m, unsigned mode, struct lb_error *error)
{
    struct visits visits[LB_SIDES] = {{.count = 0}};
    enum lb_side side = m->request->first;
    uint64_t start = lb_clock_wall_ns();
    unsigned turns = LB_SIDES;
    enum lb_status status = warm(m, side, mode, error);
    if (status == LB_OK)
        status = warm(m, other(side), mode, error);
    for (unsigned i = 0; i < turns && status == LB_OK; i++) {
        if (i % 2)
            side = other(side); /* A B, B A, A B */
        status = visit(m, side, mode, &visits[side], error);
        if (i + 1 == LB_SIDES)
            turns = LB_SIDES * visits_for(m, visits);
    }
    for (int s = 0; s < LB_SIDES && status == LB_OK; s++)
        summarise(&visits[s], &m->pair->times[mode][s]);
    m->pair->seconds[mode] = seconds_since(start);
    return status;
}

static enum lb_status verify(struct match *m, enum lb_side side, struct lb_error *error)
{
    uint64_t checksum;
    m->pair->failed = side;
    lb_child_quit_begin(&m->children[side]);
    return lb_child_quit_end(&m->children[side], &checksum, error);
}

/* Nobody waits for what takes longer than the limit by far. */
static enum lb_status await_within(struct match *m, enum lb_side side, uint64_t limit_ns,
                                   struct lb_error *error)
{
    int wait_ms = READY_MS + (int)(2 * limit_ns / 1000000);
    enum lb_status status = LB_OK;
    m->pair->slow_to_create = !lb_child_speaks(&m->children[side], wait_ms);
    if (!m->pair->slow_to_create)
        status = await(m, side, error);
    m->pair->slow_to_create |= m->pair->create_ns[side] > limit_ns;
    return status;
}

/*
 * At the same time; but where building may take too long, the base alone first: then nobody waits
 * for the head.
 */
static enum lb_status build_both(struct match *m, struct lb_error *error)
{
    uint64_t limit_ns = m->request->create_limit_ns;
    enum lb_side first = limit_ns ? LB_SIDE_BASE : m->request->first;
    enum lb_status status = start(m, first, error);
    if (status == LB_OK && limit_ns)
        status = await_within(m, first, limit_ns, error);
    if (status != LB_OK || m->pair->slow_to_create)
        return status;
    status = start(m, other(first), error);
    if (status == LB_OK && !limit_ns)
        status = await(m, first, error);
    return status == LB_OK ? await(m, other(first), error) : status;
}

static enum lb_status take(struct match *m, struct lb_error *error)
{
    uint64_t start = lb_clock_wall_ns();
    enum lb_status status = build_both(m, error);
    m->pair->setup_seconds = seconds_since(start);
    if (status != LB_OK || nothing_to_time(m->pair))
        return status;
    for (unsigned mode = 0; mode < m->request->mode_count && status == LB_OK; mode++) {
        m->pair->failed_mode = mode;
        status = measure(m, mode, error);
    }
    if (status == LB_OK)
        m->pair->failed_mode = m->request->mode_count;
    return status == LB_PROTOCOL ? LB_CHILD : status;
}

enum lb_status lb_pair_take(const struct lb_pair_options *options,
                            const struct lb_pair_request *request, struct lb_pair *pair,
                            struct lb_error *error)
{
    struct match m = {.options = options, .request = request, .pair = pair};
    memset(pair, 0, sizeof *pair);
    pair->failed_mode = request->mode_count;
    assert(request->mode_count <= LB_MODES_MAX);
    enum lb_status status = take(&m, error);
    uint64_t start = lb_clock_wall_ns();
    bool answers = request->verify && !nothing_to_time(pair);
    for (int side = 0; side < LB_SIDES && answers && status == LB_OK; side++)
        status = verify(&m, (enum lb_side)side, error);
    for (int side = 0; side < LB_SIDES; side++)
        lb_child_kill(&m.children[side]);
    pair->setup_seconds += seconds_since(start);
    return status;
}
