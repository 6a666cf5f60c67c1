/*
 * test_simulation_batch.c - which layouts share a callgrind, and what is believed of what it left.
 * Nothing is simulated here: the files are written by the tests.
 */
#include "cmocka_all.h"

#include "harness/simulation/simulation_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNITS = LB_BATCH_UNITS + 1 };

static uint64_t run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)state;
    return first_op + ops;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)mode;
    return point->elements;
}

static const struct lb_variant variant = {.name = "c", .run = {run}};
static const struct lb_benchmark benchmark = {.family = "a",
                                              .name = "b",
                                              .parameter = "n",
                                              .parameter_working_set_bytes = 64,
                                              .reference_element_bytes = 8,
                                              .pass_ops = pass_ops,
                                              .variants = &variant,
                                              .variant_count = 1};

static struct lb_case cases[UNITS];
static struct lb_simulation_unit units[UNITS];
static char folder[64];
static struct lb_simulator simulator;
static struct lb_simulation_batch batch;

static int set_up(void **unused)
{
    (void)unused;
    snprintf(folder, sizeof folder, "/tmp/layoutbench-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    simulator = (struct lb_simulator){
        .valgrind = "valgrind", .geometry = &lb_geometry_standard, .folder = folder};
    batch = (struct lb_simulation_batch){.simulator = &simulator, .cases_fd = -1};
    for (int i = 0; i < UNITS; i++) {
        const struct lb_case any = {
            .benchmark = &benchmark, .variant = &variant, .point = {.parameter = (uint64_t)i}};
        lb_case_of_mode(&any, 0, &cases[i]);
        units[i] = (struct lb_simulation_unit){.c = &cases[i], .seconds = 0.01};
    }
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    lb_simulation_batch_end(&batch);
    return rmdir(folder); /* nothing was left in it */
}

/* A batch of the first `count` units, and its job, as when it had ended and printed `text`. */
static struct lb_job ended(size_t count, char *text)
{
    struct lb_job job;
    for (size_t i = 0; i < count; i++)
        assert_true(lb_simulation_batch_add(&batch, &units[i]));
    assert_int_equal(lb_simulation_batch_prepare(&batch, 3, &job, NULL), LB_OK);
    job.text = text;
    return job;
}

static void leave(const char *name, const char *case_id, int instructions)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f,
            "desc: Trigger: Client Request: %s\n"
            "events: Ir Dr Dw D1mr D1mw DLmr DLmw SpLoss1\ntotals: %d 1 1 1 1 1 1 1",
            case_id, instructions);
    fclose(f);
}

static void a_batch_is_full_when_it_would_take_too_long(void **unused)
{
    (void)unused;
    units[0].seconds = 2 * LB_BATCH_SECONDS;
    assert_true(lb_simulation_batch_add(&batch, &units[0]));
    assert_false(lb_simulation_batch_add(&batch, &units[1]));
    assert_int_equal(batch.count, 1);
}

static void a_batch_is_full_when_it_holds_all_it_can(void **unused)
{
    (void)unused;
    for (int i = 0; i < LB_BATCH_UNITS; i++)
        assert_true(lb_simulation_batch_add(&batch, &units[i]));
    assert_false(lb_simulation_batch_add(&batch, &units[LB_BATCH_UNITS]));
}

static void what_was_cold_is_warmed_by_itself(void **unused)
{
    (void)unused;
    units[1].cold = true;
    assert_true(lb_simulation_batch_add(&batch, &units[0]));
    assert_false(lb_simulation_batch_add(&batch, &units[1]));
}

static void its_cases_come_through_the_descriptor_a_line_each(void **unused)
{
    (void)unused;
    char text[64] = "";
    struct lb_job job = ended(2, NULL);
    assert_int_equal(job.spawn.extra_fd, batch.cases_fd);
    assert_true(read(batch.cases_fd, text, sizeof text - 1) > 0);
    assert_string_equal(text, "a/b/c/n=0\na/b/c/n=1\n");
}

static void each_layout_has_its_own_counts_and_its_own_end(void **unused)
{
    (void)unused;
    struct lb_simulated_mode modes[LB_MODES_MAX];
    struct lb_error error;
    size_t count;
    struct lb_job job =
        ended(3, "{\"case\":\"a/b/c/n=1\",\"status\":\"error\",\"reason\":\"killed by SIGSEGV\"}\n"
                 "{\"case\":\"a/b/c/n=0\",\"status\":\"ok\",\"process_cpu_ns\":500000000}\n");
    leave("3.17", "a/b/c/n=0", 41);
    leave("3.18", "a/b/c/n=1", 42);
    leave("31.7", "a/b/c/n=0", 43); /* of another batch */
    char *dumps = lb_simulation_batch_dumps(&batch);
    assert_int_equal(lb_simulation_batch_read(&batch, 0, &job, dumps, modes, &count, &error),
                     LB_OK);
    assert_int_equal(count, 1);
    assert_string_equal(modes[0].id, "a/b/c/n=0");
    assert_int_equal(modes[0].counts.instructions, 41);
    assert_float_equal(units[0].cpu_seconds, 0.5, 0);
    assert_int_equal(lb_simulation_batch_read(&batch, 1, &job, dumps, modes, &count, &error),
                     LB_CHILD);
    assert_string_equal(error.text, "killed by SIGSEGV");
    assert_int_equal(lb_simulation_batch_read(&batch, 2, &job, dumps, modes, &count, &error),
                     LB_CHILD);
    assert_string_equal(error.text, "it ended without a record");
    free(dumps);
    char path[128];
    snprintf(path, sizeof path, "%s/31.7", folder);
    assert_int_equal(unlink(path), 0);
}

static void of_a_batch_that_was_interrupted_what_had_ended_is_kept(void **unused)
{
    (void)unused;
    struct lb_simulated_mode modes[LB_MODES_MAX];
    struct lb_error error;
    size_t count;
    struct lb_job job = ended(2, "{\"case\":\"a/b/c/n=0\",\"status\":\"ok\"}\n");
    job.status = lb_fail(&job.error, LB_INTERRUPTED, "interrupted");
    leave("3.17", "a/b/c/n=0", 41);
    char *dumps = lb_simulation_batch_dumps(&batch);
    assert_int_equal(lb_simulation_batch_read(&batch, 0, &job, dumps, modes, &count, &error),
                     LB_OK);
    assert_int_equal(lb_simulation_batch_read(&batch, 1, &job, dumps, modes, &count, &error),
                     LB_INTERRUPTED);
    free(dumps);
}

static void a_record_without_its_dump_is_no_count(void **unused)
{
    (void)unused;
    struct lb_simulated_mode modes[LB_MODES_MAX];
    struct lb_error error;
    size_t count;
    struct lb_job job = ended(1, "{\"case\":\"a/b/c/n=0\",\"status\":\"ok\"}\n");
    char *dumps = lb_simulation_batch_dumps(&batch);
    assert_int_equal(lb_simulation_batch_read(&batch, 0, &job, dumps, modes, &count, &error),
                     LB_PROTOCOL);
    free(dumps);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_is_full_when_it_would_take_too_long),
        TEST(a_batch_is_full_when_it_holds_all_it_can),
        TEST(what_was_cold_is_warmed_by_itself),
        TEST(its_cases_come_through_the_descriptor_a_line_each),
        TEST(each_layout_has_its_own_counts_and_its_own_end),
        TEST(of_a_batch_that_was_interrupted_what_had_ended_is_kept),
        TEST(a_record_without_its_dump_is_no_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
