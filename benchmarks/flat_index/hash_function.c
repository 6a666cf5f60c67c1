/*
 * flat_index/hash_function: what the hash function decides, by the pattern of the keys.
 *
 * One flat table (16-byte records, linear probing, load factor 0.47) with four functions. The
 * modes are patterns of keys: 1, 2, 3; multiples of 4096, as addresses of pages are; random; and
 * adversarial, which whoever knows the variant's function has chosen so that all of them have the
 * same home. All four tables stand side by side and share the working set, so a mode looks things
 * up in a quarter of it: tables of four times the size would make identity scan a thousand slots of
 * a stride for each of four times the keys, which took the simulation 80 s.
 */
#include "flat.h"

#include <string.h>

enum pattern { SEQUENTIAL, STRIDED, RANDOM, ADVERSARIAL, PATTERNS };

#define STRIDE            UINT64_C(4096)
#define FIBONACCI_INVERSE UINT64_C(0xf1de83e19937733d) /* their product is 1 */
#define HASH_SECRET       UINT64_C(0x5ec2e7a1d3b4f697)

/* A fraction of the keys is asked for: the adversary's cost half a table each. */
#define ADVERSARIAL_OPS UINT64_C(101)

typedef uint64_t home_function(const struct flat *t, uint64_t key);

LOOKUP_INLINE uint64_t identity_home(const struct flat *t, uint64_t key)
{
    return key & t->mask;
}

LOOKUP_INLINE uint64_t finaliser_home(const struct flat *t, uint64_t key)
{
    return lb_mix64(key) >> t->shift;
}

LOOKUP_INLINE uint64_t seeded_home(const struct flat *t, uint64_t key)
{
    return lb_mix64(key ^ HASH_SECRET) >> t->shift;
}

/* Key `i` of those that a function sends to slot 0. */
typedef uint64_t adversary_function(uint64_t i, unsigned bits);

static uint64_t identity_adversary(uint64_t i, unsigned bits)
{
    return (i + 1) << bits;
}

static uint64_t fibonacci_adversary(uint64_t i, unsigned bits)
{
    (void)bits;
    return (i + 1) * FIBONACCI_INVERSE;
}

/* The inverse of lb_mix64: each step of it undone, the last one first. */
static uint64_t finaliser_adversary(uint64_t i, unsigned bits)
{
    uint64_t x = i + 1;
    (void)bits;
    x = (x ^ (x >> 31) ^ (x >> 62)) * UINT64_C(0x319642b2d24d8ec3);
    x = (x ^ (x >> 27) ^ (x >> 54)) * UINT64_C(0x96de1b173f119089);
    return x ^ (x >> 30) ^ (x >> 60);
}

struct patterned {
    struct flat table;
    const uint64_t *keys; /* in the order they are asked for */
    uint64_t count;
};

struct state {
    struct patterned by_pattern[PATTERNS];
};

static uint64_t key_of(const struct lb_point *point, enum pattern pattern, unsigned bits,
                       adversary_function *adversary, uint64_t i)
{
    switch (pattern) {
    case SEQUENTIAL:
        return i + 1;
    case STRIDED:
        return (i + 1) * STRIDE;
    case ADVERSARIAL:
        return adversary(i, bits);
    default:
        return lb_key(point->seed, i);
    }
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    uint64_t n = point->elements;
    if (mode == ADVERSARIAL)
        return n < ADVERSARIAL_OPS ? n : ADVERSARIAL_OPS;
    return (STREAM_KEYS_MIN + n - 1) / n * n;
}

/* Key numbers in the order they are asked for; to be freed. */
static uint32_t *asked_numbers(const struct lb_point *point, struct lb_arena *arena, unsigned mode)
{
    uint64_t n = point->elements, count = pass_ops(point, mode);
    uint32_t *numbers = lb_temporary(arena, (count + n) * sizeof *numbers);
    for (uint64_t i = 0; i < count; i += n)
        lb_permutation(numbers + i, n, point->seed + i + mode);
    return numbers;
}

