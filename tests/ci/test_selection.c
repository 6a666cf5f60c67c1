/* test_selection.c - what of a list is counted, and what is timed. */
#include "tests/harness/cmocka_all.h"

#include "ci/selection.h"
#include "tests/ci/toy_side.h"

#include <math.h>

struct chosen {
    struct lb_gate gate;
    size_t first, count;
};

static void list(struct lb_results *side)
{
    struct lb_error error;
    if (lb_listing_parse("toy", TOY_LIST, side, &error) != LB_OK)
        fail_msg("%s", error.text);
}

/* The rows to time of a side against itself. */
static void choose_by(const struct lb_policy *policy, const char *const *globs, size_t glob_count,
                      struct chosen *out)
{
    struct lb_results side;
    struct lb_matches matches;
    list(&side);
    *out = (struct chosen){.count = 0};
    assert_int_equal(lb_match_sides(&side, &side, NULL, 0, &out->gate, &matches, NULL), LB_OK);
    assert_int_equal(matches.count, side.case_count);
    assert_int_equal(lb_selection_time(&matches, policy, globs, glob_count, &out->gate, &out->first,
                                       &out->count, NULL),
                     LB_OK);
    lb_matches_free(&matches);
    lb_results_free(&side);
}

static void choose_within(uint64_t parameter_limit_bytes, const char *const *globs,
                          size_t glob_count, struct chosen *out)
{
    struct lb_policy policy;
    assert_int_equal(lb_policy_read(NULL, &policy, NULL), LB_OK);
    policy.parameter_limit_bytes = parameter_limit_bytes;
    choose_by(&policy, globs, glob_count, out);
}

static void choose(const char *const *globs, size_t glob_count, struct chosen *out)
{
    choose_within(UINT64_C(4) << 20, globs, glob_count, out);
}

static bool is_timed(const struct chosen *chosen, const char *id)
{
    for (size_t i = chosen->first; i < chosen->first + chosen->count; i++)
        if (strcmp(chosen->gate.rows[i].case_id, id) == 0)
            return true;
    return false;
}

/* ---- Timing -------------------------------------------------------------------------------- */

static void each_variant_is_timed_at_the_policys_rungs(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(NULL, 0, &chosen);
    assert_true(is_timed(&chosen, "toy/sum/inline/ws=256KiB"));
    assert_true(is_timed(&chosen, "toy/sum/boxed/ws=64MiB"));
    assert_false(is_timed(&chosen, "toy/sum/inline/ws=16MiB"));
    lb_gate_free(&chosen.gate);
}

static void a_parameter_is_timed_at_both_its_ends_in_one_mode(void **state)
{
    (void)state;
    struct chosen chosen;
    choose(NULL, 0, &chosen);
    assert_true(is_timed(&chosen, "toy/step/plain/far/bytes=8"));
    assert_true(is_timed(&chosen, "toy/step/plain/far/bytes=128"));
    assert_false(is_timed(&chosen, "toy/step/plain/far/bytes=16"));
    assert_false(is_timed(&chosen, "toy/step/plain/near/bytes=8"));
    assert_int_equal(chosen.count, 6);
    lb_gate_free(&chosen.gate);
}

static void a_parameter_of_more_than_the_limit_is_timed_by_name_alone(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/step"};
    struct chosen chosen;
    choose_within(4096, NULL, 0, &chosen);
    assert_int_equal(chosen.count, 6);
    lb_gate_free(&chosen.gate);
    choose_within(4095, NULL, 0, &chosen);
    assert_int_equal(chosen.count, 4);
    assert_false(is_timed(&chosen, "toy/step/plain/far/bytes=8"));
    lb_gate_free(&chosen.gate);
    choose_within(4095, globs, 1, &chosen);
    assert_true(is_timed(&chosen, "toy/step/plain/far/bytes=8"));
    lb_gate_free(&chosen.gate);
}

static void an_exception_has_its_own_allowance_or_is_timed_by_name_alone(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/sum/inline/ws=64MiB"};
    struct lb_policy policy;
    struct chosen chosen;
    assert_int_equal(lb_policy_read(NULL, &policy, NULL), LB_OK);
    policy.exception_count = 2;
    policy.exceptions[0] = (struct lb_policy_exception){"toy/sum/*/ws=64MiB", NAN};
    policy.exceptions[1] = (struct lb_policy_exception){"toy", 0.25};
    choose_by(&policy, NULL, 0, &chosen);
    assert_true(is_timed(&chosen, "toy/sum/inline/ws=256KiB"));
    assert_false(is_timed(&chosen, "toy/sum/inline/ws=64MiB"));
    assert_true(chosen.gate.rows[chosen.first].allowance == 0.25);
    lb_gate_free(&chosen.gate);
    choose_by(&policy, globs, 1, &chosen);
    assert_true(is_timed(&chosen, "toy/sum/inline/ws=64MiB"));
    assert_true(chosen.gate.rows[chosen.first].allowance == 0.02);
    lb_gate_free(&chosen.gate);
}

