/* test_options.c - what the command line can say, and how it is told that it said it wrong. */
#include "cmocka_all.h"

#include "harness/base/pin.h"
#include "harness/case/registry.h"
#include "harness/commands/options.h"

#include <stdlib.h>
#include <string.h>

/* case.c, which parses sizes for the options, knows the list; there is none here. */
const struct lb_benchmark *const lb_benchmark_list[] = {NULL};

static enum lb_status parse(const char *words, struct lb_options *options, struct lb_error *error)
{
    static char storage[512];
    static char *argv[32];
    int argc = 0;
    snprintf(storage, sizeof storage, "%s", words);
    char *rest = storage;
    for (char *word = strtok_r(rest, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    argv[argc] = NULL;
    return lb_options_parse(argc, argv, options, error);
}

static void defaults_are_sane(void **state)
{
    struct lb_options o;
    (void)state;
    assert_int_equal(parse("layoutbench run", &o, NULL), LB_OK);
    assert_int_equal(o.command, LB_COMMAND_RUN);
    assert_string_equal(o.profile, "standard");
    assert_string_equal(o.format, "text");
    assert_int_equal(o.seed, 1);
    assert_int_equal(o.cpu, lb_pin_default_cpu());
    assert_null(o.output);
}

static void values_come_behind_a_space_or_an_equals_sign(void **state)
{
    struct lb_options o;
    (void)state;
    assert_int_equal(parse("layoutbench run --filter a/* --filter=b --profile quick --seed=42 "
                           "--cpu none --working-set 8MiB --working-set=64KiB --wait",
                           &o, NULL),
                     LB_OK);
    assert_int_equal(o.filter_count, 2);
    assert_string_equal(o.filters[0], "a/*");
    assert_string_equal(o.filters[1], "b");
    assert_string_equal(o.profile, "quick");
    assert_int_equal(o.seed, 42);
    assert_int_equal(o.cpu, LB_CPU_NONE);
    assert_int_equal(o.working_set_count, 2);
    assert_int_equal(o.working_sets[0], 8 << 20);
    assert_true(o.wait && !o.resume);
}

static void zero_ops_are_not_the_same_as_none_given(void **state)
{
    struct lb_options o;
    (void)state;
    assert_int_equal(parse("layoutbench exec some/case", &o, NULL), LB_OK);
    assert_string_equal(o.case_id, "some/case");
    assert_false(o.ops_given);
    assert_int_equal(parse("layoutbench exec some/case --ops 0", &o, NULL), LB_OK);
    assert_true(o.ops_given);
    assert_int_equal(o.ops, 0);
}

static void mistakes_are_named_with_the_nearest_valid_word(void **state)
{
    static const struct {
        int line;
        const char *words, *message;
    } rows[] = {
        {__LINE__, "layoutbench", "say what to do"},
        {__LINE__, "layoutbench rnu", "unknown command 'rnu'; did you mean 'run'?"},
        {__LINE__, "layoutbench run --profle quick", "did you mean '--profile'?"},
        {__LINE__, "layoutbench run --profile quik", "not 'quik'; did you mean 'quick'?"},
        {__LINE__, "layoutbench list --wait", "--wait is not an option of this command"},
        {__LINE__, "layoutbench run --seed", "--seed wants N"},
        {__LINE__, "layoutbench run --seed -1", "wants a number"},
        {__LINE__, "layoutbench run --seed 1x", "wants a number"},
        {__LINE__, "layoutbench run --seed 9223372036854775808", "wants a number"},
        {__LINE__, "layoutbench run --timeout 0", "wants 1 to 3600 seconds, not '0'"},
        {__LINE__, "layoutbench run --timeout 3601", "wants 1 to 3600 seconds"},
        {__LINE__, "layoutbench run --timeout 5s", "wants a number"},
        {__LINE__, "layoutbench run --cpu 99999", "--cpu wants"},
        {__LINE__, "layoutbench run --wait=yes", "--wait takes no value"},
        {__LINE__, "layoutbench run --working-set 3MiB", "wants a power of two"},
        {__LINE__, "layoutbench run stray", "unexpected 'stray'"},
        {__LINE__, "layoutbench exec", "exec wants a case"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_options o;
        struct lb_error error = {""};
        if (parse(rows[i].words, &o, &error) != LB_USAGE || !strstr(error.text, rows[i].message))
            fail_msg("row of line %d: got '%s'", rows[i].line, error.text);
    }
}

static void help_names_every_option_of_a_command_and_no_other(void **state)
{
    struct lb_options o;
    char *text;
    size_t size;
    (void)state;
    assert_int_equal(parse("layoutbench exec --help", &o, NULL), LB_OK);
    FILE *f = open_memstream(&text, &size);
    lb_options_help(f, &o);
    fclose(f);
    assert_non_null(strstr(text, "--ops N"));
    assert_non_null(strstr(text, "--control-fd N"));
    assert_null(strstr(text, "--profile"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_sane),
        cmocka_unit_test(values_come_behind_a_space_or_an_equals_sign),
        cmocka_unit_test(zero_ops_are_not_the_same_as_none_given),
        cmocka_unit_test(mistakes_are_named_with_the_nearest_valid_word),
        cmocka_unit_test(help_names_every_option_of_a_command_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
