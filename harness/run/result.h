/*
 * result.h - what was measured of one case, raw, and the figures made of it.
 *
 * The runner fills the raw part; lb_result_analyse makes the figures from it, and nothing else
 * does: the document and the terminal show the same numbers.
 */
#ifndef LB_RESULT_H
#define LB_RESULT_H

#include "harness/base/document_texts.h"
#include "harness/base/stats.h"
#include "harness/case/case.h"
#include "harness/case/sample.h"

#define LB_CONFIDENCE 0.95

/*
 * KEPT: measured by an earlier, interrupted run, whose row is in `kept` (lb_result_outcome).
 * NOT_TIMED: only simulated, which is all that was asked for.
 */
enum lb_outcome {
    LB_CASE_OK,
    LB_CASE_SKIPPED,
    LB_CASE_ERROR,
    LB_CASE_KEPT,
    LB_CASE_NOT_TIMED,
};

struct json_object;

/* What a reader must know about a row. X(identifier, "name") */
#define LB_NOTES(X)                                                                                \
    X(UNSTEADY, "unsteady")             /* a visit did not settle while it was warmed */           \
    X(FEW_SAMPLES, "few_samples")       /* a replicate kept fewer than LB_KEPT_MIN short ones */   \
    X(WITHIN_PROCESS, "within_process") /* an interval is over visits, not over processes */       \
    X(UNSTABLE, "unstable")             /* the working set lies near a measured cache edge */      \
    X(STOLEN, "stolen")                 /* the hypervisor took time away during visits */          \
    X(DRIFTING, "drifting")             /* the core's clock moved during visits */                 \
    X(MEDIANS_APART, "medians_apart")   /* the ratio is not what the two medians make of it */     \
    X(INTERRUPTED, "interrupted")       /* Ctrl-C ended its comparison before all was measured */  \
    X(BLOCKS, "blocks")                 /* the kernel sleeps by design: switches are kept */

enum lb_note {
#define X(identifier, name) LB_NOTE_##identifier,
    LB_NOTES(X)
#undef X
        LB_NOTE_COUNT
};

const char *lb_note_name(enum lb_note note);

/*
 * A sample with an involuntary switch is dropped. But an op that takes longer than the kernel lets
 * anybody run has no sample without: from this much CPU time on, one switch is allowed for each of
 * the second figure, which refilling the caches changes by a few percent at most.
 */
#define LB_LONG_SAMPLE_NS UINT64_C(20000000)
#define LB_SWITCH_FREE_NS UINT64_C(2000000)

/* Medians are apart beyond this factor, or outside the ratio's interval by more than the slack. */
#define LB_MEDIANS_APART 1.5
#define LB_MEDIANS_SLACK 0.01

/* Fewer samples of a replicate are few, unless they lasted so long together. */
enum { LB_KEPT_MIN = 3 };
#define LB_SAMPLING_NS UINT64_C(50000000)

/*
 * A sample as it stays in memory, all of them of the whole run: without its counters, which would
 * be most of it and are added up at once.
 */
struct lb_taken {
    uint64_t ops, start_ns, wall_ns, cpu_ns;
    uint64_t minor_faults, major_faults, voluntary_switches, involuntary_switches;
    bool migrated;
    unsigned visit; /* index into visits */
    bool kept;
};

struct lb_visit {
    unsigned replicate, round;
    bool steady;
    bool drifting;
    uint64_t steal_ns; /* UINT64_MAX: not known */
};

/* One counter over all kept samples that read it. */
struct lb_counter_total {
    uint64_t value, ops, time_enabled_ns, time_running_ns;
    bool lost;
};

struct lb_figures {
    bool timed; /* there is at least one kept sample */
    struct lb_interval wall_ns_per_op, cpu_ns_per_op;
    bool within_process; /* the intervals of time are over visits */
    unsigned replicates, visits;
    size_t kept, dropped;
    bool compared; /* ratio is filled: not the reference, and both have samples */
    bool ratio_of_wall;
    bool ratio_within_process; /* the ratio pairs visits */
    struct lb_interval ratio;
    bool notes[LB_NOTE_COUNT];
};

struct lb_result {
    const struct lb_case *c;
    enum lb_outcome outcome;
    char reason[LB_REASON_BYTES];
    struct lb_taken *taken;
    size_t taken_count, taken_capacity;
    struct lb_visit *visits;
    size_t visit_count, visit_capacity;
    struct lb_counter_total counters[LB_COUNTERS_MAX];
    struct lb_memory_use memory; /* all LB_MEMORY_UNKNOWN until known */
    struct lb_metric_values metrics;
    bool metrics_taken; /* asked for, once */
    uint64_t checksum;
    bool verified;
    struct json_object *kept; /* lb_resume_release frees it; NULL unless LB_CASE_KEPT */
    enum lb_outcome kept_outcome;
    struct lb_figures figures;
};

void lb_result_init(struct lb_result *result, const struct lb_case *c);
void lb_result_free(struct lb_result *result);

/* How the case ended, in this run or in the one that it goes on with. */
enum lb_outcome lb_result_outcome(const struct lb_result *result);

/* Ends the case with this reason; the first one stays. */
void lb_result_fail(struct lb_result *result, enum lb_outcome outcome, const char *reason);

/* Adds a visit with its samples; decides which are kept. LB_NO_MEMORY. */
enum lb_status lb_result_add_visit(struct lb_result *result, const struct lb_visit *visit,
                                   const struct lb_sample *samples, unsigned count);

/* Kept samples of the visit, which is how the runner knows that it needs more. */
unsigned lb_result_kept(const struct lb_result *result, const struct lb_sample *samples,
                        unsigned count);

/*
 * Makes result->figures. `reference`: the result ratios are against, analysed before; NULL or the
 * result itself: none. Ratios pair replicates (or visits) that both have.
 */
enum lb_status lb_result_analyse(struct lb_result *result, const struct lb_result *reference);

/*
 * The ratio alone, at another confidence; LB_NO_MEMORY. NaN and not bounded where it can't be told.
 * *within_process (NULL: nobody asks): whether it pairs visits, as too few replicates are in both.
 */
enum lb_status lb_result_ratio(const struct lb_result *result, const struct lb_result *reference,
                               double confidence, struct lb_interval *ratio, bool *within_process);

#endif