static bool is_noticed(const struct lb_gate *gate, const char *words)
{
    for (size_t i = 0; i < gate->notice_count; i++)
        if (strstr(gate->notices[i].text, words))
            return true;
    return false;
}

static void an_exception_that_means_no_case_is_told_unless_a_filter_narrows_them(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/step"};
    struct lb_policy policy;
    struct chosen chosen;
    assert_int_equal(lb_policy_read(NULL, &policy, NULL), LB_OK);
    policy.exception_count = 2;
    policy.exceptions[0] = (struct lb_policy_exception){"toy/sum", 0.25};
    policy.exceptions[1] = (struct lb_policy_exception){"toy/sums", 0.25};
    choose_by(&policy, NULL, 0, &chosen);
    assert_true(is_noticed(&chosen.gate, "'toy/sums' means no case"));
    assert_false(is_noticed(&chosen.gate, "'toy/sum' means no case"));
    lb_gate_free(&chosen.gate);
    choose_by(&policy, globs, 1, &chosen);
    assert_false(is_noticed(&chosen.gate, "means no case"));
    lb_gate_free(&chosen.gate);
}

static void who_names_cases_has_all_their_modes_timed_side_by_side(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/step"};
    struct chosen chosen;
    choose(globs, 1, &chosen);
    assert_int_equal(chosen.count, 4);
    const struct lb_gate_row *rows = &chosen.gate.rows[chosen.first];
    assert_string_equal(rows[0].case_id, "toy/step/plain/far/bytes=128");
    assert_string_equal(rows[1].case_id, "toy/step/plain/near/bytes=128");
    assert_true(rows[0].allowance > 0);
    assert_int_equal(rows[0].metric, LB_GATE_TIME);
    assert_string_equal(rows[0].source_file, "toy.c");
    lb_gate_free(&chosen.gate);
}

/* ---- Counting ------------------------------------------------------------------------------ */

static void a_case_that_is_only_timed_has_its_layout_counted(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/sum/inline/ws=64MiB"};
    struct lb_results side;
    struct lb_selection layouts;
    list(&side);
    assert_int_equal(lb_selection_of_layouts(&side, &side, globs, 1, &layouts, NULL), LB_OK);
    assert_int_equal(layouts.count, 1);
    assert_string_equal(layouts.globs[0], "toy/sum/inline");
    lb_results_free(&side);
}

static void no_filter_is_all_and_a_filter_of_nothing_is_refused(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/product"};
    struct lb_results side;
    struct lb_selection layouts;
    struct lb_error error;
    list(&side);
    assert_int_equal(lb_selection_of_layouts(&side, &side, NULL, 0, &layouts, &error), LB_OK);
    assert_int_equal(layouts.count, 0);
    assert_int_equal(lb_selection_of_layouts(&side, &side, globs, 1, &layouts, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "toy/product"));
    lb_results_free(&side);
}

static void a_filter_of_nothing_is_refused_beside_one_that_means_something(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/step", "toy/summ"};
    struct lb_results side;
    struct lb_selection layouts;
    struct lb_error error;
    list(&side);
    assert_int_equal(lb_selection_of_layouts(&side, &side, globs, 2, &layouts, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "'toy/summ'"));
    lb_results_free(&side);
}

static void a_side_is_only_asked_for_what_it_has(void **state)
{
    (void)state;
    static const char *const globs[] = {"toy/step", "toy/sum/boxed"};
    struct lb_results side, smaller;
    struct lb_selection layouts, within;
    list(&side);
    assert_int_equal(lb_listing_parse("toy", "[" TOY_RUNG("boxed", "16MiB") "]", &smaller, NULL),
                     LB_OK);
    assert_int_equal(lb_selection_of_layouts(&smaller, &side, globs, 2, &layouts, NULL), LB_OK);
    assert_int_equal(layouts.count, 3);
    lb_selection_within(&layouts, &smaller, &within);
    assert_int_equal(within.count, 1);
    assert_string_equal(within.pointers[0], "toy/sum/boxed");
    lb_results_free(&side);
    lb_results_free(&smaller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_variant_is_timed_at_the_policys_rungs),
        cmocka_unit_test(a_parameter_is_timed_at_both_its_ends_in_one_mode),
        cmocka_unit_test(a_parameter_of_more_than_the_limit_is_timed_by_name_alone),
        cmocka_unit_test(an_exception_has_its_own_allowance_or_is_timed_by_name_alone),
        cmocka_unit_test(an_exception_that_means_no_case_is_told_unless_a_filter_narrows_them),
        cmocka_unit_test(who_names_cases_has_all_their_modes_timed_side_by_side),
        cmocka_unit_test(a_case_that_is_only_timed_has_its_layout_counted),
        cmocka_unit_test(no_filter_is_all_and_a_filter_of_nothing_is_refused),
        cmocka_unit_test(a_filter_of_nothing_is_refused_beside_one_that_means_something),
        cmocka_unit_test(a_side_is_only_asked_for_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
