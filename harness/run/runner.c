/* runner.c - see runner.h. */
#include "harness/run/runner.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/pin.h"
#include "harness/case/memory.h"
#include "harness/machine/probe.h"
#include "harness/run/visit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ACTORS_MAX = 64 };

/* One variant's process, and the results of its modes. */
struct actor {
    struct lb_child child;
    struct lb_result *results;
    size_t result_count;
    bool standing; /* the layout is built, and nothing went wrong */
    bool finished; /* its ratios are narrow enough: no more replicates */
};

struct comparison {
    struct lb_runner *runner;
    struct actor *actors; /* actors[0] is the reference when reference is not NULL */
    size_t actor_count;
    struct lb_result *results, *reference; /* reference: NULL when it was not selected */
    size_t result_count;
    double budget_seconds;
    unsigned replicate; /* numbered through all batches, so that pairs are unique */
    struct lb_depth depth;
    bool depth_chosen;   /* only when it is known what creating takes */
    double seconds_used; /* by all batches together */
};

/* ---- Actors -------------------------------------------------------------------------------- */

static void fail_actor(struct actor *a, enum lb_outcome outcome, const char *reason)
{
    a->standing = false;
    a->finished = true;
    for (size_t i = 0; i < a->result_count; i++)
        lb_result_fail(&a->results[i], outcome, reason);
}

static void start_actor(const struct comparison *c, struct actor *a)
{
    struct lb_error error;
    const struct lb_case *first = a->results[0].c;
    struct lb_child_options options = c->runner->child;
    options.layout_bytes = first->variant->footprint_bytes(&first->point);
    a->standing = lb_child_start(&a->child, first->id, &options, &error) == LB_OK;
    if (!a->standing)
        fail_actor(a, LB_CASE_ERROR, error.text);
}

static enum lb_status await_actor(struct actor *a)
{
    struct lb_child_ready ready;
    struct lb_error error;
    if (!a->standing)
        return LB_OK;
    enum lb_status status = lb_child_wait_ready(&a->child, &ready, &error);
    if (status == LB_INTERRUPTED)
        return status;
    if (status != LB_OK) {
        fail_actor(a, status == LB_UNAVAILABLE ? LB_CASE_SKIPPED : LB_CASE_ERROR, error.text);
        return LB_OK;
    }
    for (size_t i = 0; i < a->result_count; i++)
        a->results[i].memory = ready.memory;
    return LB_OK;
}

static enum lb_status end_actor(struct actor *a)
{
    struct lb_error error;
    uint64_t checksum;
    if (!a->standing)
        return LB_OK;
    enum lb_status status = lb_child_quit_end(&a->child, &checksum, &error);
    if (status == LB_INTERRUPTED)
        return status;
    if (status != LB_OK) {
        fail_actor(a, LB_CASE_ERROR, error.text);
        return LB_OK;
    }
    for (size_t i = 0; i < a->result_count; i++) {
        a->results[i].checksum = checksum;
        a->results[i].verified = true;
    }
    return LB_OK;
}

/* Scratch (keys, permutations) is not in the footprint: a third more is assumed. */
static uint64_t bytes_of(const struct actor *a)
{
    const struct lb_case *c = a->results[0].c;
    return c->variant->footprint_bytes ? c->variant->footprint_bytes(&c->point) * 4 / 3 : 0;
}

/* Whether its layouts, all at once, take more than is to be had. */
static bool exceeds_limit(const struct comparison *c, struct actor **batch, size_t n)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += bytes_of(batch[i]);
    return bytes > c->runner->memory_limit_bytes;
}

/*
 * Layouts are built at the same time, each after a look at what memory there is. Where that is
 * scarce they are built one after the other, so that each sees what the ones before it left.
 */
static enum lb_status stand_all(const struct comparison *c, struct actor **batch, size_t n)
{
    enum lb_status status = LB_OK;
    bool scarce = exceeds_limit(c, batch, n);
    for (size_t i = 0; i < n && status == LB_OK; i++) {
        start_actor(c, batch[i]);
        if (scarce)
            status = await_actor(batch[i]);
    }
    for (size_t i = 0; i < n && status == LB_OK && !scarce; i++)
        status = await_actor(batch[i]);
    return status;
}

