/* test_case.c - ids are stable, globs find them, counts are odd. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/case/case.h"

#include <stdio.h>
#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)

static struct lb_case_list all_at(uint64_t rung, const char *glob)
{
    struct lb_case_list cases;
    struct lb_rungs rungs = {.bytes = {rung}, .count = 1};
    assert_int_equal(lb_cases_make(lb_benchmark_list, &rungs, &glob, glob ? 1 : 0, 7, &cases, NULL),
                     LB_OK);
    return cases;
}

static void ids_are_benchmark_variant_mode_and_point(void **state)
{
    static const char *const expected[] = {
        "fake/rungs/plain/dependent,hit/ws=16MiB", "fake/rungs/plain/independent/ws=16MiB",
        "fake/rungs/other/dependent,hit/ws=16MiB", "fake/parameter/plain/stride_bytes=8",
        "fake/parameter/plain/stride_bytes=64",
    };
    (void)state;
    struct lb_case_list cases = all_at(16 * MIB, NULL);
    assert_int_equal(cases.count, LB_COUNT_OF(expected));
    for (size_t i = 0; i < cases.count; i++)
        assert_string_equal(cases.cases[i].id, expected[i]);
    lb_cases_free(&cases);
}

static void element_counts_are_the_largest_odd_ones_that_fit(void **state)
{
    (void)state;
    struct lb_case_list cases = all_at(16 * KIB, NULL);
    assert_int_equal(cases.cases[0].point.elements, 16 * KIB / 8 - 1);
    assert_int_equal(cases.cases[0].point.seed, 7);
    lb_cases_free(&cases);
}

static void a_glob_means_itself_and_all_below_it(void **state)
{
    static const struct {
        int line;
        const char *glob, *id;
        bool matches;
    } rows[] = {
        {__LINE__, "boxing", "boxing/sum/inline/ws=16KiB", true},
        {__LINE__, "boxing/sum", "boxing/sum/inline/ws=16KiB", true},
        {__LINE__, "boxing/su", "boxing/sum/inline/ws=16KiB", false},
        {__LINE__, "*/inline/*", "boxing/sum/inline/ws=16KiB", true},
        {__LINE__, "*ws=16KiB", "boxing/sum/inline/ws=16KiB", true},
        {__LINE__, "*ws=16MiB", "boxing/sum/inline/ws=16KiB", false},
        {__LINE__, "boxing/*/boxed_[fs]*", "boxing/sum/boxed_fresh/ws=16KiB", true},
    };
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++)
        if (lb_glob_matches(rows[i].glob, rows[i].id) != rows[i].matches)
            fail_msg("row of line %d", rows[i].line);
}

static void a_glob_that_matches_nothing_is_refused_with_the_nearest_name(void **state)
{
    struct lb_case_list cases;
    struct lb_error error;
    struct lb_rungs rungs = {.bytes = {MIB}, .count = 1};
    const char *glob = "fake/rungz";
    (void)state;
    assert_int_equal(lb_cases_make(lb_benchmark_list, &rungs, &glob, 1, 1, &cases, &error),
                     LB_USAGE);
    assert_non_null(strstr(error.text, "did you mean 'fake/rungs'"));
    assert_null(cases.cases);
}

static void every_id_is_found_again_at_any_rung(void **state)
{
    struct lb_case found;
    struct lb_error error;
    (void)state;
    struct lb_case_list cases = all_at(128 * KIB, NULL);
    for (size_t i = 0; i < cases.count; i++) {
        assert_int_equal(lb_case_find(lb_benchmark_list, cases.cases[i].id, 7, &found, &error),
                         LB_OK);
        assert_string_equal(found.id, cases.cases[i].id);
        assert_int_equal(found.point.elements, cases.cases[i].point.elements);
    }
    lb_cases_free(&cases);
    assert_int_equal(
        lb_case_find(lb_benchmark_list, "fake/rungs/plain/independent/ws=17MiB", 7, &found, &error),
        LB_USAGE);
}

static void a_rung_may_be_written_in_any_unit(void **state)
{
    struct lb_case found;
    struct lb_error error;
    (void)state;
    assert_int_equal(
        lb_case_find(lb_benchmark_list, "fake/rungs/plain/independent/ws=1GiB", 7, &found, &error),
        LB_OK);
    assert_string_equal(found.id, "fake/rungs/plain/independent/ws=1024MiB");
}

