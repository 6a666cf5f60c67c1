/*
 * peer_loops.c - the plain loops that boxing/sum and density/chase are held against: a read kernel
 * in the manner of STREAM (J. McCalpin), and a pointer chase whose one load a hop is written down
 * as an instruction where we know the machine's.
 */
#include "tests/peers/contender.h"

/* ---- Read: one array, as wide as the compiler can ------------------------------------------- */

struct read_state {
    uint64_t *values;
    uint64_t count;
};

/* The values of boxing/sum: 48 bits. */
static void *read_open(const struct lb_case *c, struct lb_arena *arena)
{
    struct read_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->count = c->point.elements;
    s->values = lb_arena_alloc(arena, s->count * sizeof *s->values, 0);
    for (uint64_t i = 0; i < s->count; i++)
        s->values[i] = lb_value(c->point.seed, i) >> 16;
    return s;
}

static uint64_t read_span(const uint64_t *values, uint64_t count)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += values[i];
    return sum;
}

static uint64_t read_run(void *state, uint64_t first_op, uint64_t ops)
{
    const struct read_state *s = state;
    uint64_t sum = 0;
    for (uint64_t i = first_op % s->count; ops > 0; i = 0) {
        uint64_t count = s->count - i < ops ? s->count - i : ops;
        ops -= count;
        sum += read_span(s->values + i, count);
    }
    return sum;
}

const struct contender peer_read = {.name = "STREAM-like read", .open = read_open, .run = read_run};

/* ---- Chase: one random cycle through lines of 64 bytes -------------------------------------- */

struct line {
    struct line *next;
    uint64_t unused[7];
};

struct chase {
    struct line *at, *start;
};

static void *chase_open(const struct lb_case *c, struct lb_arena *arena)
{
    uint64_t n = c->point.elements;
    struct chase *s = lb_scratch_alloc(arena, sizeof *s);
    struct line *lines = lb_arena_alloc(arena, n * sizeof *lines, 4096);
    uint32_t *next = lb_scratch_alloc(arena, n * sizeof *next);
    lb_single_cycle(next, n, c->point.seed);
    for (uint64_t i = 0; i < n; i++)
        lines[i].next = &lines[next[i]];
    s->at = s->start = lines;
    return s;
}

static inline struct line *hop(struct line *at)
{
#if defined(__x86_64__)
    __asm__ volatile("mov (%0), %0" : "+r"(at) : : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("ldr %0, [%0]" : "+r"(at) : : "memory");
#else
    at = *(struct line *volatile *)&at->next;
#endif
    return at;
}

/* Whole passes end where they began, and answer their hops; the benchmark's kernel does too. */
static uint64_t chase_run(void *state, uint64_t first_op, uint64_t ops)
{
    (void)first_op;
    struct chase *s = state;
    struct line *at = s->at;
    uint64_t left = ops;
    for (; left >= 8; left -= 8)
        at = hop(hop(hop(hop(hop(hop(hop(hop(at))))))));
    for (; left > 0; left--)
        at = hop(at);
    s->at = at;
    return ops + (at != s->start);
}

const struct contender peer_chase = {.name = "plain chase", .open = chase_open, .run = chase_run};
