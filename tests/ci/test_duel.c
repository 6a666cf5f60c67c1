/* test_duel.c - rows from two programs with prescribed figures: what each kind of pair becomes. */
#include "tests/harness/cmocka_all.h"

#include "tests/ci/fake_exec.h"

#include "ci/duel.h"
#include "harness/base/interrupt.h"
#include "harness/base/pin.h"
#include "harness/base/spawn.h"

#include <errno.h>
#include <math.h>
#include <sys/wait.h>

enum { ROWS_MAX = 4 };

static char folder[] = "/tmp/test_duel.XXXXXX";
static char base[sizeof folder + 8], head[sizeof folder + 8];

static struct {
    struct lb_gate_row rows[ROWS_MAX];
    size_t count;
    struct lb_error error;
} found;

static void forget_pairs(void)
{
    char path[sizeof base + 8];
    for (int side = 0; side < 2; side++) {
        snprintf(path, sizeof path, "%s.count", side ? head : base);
        unlink(path);
    }
}

static int make_programs(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(base, sizeof base, "%s/base", folder);
    snprintf(head, sizeof head, "%s/head", folder);
    return symlink(lb_spawn_self(), base) || symlink(lb_spawn_self(), head);
}

static int remove_programs(void **state)
{
    (void)state;
    forget_pairs();
    return unlink(base) || unlink(head) || rmdir(folder);
}

static int forget(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS_MAX; i++)
        free(found.rows[i].measured);
    memset(&found, 0, sizeof found);
    forget_pairs();
    return 0;
}

static void add_row(const char *scenario)
{
    struct lb_gate_row *row = &found.rows[found.count++];
    snprintf(row->case_id, sizeof row->case_id, "fake/duel/%s/ws=16KiB", scenario);
    row->verdict = LB_GATE_NOT_GATED;
    row->allowance = 0.02;
}

static enum lb_status run_with(const struct lb_duel_options *changes)
{
    struct lb_duel_options options = *changes;
    options.base_program = base;
    options.head_program = head;
    options.cpu = LB_CPU_NONE;
    options.answer_ms = options.answer_ms ? options.answer_ms : 10000;
    enum lb_status status = lb_duel_run(&options, found.rows, found.count, &found.error);
    assert_true(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD); /* nobody is left */
    return status;
}

static struct lb_gate_row *duel(const char *scenario)
{
    add_row(scenario);
    assert_int_equal(run_with(&(struct lb_duel_options){.seed = 1}), LB_OK);
    return &found.rows[0];
}

static unsigned processes_of(const char *program)
{
    char path[sizeof base + 8];
    struct stat status;
    snprintf(path, sizeof path, "%s.count", program);
    return stat(path, &status) == 0 ? (unsigned)status.st_size : 0;
}

static void note_progress(void *context, size_t done, size_t count, const struct lb_gate_row *row)
{
    FILE *text = context;
    fprintf(text, "%zu/%zu %s;", done, count, row ? row->case_id : "done");
}

/* Measures, and fills the text with what was told of the progress. */
static void run_noting(char *text, size_t size)
{
    FILE *stream = fmemopen(text, size, "w");
    assert_non_null(stream);
    const struct lb_duel_options options = {.progress = note_progress, .context = stream};
    assert_int_equal(run_with(&options), LB_OK);
    fclose(stream);
}

/* ---- Verdicts -------------------------------------------------------------------------------- */

static void equal_programs_are_the_same_after_eight_pairs(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("same");
    assert_int_equal(row->verdict, LB_GATE_SAME);
    assert_int_equal(row->pairs, 8);
    assert_int_equal(row->measured_count, 8);
    assert_false(row->confirmed);
    assert_true(fabs(row->base - 10) < 1e-9);
    assert_true(fabs(row->ratio - 1.0005) < 1e-6);
    assert_true(row->low < row->ratio && row->ratio < row->high);
    assert_true(row->smallest_change > 0.02 && row->smallest_change < 0.03);
    assert_true(row->pair_deviation > 0.001 && row->pair_deviation < 0.004);
    assert_true(fabs(row->allowance - 0.02) < 1e-12);
    assert_string_equal(row->reason, "");
}

