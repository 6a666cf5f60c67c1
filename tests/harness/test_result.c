/* test_result.c - figures from raw samples: what is kept, what is paired, what is unknown. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/case/memory.h"
#include "harness/run/result.h"

#include <math.h>
#include <string.h>

static struct lb_benchmark sleepy;
static struct lb_case plain, other, blocking;

static int set_up(void **state)
{
    (void)state;
    plain = (struct lb_case){.benchmark = &fake_rungs, .variant = &fake_variants[0]};
    other = (struct lb_case){.benchmark = &fake_rungs, .variant = &fake_variants[1]};
    sleepy = fake_rungs;
    sleepy.blocks = true;
    blocking = (struct lb_case){.benchmark = &sleepy, .variant = &fake_variants[0]};
    return 0;
}

static struct lb_sample sample_of(uint64_t cpu_ns)
{
    return (struct lb_sample){.ops = 1000, .wall_ns = cpu_ns + 10, .cpu_ns = cpu_ns};
}

/* One visit of four samples, all of this time, in a replicate of its own. */
static void add_replicate(struct lb_result *r, unsigned replicate, uint64_t cpu_ns)
{
    struct lb_visit visit = {.replicate = replicate, .steady = true, .steal_ns = 0};
    struct lb_sample s[4];
    for (int i = 0; i < 4; i++)
        s[i] = sample_of(cpu_ns);
    assert_int_equal(lb_result_add_visit(r, &visit, s, 4), LB_OK);
}

static void the_interval_is_over_replicates_when_there_are_six(void **state)
{
    struct lb_result r;
    (void)state;
    lb_result_init(&r, &plain);
    for (unsigned k = 0; k < 6; k++)
        add_replicate(&r, k, 1000 + 100 * k);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_true(r.figures.timed && !r.figures.within_process);
    assert_int_equal(r.figures.replicates, 6);
    assert_true(r.figures.cpu_ns_per_op.bounded);
    assert_true(fabs(r.figures.cpu_ns_per_op.median - 1.25) < 1e-9);
    assert_true(fabs(r.figures.cpu_ns_per_op.low - 1.0) < 1e-9);
    assert_true(fabs(r.figures.cpu_ns_per_op.high - 1.5) < 1e-9);
    assert_true(fabs(r.figures.wall_ns_per_op.median - 1.26) < 1e-9);
    lb_result_free(&r);
}

static void rounds_of_one_process_are_marked_as_no_replication(void **state)
{
    struct lb_result r;
    (void)state;
    lb_result_init(&r, &plain);
    for (unsigned k = 0; k < 6; k++)
        add_replicate(&r, 0, 1000 + 100 * k);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_true(r.figures.within_process && r.figures.notes[LB_NOTE_WITHIN_PROCESS]);
    assert_true(r.figures.cpu_ns_per_op.bounded);
    lb_result_free(&r);
}

/* Two visits of two samples each; `kept` samples of the last one are undisturbed. */
static void add_two_visits(struct lb_result *r, unsigned replicate, unsigned kept)
{
    for (unsigned round = 0; round < 2; round++) {
        struct lb_visit visit = {
            .replicate = replicate, .round = round, .steady = true, .steal_ns = 0};
        struct lb_sample s[2] = {sample_of(1000), sample_of(1000)};
        s[0].migrated = round == 1 && kept < 1;
        s[1].migrated = round == 1 && kept < 2;
        assert_int_equal(lb_result_add_visit(r, &visit, s, 2), LB_OK);
    }
}

/* Six replicates each, of which six or five are of both: five pairs bear no interval. */
static void a_ratio_that_falls_back_to_visits_says_so(void **state)
{
    (void)state;
    for (unsigned first = 0; first <= 1; first++) {
        struct lb_result reference, r;
        lb_result_init(&reference, &plain);
        lb_result_init(&r, &other);
        for (unsigned k = 0; k < 6; k++) {
            add_two_visits(&reference, k, 2);
            add_two_visits(&r, k + first, 2);
        }
        assert_int_equal(lb_result_analyse(&reference, NULL), LB_OK);
        assert_int_equal(lb_result_analyse(&r, &reference), LB_OK);
        assert_false(r.figures.within_process);
        assert_true(r.figures.compared && r.figures.ratio.bounded);
        assert_int_equal(r.figures.notes[LB_NOTE_WITHIN_PROCESS], first == 1);
        lb_result_free(&reference);
        lb_result_free(&r);
    }
}

static void too_few_values_have_a_median_and_no_interval(void **state)
{
    struct lb_result r;
    (void)state;
    lb_result_init(&r, &plain);
    for (unsigned k = 0; k < 3; k++)
        add_replicate(&r, k, 1000);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_false(r.figures.cpu_ns_per_op.bounded);
    assert_true(fabs(r.figures.cpu_ns_per_op.median - 1.0) < 1e-9);
    lb_result_free(&r);
}

