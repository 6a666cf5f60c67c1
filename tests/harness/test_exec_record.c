/* test_exec_record.c - records of `exec`, read back. */
#include "cmocka_all.h"

#include "harness/case/exec_record.h"

#include <math.h>
#include <string.h>

static const char three[] =
    "{\"case\":\"a\\/b\\/c\\/ws=1MiB\",\"status\":\"ok\",\"process_cpu_ns\":2500000000}\n"
    "{\"case\":\"a\\/b\\/d\\/ws=1MiB\",\"status\":\"error\",\"reason\":\"no luck\"}\n"
    "{\"case\":\"a\\/b\\/c\\/ws=1MiB\",\"status\":\"error\",\"reason\":\"twice\"}\n";

static void the_first_record_of_a_case_is_found_among_others(void **unused)
{
    (void)unused;
    struct lb_error error;
    assert_ptr_equal(lb_exec_record_find(three, "a/b/c/ws=1MiB"), three);
    const char *second = lb_exec_record_find(three, "a/b/d/ws=1MiB");
    assert_ptr_equal(second, strchr(three, '\n') + 1);
    assert_int_equal(lb_exec_record_status(second, &error), LB_CHILD);
    assert_string_equal(error.text, "no luck");
    assert_int_equal(lb_exec_record_status(three, &error), LB_OK);
}

static void a_case_without_a_record_is_not_found(void **unused)
{
    (void)unused;
    assert_null(lb_exec_record_find(three, "a/b/c"));
    assert_null(lb_exec_record_find("", "a/b/c/ws=1MiB"));
    assert_null(lb_exec_record_find("\n\nno record\n{\"case\":\n", "a/b/c/ws=1MiB"));
}

static void cpu_time_that_was_not_said_is_unknown_and_not_0(void **unused)
{
    (void)unused;
    assert_float_equal(lb_exec_record_cpu_seconds(three), 2.5, 0);
    assert_true(isnan(lb_exec_record_cpu_seconds(strchr(three, '\n') + 1)));
    assert_true(isnan(lb_exec_record_cpu_seconds("")));
}

static void what_is_no_record_has_failed(void **unused)
{
    (void)unused;
    struct lb_error error;
    assert_int_equal(lb_exec_record_status("", &error), LB_CHILD);
    assert_string_equal(error.text, "it ended without a record");
}

static void what_was_skipped_has_not_failed(void **unused)
{
    (void)unused;
    struct lb_error error;
    const char *record = "{\"case\":\"a\",\"status\":\"skipped\",\"reason\":\"needs 4 GiB\"}\n";
    assert_int_equal(lb_exec_record_status(record, &error), LB_UNAVAILABLE);
    assert_string_equal(error.text, "needs 4 GiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_record_of_a_case_is_found_among_others),
        cmocka_unit_test(a_case_without_a_record_is_not_found),
        cmocka_unit_test(cpu_time_that_was_not_said_is_unknown_and_not_0),
        cmocka_unit_test(what_is_no_record_has_failed),
        cmocka_unit_test(what_was_skipped_has_not_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