/*
 * Puts an entry into the first free slot from `home` on. next_free[] leads past slots that are
 * known to be taken, or building an adversary's table would take n^2 / 2 probes.
 */
static void insert(struct flat *t, uint32_t *next_free, uint64_t home, uint64_t key, uint64_t value)
{
    uint64_t at = home;
    while (t->slots[at].key)
        at = next_free[at];
    t->slots[at] = (struct flat_slot){key, value};
    for (uint64_t passed = home, next; passed != at; passed = next) {
        next = next_free[passed];
        next_free[passed] = (uint32_t)((at + 1) & t->mask);
    }
}

static void build(const struct lb_point *point, struct lb_arena *arena, enum pattern pattern,
                  home_function *home, adversary_function *adversary, struct patterned *p)
{
    uint64_t n = point->elements, count = pass_ops(point, pattern);
    unsigned bits = log2_ceil(2 * n);
    struct flat *t = &p->table;
    t->mask = (UINT64_C(1) << bits) - 1;
    t->shift = 64 - bits;
    t->slots = lb_arena_alloc(arena, (t->mask + 1) * sizeof *t->slots, 0);
    uint32_t *next_free = lb_temporary(arena, (t->mask + 1) * sizeof *next_free);
    uint32_t *numbers = asked_numbers(point, arena, pattern);
    uint64_t *keys = lb_scratch_alloc(arena, count * sizeof *keys);
    for (uint64_t at = 0; at <= t->mask; at++)
        next_free[at] = (uint32_t)((at + 1) & t->mask);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t key = key_of(point, pattern, bits, adversary, i);
        insert(t, next_free, home(t, key), key, lb_value(point->seed, i));
    }
    for (uint64_t i = 0; i < count; i++)
        keys[i] = key_of(point, pattern, bits, adversary, numbers[i]);
    p->keys = keys;
    p->count = count;
    free(numbers);
    free(next_free);
}

static void *create(const struct lb_point *point, struct lb_arena *arena, home_function *home,
                    adversary_function *adversary)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    for (enum pattern pattern = SEQUENTIAL; pattern < PATTERNS; pattern++)
        build(point, arena, pattern, home, adversary, &s->by_pattern[pattern]);
    return s;
}

LOOKUP_INLINE uint64_t run(const struct patterned *p, home_function *home, uint64_t first_op,
                           uint64_t ops)
{
    const struct flat t = p->table;
    const uint64_t *keys = p->keys;
    uint64_t sum = 0;
    for (uint64_t i = first_op % p->count; ops > 0; i = 0) {
        uint64_t stop = p->count - i < ops ? p->count : i + ops;
        ops -= stop - i;
        for (; i < stop; i++) {
            uint64_t key = keys[i], at = home(&t, key);
            while (t.slots[at].key != key)
                at = (at + 1) & t.mask;
            sum += t.slots[at].value;
        }
    }
    return sum;
}

enum { COUNTED_KEYS = 16384 };

/* The slots that a lookup looks at, over keys as they are asked for. */
static const char *measure(const struct lb_measurement *m, home_function *home)
{
    const struct patterned *p = &((const struct state *)m->state)->by_pattern[m->mode];
    uint64_t count = p->count < COUNTED_KEYS ? p->count : COUNTED_KEYS, sum = 0, most = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t key = p->keys[i], at = home(&p->table, key), probes = 1;
        for (; p->table.slots[at].key != key; at = (at + 1) & p->table.mask)
            probes++;
        sum += probes;
        most = probes > most ? probes : most;
    }
    lb_metric_set(m, "probes", (double)sum / (double)count);
    lb_metric_set(m, "probes_max", (double)most);
    return NULL;
}

