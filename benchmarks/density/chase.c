/*
 * density/chase: what one dependent hop costs, by the order in which the lines are visited.
 *
 * n nodes of a line each form one cycle; a run follows it from where the last run stopped. A hop
 * is one load whose address is what the last load brought, and nothing else is read: so a run
 * proves where it stopped, by the place in the cycle that is written on its last node.
 */
#include "benchmarks/density/density.h"

struct chase_node {
    union {
        const struct chase_node *next;
        uint32_t next_index; /* of the `indices` variant */
    };
    uint64_t place; /* hops from node 0; read once a run */
    uint64_t unused[6];
};

_Static_assert(sizeof(struct chase_node) == LB_CACHE_LINE_BYTES, "one node is one line");

struct chase_state {
    const struct chase_node *at; /* where the last run stopped */
    const struct chase_node *nodes;
    uint64_t seed;
};

enum order { IN_ORDER, SHUFFLED_IN_PAGE, SHUFFLED };

enum { PAGE_NODES = 4096 / sizeof(struct chase_node) };

/* visit[i]: the node that hop number i leaves from. */
static void visit_in_page_order(uint32_t *visit, uint64_t n, uint64_t seed)
{
    for (uint64_t first = 0; first < n; first += PAGE_NODES) {
        uint64_t count = n - first < PAGE_NODES ? n - first : PAGE_NODES;
        lb_permutation(visit + first, count, lb_value(seed, first));
        for (uint64_t i = first; i < first + count; i++)
            visit[i] += (uint32_t)first;
    }
}

static void visit_in_cycle_order(uint32_t *visit, uint32_t *next, uint64_t n, uint64_t seed)
{
    lb_single_cycle(next, n, seed);
    uint32_t at = 0;
    for (uint64_t i = 0; i < n; i++) {
        visit[i] = at;
        at = next[at];
    }
}

static void choose_visits(uint32_t *visit, struct lb_arena *arena, const struct lb_point *point,
                          enum order order)
{
    uint64_t n = point->elements;
    for (uint64_t i = 0; i < n; i++)
        visit[i] = (uint32_t)i;
    if (order == SHUFFLED_IN_PAGE)
        visit_in_page_order(visit, n, point->seed);
    if (order == SHUFFLED)
        visit_in_cycle_order(visit, lb_scratch_alloc(arena, n * sizeof *visit), n, point->seed);
}

static void *create(const struct lb_point *point, struct lb_arena *arena, enum order order,
                    bool by_index)
{
    uint64_t n = point->elements;
    struct chase_state *s = lb_scratch_alloc(arena, sizeof *s);
    uint32_t *visit = lb_scratch_alloc(arena, n * sizeof *visit);
    struct chase_node *nodes = lb_arena_alloc(arena, n * sizeof *nodes, 4096);
    choose_visits(visit, arena, point, order);
    for (uint64_t i = 0; i < n; i++) {
        struct chase_node *node = &nodes[visit[i]];
        uint32_t next = visit[i + 1 < n ? i + 1 : 0];
        if (by_index)
            node->next_index = next;
        else
            node->next = &nodes[next];
        node->place = i;
    }
    *s = (struct chase_state){.at = &nodes[visit[0]], .nodes = nodes, .seed = point->seed};
    return s;
}

static void *create_shuffled(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, SHUFFLED, false);
}

static void *create_in_page(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, SHUFFLED_IN_PAGE, false);
}

static void *create_in_order(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, IN_ORDER, false);
}

static void *create_indices(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, SHUFFLED, true);
}

/* What `hops` hops that ended on `at` answer: additive, because the places telescope. */
static uint64_t stop_at(struct chase_state *s, const struct chase_node *at, uint64_t hops)
{
    uint64_t from = lb_value(s->seed, s->at->place);
    s->at = at;
    return hops + lb_value(s->seed, at->place) - from;
}

static uint64_t run_pointers(void *state, uint64_t first_op, uint64_t ops)
{
    (void)first_op;
    struct chase_state *s = state;
    const struct chase_node *at = s->at;
    for (uint64_t hop = ops; hop > 0; hop--)
        at = at->next;
    return stop_at(s, at, ops);
}

static uint64_t run_indices(void *state, uint64_t first_op, uint64_t ops)
{
    (void)first_op;
    struct chase_state *s = state;
    const struct chase_node *nodes = s->nodes;
    uint64_t at = (uint64_t)(s->at - nodes);
    for (uint64_t hop = ops; hop > 0; hop--)
        at = nodes[at].next_index;
    return stop_at(s, &nodes[at], ops);
}

static uint64_t footprint(const struct lb_point *point)
{
    return point->elements * sizeof(struct chase_node);
}

/* A fixed cycle over all lines: an LRU cache that is smaller keeps none of them. */
static void model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model->streamed_lines = 1;
    model->streamed_footprint_lines = (double)point->elements;
    model->useful_bytes_per_line = sizeof(struct chase_node *);
    model->bytes = sizeof(struct chase_node *);
    model->loads = 1;
    model->exact = true;
}

static void model_indices(const struct lb_point *point, unsigned mode, struct lb_model *m)
{
    model(point, mode, m);
    m->useful_bytes_per_line = sizeof(uint32_t);
    m->bytes = sizeof(uint32_t);
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)variant, (void)mode;
    uint64_t from = first_op % point->elements;
    uint64_t to = (first_op + ops) % point->elements;
    return ops + lb_value(point->seed, to) - lb_value(point->seed, from);
}

static const struct lb_variant variants[] = {
    {
        .name = "shuffled",
        .summary = "pointers, one random cycle over all lines; one load a hop",
        .create = create_shuffled,
        .run = {run_pointers},
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "in_order",
        .summary = "pointers, each to the next line: what the prefetchers like best",
        .create = create_in_order,
        .run = {run_pointers},
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "shuffled_in_page",
        .summary = "pointers, page after page, the 64 lines of a 4 KiB page in random order",
        .create = create_in_page,
        .run = {run_pointers},
        .footprint_bytes = footprint,
        .model = model,
    },
    {
        .name = "indices",
        .summary = "32-bit indices into one array, same cycle as shuffled; one shift more a hop",
        .create = create_indices,
        .run = {run_indices},
        .footprint_bytes = footprint,
        .model = model_indices,
    },
    {
        .name = "shuffled_huge",
        .summary = "as shuffled, on 2 MiB pages where the system grants them",
        .create = create_shuffled,
        .run = {run_pointers},
        .footprint_bytes = footprint,
        .model = model,
        .huge_pages = true,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(chase_node, LB_UNNAMED_UNION(chase_node, next), LB_MEMBER(chase_node, place),
              LB_MEMBER(chase_node, unused)),
};

const struct lb_benchmark lb_benchmark_density_chase = {
    LB_BENCHMARK_HERE("density", "chase"),
    .question = "What does one dependent hop to another line cost?",
    .learns = "A hop costs the latency of the level that its line lies in, unless a prefetcher "
              "knows the next address first. In address order it does, within a page it helps, "
              "and at random each hop beyond the caches pays memory latency, plus a page walk "
              "that huge pages take away.",
    .op = "hop",
    .revision = 1,
    .headline = {.variant = "in_order"},
    .reference_element_bytes = sizeof(struct chase_node),
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
