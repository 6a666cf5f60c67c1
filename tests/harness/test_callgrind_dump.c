/* test_callgrind_dump.c - counts out of what callgrind writes. */
#include "harness/simulation/callgrind_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\npid: 21\ncmd:  x\npart: 1\n\n"
#define EVENTS                                                                                     \
    "\npositions: line\nevents: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw AcCost1 SpLoss1 AcCost2 "   \
    "SpLoss2\nsummary: 9 9 9\n\nfn=(1) totals: 5\n83 1 0 1\n\n"

/* Two dumps in one file, as --combine-dumps=yes writes them. */
static const char two[] = HEAD "desc: Trigger: Client Request: warm a/b/ws=1MiB\n" EVENTS
                               "totals: 1000 100 10 1 50 5 1 40 4 7 600 8 9\n" HEAD
                               "desc: Trigger: Client Request: a/b/ws=1MiB\n" EVENTS
                               "totals: 2000 200 20 1 70 7 1 60 6 7 900 8 9\n" HEAD
                               "desc: Trigger: Program termination\n" EVENTS "totals: 0\n";

static void a_dump_is_found_by_its_whole_name(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    assert_int_equal(lb_callgrind_find(two, "a/b/ws=1MiB", &counts, NULL), LB_OK);
    assert_int_equal(counts.instructions, 2000);
    assert_int_equal(counts.reads, 200);
    assert_int_equal(counts.writes, 20);
    assert_int_equal(counts.l1d_read_misses, 70);
    assert_int_equal(counts.l1d_write_misses, 7);
    assert_int_equal(counts.last_read_misses, 60);
    assert_int_equal(counts.last_write_misses, 6);
    assert_int_equal(counts.l1d_unused_bytes, 900);
    assert_int_equal(lb_callgrind_find(two, "warm a/b/ws=1MiB", &counts, NULL), LB_OK);
    assert_int_equal(counts.instructions, 1000);
}

static void a_dump_that_is_not_there_is_no_zero(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    struct lb_error error;
    const char *const names[] = {"a/b/ws=1Mi", "a/b/ws=1MiB2", "b/ws=1MiB", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(lb_callgrind_find(two, names[i], &counts, &error), LB_PROTOCOL);
    assert_int_equal(lb_callgrind_find("", "a", &counts, &error), LB_PROTOCOL);
    assert_non_null(strstr(error.text, "no dump named 'a'"));
}

static void zeros_that_are_left_out_at_the_end_are_zeros(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    const char *text = "desc: Trigger: Client Request: x\n" EVENTS "totals: 5 4 3\n";
    assert_int_equal(lb_callgrind_find(text, "x", &counts, NULL), LB_OK);
    assert_int_equal(counts.writes, 3);
    assert_int_equal(counts.l1d_read_misses, 0);
    assert_int_equal(counts.l1d_unused_bytes, 0);
}

static void columns_are_found_by_name_not_by_place(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    const char *text = "desc: Trigger: Client Request: x\n"
                       "events: SpLoss1 DLmw New DLmr D1mw D1mr Dw Dr Ir\n"
                       "totals: 8 7 99 6 5 4 3 2 1";
    assert_int_equal(lb_callgrind_find(text, "x", &counts, NULL), LB_OK);
    assert_int_equal(counts.instructions, 1);
    assert_int_equal(counts.l1d_read_misses, 4);
    assert_int_equal(counts.last_write_misses, 7);
    assert_int_equal(counts.l1d_unused_bytes, 8);
}

static void an_event_that_was_not_simulated_is_named(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    struct lb_error error;
    const char *text = "desc: Trigger: Client Request: x\nevents: Ir Dr Dw D1mr D1mw DLmr DLmw\n"
                       "totals: 1 2 3 4 5 6 7\n";
    assert_int_equal(lb_callgrind_find(text, "x", &counts, &error), LB_PROTOCOL);
    assert_non_null(strstr(error.text, "'SpLoss1'"));
}

static void totals_that_are_no_counts_are_refused(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    static const char *const bad[] = {
        "desc: Trigger: Client Request: x\n" EVENTS "totals: 1 -2 3\n",
        "desc: Trigger: Client Request: x\n" EVENTS "totals: 1 two\n",
        "desc: Trigger: Client Request: x\n" EVENTS "totals: 99999999999999999999999\n",
        "desc: Trigger: Client Request: x\n" EVENTS "totals: 1 2 3 4 5 6 7 8 9 10 11 12 13 14\n",
        "desc: Trigger: Client Request: x\n" EVENTS, /* cut off before its totals */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(lb_callgrind_find(bad[i], "x", &counts, NULL), LB_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dump_is_found_by_its_whole_name),
        cmocka_unit_test(a_dump_that_is_not_there_is_no_zero),
        cmocka_unit_test(zeros_that_are_left_out_at_the_end_are_zeros),
        cmocka_unit_test(columns_are_found_by_name_not_by_place),
        cmocka_unit_test(an_event_that_was_not_simulated_is_named),
        cmocka_unit_test(totals_that_are_no_counts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
