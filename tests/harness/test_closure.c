/* test_closure.c - the line of time over simulated misses, on small made-up documents. */
#include "harness/document/claims_member.h"
#include "harness/document/closure.h"
#include "tests/harness/cmocka_all.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A document with a lookup row a pair of figures; NaN is a figure that is not known. */
static struct json_object *document_of(const double (*rows)[2], size_t count, const char *ending)
{
    static const char head[] = "{\"machine\":{\"checks\":[],\"caches_measured\":{\"memory_ns_per_"
                               "hop\":110}},\"cases\":[]}";
    struct json_object *document = json_tokener_parse(head);
    struct json_object *cases = lb_claims_member(document, "cases");
    for (size_t i = 0; i < count; i++) {
        char row[512], ns[32] = "null", misses[32] = "null";
        if (!isnan(rows[i][0]))
            snprintf(misses, sizeof misses, "%g", rows[i][0]);
        if (!isnan(rows[i][1]))
            snprintf(ns, sizeof ns, "%g", rows[i][1]);
        snprintf(row, sizeof row,
                 "{\"id\":\"flat_index/lookup/v%zu/%s\",\"benchmark\":\"flat_index/lookup\","
                 "\"time\":{\"cpu_ns_per_op\":{\"median\":%s}},"
                 "\"simulated\":{\"l3_misses\":{\"value_per_op\":%s}}}",
                 i, ending, ns, misses);
        json_object_array_add(cases, json_tokener_parse(row));
    }
    lb_closure_check(document);
    return document;
}

static struct json_object *checks_of(struct json_object *document)
{
    return lb_claims_member(lb_claims_member(document, "machine"), "checks");
}

static struct json_object *check_named(struct json_object *document, const char *id)
{
    struct json_object *checks = checks_of(document);
    for (size_t i = 0; i < json_object_array_length(checks); i++)
        if (strcmp(lb_claims_text(json_object_array_get_idx(checks, i), "id"), id) == 0)
            return json_object_array_get_idx(checks, i);
    fail_msg("there is no check %s", id);
    return NULL;
}

#define LARGE "dependent,hit/ws=16MiB"

static void lookups_on_a_line_close(void **unused)
{
    (void)unused;
    const double rows[][2] = {{1, 130}, {2, 230}, {3, 330}, {4, 430}, {8, 830}};
    struct json_object *document = document_of(rows, 5, LARGE);
    struct json_object *slope = check_named(document, "closure_slope"),
                       *r = check_named(document, "closure_correlation");
    assert_string_equal(lb_claims_text(slope, "status"), "pass");
    assert_true(fabs(lb_claims_number(slope, "figure") - 100) < 1e-9);
    assert_true(fabs(lb_claims_number(r, "figure") - 1) < 1e-9);
    assert_non_null(strstr(lb_claims_text(slope, "text"), "100 ns a simulated L3 miss plus 30 ns"));
    assert_non_null(strstr(lb_claims_text(slope, "text"), "110 ns a hop in memory"));
    json_object_put(document);
}

static void misses_that_do_not_explain_the_time_are_a_warning(void **unused)
{
    (void)unused;
    const double rows[][2] = {{1, 500}, {2, 100}, {3, 450}, {4, 150}, {8, 400}};
    struct json_object *document = document_of(rows, 5, LARGE);
    assert_string_equal(lb_claims_text(check_named(document, "closure_slope"), "status"), "warn");
    json_object_put(document);
}

static void what_is_not_known_is_no_point(void **unused)
{
    (void)unused;
    const double rows[][2] = {{1, 130}, {2, 230}, {3, 330}, {4, 430}, {NAN, 830}, {5, NAN}};
    struct json_object *document = document_of(rows, 6, LARGE);
    struct json_object *slope = check_named(document, "closure_slope");
    assert_string_equal(lb_claims_text(slope, "status"), "unknown");
    assert_null(lb_claims_member(slope, "figure"));
    assert_non_null(strstr(lb_claims_text(slope, "text"), "4 of 6 layouts"));
    const char *of_r = lb_claims_text(check_named(document, "closure_correlation"), "text");
    assert_non_null(strstr(of_r, "no r"));
    json_object_put(document);
}

static void other_modes_and_rungs_take_no_part(void **unused)
{
    (void)unused;
    const double rows[][2] = {{1, 130}, {2, 230}, {3, 330}, {4, 430}, {8, 830}};
    const char *const others[] = {"independent,hit/ws=16MiB", "dependent,hit,zipf/ws=16MiB",
                                  "dependent,hit/ws=256KiB"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct json_object *document = document_of(rows, 5, others[i]);
        assert_int_equal(json_object_array_length(checks_of(document)), 0);
        json_object_put(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookups_on_a_line_close),
        cmocka_unit_test(misses_that_do_not_explain_the_time_are_a_warning),
        cmocka_unit_test(what_is_not_known_is_no_point),
        cmocka_unit_test(other_modes_and_rungs_take_no_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
