/* test_model.c - the model's misses against figures worked out by hand, and a simulated cache. */
#include "harness/case/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t lines(double count)
{
    return (uint64_t)(count * LB_CACHE_LINE_BYTES + 0.5);
}

static void near(double value, double expected, double relative)
{
    if (fabs(value - expected) > relative * fabs(expected))
        fail_msg("%.9g is not %.9g", value, expected);
}

static void what_fits_misses_nothing(void **unused)
{
    (void)unused;
    const struct lb_model model = {
        .streamed_lines = 0.5, .streamed_footprint_lines = 100, .reused = {{50, 1, 0}, {30, 2, 0}}};
    assert_true(lb_model_footprint_lines(&model) == 180);
    assert_true(lb_model_misses(&model, lines(180)) == 0);
    assert_true(lb_model_misses(&model, lines(179)) > 0);
}

static void a_stream_one_line_too_long_misses_every_time(void **unused)
{
    (void)unused;
    const struct lb_model model = {.streamed_lines = 0.125, .streamed_footprint_lines = 1000};
    near(lb_model_misses(&model, lines(999)), 0.125, 1e-12);
    near(lb_model_misses(&model, lines(1)), 0.125, 1e-12);
    assert_true(lb_model_misses(&model, lines(1000)) == 0);
}

static void a_stream_without_a_footprint_never_comes_back(void **unused)
{
    (void)unused;
    const struct lb_model model = {.streamed_lines = 0.25};
    near(lb_model_misses(&model, UINT64_C(1) << 40), 0.25, 1e-12);
}

static void an_empty_model_misses_nothing(void **unused)
{
    (void)unused;
    const struct lb_model model = {.streamed_lines = 0};
    assert_true(lb_model_misses(&model, 0) == 0);
}

static void what_fits_has_no_characteristic_time(void **unused)
{
    (void)unused;
    const struct lb_model model = {.reused = {{100, 1, 0}}};
    assert_true(isinf(lb_model_characteristic_ops(&model, lines(100))));
    near(lb_model_characteristic_ops(&model, lines(50)), 100 * log(2), 1e-9);
}

static void of_the_misses_those_of_reused_lines_are_random(void **unused)
{
    (void)unused;
    const struct lb_model model = {.streamed_lines = 0.5,
                                   .reused = {{.lines = 1e12, .touches_per_op = 2}}};
    near(lb_model_misses(&model, lines(100)), 2.5, 1e-6);
    near(lb_model_reused_misses(&model, lines(100)), 2, 1e-6);
}

/* One uniform class: exp(-T/N) = 1 - C/N, so the misses are exactly 1 - C/N a touch. */
static void uniform_reuse_misses_by_the_share_that_does_not_fit(void **unused)
{
    (void)unused;
    const struct lb_model model = {.reused = {{1000, 3, 0}}};
    near(lb_model_misses(&model, lines(250)), 3 * 0.75, 1e-9);
    near(lb_model_misses(&model, lines(999)), 3 * 0.001, 1e-6);
    near(lb_model_misses(&model, 0), 3, 1e-9);
}

/* T = 100: C = 100 (1 - e^-1) + 1000 (1 - e^-0.1) = 158.3746, misses e^-1 + e^-0.1. */
static void a_hot_class_keeps_more_of_its_lines_than_a_cold_one(void **unused)
{
    (void)unused;
    const struct lb_model model = {.reused = {{100, 1, 0}, {1000, 1, 0}}};
    near(lb_model_misses(&model, lines(158.374638)), 0.367879 + 0.904837, 1e-5);
}

/* T = 50: C = 100 (1 - e^-0.5) + 50 = 89.3469; each op streams one line. */
static void a_stream_pushes_reused_lines_out(void **unused)
{
    (void)unused;
    const struct lb_model model = {
        .streamed_lines = 1, .streamed_footprint_lines = 1e6, .reused = {{100, 1, 0}}};
    near(lb_model_misses(&model, lines(89.346934)), 1 + 0.606531, 1e-4);
}

/* Its lap of 10 ops is shorter than T = 1042: only the random touches miss, 1 - 990/10000 each. */
static void a_short_stream_stays_in_the_cache_beside_a_large_random_set(void **unused)
{
    (void)unused;
    const struct lb_model model = {
        .streamed_lines = 1, .streamed_footprint_lines = 10, .reused = {{10000, 1, 0}}};
    near(lb_model_misses(&model, lines(1000)), 0.901, 1e-6);
}

