/*
 * padding/false_sharing: what it costs that threads write to one line.
 *
 * Each thread increments a counter. The op is an increment by the measuring thread, while each of
 * the others, pinned to cores of their own, increments its counter as fast as it can. They are
 * woken before a sample and sleep after it: nothing but increments lies in the timed region.
 */
#include "harness/api.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

enum {
    MODE_ATOMIC, /* a locked addition */
    MODE_PLAIN,  /* load, add, store: legal as each thread has its own counter */
    THREADS_MAX = 8,
    PASS_OPS = 65535,
    BATCH = 64,      /* increments between two looks at whether to go on */
    PAIR_BYTES = 128 /* two lines, which some cores fetch together */
};

struct state;

typedef _Atomic uint64_t counter_word;

/*
 * The flags begin a pair of lines; what else lies there is only read while threads count. `running`
 * is atomic by the builtins alone: pahole 1.24 does not know the debug information of _Atomic.
 */
struct false_sharing_worker {
    _Alignas(PAIR_BYTES) bool running;
    int cpu;
    struct state *s;
    counter_word *counter;
    pthread_t thread;
};

struct state {
    _Alignas(PAIR_BYTES) atomic_bool active; /* the others increment */
    bool ending;                             /* under mutex */
    unsigned workers;
    counter_word *counter; /* of the measuring thread */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct false_sharing_worker worker[THREADS_MAX - 1];
};

/* ---- Increments ------------------------------------------------------------------------------ */

/* Relaxed: a load, an addition and a store like those of any variable. */
static inline void increment(counter_word *counter)
{
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
}

static inline uint64_t increment_atomically(counter_word *counter)
{
    return atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static inline uint64_t count_of(counter_word *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* ---- The other threads ----------------------------------------------------------------------- */

/* They always add atomically: one kind of neighbour for both modes and all variants. */
static void hammer(struct false_sharing_worker *w)
{
    while (atomic_load_explicit(&w->s->active, memory_order_relaxed)) {
        for (unsigned i = 0; i < BATCH; i++)
            (void)increment_atomically(w->counter);
    }
}

static void *worker_main(void *argument)
{
    struct false_sharing_worker *w = argument;
    struct state *s = w->s;
    for (;;) {
        pthread_mutex_lock(&s->mutex);
        while (!atomic_load(&s->active) && !s->ending)
            pthread_cond_wait(&s->wake, &s->mutex);
        bool ending = s->ending;
        pthread_mutex_unlock(&s->mutex);
        if (ending)
            return NULL;
        __atomic_store_n(&w->running, true, __ATOMIC_SEQ_CST);
        hammer(w);
        __atomic_store_n(&w->running, false, __ATOMIC_SEQ_CST);
    }
}

static bool worker_start(struct false_sharing_worker *w)
{
    cpu_set_t cpus;
    pthread_attr_t attributes;
    CPU_ZERO(&cpus);
    CPU_SET((size_t)w->cpu, &cpus);
    if (pthread_attr_init(&attributes) != 0)
        return false;
    bool started = pthread_attr_setaffinity_np(&attributes, sizeof cpus, &cpus) == 0 &&
                   pthread_create(&w->thread, &attributes, worker_main, w) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

/* Wakes the others and waits until each of them increments. */
static void prepare(void *state, unsigned mode, uint64_t ops)
{
    (void)mode;
    struct state *s = state;
    (void)ops;
    pthread_mutex_lock(&s->mutex);
    atomic_store(&s->active, true);
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->mutex);
    for (unsigned i = 0; i < s->workers; i++) {
        while (!__atomic_load_n(&s->worker[i].running, __ATOMIC_SEQ_CST))
            sched_yield();
    }
}

static void destroy(void *state)
{
    struct state *s = state;
    pthread_mutex_lock(&s->mutex);
    s->ending = true;
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->mutex);
    atomic_store(&s->active, false);
    for (unsigned i = 0; i < s->workers; i++)
        pthread_join(s->worker[i].thread, NULL);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->mutex);
}

/* ---- Building -------------------------------------------------------------------------------- */

static unsigned threads_of(const struct lb_point *point)
{
    return (unsigned)point->parameter;
}

