/*
 * flat_index/links: what following a link costs when it is a pointer, and when it is an index.
 *
 * One set of n nodes is both a list and a complete binary search tree, as in an ordered cache. Node
 * b is the b-th of the tree in breadth-first order (children 2b + 1 and 2b + 2), and the list goes
 * through the nodes in that order. Every variant walks the same nodes; what differs is how wide a
 * link is and where node b lies.
 *
 * Modes. `list`: follow `next` round and round. `tree`: descend from the root for random keys that
 * are never there, so that every descent visits one node of each complete level; each descent waits
 * for the last one. Neither can be overlapped: both are latency.
 */
#include "links_tree.h"

#include <math.h>
#include <stdlib.h>

struct pointer_node {
    struct pointer_node *next;
    struct pointer_node *child[2];
    uint32_t key;
};

struct index_node {
    uint32_t next;
    uint32_t child[2];
    uint32_t key;
};

struct pointer_state {
    struct pointer_node *root, *list_at, *tree_at;
    struct descent descent;
    struct pointer_node **order; /* node b is at order[b] */
    uint64_t n;
};

struct index_state {
    struct index_node *nodes;
    uint32_t root, list_at, tree_at;
    struct descent descent;
};

/* ---- Pointers ---- */

static struct pointer_state *pointer_state(const struct lb_point *point, struct lb_arena *arena)
{
    struct pointer_state *s = lb_scratch_alloc(arena, sizeof *s);
    s->n = point->elements;
    s->order = lb_scratch_alloc(arena, s->n * sizeof *s->order);
    s->descent = descent_make(point, arena);
    return s;
}

static void pointer_link(struct pointer_state *s)
{
    for (uint64_t b = 0; b < s->n; b++) {
        struct pointer_node *node = s->order[b];
        node->next = s->order[b + 1 < s->n ? b + 1 : 0];
        for (uint64_t side = 0; side < 2; side++)
            node->child[side] = 2 * b + 1 + side < s->n ? s->order[2 * b + 1 + side] : NULL;
        node->key = key_of(b, s->descent.levels);
    }
    s->root = s->list_at = s->tree_at = s->order[0];
}

static void *pointer_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct pointer_state *s = pointer_state(point, arena);
    struct pointer_node *nodes = lb_arena_alloc(arena, s->n * sizeof *nodes, 0);
    uint32_t *place = lb_scratch_alloc(arena, s->n * sizeof *place);
    lb_permutation(place, s->n, point->seed);
    for (uint64_t b = 0; b < s->n; b++)
        s->order[b] = &nodes[place[b]];
    pointer_link(s);
    return s;
}

static void *pointer_malloc_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct pointer_state *s = pointer_state(point, arena);
    uint32_t *place = lb_scratch_alloc(arena, s->n * sizeof *place);
    lb_permutation(place, s->n, point->seed);
    for (uint64_t i = 0; i < s->n; i++) {
        s->order[place[i]] = malloc(sizeof(struct pointer_node));
        if (!s->order[place[i]])
            return NULL;
    }
    pointer_link(s);
    return s;
}

static void pointer_malloc_destroy(void *state)
{
    struct pointer_state *s = state;
    for (uint64_t b = 0; b < s->n; b++)
        free(s->order[b]);
}

static uint64_t pointer_list(void *state, uint64_t first_op, uint64_t ops)
{
    struct pointer_state *s = state;
    const struct pointer_node *at = s->list_at;
    uint64_t sum = 0;
    (void)first_op;
    for (; ops > 0; ops--) {
        sum += at->key;
        at = at->next;
    }
    s->list_at = (struct pointer_node *)at;
    return sum;
}

static uint64_t pointer_tree(void *state, uint64_t first_op, uint64_t ops)
{
    struct pointer_state *s = state;
    struct descent d = s->descent;
    const struct pointer_node *at = s->tree_at, *root = s->root;
    uint64_t sum = 0;
    (void)first_op;
    for (uint64_t key = 0; ops > 0;) {
        unsigned stop = descent_stop(&d, ops);
        uint64_t wanted = d.wanted[d.at] + lb_zero_after(key);
        ops -= stop - d.level;
        for (; d.level < stop; d.level++) {
            key = at->key;
            sum += key;
            at = at->child[wanted > key];
        }
        if (d.level == d.levels) {
            d.level = 0;
            d.at = d.at + 1 < d.count ? d.at + 1 : 0;
            at = root;
        }
    }
    s->descent = d;
    s->tree_at = (struct pointer_node *)at;
    return sum;
}