static void a_point_out_of_range_is_answered_with_the_range(void **state)
{
    static const struct {
        const char *id, *answer;
    } rows[] = {
        {"fake/rungs/plain/independent/ws=17MiB", "ws is a power of two from 4KiB to 1GiB"},
        {"fake/rungs/plain/independent/ws=4TiB", "not '4TiB'"},
        {"fake/parameter/plain/stride_bytes=16384", "stride_bytes is one of 8, 64, not '16384'"},
        {"fake/parameter/plain/stride_byte=64", "did you mean"},
        {"fake/parameter/plan/stride_bytes=16384", "no case"},
    };
    struct lb_case found;
    struct lb_error error;
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++) {
        assert_int_equal(lb_case_find(lb_benchmark_list, rows[i].id, 7, &found, &error), LB_USAGE);
        if (!strstr(error.text, rows[i].answer))
            fail_msg("row %zu: %s", i, error.text);
    }
}

static void a_rung_is_a_power_of_two_with_its_unit(void **state)
{
    (void)state;
    assert_int_equal(lb_rung_parse("16KiB"), 16 * KIB);
    assert_int_equal(lb_rung_parse("64MiB"), 64 * MIB);
    assert_int_equal(lb_rung_parse("1024MiB"), 1024 * MIB);
    assert_int_equal(lb_rung_parse("1GiB"), 1024 * MIB);
    static const char *const wrong[] = {"",     "16",      "16kb", "3MiB", "2KiB",   "-1MiB",
                                        "0MiB", "2048MiB", "2GiB", "4TiB", "1e3KiB", " 16KiB"};
    for (size_t i = 0; i < LB_COUNT_OF(wrong); i++)
        assert_int_equal(lb_rung_parse(wrong[i]), 0);
}

static void rungs_are_ascending_and_follow_the_profile(void **state)
{
    struct lb_rungs rungs;
    (void)state;
    lb_rungs_of_profile("quick", 32 * MIB, &rungs);
    assert_int_equal(rungs.count, 2);
    assert_int_equal(rungs.modes, 1);
    assert_int_equal(rungs.parameters, 2);
    assert_int_equal(rungs.layout_bytes, 128 * MIB);
    lb_rungs_of_profile("standard", 0, &rungs);
    assert_int_equal(rungs.count, 5);
    assert_int_equal(rungs.modes, 0);
    assert_int_equal(rungs.modes_below, 1);
    assert_int_equal(rungs.modes_beside, 2);
    assert_int_equal(rungs.layout_bytes, 512 * MIB);
    lb_rungs_of_profile("standard", 32 * MIB, &rungs);
    assert_int_equal(rungs.count, 6);
    assert_int_equal(rungs.bytes[5], 128 * MIB);
    lb_rungs_of_profile("standard", 1024 * MIB, &rungs);
    assert_int_equal(rungs.bytes[5], 1024 * MIB);
    lb_rungs_of_profile("thorough", 32 * MIB, &rungs);
    assert_int_equal(rungs.count, 16);
    for (size_t i = 1; i < rungs.count; i++)
        assert_true(rungs.bytes[i] > rungs.bytes[i - 1]);
}

static size_t cases_at(const struct lb_rungs *rungs)
{
    struct lb_case_list cases;
    assert_int_equal(lb_cases_make(lb_benchmark_list, rungs, NULL, 0, 7, &cases, NULL), LB_OK);
    size_t count = cases.count;
    lb_cases_free(&cases);
    return count;
}

static void the_rung_beyond_a_big_l3_is_measured_sparingly(void **state)
{
    static const struct {
        const char *profile;
        uint64_t beyond_bytes;
    } rows[] = {{"standard", 128 * MIB}, {"thorough", 0}};
    (void)state;
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++) {
        struct lb_rungs rungs;
        lb_rungs_of_profile(rows[i].profile, 32 * MIB, &rungs);
        assert_int_equal(rungs.beyond_bytes, rows[i].beyond_bytes);
    }
    struct lb_rungs rung = {.bytes = {128 * MIB}, .count = 1};
    assert_int_equal(cases_at(&rung), 5);
    rung.beyond_bytes = 128 * MIB;
    assert_int_equal(cases_at(&rung), 4); /* the first mode alone */
}

