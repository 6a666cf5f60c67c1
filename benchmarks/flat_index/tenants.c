/*
 * flat_index/tenants: what a new thread pays before its first use of a per-tenant table.
 *
 * An op starts a thread, which adds one to a counter in the table of each of FEW of the point's
 * tenants, and waits for its end. The tables are shared by all threads, or the thread's own: made
 * at its start, or when first used. What differs is the memory that is touched for the first time,
 * which the kernel hands out page by page: page faults are the measurement here, not a disturbance.
 * The points differ in nothing but the number of tables, so time stands against bytes touched.
 */
#include "harness/api.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    TENANTS_MAX = 200,
    TABLE_BYTES = 16 << 10,
    SLOTS = TABLE_BYTES / sizeof(uint64_t),
    FEW = 4, /* tenants that a thread really serves */
    PAGE_BYTES = 4096,
    SHARDS = 16,
};

struct table {
    _Atomic uint64_t slots[SLOTS];
};

struct state {
    struct table *shared; /* one a tenant */
    unsigned tenants;
    pthread_mutex_t lock;
    struct {
        _Alignas(LB_CACHE_LINE_BYTES) atomic_flag busy;
    } shard[SHARDS];
};

/* What one thread is to do, and what it did. */
struct job {
    struct state *state;
    uint64_t op;
    uint64_t done; /* counters that read as they should */
    uint64_t made; /* tables of its own */
};

/* Tenant number i of those that the thread of this op serves; the same one may come twice. */
static unsigned tenant_of(const struct job *job, unsigned i)
{
    return (unsigned)(lb_mix64(job->op * FEW + i) % job->state->tenants);
}

static void *create(const struct lb_point *point, struct lb_arena *arena)
{
    struct state *s = lb_scratch_alloc(arena, sizeof *s);
    s->tenants = (unsigned)point->parameter;
    s->shared = lb_arena_alloc(arena, s->tenants * sizeof *s->shared, 0);
    pthread_mutex_init(&s->lock, NULL);
    for (unsigned i = 0; i < SHARDS; i++)
        atomic_flag_clear(&s->shard[i].busy);
    return s;
}

static void destroy(void *state)
{
    pthread_mutex_destroy(&((struct state *)state)->lock);
}

/* 1 if the counter went on by one: the caller has the table to itself. */
static uint64_t use(struct table *table, uint64_t op)
{
    uint64_t slot = lb_mix64(op) % SLOTS;
    uint64_t before = atomic_load_explicit(&table->slots[slot], memory_order_relaxed);
    atomic_store_explicit(&table->slots[slot], before + 1, memory_order_relaxed);
    return atomic_load_explicit(&table->slots[slot], memory_order_relaxed) == before + 1;
}

/* ---- Threads ---- */

static void *shared_sharded_thread(void *argument)
{
    struct job *job = argument;
    for (unsigned i = 0; i < FEW; i++) {
        unsigned tenant = tenant_of(job, i);
        atomic_flag *busy = &job->state->shard[tenant % SHARDS].busy;
        while (atomic_flag_test_and_set_explicit(busy, memory_order_acquire))
            ;
        job->done += use(&job->state->shared[tenant], job->op);
        atomic_flag_clear_explicit(busy, memory_order_release);
    }
    return NULL;
}

static void *shared_locked_thread(void *argument)
{
    struct job *job = argument;
    for (unsigned i = 0; i < FEW; i++) {
        pthread_mutex_lock(&job->state->lock);
        job->done += use(&job->state->shared[tenant_of(job, i)], job->op);
        pthread_mutex_unlock(&job->state->lock);
    }
    return NULL;
}

/*
 * Cleared, as a constructor would: lb_touch between malloc and memset, or the compiler makes calloc
 * of the two, which leaves fresh pages untouched.
 */
static struct table *new_table(struct job *job)
{
    job->made++;
    struct table *table = malloc(sizeof *table);
    if (!table)
        lb_out_of_memory(NULL, sizeof *table);
    lb_touch(table);
    memset(table, 0, sizeof *table);
    return table;
}

static void *own_eager_thread(void *argument)
{
    struct job *job = argument;
    struct table *own[TENANTS_MAX];
    unsigned tenants = job->state->tenants;
    for (unsigned i = 0; i < tenants; i++)
        own[i] = new_table(job);
    for (unsigned i = 0; i < FEW; i++)
        job->done += use(own[tenant_of(job, i)], job->op);
    for (unsigned i = 0; i < tenants; i++)
        free(own[i]);
    return NULL;
}

static void *own_lazy_thread(void *argument)
{
    struct job *job = argument;
    struct table *own[TENANTS_MAX];
    unsigned tenants = job->state->tenants;
    memset(own, 0, tenants * sizeof own[0]);
    for (unsigned i = 0; i < FEW; i++) {
        unsigned tenant = tenant_of(job, i);
        if (!own[tenant])
            own[tenant] = new_table(job);
        job->done += use(own[tenant], job->op);
    }
    for (unsigned i = 0; i < tenants; i++)
        free(own[i]);
    return NULL;
}

