/*
 * loops_kernel.c - the known-answer loops of what the kernel counts: faults, switches, moves and
 * CPU time. See loops.h.
 */
#include "harness/base/clock.h"
#include "harness/counters/loops.h"

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGES = 256,
    SLEEPS = 32,
    SLEEP_NS = 1000000, /* far above what arming a timer costs in a guest: 100 microseconds */
    MOVES = 4,
    SPIN_NS = 3000000,
};

/* ---- Page faults ---------------------------------------------------------------------------- */

/* One mapping; each run takes the next pages of it, never touched before. */
struct pages {
    char *memory, *next;
    size_t bytes, page_bytes; /* 4, 16 or 64 KiB a page, as the kernel was built */
};

static enum lb_status create_pages(unsigned runs, void **state, struct lb_error *error)
{
    struct pages *p = malloc(sizeof *p);
    if (!p)
        return lb_fail(error, LB_NO_MEMORY, "no memory for a known-answer loop");
    p->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    p->bytes = runs * PAGES * p->page_bytes;
    p->memory = mmap(NULL, p->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p->memory == MAP_FAILED) {
        free(p);
        return lb_fail(error, LB_NO_MEMORY, "no memory for a known-answer loop");
    }
    madvise(p->memory, p->bytes, MADV_NOHUGEPAGE); /* or one fault would bring 512 pages */
    p->next = p->memory;
    *state = p;
    return LB_OK;
}

/* The address sanitizer would touch pages of its own, one for each eight of these. */
__attribute__((no_sanitize("address"))) static uint64_t run_pages(void *state)
{
    struct pages *p = state;
    for (int i = 0; i < PAGES; i++, p->next += p->page_bytes)
        *(volatile char *)p->next = 1;
    return PAGES;
}

static void destroy_pages(void *state)
{
    struct pages *p = state;
    munmap(p->memory, p->bytes);
    free(p);
}

const struct lb_loop lb_loop_pages = {
    .name = "pages",
    .words = "a page touched for the first time an op",
    .op = "page",
    .create = create_pages,
    .run = run_pages,
    .destroy = destroy_pages,
};

/* ---- Switches ------------------------------------------------------------------------------- */

static uint64_t run_sleeps(void *state)
{
    (void)state;
    const struct timespec pause = {.tv_nsec = SLEEP_NS};
    for (int i = 0; i < SLEEPS; i++)
        nanosleep(&pause, NULL);
    return SLEEPS;
}

const struct lb_loop lb_loop_sleeps = {
    .name = "sleeps",
    .words = "a sleep of a millisecond an op, each a switch away",
    .op = "sleep",
    .run = run_sleeps,
};

/* ---- Moves ---------------------------------------------------------------------------------- */

struct moves {
    cpu_set_t before, here, there;
};

static enum lb_status create_moves(unsigned runs, void **state, struct lb_error *error)
{
    (void)runs;
    struct moves *m = malloc(sizeof *m);
    if (!m)
        return lb_fail(error, LB_NO_MEMORY, "no memory for a known-answer loop");
    int current = sched_getcpu();
    size_t here = current < 0 ? 0 : (size_t)current;
    bool moved = false;
    sched_getaffinity(0, sizeof m->before, &m->before);
    CPU_ZERO(&m->here);
    CPU_SET(here, &m->here);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && !moved; cpu++) {
        CPU_ZERO(&m->there);
        CPU_SET(cpu, &m->there);
        moved = cpu != here && sched_setaffinity(0, sizeof m->there, &m->there) == 0;
    }
    sched_setaffinity(0, sizeof m->here, &m->here);
    *state = m;
    if (moved)
        return LB_OK;
    sched_setaffinity(0, sizeof m->before, &m->before);
    free(m);
    return lb_fail(error, LB_UNAVAILABLE, "one CPU only: there is nowhere to move to");
}

static uint64_t run_moves(void *state)
{
    struct moves *m = state;
    for (int i = 0; i < MOVES / 2; i++) {
        sched_setaffinity(0, sizeof m->there, &m->there);
        sched_setaffinity(0, sizeof m->here, &m->here);
    }
    return MOVES;
}

static void destroy_moves(void *state)
{
    struct moves *m = state;
    sched_setaffinity(0, sizeof m->before, &m->before);
    free(m);
}

const struct lb_loop lb_loop_moves = {
    .name = "moves",
    .words = "a move to another CPU an op",
    .op = "move",
    .create = create_moves,
    .run = run_moves,
    .destroy = destroy_moves,
};

/* ---- CPU time ------------------------------------------------------------------------------- */

static uint64_t run_clock(void *state)
{
    (void)state;
    uint64_t start = lb_clock_cpu_ns(), now;
    do
        now = lb_clock_cpu_ns();
    while (now - start < SPIN_NS);
    return now - start;
}

const struct lb_loop lb_loop_clock = {
    .name = "clock",
    .words = "a spin of 3 ms by the thread's CPU clock",
    .op = "nanosecond",
    .run = run_clock,
};
