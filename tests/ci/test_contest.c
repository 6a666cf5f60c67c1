/* test_contest.c - what becomes of a row, by prescribed pairs. */
#include "tests/harness/cmocka_all.h"

#include "ci/contest.h"

#include <math.h>
#include <stdlib.h>

static struct lb_gate_row row;
static struct lb_contest contest;

static int open_row(void **state)
{
    (void)state;
    row = (struct lb_gate_row){
        .case_id = "fake/duel/same/mode/ws=1", .verdict = LB_GATE_NOT_GATED, .allowance = 0.02};
    return lb_contest_open(&contest, &row, NULL) == LB_OK ? 0 : -1;
}

static int close_row(void **state)
{
    (void)state;
    free(row.measured);
    return 0;
}

/* Processes of which head takes this much of base's 10 ns. */
static void record(double ratio, uint64_t create_ns)
{
    const struct lb_pair_time times[LB_SIDES] = {{.cpu_ns = 10}, {.cpu_ns = 10 * ratio}};
    lb_contest_record(&contest, times, create_ns, false);
}

/* Around a ratio, alternately, at this distance and half of it. */
static unsigned record_scattered(double ratio, double scatter, uint64_t create_ns, unsigned most)
{
    static const double steps[] = {1, -1, 0.5, -0.5, 0.8, -0.8, 0.3, -0.3};
    unsigned taken = 0;
    while (taken < most && contest.state == LB_CONTEST_OPEN) {
        record(ratio * (1 + scatter * steps[taken % 8]), create_ns);
        taken++;
    }
    return taken;
}

static void the_mode_is_the_fourth_of_five_parts(void **state)
{
    (void)state;
    assert_string_equal(contest.mode, "mode");
    const char *mode;
    size_t length;
    assert_false(lb_contest_find_mode("fake/duel/same/ws=1", &mode, &length));
}

static void quiet_pairs_are_decided_at_the_first_look(void **state)
{
    (void)state;
    assert_int_equal(record_scattered(1, 0.005, 0, 100), 8);
    assert_int_equal(contest.state, LB_CONTEST_DECIDED);
    assert_int_equal(row.verdict, LB_GATE_SAME);
}

static void pairs_that_scatter_widely_are_put_off_without_a_verdict(void **state)
{
    (void)state;
    assert_int_equal(record_scattered(1, 0.1, 0, 100), 8);
    assert_int_equal(contest.state, LB_CONTEST_PUT_OFF);
    assert_int_equal(row.verdict, LB_GATE_NOT_GATED);
}

static void what_scatters_widely_is_a_matter_of_the_allowance(void **state)
{
    (void)state;
    row.allowance = 0.12;
    assert_int_equal(record_scattered(1, 0.1, 0, 100), 8);
    assert_int_equal(row.verdict, LB_GATE_SAME);
}

static void what_is_slower_by_more_than_it_scatters_is_not_put_off(void **state)
{
    (void)state;
    assert_int_equal(record_scattered(1.3, 0.1, 0, 100), 16);
    assert_int_equal(row.verdict, LB_GATE_WORSE);
    assert_true(row.confirmed);
}

static void the_second_attempt_starts_from_nothing(void **state)
{
    (void)state;
    record_scattered(1, 0.1, UINT64_C(1) << 30, 100);
    lb_contest_resume(&contest);
    assert_int_equal(contest.state, LB_CONTEST_OPEN);
    assert_int_equal(row.measured_count, 0);
    assert_int_equal(record_scattered(1, 0.005, UINT64_C(1) << 30, 100), 8);
    assert_int_equal(row.verdict, LB_GATE_SAME);
    assert_int_equal(row.measured_count, 8);
    assert_true(row.pair_deviation < 0.01);
}

/* What scatters is put off until this is the last time. */
static void reach_the_last_attempt(uint64_t create_ns)
{
    for (unsigned attempt = 1; attempt < LB_CONTEST_ATTEMPTS; attempt++) {
        record_scattered(1, 0.1, create_ns, 100);
        assert_int_equal(contest.state, LB_CONTEST_PUT_OFF);
        assert_int_equal(row.measured_count, 8);
        lb_contest_resume(&contest);
    }
}

