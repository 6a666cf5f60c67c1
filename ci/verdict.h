/*
 * verdict.h - what the gate found: rows, and the one verdict that follows from them.
 *
 * The two tiers (counts.h, duel.h) fill rows; lb_gate_conclude makes the verdict from them; the
 * writers (terminal.h, gate_json.h, markdown.h, annotations.h, junit.h) only show it. Nothing else
 * passes between these.
 *
 * Holds for all of it: figures are per op; what is not known is NaN, never 0; an empty text means
 * "none"; texts are one line, and come from files and programs: a writer escapes them.
 */
#ifndef LB_VERDICT_H
#define LB_VERDICT_H

#include "harness/base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { LB_GATE_ID_BYTES = 192, LB_GATE_TEXT_BYTES = 320, LB_GATE_PATH_BYTES = 512 };

/*
 * What a row is about. X(identifier, "name", "unit of base and head", "more of it, in a word",
 * "less of it"). CASE: the case (or benchmark) as a whole, which has no figure. ENVIRONMENT: a
 * field of a fingerprint ("flags") that differs; its name stands where a case's id does.
 */
#define LB_GATE_METRICS(X)                                                                         \
    X(CASE, "case", "", "", "")                                                                    \
    X(ENVIRONMENT, "environment", "", "", "")                                                      \
    X(TIME, "time", "ns", "slower", "faster")                                                      \
    X(INSTRUCTIONS, "instructions", "instructions", "more", "fewer")                               \
    X(L1D_MISSES, "l1d_misses", "misses", "more", "fewer")                                         \
    X(L3_MISSES, "l3_misses", "misses", "more", "fewer")

enum lb_gate_metric {
#define X(identifier, name, unit, more, less) LB_GATE_##identifier,
    LB_GATE_METRICS(X)
#undef X
        LB_GATE_METRIC_COUNT
};

/* Where a figure comes from. Figures of two sources are never compared. X(identifier, "name") */
#define LB_GATE_SOURCES(X)                                                                         \
    X(NO_SOURCE, "none")                                                                           \
    X(PAIRS, "pairs")         /* time of process pairs that take turns, measured here and now */   \
    X(STORED, "stored")       /* CPU time of two documents: advice, never judged */                \
    X(SIMULATED, "simulated") /* callgrind, in the standard geometry */                            \
    X(HARDWARE, "hardware")   /* counted by the PMU */

enum lb_gate_source {
#define X(identifier, name) LB_GATE_##identifier,
    LB_GATE_SOURCES(X)
#undef X
        LB_GATE_SOURCE_COUNT
};

/* What became of a row. X(identifier, "name") */
#define LB_GATE_VERDICTS(X)                                                                        \
    X(SAME, "same")                     /* within the allowance */                                 \
    X(BETTER, "better")                 /* faster, fewer */                                        \
    X(WORSE, "worse")                   /* slower, more: a regression */                           \
    X(UNDECIDED, "undecided")           /* time: neither could be shown */                         \
    X(FAILED, "failed")                 /* errored, came back empty, or lost a counter */          \
    X(VANISHED, "vanished")             /* only the base has it: gone, or renamed */               \
    X(NEW, "new")                       /* only the head has it: listed */                         \
    X(CHANGED, "changed")               /* its definition changed: not comparable */               \
    X(NOT_COMPARABLE, "not_comparable") /* environments or machines differ */                      \
    X(NOT_GATED, "not_gated") /* not to be judged, and why: advice, skipped on both sides, ... */

enum lb_gate_verdict {
#define X(identifier, name) LB_GATE_##identifier,
    LB_GATE_VERDICTS(X)
#undef X
        LB_GATE_VERDICT_COUNT
};

/* Which witnesses speak for a row's change. X(identifier, "name", "for people") */
#define LB_GATE_EVIDENCES(X)                                                                       \
    X(NO_EVIDENCE, "none", "")                                                                     \
    X(AGREE, "agree", "time and counts agree")                                                     \
    X(TIME_ALONE, "time_alone", "time alone: the counts are the same")                             \
    X(COUNTS_ALONE, "counts_alone", "counts alone: the time is the same")                          \
    X(TIME_UNCOUNTED, "time_uncounted", "time; its counts are not known")                          \
    X(COUNTS_UNTIMED, "counts_untimed", "counts; it was not timed, or undecided")                  \
    X(CONTRADICT, "contradict", "time and counts moved in opposite directions")

