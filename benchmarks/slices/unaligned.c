/*
 * slices/unaligned: what an access costs that is not aligned, within a line, across two, across
 * two pages.
 *
 * Four slots 4096 bytes apart, so that the same loop can cross a page; all of it stays in the
 * first-level cache. Accesses are of 8 bytes, or 16 in a vector register, through memcpy: one plain
 * move in the assembly, the same (movdqu) whether it is aligned or not.
 * `load` is independent, `load_dependent` knows its address from the last load, `store` writes,
 * and `forward` writes and reads the same bytes back, each time waiting for the last.
 */
#include "benchmarks/slices/slices.h"
#include "benchmarks/slices/unaligned_wide.h"

#include <string.h>

enum { SLOTS = 4, SLOT_BYTES = 4096, PASS_OPS = 4096 };

/* Where an access begins in its slot, or, of those across, where its second half does. */
enum { ALIGNED = 2048, IN_LINE = 2048 + 5, ACROSS_LINES = 2048 + 64, ACROSS_PAGES = 4096 };

struct unaligned_state {
    char *slots;
    uint64_t seed;
    uint64_t width;
};

/* From the start of a slot; a constant wherever the width is one. */
LB_ALWAYS_INLINE unsigned offset_of(unsigned place, unsigned width)
{
    return place == ACROSS_LINES || place == ACROSS_PAGES ? place - width / 2 : place;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, unsigned place)
{
    struct unaligned_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->slots = lb_arena_alloc(arena, (SLOTS + 1) * SLOT_BYTES, SLOT_BYTES);
    s->seed = point->seed;
    s->width = point->parameter;
    unsigned offset = offset_of(place, (unsigned)s->width);
    for (uint64_t slot = 0; slot < SLOTS; slot++) {
        wide value = wide_value(point->seed, slot, SLOTS);
        memcpy(s->slots + slot * SLOT_BYTES + offset, &value, s->width);
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

/*
 * The same with 16 bytes; the sum is of both words. What the next access waits for goes through a
 * general register, here alone: compare within a width.
 */

LB_ALWAYS_INLINE uint64_t wide_load_run(const struct unaligned_state *s, uint64_t op, uint64_t ops,
                                        unsigned offset)
{
    wide sum = {0, 0};
    for (; ops > 0; ops--, op++)
        sum += wide_load(slot_at(s, op, offset));
    return wide_sum(sum);
}

LB_ALWAYS_INLINE uint64_t wide_dependent_run(const struct unaligned_state *s, uint64_t op,
                                             uint64_t ops, unsigned offset)
{
    wide sum = {0, 0}, loaded = {0, 0};
    for (; ops > 0; ops--, op++) {
        loaded = wide_load(slot_at(s, op, offset) + lb_zero_after(loaded[0]));
        sum += loaded;
    }
    return wide_sum(sum);
}

LB_ALWAYS_INLINE uint64_t wide_store_run(const struct unaligned_state *s, uint64_t op, uint64_t ops,
                                         unsigned offset)
{
    wide values[SLOTS], sum = {0, 0};
    for (unsigned slot = 0; slot < SLOTS; slot++)
        values[slot] = wide_load(s->slots + slot * SLOT_BYTES + offset);
    for (; ops > 0; ops--, op++) {
        wide value = values[op % SLOTS];
        wide_store(slot_at(s, op, offset), value);
        sum += value;
    }
    return wide_sum(sum);
}

LB_ALWAYS_INLINE uint64_t wide_forward_run(const struct unaligned_state *s, uint64_t op,
                                           uint64_t ops, unsigned offset)
{
    wide values[SLOTS], sum = {0, 0}, loaded = {0, 0};
    for (unsigned slot = 0; slot < SLOTS; slot++)
        values[slot] = wide_value(s->seed, slot, SLOTS);
    for (; ops > 0; ops--, op++) {
        char *at = slot_at(s, op, offset);
        uint64_t zero = lb_zero_after(loaded[0]);
        wide_store(at, values[op % SLOTS] + (wide){zero, zero});
        loaded = wide_load(at);
        sum += loaded;
    }
    return wide_sum(sum);
}

/* ---- What the harness asks ------------------------------------------------------------------- */

static const char *unavailable(const struct lb_point *point)
{
    return point->parameter == WIDE_BYTES ? wide_unavailable() : NULL;
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
    (void)mode;
    m->streamed_lines = two_lines ? 2 : 1;
    m->streamed_footprint_lines = SLOTS * m->streamed_lines;
    m->bytes = (double)point->parameter;
    m->loads = 1;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++)
        for (uint64_t word = 0; word < point->parameter / 8; word++)
            sum += lb_value(point->seed, word * SLOTS + op % SLOTS);
    return sum;
}

#define DEFINE_RUN(name, place, kind)                                                              \
    static uint64_t name##_##kind(void *state, uint64_t first_op, uint64_t ops)                    \
    {                                                                                              \
        const struct unaligned_state *s = state;                                                   \
        if (s->width == WIDE_BYTES)                                                                \
            return wide_##kind##_run(s, first_op, ops, offset_of(place, WIDE_BYTES));              \
        return kind##_run(s, first_op, ops, offset_of(place, 8));                                  \
    }

#define DEFINE_VARIANT(name, place, two_lines)                                                     \
    DEFINE_RUN(name, place, load)                                                                  \
    DEFINE_RUN(name, place, dependent)                                                             \
    DEFINE_RUN(name, place, store)                                                                 \
    DEFINE_RUN(name, place, forward)                                                               \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, place);                                                        \
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
        .name = #name_, .summary = (summary_), .unavailable = unavailable,                         \
        .create = name_##_create,                                                                  \
        .run = {name_##_load, name_##_dependent, name_##_store, name_##_forward},                  \
        .footprint_bytes = footprint, .model = name_##_model,                                      \
    }

static const struct lb_variant variants[] = {
    VARIANT(aligned, "at a multiple of the width"),
    VARIANT(in_line, "from 5 bytes into a line"),
    VARIANT(across_lines, "half of the bytes end a line, the other half begin the next"),
    VARIANT(across_pages, "half of the bytes end a page, the other half begin the next"),
};

/* Bytes of an access, to slots that any first-level cache holds. */
static const uint64_t widths[] = {8, WIDE_BYTES, 0};

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
