/*
 * flat_index/lookup: what finding a record by its key costs, by the layout of the index.
 *
 * Every variant holds the same n entries (64-bit key, 64-bit value) and answers the same keys. A
 * structure is one header (layout, build, find, model); here are the modes and the descriptor.
 *
 * Modes. In `independent` ones any number of lookups may be in flight, in `dependent` ones each
 * waits for the last: on hits its key is computed from the value found, on misses, where nothing
 * comes back, a barrier waits for the last load. `hit` and `miss` ask for keys uniformly, `zipf`
 * for present keys with frequencies of rank^-0.99.
 */
#include "chained.h"
#include "eytzinger.h"
#include "flat.h"
#include "flat_apart.h"
#include "flat_prefetch.h"
#include "lookup_probes.h"
#include "metadata_simd.h"
#include "open_pointers.h"
#include "robin_hood.h"
#include "sorted.h"
#include "static_btree.h"
#include "std_containers.h"

LOOKUP_COLD void *create(const struct lb_point *point, struct lb_arena *arena,
                         void *(*build)(const struct lb_point *, struct lb_arena *))
{
    struct lookup_state *s = lb_scratch_alloc(arena, sizeof *s);
    *s = (struct lookup_state){.table = build(point, arena), .point = *point, .arena = arena};
    return s->table ? s : NULL;
}

LOOKUP_COLD void fill_model(const struct lb_point *point, unsigned mode, struct lb_model *model,
                            void (*structure)(const struct lb_point *, struct lookup_query *))
{
    enum lookup_stream stream = lookup_stream_of(mode);
    struct lookup_query query = {
        .model = model,
        .n = (double)point->elements,
        .stream_keys = (double)stream_count(point, stream),
        .hit = stream != LOOKUP_MISSES,
        .zipf = stream == LOOKUP_ZIPF,
    };
    structure(point, &query);
}

/* NAME_create, NAME_fill_model and the runs, from NAME_build, NAME_model and a find. */
#define STRUCTURE(name, build, find, structure_model)                                              \
    LOOKUP_DEFINE_RUNS(name, find)                                                                 \
    STRUCTURE_CREATE(name, build, structure_model)
#define STRUCTURE_CREATE(name, build, structure_model)                                             \
    static void *name##_create(const struct lb_point *point, struct lb_arena *arena)               \
    {                                                                                              \
        return create(point, arena, build);                                                        \
    }                                                                                              \
    static void name##_fill_model(const struct lb_point *point, unsigned mode,                     \
                                  struct lb_model *model)                                          \
    {                                                                                              \
        fill_model(point, mode, model, structure_model);                                           \
    }
/* As above, for a container whose loops are in lookup_cxx.cpp. */
#define CXX_RUN(name, cxx_run, mode)                                                               \
    static uint64_t name##_run##mode(void *state, uint64_t first_op, uint64_t ops)                 \
    {                                                                                              \
        return cxx_run(state, mode, first_op, ops);                                                \
    }
