/*
 * results.h - what one side says: the benchmarks it has, as it defines them, and its counts, out of
 * a results document (or, without counts, out of a list: listing_json.h).
 *
 * Nothing that is read is believed: what is not finite, not complete, of another schema, twice
 * there or empty is refused with LB_USAGE, the file and the place.
 */
#ifndef LB_RESULTS_H
#define LB_RESULTS_H

#include "ci/verdict.h"
#include "harness/base/document_texts.h"

struct lb_place;

/*
 * A benchmark's definition: rows of benchmarks that differ in it do not compare.
 * X(identifier, "key", "for people")
 */
#define LB_DEFINITION(X)                                                                           \
    X(OP, "op", "op")                                                                              \
    X(REVISION, "revision", "revision")                                                            \
    X(PARAMETER, "parameter", "parameter")                                                         \
    X(SEED, "seed", "seed")                                                                        \
    X(GENERATOR, "input_generator", "input generator")

enum lb_definition {
#define X(identifier, key, words) LB_DEFINITION_##identifier,
    LB_DEFINITION(X)
#undef X
        LB_DEFINITION_COUNT
};

enum { LB_DEFINITION_BYTES = 96, LB_FIELDS_MAX = 32 };

struct lb_results_benchmark {
    char name[LB_GATE_ID_BYTES]; /* "boxing/sum" */
    char definition[LB_DEFINITION_COUNT][LB_DEFINITION_BYTES];
    char source_file[LB_GATE_PATH_BYTES];
    int source_line;
};

/* ABSENT: it was not read at all, or not for this point. */
enum lb_reading { LB_READING_ABSENT, LB_READING_BELIEVED, LB_READING_LOST, LB_READING_NONE };

enum lb_result_status { LB_RESULT_RAN, LB_RESULT_SKIPPED, LB_RESULT_FAILED };

struct lb_results_case {
    char id[LB_GATE_ID_BYTES];
    size_t benchmark; /* index */
    char variant[64], mode[64], label[64];
    uint64_t working_set_bytes, parameter, elements; /* parameter: 0 where there is none */
    enum lb_result_status status;
    char reason[LB_REASON_BYTES]; /* why it did not run, failed, or lost a counter */
    double cpu_ns_per_op;         /* NaN: not timed */
    double counts[LB_GATE_SOURCE_COUNT][LB_GATE_METRIC_COUNT];
    enum lb_reading readings[LB_GATE_SOURCE_COUNT][LB_GATE_METRIC_COUNT];
};

/* One field of a fingerprint. */
struct lb_results_field {
    char name[64];
    char value[LB_FINGERPRINT_VALUE_BYTES];
};

struct lb_results {
    char name[LB_GATE_PATH_BYTES]; /* of the file or program, for messages */
    struct lb_results_benchmark *benchmarks;
    size_t benchmark_count;
    struct lb_results_case *cases; /* sorted by id */
    size_t case_count;
    struct lb_results_field environment[LB_FIELDS_MAX], machine[LB_FIELDS_MAX];
    size_t environment_count, machine_count; /* 0: not known */
    char environment_digest[32], machine_digest[32], commit[64];
};

/* A results document. LB_USAGE, LB_NO_MEMORY. Free it in any case. */
enum lb_status lb_results_read(const char *file, struct lb_results *results,
                               struct lb_error *error);

void lb_results_free(struct lb_results *results);

/* NULL when there is none. */
const struct lb_results_case *lb_results_case(const struct lb_results *results, const char *id);
const struct lb_results_benchmark *lb_results_benchmark(const struct lb_results *results,
                                                        const char *name);

/* For whoever fills one: room for so many, and the end of it, which refuses a case that is twice
 * there. LB_NO_MEMORY, LB_USAGE. */
enum lb_status lb_results_make_room(struct lb_results *results, size_t benchmarks, size_t cases,
                                    struct lb_error *error);
enum lb_status lb_results_sort(struct lb_results *results, struct lb_error *error);

/* One field of a definition, out of the object that has it. */
enum lb_status lb_results_read_definition(const struct lb_place *from, enum lb_definition field,
                                          struct lb_results_benchmark *benchmark,
                                          struct lb_error *error);
enum lb_status lb_results_read_source(const struct lb_place *from,
                                      struct lb_results_benchmark *benchmark,
                                      struct lb_error *error);

/* Id, variant, mode; and where it is, `parameter` being the key of the parameter's value. */
enum lb_status lb_results_read_names(const struct lb_place *row, struct lb_results_case *c,
                                     struct lb_error *error);
enum lb_status lb_results_read_point(const struct lb_place *point, const char *parameter,
                                     struct lb_results_case *c, struct lb_error *error);

#endif
