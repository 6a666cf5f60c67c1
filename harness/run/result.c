/* result.c - see result.h. */
#include "harness/run/result.h"

#include "harness/case/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lb_note_name(enum lb_note note)
{
    static const char *const names[] = {
#define X(identifier, name) name,
        LB_NOTES(X)
#undef X
    };
    return names[note];
}

void lb_result_init(struct lb_result *result, const struct lb_case *c)
{
    memset(result, 0, sizeof *result);
    memset(&result->memory, 0xff, sizeof result->memory); /* LB_MEMORY_UNKNOWN, all of them */
    result->memory.allocator[0] = 0;
    result->c = c;
    lb_metrics_init(&result->metrics, c->benchmark, "the run ended before it was measured");
}

void lb_result_free(struct lb_result *result)
{
    free(result->taken);
    free(result->visits);
    result->taken = NULL;
    result->visits = NULL;
}

enum lb_outcome lb_result_outcome(const struct lb_result *r)
{
    return r->outcome == LB_CASE_KEPT ? r->kept_outcome : r->outcome;
}

void lb_result_fail(struct lb_result *result, enum lb_outcome outcome, const char *reason)
{
    if (result->outcome != LB_CASE_OK)
        return;
    result->outcome = outcome;
    snprintf(result->reason, sizeof result->reason, "%s", reason);
    lb_metrics_init(&result->metrics, result->c->benchmark, reason);
}

/* ---- Raw samples --------------------------------------------------------------------------- */

static bool keep(const struct lb_result *result, const struct lb_sample *s)
{
    if (result->c->benchmark->blocks)
        return true;
    uint64_t allowed = s->cpu_ns < LB_LONG_SAMPLE_NS ? 0 : s->cpu_ns / LB_SWITCH_FREE_NS;
    return !s->migrated && s->involuntary_switches <= allowed;
}

unsigned lb_result_kept(const struct lb_result *result, const struct lb_sample *samples,
                        unsigned count)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++)
        kept += keep(result, &samples[i]);
    return kept;
}

/* Room for `more` members of `size` bytes; false when out of memory. */
static bool reserve(void **array, size_t *capacity, size_t count, size_t more, size_t size)
{
    if (count + more <= *capacity)
        return true;
    size_t larger = 2 * (count + more);
    void *grown = realloc(*array, larger * size);
    if (!grown)
        return false;
    *array = grown;
    *capacity = larger;
    return true;
}

static void add_counters(struct lb_result *r, const struct lb_sample *s, bool kept)
{
    for (int c = 0; c < LB_COUNTERS_MAX; c++) {
        const struct lb_counter_delta *d = &s->counters[c];
        struct lb_counter_total *total = &r->counters[c];
        total->lost |= d->lost;
        /* Switches and migrations are why a sample is dropped: dropped ones count for them. */
        bool about_drops = c == LB_COUNTER_CONTEXT_SWITCHES || c == LB_COUNTER_MIGRATIONS;
        if (!d->valid || (!kept && !about_drops))
            continue;
        total->value += d->value;
        total->ops += s->ops;
        total->time_enabled_ns += d->time_enabled_ns;
        total->time_running_ns += d->time_running_ns;
    }
}

static void add_sample(struct lb_result *r, const struct lb_sample *s)
{
    bool kept = keep(r, s);
    add_counters(r, s, kept);
    r->taken[r->taken_count++] = (struct lb_taken){
        .ops = s->ops,
        .start_ns = s->start_ns,
        .wall_ns = s->wall_ns,
        .cpu_ns = s->cpu_ns,
        .minor_faults = s->minor_faults,
        .major_faults = s->major_faults,
        .voluntary_switches = s->voluntary_switches,
        .involuntary_switches = s->involuntary_switches,
        .migrated = s->migrated,
        .visit = (unsigned)r->visit_count,
        .kept = kept,
    };
}

enum lb_status lb_result_add_visit(struct lb_result *r, const struct lb_visit *visit,
                                   const struct lb_sample *samples, unsigned count)
{
    if (!reserve((void **)&r->visits, &r->visit_capacity, r->visit_count, 1, sizeof *r->visits) ||
        !reserve((void **)&r->taken, &r->taken_capacity, r->taken_count, count, sizeof *r->taken))
        return LB_NO_MEMORY;
    for (unsigned i = 0; i < count; i++)
        add_sample(r, &samples[i]);
    r->visits[r->visit_count++] = *visit;
    return LB_OK;
}

/* ---- Figures ------------------------------------------------------------------------------- */

