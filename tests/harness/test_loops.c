/*
 * test_loops.c - the known-answer loops do what they claim, by the cache simulation: it counts
 * exactly, so what a loop must make a counter read can be held up to it.
 *
 * The test runs itself under callgrind, once a loop, with the documented geometry.
 */
#include "harness/counters/loops.h"
#include "harness/simulation/callgrind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct lb_loop *const loops[] = {&lb_loop_resident, &lb_loop_far_small_pages,
                                              &lb_loop_instructions, &lb_loop_chain,
                                              &lb_loop_branches};

/* What `--loop NAME` does: one run, and its ops on standard output. */
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

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED false
#endif

/* Events of the dump of one region, per op. */
struct counts {
    double instructions, loads, l1_misses, last_level_misses;
};

/* callgrind's order: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw; zeros at the end are left out. */
static struct counts read_dump(const char *path, double ops)
{
    char line[512];
    double totals[9] = {0};
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "totals:", 7) != 0)
            continue;
        char *at = line + 7;
        for (int i = 0; i < 9; i++)
            totals[i] = strtod(at, &at);
    }
    fclose(file);
    return (struct counts){.instructions = totals[0] / ops,
                           .loads = totals[1] / ops,
                           .l1_misses = totals[4] / ops,
                           .last_level_misses = totals[7] / ops};
}

/* A shell finds valgrind and takes its output; every word of its commands is this file's own. */
/* NOLINTBEGIN(cert-env33-c) */
static struct counts simulate(const char *name)
{
    char self[256], folder[] = "/tmp/lb_test_loops.XXXXXX", command[1024], dump[64], number[32];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    if (SANITIZED) {
        print_message("this machine runs no sanitized program under valgrind\n");
        skip();
    }
    if (!lb_callgrind_built_in() || system("valgrind --version >/dev/null 2>&1") != 0) {
        print_message("valgrind is not installed\n");
        skip();
    }
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "valgrind -q --tool=callgrind --cache-sim=yes --instr-atstart=no --I1=32768,8,64 "
             "--D1=32768,8,64 --LL=4194304,16,64 --callgrind-out-file=%s/out '%s' --loop %s",
             folder, self, name);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    assert_non_null(fgets(number, sizeof number, output));
    assert_int_equal(pclose(output), 0);
    snprintf(dump, sizeof dump, "%s/out.1", folder);
    struct counts counts = read_dump(dump, strtod(number, NULL));
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return counts;
}
/* NOLINTEND(cert-env33-c) */

static void assert_near(double read, double expected, double tolerance)
{
    if (read < expected - tolerance || read > expected + tolerance)
        fail_msg("%g is not within %g of %g", read, tolerance, expected);
}

static void the_resident_walk_loads_once_an_op_and_never_misses(void **state)
{
    (void)state;
    struct counts counts = simulate(lb_loop_resident.name);
    assert_near(counts.loads, 1, 0.001);
    assert_near(counts.l1_misses, 0, 0.001);
}

static void the_far_walk_misses_every_cache_once_an_op(void **state)
{
    (void)state;
    struct counts counts = simulate(lb_loop_far_small_pages.name);
    assert_near(counts.loads, 1, 0.001);
    assert_near(counts.l1_misses, 1, 0.001);
    assert_near(counts.last_level_misses, 1, 0.001);
}

static void the_counted_loops_have_the_instructions_they_say(void **state)
{
    (void)state;
    assert_near(simulate(lb_loop_instructions.name).instructions, 2, 0.001);
    assert_near(simulate(lb_loop_chain.name).instructions, 1 + 2 / 16.0, 0.001);
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
