/*
 * child.h - one driven `layoutbench exec` seen from the driver's side: `run`, and the gate.
 *
 * Every call that waits has a time limit, and a child that crashed, hung or was killed is an
 * LB_CHILD with what happened in words; the driver goes on without it.
 */
#ifndef LB_CHILD_H
#define LB_CHILD_H

#include "harness/base/spawn.h"
#include "harness/case/protocol.h"
#include "harness/counters/named_events.h"

struct lb_child {
    pid_t pid;       /* 0: not running */
    int exit_status; /* of one that ended by itself while it was spoken to; -1: it did not */
    int create_ms, answer_ms;
    const char *limit_option;
    int err_fd;
    struct lb_line_reader reader;
};

struct lb_child_options {
    const char *program; /* NULL: this one */
    const char *file;    /* executed under the program's name; NULL: the program */
    uint64_t seed;
    int cpu;            /* LB_CPU_NONE: not pinned */
    uint64_t placement; /* placement.h; 0: random addresses */
    bool counters;
    const struct lb_named_events *events; /* counted as well; NULL: none */
    unsigned slowdown_permille;           /* of its samples, for a self-test; 0: none */
    uint64_t layout_bytes;    /* that it is going to build, which takes its time; 0: little */
    int answer_ms;            /* how long it may take to answer once it is ready; 0: 30 s */
    const char *limit_option; /* what raises both limits, to tell who exceeds one; NULL: nothing */
};

struct lb_child_ready {
    uint64_t create_ns;
    struct lb_memory_use memory; /* but for the allocations */
};

/* How long building a layout of so many bytes may take. */
int lb_child_create_ms(uint64_t layout_bytes);

/* Starts the process and returns at once; it creates its layout meanwhile. */
enum lb_status lb_child_start(struct lb_child *child, const char *case_id,
                              const struct lb_child_options *options, struct lb_error *error);

/* Waits until the layout stands. LB_UNAVAILABLE: skipped, with the reason. */
enum lb_status lb_child_wait_ready(struct lb_child *child, struct lb_child_ready *ready,
                                   struct lb_error *error);

/* Waits until it has something to say, or has ended. False: neither, for so long. */
bool lb_child_speaks(const struct lb_child *child, int timeout_ms);

/* mode: its name, "" for the nameless one. */
enum lb_status lb_child_warm(struct lb_child *child, const char *mode, uint64_t max_ns,
                             struct lb_warmth *warmth, struct lb_error *error);

/* Takes `count` samples; ops 0: as many ops as last a sample's time. */
enum lb_status lb_child_sample(struct lb_child *child, const char *mode, uint64_t ops,
                               unsigned count, struct lb_sample *samples, struct lb_error *error);

/* Fills what lb_metrics_init made. After the last sample of all modes: it may consume the state. */
enum lb_status lb_child_metrics(struct lb_child *child, const char *mode,
                                struct lb_metric_values *values, struct lb_error *error);

/* Asks the child to verify and end; _end waits for its answer. LB_WRONG: a wrong answer. */
void lb_child_quit_begin(struct lb_child *child);
enum lb_status lb_child_quit_end(struct lb_child *child, uint64_t *checksum,
                                 struct lb_error *error);

/* Ends it whatever it does, and frees what it holds. Safe on one that is not running. */
void lb_child_kill(struct lb_child *child);

#endif
