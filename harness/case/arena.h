/*
 * arena.h - the memory of one case: layout bytes apart from scratch bytes, every page present.
 *
 * The functions authors call are declared in api.h; this is the harness's side of it.
 */
#ifndef LB_ARENA_H
#define LB_ARENA_H

#include "harness/api.h"

#include <setjmp.h>

struct lb_arena_use {
    uint64_t layout_bytes;  /* asked for by lb_arena_alloc, or said by lb_arena_add_mapped */
    uint64_t layout_blocks; /* calls of both */
    uint64_t scratch_bytes; /* mapped for scratch, page-rounded */
    uint64_t refused_bytes; /* the block that there was no memory for; 0: none was refused */
};

/* huge_pages: ask for 2 MiB pages; otherwise 4 KiB ones are asked for. NULL when out of memory. */
struct lb_arena *lb_arena_new(bool huge_pages);

/* Where an allocation goes that finds no memory. NULL, as at first: it ends the process. */
void lb_arena_escape_to(struct lb_arena *arena, jmp_buf *escape);

void lb_arena_free(struct lb_arena *arena);
void lb_arena_use(const struct lb_arena *arena, struct lb_arena_use *use);

#endif
