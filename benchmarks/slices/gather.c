/*
 * slices/gather: sending a message's pieces as they lie, or copied into one buffer first.
 *
 * A message is 8 pieces at random places of a heap. It goes through a pipe: `writev` of 8 views,
 * or one `write` of a buffer that the pieces were copied into. The same process reads it back out,
 * which is the same for both, so that the pipe never fills and nothing ever waits.
 */
#include "benchmarks/slices/slices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECES = 8, PIECE_BYTES_MAX = 4096, POOL_BYTES = 1 << 20 };

struct gather_state {
    char *pool;
    const uint32_t *place; /* which piece of the pool comes next; POOL_BYTES / piece of them */
    uint64_t places;
    size_t piece_bytes;
    char *message; /* one, as copied together */
    char *received;
    int ends[2];
};

static uint64_t place_count(const struct lb_point *point)
{
    return POOL_BYTES / point->parameter;
}

/* A pass sends each piece once. (The pool holds a multiple of 8.) */
static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)mode;
    return place_count(point) / PIECES;
}

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct gather_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->places = place_count(point);
    s->piece_bytes = point->parameter;
    s->pool = lb_arena_alloc(arena, POOL_BYTES, 0);
    s->message = lb_arena_alloc(arena, PIECES * s->piece_bytes, 0);
    s->received = lb_arena_alloc(arena, PIECES * s->piece_bytes, 0);
    uint32_t *place = lb_scratch_alloc(arena, s->places * sizeof *place);
    lb_permutation(place, s->places, point->seed);
    s->place = place;
    for (uint64_t i = 0; i < POOL_BYTES / 8; i++) {
        uint64_t word = lb_value(point->seed, i);
        memcpy(s->pool + i * 8, &word, sizeof word);
    }
    return pipe(s->ends) == 0 ? s : NULL;
}

static void destroy(void *state)
{
    struct gather_state *s = state;
    close(s->ends[0]);
    close(s->ends[1]);
}

/* Piece `k` of message `op`. */
LB_ALWAYS_INLINE char *piece(const struct gather_state *s, uint64_t op, uint64_t k)
{
    return s->pool + s->place[op * PIECES + k] * s->piece_bytes;
}

static void require(bool done)
{
    if (!done) {
        perror("gather: pipe");
        abort();
    }
}

static ssize_t send_views(struct gather_state *s, uint64_t op)
{
    struct iovec views[PIECES];
    for (uint64_t k = 0; k < PIECES; k++)
        views[k] = (struct iovec){piece(s, op, k), s->piece_bytes};
    return writev(s->ends[1], views, PIECES);
}

static ssize_t send_copied(struct gather_state *s, uint64_t op)
{
    for (uint64_t k = 0; k < PIECES; k++)
        memcpy(s->message + k * s->piece_bytes, piece(s, op, k), s->piece_bytes);
    return write(s->ends[1], s->message, PIECES * s->piece_bytes);
}

/* First word of the first piece and last word of the last one, as they came out of the pipe. */
static uint64_t message_sum(const char *bytes, size_t piece_bytes)
{
    uint64_t first, last;
    memcpy(&first, bytes, sizeof first);
    memcpy(&last, bytes + PIECES * piece_bytes - sizeof last, sizeof last);
    return first + 3 * last;
}

LB_ALWAYS_INLINE uint64_t send_messages(struct gather_state *s, uint64_t first_op, uint64_t ops,
                                        ssize_t (*send)(struct gather_state *s, uint64_t op))
{
    const ssize_t bytes = (ssize_t)(PIECES * s->piece_bytes);
    const uint64_t messages = s->places / PIECES;
    uint64_t sum = 0, op = first_op % messages;
    for (; ops > 0; ops--) {
        require(send(s, op) == bytes);
        require(read(s->ends[0], s->received, (size_t)bytes) == bytes);
        sum += message_sum(s->received, s->piece_bytes);
        if (++op == messages)
            op = 0;
    }
    return sum;
}

static uint64_t views_run(void *state, uint64_t first_op, uint64_t ops)
{
    return send_messages(state, first_op, ops, send_views);
}

static uint64_t copied_run(void *state, uint64_t first_op, uint64_t ops)
{
    return send_messages(state, first_op, ops, send_copied);
}

static uint64_t footprint(const struct lb_point *point)
{
    return POOL_BYTES + 2 * PIECES * point->parameter;
}

/* The permutation is made anew for each call: a plain reference, as slow as it is clear. */
static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t places = place_count(point), words = point->parameter / 8, sum = 0;
    uint32_t *place = lb_temporary(NULL, places * sizeof *place);
    lb_permutation(place, places, point->seed);
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        const uint32_t *pieces = place + op % (places / PIECES) * PIECES;
        uint64_t first = pieces[0] * words;
        uint64_t last = pieces[PIECES - 1] * words + words - 1;
        sum += lb_value(point->seed, first) + 3 * lb_value(point->seed, last);
    }
    free(place);
    return sum;
}

static const uint64_t piece_sizes[] = {16, 64, 256, 1024, PIECE_BYTES_MAX, 0};

static const struct lb_variant variants[] = {
    {
        .name = "views",
        .summary = "one writev of 8 views: the kernel gathers the pieces",
        .create = create,
        .run = {views_run},
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "copied",
        .summary = "8 copies into one buffer, then one write of it",
        .create = create,
        .run = {copied_run},
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
};

const struct lb_benchmark lb_benchmark_slices_gather = {
    LB_BENCHMARK_HERE("slices", "gather"),
    .question = "From which size on is it cheaper to send pieces as views than to copy them?",
    .learns = "A view handed to writev costs the kernel a fixed piece of work, a copy costs bytes. "
              "For small pieces the copy is cheaper, for large ones the views; both end in the one "
              "copy into the pipe that neither avoids.",
    .op = "message",
    .revision = 2,
    .headline = {.variant = "copied"},
    .reference_element_bytes = 1,
    .parameter = "piece_bytes",
    .parameter_values = piece_sizes,
    .parameter_working_set_bytes = POOL_BYTES,
    .pass_ops = pass_ops,
    .expected = expected,
    .not_simulable = "most of the work is the kernel's, which the cache simulation does not see",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
