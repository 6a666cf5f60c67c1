/*
 * test_stress.c - counts of the real kernel stay exact when there is much to count: a switch an
 * op, 256 new pages an op, on one thread and on several at once (issue 3, section 8).
 */
#include "harness/counters/counters.h"
#include "tests/harness/cmocka_all.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGES_AN_OP = 256, OPS = 16, SWITCH_OPS = 200, THREADS_MAX = 4 };

/* Runs `body` under one bracket; the first bracket of a session is not the measured one. */
static struct lb_counter_delta count(enum lb_counter counter, void (*body)(void *), void *argument)
{
    struct lb_counter_session *session;
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    if (lb_counters_open(-1, NULL, &session, NULL) != LB_OK)
        return (struct lb_counter_delta){.lost = true};
    lb_counters_begin(session, 0);
    lb_counters_end(session, 0, deltas);
    lb_counters_begin(session, 0);
    body(argument);
    lb_counters_end(session, 0, deltas);
    lb_counters_close(session);
    return deltas[counter];
}

/* ---- Switches ------------------------------------------------------------------------------- */

/*
 * Each op hands a byte to the partner and sleeps until it comes back. The partner answers late
 * enough for this thread to be asleep: it waits until the kernel says so.
 */
struct ping {
    int to[2], back[2];
    pid_t waiter;
    uint64_t preempted; /* switches that the kernel made to be fair, while asking */
};

static uint64_t involuntary_switches(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_THREAD, &usage), 0);
    return (uint64_t)usage.ru_nivcsw;
}

static bool is_asleep(pid_t thread)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
    FILE *file = fopen(path, "r");
    size_t got = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[got] = '\0';
    const char *after_name = strrchr(text, ')');
    return after_name && after_name[2] == 'S';
}

static void *answer(void *argument)
{
    const struct ping *ping = argument;
    char byte;
    while (read(ping->to[0], &byte, 1) == 1) {
        while (!is_asleep(ping->waiter))
            ;
        if (write(ping->back[1], &byte, 1) != 1)
            break;
    }
    return NULL;
}

static void ask(void *argument)
{
    struct ping *ping = argument;
    char byte = 'x';
    uint64_t before = involuntary_switches();
    for (int op = 0; op < SWITCH_OPS; op++)
        if (write(ping->to[1], &byte, 1) != 1 || read(ping->back[0], &byte, 1) != 1)
            return;
    ping->preempted = involuntary_switches() - before;
}

/*
 * The kernel also switches threads out to be fair: it tells how often, and these are taken off. One
 * that falls between its count and the counter's can only add, so the best of a few tries is the
 * measurement.
 */
static void one_switch_an_op_reads_one(void **state)
{
    (void)state;
    struct ping ping = {.waiter = gettid()};
    pthread_t partner;
    assert_int_equal(pipe(ping.to), 0);
    assert_int_equal(pipe(ping.back), 0);
    assert_int_equal(pthread_create(&partner, NULL, answer, &ping), 0);
    uint64_t least = UINT64_MAX;
    for (int try = 0; try < 20 && least != SWITCH_OPS; try++) {
        struct lb_counter_delta delta = count(LB_COUNTER_CONTEXT_SWITCHES, ask, &ping);
        assert_true(delta.valid);
        assert_true(delta.value >= SWITCH_OPS + ping.preempted);
        uint64_t own = delta.value - ping.preempted;
        least = own < least ? own : least;
    }
    assert_int_equal(least, SWITCH_OPS);
    close(ping.to[1]);
    pthread_join(partner, NULL);
    close(ping.to[0]);
    close(ping.back[0]);
    close(ping.back[1]);
}

/* ---- Pages ---------------------------------------------------------------------------------- */

struct toucher {
    pthread_barrier_t *start;
    char *pages;
    struct lb_counter_delta delta;
};

/* The address sanitizer would touch pages of its own, one for each eight of these. */
__attribute__((no_sanitize("address"))) static void touch_pages(void *argument)
{
    const struct toucher *toucher = argument;
    for (size_t i = 0; i < (size_t)OPS * PAGES_AN_OP; i++)
        *(volatile char *)&toucher->pages[i * PAGE_BYTES] = 1;
}

static void *touch(void *argument)
{
    struct toucher *toucher = argument;
    pthread_barrier_wait(toucher->start);
    toucher->delta = count(LB_COUNTER_PAGE_FAULTS, touch_pages, toucher);
    return NULL;
}

/* Each thread has its counters, as it has its ops: none counts another's. */
static void new_pages_read_exactly_with_threads(int threads)
{
    size_t bytes = (size_t)OPS * PAGES_AN_OP * PAGE_BYTES;
    struct toucher touchers[THREADS_MAX];
    pthread_t ids[THREADS_MAX];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++) {
        touchers[i].start = &start;
        touchers[i].pages =
            mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(touchers[i].pages, MAP_FAILED);
        madvise(touchers[i].pages, bytes, MADV_NOHUGEPAGE);
        assert_int_equal(pthread_create(&ids[i], NULL, touch, &touchers[i]), 0);
    }
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    for (int i = 0; i < threads; i++) {
        assert_true(touchers[i].delta.valid);
        assert_int_equal(touchers[i].delta.value, OPS * PAGES_AN_OP);
        munmap(touchers[i].pages, bytes);
    }
    pthread_barrier_destroy(&start);
}

static void new_pages_read_256_an_op_with_one_thread(void **state)
{
    (void)state;
    new_pages_read_exactly_with_threads(1);
}

static void new_pages_read_256_an_op_with_two_threads(void **state)
{
    (void)state;
    new_pages_read_exactly_with_threads(2);
}

static void new_pages_read_256_an_op_with_four_threads(void **state)
{
    (void)state;
    new_pages_read_exactly_with_threads(4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_switch_an_op_reads_one),
        cmocka_unit_test(new_pages_read_256_an_op_with_one_thread),
        cmocka_unit_test(new_pages_read_256_an_op_with_two_threads),
        cmocka_unit_test(new_pages_read_256_an_op_with_four_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
