/*
 * fake_exec.h - a program that answers as a driven `layoutbench exec` would, with prescribed
 * figures, so that verdicts are tested and not timings. The test is this program as well: it starts
 * itself, through links named base and head, and says which side it is by the name.
 *
 * What it does is the variant's name in the case's id.
 */
#ifndef LB_TEST_FAKE_EXEC_H
#define LB_TEST_FAKE_EXEC_H

#include "harness/case/protocol.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fake {
    const char *program, *case_id;
    bool head, counted;
    unsigned pair;   /* how many processes of this side there were before */
    unsigned visits; /* that this process has had */
    unsigned slowdown_permille;
    struct lb_line_reader reader;
};

static bool fake_does(const struct fake *fake, const char *scenario)
{
    const char *variant = fake->case_id + strlen("fake/duel/");
    size_t length = strlen(scenario);
    return strncmp(variant, scenario, length) == 0 && variant[length] == '/';
}

/*
 * A byte is appended to a file beside the program for each process of a side, when it is first
 * warmed: until then both sides may work at the same time.
 */
static unsigned fake_count(const struct fake *fake)
{
    char path[4200];
    struct stat status;
    snprintf(path, sizeof path, "%s.count", fake->program);
    FILE *file = fopen(path, "a");
    if (!file || fputc('.', file) == EOF || fclose(file) != 0 || stat(path, &status) != 0)
        _exit(99);
    return (unsigned)status.st_size - 1;
}

static bool fake_is_copy(void)
{
    char exe[64] = "";
    ssize_t length = readlink("/proc/self/exe", exe, sizeof exe - 1);
    return length > 0 && strncmp(exe, "/memfd:", 7) == 0;
}

/* ns per op of this process, by scenario, pair and mode. */
static double fake_ns_per_op(const struct fake *fake, const char *mode)
{
    static const double noise[] = {0, 0.003, -0.002, 0.001, -0.003, 0.002, -0.001, 0.004};
    bool slowed = fake->slowdown_permille && !fake_does(fake, "deaf");
    double ns = slowed ? 10 * (1 + 0.001 * fake->slowdown_permille) : 10;
    if (!fake->head)
        return ns;
    ns *= 1 + noise[fake->pair % 8];
    if (fake_does(fake, "slower") || (fake_does(fake, "modes") && strcmp(mode, "second") == 0))
        return ns * 1.05;
    if (fake_does(fake, "slower_once") && fake->pair < 8)
        return ns * 1.05;
    if (fake_does(fake, "faster_as_a_copy") && fake_is_copy())
        return ns * 0.95;
    if (fake_does(fake, "faster"))
        return ns * 0.95;
    if (fake_does(fake, "noisy"))
        return ns * (fake->head ? 0.25 + 0.0015 * (double)(lb_mix64(fake->pair) % 1000) : 1);
    if (fake_does(fake, "erratic")) /* whichever side this is, and in whatever order */
        return ns * (1 + 0.001 * (double)(lb_mix64(fake->pair) % 1000));
    return ns;
}

static void fake_sample(const struct fake *fake, const char *mode, unsigned count)
{
    bool blocks = fake_does(fake, "blocks");
    bool disturbed = fake->head && fake_does(fake, "disturbed") && fake->visits % 3 == 1;
    for (unsigned i = 0; i < count; i++) {
        struct lb_sample sample = {.ops = 1000000, .voluntary_switches = blocks};
        /* The last sample of a visit is the least; the others were disturbed. */
        double ns = fake_ns_per_op(fake, mode) * (i == count - 1 ? 1 : 1.5) * (disturbed ? 3 : 1);
        sample.cpu_ns = fake_does(fake, "timeless") ? 0 : (uint64_t)(ns * 1e6);
        sample.wall_ns = blocks ? (uint64_t)(fake->head ? 21e6 : 20e6) : 1100000;
        lb_sample_write(3, &sample, NULL);
    }
    lb_line_write(3, NULL, "done");
}

/* The signal itself, not what a sanitizer makes of it. */
static void fake_crash(void)
{
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

/* What goes wrong before a sample is taken. */
static void fake_trouble(const struct fake *fake, const char *mode)
{
    if (fake->head && fake_does(fake, "crash"))
        fake_crash();
    if (fake->head && fake_does(fake, "crash_one_mode") && strcmp(mode, "second") == 0)
        fake_crash();
    if (fake->head && fake_does(fake, "hang"))
        pause();
    if (fake->head && fake_does(fake, "nonsense"))
        lb_line_write(3, NULL, "is this a sample?");
    bool interrupts = fake_does(fake, "interrupt") || fake_does(fake, "interrupt_and_go_on");
    if (interrupts && fake->head && fake->visits == 1) /* a second one would end the parent */
        kill(getppid(), SIGINT);
    if (fake->head && fake_does(fake, "interrupt"))
        pause();
}

static void fake_get_ready(const struct fake *fake)
{
    bool skips = fake_does(fake, "both_skip") || (fake->head && fake_does(fake, "head_skips")) ||
                 (!fake->head && fake_does(fake, "base_skips"));
    if (!fake->head && fake_does(fake, "no_protocol")) {
        fputs("layoutbench: unknown option '--control-fd'\n", stderr);
        exit(2);
    }
    if (skips) {
        lb_line_write(3, NULL, "skipped needs an instruction that this CPU has not");
        exit(0);
    }
    if (fake->head && fake_does(fake, "cannot_create"))
        abort();
    lb_line_write(3, NULL, "ready %d %d 1 2 3 4",
                  !fake->head && fake_does(fake, "old_protocol") ? 0 : LB_PROTOCOL_VERSION,
                  fake_does(fake, "slow_to_create") ? 80000000 : 1000000);
}

/* Quits on its driver's word or when the driver has gone. */
static int fake_serve(struct fake *fake)
{
    char line[LB_LINE_BYTES], mode[64];
    unsigned count;
    fake_get_ready(fake);
    while (lb_line_read(&fake->reader, -1, line, NULL) == LB_OK) {
        if (strcmp(line, "quit") == 0) {
            bool wrong = fake->head && fake_does(fake, "wrong");
            lb_line_write(3, NULL, wrong ? "failed wrong answer: 1, not 2" : "verified 1");
            return 0;
        }
        if (sscanf(line, "warm %63s", mode) == 1) {
            if (!fake->counted)
                fake->pair = fake_count(fake);
            fake->counted = true;
            lb_line_write(3, NULL, "warmed 2 1 10.0");
        } else if (sscanf(line, "sample %63s 0 %u", mode, &count) == 2) {
            fake->visits++;
            fake_trouble(fake, mode);
            fake_sample(fake, mode, count);
        } else {
            return 1;
        }
    }
    return 0;
}

/* argv of PROGRAM exec CASE ...; PROGRAM's name is its side. */
static int fake_exec(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    struct fake fake = {.case_id = argv[2],
                        .head = name && strcmp(name, "/head") == 0,
                        .program = argv[0],
                        .reader = {.fd = 3}};
    for (int i = 3; i + 1 < argc; i++)
        if (strcmp(argv[i], "--self-test-slowdown") == 0)
            fake.slowdown_permille = (unsigned)atoi(argv[i + 1]);
    return fake_serve(&fake);
}

#endif
