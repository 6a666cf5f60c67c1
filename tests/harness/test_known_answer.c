/* test_known_answer.c - counters are believed when they read what a loop must make them read. */
#include "harness/counters/known_answer.h"
#include "tests/harness/fake_machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/resource.h>

/*
 * The fake kernel's clock stands still while a loop runs, so its events read 0. This read adds to
 * the event `index` of a group, at each second reading of it: what the loop would have counted.
 */
static struct {
    struct lb_fake_kernel *kernel;
    ssize_t (*read)(void *, int, void *, size_t);
    unsigned index, reads;
    uint64_t counts[3]; /* of the first tries */
} added;

static ssize_t read_and_add(void *context, int fd, void *buffer, size_t bytes)
{
    struct lb_fake_event *event = &added.kernel->events[fd - LB_FAKE_FIRST_FD];
    if (!event->software && added.reads++ % 2 == 1)
        added.kernel->events[event->leader + (int)added.index].count +=
            added.counts[(added.reads / 2 - 1) % 3];
    return added.read(context, fd, buffer, bytes);
}

/* Opens a Zen 3 whose instructions read `counts` over the first three brackets. */
static struct lb_counter_session *open_adding(struct fake_machine *machine,
                                              const uint64_t counts[3])
{
    fake_machine_init_zen3(machine, 8);
    struct lb_counter_session *session = fake_machine_open(machine, 0);
    added.kernel = &machine->kernel;
    added.read = machine->sys.read;
    added.index = LB_COUNTER_INSTRUCTIONS; /* all are in one group, in order */
    added.reads = 0;
    memcpy(added.counts, counts, sizeof added.counts);
    machine->sys.read = read_and_add;
    return session;
}

static void close_machine(struct fake_machine *machine, struct lb_counter_session *session)
{
    lb_counters_close(session);
    fake_machine_remove(machine);
}

enum { ROUNDS = 500000 }; /* of lb_loop_instructions */

static struct lb_counter_info prove_instructions(const uint64_t counts[3])
{
    struct fake_machine machine;
    struct lb_counter_session *session = open_adding(&machine, counts);
    assert_int_equal(lb_known_answer_prove(session, &lb_loop_instructions, NULL), LB_OK);
    struct lb_counter_info info = lb_counters_info(session)[LB_COUNTER_INSTRUCTIONS];
    close_machine(&machine, session);
    return info;
}

static void a_counter_that_reads_the_known_answer_is_believed(void **state)
{
    (void)state;
    const uint64_t counts[] = {2 * ROUNDS + 26, 0, 0};
    struct lb_counter_info info = prove_instructions(counts);
    assert_int_equal(info.status, LB_COUNTED);
    assert_true(info.known_answer);
    assert_string_equal(info.loop, lb_loop_instructions.words);
    assert_true(info.read > 1.99 && info.read < 2.01);
    assert_string_equal(info.reason, "");
}

static void a_counter_two_per_cent_off_is_untrusted_with_what_it_read(void **state)
{
    (void)state;
    const uint64_t high = 2 * ROUNDS * 102 / 100, low = 2 * ROUNDS * 98 / 100;
    const uint64_t counts[][3] = {{high, high, high}, {low, low, low}, {0, 0, 0}};
    for (int i = 0; i < 3; i++) {
        struct lb_counter_info info = prove_instructions(counts[i]);
        assert_int_equal(info.status, LB_UNTRUSTED);
        assert_true(info.known_answer);
        assert_non_null(strstr(info.reason, "1.98 to 2.02 instructions per round"));
        assert_string_not_equal(info.advice, "");
    }
}

static void a_counter_that_a_neighbour_spoiled_once_is_believed(void **state)
{
    (void)state;
    const uint64_t counts[] = {3 * ROUNDS, 2 * ROUNDS, 0};
    assert_int_equal(prove_instructions(counts).status, LB_COUNTED);
}

static void a_false_zero_of_every_hardware_counter_is_untrusted(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 4);
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    assert_int_equal(lb_counters_prove(session, NULL), LB_OK);
    for (int c = 0; c < LB_COUNTER_PAGE_FAULTS; c++) {
        const struct lb_counter_info *info = &lb_counters_info(session)[c];
        assert_int_equal(info->status, LB_UNTRUSTED);
        assert_true(info->read == 0);
        assert_non_null(strstr(info->reason, "read 0 "));
    }
    close_machine(&machine, session);
}

/* Somebody takes a counter while the loop runs: in this read, before the second reading. */
static ssize_t read_and_hold(void *context, int fd, void *buffer, size_t bytes)
{
    added.kernel->counters_held = 8;
    lb_fake_kernel_advance(added.kernel, 1000);
    return added.read(context, fd, buffer, bytes);
}

static void a_multiplexed_counter_is_not_judged_by_a_loop(void **state)
{
    (void)state;
    struct fake_machine machine;
    const uint64_t counts[3] = {0};
    struct lb_counter_session *session = open_adding(&machine, counts);
    machine.sys.read = read_and_hold;
    assert_int_equal(lb_known_answer_prove(session, &lb_loop_instructions, NULL), LB_OK);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_INSTRUCTIONS];
    assert_int_equal(info->status, LB_COUNTED);
    assert_false(info->known_answer);
    close_machine(&machine, session);
}

static void a_counter_that_always_shared_the_pmu_is_untrusted(void **state)
{
    (void)state;
    struct fake_machine machine;
    const uint64_t counts[3] = {0};
    struct lb_counter_session *session = open_adding(&machine, counts);
    machine.sys.read = read_and_hold;
    assert_int_equal(lb_counters_prove(session, NULL), LB_OK);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_INSTRUCTIONS];
    assert_int_equal(info->status, LB_UNTRUSTED);
    assert_false(info->known_answer);
    assert_non_null(strstr(info->reason, "was not seen to count"));
    assert_non_null(strstr(info->reason, "not on the PMU all of the time"));
    assert_non_null(strstr(info->advice, "NMI watchdog"));
    close_machine(&machine, session);
}