static void kill_all(struct comparison *c)
{
    for (size_t i = 0; i < c->actor_count; i++)
        lb_child_kill(&c->actors[i].child);
}

static double seconds_since(uint64_t start_ns)
{
    return (double)(lb_clock_wall_ns() - start_ns) * 1e-9;
}

/* ---- Visits and rounds --------------------------------------------------------------------- */

/* A child that fails is an error row, and the others go on. */
static enum lb_status visit(const struct comparison *c, struct actor *a, struct lb_result *r,
                            unsigned round)
{
    const struct lb_visit_options options = {.cpu = c->runner->child.cpu,
                                             .samples = c->runner->profile->samples,
                                             .passes = c->runner->passes,
                                             .warming_ms = c->runner->profile->warming_ms};
    struct lb_error error;
    uint64_t start = lb_clock_wall_ns();
    enum lb_status status = lb_visit_make(&options, &a->child, c->replicate, round, r, &error);
    if (status == LB_OK && c->runner->trace)
        lb_trace_visit(c->runner->trace, r, start, lb_clock_wall_ns());
    if (status == LB_OK || status == LB_INTERRUPTED || status == LB_NO_MEMORY)
        return status;
    fail_actor(a, LB_CASE_ERROR, error.text);
    return LB_OK;
}

/* One visit to every standing case, in an order drawn anew. */
static enum lb_status make_round(struct comparison *c, struct actor **batch, size_t n,
                                 unsigned round)
{
    unsigned order[LB_MODES_MAX * ACTORS_MAX];
    size_t count = 0;
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < n; i++)
        for (size_t m = 0; m < batch[i]->result_count && count < LB_COUNT_OF(order); m++)
            order[count++] = (unsigned)(i * LB_MODES_MAX + m);
    lb_stats_shuffle(order, count, &c->runner->order);
    for (size_t k = 0; k < count && status == LB_OK; k++) {
        struct actor *a = batch[order[k] / LB_MODES_MAX];
        if (a->standing)
            status = visit(c, a, &a->results[order[k] % LB_MODES_MAX], round);
        if (lb_interrupted())
            status = LB_INTERRUPTED;
    }
    return status;
}

/* Once a case, behind its visits: they may consume the state, and counts need no replicates. */
static enum lb_status measure_metrics(struct actor *a)
{
    struct lb_error error;
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < a->result_count && a->standing && status == LB_OK; i++) {
        struct lb_result *r = &a->results[i];
        const struct lb_case *c = r->c;
        if (r->metrics_taken || !c->benchmark->metrics[0].name)
            continue;
        r->metrics_taken = true;
        status = lb_child_metrics(&a->child, lb_benchmark_mode_name(c->benchmark, c->mode),
                                  &r->metrics, &error);
    }
    if (status == LB_OK || status == LB_INTERRUPTED)
        return status;
    fail_actor(a, LB_CASE_ERROR, error.text);
    return LB_OK;
}

/* Where creating takes most of the time, more visits to fewer processes tell more. */
static void choose_depth(struct comparison *c, double create_seconds)
{
    if (!c->depth_chosen)
        c->depth =
            *lb_plan_depth(c->runner->profile, create_seconds, c->result_count, c->budget_seconds);
    c->depth_chosen = true;
}

static void mark_drifting(const struct comparison *c)
{
    for (size_t i = 0; i < c->result_count; i++)
        for (size_t v = 0; v < c->results[i].visit_count; v++)
            if (c->results[i].visits[v].replicate == c->replicate)
                c->results[i].visits[v].drifting = true;
}

/* Rounds of visits, between two looks at the clock. */
static enum lb_status make_rounds(struct comparison *c, struct actor **batch, size_t n)
{
    enum lb_status status = LB_OK;
    double before_ns = lb_probe_add_ns_on(c->runner->child.cpu);
    for (unsigned round = 0; round < c->depth.rounds && status == LB_OK; round++)
        status = make_round(c, batch, n, round);
    if (lb_drift_look(&c->runner->drift, before_ns, lb_probe_add_ns_on(c->runner->child.cpu)))
        mark_drifting(c);
    return status;
}

