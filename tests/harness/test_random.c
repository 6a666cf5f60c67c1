/* test_random.c - the generators of api.h: distinct, uniform, one cycle, and truly Zipf. */
#include "harness/case/arena.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void the_generator_is_splitmix64(void **unused)
{
    (void)unused;
    /* The published sequence for the state 1234567. */
    struct lb_rng rng = {1234567};
    assert_true(lb_rng_next(&rng) == UINT64_C(6457827717110365317));
    assert_true(lb_rng_next(&rng) == UINT64_C(3203168211198807973));
    assert_true(lb_rng_next(&rng) == UINT64_C(9817491932198370423));
}

static void present_and_missing_keys_are_all_distinct_and_not_zero(void **unused)
{
    (void)unused;
    enum { N = 200000 };
    uint64_t *keys = malloc(2 * N * sizeof *keys);
    assert_non_null(keys);
    const uint64_t seeds[] = {0, 1, UINT64_MAX};
    for (size_t s = 0; s < LB_COUNT_OF(seeds); s++) {
        for (uint64_t i = 0; i < N; i++) {
            keys[2 * i] = lb_key(seeds[s], i);
            keys[2 * i + 1] = lb_missing_key(seeds[s], i);
        }
        qsort(keys, 2 * N, sizeof *keys, by_value);
        assert_true(keys[0] != 0);
        for (size_t i = 1; i < 2 * N; i++)
            assert_true(keys[i - 1] != keys[i]);
    }
    free(keys);
}

static void keys_of_another_seed_are_other_keys(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(lb_key(1, i) != lb_key(2, i));
    assert_true(lb_key(3, UINT64_C(1) << 47) != lb_key(3, 0));
}

/* Pearson's statistic against equal frequencies; about `cells` when uniform. */
static double chi_square(const unsigned *seen, size_t cells, double expected)
{
    double sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += (seen[i] - expected) * (seen[i] - expected) / expected;
    return sum;
}

static void keys_are_uniform_in_their_high_and_low_bits(void **unused)
{
    (void)unused;
    enum { N = 256 * 400 };
    unsigned high[256] = {0}, low[256] = {0};
    for (uint64_t i = 0; i < N; i++) {
        uint64_t key = lb_key(42, i);
        high[key >> 56]++;
        low[key & 255]++;
    }
    /* 255 degrees of freedom: mean 255, standard deviation 22.6; both tails would be wrong. */
    assert_in_range((unsigned)chi_square(high, 256, 400), 255 - 113, 255 + 113);
    assert_in_range((unsigned)chi_square(low, 256, 400), 255 - 113, 255 + 113);
}

static void draws_below_a_bound_are_uniform(void **unused)
{
    (void)unused;
    struct lb_rng rng = {9};
    unsigned seen[100] = {0};
    for (int i = 0; i < 100 * 1000; i++)
        seen[lb_rng_below(&rng, 100)]++;
    assert_in_range((unsigned)chi_square(seen, 100, 1000), 99 - 70, 99 + 70);
}

static void a_permutation_holds_each_number_once(void **unused)
{
    (void)unused;
    uint32_t order[1001];
    for (uint64_t n = 0; n <= 1001; n += 77) {
        bool seen[1001] = {false};
        lb_permutation(order, n, n);
        for (uint64_t i = 0; i < n; i++) {
            assert_true(order[i] < n && !seen[order[i]]);
            seen[order[i]] = true;
        }
    }
}

