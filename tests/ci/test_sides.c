/* test_sides.c - what programs are asked, what of their answers is taken, and what is left behind.
 */
#include "tests/harness/cmocka_all.h"

#include "ci/sides.h"
#include "harness/base/interrupt.h"
#include "harness/base/spawn.h"
#include "tests/ci/fake_side.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FIRST           "toy/sum/inline/ws=256KiB"

static const char *const programs[] = {"good",    "old",   "babbles",        "fails",
                                       "crashes", "quiet", "writes_nothing", "interrupts"};

static char folder[] = "/tmp/test_sides.XXXXXX", temporary[sizeof folder + 8];
static char program[sizeof folder + 32]; /* the last that was named */

static const char *named(const char *name)
{
    snprintf(program, sizeof program, "%s/%s", folder, name);
    return program;
}

/* Programs in one folder, and one for what the gate makes for itself. */
static int make_programs(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    for (size_t i = 0; i < COUNT_OF(programs); i++)
        if (symlink(lb_spawn_self(), named(programs[i])) != 0)
            return -1;
    snprintf(temporary, sizeof temporary, "%s/tmp", folder);
    return mkdir(temporary, 0700) || setenv("TMPDIR", temporary, 1);
}

static int remove_programs(void **state)
{
    char asked[sizeof program + 8];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        snprintf(asked, sizeof asked, "%s.asked", named(programs[i]));
        unlink(asked);
        unlink(program);
    }
    return rmdir(temporary) || rmdir(folder);
}

static bool is_empty(const char *path)
{
    size_t count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count == 2; /* . and .. */
}

/* What the last program was asked, words with spaces between them. */
static void assert_asked(const char *words)
{
    char path[sizeof program + 8], asked[1024];
    snprintf(path, sizeof path, "%s.asked", program);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t length = fread(asked, 1, sizeof asked - 1, file);
    fclose(file);
    assert_true(length > 0);
    asked[length - 1] = 0;
    for (char *at = asked; (at = strchr(at, '\n'));)
        *at = ' ';
    assert_string_equal(asked, words);
}

/* ---- list ---------------------------------------------------------------------------------- */

static enum lb_status list_as(enum lb_side as, const char *name, struct lb_results *results,
                              struct lb_error *error)
{
    static const char rungs[][16] = {"256KiB", "64MiB"};
    error->text[0] = 0;
    return lb_side_list(as, named(name), rungs, COUNT_OF(rungs), 18446744073709551615ULL, results,
                        error);
}

static enum lb_status list(const char *name, struct lb_results *results, struct lb_error *error)
{
    return list_as(LB_SIDE_BASE, name, results, error);
}

static void a_program_lists_at_the_rungs_asked_for_and_at_those_simulated(void **state)
{
    struct lb_results side;
    struct lb_error error;
    (void)state;
    assert_int_equal(list("good", &side, &error), LB_OK);
    assert_int_equal(side.case_count, 11);
    assert_string_equal(side.name, program);
    assert_asked("list --format json --seed 18446744073709551615 --working-set 256KiB "
                 "--working-set 64MiB --working-set 256KiB --working-set 16MiB");
    lb_results_free(&side);
}