enum lb_gate_evidence {
#define X(identifier, name, words) LB_GATE_##identifier,
    LB_GATE_EVIDENCES(X)
#undef X
        LB_GATE_EVIDENCE_COUNT
};

/* Two sequences of at most 40: the first, and the fresh ones that confirm it. */
enum { LB_GATE_PAIRS_MAX = 80 };

/* One pair as it was judged: the two sides' times (pair.h, contest.h), ns per op. */
struct lb_gate_pair {
    double base, head;
    bool head_first, confirming;
};

struct lb_gate_row {
    char case_id[LB_GATE_ID_BYTES];   /* or the benchmark's name, for rows about all of it */
    char benchmark[LB_GATE_ID_BYTES]; /* "boxing/sum" */
    enum lb_gate_metric metric;
    enum lb_gate_source source;
    enum lb_gate_verdict verdict;
    double base, head; /* in the metric's unit */
    double ratio;      /* head / base: for pairs the median of the pairs' ratios */
    double low, high;  /* pairs: one-sided 99 % bounds of that median; else NaN */
    double allowance;  /* largest ratio - 1 that passes; for counts see also allowance_per_op */
    double allowance_per_op; /* or largest difference that passes, if larger; 0: none */
    unsigned pairs;          /* of the look that decided; 0: not from pairs */
    bool confirmed;          /* pairs: slower in fresh pairs as well */
    double pair_deviation;   /* of a pair's log-ratio: standard, robustly estimated */
    double smallest_change;  /* relative slowdown that this row could have shown; NaN: not known */
    struct lb_gate_pair *measured;  /* all pairs, in their order; malloc'd. NULL: none */
    unsigned measured_count;        /* at most LB_GATE_PAIRS_MAX */
    double setup_seconds, seconds;  /* pairs: as in pair.h, of all of them. Else NaN */
    enum lb_gate_evidence evidence; /* lb_gate_conclude's, as is the next */
    bool counts_agree;              /* an undecided time whose counts are all the same: it passes */
    char reason[LB_GATE_TEXT_BYTES];      /* why it failed, vanished, is not judged, ... */
    char accepted[LB_GATE_TEXT_BYTES];    /* the acknowledgement's reason: the row passes */
    char source_file[LB_GATE_PATH_BYTES]; /* of the head's benchmark; the base's if it vanished */
    int source_line;                      /* 0: not known */
};

/* One side of the comparison. */
struct lb_gate_side {
    char revision[LB_GATE_TEXT_BYTES]; /* as the user said it: "main", or a commit */
    char commit[64];                   /* as the program says of itself */
    char program[LB_GATE_PATH_BYTES];  /* the layoutbench that was driven */
    char results[LB_GATE_PATH_BYTES];  /* the document that was read */
    char environment[32], machine[32]; /* fingerprints' digests */
};

/* A thing to say that is no row. X(identifier, "name") */
#define LB_GATE_NOTICES(X)                                                                         \
    X(DIFFERS, "differs") /* a field of a fingerprint: why this is incomparable */                 \
    X(CODE, "code")       /* a kernel executes other instructions than before */                   \
    X(UNUSED, "unused")   /* an acknowledgement that nothing needed */                             \
    X(EXPIRED, "expired") /* an acknowledgement that holds no longer */                            \
    X(ADVICE, "advice")

enum lb_gate_notice_kind {
#define X(identifier, name) LB_GATE_NOTICE_##identifier,
    LB_GATE_NOTICES(X)
#undef X
        LB_GATE_NOTICE_COUNT
};

struct lb_gate_notice {
    enum lb_gate_notice_kind kind;
    char subject[LB_GATE_ID_BYTES]; /* the field, the layout, the acknowledgement's glob */
    char text[LB_GATE_TEXT_BYTES];
};