/* One fake layout takes five times its rung, the others as much as the rung. */
static void layouts_that_are_too_large_are_left_out_where_it_is_asked(void **state)
{
    (void)state;
    struct lb_rungs rung = {.bytes = {128 * MIB}, .count = 1, .layout_bytes = 640 * MIB};
    assert_int_equal(cases_at(&rung), 5);
    rung.layout_bytes = 640 * MIB - 1;
    assert_int_equal(cases_at(&rung), 4);
    rung.layout_bytes = 64 * MIB; /* those of the rung's own size stay */
    assert_int_equal(cases_at(&rung), 4);
}

/* fake/rungs has two modes in one variant and one in the other, fake/parameter two values. */
static void modes_and_parameter_values_are_limited_where_it_is_asked(void **state)
{
    struct lb_rungs rungs = {.bytes = {16 * KIB, 16 * MIB, 64 * MIB}, .count = 3};
    (void)state;
    assert_int_equal(cases_at(&rungs), 3 * 3 + 2);
    rungs.modes_below = 1;
    assert_int_equal(cases_at(&rungs), 2 + 3 + 3 + 2);
    rungs.modes_beside = 1;
    assert_int_equal(cases_at(&rungs), 2 + 3 + 2 + 2);
    rungs.modes = 1;
    assert_int_equal(cases_at(&rungs), 2 + 2 + 2 + 2);
    rungs.parameters = 1;
    assert_int_equal(cases_at(&rungs), 2 + 2 + 2 + 1);
    rungs.parameters = 5;
    assert_int_equal(cases_at(&rungs), 2 + 2 + 2 + 2);
}

static void the_headlines_mode_is_the_last_to_be_left_out(void **state)
{
    static const struct lb_variant variant = {.name = "plain",
                                              .summary = "has all modes",
                                              .create = fake_create,
                                              .run = {fake_run, fake_run, fake_run},
                                              .footprint_bytes = fake_footprint};
    static const struct lb_benchmark benchmark = {.family = "fake",
                                                  .name = "headlined",
                                                  .reference_element_bytes = 8,
                                                  .headline = {.variant = "plain", .mode = "c"},
                                                  .modes = {"a", "b", "c"},
                                                  .expected = fake_expected,
                                                  .variants = &variant,
                                                  .variant_count = 1};
    static const struct lb_benchmark *const list[] = {&benchmark, NULL};
    static const char *const kept[] = {"c", "a c", "a b c"};
    (void)state;
    for (unsigned modes = 1; modes <= LB_COUNT_OF(kept); modes++) {
        struct lb_rungs rungs = {.bytes = {16 * MIB}, .count = 1, .modes = modes};
        struct lb_case_list cases;
        char names[16] = "";
        assert_int_equal(lb_cases_make(list, &rungs, NULL, 0, 1, &cases, NULL), LB_OK);
        for (size_t i = 0; i < cases.count; i++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? " " : "",
                     lb_benchmark_mode_name(&benchmark, cases.cases[i].mode));
        assert_string_equal(names, kept[modes - 1]);
        lb_cases_free(&cases);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_benchmark_variant_mode_and_point),
        cmocka_unit_test(element_counts_are_the_largest_odd_ones_that_fit),
        cmocka_unit_test(a_glob_means_itself_and_all_below_it),
        cmocka_unit_test(a_glob_that_matches_nothing_is_refused_with_the_nearest_name),
        cmocka_unit_test(every_id_is_found_again_at_any_rung),
        cmocka_unit_test(a_rung_may_be_written_in_any_unit),
        cmocka_unit_test(a_point_out_of_range_is_answered_with_the_range),
        cmocka_unit_test(a_rung_is_a_power_of_two_with_its_unit),
        cmocka_unit_test(rungs_are_ascending_and_follow_the_profile),
        cmocka_unit_test(the_rung_beyond_a_big_l3_is_measured_sparingly),
        cmocka_unit_test(layouts_that_are_too_large_are_left_out_where_it_is_asked),
        cmocka_unit_test(modes_and_parameter_values_are_limited_where_it_is_asked),
        cmocka_unit_test(the_headlines_mode_is_the_last_to_be_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