static void a_slower_program_is_worse_once_fresh_pairs_confirm_it(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("slower");
    assert_int_equal(row->verdict, LB_GATE_WORSE);
    assert_true(row->confirmed);
    assert_int_equal(row->pairs, 8);
    assert_int_equal(row->measured_count, 16);
    for (unsigned i = 0; i < row->measured_count; i++)
        assert_int_equal(row->measured[i].confirming, i >= 8);
    assert_true(fabs(row->ratio - 1.05) < 0.001 && row->low > 1.02);
}

static void slower_once_and_not_again_is_the_same_and_said(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("slower_once");
    assert_int_equal(row->verdict, LB_GATE_SAME);
    assert_false(row->confirmed);
    assert_int_equal(row->measured_count, 16);
    assert_true(row->ratio < 1.01); /* of the fresh pairs alone */
    assert_string_equal(row->reason,
                        "5.1 % slower in 8 pairs, which 8 fresh pairs did not confirm");
}

static void a_faster_program_is_better(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("faster");
    assert_int_equal(row->verdict, LB_GATE_BETTER);
    assert_true(row->high < 1 / 1.02);
}

static void pairs_that_contradict_each_other_are_undecided(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("noisy");
    assert_int_equal(row->verdict, LB_GATE_UNDECIDED);
    assert_int_equal(row->pairs, 12);
    assert_int_equal(row->measured_count, 12);
    assert_true(row->low < 1.02 && row->high > 1.05);
    assert_true(row->smallest_change > 0.05);
}

static void what_scatters_is_put_off_until_the_others_are_done(void **state)
{
    char text[512] = "";
    (void)state;
    add_row("noisy");
    add_row("same");
    run_noting(text, sizeof text);
    assert_string_equal(text, "0/2 fake/duel/noisy/ws=16KiB;0/2 fake/duel/same/ws=16KiB;"
                              "1/2 fake/duel/noisy/ws=16KiB;1/2 fake/duel/noisy/ws=16KiB;"
                              "1/2 fake/duel/noisy/ws=16KiB;1/2 fake/duel/noisy/ws=16KiB;"
                              "2/2 done;");
    assert_int_equal(processes_of(base), 8 + 8 + 8 * (3 + 5 + 7) + 12 * 9);
}

static void visits_that_were_disturbed_do_not_stand_for_their_pair(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("disturbed"); /* each third visit to head, times three */
    assert_int_equal(row->verdict, LB_GATE_SAME);
    assert_true(fabs(row->ratio - 1.0005) < 1e-6);
}

static void what_blocks_is_judged_by_wall_time(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("blocks");
    assert_int_equal(row->verdict, LB_GATE_WORSE);
    assert_true(fabs(row->base - 20) < 1e-9 && fabs(row->head - 21) < 1e-9);
}

static void the_order_within_pairs_is_mixed_and_follows_from_the_seed(void **state)
{
    bool order[16];
    unsigned head_first = 0;
    (void)state;
    const struct lb_gate_row *row = duel("slower");
    for (unsigned i = 0; i < 16; i++) {
        order[i] = row->measured[i].head_first;
        head_first += order[i];
    }
    assert_true(head_first >= 3 && head_first <= 13);
    forget(NULL);
    row = duel("slower");
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(row->measured[i].head_first, order[i]);
}

static void what_is_measured_are_copies_of_the_programs(void **state)
{
    (void)state;
    assert_int_equal(duel("faster_as_a_copy")->verdict, LB_GATE_BETTER);
}

static void note(void *context, const char *text)
{
    snprintf(context, sizeof(struct lb_error), "%s", text);
}

static void a_program_that_cannot_be_copied_is_noticed(void **state)
{
    char said[sizeof(struct lb_error)] = "";
    (void)state;
    struct lb_duel_options options = {.base_program = base,
                                      .head_program = "/nonexistent/layoutbench",
                                      .cpu = LB_CPU_NONE,
                                      .notice = note,
                                      .context = said};
    add_row("same");
    assert_int_equal(lb_duel_run(&options, found.rows, 1, &found.error), LB_SYSTEM);
    assert_non_null(strstr(said, "cannot read /nonexistent/layoutbench"));
}

