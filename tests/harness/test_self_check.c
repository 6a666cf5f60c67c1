/* test_self_check.c - what the rows of a run say of its noise. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/run/self_check.h"

#include <json-c/json.h>
#include <math.h>

static struct lb_result row(double low, double high, bool bounded)
{
    return (struct lb_result){
        .outcome = LB_CASE_OK,
        .figures = {.compared = true, .ratio = {.median = 2, .low = low, .high = high, bounded}}};
}

/* The status of the one check that these rows make, or NULL; the floor in *smallest. */
static const char *judge(const struct lb_result *rows, size_t count, struct json_object *checks,
                         double *smallest)
{
    lb_self_check_rows(rows, count, checks, smallest);
    struct json_object *check = json_object_array_get_idx(checks, 0);
    return check ? json_object_get_string(json_object_object_get(check, "status")) : NULL;
}

static void the_median_of_the_wider_halves_is_the_floor(void **state)
{
    static const struct {
        double widest; /* of the row in the middle: its upper end, over a ratio of 2 */
        double before, after;
        const char *status;
    } runs[] = {{2.10, NAN, 0.05, "pass"},
                {2.10, 0.02, 0.05, "pass"},
                {2.10, 0.07, 0.07, "pass"},
                {2.50, 0.02, 0.25, "warn"}};
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        const struct lb_result rows[] = {row(1.98, 2.01, true), row(1.99, runs[i].widest, true),
                                         row(0.50, 9.00, true)};
        struct json_object *checks = json_object_new_array();
        double smallest = runs[i].before;
        assert_string_equal(judge(rows, 3, checks, &smallest), runs[i].status);
        assert_true(fabs(smallest - runs[i].after) < 1e-9);
        json_object_put(checks);
    }
}

static void rows_without_an_interval_say_nothing(void **state)
{
    struct lb_result rows[] = {row(1, 4, false), row(1, 4, true), row(1, 4, true)};
    struct json_object *checks = json_object_new_array();
    double smallest = NAN;
    (void)state;
    rows[1].outcome = LB_CASE_ERROR;
    rows[2].figures.compared = false;
    assert_null(judge(rows, 3, checks, &smallest));
    assert_true(isnan(smallest));
    json_object_put(checks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_median_of_the_wider_halves_is_the_floor),
        cmocka_unit_test(rows_without_an_interval_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