/* ---- Indices ---- */

/* place[b]: where node b lies; NULL: at b. */
static void *index_create(const struct lb_point *point, struct lb_arena *arena,
                          const uint32_t *place)
{
    struct index_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint64_t n = point->elements;
    s->nodes = lb_arena_alloc(arena, n * sizeof *s->nodes, 0);
    s->descent = descent_make(point, arena);
    for (uint64_t b = 0; b < n; b++) {
        struct index_node *node = &s->nodes[place ? place[b] : b];
        uint64_t next = b + 1 < n ? b + 1 : 0;
        node->next = place ? place[next] : (uint32_t)next;
        for (uint64_t side = 0; side < 2; side++) {
            uint64_t child = 2 * b + 1 + side < n ? 2 * b + 1 + side : 0;
            node->child[side] = place ? place[child] : (uint32_t)child;
        }
        node->key = key_of(b, s->descent.levels);
    }
    s->root = s->list_at = s->tree_at = place ? place[0] : 0;
    return s;
}

static void *index_shuffled_create(const struct lb_point *point, struct lb_arena *arena)
{
    uint32_t *place = lb_scratch_alloc(arena, point->elements * sizeof *place);
    lb_permutation(place, point->elements, point->seed);
    return index_create(point, arena, place);
}

static void *index_bfs_create(const struct lb_point *point, struct lb_arena *arena)
{
    return index_create(point, arena, NULL);
}

static uint64_t index_list(void *state, uint64_t first_op, uint64_t ops)
{
    struct index_state *s = state;
    const struct index_node *nodes = s->nodes;
    uint32_t at = s->list_at;
    uint64_t sum = 0;
    (void)first_op;
    for (; ops > 0; ops--) {
        sum += nodes[at].key;
        at = nodes[at].next;
    }
    s->list_at = at;
    return sum;
}

static uint64_t index_tree(void *state, uint64_t first_op, uint64_t ops)
{
    struct index_state *s = state;
    struct descent d = s->descent;
    const struct index_node *nodes = s->nodes;
    uint32_t at = s->tree_at, root = s->root;
    uint64_t sum = 0;
    (void)first_op;
    for (uint64_t key = 0; ops > 0;) {
        unsigned stop = descent_stop(&d, ops);
        uint64_t wanted = d.wanted[d.at] + lb_zero_after(key);
        ops -= stop - d.level;
        for (; d.level < stop; d.level++) {
            key = nodes[at].key;
            sum += key;
            at = nodes[at].child[wanted > key];
        }
        if (d.level == d.levels) {
            d.level = 0;
            d.at = d.at + 1 < d.count ? d.at + 1 : 0;
            at = root;
        }
    }
    s->descent = d;
    s->tree_at = at;
    return sum;
}

/* ---- Models ---- */

/*
 * Nodes at random places, `per_line` of them on a line: a line is as hot as the highest level on
 * it. Of the lines that are still free, level l takes those that its nodes fall on; and every lower
 * level shares them.
 */
static void scattered_tree_model(const struct lb_point *point, double per_line, double lines_a_node,
                                 struct lb_model *model)
{
    unsigned levels = complete_levels(point->elements);
    double lines = (double)point->elements / per_line, free_share = 1;
    for (unsigned level = 0; level < levels; level++) {
        double nodes = (double)(UINT64_C(1) << level);
        double taken = free_share * -expm1(-nodes / lines), below = levels - 1 - level;
        model->reused[level] = (struct lb_reuse_class){
            .lines = lines * taken,
            .touches_per_op = lines_a_node * (free_share + below * taken) / levels,
        };
        free_share -= taken;
    }
}

static void wanted_keys_model(const struct lb_point *point, struct lb_model *model)
{
    model->streamed_lines =
        (double)sizeof(uint32_t) / LB_CACHE_LINE_BYTES / complete_levels(point->elements);
    model->streamed_footprint_lines = model->streamed_lines * (double)links_pass_ops(point, TREE);
}