/* How many counters read as they should; adds to *made what tables the threads made. */
static uint64_t run(struct state *s, void *(*thread)(void *), uint64_t first_op, uint64_t ops,
                    uint64_t *made)
{
    uint64_t sum = 0;
    for (uint64_t op = first_op; op < first_op + ops; op++) {
        struct job job = {.state = s, .op = op};
        pthread_t id;
        if (pthread_create(&id, NULL, thread, &job) != 0)
            continue; /* the checksum says so */
        pthread_join(id, NULL);
        sum += job.done;
        *made += job.made;
    }
    return sum;
}

#define RUN(name)                                                                                  \
    static uint64_t name##_run(void *state, uint64_t first_op, uint64_t ops)                       \
    {                                                                                              \
        uint64_t made = 0;                                                                         \
        return run(state, name##_thread, first_op, ops, &made);                                    \
    }
RUN(shared_sharded)
RUN(shared_locked)
RUN(own_eager)
RUN(own_lazy)

/* ---- Metrics: the faults of all threads, which no sample of the waiting one has ---- */

enum { COUNTED_OPS = 64 };

static double faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_minflt;
}

static const char *measure(const struct lb_measurement *m, void *(*thread)(void *))
{
    double before = faults();
    uint64_t made = 0, done = run(m->state, thread, m->next_op, COUNTED_OPS, &made);
    lb_metric_set(m, "page_faults", (faults() - before) / COUNTED_OPS);
    lb_metric_set(m, "cleared_bytes", (double)(made * sizeof(struct table)) / COUNTED_OPS);
    return done == COUNTED_OPS * FEW ? NULL : "a counter went on by something else than one";
}

#define MEASURE(name)                                                                              \
    static const char *name##_measure(const struct lb_measurement *m)                              \
    {                                                                                              \
        return measure(m, name##_thread);                                                          \
    }
MEASURE(shared_sharded)
MEASURE(shared_locked)
MEASURE(own_eager)
MEASURE(own_lazy)

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant, (void)mode, (void)first_op;
    return ops * FEW;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return 16;
}

static uint64_t footprint(const struct lb_point *point)
{
    return point->parameter * sizeof(struct table);
}

static void eager_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    model->allocations = (double)point->parameter;
    model->bytes = model->allocations * (double)sizeof(struct table);
}

/* Of FEW draws with repetition: so many different tenants, on average. */
static void lazy_model(const struct lb_point *point, unsigned mode, struct lb_model *model)
{
    (void)mode;
    double tenants = (double)point->parameter, unserved = 1;
    for (unsigned i = 0; i < FEW; i++)
        unserved *= 1 - 1 / tenants;
    model->allocations = tenants * (1 - unserved);
    model->bytes = model->allocations * (double)sizeof(struct table);
}

static const struct lb_variant variants[] = {
    {
        .name = "shared_sharded",
        .summary = "a table of 16 KiB a tenant, shared by all threads; a spinning lock for each of "
                   "16 shards",
        .create = create,
        .run = {shared_sharded_run},
        .measure = shared_sharded_measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "shared_locked",
        .summary = "the same tables behind one mutex (not contended: one thread at a time)",
        .create = create,
        .run = {shared_locked_run},
        .measure = shared_locked_measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "own_eager",
        .summary = "a table of 16 KiB a tenant, of the thread's own, all cleared at its start",
        .create = create,
        .run = {own_eager_run},
        .measure = own_eager_measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
        .model = eager_model,
    },
    {
        .name = "own_lazy",
        .summary = "tables of the thread's own, made for the tenants that it serves: 4 at most",
        .create = create,
        .run = {own_lazy_run},
        .measure = own_lazy_measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
        .model = lazy_model,
    },
};

/* The article's 200 are the last, so that every profile has them: a quick run takes two values. */
static const uint64_t tenant_counts[] = {10, 50, TENANTS_MAX, 0};

const struct lb_benchmark lb_benchmark_flat_index_tenants = {
    LB_BENCHMARK_HERE("flat_index", "tenants"),
    .question = "What does a new thread pay before it can first use its tenants' tables?",
    .learns =
        "Thread-local tables cost what they touch, in every thread that starts: a page fault "
        "for each 4096 bytes, but for the 128 KiB or so that the allocator kept from the "
        "thread before. Ten small tables fault not at all, 200 hundreds of times. Making them "
        "when they are first used, or sharing them, leaves little more than the thread.",
    .op = "thread",
    .revision = 2,
    .headline = {.variant = "own_lazy"},
    .parameter = "tenants",
    .parameter_values = tenant_counts,
    .parameter_working_set_bytes = TENANTS_MAX * (uint64_t)TABLE_BYTES,
    /* One element, all tables of a point together, or memory would be a part of the largest's. */
    .reference_element_bytes = TENANTS_MAX * TABLE_BYTES,
    .pass_ops = pass_ops,
    .expected = expected,
    .metrics = {{"page_faults", "page faults per thread", "of the process: 4096 bytes touched each",
                 LB_LOWER_IS_BETTER},
                {"cleared_bytes", "bytes per thread", "in tables of its own, touched by it first",
                 LB_LOWER_IS_BETTER}},
    .blocks = true,
    .not_simulable = "it starts threads, which the simulation runs one after the other",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
};