#define FUNCTION(name, home, adversary)                                                            \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, home, adversary);                                              \
    }                                                                                              \
    static const char *name##_measure(const struct lb_measurement *m)                              \
    {                                                                                              \
        return measure(m, home);                                                                   \
    }                                                                                              \
    static __attribute__((noinline))                                                               \
    uint64_t name##_run(const struct patterned *p, uint64_t first_op, uint64_t ops)                \
    {                                                                                              \
        return run(p, home, first_op, ops);                                                        \
    }                                                                                              \
    MODE(name, SEQUENTIAL)                                                                         \
    MODE(name, STRIDED)                                                                            \
    MODE(name, RANDOM)                                                                             \
    MODE(name, ADVERSARIAL)
#define MODE(name, pattern)                                                                        \
    static uint64_t name##_##pattern(void *state, uint64_t first_op, uint64_t ops)                 \
    {                                                                                              \
        return name##_run(&((struct state *)state)->by_pattern[pattern], first_op, ops);           \
    }

FUNCTION(fibonacci, flat_home, fibonacci_adversary)
FUNCTION(identity, identity_home, identity_adversary)
FUNCTION(finaliser, finaliser_home, finaliser_adversary)
FUNCTION(seeded, seeded_home, finaliser_adversary)

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    uint32_t *numbers = asked_numbers(point, NULL, mode);
    uint64_t sum = 0;
    (void)variant;
    for (uint64_t i = first_op; i < first_op + ops; i++)
        sum += lb_value(point->seed, numbers[i]);
    free(numbers);
    return sum;
}

static uint64_t footprint(const struct lb_point *point)
{
    return PATTERNS * (sizeof(struct flat_slot) << log2_ceil(2 * point->elements));
}

/* Keys that hash at random; the patterns of the others are not stated. */
static void random_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    double n = (double)point->elements,
           slots = (double)(UINT64_C(1) << log2_ceil(2 * point->elements));
    struct lookup_query q = {
        .model = model, .n = n, .stream_keys = (double)pass_ops(point, mode), .hit = true};
    if (mode != RANDOM)
        return;
    double probes = probes_of_hit(n / slots);
    model_touch(&q, slots / 4, 1 + (probes - 1) / 4);
    model_finish(&q, 8 * probes + 8, probes + 1);
}

#define VARIANT(name_, summary_)                                                                   \
    {                                                                                              \
        .name = #name_, .summary = (summary_), .create = name_##_create,                           \
        .run = {name_##_SEQUENTIAL, name_##_STRIDED, name_##_RANDOM, name_##_ADVERSARIAL},         \
        .measure = name_##_measure, .footprint_bytes = footprint, .model = random_model,           \
    }

static const struct lb_variant variants[] = {
    VARIANT(fibonacci, "the top bits of key times 2^64 / golden ratio; the adversary inverts it"),
    VARIANT(identity, "the low bits of the key; the adversary keeps them 0"),
    VARIANT(finaliser, "the top bits of splitmix64's mix, two multiplications; it can be inverted"),
    VARIANT(seeded, "the same mix of key xor a secret: the keys against finaliser do not hurt it"),
};

const struct lb_benchmark lb_benchmark_flat_index_hash_function = {
    LB_BENCHMARK_HERE("flat_index", "hash_function"),
    .question = "What does the hash function of a flat table cost, and save, by the keys' pattern?",
    .learns =
        "Identity is free and perfect for 1, 2, 3, and makes long runs of keys with a common "
        "factor; Fibonacci hashing is one multiplication and breaks up both. Anyone who knows "
        "the function can choose keys that turn each lookup into a scan of half the table, "
        "unless it has a secret.",
    .op = "lookup",
    .revision = 1,
    .headline = {.variant = "seeded", .mode = "random"},
    .modes = {"sequential", "strided", "random", "adversarial"},
    .reference_element_bytes = PATTERNS * 34, /* four tables, as in flat_index/lookup */
    .pass_ops = pass_ops,
    .expected = expected,
    .metrics = {{"probes", "slots per lookup", "looked at, the one that holds the key included",
                 LB_LOWER_IS_BETTER},
                {"probes_max", "slots", "of the worst of up to 16,384 lookups",
                 LB_LOWER_IS_BETTER}},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
