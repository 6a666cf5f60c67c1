/* memory.c - see memory.h. */
#include "harness/case/memory.h"

#include "harness/base/available_memory.h"
#include "harness/case/allocator.h"
#include "harness/case/instance.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool alloc_counts(struct lb_alloc_counts *counts)
{
    lb_alloc_counts_function *function;
    void *symbol = dlsym(RTLD_DEFAULT, LB_ALLOC_COUNTS_SYMBOL);
    memset(counts, 0, sizeof *counts);
    if (!symbol)
        return false;
    memcpy(&function, &symbol, sizeof function); /* ISO C has no cast from object to function */
    function(counts);
    return true;
}

/* glibc's own account: bytes in chunks, headers and rounding included. 0 under other allocators. */
static uint64_t glibc_heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static uint64_t resident_bytes(void)
{
    unsigned long long total, resident;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return LB_MEMORY_UNKNOWN;
    int got = fscanf(f, "%llu %llu", &total, &resident);
    fclose(f);
    return got == 2 ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : LB_MEMORY_UNKNOWN;
}

/* Of the process, in 2 MiB pages. */
static uint64_t huge_page_bytes(void)
{
    static const char path[] = "/proc/self/smaps_rollup", key[] = "AnonHugePages:";
    char line[256];
    uint64_t bytes = LB_MEMORY_UNKNOWN;
    FILE *f = fopen(path, "re");
    if (!f)
        return bytes;
    while (fgets(line, sizeof line, f)) {
        unsigned long long kib;
        size_t length = strlen(key);
        if (strncmp(line, key, length) == 0 && sscanf(line + length, " %llu", &kib) == 1) {
            bytes = kib << 10;
            break;
        }
    }
    fclose(f);
    return bytes;
}

void lb_memory_mark(struct lb_memory_mark *mark)
{
    mark->resident_bytes = resident_bytes(); /* allocates for a moment: before the counts */
    mark->heap_bytes = glibc_heap_bytes();
    mark->counted = alloc_counts(&mark->counts);
}

static uint64_t grown(uint64_t now, uint64_t before)
{
    return now == LB_MEMORY_UNKNOWN || before == LB_MEMORY_UNKNOWN ? LB_MEMORY_UNKNOWN
           : now > before                                          ? now - before
                                                                   : 0;
}

/* The other side of lb_memory_mark: the counts first, then what allocates in order to be read. */
void lb_memory_since(const struct lb_memory_mark *mark, const struct lb_arena *arena,
                     struct lb_memory_use *use)
{
    struct lb_arena_use arena_use;
    struct lb_alloc_counts counts;
    bool counted = alloc_counts(&counts) && mark->counted;
    uint64_t glibc_bytes = grown(glibc_heap_bytes(), mark->heap_bytes);
    uint64_t usable =
        counted ? grown(counts.live_usable, mark->counts.live_usable) : LB_MEMORY_UNKNOWN;
    lb_arena_use(arena, &arena_use);
    lb_allocator_describe(use->allocator);
    /* Under an allocator that is not glibc's, only the shim knows what was obtained. */
    use->heap_bytes = strcmp(lb_allocator_name(), "glibc") == 0 ? glibc_bytes : usable;
    use->arena_bytes = arena_use.layout_bytes;
    use->allocations =
        counted ? counts.calls - mark->counts.calls + arena_use.layout_blocks : LB_MEMORY_UNKNOWN;
    use->resident_bytes = grown(resident_bytes(), mark->resident_bytes);
    if (use->resident_bytes != LB_MEMORY_UNKNOWN)
        use->resident_bytes -= use->resident_bytes < arena_use.scratch_bytes
                                   ? use->resident_bytes
                                   : arena_use.scratch_bytes;
    use->huge_page_bytes = huge_page_bytes();
}

static uint64_t usable(uint64_t available)
{
    return available == LB_MEMORY_UNKNOWN ? available : available - available / 8;
}

uint64_t lb_memory_usable_bytes(void)
{
    return usable(lb_available_memory("/"));
}

enum lb_status lb_memory_suffices(uint64_t bytes, struct lb_error *error)
{
    uint64_t available = lb_available_memory("/");
    if (bytes <= usable(available))
        return LB_OK;
    return lb_fail(error, LB_UNAVAILABLE,
                   "needs %" PRIu64 " MiB of memory, %" PRIu64 " MiB are available", bytes >> 20,
                   available >> 20);
}
