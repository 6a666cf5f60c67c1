/*
 * api.h - everything an author of a benchmark needs, and the only header of the harness that
 * benchmarks/ includes.
 *
 * A benchmark is one C file with one `const struct lb_benchmark lb_benchmark_FAMILY_NAME`, where
 * FAMILY and NAME are the folder and the file. The build finds the file; nothing else is touched.
 * docs/adding-a-benchmark.md walks through one.
 *
 * Holds for all of this header:
 *  - sizes are in bytes, KiB and MiB mean 1024; strings are static and owned by the author;
 *  - only `run` is timed. Everything else may be as slow as it is clear;
 *  - functions here never return NULL for memory: where there is none, they end this case, and the
 *    other cases go on. In `create` it is skipped with what it needed; anywhere else its process
 *    ends with a message, and it is an error row. What it held then is freed with the process.
 * Valid in C++ too.
 */
#ifndef LB_API_H
#define LB_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    LB_CACHE_LINE_BYTES = 64,   /* the line that models and layouts here assume */
    LB_MODES_MAX = 12,          /* modes of one benchmark */
    LB_REUSE_CLASSES_MAX = 256, /* classes of reused lines in one model */
    LB_METRICS_MAX = 16,        /* named metrics of one benchmark */
    LB_THREADS_MAX = 64,        /* threads of one benchmark that run at once */
    LB_RECORD_MEMBERS_MAX = 16, /* members of one record */
};

/* Where a benchmark is exercised: a working-set rung, or one value of the benchmark's parameter. */
struct lb_point {
    uint64_t working_set_bytes; /* the rung; what the reference layout's elements fit into */
    uint64_t parameter;         /* value of the benchmark's parameter; 0 if it has none */
    uint64_t elements;          /* how many elements to build: the same for every variant */
    uint64_t seed;              /* of this run; the same for every variant and replicate */
    /*
     * For a benchmark that states its `threads`: as many CPUs, each of another physical core;
     * cpus[0] is the one that is measured on. Filled when `create` is called; else NULL.
     */
    const int *cpus;
};

/*
 * Lines that are touched again: `lines` distinct ones of them, together touched `touches_per_op`
 * times an op. Either at random, each touch of any of them (independent reference model); or in a
 * shuffled walk: `objects_per_line` have room on each line, and every pass touches each object
 * once, in one order that has nothing to do with addresses.
 */
struct lb_reuse_class {
    double lines;
    double touches_per_op;
    double objects_per_line; /* 1 or more; 0: at random */
};

/*
 * What theory says one op costs, for a point and a mode. Figures are of the layout alone, not of
 * key streams, unless the key stream is read from memory inside `run`: then its lines count too,
 * as they do for the counters.
 *
 * Two kinds of line touches, because a cache treats them differently:
 *  - streamed: each pass touches every line once (or in one fixed cyclic order), so an LRU cache
 *    smaller than `streamed_footprint_lines` keeps nothing and each touch misses;
 *  - reused: touches in random order, of which a cache catches a share (Che's approximation).
 */
struct lb_model {
    double streamed_lines;           /* new lines per op, in cyclic order */
    double streamed_footprint_lines; /* distinct lines of one pass of that; 0: none streamed */
    struct lb_reuse_class reused[LB_REUSE_CLASSES_MAX]; /* ends at the first with lines == 0 */
    double useful_bytes_per_line; /* bytes used of each fetched line, 0 to 64; 0: not stated */
    double bytes;                 /* layout bytes read or written per op; 0: not stated */
    double loads;                 /* loads of layout data per op; 0: not stated */
    double allocations;           /* blocks allocated per op inside `run` */
    bool exact; /* true: simulated misses must agree within 2 % where the set exceeds the cache */
};

/* Which way a metric is good. */
enum lb_better { LB_NO_BETTER, LB_LOWER_IS_BETTER, LB_HIGHER_IS_BETTER };

/* A figure beyond time that a benchmark gives itself: probes, growths, percentiles, bytes held. */
struct lb_metric {
    const char *name;    /* [a-z0-9_]+, unique in the benchmark; its unit stands last: "p99_ns" */
    const char *unit;    /* "growths per table", "ns per insert", "bytes" */
    const char *summary; /* one line: what exactly is counted */
    enum lb_better better;
};

