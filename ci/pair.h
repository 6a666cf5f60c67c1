/*
 * pair.h - one pair: a fresh process of each side with the same case, measured in turn.
 *
 * Both are pinned to the same CPU, have their memory at the same addresses, and are built before
 * either is timed; while one works the other waits for its driver. They are visited in turn (A B,
 * B A, A B, ...), so that what the machine does meanwhile meets both. A visit says the least of its
 * samples, which drops what was interrupted; of a side's visits, the mean of the lower half is its
 * time. A layout that took long to build is visited more often, one whose op takes long less often.
 * Nothing is left running when a call returns.
 */
#ifndef LB_PAIR_H
#define LB_PAIR_H

#include "ci/sides.h"
#include "harness/case/protocol.h"

struct lb_pair_options {
    const char *program[LB_SIDES];   /* each a layoutbench, with a slash in its path */
    uint64_t seed;                   /* of the inputs: the same for both */
    int cpu;                         /* LB_CPU_NONE: not pinned */
    unsigned head_slowdown_permille; /* injected, for a self-test; 0: none */
    int answer_ms;                   /* after which a side that is silent hangs; 0: 30 s */
};

struct lb_pair_request {
    const char *case_id;             /* with any of the modes: they share what is built */
    const char *modes[LB_MODES_MAX]; /* "" for the nameless one */
    unsigned mode_count;
    enum lb_side first;
    const char *file[LB_SIDES]; /* executed under the program's name; NULL: the program */
    uint64_t placement;         /* of both sides' memory (harness/base/placement.h); 0: random */
    bool brief;                 /* one of several processes that are a pair: fewer visits */
    bool verify;                /* have both sides check their answers at the end */
    uint64_t create_limit_ns;   /* measure nothing where the base takes longer to build; 0: do */
};

/* One side's time in one mode, per op, by each clock. */
struct lb_pair_time {
    double cpu_ns, wall_ns;
    bool blocks; /* most samples gave up the CPU by themselves: CPU time is not the whole */
};

struct lb_pair {
    struct lb_pair_time times[LB_MODES_MAX][LB_SIDES];
    uint64_t create_ns[LB_SIDES];
    bool skipped[LB_SIDES];       /* it cannot run here, says that side: nothing was timed */
    bool slow_to_create;          /* create_limit_ns was exceeded: nothing was timed */
    double setup_seconds;         /* starting, building, verifying */
    double seconds[LB_MODES_MAX]; /* warming and sampling */
    enum lb_side failed;          /* which side, where it is a side that failed */
    unsigned failed_mode;         /* in which mode; mode_count: in none of them */
};

/*
 * Takes one pair. What a side did wrong is one of these, with pair->failed and the error's text:
 * LB_WRONG (a wrong answer), LB_CHILD (it crashed, hung, broke off, or talked nonsense),
 * LB_PROTOCOL (it does not speak this version of the protocol). A side that skips is LB_OK with
 * `skipped` set and its reason in *error. LB_INTERRUPTED; LB_SYSTEM and the rest: this side failed.
 */
enum lb_status lb_pair_take(const struct lb_pair_options *options,
                            const struct lb_pair_request *request, struct lb_pair *pair,
                            struct lb_error *error);

#endif