static void every_permutation_is_equally_likely(void **unused)
{
    (void)unused;
    unsigned seen[27] = {0};
    for (uint64_t seed = 0; seed < 6000; seed++) {
        uint32_t order[3];
        lb_permutation(order, 3, lb_mix64(seed));
        seen[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    const int six[] = {5, 7, 11, 15, 19, 21};
    for (size_t i = 0; i < LB_COUNT_OF(six); i++)
        assert_in_range(seen[six[i]], 1000 - 150, 1000 + 150);
}

static void a_cycle_is_single_for_every_length(void **unused)
{
    (void)unused;
    uint32_t next[600];
    for (uint64_t n = 1; n <= 600; n++) {
        bool seen[600] = {false};
        uint32_t at = 0;
        lb_single_cycle(next, n, n * 31);
        for (uint64_t hop = 0; hop < n; hop++) {
            assert_true(at < n && !seen[at]);
            seen[at] = true;
            at = next[at];
        }
        assert_int_equal(at, 0);
    }
}

static void every_cycle_is_equally_likely(void **unused)
{
    (void)unused;
    /* There are 3! = 6 cycles of four; the successor of 0 and of that tell them apart. */
    unsigned seen[16] = {0};
    for (uint64_t seed = 0; seed < 6000; seed++) {
        uint32_t next[4];
        lb_single_cycle(next, 4, lb_mix64(seed));
        seen[next[0] * 4 + next[next[0]]]++;
    }
    const int six[] = {6, 7, 9, 11, 13, 14};
    for (size_t i = 0; i < LB_COUNT_OF(six); i++)
        assert_in_range(seen[six[i]], 1000 - 150, 1000 + 150);
}

static void zipf_frequencies_are_those_of_the_law(void **unused)
{
    (void)unused;
    enum { N = 50, DRAWS = 400000 };
    static uint32_t ranks[DRAWS];
    const double exponents[] = {0, 0.5, 0.99, 1, 1.0000001, 1.2, 3};
    for (size_t e = 0; e < LB_COUNT_OF(exponents); e++) {
        unsigned seen[N] = {0};
        double total = 0, statistic = 0;
        lb_zipf(ranks, DRAWS, N, exponents[e], 5 + e);
        for (size_t i = 0; i < DRAWS; i++) {
            assert_true(ranks[i] < N);
            seen[ranks[i]]++;
        }
        for (size_t k = 1; k <= N; k++)
            total += pow((double)k, -exponents[e]);
        for (size_t k = 1; k <= N; k++) {
            double expected = DRAWS * pow((double)k, -exponents[e]) / total;
            statistic += pow(seen[k - 1] - expected, 2) / expected;
        }
        /* 49 degrees of freedom: standard deviation 9.9, five of them above the mean. */
        assert_true(statistic < 49 + 50);
    }
}

static void zipf_of_one_rank_or_of_many_stays_in_range(void **unused)
{
    (void)unused;
    uint32_t ranks[1000];
    lb_zipf(ranks, 1000, 1, 0.99, 3);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(ranks[i], 0);
    unsigned top = 0;
    lb_zipf(ranks, 1000, UINT32_MAX, 0.99, 3);
    for (size_t i = 0; i < 1000; i++)
        top += ranks[i] == 0;
    assert_in_range(top, 10, 100); /* 1 in 25.4 on the average */
}

static void random_indices_are_uniform_and_each_is_found_alone(void **unused)
{
    (void)unused;
    enum { COUNT = 8000, BUCKETS = 8 };
    const struct lb_point point = {.seed = 5, .elements = BUCKETS};
    struct lb_arena *arena = lb_arena_new(false);
    const uint32_t *indices = lb_random_indices(&point, arena, COUNT, BUCKETS);
    unsigned drawn[BUCKETS] = {0};
    for (uint64_t i = 0; i < COUNT; i++) {
        assert_in_range(indices[i], 0, BUCKETS - 1);
        assert_int_equal(indices[i], lb_random_index(&point, BUCKETS, i));
        drawn[indices[i]]++;
    }
    for (size_t i = 0; i < BUCKETS; i++)
        assert_in_range(drawn[i], 850, 1150); /* 1000, five standard deviations */
    lb_arena_free(arena);
}

/* Spans cover the ops once each, in order, and none crosses the end of a pass of 7. */
static uint64_t record_span(void *state, uint64_t begin, uint64_t end)
{
    uint64_t *next = state;
    assert_true(begin < end && end <= 7);
    assert_int_equal(begin, *next % 7);
    *next += end - begin;
    return end - begin;
}

static void a_walk_goes_on_where_it_stopped_and_wraps_at_the_end_of_a_pass(void **unused)
{
    (void)unused;
    uint64_t next = 5;
    assert_int_equal(lb_walk_passes(&next, 7, 5, 23, record_span), 23);
    assert_int_equal(next, 28);
    assert_int_equal(lb_walk_passes(&next, 7, 28, 0, record_span), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_is_splitmix64),
        cmocka_unit_test(present_and_missing_keys_are_all_distinct_and_not_zero),
        cmocka_unit_test(keys_of_another_seed_are_other_keys),
        cmocka_unit_test(keys_are_uniform_in_their_high_and_low_bits),
        cmocka_unit_test(draws_below_a_bound_are_uniform),
        cmocka_unit_test(a_permutation_holds_each_number_once),
        cmocka_unit_test(every_permutation_is_equally_likely),
        cmocka_unit_test(a_cycle_is_single_for_every_length),
        cmocka_unit_test(every_cycle_is_equally_likely),
        cmocka_unit_test(zipf_frequencies_are_those_of_the_law),
        cmocka_unit_test(zipf_of_one_rank_or_of_many_stays_in_range),
        cmocka_unit_test(random_indices_are_uniform_and_each_is_found_alone),
        cmocka_unit_test(a_walk_goes_on_where_it_stopped_and_wraps_at_the_end_of_a_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
