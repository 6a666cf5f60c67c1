/* test_trace.c - a trace is whole or not there; what a visit was stands in its events. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/base/clock.h"
#include "harness/run/trace.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/test_trace-XXXXXX";
static char path[64];
static struct lb_error error;
static struct lb_trace trace;
static struct lb_case plain;
static struct lb_result result;

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_trace-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/trace.json", folder);
    plain = (struct lb_case){.benchmark = &fake_rungs, .variant = &fake_variants[1]};
    snprintf(plain.id, sizeof plain.id, "fake/rungs/other/independent/ws=16KiB");
    lb_result_init(&result, &plain);
    return lb_trace_open(&trace, path, &error) != LB_OK;
}

/* Fails where a temporary file is left behind. */
static int tear_down(void **state)
{
    (void)state;
    lb_result_free(&result);
    lb_trace_abandon(&trace);
    unlink(path);
    return rmdir(folder);
}

static void add_visit(unsigned samples)
{
    struct lb_visit visit = {.replicate = 2, .round = 1, .steady = true, .steal_ns = UINT64_MAX};
    struct lb_sample s[4] = {{0}};
    uint64_t start = lb_clock_wall_ns();
    for (unsigned i = 0; i < samples; i++)
        s[i] = (struct lb_sample){.ops = 10 + i, .start_ns = start + i, .wall_ns = 1500};
    assert_int_equal(lb_result_add_visit(&result, &visit, s, samples), LB_OK);
    lb_trace_visit(&trace, &result, start, start + 5000);
}

static struct json_object *events_of(struct json_object *document)
{
    struct json_object *events = NULL;
    assert_non_null(document);
    assert_true(json_object_object_get_ex(document, "traceEvents", &events));
    return events;
}

static const char *text_at(struct json_object *events, size_t i, const char *key)
{
    struct json_object *value = NULL, *event = json_object_array_get_idx(events, i);
    assert_true(json_object_object_get_ex(event, key, &value));
    return json_object_get_string(value);
}

static void a_visit_and_its_samples_alone_are_added(void **state)
{
    (void)state;
    add_visit(3);
    add_visit(1);
    assert_int_equal(lb_trace_commit(&trace, &error), LB_OK);
    struct json_object *document = json_object_from_file(path), *events = events_of(document);
    /* four names: the benchmark's, two variants' and one for both; a visit with three samples, one
     * with one */
    assert_int_equal(json_object_array_length(events), 4 + 4 + 2);
    assert_string_equal(text_at(events, 4, "name"), plain.id);
    assert_string_equal(text_at(events, 4, "dur"), "5.000");
    assert_non_null(strstr(text_at(events, 4, "args"), "\"steal_ns\": null"));
    assert_string_equal(text_at(events, 5, "cat"), "sample");
    assert_string_equal(text_at(events, 5, "tid"), "2");
    assert_non_null(strstr(text_at(events, 7, "args"), "\"ops\": 12"));
    assert_string_equal(text_at(events, 8, "cat"), "visit");
    json_object_put(document);
}

static void a_phase_is_of_all_variants_and_says_the_point(void **state)
{
    (void)state;
    snprintf(plain.label, sizeof plain.label, "ws=16KiB");
    uint64_t start = lb_clock_wall_ns();
    lb_trace_phase(&trace, &plain, "build", start, start + 7000);
    assert_int_equal(lb_trace_commit(&trace, &error), LB_OK);
    struct json_object *document = json_object_from_file(path), *events = events_of(document);
    assert_int_equal(json_object_array_length(events), 4 + 1);
    assert_string_equal(text_at(events, 4, "cat"), "phase");
    assert_string_equal(text_at(events, 4, "name"), "build");
    assert_string_equal(text_at(events, 4, "dur"), "7.000");
    assert_string_equal(text_at(events, 4, "tid"), text_at(events, 1, "tid"));
    assert_non_null(strstr(text_at(events, 4, "args"), "ws=16KiB"));
    json_object_put(document);
}

static void a_trace_without_visits_is_json_too(void **state)
{
    (void)state;
    assert_int_equal(lb_trace_commit(&trace, &error), LB_OK);
    struct json_object *document = json_object_from_file(path);
    assert_int_equal(json_object_array_length(events_of(document)), 0);
    json_object_put(document);
}

static void what_could_not_be_written_is_said_and_not_left(void **state)
{
    (void)state;
    fclose(trace.stream);
    trace.stream = fopen("/dev/full", "we");
    assert_non_null(trace.stream);
    add_visit(4);
    assert_int_equal(lb_trace_commit(&trace, &error), LB_SYSTEM);
    assert_non_null(strstr(error.text, path));
    assert_int_equal(access(path, F_OK), -1);
}

static void an_abandoned_trace_leaves_nothing(void **state)
{
    (void)state;
    add_visit(2);
    lb_trace_abandon(&trace);
    assert_int_equal(access(path, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_visit_and_its_samples_alone_are_added),
        TEST(a_phase_is_of_all_variants_and_says_the_point),
        TEST(a_trace_without_visits_is_json_too),
        TEST(what_could_not_be_written_is_said_and_not_left),
        TEST(an_abandoned_trace_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
