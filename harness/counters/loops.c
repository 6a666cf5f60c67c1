/*
 * loops.c - the known-answer loops that live in the core and its caches. See loops.h.
 *
 * Written in assembly where the count is the point: a compiler may add or save an instruction. The
 * loops of the kernel's counters are in loops_kernel.c.
 */
#include "harness/counters/loops.h"
#include "harness/api.h"
#include "harness/base/available_memory.h"
#include "harness/machine/machine_cpu.h"

#include <assert.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum {
    LINE_BYTES = LB_CACHE_LINE_BYTES,
    PAGE_BYTES = 4096,
    HUGE_PAGE_BYTES = 2 << 20,
    RESIDENT_LINES = 128, /* 8 KiB: a quarter of the smallest L1 data cache */
    RESIDENT_OPS = 400000,
    FAR_OPS = 100000,
    COUNTED_OPS = 500000,
    BRANCH_OPS = 100000,
};

/* ---- Walks ---------------------------------------------------------------------------------- */

/* A line that holds the address of the next. */
struct line {
    struct line *next;
    char padding[LINE_BYTES - sizeof(struct line *)];
};

/* One load an op, each needing the last. Returns where it stopped. */
static struct line *walk(struct line *at, uint64_t ops)
{
#if defined(__x86_64__)
    __asm__ volatile("1: mov (%0), %0\n\t"
                     "sub $1, %1\n\t"
                     "jnz 1b"
                     : "+r"(at), "+r"(ops)
                     :
                     : "memory", "cc");
#elif defined(__aarch64__)
    __asm__ volatile("1: ldr %0, [%0]\n\t"
                     "subs %1, %1, #1\n\t"
                     "b.ne 1b"
                     : "+r"(at), "+r"(ops)
                     :
                     : "memory", "cc");
#else
    while (ops-- > 0)
        at = *(struct line *volatile *)&at->next;
#endif
    return at;
}

struct walk_state {
    struct line *lines, *at;
    uint64_t bytes, ops;
};

static void unmap_walk(void *state)
{
    struct walk_state *w = state;
    munmap(w->lines, w->bytes);
    free(w);
}

static enum lb_status map_walk(uint64_t bytes, int advice, uint64_t ops, struct walk_state **out,
                               struct lb_error *error)
{
    struct walk_state *w = malloc(sizeof *w);
    if (!w)
        return lb_fail(error, LB_NO_MEMORY, "no memory for a known-answer loop");
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        free(w);
        return lb_fail(error, LB_UNAVAILABLE, "no %llu MiB for a known-answer loop",
                       (unsigned long long)(bytes >> 20));
    }
    madvise(memory, bytes, advice);
    *w = (struct walk_state){.lines = memory, .at = memory, .bytes = bytes, .ops = ops};
    *out = w;
    return LB_OK;
}

static uint64_t run_walk(void *state)
{
    struct walk_state *w = state;
    w->at = walk(w->at, w->ops);
    return w->ops;
}

/*
 * Links all lines into one random cycle, in the order of the walk: line 0 is written first, and
 * what is left in the caches afterwards is the walk's end, which no run reaches.
 */
static bool link_lines(struct walk_state *w)
{
    uint64_t count = w->bytes / LINE_BYTES;
    assert(count > 1);
    uint32_t *order = malloc(count * sizeof *order);
    if (!order)
        return false;
    lb_permutation(order, count, 1);
    for (uint64_t i = 0; i < count; i++)
        w->lines[order[i]].next = &w->lines[order[(i + 1) % count]];
    w->at = &w->lines[order[0]];
    free(order);
    return true;
}

static enum lb_status create_resident(unsigned runs, void **state, struct lb_error *error)
{
    (void)runs;
    struct walk_state *w = NULL;
    enum lb_status status =
        map_walk((uint64_t)RESIDENT_LINES * LINE_BYTES, MADV_NOHUGEPAGE, RESIDENT_OPS, &w, error);
    if (!w)
        return status;
    if (!link_lines(w)) {
        unmap_walk(w);
        return lb_fail(error, LB_NO_MEMORY, "no memory for a walk");
    }
    *state = w;
    return LB_OK;
}

static void warm_walk(void *state)
{
    run_walk(state);
}

const struct lb_loop lb_loop_resident = {
    .name = "resident",
    .words = "a walk over 8 KiB, which stay in the L1 data cache",
    .op = "load",
    .create = create_resident,
    .warm = warm_walk,
    .run = run_walk,
    .destroy = unmap_walk,
};

/* The largest cache of this CPU, as sysfs advertises it; 0: not known. */
static uint64_t last_cache_bytes(void)
{
    struct lb_cache caches[LB_CACHES_MAX];
    size_t count = lb_caches_read("", sched_getcpu(), caches);
    int64_t largest = 0;
    for (size_t i = 0; i < count; i++)
        if (caches[i].size_bytes > largest)
            largest = caches[i].size_bytes;
    return (uint64_t)largest;
}

/* Twice the last-level cache, and what the runs walk over; at least 64 MiB, at most 1 GiB. */
static uint64_t far_bytes(unsigned runs)
{
    uint64_t bytes = 2 * last_cache_bytes() + (uint64_t)runs * FAR_OPS * LINE_BYTES;
    uint64_t most = UINT64_C(1) << 30, least = UINT64_C(64) << 20;
    bytes = bytes < least ? least : bytes > most ? most : bytes;
    return bytes & ~(uint64_t)(HUGE_PAGE_BYTES - 1);
}