static void what_cannot_list_is_told_apart(void **state)
{
    static const struct {
        const char *name;
        enum lb_status of_base, of_head;
        const char *message;
    } rows[] = {
        {"none", LB_USAGE, LB_USAGE, "none: No such file"},
        {"fails", LB_UNAVAILABLE, LB_CHILD,
         "is no layoutbench that can be compared: its list ended with "
         "status 3"},
        {"old", LB_UNAVAILABLE, LB_UNAVAILABLE, "is too old to compare with"},
        {"babbles", LB_UNAVAILABLE, LB_CHILD, "writes what this gate cannot read"},
        {"crashes", LB_CHILD, LB_CHILD, "SIGSEGV"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lb_results side;
        struct lb_error error;
        enum lb_status status = list(rows[i].name, &side, &error);
        if (status != rows[i].of_base || !strstr(error.text, rows[i].message))
            fail_msg("%s: %d, '%s'", rows[i].name, (int)status, error.text);
        lb_results_free(&side);
        status = list_as(LB_SIDE_HEAD, rows[i].name, &side, &error);
        assert_int_equal(status, rows[i].of_head);
        lb_results_free(&side);
    }
}

/* ---- simulate ------------------------------------------------------------------------------ */

static enum lb_status simulate(const char *name, const char *keep, struct lb_results *results,
                               struct lb_error *error)
{
    static const char *const globs[] = {"toy/sum", "toy/step/plain"};
    error->text[0] = 0;
    return lb_side_simulate(LB_SIDE_BASE, named(name), globs, keep ? 2 : 0, 7, keep != NULL, keep,
                            results, error);
}

static void a_program_simulates_and_leaves_nothing_behind(void **state)
{
    struct lb_results side;
    struct lb_error error;
    (void)state;
    assert_int_equal(simulate("good", NULL, &side, &error), LB_OK);
    assert_int_equal(side.case_count, 10);
    assert_string_equal(side.name, program); /* not the document's */
    assert_true(is_empty(temporary));
    lb_results_free(&side);
}

static void a_document_to_keep_is_kept_where_it_was_asked_for(void **state)
{
    char keep[sizeof folder + 16], words[256];
    struct lb_results side;
    struct lb_error error;
    (void)state;
    snprintf(keep, sizeof keep, "%s/kept.json", folder);
    snprintf(words, sizeof words,
             "simulate --seed 7 --output %s --quiet --filter toy/sum --filter toy/step/plain",
             keep);
    assert_int_equal(simulate("quiet", keep, &side, &error), LB_OK);
    assert_asked(words);
    lb_results_free(&side);
    assert_int_equal(lb_results_read(keep, &side, &error), LB_OK);
    assert_true(is_empty(temporary));
    unlink(keep);
    lb_results_free(&side);
}

static void what_cannot_simulate_is_told_apart_and_leaves_nothing_behind(void **state)
{
    static const struct {
        const char *name;
        enum lb_status status;
        const char *message;
    } rows[] = {
        {"none", LB_USAGE, "none: No such file"},
        {"fails", LB_CHILD, "fails simulate ended with status 3"},
        {"crashes", LB_CHILD, "crashes simulate killed by SIGSEGV"},
        {"writes_nothing", LB_UNAVAILABLE, "counts.json"},
        {"babbles", LB_UNAVAILABLE, "the text ends too early"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct lb_results side;
        struct lb_error error;
        enum lb_status status = simulate(rows[i].name, NULL, &side, &error);
        if (status != rows[i].status || !strstr(error.text, rows[i].message))
            fail_msg("%s: %d, '%s'", rows[i].name, (int)status, error.text);
        assert_true(is_empty(temporary));
        lb_results_free(&side);
    }
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
    struct lb_results side;
    struct lb_error error;
    (void)state;
    setenv("TMPDIR", "/nonexistent", 1);
    enum lb_status status = simulate("good", NULL, &side, &error);
    setenv("TMPDIR", temporary, 1);
    assert_int_equal(status, LB_SYSTEM);
    assert_non_null(strstr(error.text, "/nonexistent/layoutbench-gate."));
    lb_results_free(&side);
}

/* In a process of its own: what was interrupted once stays so. */
static void an_interrupt_ends_the_program_and_leaves_nothing_behind(void **state)
{
    int status;
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct lb_results side;
        struct lb_error error;
        lb_interrupt_catch();
        enum lb_status ended = simulate("interrupts", NULL, &side, &error);
        bool childless = waitpid(-1, NULL, WNOHANG) == -1;
        lb_results_free(&side);
        _exit(ended == LB_INTERRUPTED && childless ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(is_empty(temporary));
}

/* ---- Both ---------------------------------------------------------------------------------- */

static void listed_cases_get_what_was_counted_and_keep_what_they_are(void **state)
{
    struct lb_results listed, counted;
    struct lb_error error;
    (void)state;
    assert_int_equal(list("good", &listed, &error), LB_OK);
    assert_int_equal(lb_results_read(FAKE_DOCUMENT, &counted, &error), LB_OK);
    lb_side_merge(&listed, &counted);
    assert_int_equal(listed.case_count, 11);
    const struct lb_results_case *c = lb_results_case(&listed, FIRST);
    assert_true(c->counts[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] == 4);
    assert_int_equal(c->readings[LB_GATE_SIMULATED][LB_GATE_L3_MISSES], LB_READING_BELIEVED);
    assert_int_equal(c->elements, 511); /* the list's */
    c = lb_results_case(&listed, "toy/sum/inline/ws=64MiB");
    assert_int_equal(c->readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS], LB_READING_ABSENT);
    assert_string_equal(listed.environment_digest, "eeeeeeeeeeeeeeee");
    assert_string_equal(listed.machine_digest, "machine-vm-2core");
    assert_string_equal(listed.commit, "0123456789ab");
    assert_int_equal(listed.environment_count, 2);
    assert_string_equal(listed.environment[0].name, "compiler");
    assert_int_equal(listed.machine_count, 2);
    assert_string_equal(listed.machine[1].value, "6.1");
    lb_results_free(&listed);
    lb_results_free(&counted);
}

static void a_case_that_failed_while_it_was_counted_has_failed(void **state)
{
    struct lb_results listed, counted;
    struct lb_error error;
    (void)state;
    assert_int_equal(list("good", &listed, &error), LB_OK);
    assert_int_equal(lb_results_read(FAKE_DOCUMENT, &counted, &error), LB_OK);
    struct lb_results_case *from = &counted.cases[lb_results_case(&counted, FIRST) - counted.cases];
    from->status = LB_RESULT_FAILED;
    strcpy(from->reason, "killed by SIGSEGV");
    lb_side_merge(&listed, &counted);
    const struct lb_results_case *c = lb_results_case(&listed, FIRST);
    assert_int_equal(c->status, LB_RESULT_FAILED);
    assert_string_equal(c->reason, "killed by SIGSEGV");
    assert_int_equal(listed.cases[0].status, LB_RESULT_RAN);
    lb_results_free(&listed);
    lb_results_free(&counted);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "list") == 0 || strcmp(argv[1], "simulate") == 0))
        return fake_side(argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_lists_at_the_rungs_asked_for_and_at_those_simulated),
        cmocka_unit_test(what_cannot_list_is_told_apart),
        cmocka_unit_test(a_program_simulates_and_leaves_nothing_behind),
        cmocka_unit_test(a_document_to_keep_is_kept_where_it_was_asked_for),
        cmocka_unit_test(what_cannot_simulate_is_told_apart_and_leaves_nothing_behind),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_named),
        cmocka_unit_test(an_interrupt_ends_the_program_and_leaves_nothing_behind),
        cmocka_unit_test(listed_cases_get_what_was_counted_and_keep_what_they_are),
        cmocka_unit_test(a_case_that_failed_while_it_was_counted_has_failed),
    };
    return cmocka_run_group_tests(tests, make_programs, remove_programs);
}