static void classes_end_at_the_first_without_lines(void **unused)
{
    (void)unused;
    struct lb_model model = {.reused = {{1000, 1, 0}, {0, 0, 0}, {1000, 1, 0}}};
    near(lb_model_misses(&model, lines(500)), 0.5, 1e-9);
    for (int i = 0; i < LB_REUSE_CLASSES_MAX; i++)
        model.reused[i] = (struct lb_reuse_class){.lines = 100, .touches_per_op = 1};
    near(lb_model_misses(&model, lines(50.0 * LB_REUSE_CLASSES_MAX)), LB_REUSE_CLASSES_MAX / 2.0,
         1e-9);
}

static void lines_that_are_never_touched_take_no_room(void **unused)
{
    (void)unused;
    const struct lb_model model = {.reused = {{1000, 0, 0}, {100, 1, 0}}};
    assert_true(lb_model_misses(&model, lines(100)) == 0);
    near(lb_model_misses(&model, lines(50)), 0.5, 1e-9);
}

/* By hand: of T/P = 1/2, (1 - 1/2)^2 of the lines are untouched and 1/2 of the touches are late. */
static void a_shuffled_walk_comes_back_by_the_gaps_between_a_lines_objects(void **unused)
{
    (void)unused;
    const struct lb_model model = {.reused = {{1000, 1, 2}}};
    near(lb_model_misses(&model, lines(750)), 0.5, 1e-9);
    near(lb_model_characteristic_ops(&model, lines(750)), 1000, 1e-9);
}

static void a_shuffled_walk_of_an_object_a_line_is_a_cycle(void **unused)
{
    (void)unused;
    const struct lb_model model = {.reused = {{1000, 1, 1}}};
    near(lb_model_misses(&model, lines(999)), 1, 1e-12);
    near(lb_model_misses(&model, lines(1)), 1, 1e-12);
    assert_true(lb_model_misses(&model, lines(1000)) == 0);
}

static void a_set_that_nearly_fills_the_cache_is_at_its_edge(void **unused)
{
    (void)unused;
    const struct lb_model model = {.streamed_lines = 1, .streamed_footprint_lines = 1000};
    assert_true(lb_model_is_at_edge(&model, lines(1000)));
    assert_true(lb_model_is_at_edge(&model, lines(1060)));
    assert_false(lb_model_is_at_edge(&model, lines(999)));
    assert_false(lb_model_is_at_edge(&model, lines(1070)));
}

static void no_line_at_all_is_a_statement_only_where_it_is_exact(void **unused)
{
    (void)unused;
    assert_false(lb_model_states_lines(&(const struct lb_model){.loads = 1}));
    assert_true(lb_model_states_lines(&(const struct lb_model){.exact = true}));
    assert_true(lb_model_states_lines(&(const struct lb_model){.streamed_lines = 0.1}));
}

/* ---- A simulated LRU cache ---- */

enum { LRU_LINES_MAX = 8192, NONE = LRU_LINES_MAX };

/* Lines in the order of their last touch, as a ring through NONE. */
struct lru {
    unsigned newer[LRU_LINES_MAX + 1], older[LRU_LINES_MAX + 1];
    bool held[LRU_LINES_MAX];
    unsigned count, room;
};

static void lru_unlink(struct lru *lru, unsigned line)
{
    lru->newer[lru->older[line]] = lru->newer[line];
    lru->older[lru->newer[line]] = lru->older[line];
}

/* True when it misses. */
static bool lru_touch(struct lru *lru, unsigned line)
{
    bool missed = !lru->held[line];
    if (!missed) {
        lru_unlink(lru, line);
    } else if (lru->count == lru->room) {
        unsigned oldest = lru->newer[NONE];
        lru_unlink(lru, oldest);
        lru->held[oldest] = false;
    } else {
        lru->count++;
    }
    lru->held[line] = true;
    lru->newer[line] = NONE;
    lru->older[line] = lru->older[NONE];
    lru->newer[lru->older[NONE]] = line;
    lru->older[NONE] = line;
    return missed;
}