static void *create(const struct lb_point *point, struct lb_arena *arena, uint64_t apart_bytes)
{
    unsigned threads = threads_of(point);
    struct state *s = lb_arena_alloc(arena, sizeof *s, PAIR_BYTES);
    unsigned char *counters =
        lb_arena_alloc(arena, THREADS_MAX * PAIR_BYTES + PAIR_BYTES, PAIR_BYTES);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->wake, NULL);
    s->counter = (counter_word *)(void *)counters;
    for (unsigned i = 0; i + 1 < threads; i++) {
        struct false_sharing_worker *w = &s->worker[i];
        w->s = s;
        w->cpu = point->cpus[i + 1];
        w->counter = (counter_word *)(void *)(counters + (i + 1) * apart_bytes);
        if (!worker_start(w)) {
            destroy(s);
            return NULL;
        }
        s->workers++;
    }
    return s;
}

static void *apart_64_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, LB_CACHE_LINE_BYTES);
}

static void *apart_128_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, PAIR_BYTES);
}

static void *one_line_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, sizeof(uint64_t));
}

static void *one_counter_create(const struct lb_point *point, struct lb_arena *arena)
{
    return create(point, arena, 0);
}

/* ---- Kernels: checksums count the increments that really happened ---------------------------- */

static void rest(struct state *s)
{
    atomic_store_explicit(&s->active, false, memory_order_relaxed);
}

static uint64_t plain_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct state *s = state;
    counter_word *counter = s->counter;
    uint64_t before = count_of(counter);
    (void)first_op;
    for (uint64_t i = 0; i < ops; i++)
        increment(counter);
    rest(s);
    return count_of(counter) - before;
}

static uint64_t atomic_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct state *s = state;
    counter_word *counter = s->counter;
    uint64_t before = count_of(counter);
    (void)first_op;
    for (uint64_t i = 0; i < ops; i++)
        (void)increment_atomically(counter);
    rest(s);
    return count_of(counter) - before;
}

/* Others add to the same counter: what counts is that no value came twice. */
static uint64_t one_counter_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct state *s = state;
    counter_word *counter = s->counter;
    uint64_t next = 0, counted = 0;
    (void)first_op;
    for (uint64_t i = 0; i < ops; i++) {
        uint64_t value = increment_atomically(counter);
        counted += value >= next;
        next = value + 1;
    }
    rest(s);
    return counted;
}

/* A copy in a register, added to the thread's own counter at the end. */
static uint64_t local_plain_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct state *s = state;
    uint64_t before = count_of(s->counter), count = 0;
    (void)first_op;
    for (uint64_t i = 0; i < ops; i++)
        count = lb_opaque(count + 1);
    atomic_store_explicit(s->counter, before + count, memory_order_relaxed);
    rest(s);
    return count_of(s->counter) - before;
}

static uint64_t local_atomic_run(void *state, uint64_t first_op, uint64_t ops)
{
    struct state *s = state;
    uint64_t before = count_of(s->counter), count = 0;
    (void)first_op;
    for (uint64_t i = 0; i < ops; i++)
        count = lb_opaque(count + 1);
    (void)atomic_fetch_add_explicit(s->counter, count, memory_order_relaxed);
    rest(s);
    return count_of(s->counter) - before;
}

/* ---- Did they run at once? ------------------------------------------------------------------- */

enum { WATCH_NS = 20000000, GLANCE_NS = 10000 };

