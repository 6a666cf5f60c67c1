/* test_visit.c - how many samples a visit takes of short and of long ops. */
#include "cmocka_all.h"

#include "harness/run/visit.h"

#define MS UINT64_C(1000000)

static void a_visit_takes_fewer_samples_of_long_ops_but_never_none(void **state)
{
    static const struct {
        uint64_t sample_ms; /* at the visit before */
        unsigned samples;
    } rows[] = {{0, 8}, {1, 8}, {6, 8}, {8, 6}, {15, 3}, {20, 2}, {30, 1}, {400, 1}, {100000, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            lb_visit_samples(&(struct lb_visit_options){.samples = 8}, rows[i].sample_ms * MS),
            rows[i].samples);
    assert_int_equal(lb_visit_samples(&(struct lb_visit_options){.samples = 4}, 0), 4);
}

static void a_visit_takes_a_sample_for_each_pass_of_the_counters(void **state)
{
    static const struct {
        unsigned passes, samples;
        uint64_t sample_ms;
        unsigned wanted;
    } rows[] = {{5, 8, 0, 8}, {5, 8, 400, 5}, {11, 8, 0, 11}, {1, 8, 400, 1}, {32, 4, 400, 32}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_visit_options options = {.samples = rows[i].samples, .passes = rows[i].passes};
        assert_int_equal(lb_visit_samples(&options, rows[i].sample_ms * MS), rows[i].wanted);
        assert_true(rows[i].wanted <= LB_SAMPLES_PER_VISIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_takes_fewer_samples_of_long_ops_but_never_none),
        cmocka_unit_test(a_visit_takes_a_sample_for_each_pass_of_the_counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