/* Which line of class i the op touches: at random, or the next object of a shuffled walk. */
static unsigned next_line(const struct lb_reuse_class *class, const uint32_t *order, int op,
                          struct lb_rng *rng)
{
    unsigned objects = (unsigned)(class->lines * class->objects_per_line);
    return objects ? order[(unsigned)op % objects] / (unsigned)class->objects_per_line
                   : (unsigned)lb_rng_below(rng, (uint64_t) class->lines);
}

/* One line of the stream and one touch of each class an op. */
static double simulate(const struct lb_model *model, unsigned room)
{
    static struct lru lru;
    enum { WARM = 40000, OPS = 200000 };
    struct lb_rng rng = {room};
    unsigned misses = 0, streamed = 0;
    static uint32_t order[4 * LRU_LINES_MAX];
    lb_permutation(order, (uint64_t)(model->reused[0].lines * model->reused[0].objects_per_line),
                   1);
    lru = (struct lru){.room = room};
    lru.newer[NONE] = lru.older[NONE] = NONE;
    for (int op = 0; op < WARM + OPS; op++) {
        unsigned first = (unsigned)model->streamed_footprint_lines;
        unsigned missed = first ? lru_touch(&lru, streamed++ % first) : 0;
        for (int i = 0; model->reused[i].lines > 0; i++) {
            unsigned count = (unsigned)model->reused[i].lines;
            missed += lru_touch(&lru, first + next_line(&model->reused[i], order, op, &rng));
            first += count;
        }
        misses += op >= WARM ? missed : 0;
    }
    return (double)misses / OPS;
}

static void the_formula_agrees_with_a_simulated_cache(void **unused)
{
    (void)unused;
    static const struct {
        struct lb_model model;
        unsigned room;
    } rows[] = {
        {{.reused = {{4000, 1, 0}}}, 1000},
        {{.reused = {{64, 1, 0}, {512, 1, 0}, {4096, 1, 0}}}, 400},
        {{.reused = {{64, 1, 0}, {512, 1, 0}, {4096, 1, 0}}}, 2000},
        {{.streamed_lines = 1, .streamed_footprint_lines = 3000, .reused = {{1000, 1, 0}}}, 1500},
        {{.streamed_lines = 1,
          .streamed_footprint_lines = 50,
          .reused = {{300, 1, 0}, {4000, 1, 0}}},
         900},
        {{.reused = {{4000, 1, 2}}}, 1000},
        {{.reused = {{4000, 1, 4}}}, 2500},
        {{.streamed_lines = 1, .streamed_footprint_lines = 1000, .reused = {{3000, 1, 2}}}, 1200},
    };
    for (size_t i = 0; i < LB_COUNT_OF(rows); i++)
        near(lb_model_misses(&rows[i].model, lines(rows[i].room)),
             simulate(&rows[i].model, rows[i].room), 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_misses_nothing),
        cmocka_unit_test(a_stream_one_line_too_long_misses_every_time),
        cmocka_unit_test(a_stream_without_a_footprint_never_comes_back),
        cmocka_unit_test(an_empty_model_misses_nothing),
        cmocka_unit_test(what_fits_has_no_characteristic_time),
        cmocka_unit_test(of_the_misses_those_of_reused_lines_are_random),
        cmocka_unit_test(uniform_reuse_misses_by_the_share_that_does_not_fit),
        cmocka_unit_test(a_hot_class_keeps_more_of_its_lines_than_a_cold_one),
        cmocka_unit_test(a_stream_pushes_reused_lines_out),
        cmocka_unit_test(a_short_stream_stays_in_the_cache_beside_a_large_random_set),
        cmocka_unit_test(classes_end_at_the_first_without_lines),
        cmocka_unit_test(lines_that_are_never_touched_take_no_room),
        cmocka_unit_test(a_shuffled_walk_comes_back_by_the_gaps_between_a_lines_objects),
        cmocka_unit_test(a_shuffled_walk_of_an_object_a_line_is_a_cycle),
        cmocka_unit_test(a_set_that_nearly_fills_the_cache_is_at_its_edge),
        cmocka_unit_test(no_line_at_all_is_a_statement_only_where_it_is_exact),
        cmocka_unit_test(the_formula_agrees_with_a_simulated_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