/* Exit statuses. Where several apply, lb_gate_conclude says which wins. */
enum lb_gate_exit {
    LB_GATE_EXIT_PASS = 0,
    LB_GATE_EXIT_REGRESSION = 1,
    LB_GATE_EXIT_USAGE = 2, /* or input that cannot be read or is refused */
    LB_GATE_EXIT_UNDECIDED = 3,
    LB_GATE_EXIT_SET_CHANGED = 4, /* a benchmark vanished, changed or failed */
    LB_GATE_EXIT_INCOMPARABLE = 5,
    LB_GATE_EXIT_HARNESS = 6,
    LB_GATE_EXIT_INTERRUPTED = 130,
};

struct lb_gate {
    struct lb_gate_side base, head;
    struct lb_gate_row *rows;
    size_t row_count, row_capacity;
    struct lb_gate_notice *notices;
    size_t notice_count, notice_capacity;
    bool strict;
    const char *policy_file, *accepted_file; /* that the user named; NULL: none */
    uint64_t seed;
    bool seed_given; /* it is not the default */
    bool no_counts, no_time;
    const char *cpu_text;  /* that the user named; NULL: the default */
    double seconds;        /* the whole, wall clock */
    double counts_seconds; /* of this: simulating both sides */
    double time_seconds;   /* and the time tier, set-up included */
    /* The rest is lb_gate_conclude's. */
    enum lb_gate_exit exit;
    char headline[LB_GATE_TEXT_BYTES];    /* "regression: 3 of 412 rows are worse" */
    size_t counts[LB_GATE_VERDICT_COUNT]; /* rows of each verdict that are not accepted */
    size_t accepted;                      /* rows that are not counted there, but passed so */
};

/* Names, as in gate.json; and words for people: lb_gate_row_word says "slower" where WORSE is. */
const char *lb_gate_metric_name(enum lb_gate_metric metric);
const char *lb_gate_metric_unit(enum lb_gate_metric metric);
const char *lb_gate_source_name(enum lb_gate_source source);
const char *lb_gate_verdict_name(enum lb_gate_verdict verdict);
const char *lb_gate_evidence_name(enum lb_gate_evidence evidence);
const char *lb_gate_evidence_words(enum lb_gate_evidence evidence);
const char *lb_gate_notice_name(enum lb_gate_notice_kind kind);
const char *lb_gate_exit_name(enum lb_gate_exit status); /* "pass", "regression", ... */
const char *lb_gate_row_word(const struct lb_gate_row *row);

/* The metric of this name; LB_GATE_METRIC_COUNT: there is none. */
enum lb_gate_metric lb_gate_metric_of(const char *name);

/*
 * Adds a row whose figures are all unknown and whose texts are empty. NULL: no memory. Pointers to
 * rows die with the next one that is added.
 */
struct lb_gate_row *lb_gate_add_row(struct lb_gate *gate, const char *case_id,
                                    const char *benchmark, enum lb_gate_metric metric,
                                    enum lb_gate_source source, enum lb_gate_verdict verdict);

/* LB_NO_MEMORY. */
enum lb_status lb_gate_add_notice(struct lb_gate *gate, enum lb_gate_notice_kind kind,
                                  const char *subject, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Whether a reader must see the row: it is not the same, not merely new or not judged. Accepted
 * rows and undecided ones that pass are listed, too.
 */
bool lb_gate_row_moved(const struct lb_gate_row *row);

/* Whether this row alone makes the gate fail, and with which status; PASS: it does not. */
enum lb_gate_exit lb_gate_row_exit(const struct lb_gate *gate, const struct lb_gate_row *row);

/* One line for a shell that does this row again as it was done, and nothing but it. */
void lb_gate_reproduce(const struct lb_gate *gate, const struct lb_gate_row *row, char *text,
                       size_t size);

/*
 * Sets evidence, exit, headline and counts from the rows. Where rows ask for several statuses,
 * incomparable wins over regression, over set changed, over undecided, over pass: what makes the
 * others unreliable comes first, then what is most certain. A gate that judged nothing, no row of
 * which is same, better, worse or undecided, is no pass: set changed.
 */
void lb_gate_conclude(struct lb_gate *gate);

/*
 * The verdict of a gate that could not be finished: no rows, this exit status, and the reason as
 * headline. What an earlier gate said must not stand where this one's verdict is looked for.
 */
void lb_gate_give_up(struct lb_gate *gate, enum lb_gate_exit exit, const char *reason);

void lb_gate_free(struct lb_gate *gate);

#endif