static enum lb_status end_all(struct actor **batch, size_t n)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < n; i++)
        if (batch[i]->standing)
            lb_child_quit_begin(&batch[i]->child);
    for (size_t i = 0; i < n && status == LB_OK; i++)
        status = end_actor(batch[i]);
    return status;
}

/* What has been done since `start_ns`; returns now. */
static uint64_t trace_phase(const struct comparison *c, const char *what, uint64_t start_ns)
{
    uint64_t now = lb_clock_wall_ns();
    if (c->runner->trace)
        lb_trace_phase(c->runner->trace, c->results[0].c, what, start_ns, now);
    return now;
}

/* Fresh processes of the batch, visited in rounds, verified and ended. */
static enum lb_status make_replicate(struct comparison *c, struct actor **batch, size_t n)
{
    uint64_t start = lb_clock_wall_ns();
    lb_placing_draw(&c->runner->placing, &c->runner->child);
    enum lb_status status = stand_all(c, batch, n);
    choose_depth(c, seconds_since(start));
    trace_phase(c, "build", start);
    if (status == LB_OK)
        status = make_rounds(c, batch, n);
    uint64_t visited = lb_clock_wall_ns();
    for (size_t i = 0; i < n && status == LB_OK; i++)
        status = measure_metrics(batch[i]);
    uint64_t measured = trace_phase(c, "metrics", visited);
    if (status == LB_OK)
        status = end_all(batch, n);
    trace_phase(c, "verify", measured);
    c->replicate++;
    kill_all(c);
    c->seconds_used += seconds_since(start);
    return status;
}

/* ---- How many replicates ------------------------------------------------------------------- */

/* NULL as well where it failed: nothing is twice as fast as a wrong answer. */
static const struct lb_result *reference_of(const struct comparison *c, const struct lb_result *r)
{
    if (!c->reference)
        return NULL;
    for (size_t i = 0; i < c->actors[0].result_count; i++) {
        const struct lb_result *reference = &c->actors[0].results[i];
        if (reference->c->mode == r->c->mode)
            return reference->outcome == LB_CASE_OK ? reference : NULL;
    }
    return NULL;
}

static enum lb_status analyse(struct comparison *c)
{
    enum lb_status status = LB_OK;
    for (size_t i = 0; i < c->result_count && status == LB_OK; i++)
        status = lb_result_analyse(&c->results[i], reference_of(c, &c->results[i]));
    return status;
}

static bool narrow(const struct comparison *c, const struct lb_result *r)
{
    const struct lb_figures *f = &r->figures;
    const struct lb_interval *i = f->compared ? &f->ratio : &f->cpu_ns_per_op;
    double limit = c->runner->profile->narrow * i->median;
    return i->bounded && i->high - i->median <= limit && i->median - i->low <= limit;
}

static bool all_finished(struct actor **batch, size_t n, bool has_reference)
{
    for (size_t i = has_reference ? 1 : 0; i < n; i++)
        if (!batch[i]->finished)
            return false;
    return true;
}

/* Marks who is done; true when nobody needs more. */
static bool look(struct comparison *c, struct actor **batch, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct actor *a = batch[i];
        bool done = c->reference == NULL || a != &c->actors[0];
        for (size_t m = 0; m < a->result_count && done; m++)
            done = a->results[m].outcome != LB_CASE_OK || narrow(c, &a->results[m]);
        a->finished |= done;
    }
    return all_finished(batch, n, c->reference && batch[0] == &c->actors[0]);
}

/* The members of the batch that still need replicates; the reference as long as anyone does. */
static size_t still_wanted(const struct comparison *c, struct actor **batch, size_t n,
                           struct actor **wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool failed = batch[i]->results[0].outcome != LB_CASE_OK;
        bool is_reference = c->reference && batch[i] == &c->actors[0];
        if (!failed && (is_reference || !batch[i]->finished))
            wanted[count++] = batch[i];
    }
    return count;
}

