/*
 * memory.h - what a layout takes: from the arena, from the allocator, resident.
 *
 * Allocations can only be counted with liblayoutbench-alloc.so preloaded (a pass of its own, never
 * while timing). Without it those figures are LB_MEMORY_UNKNOWN.
 */
#ifndef LB_MEMORY_H
#define LB_MEMORY_H

#include "harness/base/error.h"
#include "harness/case/arena.h"

#define LB_MEMORY_UNKNOWN UINT64_MAX

struct lb_memory_use;

/* What the shim counts, since the process began. */
struct lb_alloc_counts {
    uint64_t calls;       /* malloc, calloc, realloc, aligned_alloc, posix_memalign, memalign */
    uint64_t live_usable; /* bytes of those blocks, as malloc_usable_size says */
    uint64_t live_blocks;
};

/* Exported by the shim under this name; looked up at run time. */
#define LB_ALLOC_COUNTS_SYMBOL "lb_alloc_shim_counts"
typedef void lb_alloc_counts_function(struct lb_alloc_counts *counts);

struct lb_memory_mark {
    uint64_t heap_bytes, resident_bytes;
    struct lb_alloc_counts counts;
    bool counted;
};

void lb_memory_mark(struct lb_memory_mark *mark);

/* The difference between now and the mark, for the layout that was built in between. */
void lb_memory_since(const struct lb_memory_mark *mark, const struct lb_arena *arena,
                     struct lb_memory_use *use);

/* What layouts may take in all: of what is available, all but an eighth. UINT64_MAX: not known. */
uint64_t lb_memory_usable_bytes(void);

/* LB_UNAVAILABLE, with what is needed and what there is, when `bytes` are not to be had. */
enum lb_status lb_memory_suffices(uint64_t bytes, struct lb_error *error);

#endif