/* Memory of one case. Opaque; the harness makes it before `create` and frees it after `destroy`. */
struct lb_arena;

/* What `measure` is given: the case it is asked about, and where its answers go. */
struct lb_measurement {
    const struct lb_point *point;
    unsigned mode;
    void *state;
    uint64_t next_op;       /* where the mode's stream goes on */
    struct lb_arena *arena; /* for lb_scratch_alloc: room for samples, say */
    struct lb_metric_values *values;
};

/* One layout that answers the benchmark's question. variants[0] is the reference. */
struct lb_variant {
    const char *name;    /* [a-z0-9_]+, unique in the benchmark */
    const char *summary; /* one line: what lies where; says so if the loop is (not) vectorised */

    /* NULL, or returns why this variant cannot run here or at this point (NULL: it can). */
    const char *(*unavailable)(const struct lb_point *point);

    /* Builds the layout and returns the state. NULL is an error row "create failed". */
    void *(*create)(const struct lb_point *point, struct lb_arena *arena);

    /*
     * Optional, untimed, before each warm-up and sample: makes ready for `ops` ops of a mode that
     * consume state, or, the first time, for a mode that may never be asked for.
     */
    void (*prepare)(void *state, unsigned mode, uint64_t ops);

    /*
     * The timed kernel, one per mode (index = mode; run[0] if the benchmark has no modes; NULL:
     * this variant has no such mode, and the case does not exist).
     * Does ops first_op .. first_op + ops - 1 of an endless stream whose period is `pass_ops`.
     * It is always called with first_op == the previous first_op + ops of the same mode, starting
     * from 0, so a walk may keep its cursor in the state.
     * Returns the checksum of these ops; checksums add: run(a, n) + run(a + n, m) == run(a, n + m)
     * modulo 2^64.
     */
    uint64_t (*run[LB_MODES_MAX])(void *state, uint64_t first_op, uint64_t ops);

    /*
     * Fills the benchmark's metrics by lb_metric_set and lb_metric_unknown; one that is left out is
     * unknown. Untimed, once a mode, after the last sample of all modes: it may consume the state.
     * Returns NULL, or what was wrong with an answer: that is an error row. NULL: no metrics.
     */
    const char *(*measure)(const struct lb_measurement *m);

    /* Frees what `create` took from malloc; the arena frees its own. NULL: nothing to do. */
    void (*destroy)(void *state);

    /* Bytes of memory that `create` is going to need, arena and heap together, scratch excluded. */
    uint64_t (*footprint_bytes)(const struct lb_point *point);

    /* Fills *model, which comes zeroed. NULL: no model, and the report says so. */
    void (*model)(const struct lb_point *point, unsigned mode, struct lb_model *model);

    /*
     * NULL: as the process has it. "jemalloc", "mimalloc": preloaded; where it is not installed the
     * case is skipped. Cases that name one are not simulated.
     */
    const char *allocator;

    bool huge_pages; /* ask for 2 MiB pages for the arena and the heap; what came is recorded */

    /*
     * NULL, or what one op does here beyond the reference's, or without: "maps the file first". Its
     * ratio is shown, with this, and is nobody's answer. On the reference: so for all variants.
     */
    const char *other_work;
};

/* The comparison that a reader wants first: of this variant, in this mode, with the reference. */
struct lb_headline {
    const char *variant; /* NULL: there is none */
    const char *mode;    /* NULL where the benchmark has no modes */
    bool leads_family;   /* it stands first for the whole family: one benchmark of each */
};

/* A member as the compiler laid it out. */
struct lb_record_member {
    const char *name;    /* "": of an unnamed union */
    size_t offset_bytes; /* 0 for a bit-field, which has none in C */
    size_t size_bytes;   /* 0 for a bit-field */
};

/* A struct that elements of a layout are made of; members end with the first whose name is NULL. */
struct lb_record {
    const char *name; /* its tag */
    size_t size_bytes;
    struct lb_record_member members[LB_RECORD_MEMBERS_MAX];
};

/* LB_RECORD(tag, LB_MEMBER(tag, id), ...): all members, in any order. */
#define LB_RECORD(tag, ...)                                                                        \
    {                                                                                              \
        .name = #tag, .size_bytes = sizeof(struct tag), .members = { __VA_ARGS__ }                 \
    }