/* Adds replicates of the batch until there are `target`, or nobody wants more. */
static enum lb_status replicate_to(struct comparison *c, struct actor **batch, size_t n,
                                   unsigned *done, unsigned target)
{
    struct actor *wanted[ACTORS_MAX];
    enum lb_status status = LB_OK;
    while (status == LB_OK && (*done == 0 || *done < target)) {
        size_t count = still_wanted(c, batch, n, wanted);
        if (!count)
            return LB_OK;
        status = make_replicate(c, wanted, count);
        if (++*done == 1 && target == 0)
            target = c->depth.replicates;
        if (c->runner->on_replicate)
            c->runner->on_replicate(c->runner->context, *done, target);
    }
    return status == LB_OK ? analyse(c) : status;
}

/* The depth's replicates; then more, at fixed looks, while an interval is wide and time is left. */
static enum lb_status run_batch(struct comparison *c, struct actor **batch, size_t n)
{
    const struct lb_profile *profile = c->runner->profile;
    unsigned done = 0;
    enum lb_status status =
        replicate_to(c, batch, n, &done, c->depth_chosen ? c->depth.replicates : 0);
    bool extends = c->depth.replicates == profile->depths[0].replicates;
    for (unsigned i = 0; i < LB_LOOKS_MAX && profile->looks[i] && extends && status == LB_OK; i++) {
        if (look(c, batch, n) || c->seconds_used > c->budget_seconds)
            break;
        status = replicate_to(c, batch, n, &done, profile->looks[i]);
    }
    return status;
}

/* ---- Batches ------------------------------------------------------------------------------- */

static size_t next_batch(const struct comparison *c, size_t from, struct actor **batch, size_t *n)
{
    uint64_t bytes = 0;
    *n = 0;
    if (c->reference && from > 0) {
        batch[(*n)++] = &c->actors[0];
        bytes = bytes_of(&c->actors[0]);
    }
    size_t first = from;
    for (; from < c->actor_count && *n < ACTORS_MAX; from++) {
        uint64_t more = bytes_of(&c->actors[from]);
        if (from > first && bytes + more > c->runner->memory_limit_bytes)
            break;
        bytes += more;
        batch[(*n)++] = &c->actors[from];
    }
    return from;
}

/* A new actor begins where the variant changes, or where the same case stands again. */
static void find_actors(struct comparison *c)
{
    for (size_t i = 0; i < c->result_count; i++) {
        struct lb_result *r = &c->results[i];
        bool same = i > 0 && r->c->variant == r[-1].c->variant && r->c->mode > r[-1].c->mode;
        if (!same)
            c->actors[c->actor_count++] = (struct actor){.results = r};
        c->actors[c->actor_count - 1].result_count++;
    }
    const struct lb_case *first = c->results[0].c;
    if (first->variant == &first->benchmark->variants[0])
        c->reference = c->results;
}

enum lb_status lb_runner_compare(struct lb_runner *runner, struct lb_result *results, size_t count,
                                 double budget_seconds, struct lb_error *error)
{
    struct comparison c = {.runner = runner,
                           .results = results,
                           .result_count = count,
                           .budget_seconds = budget_seconds};
    struct actor *batch[ACTORS_MAX];
    size_t n;
    enum lb_status status = LB_OK;
    c.actors = calloc(count, sizeof *c.actors);
    if (!c.actors)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    find_actors(&c);
    for (size_t from = 0; from < c.actor_count && status == LB_OK;) {
        from = next_batch(&c, from, batch, &n);
        status = run_batch(&c, batch, n);
    }
    kill_all(&c);
    if (analyse(&c) != LB_OK)
        status = LB_NO_MEMORY;
    free(c.actors);
    if (status == LB_NO_MEMORY)
        lb_fail(error, status, "out of memory");
    if (status == LB_INTERRUPTED)
        lb_fail(error, status, "interrupted");
    return status;
}
