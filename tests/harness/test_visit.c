/* test_visit.c - how many samples a visit takes of short and of long ops. */
#include "cmocka_all.h"

#include "harness/run/visit.h"

#define MS UINT64_C(1000000)

static void a_visit_takes_fewer_samples_of_long_ops_but_never_one(void **state)
{
    static const struct {
        uint64_t first_ms; /* for the first two samples */
        unsigned samples;
    } rows[] = {{0, 8}, {3, 8}, {12, 8}, {16, 6}, {25, 3}, {40, 2}, {400, 2}, {100000, 2}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(lb_visit_samples(rows[i].first_ms * MS, 8), rows[i].samples);
    assert_int_equal(lb_visit_samples(0, 4), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_takes_fewer_samples_of_long_ops_but_never_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