#define LB_MEMBER(tag, member)                                                                     \
    {                                                                                              \
        .name = #member, .offset_bytes = offsetof(struct tag, member),                             \
        .size_bytes = sizeof(((struct tag *)0)->member),                                           \
    }
#define LB_BIT_FIELD(member)                                                                       \
    {                                                                                              \
        .name = #member,                                                                           \
    }
/* An unnamed union, by the largest of its members. */
#define LB_UNNAMED_UNION(tag, largest)                                                             \
    {                                                                                              \
        .name = "", .offset_bytes = offsetof(struct tag, largest),                                 \
        .size_bytes = sizeof(((struct tag *)0)->largest),                                          \
    }

/* One question. */
struct lb_benchmark {
    const char *family; /* boxing, padding, density, flat_index, slices, or an author's own */
    const char *name;
    const char *source_file; /* these four by LB_BENCHMARK_HERE */
    int source_line;

    const char *question; /* one sentence, ends in a question mark */
    const char *learns;   /* two or three sentences: what a user learns; the report prints it */
    const char *op;       /* what one op is: "element", "lookup"; singular */
    unsigned revision;    /* raised when the question changes: old results do not compare */

    struct lb_headline headline; /* what the report's answer says of it; none: nothing */

    const char *modes[LB_MODES_MAX]; /* names, [a-z0-9_,]+; none: one nameless mode */

    /*
     * Working-set rungs (the default): the elements of a point are the largest odd number that
     * fits, working_set_bytes / reference_element_bytes.
     */
    size_t reference_element_bytes;

    /*
     * Or a parameter instead of rungs: its name with its unit ("stride_bytes"), its values, and
     * the working set that all of them share.
     */
    const char *parameter;
    const uint64_t *parameter_values; /* ends with 0 */
    uint64_t parameter_working_set_bytes;

    /* Ops of one pass: the period of the op stream. NULL: point->elements. */
    uint64_t (*pass_ops)(const struct lb_point *point, unsigned mode);

    /*
     * The plain, untimed reference for the checksum, independent of the layouts. Must be right
     * for any span inside one pass (first_op + ops <= pass_ops); the harness composes longer ones.
     * If the answer does not depend on the variant, whole passes of all variants must agree.
     */
    uint64_t (*expected)(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops);

    /* Named figures that variants fill by `measure`; ends with the first without a name. */
    struct lb_metric metrics[LB_METRICS_MAX];

    /*
     * How many threads run at once at that point, the measuring one included, at most
     * LB_THREADS_MAX. Where there are fewer physical cores the case is skipped. NULL: one.
     */
    unsigned (*threads)(const struct lb_point *point);

    bool blocks; /* the kernel sleeps or switches by design: switches are noted, never dropped */
    /*
     * Ops differ along a pass (collections, rebuilds): samples, slices of warming and simulations
     * are whole passes, however long. One should not last much longer than 100 ms: where it would,
     * let `unavailable` say so.
     */
    bool uneven;
    const char *not_simulable; /* NULL, or why the cache simulation cannot model it */

    const struct lb_variant *variants;
    size_t variant_count;

    /*
     * The structs whose layout is a part of the question: `run` asks pahole what they look like in
     * the debug information, and a test compares that with this. NULL: elements are plain words.
     */
    const struct lb_record *records;
    size_t record_count;
};

/* First line of every descriptor: LB_BENCHMARK_HERE("boxing", "sum"), */
#define LB_BENCHMARK_HERE(family_, name_)                                                          \
    .family = (family_), .name = (name_), .source_file = __FILE__, .source_line = __LINE__

#define LB_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Memory ------------------------------------------------------------------------------- */

/*
 * Layout memory: counts as the variant's own bytes. Zeroed, every page written (no page fault is
 * left for the timed region), `alignment` a power of two (0: 64).
 */
void *lb_arena_alloc(struct lb_arena *arena, uint64_t bytes, size_t alignment);

/*
 * Apparatus: key streams, permutations, references. As above, but not counted as the variant's,
 * and not seen by the allocation counter. Use it instead of malloc in `create`.
 */
void *lb_scratch_alloc(struct lb_arena *arena, uint64_t bytes);

/*
 * Layout memory that `create` mapped by itself, because how it is mapped is the question: counted
 * with what lb_arena_alloc gave, and unmapped by the author.
 */
