/* pair.c - see pair.h. */
#include "ci/pair.h"

#include "harness/base/clock.h"
#include "harness/case/child.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/*
 * In milliseconds: a visit is 4 samples of a little over 1, warming takes from 1 (two slices of a
 * small layout) to 30 (two of 10 of a big one, after a first guess).
 */
enum { SAMPLES = 4, VISITS = 3, VISITS_MAX = 12, WARM_MAX_NS = 20000000 };

/* A layout that took long to build is worth more visits: one for each this much. */
#define CREATE_NS_PER_VISIT 15000000

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

static enum lb_status build(struct match *m, enum lb_side side, struct lb_error *error)
{
    struct lb_child_options options = {
        .program = m->options->program[side],
        .seed = m->options->seed,
        .cpu = m->options->cpu,
        .slowdown_permille = side == LB_SIDE_HEAD ? m->options->head_slowdown_permille : 0,
        .answer_ms = m->options->answer_ms,
    };
    struct lb_child_ready ready;
    m->pair->failed = side;
    enum lb_status status =
        lb_child_start(&m->children[side], m->request->case_id, &options, error);
    if (status != LB_OK)
        return LB_SYSTEM;
    status = lb_child_wait_ready(&m->children[side], &ready, error);
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

static enum lb_status visit(struct match *m, enum lb_side side, unsigned mode, unsigned *blocked,
                            struct lb_error *error)
{
    struct lb_sample samples[SAMPLES];
    struct lb_pair_time *time = &m->pair->times[mode][side];
    m->pair->failed = side;
    enum lb_status status =
        lb_child_sample(&m->children[side], m->request->modes[mode], 0, SAMPLES, samples, error);
    for (size_t i = 0; i < SAMPLES && status == LB_OK; i++) {
        time->cpu_ns = fmin(time->cpu_ns, (double)samples[i].cpu_ns / (double)samples[i].ops);
        time->wall_ns = fmin(time->wall_ns, (double)samples[i].wall_ns / (double)samples[i].ops);
        *blocked += samples[i].voluntary_switches > 0;
    }
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

static enum lb_status measure(struct match *m, unsigned mode, struct lb_error *error)
{
    struct lb_pair_time *times = m->pair->times[mode];
    unsigned blocked[LB_SIDES] = {0};
    enum lb_side turn = m->request->first;
    uint64_t start = lb_clock_wall_ns();
    times[0] = times[1] = (struct lb_pair_time){INFINITY, INFINITY, false};
    enum lb_status status = warm(m, turn, mode, error);
    if (status == LB_OK)
        status = warm(m, other(turn), mode, error);
    for (unsigned i = 0; i < 2 * m->pair->visits && status == LB_OK; i++) {
        if (i % 2)
            turn = other(turn); /* A B, B A, A B */
        status = visit(m, turn, mode, &blocked[turn], error);
    }
    for (int side = 0; side < LB_SIDES; side++)
        times[side].blocks = 2 * blocked[side] > m->pair->visits * SAMPLES;
    m->pair->seconds[mode] = seconds_since(start);
    return status;
}

static unsigned visits_for(const struct lb_pair *pair)
{
    uint64_t create_ns = pair->create_ns[LB_SIDE_BASE] + pair->create_ns[LB_SIDE_HEAD];
    uint64_t more = create_ns / 2 / CREATE_NS_PER_VISIT;
    return more < VISITS_MAX - VISITS ? VISITS + (unsigned)more : VISITS_MAX;
}

static enum lb_status verify(struct match *m, enum lb_side side, struct lb_error *error)
{
    uint64_t checksum;
    m->pair->failed = side;
    lb_child_quit_begin(&m->children[side]);
    return lb_child_quit_end(&m->children[side], &checksum, error);
}

static enum lb_status build_both(struct match *m, struct lb_error *error)
{
    uint64_t limit_ns = m->request->create_limit_ns;
    enum lb_side first = limit_ns ? LB_SIDE_BASE : m->request->first;
    enum lb_status status = build(m, first, error);
    m->pair->slow_to_create = limit_ns && m->pair->create_ns[LB_SIDE_BASE] > limit_ns;
    if (status == LB_OK && !m->pair->slow_to_create)
        status = build(m, other(first), error);
    return status;
}

static enum lb_status take(struct match *m, struct lb_error *error)
{
    uint64_t start = lb_clock_wall_ns();
    enum lb_status status = build_both(m, error);
    m->pair->setup_seconds = seconds_since(start);
    if (status != LB_OK || nothing_to_time(m->pair))
        return status;
    m->pair->visits = m->request->visits ? m->request->visits : visits_for(m->pair);
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
        status = verify(&m, side, error);
    for (int side = 0; side < LB_SIDES; side++)
        lb_child_kill(&m.children[side]);
    pair->setup_seconds += seconds_since(start);
    return status;
}
