/*
 * mark_heaps.h - the heaps that boxing/mark traces: their objects, how they are laid out and built.
 *
 * Private to benchmarks/boxing/mark.c.
 */
#ifndef LB_MARK_HEAPS_H
#define LB_MARK_HEAPS_H

#include "benchmarks/boxing/boxing.h"

enum {
    AHEAD = 8,        /* how far the prefetching variants look ahead */
    FANOUT = 8,       /* entries or inner maps of one map */
    DEPTH_MAX = 12,   /* levels of nested maps: 8^11 entries and more */
    BITMAP_SHIFT = 4, /* the bitmap has a bit for each 16 bytes of heap */
    WORD_BITS = 64,
    BLOCK_ENTRIES = 64, /* of one object without pointers */
};

struct box {
    uint32_t cycle, kind;
    uint64_t value;
};

/* Values that are one object: nothing in it is traced. */
struct block {
    uint32_t cycle, kind;
    uint64_t values[BLOCK_ENTRIES];
};

/* A type as an interface points to it: does its data need tracing? */
struct type {
    bool has_pointers;
};

struct slot {
    const struct type *type;
    struct box *data;
};

/* A bucket of a map from interfaces to interfaces: keys, then values, as Go lays it out. */
struct bucket {
    uint8_t hashes[FANOUT];
    struct slot keys[FANOUT];
    struct slot values[FANOUT];
    struct bucket *overflow;
};

/* A small map as an object of its own: its entries are boxes or maps. */
struct node {
    uint32_t cycle, leaves; /* leaves: 1 if the entries are boxes */
    void *entries[FANOUT];
};

struct frame {
    const struct node *node;
    uint64_t next;
};

struct state {
    uint64_t n;
    uint32_t cycle;
    struct block **blocks;
    struct box **boxes; /* with AHEAD more at the end, for looking ahead */
    struct bucket *buckets;
    const unsigned char *heap;
    uint64_t *bitmap;
    struct node *root;
    struct frame stack[DEPTH_MAX];
    unsigned depth;
};

static const struct type plain_type = {.has_pointers = false};

static struct state *state_new(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    return s;
}

/* Boxes for all entries in one piece of heap, laid out in element order or shuffled. */
static void lay_boxes(struct box **boxes, const struct lb_point *point, struct lb_arena *arena,
                      struct state *s, bool shuffled)
{
    const uint32_t *order = box_order(point, arena, shuffled);
    struct box *heap = lb_arena_alloc(arena, s->n * sizeof *heap, 0);
    for (uint64_t k = 0; k < s->n; k++) {
        heap[k].value = lb_value(point->seed, order[k]);
        boxes[order[k]] = &heap[k];
    }
    s->heap = (const unsigned char *)heap;
}

/* The collector's list of them, too. */
static struct box **boxes_new(const struct lb_point *point, struct lb_arena *arena, struct state *s,
                              bool shuffled)
{
    struct box **boxes = lb_arena_alloc(arena, (s->n + AHEAD) * sizeof *boxes, 0);
    lay_boxes(boxes, point, arena, s, shuffled);
    for (uint64_t i = s->n; i < s->n + AHEAD; i++)
        boxes[i] = boxes[0];
    return boxes;
}

static uint64_t block_count(uint64_t n)
{
    return (n + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES;
}

static void *pointer_free_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    uint64_t blocks = block_count(s->n);
    struct block *heap = lb_arena_alloc(arena, blocks * sizeof *heap, 0);
    s->blocks = lb_arena_alloc(arena, blocks * sizeof(struct block *), 0);
    for (uint64_t b = 0; b < blocks; b++)
        s->blocks[b] = &heap[b];
    for (uint64_t i = 0; i < s->n; i++)
        heap[i / BLOCK_ENTRIES].values[i % BLOCK_ENTRIES] = lb_value(point->seed, i);
    return s;
}

static void *boxes_fresh_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    s->boxes = boxes_new(point, arena, s, false);
    return s;
}

static void *boxes_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    s->boxes = boxes_new(point, arena, s, true);
    return s;
}

