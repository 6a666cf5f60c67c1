/*
 * fake_side.h - a program that answers `list` and `simulate` as a layoutbench would, or as none
 * should. The test is this program as well: it starts itself through links, and what it does is the
 * link's name. What it was asked stands beside it, in PROGRAM.asked, a word a line.
 */
#ifndef LB_TEST_FAKE_SIDE_H
#define LB_TEST_FAKE_SIDE_H

#include "tests/ci/toy_side.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAKE_DOCUMENT "tests/ci/toy_counts.json"

static bool fake_is(char **argv, const char *what)
{
    const char *name = strrchr(argv[0], '/');
    return name && strcmp(name + 1, what) == 0;
}

static void fake_note(char **argv)
{
    char path[4200];
    snprintf(path, sizeof path, "%s.asked", argv[0]);
    FILE *file = fopen(path, "we");
    if (!file)
        exit(99);
    for (int i = 1; argv[i]; i++)
        fprintf(file, "%s\n", argv[i]);
    if (fclose(file) != 0)
        exit(99);
}

/* Where it is to write; it ends where none was told. */
static const char *fake_output(char **argv)
{
    for (int i = 2; argv[i]; i++)
        if (strcmp(argv[i], "--output") == 0 && argv[i + 1])
            return argv[i + 1];
    exit(98);
}

static void fake_write(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "we");
    if (!file || fwrite(text, 1, length, file) != length || fclose(file) != 0)
        exit(97);
}

static void fake_copy_document(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(FAKE_DOCUMENT, "re");
    if (!file)
        exit(96);
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    fake_write(path, text, length);
}

static int fake_list(char **argv)
{
    if (fake_is(argv, "old"))
        puts("[{\"id\": \"toy/sum/inline/ws=16MiB\", \"elements\": 1}]");
    else if (fake_is(argv, "babbles"))
        puts("toy/sum/inline/ws=16MiB");
    else
        puts(TOY_LIST);
    return 0;
}

static int fake_simulate(char **argv)
{
    const char *output = fake_output(argv);
    if (fake_is(argv, "babbles"))
        fake_write(output, "{", 1);
    else if (!fake_is(argv, "writes_nothing"))
        fake_copy_document(output);
    if (fake_is(argv, "interrupts")) {
        kill(getppid(), SIGINT);
        sleep(30); /* until it is ended; a gate that does not end it fails the test, and goes on */
    }
    return 0;
}

/* argv of PROGRAM list ... or PROGRAM simulate ... */
static int fake_side(char **argv)
{
    fake_note(argv);
    if (fake_is(argv, "fails"))
        return 3;
    if (fake_is(argv, "crashes")) {
        signal(SIGSEGV, SIG_DFL); /* the signal itself, not what a sanitizer makes of it */
        raise(SIGSEGV);
    }
    return strcmp(argv[1], "list") == 0 ? fake_list(argv) : fake_simulate(argv);
}

#endif