#define CXX_STRUCTURE(name, cxx_run)                                                               \
    CXX_RUN(name, cxx_run, 0)                                                                      \
    CXX_RUN(name, cxx_run, 1)                                                                      \
    CXX_RUN(name, cxx_run, 2)                                                                      \
    CXX_RUN(name, cxx_run, 3)                                                                      \
    CXX_RUN(name, cxx_run, 4)                                                                      \
    CXX_RUN(name, cxx_run, 5)                                                                      \
    STRUCTURE_CREATE(name, name##_build, name##_model)
#define DESTROY(name, free_table)                                                                  \
    static void name##_destroy(void *state)                                                        \
    {                                                                                              \
        free_table(((struct lookup_state *)state)->table);                                         \
    }

STRUCTURE(flat, flat_build, flat_find, flat_model)
STRUCTURE(flat_prefetch, flat_build, flat_prefetch_find, flat_model)
LOOKUP_DEFINE_LOOP(flat_batched, batched, flat_find)
LOOKUP_DEFINE_MODE(flat_batched, 0, batched, LOOKUP_HITS)
LOOKUP_DEFINE_MODE(flat_batched, 2, batched, LOOKUP_MISSES)
LOOKUP_DEFINE_MODE(flat_batched, 4, batched, LOOKUP_ZIPF)
STRUCTURE_CREATE(flat_batched, flat_build, flat_model)
STRUCTURE(flat_apart, flat_apart_build, flat_apart_find, flat_apart_model)
STRUCTURE(robin_hood, robin_hood_build, robin_hood_find, robin_hood_model)
STRUCTURE(metadata_simd, metadata_simd_build, metadata_simd_find, metadata_simd_model)
STRUCTURE(chained, chained_build, chained_find, chained_model)
DESTROY(chained, chained_free)
STRUCTURE(sorted, sorted_build, sorted_find, sorted_model)
STRUCTURE(eytzinger, eytzinger_build, eytzinger_find, eytzinger_model)
STRUCTURE(static_btree, static_btree_build, static_btree_find, static_btree_model)
STRUCTURE(open_pointers, open_pointers_build, open_pointers_find, open_pointers_model)
DESTROY(open_pointers, open_pointers_free)
STRUCTURE(virtual_scattered, open_pointers_build, virtual_scattered_find, open_pointers_model)
CXX_STRUCTURE(std_map, lookup_cxx_map_run)
DESTROY(std_map, lookup_cxx_map_free)
CXX_STRUCTURE(std_unordered_map, lookup_cxx_unordered_run)
DESTROY(std_unordered_map, lookup_cxx_unordered_free)

#define MEASURE(name, probes)                                                                      \
    static const char *name##_measure(const struct lb_measurement *m)                              \
    {                                                                                              \
        return measure_probes(m, probes);                                                          \
    }
MEASURE(flat, flat_probes)
MEASURE(flat_apart, flat_apart_probes)
MEASURE(robin_hood, robin_hood_probes)
MEASURE(metadata_simd, metadata_simd_probes)
MEASURE(open_pointers, open_pointers_probes)
MEASURE(chained, chained_probes)
MEASURE(std_unordered_map, lookup_cxx_unordered_probes)
MEASURE(sorted, sorted_probes)
MEASURE(eytzinger, eytzinger_probes)
MEASURE(static_btree, static_btree_probes)

/* Its nodes are private, and its height alone is no mean over keys. */
static const char *std_map_measure(const struct lb_measurement *m)
{
    lb_metric_unknown(m, "probes", "std::map does not tell how deep a key lies");
    return NULL;
}

static void prepare(void *state, unsigned mode, uint64_t ops)
{
    (void)ops;
    stream_ready(state, lookup_stream_of(mode));
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    return stream_count(point, lookup_stream_of(mode));
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant;
    return stream_expected(point, lookup_stream_of(mode), first_op, ops);
}

static const struct lb_variant variants[] = {
    {
        .name = "flat",
        .summary = "16-byte records in one array, open addressing with linear probing, Fibonacci "
                   "hashing, load factor 0.47",
        .create = flat_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(flat),
        .measure = flat_measure,
        .footprint_bytes = flat_footprint,
        .model = flat_fill_model,
    },
    {
        .name = "flat_prefetch",
        .summary = "the flat table, each lookup prefetching its line just before it reads it; load "
                   "factor 0.47",
        .create = flat_prefetch_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(flat_prefetch),
        .measure = flat_measure,
        .footprint_bytes = flat_footprint,
        .model = flat_prefetch_fill_model,
    },
    {
        .name = "flat_batched",
        .summary = "the flat table, 16 lookups at a time, all their lines prefetched first; load "
                   "factor 0.47",
        .create = flat_batched_create,
        .prepare = prepare,
        .run = {flat_batched_run0, NULL, flat_batched_run2, NULL, flat_batched_run4, NULL},
        .measure = flat_measure,
        .footprint_bytes = flat_footprint,
        .model = flat_batched_fill_model,
    },
    {
        .name = "flat_apart",
        .summary = "the flat table with keys and values in arrays of their own, load factor "
                   "0.47",
        .create = flat_apart_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(flat_apart),
        .measure = flat_apart_measure,
        .footprint_bytes = flat_footprint,
        .model = flat_apart_fill_model,
    },
    {
        .name = "robin_hood",
        .summary = "16-byte records in one array, linear probing with the nearer entry moved on, "
                   "load factor 0.9",
        .create = robin_hood_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(robin_hood),
        .measure = robin_hood_measure,
        .footprint_bytes = robin_hood_footprint,
        .model = robin_hood_fill_model,
    },
    {
        .name = "metadata_simd",
        .summary = "16-byte records and a byte of hash each, 16 compared at once (SSE2 or NEON, "
                   "else one by one), load factor 0.75",
        .create = metadata_simd_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(metadata_simd),
        .measure = metadata_simd_measure,
        .footprint_bytes = metadata_simd_footprint,
        .model = metadata_simd_fill_model,
    },
    {
        .name = "open_pointers",
        .summary = "the flat table, but its slots point to 24-byte objects from malloc; load "
                   "factor 0.47",
        .create = open_pointers_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(open_pointers),
        .measure = open_pointers_measure,
        .destroy = open_pointers_destroy,
        .footprint_bytes = open_pointers_footprint,
        .model = open_pointers_fill_model,
    },
    {
        .name = "virtual_scattered",
        .summary = "open_pointers behind a virtual call, as through an abstract index class",
        .create = virtual_scattered_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(virtual_scattered),
        .measure = open_pointers_measure,
        .destroy = open_pointers_destroy,
        .footprint_bytes = open_pointers_footprint,
        .model = virtual_scattered_fill_model,
    },
    {
        .name = "chained",
        .summary = "list heads and nodes from malloc, load factor 0.94",
        .create = chained_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(chained),
        .measure = chained_measure,
        .destroy = chained_destroy,
        .footprint_bytes = chained_footprint,
        .model = chained_fill_model,
    },
    {
        .name = "std_unordered_map",
        .summary = "libstdc++'s, as it grew without reserve(): load factor 0.67 to 0.9, nodes from "
                   "malloc in insertion order",
        .unavailable = std_unavailable,
        .create = std_unordered_map_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(std_unordered_map),
        .measure = std_unordered_map_measure,
        .destroy = std_unordered_map_destroy,
        .footprint_bytes = std_unordered_map_footprint,
        .model = std_unordered_map_fill_model,
    },
    {
        .name = "sorted",
        .summary = "16-byte records in one array in key order, bisection by conditional moves",
        .create = sorted_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(sorted),
        .measure = sorted_measure,
        .footprint_bytes = sorted_footprint,
        .model = sorted_fill_model,
    },
    {
        .name = "eytzinger",
        .summary = "sorted keys in breadth-first order, values apart, three levels prefetched, no "
                   "branch on keys",
        .create = eytzinger_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(eytzinger),
        .measure = eytzinger_measure,
        .footprint_bytes = eytzinger_footprint,
        .model = eytzinger_fill_model,
    },
    {
        .name = "static_btree",
        .summary = "sorted keys in line-sized nodes of 8 without pointers, values apart, keys "
                   "counted one by one (not vectorised)",
        .create = static_btree_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(static_btree),
        .measure = static_btree_measure,
        .footprint_bytes = static_btree_footprint,
        .model = static_btree_fill_model,
    },
    {
        .name = "std_map",
        .summary = "libstdc++'s red-black tree, keys inserted in random order, nodes from malloc "
                   "in that order",
        .unavailable = std_unavailable,
        .create = std_map_create,
        .prepare = prepare,
        .run = LOOKUP_RUN_TABLE(std_map),
        .measure = std_map_measure,
        .destroy = std_map_destroy,
        .footprint_bytes = std_map_footprint,
        .model = std_map_fill_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_lookup = {
    LB_BENCHMARK_HERE("flat_index", "lookup"),
    .question = "What does finding a record by its key cost in each index layout?",
    .learns = "A lookup costs the lines that it must touch one after the other: a tree touches one "
              "a level, a table of nodes two to four, a flat table little more than one. Where "
              "lookups are independent the core overlaps their misses, and a table of nodes looks "
              "several times better than it is where each lookup needs the answer of the last.",
    .op = "lookup",
    .revision = 1,
    .headline = {.variant = "std_unordered_map", .mode = "dependent,hit", .leads_family = true},
    .modes = {"independent,hit", "dependent,hit", "independent,miss", "dependent,miss",
              "independent,hit,zipf", "dependent,hit,zipf"},
    /* 16 / 0.47: n is not next to a power of two, where bisection meets cache-set conflicts. */
    .reference_element_bytes = 34,
    .pass_ops = pass_ops,
    .expected = expected,
    .metrics = {{"probes", "probes per lookup", "slots, groups of slots, nodes or levels looked at",
                 LB_LOWER_IS_BETTER}},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
