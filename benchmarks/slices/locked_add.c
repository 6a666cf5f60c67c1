/*
 * slices/locked_add: what an atomic add costs when its operand is split across two lines.
 *
 * The counters of a packed wire format are atomics at any address. x86 allows that: a locked
 * operation on two lines locks the whole memory bus. Written in assembly, because C has no
 * unaligned atomics; other architectures trap and are skipped. So are machines whose kernel may
 * have split-lock detection on, which ends the process or slows it down on purpose.
 */
#include "benchmarks/slices/slices.h"

#include <stdio.h>
#include <string.h>

enum { SLOTS = 4, SLOT_BYTES = 4096, PASS_OPS = 4096 };

/* Where a counter begins in its slot, or, of those that are split, where its second half does. */
enum { ALIGNED = 2048, IN_LINE = 2048 + 5, ACROSS_LINES = 2048 + 64, ACROSS_PAGES = 4096 };

struct locked_state {
    char *slots;
    unsigned width;
};

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct locked_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->slots = lb_arena_alloc(arena, (SLOTS + 1) * SLOT_BYTES, SLOT_BYTES);
    s->width = (unsigned)point->parameter;
    return s;
}

/* Adds 1 to the 4 or 8 bytes at `at`, atomically. */
LB_ALWAYS_INLINE void locked_increment(char *at, unsigned width)
{
#if defined(__x86_64__)
    uint64_t value = 1;
    if (width == 4)
        __asm__ volatile("lock xaddl %k0, (%1)" : "+r"(value) : "r"(at) : "memory", "cc");
    else
        __asm__ volatile("lock xaddq %0, (%1)" : "+r"(value) : "r"(at) : "memory", "cc");
#else
    if (width == 4)
        __atomic_fetch_add((uint32_t *)(void *)at, 1, __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_add((uint64_t *)(void *)at, 1, __ATOMIC_SEQ_CST);
#endif
}

/* The sum of all counters; what those of 4 bytes lost by starting again is a multiple of 2^32. */
static uint64_t counted(const struct locked_state *s, unsigned offset)
{
    uint64_t sum = 0;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        uint64_t word = 0;
        uint32_t half;
        const char *at = s->slots + slot * SLOT_BYTES + offset;
        memcpy(&half, at, sizeof half);
        if (s->width == 8)
            memcpy(&word, at, sizeof word);
        sum += s->width == 8 ? word : half;
    }
    return sum;
}

LB_ALWAYS_INLINE void add_all(struct locked_state *s, uint64_t op, uint64_t ops, unsigned offset,
                              unsigned width)
{
    for (; ops > 0; ops--, op++)
        locked_increment(s->slots + op % SLOTS * SLOT_BYTES + offset, width);
}

/* The sum of how far each counter got: ops, if no add was lost. */
LB_ALWAYS_INLINE uint64_t add_run(struct locked_state *s, uint64_t op, uint64_t ops, unsigned place)
{
    bool split = place == ACROSS_LINES || place == ACROSS_PAGES;
    unsigned offset = split ? place - s->width / 2 : place;
    uint64_t before = counted(s, offset);
    if (s->width == 4)
        add_all(s, op, ops, split ? place - 2 : place, 4);
    else
        add_all(s, op, ops, split ? place - 4 : place, 8);
    uint64_t grown = counted(s, offset) - before;
    return s->width == 4 ? (uint32_t)grown : grown;
}

#define DEFINE_RUN(name, place)                                                                    \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        return add_run(state, first_op, ops, place);                                               \
    }

DEFINE_RUN(aligned, ALIGNED)
DEFINE_RUN(in_line, IN_LINE)
DEFINE_RUN(across_lines, ACROSS_LINES)
DEFINE_RUN(across_pages, ACROSS_PAGES)

/* The kernel lists the feature where it can detect split locks; whether it does is not readable. */
static bool split_locks_detected(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (!file)
        return false;
    char line[8192];
    bool found = false;
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, "split_lock_detect") || strstr(line, "bus_lock_detect");
    fclose(file);
    return found;
}

static const char *unaligned_unavailable(const struct lb_point *point)
{
    (void)point;
#if defined(__x86_64__)
    return NULL;
#else
    return "atomics trap on addresses that are not aligned";
#endif
}

static const char *split_unavailable(const struct lb_point *point)
{
    if (split_locks_detected())
        return "this CPU detects split locks, and the kernel may end or slow the process";
    return unaligned_unavailable(point);
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return PASS_OPS;
}

static uint64_t footprint(const struct lb_point *point)
{
    (void)point;
    return (SLOTS + 1) * SLOT_BYTES;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant, (void)mode, (void)first_op;
    return ops;
}

#define VARIANT(name_, unavailable_, summary_)                                                     \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .unavailable = (unavailable_), .create = create,    \
        .run = {name_##_run}, .footprint_bytes = footprint,                                        \
    }

static const struct lb_variant variants[] = {
    VARIANT(aligned, NULL, "4 or 8 bytes at a multiple of 8"),
    VARIANT(in_line, unaligned_unavailable, "4 or 8 bytes from 5 bytes into a line"),
    VARIANT(across_lines, split_unavailable, "half of them on the next line: the bus is locked"),
    VARIANT(across_pages, split_unavailable, "half of them on the next page: the bus is locked"),
};

/* Bytes of a counter, in slots that any first-level cache holds. No CPU adds 16 bytes at once. */
static const uint64_t widths[] = {8, 4, 0};

const struct lb_benchmark lb_benchmark_slices_locked_add = {
    LB_BENCHMARK_HERE("slices", "locked_add"),
    .question = "What does an atomic add cost when its operand is split across two lines?",
    .learns = "An atomic within a line locks that line in the core's own cache. One that is split "
              "locks memory for the whole machine: hundreds of times slower, for everyone, which "
              "is why newer kernels punish it. Never pack a counter that is atomic.",
    .op = "add",
    .revision = 1,
    .headline = {.variant = "across_lines"},
    .reference_element_bytes = 8,
    .parameter = "width_bytes",
    .parameter_values = widths,
    .parameter_working_set_bytes = SLOTS * SLOT_BYTES,
    .pass_ops = pass_ops,
    .expected = expected,
    .not_simulable = "locks and lines that one access splits are unknown to the cache simulation",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
