/* test_acknowledgements.c - which rows an entry covers, for how long, and what is told of it. */
#include "tests/harness/cmocka_all.h"

#include "ci/acknowledgements.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ID    "boxing/sum/inline/ws=256KiB"
#define TODAY "2026-11-23"

/* One entry and one row; the row's ratio, and its upper bound. */
struct scene {
    struct lb_acknowledgement entry;
    struct lb_acknowledgements all;
    struct lb_gate gate;
};

static void make(struct scene *s, enum lb_gate_verdict verdict, double ratio, double high,
                 double limit)
{
    *s = (struct scene){.entry = {.cases = "boxing/sum",
                                  .metric = LB_GATE_TIME,
                                  .limit = limit,
                                  .reason = "agreed",
                                  .expires = TODAY}};
    s->all = (struct lb_acknowledgements){.entries = &s->entry, .count = 1};
    struct lb_gate_row *row =
        lb_gate_add_row(&s->gate, ID, "boxing/sum", LB_GATE_TIME, LB_GATE_PAIRS, verdict);
    assert_non_null(row);
    row->ratio = ratio;
    row->high = high;
}

static enum lb_gate_exit judge(struct scene *s, const char *today, bool partial)
{
    assert_int_equal(lb_acknowledgements_apply(&s->all, today, partial, &s->gate, NULL), LB_OK);
    lb_gate_conclude(&s->gate);
    return s->gate.exit;
}

static void a_slower_row_passes_up_to_the_limit(void **state)
{
    (void)state;
    struct scene s;
    make(&s, LB_GATE_WORSE, 1.05, 1.2, 0.06);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_PASS);
    assert_string_equal(s.gate.rows[0].accepted, "agreed");
    lb_gate_free(&s.gate);
    make(&s, LB_GATE_WORSE, 1.07, 1.2, 0.06);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_REGRESSION);
    assert_non_null(strstr(s.gate.rows[0].reason, "beyond the 6 %"));
    lb_gate_free(&s.gate);
}

static void an_undecided_row_passes_when_what_it_leaves_open_is_within_the_limit(void **state)
{
    (void)state;
    struct scene s;
    make(&s, LB_GATE_UNDECIDED, 1.0, 1.05, 0.06);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_PASS);
    lb_gate_free(&s.gate);
    make(&s, LB_GATE_UNDECIDED, 1.0, 1.07, 0.06);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_UNDECIDED);
    lb_gate_free(&s.gate);
    make(&s, LB_GATE_UNDECIDED, 1.0, NAN, 0.06); /* no bound is no small bound */
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_UNDECIDED);
    lb_gate_free(&s.gate);
}

static void no_limit_accepts_what_has_no_ratio(void **state)
{
    (void)state;
    struct scene s;
    make(&s, LB_GATE_WORSE, NAN, NAN, NAN);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_PASS);
    lb_gate_free(&s.gate);
    make(&s, LB_GATE_WORSE, NAN, NAN, 0.5);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_REGRESSION);
    lb_gate_free(&s.gate);
}

static void what_failed_vanished_or_changed_is_accepted_as_case_alone(void **state)
{
    (void)state;
    static const enum lb_gate_verdict verdicts[] = {LB_GATE_FAILED, LB_GATE_VANISHED,
                                                    LB_GATE_CHANGED};
    static const enum lb_gate_metric metrics[] = {LB_GATE_TIME, LB_GATE_INSTRUCTIONS};
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
            struct scene s;
            make(&s, verdicts[i], NAN, NAN, NAN);
            s.gate.rows[0].metric = s.entry.metric = metrics[m];
            judge(&s, TODAY, true);
            assert_string_equal(s.gate.rows[0].accepted, "");
            s.entry.metric = LB_GATE_CASE;
            judge(&s, TODAY, true);
            assert_string_equal(s.gate.rows[0].accepted, "agreed");
            lb_gate_free(&s.gate);
        }
}

static void what_is_beyond_a_limit_keeps_its_own_reason(void **state)
{
    (void)state;
    struct scene s;
    make(&s, LB_GATE_UNDECIDED, 1.0, 1.07, 0.06);
    strcpy(s.gate.rows[0].reason, "4.0 % slower in 8 pairs");
    judge(&s, TODAY, false);
    assert_string_equal(s.gate.rows[0].reason,
                        "4.0 % slower in 8 pairs; beyond the 6 % that were accepted");
    lb_gate_free(&s.gate);
}

static void the_last_day_still_holds_and_the_next_does_not(void **state)
{
    (void)state;
    struct scene s;
    make(&s, LB_GATE_WORSE, 1.05, 1.1, NAN);
    assert_int_equal(judge(&s, "2026-11-24", false), LB_GATE_EXIT_REGRESSION);
    assert_int_equal(s.gate.notice_count, 1);
    assert_int_equal(s.gate.notices[0].kind, LB_GATE_NOTICE_EXPIRED);
    lb_gate_free(&s.gate);
    make(&s, LB_GATE_WORSE, 1.05, 1.1, NAN);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_PASS);
    assert_int_equal(s.gate.notice_count, 0);
    lb_gate_free(&s.gate);
}

static void what_nothing_needed_is_told_unless_only_some_cases_were_looked_at(void **state)
{
    (void)state;
    struct scene s;
    make(&s, LB_GATE_SAME, 1.0, 1.01, NAN);
    assert_int_equal(judge(&s, TODAY, true), LB_GATE_EXIT_PASS);
    assert_int_equal(s.gate.notice_count, 0);
    assert_int_equal(judge(&s, TODAY, false), LB_GATE_EXIT_PASS);
    assert_int_equal(s.gate.notice_count, 1);
    assert_int_equal(s.gate.notices[0].kind, LB_GATE_NOTICE_UNUSED);
    assert_int_equal(s.gate.accepted, 0);
    lb_gate_free(&s.gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slower_row_passes_up_to_the_limit),
        cmocka_unit_test(an_undecided_row_passes_when_what_it_leaves_open_is_within_the_limit),
        cmocka_unit_test(no_limit_accepts_what_has_no_ratio),
        cmocka_unit_test(what_failed_vanished_or_changed_is_accepted_as_case_alone),
        cmocka_unit_test(what_is_beyond_a_limit_keeps_its_own_reason),
        cmocka_unit_test(the_last_day_still_holds_and_the_next_does_not),
        cmocka_unit_test(what_nothing_needed_is_told_unless_only_some_cases_were_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
