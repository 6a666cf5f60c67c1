/*
 * flat_index/retention: what a table keeps after its entries are gone, and what that costs.
 *
 * n entries are inserted; then all of them are erased, or the table is replaced by a new one, or
 * shrunk. What the table then holds is a metric (its blocks are from malloc). One entry in sixteen
 * comes back, as after a day's peak, and an op walks all entries once, as a service that purges or
 * lists its sessions does: in an emptied table it reads all the slots to find a few. The reference
 * walks a table that was made for what came back.
 */
#include "chained.h"

#include <malloc.h>
#include <string.h>

enum { NEW_TABLE_BITS = 4, PEAK = 16 /* entries at the peak for one that comes back */ };

struct retained {
    struct flat table;           /* slots from malloc; NULL for the chained one */
    struct chained_node **heads; /* chained */
    uint64_t head_count;
    double held_bytes;  /* by the table's blocks, before anything came back */
    double freed_bytes; /* kept by the allocator then; NaN: it does not tell */
};

static uint64_t returning(const struct lb_point *point)
{
    return point->elements / PEAK + 1;
}

static unsigned returning_bits(const struct lb_point *point)
{
    return log2_ceil(2 * returning(point));
}

/* Free bytes that glibc's allocator holds; NaN under another one, whose account this is not. */
static double allocator_free_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd > 0 ? (double)info.fordblks : NAN;
}

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

static void insert_first(struct flat *t, const struct lb_point *point, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        insert(t, lb_key(point->seed, i), lb_value(point->seed, i));
}

static struct retained *filled(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = lb_scratch_alloc(arena, sizeof *s);
    s->freed_bytes = allocator_free_bytes();
    s->table = new_table(flat_bits(point));
    if (!s->table.slots)
        return NULL;
    insert_first(&s->table, point, point->elements);
    return s;
}

/* What the table holds now, and what was freed of it without going back to the system. */
static void note_held(struct retained *s)
{
    double freed = allocator_free_bytes() - s->freed_bytes;
    s->held_bytes = (double)(malloc_usable_size(s->table.slots) + malloc_usable_size(s->heads));
    s->freed_bytes = freed < 0 ? 0 : freed;
}

/* Makes room for what comes back in the slots that there are, or in more, and puts it there. */
static void *come_back(struct retained *s, const struct lb_point *point)
{
    uint64_t needed = UINT64_C(1) << returning_bits(point);
    note_held(s);
    if (s->table.mask + 1 < needed) {
        free(s->table.slots);
        s->table = new_table(returning_bits(point));
    }
    if (!s->table.slots)
        return NULL;
    insert_first(&s->table, point, returning(point));
    return s;
}

static void *filled_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = filled(point, arena);
    if (s)
        note_held(s);
    return s;
}

static void *erased_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = filled(point, arena);
    if (!s)
        return NULL;
    erase_all(&s->table);
    return come_back(s, point);
}

static void *replaced_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = filled(point, arena);
    if (!s)
        return NULL;
    free(s->table.slots);
    s->table = new_table(NEW_TABLE_BITS);
    return s->table.slots ? come_back(s, point) : NULL;
}

static void *shrunk_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = filled(point, arena);
    if (!s)
        return NULL;
    erase_all(&s->table);
    struct flat_slot *kept = realloc(s->table.slots, sizeof *kept << NEW_TABLE_BITS);
    if (!kept)
        return NULL;
    s->table = (struct flat){
        .slots = kept, .mask = (UINT64_C(1) << NEW_TABLE_BITS) - 1, .shift = 64 - NEW_TABLE_BITS};
    return come_back(s, point);
}

/* ---- Chained: entries are freed one by one; the heads stay, as in std::unordered_map::erase ----
 */

static bool chained_insert(struct retained *s, const struct lb_point *point, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t key = lb_key(point->seed, i);
        struct chained_node **head = &s->heads[key * FIBONACCI >> (64 - chained_bits(point))];
        struct chained_node *node = malloc(sizeof *node);
        if (!node)
            return false;
        *node = (struct chained_node){*head, key, lb_value(point->seed, i)};
        *head = node;
    }
    return true;
}

static void chained_erase_all(struct retained *s)
{
    for (uint64_t h = 0; h < s->head_count; h++)
        for (struct chained_node *node = s->heads[h]; node; node = s->heads[h]) {
            s->heads[h] = node->next;
            free(node);
        }
}