void lb_arena_add_mapped(struct lb_arena *arena, uint64_t bytes);

/*
 * Apparatus for a moment: malloc, neither zeroed nor touched, for the caller to free(). Scratch
 * would live as long as the case. NULL as the arena in `expected` and wherever there is none.
 */
void *lb_temporary(struct lb_arena *arena, uint64_t bytes);

/*
 * Where `bytes` were asked for elsewhere (malloc in a kernel, mmap) and not got: ends the case as
 * the functions above do. NULL as the arena where there is none. Does not return. In a kernel give
 * a constant, the most that it may be: a size that varies would be held in a register for this.
 */
__attribute__((noreturn, cold)) void lb_out_of_memory(struct lb_arena *arena, uint64_t bytes);

/* ---- Metrics: for `measure` ---------------------------------------------------------------- */

/* Sets a metric that the descriptor names; another name ends the process of this case. */
void lb_metric_set(const struct lb_measurement *m, const char *name, double value);

/* Says why a metric is not known for this case. */
void lb_metric_unknown(const struct lb_measurement *m, const char *name, const char *reason);

/* What lb_measure_latencies fills; `op` is a literal, "insert". */
#define LB_LATENCY_METRICS(op)                                                                     \
    {"p50_ns", "ns per " op, "half of them took no longer", LB_LOWER_IS_BETTER},                   \
        {"p90_ns", "ns per " op, "nine of ten took no longer", LB_LOWER_IS_BETTER},                \
        {"p99_ns", "ns per " op, "99 of 100 took no longer", LB_LOWER_IS_BETTER},                  \
        {"p99_9_ns", "ns per " op, "999 of 1,000 took no longer", LB_LOWER_IS_BETTER},             \
        {"max_ns", "ns per " op, "the longest of all", LB_LOWER_IS_BETTER},                        \
        {"clock_ns", "ns per " op, "the clock's own part in each: what no work reads",             \
         LB_NO_BETTER},                                                                            \
    {                                                                                              \
        "interruptions", "switches", "involuntary ones in the pass: each may be the longest " op,  \
            LB_NO_BETTER                                                                           \
    }

/* One operation of a latency pass, number `op`; returns its part of the answer. */
typedef uint64_t lb_operation(void *context, uint64_t op);

/*
 * Does operations 0 .. count - 1, each alone between two readings of the wall clock, and sets the
 * metrics of LB_LATENCY_METRICS: exact, from all of them, the clock's own cost not taken off.
 * The room for the samples is there before the first. Returns the sum of what the operations did.
 */
uint64_t lb_measure_latencies(const struct lb_measurement *m, lb_operation *operation,
                              void *context, uint64_t count);

/* ---- Randomness: the one documented generator ---------------------------------------------- */

/* What makes the inputs. Raised when anything below gives other values for the same seed: results
 * of two generators do not compare. */
#define LB_INPUT_GENERATOR "splitmix64/1"

/* splitmix64 (Steele, Lea, Flood 2014): full period, equidistributed, one add and a mix a draw. */
struct lb_rng {
    uint64_t state;
};

