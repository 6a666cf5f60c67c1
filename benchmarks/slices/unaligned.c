/*
 * slices/unaligned: what an access costs that is not aligned, within a line, across two, across
 * two pages.
 *
 * Four slots 4096 bytes apart, so that the same loop can cross a page; all of it stays in the
 * first-level cache. Accesses are of 8 bytes, through memcpy: one plain move in the assembly.
 * `load` is independent, `load_dependent` knows its address from the last load, `store` writes,
 * and `forward` writes and reads the same bytes back, each time waiting for the last.
 */
#include "benchmarks/slices/slices.h"

#include <string.h>

enum { SLOTS = 4, SLOT_BYTES = 4096, PASS_OPS = 4096 };

/* Offsets from the start of a slot. */
enum { ALIGNED = 2048, IN_LINE = 2048 + 5, ACROSS_LINES = 2048 + 60, ACROSS_PAGES = 4092 };

struct unaligned_state {
    char *slots;
    uint64_t seed;
};

static void *create(const struct lb_point *point, struct lb_arena *arena, unsigned offset)
{
    struct unaligned_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->slots = lb_arena_alloc(arena, (SLOTS + 1) * SLOT_BYTES, SLOT_BYTES);
    s->seed = point->seed;
    for (uint64_t slot = 0; slot < SLOTS; slot++) {
        uint64_t value = lb_value(point->seed, slot);
        memcpy(s->slots + slot * SLOT_BYTES + offset, &value, sizeof value);
    }
    return s;
}

LB_ALWAYS_INLINE uint64_t load_at(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return lb_opaque(value);
}

LB_ALWAYS_INLINE char *slot_at(const struct unaligned_state *s, uint64_t op, unsigned offset)
{
    return s->slots + op % SLOTS * SLOT_BYTES + offset;
}

LB_ALWAYS_INLINE uint64_t load_run(const struct unaligned_state *s, uint64_t op, uint64_t ops,
                                   unsigned offset)
{
    uint64_t sum = 0;
    for (; ops > 0; ops--, op++)
        sum += load_at(slot_at(s, op, offset));
    return sum;
}

LB_ALWAYS_INLINE uint64_t dependent_run(const struct unaligned_state *s, uint64_t op, uint64_t ops,
                                        unsigned offset)
{
    uint64_t sum = 0, loaded = 0;
    for (; ops > 0; ops--, op++) {
        loaded = load_at(slot_at(s, op, offset) + lb_zero_after(loaded));
        sum += loaded;
    }
    return sum;
}

/* Stores what is there already, so that the loads of the other modes keep their answer. */
LB_ALWAYS_INLINE uint64_t store_run(const struct unaligned_state *s, uint64_t op, uint64_t ops,
                                    unsigned offset)
{
    uint64_t values[SLOTS], sum = 0;
    for (unsigned slot = 0; slot < SLOTS; slot++)
        values[slot] = load_at(s->slots + slot * SLOT_BYTES + offset);
    for (; ops > 0; ops--, op++) {
        uint64_t value = values[op % SLOTS];
        char *at = slot_at(s, op, offset);
        memcpy(at, &value, sizeof value);
        lb_touch(at);
        sum += value;
    }
    return sum;
}

LB_ALWAYS_INLINE uint64_t forward_run(const struct unaligned_state *s, uint64_t op, uint64_t ops,
                                      unsigned offset)
{
    uint64_t sum = 0, loaded = 0;
    for (; ops > 0; ops--, op++) {
        char *at = slot_at(s, op, offset);
        uint64_t value = lb_value(s->seed, op % SLOTS) + lb_zero_after(loaded);
        memcpy(at, &value, sizeof value);
        lb_touch(at);
        loaded = load_at(at);
        sum += loaded;
    }
    return sum;
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

static void model(const struct lb_point *point, unsigned mode, struct lb_model *m, bool two_lines)
{
    (void)point, (void)mode;
    m->streamed_lines = two_lines ? 2 : 1;
    m->streamed_footprint_lines = SLOTS * m->streamed_lines;
    m->bytes = 8;
    m->loads = 1;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++)
        sum += lb_value(point->seed, op % SLOTS);
    return sum;
}

#define DEFINE_RUN(name, offset, kind)                                                             \
    static uint64_t name##_##kind(void *state, uint64_t first_op, uint64_t ops)                    \
    {                                                                                              \
        return kind##_run(state, first_op, ops, offset);                                           \
    }

#define DEFINE_VARIANT(name, offset, two_lines)                                                    \
    DEFINE_RUN(name, offset, load)                                                                 \
    DEFINE_RUN(name, offset, dependent)                                                            \
    DEFINE_RUN(name, offset, store)                                                                \
    DEFINE_RUN(name, offset, forward)                                                              \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, offset);                                                       \
    }                                                                                              \
    static void name##_model(const struct lb_point *point, unsigned mode, struct lb_model *m)      \
    {                                                                                              \
        model(point, mode, m, two_lines);                                                          \
    }

DEFINE_VARIANT(aligned, ALIGNED, false)
DEFINE_VARIANT(in_line, IN_LINE, false)
DEFINE_VARIANT(across_lines, ACROSS_LINES, true)
DEFINE_VARIANT(across_pages, ACROSS_PAGES, true)

#define VARIANT(name_, summary_)                                                                   \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = name_##_create,                           \
        .run = {name_##_load, name_##_dependent, name_##_store, name_##_forward},                  \
        .footprint_bytes = footprint, .model = name_##_model,                                      \
    }

static const struct lb_variant variants[] = {
    VARIANT(aligned, "8 bytes at a multiple of 8"),
    VARIANT(in_line, "8 bytes from 5 bytes into a line"),
    VARIANT(across_lines, "8 bytes, the last 4 of one line and the first 4 of the next"),
    VARIANT(across_pages, "8 bytes, the last 4 of one page and the first 4 of the next"),
};

/* The one point: the slots, which any first-level cache holds. */
static const uint64_t widths[] = {8, 0};

const struct lb_benchmark lb_benchmark_slices_unaligned = {
    LB_BENCHMARK_HERE("slices", "unaligned"),
    .question = "What does an access that is not aligned cost?",
    .learns = "Plain memory does not trap: within a line an unaligned access costs nothing, across "
              "lines it takes two turns of the cache. What can hurt is reading back across a page "
              "what was just written, where the core may have to wait for the store to leave.",
    .op = "access",
    .revision = 1,
    .headline = {.variant = "across_lines", .mode = "load"},
    .modes = {"load", "load_dependent", "store", "forward"},
    .reference_element_bytes = 8,
    .parameter = "width_bytes",
    .parameter_values = widths,
    .parameter_working_set_bytes = SLOTS * SLOT_BYTES,
    .pass_ops = pass_ops,
    .expected = expected,
    .not_simulable = "an access across two lines counts as one, and store forwarding not at all",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
