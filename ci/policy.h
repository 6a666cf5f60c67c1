/*
 * policy.h - by what the gate judges: ci/policy.json. Each figure in it has its reason beside it.
 *
 * The policy is read strictly: a field or a metric that is not known is refused, and so is one that
 * is missing. A gate that silently ignores a misspelt tolerance cannot be trusted.
 */
#ifndef LB_POLICY_H
#define LB_POLICY_H

#include "ci/verdict.h"

enum { LB_POLICY_RUNGS_MAX = 8, LB_POLICY_RUNG_BYTES = 16, LB_POLICY_EXCEPTIONS_MAX = 32 };

/* What a count may grow by: the larger of the two. */
struct lb_policy_tolerance {
    double relative; /* of the base */
    double per_op;
    bool judged; /* false: shown, never a failure */
    char reason[LB_GATE_TEXT_BYTES];
};

/* Cases whose times are judged by another allowance than most. */
struct lb_policy_exception {
    char cases[LB_GATE_ID_BYTES]; /* a glob */
    double allowance; /* NaN: by counts alone; where a filter names them, as all others */
};

struct lb_policy {
    struct lb_policy_tolerance counts[LB_GATE_SOURCE_COUNT][LB_GATE_METRIC_COUNT];
    double time_allowance;          /* largest relative slowdown that passes */
    uint64_t parameter_limit_bytes; /* a parameter's points with more are gated by counts alone */
    double create_limit_ns;         /* what takes longer to create is gated by counts alone */
    char time_rungs[LB_POLICY_RUNGS_MAX][LB_POLICY_RUNG_BYTES]; /* "256KiB" */
    size_t time_rung_count;
    struct lb_policy_exception exceptions[LB_POLICY_EXCEPTIONS_MAX];
    size_t exception_count;
};

/* ci/policy.json as it was when this program was built, and its name in messages. */
extern const char lb_policy_source[];
#define LB_POLICY_BUILT_IN "ci/policy.json (built in)"

/* `file` NULL: the one that is built in. LB_USAGE with file, path and what is wrong. */
enum lb_status lb_policy_read(const char *file, struct lb_policy *policy, struct lb_error *error);

/* Of a case's time: that of the first exception that means it, or what holds for all others. */
double lb_policy_time_allowance(const struct lb_policy *policy, const char *case_id);

/* NULL where the gate never compares such a figure. */
const struct lb_policy_tolerance *lb_policy_tolerance(const struct lb_policy *policy,
                                                      enum lb_gate_source source,
                                                      enum lb_gate_metric metric);

#endif
