/* test_exec.c - a driven exec, spoken to in this process: commands first, answers read afterwards.
 */
#include "cmocka_all.h"

#include "fake_benchmarks.h"

#include "harness/base/pin.h"
#include "harness/case/exec.h"
#include "harness/case/protocol.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t ops_done;

static uint64_t counting_run(void *state, uint64_t first_op, uint64_t ops)
{
    ops_done += ops;
    return fake_run(state, first_op, ops);
}

static const struct lb_variant variant = {.name = "counting",
                                          .summary = "counts what it is asked for",
                                          .create = fake_create,
                                          .run = {counting_run},
                                          .footprint_bytes = fake_footprint};
static const struct lb_benchmark benchmark = {.family = "fake",
                                              .name = "exec",
                                              .reference_element_bytes = 8,
                                              .expected = fake_expected,
                                              .variants = &variant,
                                              .variant_count = 1};

/* Says both lines, serves them, and leaves the samples it reported; returns the last line. */
static void serve(unsigned slowdown_permille, unsigned count, struct lb_sample *samples,
                  char *last_line)
{
    const struct lb_case c = {.benchmark = &benchmark,
                              .variant = &variant,
                              .point = {.working_set_bytes = 800, .elements = 99, .seed = 1}};
    const struct lb_exec_options options = {.cpu = LB_CPU_NONE,
                                            .slowdown_permille = slowdown_permille};
    struct lb_error error;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct lb_line_reader reader = {.fd = ends[0]};
    lb_line_write(ends[0], &error, "sample - 1000 %u", count);
    lb_line_write(ends[0], &error, "quit");
    ops_done = 0;
    assert_int_equal(lb_exec_driven(&c, &options, ends[1], &error), LB_OK);
    assert_int_equal(lb_line_read(&reader, 1000, last_line, &error), LB_OK); /* ready */
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(lb_line_read(&reader, 1000, last_line, &error), LB_OK);
        assert_int_equal(lb_sample_parse(last_line, &samples[i], &error), LB_OK);
    }
    assert_int_equal(lb_line_read(&reader, 1000, last_line, &error), LB_OK);
    assert_string_equal(last_line, "done");
    assert_int_equal(lb_line_read(&reader, 1000, last_line, &error), LB_OK);
    close(ends[0]);
    close(ends[1]);
}

static void a_sample_does_what_it_reports(void **state)
{
    struct lb_sample samples[2];
    char line[LB_LINE_BYTES];
    (void)state;
    serve(0, 2, samples, line);
    assert_int_equal(samples[0].ops, 1000);
    assert_int_equal(samples[1].ops, 1000);
    assert_int_equal(ops_done, 2000);
}

static void a_slowdown_does_that_share_more_than_it_reports_and_verifies_all(void **state)
{
    struct lb_sample samples[2];
    char line[LB_LINE_BYTES];
    (void)state;
    serve(50, 2, samples, line);
    assert_int_equal(samples[0].ops, 1000);
    assert_int_equal(samples[1].ops, 1000);
    assert_int_equal(ops_done, 2100);
    assert_int_equal(strncmp(line, "verified ", 9), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_does_what_it_reports),
        cmocka_unit_test(a_slowdown_does_that_share_more_than_it_reports_and_verifies_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