static void *chained_erased_create(const struct lb_point *point, struct lb_arena *arena)
{
    struct retained *s = lb_scratch_alloc(arena, sizeof *s);
    s->freed_bytes = allocator_free_bytes();
    s->head_count = UINT64_C(1) << chained_bits(point);
    s->heads = calloc(s->head_count, sizeof(struct chained_node *));
    if (!s->heads || !chained_insert(s, point, point->elements))
        return NULL;
    chained_erase_all(s);
    note_held(s);
    return chained_insert(s, point, returning(point)) ? s : NULL;
}

static void destroy(void *state)
{
    struct retained *s = state;
    if (s->heads)
        chained_erase_all(s);
    free(s->table.slots);
    free(s->heads);
}

/* ---- Walks ---- */

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

static const char *measure(const struct lb_measurement *m)
{
    const struct retained *s = m->state;
    double n = (double)m->point->elements;
    lb_metric_set(m, "held_bytes", s->held_bytes / n);
    if (isnan(s->freed_bytes))
        lb_metric_unknown(m, "freed_bytes", "only glibc's allocator tells what it keeps");
    else
        lb_metric_set(m, "freed_bytes", s->freed_bytes / n);
    return NULL;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return 1;
}

/* The filled table has all entries, the others those that came back. */
static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    uint64_t sum = 0;
    (void)mode, (void)first_op;
    uint64_t there = variant->create == filled_create ? point->elements : returning(point);
    for (uint64_t i = 0; i < there; i++)
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
    (void)mode;
    scan_model((double)(sizeof(struct flat_slot) << returning_bits(point)), model);
    model->exact = true;
}

static uint64_t heads_bytes(const struct lb_point *point)
{
    return sizeof(struct chained_node *) << chained_bits(point);
}

static void heads_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    double nodes = (double)returning(point);
    scan_model((double)heads_bytes(point), model);
    /* Reused chunks of 32 bytes lie anywhere; every second one's node is on two lines. */
    double lines = 1.5 * nodes;
    model->reused[0] =
        (struct lb_reuse_class){.lines = lines, .touches_per_op = lines, .objects_per_line = 1};
    model->bytes += nodes * sizeof(struct chained_node);
}

static const struct lb_variant variants[] = {
    {
        .name = "replaced",
        .summary = "the full table was freed; a new one, for the one in 16 that came back",
        .create = replaced_create,
        .run = {flat_walk},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = small_model,
    },
    {
        .name = "shrunk",
        .summary = "every entry was erased, the table shrunk by realloc; one in 16 came back",
        .create = shrunk_create,
        .run = {flat_walk},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = small_model,
    },
    {
        .name = "filled",
        .summary = "the table at its peak: all its entries, load factor 0.47",
        .other_work = "a walk finds every entry: 16 times as many as the reference's",
        .create = filled_create,
        .run = {flat_walk},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = table_model,
    },
    {
        .name = "erased",
        .summary = "the full table after every entry was erased and one in 16 came back",
        .create = erased_create,
        .run = {flat_walk},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = flat_footprint,
        .model = table_model,
    },
    {
        .name = "chained_erased",
        .summary = "list heads (load factor 0.94 before) whose nodes were all freed, and one in 16 "
                   "came back",
        .create = chained_erased_create,
        .run = {chained_walk},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = chained_footprint,
        .model = heads_model,
    },
};

const struct lb_benchmark lb_benchmark_flat_index_retention = {
    LB_BENCHMARK_HERE("flat_index", "retention"),
    .question = "What does a table keep, and still cost, after its entries were erased?",
    .learns = "Erasing returns nothing: the slots stay, and every walk still reads all of them. "
              "Only replacing or shrinking the table gives the memory back, and makes a walk read "
              "about twice what it finds, a slot of which costs more than one of an empty table. "
              "Freed nodes go back to "
              "the allocator, which may keep them.",
    .op = "walk",
    .revision = 2,
    .headline = {.variant = "erased"},
    .reference_element_bytes = 34,
    .pass_ops = pass_ops,
    .expected = expected,
    .metrics = {{"held_bytes", "bytes per entry of the peak",
                 "in the table's own blocks, before anything comes back", LB_LOWER_IS_BETTER},
                {"freed_bytes", "bytes per entry of the peak",
                 "freed, and kept by the allocator for later", LB_LOWER_IS_BETTER}},
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
