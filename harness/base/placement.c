/* placement.c - see placement.h. */
#include "harness/base/placement.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

/* As many positions as the kernel has for a heap, and enough for the hash of any cache. */
enum { PAGE = 4096, HEAP_PAGES = 1 << 13, MAPPING_PAGES = 1 << 15, STACK_STEPS = 256, STEP = 16 };

#define ASK_ONLY 0xffffffffUL

bool lb_placement_fix(void)
{
    int now = personality(ASK_ONLY);
    return now >= 0 && personality((unsigned long)now | ADDR_NO_RANDOMIZE) >= 0;
}

bool lb_placement_can_fix(void)
{
    int now = personality(ASK_ONLY);
    bool can = lb_placement_fix();
    if (can)
        personality((unsigned long)now);
    return can;
}

size_t lb_placement_stack_bytes(uint64_t number)
{
    return number % STACK_STEPS * STEP;
}

enum lb_status lb_placement_move(uint64_t number, struct lb_error *error)
{
    size_t heap = (number >> 8) % HEAP_PAGES, mapping = (number >> 24) % MAPPING_PAGES;
    if (!number)
        return LB_OK;
    malloc_trim(0); /* what is free of the heap would be used first, where it is */
    if (sbrk((intptr_t)(heap * PAGE)) == (void *)-1)
        return lb_fail_errno(error, LB_SYSTEM, "cannot move the heap");
    void *gap = mmap(NULL, (mapping + 1) * PAGE, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (gap == MAP_FAILED)
        return lb_fail_errno(error, LB_SYSTEM, "cannot move the mappings");
    return LB_OK;
}
