/*
 * alloc_shim.c - counts allocations in front of whatever allocator the process uses.
 *
 * Built as liblayoutbench-alloc.so and preloaded in a pass of its own, never while time is
 * measured. It forwards to the next definition of each function, so jemalloc or mimalloc may stand
 * behind it in LD_PRELOAD. It keeps nothing about a block: sizes are what malloc_usable_size says.
 *
 * Single-threaded by design: cases that start threads create their layout in one.
 */
#include "harness/case/memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

lb_alloc_counts_function lb_alloc_shim_counts;

static struct lb_alloc_counts totals;

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void (*free)(void *);
} next;

/* dlsym itself may allocate before the next calloc is known: it is served from here. */
static unsigned char early[16384];
static size_t early_used;

static void resolve(const char *name, void *function)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(function, &symbol, sizeof symbol);
}

static void *early_alloc(size_t bytes)
{
    size_t need = (bytes + 15) & ~(size_t)15;
    if (need > sizeof early - early_used)
        return NULL;
    void *block = early + early_used;
    early_used += need;
    return block;
}

static bool is_early(const void *block)
{
    return (const unsigned char *)block >= early &&
           (const unsigned char *)block < early + sizeof early;
}

static bool ready(void)
{
    static bool resolving;
    if (next.malloc)
        return true;
    if (resolving)
        return false;
    resolving = true;
    resolve("calloc", &next.calloc);
    resolve("realloc", &next.realloc);
    resolve("aligned_alloc", &next.aligned_alloc);
    resolve("posix_memalign", &next.posix_memalign);
    resolve("free", &next.free);
    resolve("malloc", &next.malloc);
    return true;
}

/* ---- Counting ----------------------------------------------------------------------------------
 */

static void *born(void *block)
{
    totals.calls++;
    if (block) {
        totals.live_usable += malloc_usable_size(block);
        totals.live_blocks++;
    }
    return block;
}

static void dies(void *block)
{
    if (!block || is_early(block))
        return;
    totals.live_usable -= malloc_usable_size(block);
    totals.live_blocks--;
}

void lb_alloc_shim_counts(struct lb_alloc_counts *counts)
{
    *counts = totals;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's are reserved names */

void *malloc(size_t bytes)
{
    return ready() ? born(next.malloc(bytes)) : early_alloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    return ready() ? born(next.calloc(count, bytes)) : early_alloc(count * bytes);
}

void *realloc(void *block, size_t bytes)
{
    if (!ready())
        return NULL;
    if (is_early(block)) {
        void *moved = malloc(bytes);
        size_t room = (size_t)(early + sizeof early - (unsigned char *)block);
        return moved ? memcpy(moved, block, bytes < room ? bytes : room) : NULL;
    }
    dies(block);
    return born(next.realloc(block, bytes));
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return ready() ? born(next.aligned_alloc(alignment, bytes)) : NULL;
}

void *memalign(size_t alignment, size_t bytes)
{
    return aligned_alloc(alignment, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    if (!ready())
        return ENOMEM;
    int failed = next.posix_memalign(block, alignment, bytes);
    if (!failed)
        born(*block);
    return failed;
}

void free(void *block)
{
    if (!ready() || is_early(block))
        return;
    dies(block);
    next.free(block);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