static void the_last_attempt_is_not_put_off_again_but_ends_undecided(void **state)
{
    (void)state;
    reach_the_last_attempt(UINT64_C(1) << 30);
    assert_int_equal(record_scattered(1.015, 0.03, UINT64_C(1) << 30, 100), LB_LOOKS_PAIRS_MAX);
    assert_int_equal(row.verdict, LB_GATE_UNDECIDED);
}

static void the_last_attempt_does_not_take_all_pairs_where_they_are_hopeless(void **state)
{
    (void)state;
    reach_the_last_attempt(UINT64_C(1) << 30);
    assert_int_equal(record_scattered(1, 0.1, UINT64_C(1) << 30, 100), 12);
    assert_int_equal(row.verdict, LB_GATE_UNDECIDED);
}

static void once_put_off_a_pair_of_a_small_layout_is_three_processes(void **state)
{
    (void)state;
    assert_int_equal(lb_contest_processes(&contest), 1);
    record_scattered(1, 0.1, 0, 100);
    lb_contest_resume(&contest);
    assert_int_equal(lb_contest_processes(&contest), 3);
    record(1.1, 0);
    record(0.9, 0);
    assert_int_equal(row.measured_count, 0);
    record(1.03, 0);
    assert_int_equal(row.measured_count, 1);
    assert_true(fabs(row.measured[0].base - 10) < 1e-9);
    assert_true(fabs(row.measured[0].head - 10.1) < 1e-9);
    assert_int_equal(record_scattered(1, 0.005, 0, 100), 7 * 3);
    assert_int_equal(row.verdict, LB_GATE_SAME);
}

static void once_put_off_a_pair_of_a_big_layout_is_one_process_still(void **state)
{
    (void)state;
    record_scattered(1, 0.1, UINT64_C(1) << 30, 100);
    lb_contest_resume(&contest);
    assert_int_equal(lb_contest_processes(&contest), 1);
}

static void a_second_attempt_that_looks_slower_is_confirmed_too(void **state)
{
    (void)state;
    record_scattered(1, 0.1, UINT64_C(1) << 30, 100);
    lb_contest_resume(&contest);
    assert_int_equal(record_scattered(1.05, 0.005, UINT64_C(1) << 30, 8), 8);
    assert_int_equal(contest.state, LB_CONTEST_OPEN);
    assert_int_equal(record_scattered(1.05, 0.005, UINT64_C(1) << 30, 100), 8);
    assert_int_equal(row.verdict, LB_GATE_WORSE);
    assert_int_equal(row.measured_count, 16);
    assert_true(row.measured[8].confirming && !row.measured[7].confirming);
}

static void no_time_at_all_is_a_failed_row(void **state)
{
    (void)state;
    record(0, 0);
    assert_int_equal(contest.state, LB_CONTEST_DECIDED);
    assert_int_equal(row.verdict, LB_GATE_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_row, close_row)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_mode_is_the_fourth_of_five_parts),
        TEST(quiet_pairs_are_decided_at_the_first_look),
        TEST(pairs_that_scatter_widely_are_put_off_without_a_verdict),
        TEST(what_scatters_widely_is_a_matter_of_the_allowance),
        TEST(what_is_slower_by_more_than_it_scatters_is_not_put_off),
        TEST(the_second_attempt_starts_from_nothing),
        TEST(the_last_attempt_is_not_put_off_again_but_ends_undecided),
        TEST(the_last_attempt_does_not_take_all_pairs_where_they_are_hopeless),
        TEST(once_put_off_a_pair_of_a_small_layout_is_three_processes),
        TEST(once_put_off_a_pair_of_a_big_layout_is_one_process_still),
        TEST(a_second_attempt_that_looks_slower_is_confirmed_too),
        TEST(no_time_at_all_is_a_failed_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
