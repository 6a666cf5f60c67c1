/* test_globs.c - which case ids a glob means. */
#include "tests/harness/cmocka_all.h"

#include "ci/globs.h"

#define ID "toy/sum/inline/ws=16MiB"

static void a_glob_means_what_it_matches_and_all_below_it(void **state)
{
    static const struct {
        int line;
        const char *glob;
        bool means;
    } rows[] = {
        {__LINE__, ID, true},
        {__LINE__, "toy", true},
        {__LINE__, "toy/sum", true},
        {__LINE__, "toy/sum/inline", true},
        {__LINE__, "t?y/[rs]um", true},
        {__LINE__, "*/ws=16MiB", true}, /* a star crosses slashes */
        {__LINE__, "*", true},
        {__LINE__, "toy/su", false},
        {__LINE__, "sum", false},
        {__LINE__, "toy/", false},
        {__LINE__, ID "/more", false},
        {__LINE__, "Toy", false},
        {__LINE__, "toy/sum/*/ws=1MiB", false},
        {__LINE__, "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lb_glob_means(rows[i].glob, ID) != rows[i].means)
            fail_msg("row of line %d: '%s'", rows[i].line, rows[i].glob);
}

static void no_globs_mean_all_and_several_what_one_of_them_means(void **state)
{
    static const char *const globs[] = {"toy/step", "toy/sum"};
    (void)state;
    assert_true(lb_globs_mean(NULL, 0, ID));
    assert_true(lb_globs_mean(globs, 2, ID));
    assert_true(lb_globs_mean(globs, 1, "toy/step/plain/near/bytes=8"));
    assert_false(lb_globs_mean(globs, 1, ID));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_glob_means_what_it_matches_and_all_below_it),
        cmocka_unit_test(no_globs_mean_all_and_several_what_one_of_them_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
