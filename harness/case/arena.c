/*
 * arena.c - bump allocation from populated mappings. See arena.h and api.h.
 *
 * Blocks of a page and more start a few lines into their first page, at an offset that differs
 * from block to block: arrays that all start on a page boundary would compete for the same cache
 * sets, which is a benchmark of its own (density/conflicts). The offsets are fixed, so that counts
 * repeat.
 */
#include "harness/case/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum { PAGE_BYTES = 4096, HUGE_PAGE_BYTES = 2 << 20, SMALL_CHUNK_BYTES = 64 << 10 };

struct chunk {
    unsigned char *base;
    uint64_t bytes;
};

/* A page of records of what is mapped: not from malloc, whose account is the layout's alone. */
struct ledger {
    struct ledger *next;
    size_t used;
    struct chunk chunks[(PAGE_BYTES - 2 * sizeof(void *)) / sizeof(struct chunk)];
};

struct bump {
    unsigned char *free;
    uint64_t left;
};

struct lb_arena {
    bool huge_pages;
    unsigned large_blocks;
    struct ledger *ledger;
    struct bump layout, scratch;
    struct lb_arena_use use;
    jmp_buf *escape;
};

/* An author's create cannot go on without memory, and need not say so each time (api.h). */
void lb_out_of_memory(struct lb_arena *arena, uint64_t bytes)
{
    if (arena)
        arena->use.refused_bytes = bytes;
    if (arena && arena->escape)
        longjmp(*arena->escape, 1);
    fprintf(stderr, "out of memory: %llu bytes were asked for\n", (unsigned long long)bytes);
    _exit(EXIT_FAILURE);
}

struct lb_arena *lb_arena_new(bool huge_pages)
{
    struct lb_arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->huge_pages = huge_pages;
    return arena;
}

void lb_arena_escape_to(struct lb_arena *arena, jmp_buf *escape)
{
    arena->escape = escape;
}

void lb_arena_free(struct lb_arena *arena)
{
    while (arena && arena->ledger) {
        struct ledger *ledger = arena->ledger;
        arena->ledger = ledger->next;
        for (size_t i = 0; i < ledger->used; i++)
            munmap(ledger->chunks[i].base, ledger->chunks[i].bytes);
        munmap(ledger, sizeof *ledger);
    }
    free(arena);
}

void lb_arena_use(const struct lb_arena *arena, struct lb_arena_use *use)
{
    *use = arena->use;
}

/*
 * Kernels before 5.14 have no MADV_POPULATE_WRITE, and a hypervisor with page tables of its own
 * maps a page when it is touched, whatever the guest's kernel has mapped: the first store to each
 * of 16,384 populated pages took 6 microseconds on one VM. So a byte of each page is written, too.
 */
static void populate(unsigned char *base, uint64_t bytes)
{
    madvise(base, bytes, MADV_POPULATE_WRITE);
    for (uint64_t i = 0; i < bytes; i += PAGE_BYTES)
        ((volatile unsigned char *)base)[i] = 0;
}

static void record(struct lb_arena *arena, unsigned char *base, uint64_t bytes)
{
    struct ledger *ledger = arena->ledger;
    if (!ledger || ledger->used == sizeof ledger->chunks / sizeof *ledger->chunks) {
        ledger =
            mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (ledger == MAP_FAILED)
            lb_out_of_memory(arena, sizeof *ledger);
        ledger->next = arena->ledger;
        arena->ledger = ledger;
    }
    ledger->chunks[ledger->used++] = (struct chunk){.base = base, .bytes = bytes};
}

static unsigned char *map(struct lb_arena *arena, uint64_t bytes, size_t alignment)
{
    uint64_t room = bytes + alignment;
    unsigned char *raw =
        mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED)
        lb_out_of_memory(arena, bytes);
    unsigned char *base =
        (unsigned char *)(((uintptr_t)raw + alignment - 1) & ~(uintptr_t)(alignment - 1));
    if (base > raw)
        munmap(raw, (size_t)(base - raw));
    if (raw + room > base + bytes)
        munmap(base + bytes, (size_t)(raw + room - (base + bytes)));
    madvise(base, bytes, arena->huge_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    populate(base, bytes);
    record(arena, base, bytes);
    return base;
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static void *large_block(struct lb_arena *arena, uint64_t bytes, size_t alignment, uint64_t *mapped)
{
    size_t page = arena->huge_pages ? HUGE_PAGE_BYTES : PAGE_BYTES;
    uint64_t stagger = (arena->large_blocks++ * 11 % 32) * (uint64_t)LB_CACHE_LINE_BYTES;
    if (alignment > LB_CACHE_LINE_BYTES)
        stagger = round_up(stagger, alignment) % PAGE_BYTES;
    *mapped = round_up(bytes + stagger, page);
    return map(arena, *mapped, alignment > page ? alignment : page) + stagger;
}

static void *small_block(struct lb_arena *arena, struct bump *bump, uint64_t bytes,
                         size_t alignment, uint64_t *mapped)
{
    *mapped = 0;
    uint64_t pad = (uint64_t)(-(intptr_t)bump->free) & (alignment - 1);
    if (bump->left < bytes + pad) {
        bump->free = map(arena, SMALL_CHUNK_BYTES, PAGE_BYTES);
        bump->left = SMALL_CHUNK_BYTES;
        *mapped = SMALL_CHUNK_BYTES;
        pad = 0;
    }
    void *block = bump->free + pad;
    bump->free += bytes + pad;
    bump->left -= bytes + pad;
    return block;
}

static void *allocate(struct lb_arena *arena, struct bump *bump, uint64_t bytes, size_t alignment,
                      uint64_t *mapped)
{
    if (!alignment)
        alignment = LB_CACHE_LINE_BYTES;
    if (bytes >= PAGE_BYTES || alignment >= PAGE_BYTES)
        return large_block(arena, bytes, alignment, mapped);
    return small_block(arena, bump, bytes, alignment, mapped);
}

void *lb_arena_alloc(struct lb_arena *arena, uint64_t bytes, size_t alignment)
{
    uint64_t mapped;
    void *block = allocate(arena, &arena->layout, bytes, alignment, &mapped);
    arena->use.layout_bytes += bytes;
    arena->use.layout_blocks++;
    return block;
}

void lb_arena_add_mapped(struct lb_arena *arena, uint64_t bytes)
{
    arena->use.layout_bytes += bytes;
    arena->use.layout_blocks++;
}

void *lb_scratch_alloc(struct lb_arena *arena, uint64_t bytes)
{
    uint64_t mapped;
    void *block = allocate(arena, &arena->scratch, bytes, 0, &mapped);
    arena->use.scratch_bytes += mapped;
    return block;
}

void *lb_temporary(struct lb_arena *arena, uint64_t bytes)
{
    void *block = malloc(bytes);
    if (!block)
        lb_out_of_memory(arena, bytes);
    return block;
}