static void disturbed_samples_are_dropped_and_counted(void **state)
{
    struct lb_result r;
    struct lb_visit visit = {.steady = true, .steal_ns = 0};
    struct lb_sample s[5];
    (void)state;
    for (int i = 0; i < 5; i++)
        s[i] = sample_of(1000);
    s[1].involuntary_switches = 1;
    s[1].cpu_ns = 9000;
    s[3].migrated = true;
    s[3].cpu_ns = 9000;
    lb_result_init(&r, &plain);
    assert_int_equal(lb_result_add_visit(&r, &visit, s, 5), LB_OK);
    assert_int_equal(lb_result_kept(&r, s, 5), 3);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_int_equal(r.figures.kept, 3);
    assert_int_equal(r.figures.dropped, 2);
    assert_true(fabs(r.figures.cpu_ns_per_op.median - 1.0) < 1e-9);
    assert_false(r.figures.notes[LB_NOTE_FEW_SAMPLES]);
    lb_result_free(&r);
}

static void few_samples_are_few_of_a_replicate_and_not_of_a_visit(void **state)
{
    (void)state;
    for (unsigned kept = 0; kept <= 2; kept++) {
        struct lb_result r;
        lb_result_init(&r, &plain);
        add_two_visits(&r, 0, 2);
        add_two_visits(&r, 1, kept);
        add_two_visits(&r, 2, 2);
        assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
        assert_int_equal(r.figures.notes[LB_NOTE_FEW_SAMPLES], kept == 0);
        lb_result_free(&r);
    }
}

static void two_samples_are_few_unless_they_are_long(void **state)
{
    static const struct {
        uint64_t sample_ns;
        bool few;
    } rows[] = {{1100000, true}, {24000000, true}, {26000000, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_result r;
        struct lb_visit visit = {.steady = true, .steal_ns = 0};
        struct lb_sample s[2] = {sample_of(rows[i].sample_ns), sample_of(rows[i].sample_ns)};
        lb_result_init(&r, &plain);
        assert_int_equal(lb_result_add_visit(&r, &visit, s, 2), LB_OK);
        assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
        assert_int_equal(r.figures.notes[LB_NOTE_FEW_SAMPLES], rows[i].few);
        lb_result_free(&r);
    }
}

static void nothing_kept_is_no_time_at_all(void **state)
{
    struct lb_result r;
    struct lb_visit visit = {.steady = true, .steal_ns = 0};
    struct lb_sample s = sample_of(1000);
    (void)state;
    s.involuntary_switches = 1;
    lb_result_init(&r, &plain);
    assert_int_equal(lb_result_add_visit(&r, &visit, &s, 1), LB_OK);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_false(r.figures.timed);
    assert_true(isnan(r.figures.cpu_ns_per_op.median));
    assert_true(r.figures.notes[LB_NOTE_FEW_SAMPLES]);
    lb_result_free(&r);
}

static void a_sample_of_a_long_op_may_have_switches_but_not_many(void **state)
{
    static const struct {
        uint64_t cpu_ns, switches;
        bool migrated, kept;
    } rows[] = {
        {1000000, 0, false, true},    {1000000, 1, false, false},    {19999999, 1, false, false},
        {20000000, 10, false, true},  {20000000, 11, false, false},  {20000000, 0, true, false},
        {150000000, 75, false, true}, {150000000, 76, false, false},
    };
    struct lb_result r;
    (void)state;
    lb_result_init(&r, &plain);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_sample s = sample_of(1000);
        s.cpu_ns = rows[i].cpu_ns;
        s.involuntary_switches = rows[i].switches;
        s.migrated = rows[i].migrated;
        assert_int_equal(lb_result_kept(&r, &s, 1), rows[i].kept);
    }
    lb_result_free(&r);
}

static void a_benchmark_that_blocks_keeps_its_switches(void **state)
{
    struct lb_result r;
    struct lb_visit visit = {.steady = true, .steal_ns = 0};
    struct lb_sample s = sample_of(1000);
    (void)state;
    s.involuntary_switches = 3;
    lb_result_init(&r, &blocking);
    assert_int_equal(lb_result_add_visit(&r, &visit, &s, 1), LB_OK);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_int_equal(r.figures.kept, 1);
    assert_true(r.figures.notes[LB_NOTE_BLOCKS]);
    lb_result_free(&r);
}

/* The machine slows down from replicate to replicate; each pair differs by exactly a half more. */
static void ratios_pair_replicates_so_that_drift_cancels(void **state)
{
    struct lb_result reference, r;
    (void)state;
    lb_result_init(&reference, &plain);
    lb_result_init(&r, &other);
    for (unsigned k = 0; k < 6; k++) {
        add_replicate(&reference, k, UINT64_C(1000) << k);
        add_replicate(&r, k, UINT64_C(1500) << k);
    }
    assert_int_equal(lb_result_analyse(&reference, &reference), LB_OK);
    assert_int_equal(lb_result_analyse(&r, &reference), LB_OK);
    assert_false(r.figures.notes[LB_NOTE_MEDIANS_APART]);
    assert_true(r.figures.compared && r.figures.ratio.bounded);
    assert_true(fabs(r.figures.ratio.low - 1.5) < 1e-9);
    assert_true(fabs(r.figures.ratio.high - 1.5) < 1e-9);
    assert_false(reference.figures.compared);
    lb_result_free(&reference);
    lb_result_free(&r);
}

