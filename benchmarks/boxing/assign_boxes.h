/*
 * assign_boxes.h - where the boxes of boxing/assign come from: for each scheme, how a value becomes
 * the word that a slot holds, what happens to the slot's old box, and how the word is read.
 *
 * Private to benchmarks/boxing/assign.c.
 */
#ifndef LB_ASSIGN_BOXES_H
#define LB_ASSIGN_BOXES_H

#include "benchmarks/boxing/boxing.h"

enum {
    SMALL_VALUES = 256, /* 0 .. 255 have shared boxes */
};

/* A box of the pool: free ones are linked through themselves. */
union cell {
    uint64_t value;
    union cell *next;
};

/* What boxes come from, where that is not malloc. Kernels hold it in registers. */
struct heap {
    uint64_t *bump;     /* bump arena: the next free box */
    union cell *unused; /* pool: the free box, first of a list */
    uint64_t *shared;   /* shared boxes: one for each small value */
};

/* Turns `value` into the word to store, drops what the slot held, and the other way round. */
typedef uint64_t make_function(struct heap *heap, uint64_t old, uint64_t value);
typedef uint64_t read_function(uint64_t word);

static inline uint64_t word_of(const void *box)
{
    return (uint64_t)(uintptr_t)box;
}

static inline void *box_of(uint64_t word)
{
    return (void *)(uintptr_t)word;
}

/* ---- In the slot itself ---------------------------------------------------------------------- */

static inline uint64_t inline_make(struct heap *heap, uint64_t old, uint64_t value)
{
    (void)heap, (void)old;
    return value;
}

static inline uint64_t inline_read(uint64_t word)
{
    return word;
}

static inline uint64_t tagged_make(struct heap *heap, uint64_t old, uint64_t value)
{
    (void)heap, (void)old;
    return value << 1 | 1;
}

static inline uint64_t tagged_read(uint64_t word)
{
    return word >> 1;
}

/*
 * ---- Boxes from malloc -----------------------------------------------------------------------
 *
 * Each store frees one box and makes one, so the allocator's list of free ones holds none or one:
 * malloc returns what the store before has freed. That free had to read the old box's header, at
 * an address from the slot, to find the list: on a shuffled heap that is the line that misses.
 */

static inline uint64_t box_read(uint64_t word)
{
    return *(const uint64_t *)box_of(word);
}

static inline uint64_t malloc_make(struct heap *heap, uint64_t old, uint64_t value)
{
    (void)heap;
    uint64_t *box = box_new(value);
    if (!box)
        lb_out_of_memory(NULL, sizeof *box);
    free(box_of(old));
    return word_of(box);
}

/* ---- Shared boxes for small values, malloc's for the others ---------------------------------- */

static inline bool is_shared(const struct heap *heap, uint64_t word)
{
    return word - word_of(heap->shared) < SMALL_VALUES * sizeof *heap->shared;
}

static inline uint64_t shared_make(struct heap *heap, uint64_t old, uint64_t value)
{
    uint64_t *box = NULL;
    if (value < SMALL_VALUES)
        box = &heap->shared[value];
    else if (!(box = box_new(value)))
        lb_out_of_memory(NULL, sizeof *box);
    if (!is_shared(heap, old))
        free(box_of(old));
    return word_of(box);
}

/* ---- The next 8 bytes of an arena; old boxes are dropped all at once, elsewhere -------------- */

static inline uint64_t bump_make(struct heap *heap, uint64_t old, uint64_t value)
{
    (void)old;
    uint64_t *box = heap->bump++;
    *box = value;
    return word_of(box);
}

/* ---- A pool's free list, of one box ---------------------------------------------------------- */

static inline uint64_t pool_make(struct heap *heap, uint64_t old, uint64_t value)
{
    union cell *box = heap->unused;
    union cell *dropped = box_of(old);
    union cell *next = box->next;
    box->value = value;
    dropped->next = next;
    heap->unused = dropped;
    return word_of(box);
}

#endif
