/* judge.c - see judge.h. */
#include "ci/judge.h"

#include "ci/counts.h"
#include "ci/duel.h"
#include "ci/selection.h"
#include "ci/sides.h"
#include "harness/base/clock.h"
#include "harness/base/lock.h"
#include "harness/base/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_ACCEPTED "ci/accepted.json"

enum { RUNGS_MAX = 20 };

struct judge {
    const struct lb_gate_options *options;
    struct lb_gate *gate;
    struct lb_policy policy;
    struct lb_acknowledgements accepted;
    struct lb_results base, head;
    struct lb_selection layouts; /* to count in programs: what the filters mean */
    const char *const *globs;    /* of what is compared: these layouts, or the filters themselves */
    size_t glob_count;
    struct lb_matches matches;
    char today[LB_DATE_BYTES];
    struct lb_progress progress;
    bool noticed; /* all that was to be noticed has found a place */
    struct lb_error *error;
};

const char *lb_judge_accepted_file(const struct lb_gate_options *options)
{
    if (options->accepted)
        return options->accepted;
    return access(DEFAULT_ACCEPTED, F_OK) == 0 ? DEFAULT_ACCEPTED : NULL;
}

enum lb_gate_exit lb_judge_exit(enum lb_status status)
{
    switch (status) {
    case LB_OK:
        return LB_GATE_EXIT_PASS;
    case LB_USAGE:
        return LB_GATE_EXIT_USAGE;
    case LB_UNAVAILABLE:
        return LB_GATE_EXIT_INCOMPARABLE;
    case LB_INTERRUPTED:
        return LB_GATE_EXIT_INTERRUPTED;
    default:
        return LB_GATE_EXIT_HARNESS;
    }
}

static double seconds_since(uint64_t start_ns)
{
    return (double)(lb_clock_wall_ns() - start_ns) * 1e-9;
}

/* ---- Inputs -------------------------------------------------------------------------------- */

static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
}

static void name_sides(const struct judge *j)
{
    const struct lb_gate_options *o = j->options;
    struct lb_gate_side *base = &j->gate->base, *head = &j->gate->head;
    copy(base->revision, sizeof base->revision, o->base_revision);
    copy(head->revision, sizeof head->revision, o->head_revision);
    copy(base->program, sizeof base->program, o->base_binary);
    copy(head->program, sizeof head->program, o->head_binary);
    copy(base->results, sizeof base->results, o->base_results);
    copy(head->results, sizeof head->results, o->head_results);
}

/* Files first: what is refused is refused before anything runs. */
static enum lb_status read_inputs(struct judge *j)
{
    const char *accepted = lb_judge_accepted_file(j->options);
    enum lb_status status = lb_policy_read(j->options->policy, &j->policy, j->error);
    if (status == LB_OK && accepted)
        status = lb_acknowledgements_read(accepted, &j->accepted, j->error);
    if (status == LB_OK && j->options->base_results)
        status = lb_results_read(j->options->base_results, &j->base, j->error);
    if (status == LB_OK && j->options->head_results)
        status = lb_results_read(j->options->head_results, &j->head, j->error);
    return status;
}

static bool is_timed(const struct judge *j)
{
    return j->options->base_binary && j->options->head_binary && !j->options->no_time;
}

/* Rungs beyond those that are simulated: the policy's for timing, and all of the other's document.
 */
struct rungs {
    char texts[RUNGS_MAX][LB_POLICY_RUNG_BYTES];
    size_t count;
};

static void add_rung(struct rungs *rungs, const char *text)
{
    for (size_t i = 0; i < rungs->count; i++)
        if (strcmp(rungs->texts[i], text) == 0)
            return;
    if (rungs->count < RUNGS_MAX && strlen(text) < LB_POLICY_RUNG_BYTES)
        snprintf(rungs->texts[rungs->count++], LB_POLICY_RUNG_BYTES, "%s", text);
}

static void find_rungs(const struct judge *j, const struct lb_results *other, struct rungs *rungs)
{
    rungs->count = 0;
    bool two_programs = j->options->base_binary && j->options->head_binary;
    for (size_t i = 0; two_programs && i < j->policy.time_rung_count; i++)
        add_rung(rungs, j->policy.time_rungs[i]);
    for (size_t i = 0; i < other->case_count; i++)
        if (strncmp(other->cases[i].label, "ws=", 3) == 0)
            add_rung(rungs, other->cases[i].label + 3);
}