static void replicates_of_a_late_batch_have_numbers_beyond_their_samples(void **state)
{
    struct lb_result r, reference;
    (void)state;
    lb_result_init(&r, &plain);
    lb_result_init(&reference, &other);
    for (unsigned k = 5000; k < 5006; k++) {
        add_replicate(&r, k, 2000);
        add_replicate(&reference, k, 1000);
    }
    assert_int_equal(lb_result_analyse(&r, &reference), LB_OK);
    assert_int_equal(r.figures.replicates, 6);
    assert_true(r.figures.ratio.bounded && fabs(r.figures.ratio.median - 2) < 1e-9);
    lb_result_free(&r);
    lb_result_free(&reference);
}

/* Both sides have a fast and a slow group, and the medians are taken from different ones. */
static void a_ratio_that_the_medians_contradict_is_marked(void **state)
{
    static const uint64_t reference_ns[] = {1000, 1000, 1000, 1000, 5000, 5000, 5000};
    static const uint64_t ns[] = {1000, 1000, 1000, 5000, 5000, 5000, 5000};
    struct lb_result reference, r;
    (void)state;
    lb_result_init(&reference, &plain);
    lb_result_init(&r, &other);
    for (unsigned k = 0; k < 7; k++) {
        add_replicate(&reference, k, reference_ns[k]);
        add_replicate(&r, k, ns[k]);
    }
    assert_int_equal(lb_result_analyse(&reference, &reference), LB_OK);
    assert_int_equal(lb_result_analyse(&r, &reference), LB_OK);
    assert_true(fabs(r.figures.ratio.median - 1.0) < 1e-9);
    assert_true(fabs(r.figures.cpu_ns_per_op.median - 5.0) < 1e-9);
    assert_true(r.figures.notes[LB_NOTE_MEDIANS_APART]);
    assert_false(reference.figures.notes[LB_NOTE_MEDIANS_APART]);
    lb_result_free(&reference);
    lb_result_free(&r);
}

static void counters_add_up_over_kept_samples_only(void **state)
{
    struct lb_result r;
    struct lb_visit visit = {.steady = true, .steal_ns = 0};
    struct lb_sample s[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        s[i] = sample_of(1000);
        for (int c = 0; c < LB_COUNTER_COUNT; c++)
            s[i].counters[c] = (struct lb_counter_delta){.valid = true, .value = 500};
    }
    s[1].counters[LB_COUNTER_L1D_MISSES].valid = false; /* another pass */
    s[2].involuntary_switches = 1;                      /* dropped */
    lb_result_init(&r, &plain);
    assert_int_equal(lb_result_add_visit(&r, &visit, s, 3), LB_OK);
    assert_int_equal(lb_result_analyse(&r, NULL), LB_OK);
    assert_int_equal(r.counters[LB_COUNTER_L1D_MISSES].value, 500);
    assert_int_equal(r.counters[LB_COUNTER_L1D_MISSES].ops, 1000);
    assert_int_equal(r.counters[LB_COUNTER_CYCLES].ops, 2000);
    /* What makes samples be dropped is counted in dropped ones as well. */
    assert_int_equal(r.counters[LB_COUNTER_CONTEXT_SWITCHES].ops, 3000);
    lb_result_free(&r);
}

static void the_first_reason_stays(void **state)
{
    struct lb_result r;
    (void)state;
    lb_result_init(&r, &plain);
    assert_true(r.memory.allocations == LB_MEMORY_UNKNOWN);
    lb_result_fail(&r, LB_CASE_ERROR, "first");
    lb_result_fail(&r, LB_CASE_SKIPPED, "second");
    assert_int_equal(r.outcome, LB_CASE_ERROR);
    assert_string_equal(r.reason, "first");
    lb_result_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_is_over_replicates_when_there_are_six),
        cmocka_unit_test(rounds_of_one_process_are_marked_as_no_replication),
        cmocka_unit_test(a_ratio_that_falls_back_to_visits_says_so),
        cmocka_unit_test(too_few_values_have_a_median_and_no_interval),
        cmocka_unit_test(disturbed_samples_are_dropped_and_counted),
        cmocka_unit_test(few_samples_are_few_of_a_replicate_and_not_of_a_visit),
        cmocka_unit_test(two_samples_are_few_unless_they_are_long),
        cmocka_unit_test(nothing_kept_is_no_time_at_all),
        cmocka_unit_test(a_sample_of_a_long_op_may_have_switches_but_not_many),
        cmocka_unit_test(a_benchmark_that_blocks_keeps_its_switches),
        cmocka_unit_test(ratios_pair_replicates_so_that_drift_cancels),
        cmocka_unit_test(replicates_of_a_late_batch_have_numbers_beyond_their_samples),
        cmocka_unit_test(a_ratio_that_the_medians_contradict_is_marked),
        cmocka_unit_test(counters_add_up_over_kept_samples_only),
        cmocka_unit_test(the_first_reason_stays),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
