/*
 * test_loops_simulated.c - the loops that hardware counters must prove themselves on, under the
 * simulation: they agree with theory there, so that a counter which fails them is to blame itself.
 *
 * Called with a loop's name, this program is what callgrind simulates.
 */
#include "harness/base/spawn.h"
#include "harness/counters/loops.h"
#include "harness/simulation/callgrind.h"
#include "harness/simulation/callgrind_dump.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TIMEOUT_MS = 200000 };

static const struct lb_loop *const loops[] = {&lb_loop_resident, &lb_loop_far_small_pages,
                                              &lb_loop_instructions};

/* The simulated side: prints how many ops were counted. */
static int run_loop(const char *name)
{
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        void *state = NULL;
        if (strcmp(loops[i]->name, name) != 0)
            continue;
        if (loops[i]->create && loops[i]->create(2, &state, NULL) != LB_OK)
            return 1;
        lb_callgrind_start();
        if (loops[i]->warm)
            loops[i]->warm(state);
        lb_callgrind_zero();
        uint64_t ops = loops[i]->run(state);
        lb_callgrind_dump(name);
        printf("%llu\n", (unsigned long long)ops);
        return 0;
    }
    return 1;
}

/* Simulates a loop; counts and ops. Skips the test where there is no valgrind. */
static void simulate(const struct lb_loop *loop, struct lb_callgrind_counts *counts, double *ops)
{
    char valgrind[4096], file[] = "/tmp/layoutbench-test-XXXXXX", option[96], *text, *dump;
    struct lb_error error;
    int code = 1, fd = mkstemp(file);
    if (!lb_callgrind_built_in() || !lb_spawn_find("valgrind", valgrind, sizeof valgrind)) {
        unlink(file);
        puts("valgrind is not installed: run scripts/setup");
        skip();
    }
    snprintf(option, sizeof option, "--callgrind-out-file=%s", file);
    const char *argv[] = {valgrind,
                          "--quiet",
                          "--tool=callgrind",
                          "--cache-sim=yes",
                          "--cacheuse=yes",
                          "--instr-atstart=no",
                          "--combine-dumps=yes",
                          "--I1=32768,8,64",
                          "--D1=32768,8,64",
                          "--LL=4194304,16,64",
                          option,
                          lb_spawn_self(),
                          loop->name,
                          NULL};
#ifdef __SANITIZE_ADDRESS__
    print_message("this machine runs no program of the address sanitizer under valgrind\n");
    skip();
#endif
    struct lb_spawn spawn = {.argv = argv, .err_fd = -1, .extra_fd = -1};
    assert_int_equal(lb_spawn_capture(&spawn, TIMEOUT_MS, &text, &code, &error), LB_OK);
    assert_int_equal(code, 0);
    *ops = atof(text);
    free(text);
    close(fd); /* callgrind replaced the file */
    fd = open(file, O_RDONLY);
    assert_int_equal(lb_spawn_read_back(fd, &dump, &error), LB_OK);
    close(fd);
    unlink(file);
    assert_int_equal(lb_callgrind_find(dump, loop->name, counts, &error), LB_OK);
    free(dump);
    assert_true(*ops > 1000);
}

static void a_resident_walk_loads_once_an_op_and_misses_nothing(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    double ops;
    simulate(&lb_loop_resident, &counts, &ops);
    assert_true((double)counts.reads >= ops && (double)counts.reads < ops * 1.001);
    assert_true((double)counts.l1d_read_misses < ops * 0.001);
    assert_true((double)counts.last_read_misses < ops * 0.001);
}

static void a_walk_of_a_line_an_op_misses_both_levels_once_an_op(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    double ops;
    simulate(&lb_loop_far_small_pages, &counts, &ops);
    assert_true((double)counts.l1d_read_misses > ops * 0.99);
    assert_true((double)counts.l1d_read_misses < ops * 1.001);
    assert_true((double)counts.last_read_misses > ops * 0.99);
    assert_true((double)counts.last_read_misses < ops * 1.001);
}

static void a_counted_loop_has_two_instructions_a_round(void **unused)
{
    (void)unused;
    struct lb_callgrind_counts counts;
    double ops;
    simulate(&lb_loop_instructions, &counts, &ops);
    assert_true((double)counts.instructions >= ops * 2);
    assert_true((double)counts.instructions < ops * 2.001);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resident_walk_loads_once_an_op_and_misses_nothing),
        cmocka_unit_test(a_walk_of_a_line_an_op_misses_both_levels_once_an_op),
        cmocka_unit_test(a_counted_loop_has_two_instructions_a_round),
    };
    if (argc > 1)
        return run_loop(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