static void an_injected_slowdown_reaches_the_head_alone(void **state)
{
    (void)state;
    add_row("same");
    assert_int_equal(run_with(&(struct lb_duel_options){.head_slowdown_permille = 50}), LB_OK);
    assert_int_equal(found.rows[0].verdict, LB_GATE_WORSE);
}

/* ---- Modes ----------------------------------------------------------------------------------- */

static void modes_share_processes_and_are_judged_apart(void **state)
{
    (void)state;
    add_row("modes/first");
    add_row("modes/second");
    add_row("same");
    assert_int_equal(run_with(&(struct lb_duel_options){.seed = 1}), LB_OK);
    assert_int_equal(found.rows[0].verdict, LB_GATE_SAME);
    assert_int_equal(found.rows[1].verdict, LB_GATE_WORSE);
    assert_int_equal(found.rows[2].verdict, LB_GATE_SAME);
    assert_int_equal(found.rows[0].measured_count, 8);
    assert_int_equal(found.rows[1].measured_count, 16);
    assert_int_equal(processes_of(base), 16 + 8);
    assert_int_equal(processes_of(head), 16 + 8);
}

static void a_mode_that_crashes_takes_its_own_row_only(void **state)
{
    (void)state;
    add_row("crash_one_mode/first");
    add_row("crash_one_mode/second");
    assert_int_equal(run_with(&(struct lb_duel_options){.seed = 1}), LB_OK);
    assert_int_equal(found.rows[0].verdict, LB_GATE_SAME);
    assert_int_equal(found.rows[1].verdict, LB_GATE_FAILED);
}

/* ---- Trouble --------------------------------------------------------------------------------- */

static void assert_failed(const char *scenario, const char *words)
{
    const struct lb_gate_row *row = duel(scenario);
    assert_int_equal(row->verdict, LB_GATE_FAILED);
    if (!strstr(row->reason, words))
        fail_msg("'%s' does not say '%s'", row->reason, words);
    assert_int_equal(strncmp(row->reason, "head", 4), 0);
}

static void a_crash_is_a_failed_row_with_its_signal(void **state)
{
    (void)state;
    assert_failed("crash", "SIGSEGV");
    forget(NULL);
    assert_failed("cannot_create", "SIGABRT");
}

static void a_hang_is_a_failed_row(void **state)
{
    (void)state;
    add_row("hang");
    assert_int_equal(run_with(&(struct lb_duel_options){.answer_ms = 50}), LB_OK);
    assert_int_equal(found.rows[0].verdict, LB_GATE_FAILED);
    assert_non_null(strstr(found.rows[0].reason, "no answer"));
}

static void a_wrong_answer_is_a_failed_row_whatever_the_times(void **state)
{
    (void)state;
    assert_failed("wrong", "wrong answer: 1, not 2");
    assert_int_equal(found.rows[0].measured_count, 0); /* found by the first pair already */
}

static void nonsense_is_a_failed_row(void **state)
{
    (void)state;
    assert_failed("nonsense", "is this a sample?");
}

static void samples_without_time_are_a_failed_row_and_no_ratio(void **state)
{
    (void)state;
    const struct lb_gate_row *row = duel("timeless");
    assert_int_equal(row->verdict, LB_GATE_FAILED);
    assert_int_equal(row->measured_count, 0);
}

static void only_a_head_that_skips_what_the_base_runs_has_failed(void **state)
{
    (void)state;
    assert_failed("head_skips", "needs an instruction");
    forget(NULL);
    const struct lb_gate_row *row = duel("base_skips");
    assert_int_equal(row->verdict, LB_GATE_NOT_GATED);
    assert_non_null(strstr(row->reason, "base skips it: needs"));
    forget(NULL);
    row = duel("both_skip");
    assert_int_equal(row->verdict, LB_GATE_NOT_GATED);
    assert_non_null(strstr(row->reason, "both sides skip it: needs"));
}

static void a_layout_that_is_slow_to_create_is_not_timed(void **state)
{
    (void)state;
    add_row("slow_to_create");
    assert_int_equal(run_with(&(struct lb_duel_options){.create_limit_ns = 50e6}), LB_OK);
    assert_int_equal(found.rows[0].verdict, LB_GATE_NOT_GATED);
    assert_non_null(strstr(found.rows[0].reason, "more than 50 ms"));
    assert_int_equal(processes_of(head), 0);
    forget(NULL);
    assert_int_equal(duel("slow_to_create")->verdict, LB_GATE_SAME);
}

