/* test_self_test.c - what the self-test says of programs that are judged rightly, wrongly, not. */
#include "tests/harness/cmocka_all.h"

#include "tests/ci/fake_exec.h"

#include "ci/self_test.h"
#include "harness/base/pin.h"
#include "harness/base/spawn.h"

/* Named head, so that it has the figures of the fake's head: here it plays both sides. */
static char folder[] = "/tmp/test_self_test.XXXXXX";
static char program[sizeof folder + 8];
static char said[4096];

static int make_program(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(program, sizeof program, "%s/head", folder);
    return symlink(lb_spawn_self(), program);
}

static int remove_program(void **state)
{
    char path[sizeof program + 8];
    (void)state;
    snprintf(path, sizeof path, "%s.count", program);
    return unlink(path) || unlink(program) || rmdir(folder);
}

/* Of one case, or of two. */
static enum lb_gate_exit self_test(const char *first, const char *second, double allowance)
{
    const char *const cases[] = {first, second};
    const struct lb_self_test test = {.program = program,
                                      .cases = cases,
                                      .case_count = second ? 2 : 1,
                                      .slowdown_permille = 50,
                                      .allowance = allowance,
                                      .seed = 1,
                                      .cpu = LB_CPU_NONE,
                                      .answer_ms = 10000};
    enum lb_gate_exit verdict = LB_GATE_EXIT_INTERRUPTED;
    struct lb_error error;
    memset(said, 0, sizeof said);
    FILE *out = fmemopen(said, sizeof said, "w");
    assert_non_null(out);
    assert_int_equal(lb_self_test_run(&test, out, &verdict, &error), LB_OK);
    fclose(out);
    return verdict;
}

static void a_program_that_is_told_from_itself_slower_passes(void **state)
{
    (void)state;
    assert_int_equal(self_test("fake/duel/same/ws=16KiB", NULL, 0.02), LB_GATE_EXIT_PASS);
    assert_non_null(strstr(said, "fake/duel/same/ws=16KiB against itself: same, ratio "));
    assert_non_null(strstr(said, "against itself 5.0 % slower: slower, ratio 1.0"));
    assert_null(strstr(said, "MISJUDGED"));
}

static void a_slowdown_that_is_not_seen_is_misjudged(void **state)
{
    (void)state;
    assert_int_equal(self_test("fake/duel/deaf/ws=16KiB", NULL, 0.02), LB_GATE_EXIT_HARNESS);
    assert_non_null(strstr(said, "5.0 % slower: same"));
    assert_non_null(strstr(said, "MISJUDGED"));
}

static void a_false_alarm_is_misjudged(void **state)
{
    (void)state;
    /* An allowance that asks for twice the speed: even the same program is too slow. */
    assert_int_equal(self_test("fake/duel/same/ws=16KiB", NULL, -0.5), LB_GATE_EXIT_HARNESS);
    assert_non_null(strstr(said, "against itself: slower"));
}

static void a_case_that_fails_is_misjudged_with_its_reason(void **state)
{
    (void)state;
    assert_int_equal(self_test("fake/duel/wrong/ws=16KiB", NULL, 0.02), LB_GATE_EXIT_HARNESS);
    assert_non_null(strstr(said, "wrong answer"));
}

static void too_noisy_to_tell_proves_nothing(void **state)
{
    (void)state;
    assert_int_equal(self_test("fake/duel/erratic/ws=16KiB", NULL, 0.02), LB_GATE_EXIT_UNDECIDED);
    assert_non_null(strstr(said, "too noisy here to tell"));
}

static void one_case_that_is_told_is_enough(void **state)
{
    (void)state;
    assert_int_equal(self_test("fake/duel/same/ws=16KiB", "fake/duel/erratic/ws=16KiB", 0.02),
                     LB_GATE_EXIT_PASS);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "exec") == 0)
        return fake_exec(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_is_told_from_itself_slower_passes),
        cmocka_unit_test(a_slowdown_that_is_not_seen_is_misjudged),
        cmocka_unit_test(a_false_alarm_is_misjudged),
        cmocka_unit_test(a_case_that_fails_is_misjudged_with_its_reason),
        cmocka_unit_test(too_noisy_to_tell_proves_nothing),
        cmocka_unit_test(one_case_that_is_told_is_enough),
    };
    return cmocka_run_group_tests(tests, make_program, remove_program);
}
