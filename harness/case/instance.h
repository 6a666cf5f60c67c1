/*
 * instance.h - one built layout in this process: its state, its memory, and the book of what it
 * was asked to compute, so that the answer can be verified after the last round.
 */
#ifndef LB_INSTANCE_H
#define LB_INSTANCE_H

#include "harness/case/allocator.h"
#include "harness/case/arena.h"
#include "harness/case/case.h"
#include "harness/case/metrics.h"

/* Memory of a built layout. UINT64_MAX: not known. */
struct lb_memory_use {
    uint64_t arena_bytes;     /* of the layout, from the arena */
    uint64_t heap_bytes;      /* taken from the allocator by create, its headers included */
    uint64_t allocations;     /* allocator calls in create, arena blocks included; needs the shim */
    uint64_t resident_bytes;  /* growth of the resident set, less scratch */
    uint64_t huge_page_bytes; /* of the process, in 2 MiB pages */
    char allocator[LB_ALLOCATOR_BYTES]; /* with its version; empty: not known */
};

struct lb_instance {
    struct lb_case c;
    struct lb_arena *arena;
    void *state;
    struct lb_memory_use memory;
    uint64_t create_ns;
    uint64_t next_op[LB_MODES_MAX];  /* where each mode's stream goes on */
    uint64_t checksum[LB_MODES_MAX]; /* of ops 0 .. next_op - 1 */
    int cpus[LB_THREADS_MAX];        /* what c.point.cpus points to: do not copy an instance */
};

/*
 * Builds the case's layout. LB_UNAVAILABLE with the variant's reason when it cannot run here, or
 * with what it needs when that memory is not to be had. Destroy it on success only.
 * Before the process is pinned: a benchmark of several threads gets the cores that it may use, the
 * first of them `cpu`, on which it is going to be measured (LB_CPU_NONE: anywhere). The process is
 * then kept on the memory node of that CPU, and the layout so in its memory, where it has room.
 */
enum lb_status lb_instance_create(struct lb_instance *instance, const struct lb_case *c, int cpu,
                                  struct lb_error *error);

/* Untimed: calls the variant's prepare, if it has one. */
void lb_instance_prepare(struct lb_instance *instance, unsigned mode, uint64_t ops);

/* The next `ops` ops of this mode. This is what a sample times: nothing else happens in it. */
static inline void lb_instance_run(struct lb_instance *instance, unsigned mode, uint64_t ops)
{
    uint64_t first = instance->next_op[mode];
    instance->checksum[mode] += instance->c.variant->run[mode](instance->state, first, ops);
    instance->next_op[mode] = first + ops;
}

/* Compares every mode's checksum with the reference. LB_WRONG with both values. */
enum lb_status lb_instance_verify(const struct lb_instance *instance, struct lb_error *error);

/*
 * The case's metrics, all of them unknown where the variant measures none. Nothing may be run
 * afterwards. LB_WRONG: the variant says that an answer was wrong.
 */
enum lb_status lb_instance_measure(struct lb_instance *instance, unsigned mode,
                                   struct lb_metric_values *values, struct lb_error *error);

/* Ops of one pass of this mode. */
uint64_t lb_instance_pass_ops(const struct lb_instance *instance, unsigned mode);

void lb_instance_destroy(struct lb_instance *instance);

#endif
