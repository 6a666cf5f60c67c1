/*
 * flat_index/retention: what a table keeps after its entries are gone, and what that costs.
 *
 * n entries are inserted; then all of them are erased, or the table is replaced by a new one, or
 * shrunk. What the process holds afterwards is in the case's memory figures (the tables are from
 * malloc). An op then walks all entries once, as a service that purges or lists its sessions does:
 * a walk over an emptied table reads all the slots to find nothing.
 */
#include "chained.h"

struct retained {
    struct flat table;           /* slots from calloc; NULL for the chained one */
    struct chained_node **heads; /* chained */
    uint64_t head_count;
};

static struct flat new_table(unsigned bits)
{
    return (struct flat){.slots = calloc(UINT64_C(1) << bits, sizeof(struct flat_slot)),
                         .mask = (UINT64_C(1) << bits) - 1,
                         .shift = 64 - bits};
}

static void insert(struct flat *t, uint64_t key, uint64_t value)
{
    uint64_t at = flat_home(t, key);
    while (t->slots[at].key)
        at = (at + 1) & t->mask;
    t->slots[at] = (struct flat_slot){key, value};
}

/* An erased slot is empty again: nothing lies behind it that could be lost, as all are erased. */
static void erase_all(struct flat *t)
{
    for (uint64_t at = 0; at <= t->mask; at++)
        t->slots[at] = (struct flat_slot){0, 0};
}

static struct retained *filled(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = lb_scratch_alloc(arena, sizeof *s);
    s->table = new_table(flat_bits(point));
    if (!s->table.slots)
        return NULL;
    for (uint64_t i = 0; i < point->elements; i++)
        insert(&s->table, lb_key(point->seed, i), lb_value(point->seed, i));
    return s;
}

static void *filled_create(const struct lb_point *point, struct lb_arena *arena)
{
    return filled(point, arena);
}

static void *erased_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = filled(point, arena);
    if (s)
        erase_all(&s->table);
    return s;
}

static void *replaced_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = filled(point, arena);
    if (!s)
        return NULL;
    free(s->table.slots);
    s->table = new_table(4);
    return s->table.slots ? s : NULL;
}

static void *shrunk_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = erased_create(point, arena);
    if (!s)
        return NULL;
    struct flat_slot *kept = realloc(s->table.slots, 16 * sizeof *kept);
    if (!kept)
        return NULL;
    s->table = (struct flat){.slots = kept, .mask = 15, .shift = 60};
    return s;
}

/* Entries are freed one by one; the heads stay, as in std::unordered_map::erase. */
static void *chained_erased_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = lb_scratch_alloc(arena, sizeof *s);
    s->head_count = UINT64_C(1) << chained_bits(point);
    s->heads = calloc(s->head_count, sizeof(struct chained_node *));
    if (!s->heads)
        return NULL;
    for (uint64_t i = 0; i < point->elements; i++) {
        struct chained_node *node = malloc(sizeof *node);
        struct chained_node **head =
            &s->heads[lb_key(point->seed, i) * FIBONACCI >> (64 - chained_bits(point))];
        if (!node)
            return NULL;
        *node = (struct chained_node){*head, lb_key(point->seed, i), lb_value(point->seed, i)};
        *head = node;
    }
    for (uint64_t h = 0; h < s->head_count; h++)
        for (struct chained_node *node = s->heads[h]; node; node = s->heads[h]) {
            s->heads[h] = node->next;
            free(node);
        }
    return s;
}

static void destroy(void *state)
{
    struct retained *s = state;
    free(s->table.slots);
    free(s->heads);
}

static uint64_t flat_walk(void *state, uint64_t first_op, uint64_t ops)
{
    const struct retained *s = state;
    uint64_t sum = 0;
    (void)first_op;
    for (; ops > 0; ops--)
        for (uint64_t at = 0; at <= s->table.mask; at++)
            if (s->table.slots[at].key)
                sum += s->table.slots[at].value;
    return sum;
}

static uint64_t chained_walk(void *state, uint64_t first_op, uint64_t ops)
{
    const struct retained *s = state;
    uint64_t sum = 0;
    (void)first_op;
    for (; ops > 0; ops--)
        for (uint64_t h = 0; h < s->head_count; h++)
            for (const struct chained_node *node = s->heads[h]; node; node = node->next)
                sum += node->value;
    return sum;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return 1;
}

/* Only the filled table has anything to find. */
static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    uint64_t sum = 0;
    (void)mode, (void)first_op;
    if (variant->create != filled_create)
        return 0;
    for (uint64_t i = 0; i < point->elements; i++)
        sum += lb_value(point->seed, i);
    return sum * ops;
}

/* ---- What is held, and read ---- */

static void scan_model(double bytes, struct lb_model *model)
{
    model->streamed_lines = bytes / LB_CACHE_LINE_BYTES;
    model->streamed_footprint_lines = model->streamed_lines;
    model->bytes = bytes;
}

static void table_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    scan_model((double)flat_footprint(point), model);
    model->exact = true;
}

static void small_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)point, (void)mode;
    scan_model(16 * sizeof(struct flat_slot), model);
}

static uint64_t heads_bytes(const struct lb_point *point)
{
    return sizeof(struct chained_node *) << chained_bits(point);
}

static void heads_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    scan_model((double)heads_bytes(point), model);
    model->exact = true;
}

static const struct lb_variant variants[] = {
    {
        .name = "filled",
        .summary = "a flat table with all its entries, load factor 0.47",
        .create = filled_create,
        .run = {flat_walk},
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = table_model,
    },
    {
        .name = "erased",
        .summary = "the same table after every entry was erased",
        .create = erased_create,
        .run = {flat_walk},
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = table_model,
    },
    {
        .name = "chained_erased",
        .summary = "list heads whose nodes were all freed; load factor 0.94 before",
        .create = chained_erased_create,
        .run = {chained_walk},
        .destroy = destroy,
        .footprint_bytes = chained_footprint,
        .model = heads_model,
    },
    {
        .name = "replaced",
        .summary = "the table was freed and a new one of 16 slots made",
        .create = replaced_create,
        .run = {flat_walk},
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = small_model,
    },
    {
        .name = "shrunk",
        .summary = "every entry was erased and the table then shrunk to 16 slots by realloc",
        .create = shrunk_create,
        .run = {flat_walk},
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = small_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_retention = {
    LB_BENCHMARK_HERE("flat_index", "retention"),
    .question = "What does a table keep, and still cost, after all its entries are erased?",
    .learns = "Erasing returns nothing: the slots stay, and every walk still reads all of them. "
              "Only replacing or shrinking the table gives the memory back. Freed nodes go back to "
              "the allocator, which may keep them.",
    .op = "walk",
    .revision = 1,
    .reference_element_bytes = 34,
    .pass_ops = pass_ops,
    .expected = expected,
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
