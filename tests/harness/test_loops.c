/*
 * test_loops.c - the known-answer loops do what they claim, by the cache simulation: it counts
 * exactly, so what a loop must make a counter read can be held up to it, and a counter that fails a
 * loop is to blame itself.
 *
 * Called with --loop and a loop's name, this program is what callgrind simulates.
 */
#include "tests/harness/cmocka_all.h"

#include "harness/base/spawn.h"
#include "harness/counters/loops.h"
#include "harness/simulation/callgrind.h"
#include "harness/simulation/callgrind_dump.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT_MS = 200000, OPS_MIN = 1000 };

static const struct lb_loop *const loops[] = {&lb_loop_resident, &lb_loop_far_small_pages,
                                              &lb_loop_instructions, &lb_loop_chain};

/* The simulated side: one run, and its ops on standard output. */
static int run_loop(const char *name)
{
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        void *state = NULL;
        if (strcmp(loops[i]->name, name) != 0)
            continue;
        if (loops[i]->create && loops[i]->create(1, &state, NULL) != LB_OK)
            return 1;
        lb_callgrind_start();
        if (loops[i]->warm)
            loops[i]->warm(state);
        lb_callgrind_zero();
        uint64_t ops = loops[i]->run(state);
        lb_callgrind_dump(name);
        lb_callgrind_stop();
        printf("%llu\n", (unsigned long long)ops);
        if (loops[i]->destroy)
            loops[i]->destroy(state);
        return 0;
    }
    return 2;
}

static void find_valgrind(char *path, size_t size)
{
    if (SANITIZED) {
        print_message("this machine runs no sanitized program under valgrind\n");
        skip();
    }
    if (!lb_callgrind_built_in() || !lb_spawn_find("valgrind", path, size)) {
        print_message("valgrind is not installed: run scripts/setup\n");
        skip();
    }
}

/* Events of one run, per op. */
struct counts {
    double instructions, reads, l1d_read_misses, last_read_misses;
};

static struct counts read_dump(const char *path, const char *name, double ops)
{
    struct lb_callgrind_counts counts;
    struct lb_error error;
    char *dump = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(lb_spawn_read_back(fd, &dump, &error), LB_OK);
    close(fd);
    assert_int_equal(lb_callgrind_find(dump, name, &counts, &error), LB_OK);
    free(dump);
    return (struct counts){.instructions = (double)counts.instructions / ops,
                           .reads = (double)counts.reads / ops,
                           .l1d_read_misses = (double)counts.l1d_read_misses / ops,
                           .last_read_misses = (double)counts.last_read_misses / ops};
}

static struct counts simulate(const struct lb_loop *loop)
{
    char valgrind[4096], path[] = "/tmp/test_loops.XXXXXX", option[96], *text = NULL;
    struct lb_error error;
    int code = 1;
    find_valgrind(valgrind, sizeof valgrind);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd); /* callgrind replaces the file */
    snprintf(option, sizeof option, "--callgrind-out-file=%s", path);
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
                          "--loop",
                          loop->name,
                          NULL};
    const struct lb_spawn spawn = {.argv = argv, .err_fd = -1, .extra_fd = -1};
    assert_int_equal(lb_spawn_capture(&spawn, TIMEOUT_MS, &text, &code, &error), LB_OK);
    assert_int_equal(code, 0);
    double ops = strtod(text, NULL);
    free(text);
    assert_true(ops > OPS_MIN);
    struct counts counts = read_dump(path, loop->name, ops);
    unlink(path);
    return counts;
}

static void assert_near(double read, double expected, double tolerance)
{
    if (read < expected - tolerance || read > expected + tolerance)
        fail_msg("%g is not within %g of %g", read, tolerance, expected);
}

static void the_resident_walk_loads_once_an_op_and_never_misses(void **state)
{
    (void)state;
    struct counts counts = simulate(&lb_loop_resident);
    assert_near(counts.reads, 1, 0.001);
    assert_near(counts.l1d_read_misses, 0, 0.001);
    assert_near(counts.last_read_misses, 0, 0.001);
}

static void the_far_walk_misses_every_cache_once_an_op(void **state)
{
    (void)state;
    struct counts counts = simulate(&lb_loop_far_small_pages);
    assert_near(counts.reads, 1, 0.001);
    assert_near(counts.l1d_read_misses, 1, 0.001);
    assert_near(counts.last_read_misses, 1, 0.001);
}

static void the_counted_loops_have_the_instructions_they_say(void **state)
{
    (void)state;
    assert_near(simulate(&lb_loop_instructions).instructions, 2, 0.001);
    assert_near(simulate(&lb_loop_chain).instructions, 1 + 2 / 16.0, 0.001);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--loop") == 0)
        return run_loop(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_resident_walk_loads_once_an_op_and_never_misses),
        cmocka_unit_test(the_far_walk_misses_every_cache_once_an_op),
        cmocka_unit_test(the_counted_loops_have_the_instructions_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