/* Leaves the process `bytes` of address space; returns what it had. */
static struct rlimit leave_address_space(uint64_t bytes)
{
    struct rlimit before;
    unsigned long long pages;
    FILE *statm = fopen("/proc/self/statm", "r");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%llu", &pages), 1);
    fclose(statm);
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    rlim_t limit = pages * (rlim_t)sysconf(_SC_PAGESIZE) + bytes;
    assert_int_equal(
        setrlimit(RLIMIT_AS, &(struct rlimit){.rlim_cur = limit, .rlim_max = before.rlim_max}), 0);
    return before;
}

/* L1d misses read 0 over the loop that must not miss, as they should: it alone proves nothing. */
static void a_counter_whose_misses_no_loop_could_make_is_untrusted(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 4);
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    struct rlimit before = leave_address_space(24 << 20);
    enum lb_status status = lb_counters_prove(session, NULL);
    setrlimit(RLIMIT_AS, &before);
    assert_int_equal(status, LB_OK);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_L1D_MISSES];
    assert_int_equal(info->status, LB_UNTRUSTED);
    assert_string_equal(info->loop, lb_loop_resident.words);
    assert_non_null(strstr(info->reason, "was not seen to count"));
    assert_non_null(strstr(info->reason, "MiB for a known-answer loop"));
    assert_string_not_equal(info->advice, "");
    close_machine(&machine, session);
}

static void a_refused_counter_keeps_its_own_reason(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 4);
    machine.kernel.counters_held = 4;
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    assert_int_equal(lb_known_answer_prove(session, &lb_loop_instructions, NULL), LB_OK);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_INSTRUCTIONS];
    assert_int_equal(info->status, LB_NOT_SCHEDULED);
    assert_false(info->known_answer);
    close_machine(&machine, session);
}

/* The fake kernel's events read 0 over every loop. rc0 is Zen 3's RETIRED_INSTRUCTIONS. */
static void a_named_event_shares_the_answer_of_the_same_event(void **state)
{
    (void)state;
    struct fake_machine machine;
    struct lb_named_events events = {.count = 0};
    assert_int_equal(lb_named_events_add(&events, "r1001,rc0", NULL), LB_OK);
    fake_machine_init_zen3(&machine, 4);
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    assert_int_equal(lb_counters_prove(session, NULL), LB_OK);
    const struct lb_counter_info *info = lb_counters_info(session);
    assert_int_equal(info[LB_COUNTER_INSTRUCTIONS].status, LB_UNTRUSTED);
    assert_int_equal(info[LB_COUNTER_COUNT].status, LB_COUNTED);
    assert_false(info[LB_COUNTER_COUNT].known_answer);
    assert_int_equal(info[LB_COUNTER_COUNT + 1].status, LB_UNTRUSTED);
    assert_true(info[LB_COUNTER_COUNT + 1].known_answer);
    assert_non_null(strstr(info[LB_COUNTER_COUNT + 1].reason, "read 0 where"));
    close_machine(&machine, session);
}

static void every_counter_has_an_answer_that_a_dead_one_cannot_give(void **state)
{
    (void)state;
    for (int c = 0; c < LB_COUNTER_COUNT; c++) {
        int above_zero = 0, near_zero = 0;
        for (size_t i = 0; i < lb_known_answer_count; i++) {
            if (lb_known_answers[i].counter != (enum lb_counter)c)
                continue;
            assert_true(lb_known_answers[i].low <= lb_known_answers[i].high);
            above_zero += lb_known_answers[i].low > 0;
            near_zero += lb_known_answers[i].high <= 0.02;
        }
        bool misses = strstr(lb_counter_name((enum lb_counter)c), "_misses") != NULL;
        assert_true(above_zero > 0);
        assert_int_equal(near_zero > 0, misses);
    }
}

static void what_this_kernel_counts_proves_itself(void **state)
{
    (void)state;
    struct lb_counter_session *session;
    assert_int_equal(lb_counters_open(-1, NULL, &session, NULL), LB_OK);
    assert_int_equal(lb_counters_prove(session, NULL), LB_OK);
    for (int c = LB_COUNTER_PAGE_FAULTS; c < LB_COUNTER_COUNT; c++) {
        const struct lb_counter_info *info = &lb_counters_info(session)[c];
        if (info->status == LB_UNTRUSTED)
            fail_msg("%s", info->reason);
        if (info->status == LB_COUNTED && c != LB_COUNTER_MIGRATIONS)
            assert_true(info->known_answer);
    }
    lb_counters_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_that_reads_the_known_answer_is_believed),
        cmocka_unit_test(a_counter_two_per_cent_off_is_untrusted_with_what_it_read),
        cmocka_unit_test(a_counter_that_a_neighbour_spoiled_once_is_believed),
        cmocka_unit_test(a_false_zero_of_every_hardware_counter_is_untrusted),
        cmocka_unit_test(a_multiplexed_counter_is_not_judged_by_a_loop),
        cmocka_unit_test(a_counter_that_always_shared_the_pmu_is_untrusted),
        cmocka_unit_test(a_counter_whose_misses_no_loop_could_make_is_untrusted),
        cmocka_unit_test(a_refused_counter_keeps_its_own_reason),
        cmocka_unit_test(a_named_event_shares_the_answer_of_the_same_event),
        cmocka_unit_test(every_counter_has_an_answer_that_a_dead_one_cannot_give),
        cmocka_unit_test(what_this_kernel_counts_proves_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