/* Scratch for one analysis: a value per visit, per replicate, and room to sort. */
struct work {
    double *samples;         /* of one visit */
    double *visit_value;     /* NaN: nothing kept */
    double *replicate_value; /* NaN: nothing kept */
    double *paired, *other;  /* values that both sides of a ratio have */
    double *scratch;
    unsigned replicates;
};

static double ns_per_op(const struct lb_taken *t, bool wall)
{
    return (double)(wall ? t->wall_ns : t->cpu_ns) / (double)t->ops;
}

static void value_visits(const struct lb_result *r, bool wall, struct work *w)
{
    size_t t = 0;
    for (size_t v = 0; v < r->visit_count; v++) {
        size_t n = 0;
        for (; t < r->taken_count && r->taken[t].visit == v; t++)
            if (r->taken[t].kept)
                w->samples[n++] = ns_per_op(&r->taken[t], wall);
        w->visit_value[v] = lb_stats_median(w->samples, n, w->scratch);
    }
}

static void value_replicates(const struct lb_result *r, struct work *w)
{
    for (unsigned k = 0; k < w->replicates; k++) {
        size_t n = 0;
        for (size_t v = 0; v < r->visit_count; v++)
            if (r->visits[v].replicate == k && isfinite(w->visit_value[v]))
                w->samples[n++] = w->visit_value[v];
        w->replicate_value[k] = lb_stats_median(w->samples, n, w->scratch);
    }
}

static bool work_new(const struct lb_result *r, struct work *w)
{
    w->replicates = 0;
    for (size_t v = 0; v < r->visit_count; v++)
        if (r->visits[v].replicate + 1 > w->replicates)
            w->replicates = r->visits[v].replicate + 1;
    /* Numbers go through all batches, so those of a late one may go beyond what it was visited. */
    size_t n = r->taken_count + r->visit_count + w->replicates + 1;
    double *all = calloc(8 * n, sizeof *all);
    if (!all)
        return false;
    w->samples = all;
    w->visit_value = all + n;
    w->replicate_value = all + 2 * n;
    w->paired = all + 3 * n;
    w->other = all + 4 * n;
    w->scratch = all + 5 * n; /* twice as long: ratios need it */
    return true;
}

static void work_free(struct work *w)
{
    free(w->samples);
}

static size_t finite_values(const double *values, size_t n, double *out)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i]))
            out[count++] = values[i];
    return count;
}

/*
 * Over replicates where there are enough of them for the confidence, else over visits, which is
 * said. With too few of either, the median stands without an interval.
 */
static void interval_of(const struct lb_result *r, bool wall, struct work *w,
                        struct lb_interval *interval, struct lb_figures *f)
{
    value_visits(r, wall, w);
    value_replicates(r, w);
    size_t n = finite_values(w->replicate_value, w->replicates, w->paired);
    f->replicates = (unsigned)n;
    f->within_process =
        !lb_stats_median_interval(w->paired, n, LB_CONFIDENCE, w->scratch, interval);
    if (f->within_process) {
        n = finite_values(w->visit_value, r->visit_count, w->paired);
        lb_stats_median_interval(w->paired, n, LB_CONFIDENCE, w->scratch, interval);
    }
}

/* Pairs the replicates, or the visits of the same replicate and round, that both sides have. */
static size_t pair_up(const struct lb_result *a, const struct work *wa, const struct lb_result *b,
                      const struct work *wb, bool by_visit, double *x, double *y)
{
    size_t n = 0;
    if (!by_visit) {
        for (unsigned k = 0; k < wa->replicates && k < wb->replicates; k++)
            if (isfinite(wa->replicate_value[k]) && isfinite(wb->replicate_value[k])) {
                x[n] = wa->replicate_value[k];
                y[n++] = wb->replicate_value[k];
            }
        return n;
    }
    for (size_t i = 0; i < a->visit_count; i++)
        for (size_t j = 0; j < b->visit_count; j++)
            if (a->visits[i].replicate == b->visits[j].replicate &&
                a->visits[i].round == b->visits[j].round && isfinite(wa->visit_value[i]) &&
                isfinite(wb->visit_value[j])) {
                x[n] = wa->visit_value[i];
                y[n++] = wb->visit_value[j];
            }
    return n;
}

