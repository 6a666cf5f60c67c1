/* test_protocol.c - lines go over whole, samples come back as they were, nonsense is refused. */
#include "cmocka_all.h"

#include "harness/case/protocol.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int ends[2];

static int open_pair(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int close_pair(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static void lines_arrive_one_by_one_however_they_were_written(void **state)
{
    struct lb_line_reader reader = {.fd = ends[0]};
    char line[LB_LINE_BYTES];
    (void)state;
    assert_int_equal(write(ends[1], "ready 1\nwarm", 12), 12);
    assert_int_equal(lb_line_read(&reader, 1000, line, NULL), LB_OK);
    assert_string_equal(line, "ready 1");
    assert_int_equal(lb_line_read(&reader, 10, line, NULL), LB_CHILD);
    assert_int_equal(lb_line_write(ends[1], NULL, "ed %d", 3), LB_OK);
    assert_int_equal(lb_line_read(&reader, 1000, line, NULL), LB_OK);
    assert_string_equal(line, "warmed 3");
}

static void a_closed_end_and_silence_are_told_apart(void **state)
{
    struct lb_line_reader reader = {.fd = ends[0]};
    struct lb_error error;
    char line[LB_LINE_BYTES];
    (void)state;
    assert_int_equal(lb_line_read(&reader, 5, line, &error), LB_CHILD);
    assert_non_null(strstr(error.text, "no answer"));
    shutdown(ends[1], SHUT_WR);
    assert_int_equal(lb_line_read(&reader, 1000, line, &error), LB_CHILD);
    assert_non_null(strstr(error.text, "closed"));
}

static void writing_to_a_closed_end_is_an_error_and_no_signal(void **state)
{
    struct lb_error error;
    (void)state;
    shutdown(ends[0], SHUT_RDWR);
    assert_int_equal(lb_line_write(ends[1], &error, "hello"), LB_CHILD);
}

static void a_newline_inside_a_line_cannot_forge_another(void **state)
{
    struct lb_line_reader reader = {.fd = ends[0]};
    char line[LB_LINE_BYTES];
    (void)state;
    assert_int_equal(lb_line_write(ends[1], NULL, "failed %s", "a\nverified 0"), LB_OK);
    assert_int_equal(lb_line_read(&reader, 1000, line, NULL), LB_OK);
    assert_string_equal(line, "failed a verified 0");
}

static void a_sample_comes_back_as_it_was(void **state)
{
    struct lb_line_reader reader = {.fd = ends[0]};
    struct lb_sample sent = {.ops = 12345678901,
                             .start_ns = 98765432109876,
                             .wall_ns = 1250000,
                             .cpu_ns = 1249000,
                             .minor_faults = 1,
                             .major_faults = 2,
                             .voluntary_switches = 3,
                             .involuntary_switches = 4,
                             .migrated = true};
    struct lb_sample got;
    char line[LB_LINE_BYTES];
    (void)state;
    sent.counters[LB_COUNTER_CYCLES] = (struct lb_counter_delta){
        .valid = true, .value = UINT64_MAX, .time_enabled_ns = 7, .time_running_ns = 6};
    sent.counters[LB_COUNTER_PAGE_FAULTS] = (struct lb_counter_delta){.lost = true};
    assert_int_equal(lb_sample_write(ends[1], &sent, NULL), LB_OK);
    assert_int_equal(lb_line_read(&reader, 1000, line, NULL), LB_OK);
    assert_int_equal(lb_sample_parse(line, &got, NULL), LB_OK);
    assert_memory_equal(&sent, &got, sizeof sent);
}

static void every_counter_of_a_sample_fits_into_a_line(void **state)
{
    struct lb_line_reader reader = {.fd = ends[0]};
    struct lb_sample sent = {.ops = UINT64_MAX, .start_ns = UINT64_MAX}, got;
    char line[LB_LINE_BYTES];
    (void)state;
    for (int i = 0; i < LB_COUNTERS_MAX; i++)
        sent.counters[i] = (struct lb_counter_delta){.valid = true,
                                                     .value = UINT64_MAX,
                                                     .time_enabled_ns = UINT64_MAX,
                                                     .time_running_ns = UINT64_MAX};
    assert_int_equal(lb_sample_write(ends[1], &sent, NULL), LB_OK);
    assert_int_equal(lb_line_read(&reader, 1000, line, NULL), LB_OK);
    assert_int_equal(lb_sample_parse(line, &got, NULL), LB_OK);
    assert_memory_equal(&sent, &got, sizeof sent);
}

static void what_is_no_sample_is_refused(void **state)
{
    static const char *const lines[] = {"",
                                        "done",
                                        "s 1 2 3",
                                        "s 0 1 1 0 0 0 0 0",
                                        "s 1 1 1 0 0 0 0 0 99=1:1:1",
                                        "s 1 1 1 0 0 0 0 0 0=x",
                                        "s 1 1 1 0 0 0 0 0 0=1:1",
                                        "s 1 1 1 0 0 0 0 0 0=1:1:1 x",
                                        "s 1 1 1 0 0 0 0 0 at=x",
                                        "s 1 1 1 0 0 0 0 0 at=1x"};
    struct lb_sample sample;
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(lb_sample_parse(lines[i], &sample, NULL), LB_PROTOCOL);
}

static const struct lb_benchmark counted = {
    .metrics = {{"probes", "probes per op", "slots seen", LB_LOWER_IS_BETTER},
                {"growths", "growths", "new arrays", LB_LOWER_IS_BETTER}}};

static void a_metric_comes_back_as_it_was(void **state)
{
    struct lb_line_reader reader = {.fd = ends[0]};
    struct lb_metric_values got;
    struct lb_metric_value sent[] = {{.value = 1.0 / 3}, {.value = NAN, .reason = "not told: why"}};
    char line[LB_LINE_BYTES];
    (void)state;
    lb_metrics_init(&got, &counted, "not yet");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(lb_metric_write(ends[1], counted.metrics[i].name, &sent[i], NULL), LB_OK);
        assert_int_equal(lb_line_read(&reader, 1000, line, NULL), LB_OK);
        assert_int_equal(lb_metric_parse(line, &got, NULL), LB_OK);
    }
    assert_true(got.of[0].value == 1.0 / 3);
    assert_string_equal(got.of[0].reason, "");
    assert_true(isnan(got.of[1].value));
    assert_string_equal(got.of[1].reason, "not told: why");
}

static void what_is_no_metric_is_refused(void **state)
{
    static const char *const lines[] = {"",           "done",         "m",
                                        "m probes",   "m probes x",   "m probes 1 x",
                                        "m probes -", "m probes nan", "m probes inf",
                                        "m other 1"};
    struct lb_metric_values values;
    (void)state;
    lb_metrics_init(&values, &counted, "not yet");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_int_equal(lb_metric_parse(lines[i], &values, NULL), LB_PROTOCOL);
    assert_string_equal(values.of[0].reason, "not yet");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_arrive_one_by_one_however_they_were_written,
                                        open_pair, close_pair),
        cmocka_unit_test_setup_teardown(a_closed_end_and_silence_are_told_apart, open_pair,
                                        close_pair),
        cmocka_unit_test_setup_teardown(writing_to_a_closed_end_is_an_error_and_no_signal,
                                        open_pair, close_pair),
        cmocka_unit_test_setup_teardown(a_newline_inside_a_line_cannot_forge_another, open_pair,
                                        close_pair),
        cmocka_unit_test_setup_teardown(a_sample_comes_back_as_it_was, open_pair, close_pair),
        cmocka_unit_test_setup_teardown(every_counter_of_a_sample_fits_into_a_line, open_pair,
                                        close_pair),
        cmocka_unit_test(what_is_no_sample_is_refused),
        cmocka_unit_test_setup_teardown(a_metric_comes_back_as_it_was, open_pair, close_pair),
        cmocka_unit_test(what_is_no_metric_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