/* What was given for a side (NULL: nothing), and what it is made into. */
struct given {
    const char *program, *document;
    struct lb_results *results, *others;
};

static struct given given_for(struct judge *j, enum lb_side side)
{
    const struct lb_gate_options *o = j->options;
    if (side == LB_SIDE_BASE)
        return (struct given){o->base_binary, o->base_results, &j->base, &j->head};
    return (struct given){o->head_binary, o->head_results, &j->head, &j->base};
}

/* What a program has, with the counts of a document that was given for it. */
static enum lb_status list_side(struct judge *j, enum lb_side side)
{
    struct given given = given_for(j, side);
    struct lb_results listed;
    struct rungs rungs;
    if (!given.program || (given.document && !is_timed(j)))
        return LB_OK;
    find_rungs(j, given.others, &rungs);
    enum lb_status status = lb_side_list(side, given.program, rungs.texts, rungs.count,
                                         j->options->seed, &listed, j->error);
    if (status == LB_OK && given.document)
        status = lb_match_check_document(&listed, given.results, j->error);
    if (status == LB_OK && given.document)
        lb_side_merge(&listed, given.results);
    lb_results_free(given.results);
    *given.results = listed;
    return status;
}

static enum lb_status list_sides(struct judge *j)
{
    const struct lb_gate_options *o = j->options;
    enum lb_status status = list_side(j, LB_SIDE_BASE);
    if (status == LB_OK)
        status = list_side(j, LB_SIDE_HEAD);
    if (status != LB_OK)
        return status;
    j->globs = o->filters;
    j->glob_count = o->filter_count;
    if (!o->base_binary && !o->head_binary)
        return LB_OK;
    status = lb_selection_of_layouts(&j->base, &j->head, o->filters, o->filter_count, &j->layouts,
                                     j->error);
    j->globs = j->layouts.pointers;
    j->glob_count = j->layouts.count;
    return status;
}

/* ---- The exact tier ------------------------------------------------------------------------ */

static enum lb_status count_side(struct judge *j, enum lb_side side)
{
    struct given given = given_for(j, side);
    struct lb_results counted;
    struct lb_selection wanted;
    if (!given.program || given.document)
        return LB_OK;
    lb_selection_within(&j->layouts, given.results, &wanted);
    if (j->layouts.count && !wanted.count)
        return LB_OK; /* it has none of them */
    if (!j->options->quiet)
        fprintf(stderr, "counting the %s: %s\n", side == LB_SIDE_BASE ? "base" : "head",
                given.program);
    enum lb_status status =
        lb_side_simulate(side, given.program, wanted.count ? wanted.pointers : NULL, wanted.count,
                         j->options->seed, j->options->quiet, NULL, &counted, j->error);
    if (status == LB_OK)
        lb_side_merge(given.results, &counted);
    lb_results_free(&counted);
    return status;
}

static enum lb_status count_sides(struct judge *j)
{
    if (j->options->no_counts)
        return LB_OK;
    enum lb_status status = count_side(j, LB_SIDE_BASE);
    return status == LB_OK ? count_side(j, LB_SIDE_HEAD) : status;
}

static void note_fingerprints(struct lb_gate_side *side, const struct lb_results *results)
{
    copy(side->environment, sizeof side->environment, results->environment_digest);
    copy(side->machine, sizeof side->machine, results->machine_digest);
    copy(side->commit, sizeof side->commit, results->commit);
}

/* *comparable: the time tier may go on. */
static enum lb_status judge_counts(struct judge *j, bool *comparable)
{
    uint64_t start = lb_clock_wall_ns();
    enum lb_status status = count_sides(j);
    note_fingerprints(&j->gate->base, &j->base);
    note_fingerprints(&j->gate->head, &j->head);
    if (status == LB_OK)
        status = lb_counts_compare_environments(&j->base, &j->head, &j->accepted, j->today, j->gate,
                                                comparable, j->error);
    if (j->options->write_baseline)
        *comparable = true; /* what is lost is lost in any environment */
    /* So is what failed or vanished. */
    if (status == LB_OK)
        status = lb_match_sides(&j->base, &j->head, j->globs, j->glob_count, j->gate, &j->matches,
                                j->error);
    if (status == LB_OK && *comparable && !j->options->no_counts)
        status = lb_counts_compare(&j->base, &j->head, &j->matches, &j->policy, &j->accepted,
                                   j->today, j->gate, j->error);
    if (status == LB_OK && *comparable)
        status = lb_counts_advise_time(&j->matches, j->gate, j->error);
    j->gate->counts_seconds = seconds_since(start);
    return status;
}