enum lb_status lb_result_ratio(const struct lb_result *r, const struct lb_result *reference,
                               double confidence, struct lb_interval *ratio, bool *within_process)
{
    struct work w, wb;
    bool wall = r->c->benchmark->blocks;
    if (!work_new(r, &w))
        return LB_NO_MEMORY;
    if (!work_new(reference, &wb)) {
        work_free(&w);
        return LB_NO_MEMORY;
    }
    value_visits(r, wall, &w);
    value_replicates(r, &w);
    value_visits(reference, wall, &wb);
    value_replicates(reference, &wb);
    size_t n = pair_up(r, &w, reference, &wb, false, w.paired, w.other);
    bool by_visit = !lb_stats_ratio_interval(w.paired, w.other, n, confidence, w.scratch, ratio);
    if (by_visit) {
        n = pair_up(r, &w, reference, &wb, true, w.paired, w.other);
        lb_stats_ratio_interval(w.paired, w.other, n, confidence, w.scratch, ratio);
    }
    if (within_process)
        *within_process = by_visit;
    work_free(&w);
    work_free(&wb);
    return LB_OK;
}

static void note_conditions(struct lb_result *r)
{
    struct lb_figures *f = &r->figures;
    size_t t = 0;
    f->notes[LB_NOTE_BLOCKS] = r->c->benchmark->blocks;
    f->notes[LB_NOTE_WITHIN_PROCESS] =
        (f->timed && f->within_process) || (f->compared && f->ratio_within_process);
    unsigned kept = 0; /* of the replicate so far: its visits stand together */
    uint64_t kept_ns = 0;
    for (size_t v = 0; v < r->visit_count; v++) {
        uint64_t wall = 0;
        for (; t < r->taken_count && r->taken[t].visit == v; t++) {
            kept += r->taken[t].kept;
            kept_ns += r->taken[t].kept ? r->taken[t].wall_ns : 0;
            wall += r->taken[t].wall_ns;
        }
        if (v + 1 == r->visit_count || r->visits[v + 1].replicate != r->visits[v].replicate) {
            f->notes[LB_NOTE_FEW_SAMPLES] |= kept < LB_KEPT_MIN && kept_ns < LB_SAMPLING_NS;
            kept = 0;
            kept_ns = 0;
        }
        f->notes[LB_NOTE_UNSTEADY] |= !r->visits[v].steady;
        f->notes[LB_NOTE_DRIFTING] |= r->visits[v].drifting;
        /* /proc/stat counts steal in ticks of 10 ms: more than a tick and a tenth of the time */
        uint64_t steal = r->visits[v].steal_ns;
        f->notes[LB_NOTE_STOLEN] |=
            steal != UINT64_MAX && steal > UINT64_C(10000000) && steal > wall / 10;
    }
}

/*
 * The ratio is the median over pairs, and need not be the quotient of the two medians. Where the
 * times of a side fall into two groups, a median may come from either, and the quotient says
 * something else: beyond the ratio's interval, or by half as much again.
 */
static bool medians_apart(const struct lb_figures *f, const struct lb_figures *reference)
{
    const struct lb_interval *ratio = &f->ratio;
    double quotient = f->ratio_of_wall ? f->wall_ns_per_op.median / reference->wall_ns_per_op.median
                                       : f->cpu_ns_per_op.median / reference->cpu_ns_per_op.median;
    if (!isfinite(quotient) || !isfinite(ratio->median))
        return false;
    bool outside = ratio->bounded && (quotient < ratio->low * (1 - LB_MEDIANS_SLACK) ||
                                      quotient > ratio->high * (1 + LB_MEDIANS_SLACK));
    return outside || quotient > ratio->median * LB_MEDIANS_APART ||
           quotient * LB_MEDIANS_APART < ratio->median;
}

enum lb_status lb_result_analyse(struct lb_result *r, const struct lb_result *reference)
{
    struct lb_figures *f = &r->figures;
    struct work w;
    enum lb_status status = LB_OK;
    bool unstable = f->notes[LB_NOTE_UNSTABLE];
    memset(f, 0, sizeof *f);
    f->notes[LB_NOTE_UNSTABLE] = unstable;
    if (!work_new(r, &w))
        return LB_NO_MEMORY;
    interval_of(r, true, &w, &f->wall_ns_per_op, f);
    interval_of(r, false, &w, &f->cpu_ns_per_op, f);
    f->visits = (unsigned)r->visit_count;
    for (size_t i = 0; i < r->taken_count; i++)
        *(r->taken[i].kept ? &f->kept : &f->dropped) += 1;
    f->timed = f->kept > 0;
    if (f->timed && reference && reference != r)
        status = lb_result_ratio(r, reference, LB_CONFIDENCE, &f->ratio, &f->ratio_within_process);
    f->ratio_of_wall = r->c->benchmark->blocks;
    f->compared = f->timed && reference && reference != r && isfinite(f->ratio.median);
    note_conditions(r);
    f->notes[LB_NOTE_MEDIANS_APART] = f->compared && medians_apart(f, &reference->figures);
    work_free(&w);
    return status;
}