static uint64_t read_ns(clockid_t clock)
{
    struct timespec t = {0};
    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

/* The CPU clocks of all threads, the measuring one first. */
static void read_all(const struct state *s, uint64_t *ran_ns)
{
    clockid_t clock;
    ran_ns[0] = read_ns(CLOCK_THREAD_CPUTIME_ID);
    for (unsigned i = 0; i < s->workers; i++)
        ran_ns[i + 1] =
            pthread_getcpuclockid(s->worker[i].thread, &clock) == 0 ? read_ns(clock) : 0;
}

/* Increments for a glance; what the thread that ran least of it ran: so long all ran at once. */
static uint64_t glance(struct state *s)
{
    uint64_t before[THREADS_MAX], after[THREADS_MAX], start = read_ns(CLOCK_MONOTONIC);
    read_all(s, before);
    do
        for (unsigned i = 0; i < BATCH; i++)
            (void)increment_atomically(s->counter);
    while (read_ns(CLOCK_MONOTONIC) - start < GLANCE_NS);
    read_all(s, after);
    uint64_t least = after[0] - before[0];
    for (unsigned i = 1; i <= s->workers; i++)
        least = after[i] - before[i] < least ? after[i] - before[i] : least;
    return least;
}

/* A glance is a hundredth of what a scheduler gives a thread at a time. */
static const char *measure(const struct lb_measurement *m)
{
    struct state *s = m->state;
    uint64_t together = 0, wall = 0, start = read_ns(CLOCK_MONOTONIC);
    prepare(s, 0, 0);
    for (; wall < WATCH_NS; wall = read_ns(CLOCK_MONOTONIC) - start)
        together += glance(s);
    rest(s);
    lb_metric_set(m, "overlap", (double)together / (double)wall);
    return NULL;
}

/* ---- The benchmark --------------------------------------------------------------------------- */

static uint64_t footprint(const struct lb_point *point)
{
    (void)point;
    return sizeof(struct state) + (THREADS_MAX + 1) * PAIR_BYTES;
}

static uint64_t pass_ops(const struct lb_point *point, unsigned mode)
{
    (void)point, (void)mode;
    return PASS_OPS;
}

static uint64_t expected(const struct lb_point *point, const struct lb_variant *variant,
                         unsigned mode, uint64_t first_op, uint64_t ops)
{
    (void)point, (void)variant, (void)mode, (void)first_op;
    return ops;
}

static const uint64_t threads[] = {2, 4, THREADS_MAX, 0};

static const struct lb_variant variants[] = {
    {
        .name = "apart_64",
        .summary = "a counter a thread, one line each",
        .create = apart_64_create,
        .prepare = prepare,
        .run = {atomic_run, plain_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "apart_128",
        .summary = "a counter a thread, two lines each, for cores that fetch lines in pairs",
        .create = apart_128_create,
        .prepare = prepare,
        .run = {atomic_run, plain_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "one_line",
        .summary = "a counter a thread, all on one line",
        .create = one_line_create,
        .prepare = prepare,
        .run = {atomic_run, plain_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "one_counter",
        .summary = "one counter for all threads; atomic only",
        .create = one_counter_create,
        .prepare = prepare,
        .run = {one_counter_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
    {
        .name = "local",
        .summary = "a copy in a register, added to the thread's own counter once, as a sample ends",
        .create = apart_128_create,
        .prepare = prepare,
        .run = {local_atomic_run, local_plain_run},
        .measure = measure,
        .destroy = destroy,
        .footprint_bytes = footprint,
    },
};

static const struct lb_record records[] = {
    LB_RECORD(false_sharing_worker, LB_MEMBER(false_sharing_worker, running),
              LB_MEMBER(false_sharing_worker, cpu), LB_MEMBER(false_sharing_worker, s),
              LB_MEMBER(false_sharing_worker, counter), LB_MEMBER(false_sharing_worker, thread)),
};

const struct lb_benchmark lb_benchmark_padding_false_sharing = {
    LB_BENCHMARK_HERE("padding", "false_sharing"),
    .question = "What does it cost that counters of different threads share a line?",
    .learns =
        "A line has one writer at a time: counters that share one make each atomic increment "
        "wait for the line to come from another core, although no thread ever reads another's; "
        "plain ones wait once the core can hold no more stores. "
        "A line each cures it, a copy each that is added up later is faster still. The "
        "figure is the measuring thread's own, with the others running.",
    .op = "increment",
    .revision = 1,
    .headline = {.variant = "one_line", .mode = "atomic"},
    .modes = {"atomic", "plain"},
    .parameter = "threads",
    .parameter_values = threads,
    .parameter_working_set_bytes = (THREADS_MAX + 1) * PAIR_BYTES,
    .reference_element_bytes = PAIR_BYTES,
    .pass_ops = pass_ops,
    .expected = expected,
    .metrics = {{"overlap", "share of the time", "all threads ran at once", LB_HIGHER_IS_BETTER}},
    .threads = threads_of,
    .not_simulable = "valgrind runs one thread at a time and knows no coherence",
    .variants = variants,
    .variant_count = LB_COUNT_OF(variants),
    .records = records,
    .record_count = LB_COUNT_OF(records),
};