/* ---- The time tier ------------------------------------------------------------------------- */

static void show(void *context, size_t done, size_t count, const struct lb_gate_row *row)
{
    struct judge *j = context;
    lb_progress_show(&j->progress, j->progress.planned_seconds * (double)done / (double)count,
                     row ? row->case_id : "");
}

static void take_notice(void *context, const char *text)
{
    struct judge *j = context;
    j->noticed &= lb_gate_add_notice(j->gate, LB_GATE_NOTICE_ADVICE, "time", "%s", text) == LB_OK;
}

static enum lb_status judge_time(struct judge *j)
{
    const struct lb_gate_options *o = j->options;
    size_t first, count;
    uint64_t start = lb_clock_wall_ns();
    char estimate[32];
    enum lb_status status = lb_selection_time(&j->matches, &j->policy, o->filters, o->filter_count,
                                              j->gate, &first, &count, j->error);
    if (status != LB_OK || !count)
        return status;
    const struct lb_duel_options duel = {.base_program = o->base_binary,
                                         .head_program = o->head_binary,
                                         .seed = o->seed,
                                         .cpu = o->cpu,
                                         .create_limit_ns = j->policy.create_limit_ns,
                                         .progress = show,
                                         .notice = take_notice,
                                         .context = j};
    lb_progress_format(lb_duel_estimate_seconds(count), estimate, sizeof estimate);
    if (!o->quiet)
        fprintf(stderr, "timing %zu cases in pairs, about %s\n", count, estimate);
    lb_progress_begin(&j->progress, o->quiet, lb_duel_estimate_seconds(count));
    status = lb_duel_run(&duel, &j->gate->rows[first], count, j->error);
    lb_progress_end(&j->progress);
    if (status == LB_OK && !j->noticed)
        status = lb_fail(j->error, LB_NO_MEMORY, "out of memory");
    j->gate->time_seconds = seconds_since(start);
    return status;
}

/* ---- Both ---------------------------------------------------------------------------------- */

static enum lb_status conclude(struct judge *j)
{
    bool partial = j->options->filter_count || j->options->no_counts || !is_timed(j);
    enum lb_status status =
        lb_acknowledgements_apply(&j->accepted, j->today, partial, j->gate, j->error);
    lb_gate_conclude(j->gate);
    return status;
}

enum lb_status lb_judge(const struct lb_gate_options *options, struct lb_gate *gate,
                        struct lb_error *error)
{
    struct judge j = {.options = options, .gate = gate, .noticed = true, .error = error};
    uint64_t start = lb_clock_wall_ns();
    bool comparable = false;
    *gate = (struct lb_gate){.strict = options->strict,
                             .policy_file = options->policy,
                             .accepted_file = options->accepted,
                             .seed = options->seed,
                             .seed_given = options->seed != LB_GATE_SEED,
                             .cpu_text = options->cpu_text,
                             .no_counts = options->no_counts,
                             .no_time = options->no_time};
    lb_date_today(j.today);
    name_sides(&j);
    enum lb_status status = read_inputs(&j);
    if (status == LB_OK)
        status = list_sides(&j);
    /* Counting keeps all cores busy as well, and a refusal is better heard before it. */
    if (status == LB_OK && is_timed(&j))
        status = lb_lock_machine(options->wait, error);
    if (status == LB_OK)
        status = judge_counts(&j, &comparable);
    if (status == LB_OK && comparable && is_timed(&j))
        status = judge_time(&j);
    if (status == LB_OK)
        status = conclude(&j);
    gate->seconds = seconds_since(start);
    lb_matches_free(&j.matches);
    lb_results_free(&j.base);
    lb_results_free(&j.head);
    lb_acknowledgements_free(&j.accepted);
    return status;
}