/* The output mix of splitmix64: a bijection of 64-bit words, so distinct inputs stay distinct. */
static inline uint64_t lb_mix64(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline uint64_t lb_rng_next(struct lb_rng *rng)
{
    rng->state += UINT64_C(0x9e3779b97f4a7c15);
    return lb_mix64(rng->state);
}

/* Uniform in 0 .. bound - 1 (bound > 0), by the high half of a 64 x 64 bit product. */
static inline uint64_t lb_rng_below(struct lb_rng *rng, uint64_t bound)
{
    return (uint64_t)(((unsigned __int128)lb_rng_next(rng) * bound) >> 64);
}

/*
 * Key number `i` of a run: distinct for distinct i below 2^48, looks random, never 0. Keys that
 * are present are i = 0 .. n - 1; lb_missing_key(seed, i) is never among them.
 */
uint64_t lb_key(uint64_t seed, uint64_t i);
uint64_t lb_missing_key(uint64_t seed, uint64_t i);

/* Value number `i` of a run: what elements hold, so that every benchmark can recompute it. */
static inline uint64_t lb_value(uint64_t seed, uint64_t i)
{
    return lb_mix64(seed ^ (i * UINT64_C(0x9e3779b97f4a7c15) + 1));
}

/* Fisher-Yates over 0 .. n - 1: order[] becomes a random permutation. n < 2^32. */
void lb_permutation(uint32_t *order, uint64_t n, uint64_t seed);

/* Sattolo: next[] becomes one random cycle over all n (n < 2^32); checked to be single. */
void lb_single_cycle(uint32_t *next, uint64_t n, uint64_t seed);

/* For `unavailable` of an uneven benchmark: NULL up to this working set, and the reason beyond. */
static inline const char *lb_pass_too_long(const struct lb_point *point, uint64_t largest_bytes)
{
    return point->working_set_bytes > largest_bytes
               ? "each sample is a whole pass, which would last much longer than 100 ms"
               : NULL;
}

/* Fills ranks[0 .. count) with draws from Zipf(exponent) over 0 .. n - 1; 0 is the commonest. */
void lb_zipf(uint32_t *ranks, uint64_t count, uint64_t n, double exponent, uint64_t seed);

/*
 * Entry i of the stream of random indices over 0 .. n - 1: uniform, with repetition. The first n
 * entries, which a pass usually is, leave out 37 % of the indices (1/e): docs/limits.md.
 */
static inline uint64_t lb_random_index(const struct lb_point *point, uint64_t n, uint64_t i)
{
    return (uint64_t)(((unsigned __int128)lb_value(~point->seed, i) * n) >> 64);
}

/* Its first `count` entries (n at most 2^32), as apparatus. */
uint32_t *lb_random_indices(const struct lb_point *point, struct lb_arena *arena, uint64_t count,
                            uint64_t n);

/* ---- Walking ------------------------------------------------------------------------------- */

/* For what a timed loop must not call: helpers of kernels, whole kernels stamped out by macros. */
#define LB_ALWAYS_INLINE static inline __attribute__((always_inline))

/* Works on elements begin .. end - 1 and returns their checksum. */
typedef uint64_t lb_span(void *state, uint64_t begin, uint64_t end);

/*
 * Ops first_op .. first_op + ops - 1 of a stream whose period is pass_ops, as spans that do not
 * cross the end of a pass: the one division is here, and none inside a loop.
 */
LB_ALWAYS_INLINE uint64_t lb_walk_passes(void *state, uint64_t pass_ops, uint64_t first_op,
                                         uint64_t ops, lb_span *span)
{
    uint64_t sum = 0;
    for (uint64_t begin = first_op % pass_ops; ops > 0; begin = 0) {
        uint64_t end = pass_ops - begin < ops ? pass_ops : begin + ops;
        ops -= end - begin;
        sum += span(state, begin, end);
    }
    return sum;
}

/* Lines of `bytes` that lie side by side, for models. */
static inline double lb_lines_of(double bytes)
{
    return bytes / LB_CACHE_LINE_BYTES;
}

/* ---- Keeping the compiler honest ----------------------------------------------------------- */

/* The compiler must assume that the value changed: breaks folding, hoisting and vectorising. */
static inline uint64_t lb_opaque(uint64_t x)
{
    __asm__ volatile("" : "+r"(x));
    return x;
}

/*
 * 0, but neither the compiler nor the core may know it before `x` has arrived: the AND is really
 * executed. key + lb_zero_after(found) makes the next lookup depend on the last one.
 */
static inline uint64_t lb_zero_after(uint64_t x)
{
#if defined(__x86_64__)
    __asm__ volatile("and $0, %0" : "+r"(x) : : "cc");
#elif defined(__aarch64__)
    __asm__ volatile("and %0, %0, xzr" : "+r"(x));
#else
    __asm__ volatile("" : "+r"(x));
    x &= 0;
    __asm__ volatile("" : "+r"(x));
#endif
    return x;
}

/* The compiler must assume that memory behind `p` is read and written here. */
static inline void lb_touch(void *p)
{
    __asm__ volatile("" : : "r"(p) : "memory");
}

/* The function this marks is never vectorised: for a `_novec` variant beside a vectorised one. */
#if defined(__clang__)
#define LB_NOVEC      /* clang has no such attribute: put LB_NOVEC_LOOP before the loop */
#define LB_NOVEC_LOOP _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define LB_NOVEC __attribute__((optimize("no-tree-vectorize")))
#define LB_NOVEC_LOOP
#endif

#ifdef __cplusplus
}
#endif
#endif