static void a_base_without_the_protocol_is_incomparable(void **state)
{
    static const char *const scenarios[] = {"no_protocol", "old_protocol"};
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(scenarios); i++) {
        add_row(scenarios[i]);
        assert_int_equal(run_with(&(struct lb_duel_options){.seed = 1}), LB_UNAVAILABLE);
        assert_non_null(strstr(found.error.text, "the base's layoutbench"));
        forget(NULL);
    }
}

static void a_program_that_is_not_there_is_no_verdict(void **state)
{
    (void)state;
    struct lb_duel_options options = {.base_program = base,
                                      .head_program = "/nonexistent/layoutbench"};
    add_row("same");
    assert_int_equal(lb_duel_run(&options, found.rows, 1, &found.error), LB_SYSTEM);
    assert_int_equal(found.rows[0].verdict, LB_GATE_NOT_GATED);
}

/* In a process of its own: what was interrupted once stays so. */
static void assert_interrupted(const char *scenario)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        lb_interrupt_catch();
        add_row(scenario);
        enum lb_status ended = run_with(&(struct lb_duel_options){.answer_ms = 500});
        _exit(ended == LB_INTERRUPTED && found.rows[0].verdict == LB_GATE_NOT_GATED ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void an_interrupt_ends_the_children_and_judges_nothing(void **state)
{
    (void)state;
    assert_interrupted("interrupt");
}

static void an_interrupt_between_two_waits_is_not_lost(void **state)
{
    (void)state;
    assert_interrupted("interrupt_and_go_on");
}

/* ---- Progress -------------------------------------------------------------------------------- */

static void progress_is_told_before_each_unit_and_at_the_end(void **state)
{
    char text[512] = "";
    (void)state;
    add_row("modes/first");
    add_row("modes/second");
    add_row("same");
    run_noting(text, sizeof text);
    assert_string_equal(text,
                        "0/3 fake/duel/modes/first/ws=16KiB;2/3 fake/duel/same/ws=16KiB;3/3 done;");
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "exec") == 0)
        return fake_exec(argc, argv);
    const struct CMUnitTest tests[] = {
        TEST(equal_programs_are_the_same_after_eight_pairs),
        TEST(a_slower_program_is_worse_once_fresh_pairs_confirm_it),
        TEST(slower_once_and_not_again_is_the_same_and_said),
        TEST(a_faster_program_is_better),
        TEST(pairs_that_contradict_each_other_are_undecided),
        TEST(what_scatters_is_put_off_until_the_others_are_done),
        TEST(visits_that_were_disturbed_do_not_stand_for_their_pair),
        TEST(what_blocks_is_judged_by_wall_time),
        TEST(the_order_within_pairs_is_mixed_and_follows_from_the_seed),
        TEST(what_is_measured_are_copies_of_the_programs),
        TEST(a_program_that_cannot_be_copied_is_noticed),
        TEST(an_injected_slowdown_reaches_the_head_alone),
        TEST(modes_share_processes_and_are_judged_apart),
        TEST(a_mode_that_crashes_takes_its_own_row_only),
        TEST(a_crash_is_a_failed_row_with_its_signal),
        TEST(a_hang_is_a_failed_row),
        TEST(a_wrong_answer_is_a_failed_row_whatever_the_times),
        TEST(nonsense_is_a_failed_row),
        TEST(samples_without_time_are_a_failed_row_and_no_ratio),
        TEST(only_a_head_that_skips_what_the_base_runs_has_failed),
        TEST(a_layout_that_is_slow_to_create_is_not_timed),
        TEST(a_base_without_the_protocol_is_incomparable),
        TEST(a_program_that_is_not_there_is_no_verdict),
        TEST(an_interrupt_ends_the_children_and_judges_nothing),
        TEST(an_interrupt_between_two_waits_is_not_lost),
        TEST(progress_is_told_before_each_unit_and_at_the_end),
    };
    return cmocka_run_group_tests(tests, make_programs, remove_programs);
}
