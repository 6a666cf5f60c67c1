/* self_test.c - see self_test.h. */
#include "ci/self_test.h"

#include "ci/duel.h"

#include <math.h>

/* Samples of these do thousands of ops, so that a share of them is a whole number. */
static const char *const built_in_cases[] = {
    "boxing/sum/inline/ws=16KiB", "density/chase/shuffled/ws=256KiB", "boxing/sum/inline/ws=64MiB"};

static enum lb_status add_rows(struct lb_gate *gate, const struct lb_self_test *test,
                               struct lb_error *error)
{
    const char *const *cases = test->cases ? test->cases : built_in_cases;
    size_t count = test->cases ? test->case_count : sizeof built_in_cases / sizeof *built_in_cases;
    for (size_t i = 0; i < count; i++) {
        struct lb_gate_row *row =
            lb_gate_add_row(gate, cases[i], "", LB_GATE_TIME, LB_GATE_PAIRS, LB_GATE_NOT_GATED);
        if (!row)
            return lb_fail(error, LB_NO_MEMORY, "out of memory");
        row->allowance = test->allowance;
    }
    return LB_OK;
}

static enum lb_status compare(struct lb_gate *gate, const struct lb_self_test *test,
                              unsigned slowdown_permille, struct lb_error *error)
{
    const struct lb_duel_options options = {.base_program = test->program,
                                            .head_program = test->program,
                                            .seed = test->seed,
                                            .cpu = test->cpu,
                                            .head_slowdown_permille = slowdown_permille,
                                            .answer_ms = test->answer_ms};
    enum lb_status status = add_rows(gate, test, error);
    return status == LB_OK ? lb_duel_run(&options, gate->rows, gate->row_count, error) : status;
}

enum judgement { RIGHT, NOT_TOLD, MISJUDGED };

static enum judgement judge(const struct lb_gate_row *row, enum lb_gate_verdict truth)
{
    if (row->verdict == LB_GATE_UNDECIDED)
        return NOT_TOLD;
    return row->verdict == truth ? RIGHT : MISJUDGED;
}

static enum judgement show(FILE *out, const struct lb_gate_row *row, unsigned slowdown_permille)
{
    static const char *const words[] = {"", "; too noisy here to tell", "; MISJUDGED"};
    enum judgement judgement = judge(row, slowdown_permille ? LB_GATE_WORSE : LB_GATE_SAME);
    char truth[48] = "against itself";
    if (slowdown_permille)
        snprintf(truth, sizeof truth, "against itself %.1f %% slower", slowdown_permille / 10.0);
    fprintf(out, "%s %s: %s", row->case_id, truth, lb_gate_row_word(row));
    if (!isnan(row->ratio))
        fprintf(out, ", ratio %.3f (%.3f to %.3f) of %u pairs", row->ratio, row->low, row->high,
                row->pairs);
    fprintf(out, "%s%s%s\n", row->reason[0] ? ": " : "", row->reason, words[judgement]);
    return judgement;
}

static enum lb_gate_exit conclude(FILE *out, const struct lb_gate *same,
                                  const struct lb_gate *slower, unsigned slowdown_permille)
{
    bool misjudged = false, told = false;
    for (size_t i = 0; i < same->row_count; i++) {
        enum judgement itself = show(out, &same->rows[i], 0);
        enum judgement injected = show(out, &slower->rows[i], slowdown_permille);
        misjudged |= itself == MISJUDGED || injected == MISJUDGED;
        told |= itself == RIGHT && injected == RIGHT;
    }
    return misjudged ? LB_GATE_EXIT_HARNESS : told ? LB_GATE_EXIT_PASS : LB_GATE_EXIT_UNDECIDED;
}

enum lb_status lb_self_test_run(const struct lb_self_test *test, FILE *out,
                                enum lb_gate_exit *verdict, struct lb_error *error)
{
    struct lb_gate same = {.rows = NULL}, slower = {.rows = NULL};
    enum lb_status status = compare(&same, test, 0, error);
    if (status == LB_OK)
        status = compare(&slower, test, test->slowdown_permille, error);
    if (status == LB_OK)
        *verdict = conclude(out, &same, &slower, test->slowdown_permille);
    lb_gate_free(&same);
    lb_gate_free(&slower);
    return status;
}