/* A list through shuffled nodes comes back to a line once for each node on it. */
static void scattered_model(const struct lb_point *point, unsigned mode, double per_line,
                            double lines_a_node, struct lb_model *model)
{
    model->loads = 2;
    if (mode == TREE) {
        scattered_tree_model(point, per_line, lines_a_node, model);
        wanted_keys_model(point, model);
    } else {
        model->reused[0] = (struct lb_reuse_class){
            .lines = (double)point->elements / per_line,
            .touches_per_op = lines_a_node,
            .objects_per_line = per_line * lines_a_node,
        };
        model->exact = true;
    }
}

static void pointer_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    scattered_model(point, mode, 2, 1, model);
    model->bytes = 8 + 4;
    model->useful_bytes_per_line = mode == LIST ? 12 : 0;
}

/* 48 bytes apart on glibc's heap: one node in four lies across two lines. */
static void pointer_malloc_model(const struct lb_point *point, unsigned mode,
                                 struct lb_model *model)
{
    scattered_model(point, mode, 64.0 / 48, mode == LIST ? 1.25 : 1.125, model);
    model->bytes = 8 + 4;
    model->useful_bytes_per_line = mode == LIST ? 12 / 1.25 : 0;
}

static void index_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    scattered_model(point, mode, 4, 1, model);
    model->bytes = 4 + 4;
    model->useful_bytes_per_line = mode == LIST ? 8 : 0;
}

static void index_bfs_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    unsigned levels = complete_levels(point->elements);
    model->loads = 2;
    model->bytes = 4 + 4;
    if (mode == LIST) {
        model->streamed_lines = (double)sizeof(struct index_node) / LB_CACHE_LINE_BYTES;
        model->streamed_footprint_lines = model->streamed_lines * (double)point->elements;
        model->useful_bytes_per_line = 8 / model->streamed_lines;
        model->exact = true;
        return;
    }
    wanted_keys_model(point, model);
    for (unsigned level = 0; level < levels; level++)
        model->reused[level] = (struct lb_reuse_class){
            .lines = level < 2 ? 1 : (double)(UINT64_C(1) << level) / 4,
            .touches_per_op = 1.0 / levels,
        };
}

static uint64_t pointer_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct pointer_node);
}

static uint64_t pointer_malloc_footprint(const struct lb_point *point)
{
    return point->elements * 48;
}

static uint64_t index_footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct index_node);
}

static const struct lb_variant variants[] = {
    {
        .name = "pointer",
        .summary = "32-byte nodes with three 64-bit links in one array, in random order",
        .create = pointer_create,
        .run = {pointer_list, pointer_tree},
        .footprint_bytes = pointer_footprint,
        .model = pointer_model,
    },
    {
        .name = "pointer_malloc",
        .summary = "the same nodes, each from malloc (48 bytes apart), in random order",
        .create = pointer_malloc_create,
        .run = {pointer_list, pointer_tree},
        .destroy = pointer_malloc_destroy,
        .footprint_bytes = pointer_malloc_footprint,
        .model = pointer_malloc_model,
    },
    {
        .name = "index",
        .summary = "16-byte nodes with three 32-bit indices in one array, in random order",
        .create = index_shuffled_create,
        .run = {index_list, index_tree},
        .footprint_bytes = index_footprint,
        .model = index_model,
    },
    {
        .name = "index_bfs",
        .summary =
            "the same 16-byte nodes, in breadth-first order of the tree, which is list order",
        .create = index_bfs_create,
        .run = {index_list, index_tree},
        .footprint_bytes = index_footprint,
        .model = index_bfs_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_links = {
    LB_BENCHMARK_HERE("flat_index", "links"),
    .question = "What does following a link cost, by its width and by the order of the nodes?",
    .learns = "Each hop waits for the line that the last one named, so what counts is the chance "
              "that the line is cached. A 32-bit index halves the node and so doubles the reach of "
              "every cache; laying nodes out in the order of the walk does more than that.",
    .op = "node",
    .revision = 1,
    .headline = {.variant = "index", .mode = "list"},
    .modes = {"list", "tree"},
    .reference_element_bytes = sizeof(struct pointer_node),
    .pass_ops = links_pass_ops,
    .expected = links_expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