static uint64_t minor_faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (uint64_t)usage.ru_minflt;
}

static enum lb_status create_far(unsigned runs, int advice, void **state, struct lb_error *error)
{
    struct walk_state *w = NULL;
    /* It and the order of its links, a sixteenth, or a container's limit would end the run. */
    if (far_bytes(runs) / 8 * 9 > lb_available_memory("/"))
        return lb_fail(error, LB_UNAVAILABLE, "no %llu MiB for a known-answer loop",
                       (unsigned long long)(far_bytes(runs) >> 20));
    enum lb_status status = map_walk(far_bytes(runs), advice, FAR_OPS, &w, error);
    if (!w)
        return status;
    uint64_t before = minor_faults();
    for (uint64_t at = 0; at < w->bytes; at += PAGE_BYTES)
        ((volatile char *)w->lines)[at] = 1;
    uint64_t faults = minor_faults() - before;
    /* Kernels before 6.7 do not align the mapping: its ends are then small pages, 512 together. */
    uint64_t ends = HUGE_PAGE_BYTES / PAGE_BYTES;
    if (advice == MADV_HUGEPAGE && faults > 2 * w->bytes / HUGE_PAGE_BYTES + ends)
        status = lb_fail(error, LB_UNAVAILABLE, "the kernel gives no huge pages");
    else if (!link_lines(w))
        status = lb_fail(error, LB_NO_MEMORY, "no memory for a walk");
    if (status == LB_OK)
        *state = w;
    else
        unmap_walk(w);
    return status;
}

static enum lb_status create_far_small(unsigned runs, void **state, struct lb_error *error)
{
    return create_far(runs, MADV_NOHUGEPAGE, state, error);
}

static enum lb_status create_far_huge(unsigned runs, void **state, struct lb_error *error)
{
    return create_far(runs, MADV_HUGEPAGE, state, error);
}

const struct lb_loop lb_loop_far_small_pages = {
    .name = "far_small_pages",
    .words = "a random walk far beyond the caches, a line an op, on 4 KiB pages",
    .op = "line",
    .create = create_far_small,
    .run = run_walk,
    .destroy = unmap_walk,
};

const struct lb_loop lb_loop_far_huge_pages = {
    .name = "far_huge_pages",
    .words = "a random walk far beyond the caches, a line an op, on huge pages",
    .op = "line",
    .create = create_far_huge,
    .run = run_walk,
    .destroy = unmap_walk,
};

/* ---- Instructions --------------------------------------------------------------------------- */

static uint64_t run_instructions(void *state)
{
    (void)state;
    uint64_t left = COUNTED_OPS;
#if defined(__x86_64__)
    __asm__ volatile("1: sub $1, %0\n\t"
                     "jnz 1b"
                     : "+r"(left)
                     :
                     : "cc");
#elif defined(__aarch64__)
    __asm__ volatile("1: sub %0, %0, #1\n\t"
                     "cbnz %0, 1b"
                     : "+r"(left));
#endif
    return COUNTED_OPS;
}

const struct lb_loop lb_loop_instructions = {
    .name = "instructions",
    .words = "a loop of two instructions an op",
    .op = "round",
    .run = run_instructions,
};

/* Sixteen dependent exclusive-ors a round, so that the loop's own two instructions are lost. */
#define FOUR(instruction)    instruction instruction instruction instruction
#define SIXTEEN(instruction) FOUR(FOUR(instruction))

static uint64_t run_chain(void *state)
{
    (void)state;
    uint64_t left = COUNTED_OPS / 16, value = 1, mask = 3;
#if defined(__x86_64__)
    __asm__ volatile("1: " SIXTEEN("xor %2, %1; ") "sub $1, %0\n\t"
                                                   "jnz 1b"
                     : "+r"(left), "+r"(value)
                     : "r"(mask)
                     : "cc");
#elif defined(__aarch64__)
    __asm__ volatile("1: " SIXTEEN("eor %1, %1, %2; ") "sub %0, %0, #1\n\t"
                                                       "cbnz %0, 1b"
                     : "+r"(left), "+r"(value)
                     : "r"(mask));
#endif
    return COUNTED_OPS / 16 * 16;
}

const struct lb_loop lb_loop_chain = {
    .name = "chain",
    .words = "a chain of instructions that need each other and take a cycle each",
    .op = "instruction",
    .run = run_chain,
};

/* ---- Branches ------------------------------------------------------------------------------- */

/* A branch that the compiler cannot turn into a conditional move. */
static uint64_t branch_on(uint64_t bit, uint64_t count)
{
#if defined(__x86_64__)
    __asm__ volatile("test $1, %1\n\t"
                     "jz 1f\n\t"
                     "add $1, %0\n"
                     "1:"
                     : "+r"(count)
                     : "r"(bit)
                     : "cc");
#elif defined(__aarch64__)
    __asm__ volatile("tbz %1, #0, 1f\n\t"
                     "add %0, %0, #1\n"
                     "1:"
                     : "+r"(count)
                     : "r"(bit));
#endif
    return count;
}

static uint64_t run_branches(void *state)
{
    (void)state;
    struct lb_rng rng = {.state = 7};
    uint64_t taken = 0;
    for (uint64_t i = 0; i < BRANCH_OPS; i++)
        taken = branch_on(lb_rng_next(&rng), taken);
    lb_opaque(taken);
    return BRANCH_OPS;
}

const struct lb_loop lb_loop_branches = {
    .name = "branches",
    .words = "a branch on a random bit an op, half of them mispredicted",
    .op = "branch",
    .run = run_branches,
};