static uint64_t bitmap_words(uint64_t n)
{
    return (n * sizeof(struct box) >> BITMAP_SHIFT) / WORD_BITS + 1;
}

static void *bitmap_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = boxes_shuffled_create(point, arena);
    s->bitmap = lb_arena_alloc(arena, bitmap_words(s->n) * sizeof *s->bitmap, 0);
    return s;
}

static uint64_t bucket_count(uint64_t n)
{
    return (n + FANOUT - 1) / FANOUT;
}

static void *map_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    struct lb_point other = *point;
    other.seed++;
    struct box **keys = lb_scratch_alloc(arena, s->n * sizeof *keys);
    struct box **values = lb_scratch_alloc(arena, s->n * sizeof *values);
    lay_boxes(keys, point, arena, s, true);
    lay_boxes(values, &other, arena, s, true);
    s->buckets = lb_arena_alloc(arena, bucket_count(s->n) * sizeof *s->buckets, 0);
    for (uint64_t i = 0; i < s->n; i++) {
        struct bucket *bucket = &s->buckets[i / FANOUT];
        bucket->hashes[i % FANOUT] = (uint8_t)(i % 251 + 1); /* 0 would mean: empty */
        bucket->keys[i % FANOUT] = (struct slot){&plain_type, keys[i]};
        bucket->values[i % FANOUT] = (struct slot){&plain_type, values[i]};
    }
    return s;
}

/* Maps above `count` children; children[] becomes the maps of the level above. Returns how many. */
static uint64_t add_level(struct node *nodes, const uint32_t *places, void **children,
                          uint64_t count, bool leaves)
{
    uint64_t maps = bucket_count(count);
    for (uint64_t m = 0; m < maps; m++) {
        struct node *node = &nodes[places[m]];
        node->leaves = leaves;
        for (uint64_t e = 0; e < FANOUT && m * FANOUT + e < count; e++)
            node->entries[e] = children[m * FANOUT + e];
        children[m] = node;
    }
    return maps;
}

static uint64_t node_count(uint64_t n)
{
    uint64_t total = 0, level = n;
    do {
        level = bucket_count(level);
        total += level;
    } while (level > 1);
    return total;
}

static void *nested_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = state_new(point, arena);
    uint64_t nodes_left = node_count(s->n);
    uint32_t *places = lb_scratch_alloc(arena, nodes_left * sizeof *places);
    struct node *nodes = lb_arena_alloc(arena, nodes_left * sizeof *nodes, 0);
    struct box *heap = lb_arena_alloc(arena, s->n * sizeof *heap, 0);
    void **children = lb_scratch_alloc(arena, s->n * sizeof *children);
    const uint32_t *order = box_order(point, arena, true);
    for (uint64_t i = 0; i < s->n; i++) {
        children[i] = &heap[order[i]];
        heap[order[i]].value = lb_value(point->seed, i);
    }
    lb_permutation(places, nodes_left, point->seed + 1);
    uint64_t count = add_level(nodes, places, children, s->n, true);
    while (count > 1) {
        places += count;
        count = add_level(nodes, places, children, count, false);
    }
    s->root = children[0];
    return s;
}

/* ---- Footprints ------------------------------------------------------------------------------ */

static uint64_t pointer_free_footprint(const struct lb_point *point)
{
    return block_count(point->elements) * (sizeof(struct block) + sizeof(struct block *));
}

static uint64_t boxes_footprint(const struct lb_point *point)
{
    return point->elements * (sizeof(struct box) + sizeof(void *)) + AHEAD * sizeof(void *);
}

static uint64_t bitmap_footprint(const struct lb_point *point)
{
    return boxes_footprint(point) + bitmap_words(point->elements) * sizeof(uint64_t);
}

static uint64_t map_footprint(const struct lb_point *point)
{
    return 2 * point->elements * sizeof(struct box) +
           bucket_count(point->elements) * sizeof(struct bucket);
}

static uint64_t nested_footprint(const struct lb_point *point)
{
    return node_count(point->elements) * sizeof(struct node) + point->elements * sizeof(struct box);
}

#endif
