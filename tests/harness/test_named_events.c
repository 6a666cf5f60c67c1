/*
 * test_named_events.c - events by their own names: what is taken and what is refused, and what
 * becomes of them on a machine with few counters.
 */
#include "cmocka_all.h"

#include "tests/harness/fake_machine.h"

#include <errno.h>
#include <linux/perf_event.h>

enum { COUNTERS = 4, EVENTS = 16, HARDWARE = LB_COUNTER_PAGE_FAULTS };
#define MILLISECOND_NS UINT64_C(1000000)
#define SIXTEEN                                                                                    \
    "r1001,r1002,r1003,r1004,r1005,r1006,r1007,r1008,"                                             \
    "r1009,r100a,r100b,r100c,r100d,r100e,r100f,r1010"

static struct lb_named_events named(const char *list)
{
    struct lb_named_events events = {.count = 0};
    assert_int_equal(lb_named_events_add(&events, list, NULL), LB_OK);
    return events;
}

/* ---- What is taken -------------------------------------------------------------------------- */

static void names_are_kept_as_they_were_written_in_their_order(void **state)
{
    (void)state;
    struct lb_named_events events = named("r11,perf::MINOR-FAULTS");
    assert_int_equal(lb_named_events_add(&events, "faults", NULL), LB_OK);
    assert_int_equal(events.count, 3);
    assert_string_equal(events.names[0], "r11");
    assert_string_equal(events.names[1], "perf::MINOR-FAULTS");
    assert_string_equal(events.names[2], "faults");
}

static void what_cannot_be_an_event_is_refused_in_a_line(void **state)
{
    static const struct {
        int line;
        const char *list, *words;
    } rows[] = {
        {__LINE__, "", "wants names of events"},
        {__LINE__, "r11,", "wants names of events"},
        {__LINE__, "r11,,r12", "wants names of events"},
        {__LINE__, "r11, r12", "wants names of events"},
        {__LINE__, "rxyz", "libpfm4 does not take 'rxyz' (event not found)"},
        {__LINE__, "perf::MINOR-FUALTS", "did you mean 'perf::MINOR-FAULTS'?"},
        {__LINE__, "minor-faultss", "libpfm4 does not take"},
        {__LINE__, "cycles", "counted in every run"},
        {__LINE__, "r11,r12,r11", "'r11' stands there twice"},
        {__LINE__, "perf::CYCLES:k", "(only user mode is counted)"},
        {__LINE__, "perf::CYCLES:u:k", "(only user mode is counted)"},
        {__LINE__, SIXTEEN ",r1,r2,r3,r4,r5,r6,r7,r8,r9", "at most 24"},
#if defined(__x86_64__) /* libpfm4 has the other architecture's events only there */
        {__LINE__, "skx::L1DX", "did you mean 'skx::L1D'?"},
        {__LINE__, "skx::L1D:REPLACMENT", "did you mean 'skx::L1D:REPLACEMENT'?"},
#endif
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_named_events events = {.count = 0};
        struct lb_error error = {.text = ""};
        if (lb_named_events_add(&events, rows[i].list, &error) != LB_USAGE ||
            !strstr(error.text, rows[i].words))
            fail_msg("line %d: '%s'", rows[i].line, error.text);
        assert_null(strchr(error.text, '\n'));
    }
}

/* ---- What becomes of them ------------------------------------------------------------------- */

/* Brackets a millisecond with each pass; counts how many read each counter, all of them in full. */
static void read_each_pass(const struct fake_machine *machine, struct lb_counter_session *session,
                           unsigned *readings)
{
    struct lb_fake_kernel *kernel = (struct lb_fake_kernel *)&machine->kernel;
    memset(readings, 0, LB_COUNTERS_MAX * sizeof *readings);
    for (unsigned pass = 0; pass < lb_counters_passes(session); pass++) {
        struct lb_counter_delta deltas[LB_COUNTERS_MAX];
        lb_counters_begin(session, pass);
        lb_fake_kernel_advance(kernel, MILLISECOND_NS);
        lb_counters_end(session, pass, deltas);
        for (unsigned c = 0; c < LB_COUNTERS_MAX; c++) {
            readings[c] += deltas[c].valid;
            assert_false(deltas[c].lost);
            if (deltas[c].valid)
                assert_int_equal(deltas[c].time_running_ns, deltas[c].time_enabled_ns);
            if (deltas[c].valid &&
                c >= LB_COUNTER_COUNT) /* event rNNNN counts NNNN a microsecond */
                assert_int_equal(deltas[c].value, (0x1001 + c - LB_COUNTER_COUNT) * 1000);
        }
    }
}

static void sixteen_events_on_four_counters_are_each_counted_in_full(void **state)
{
    struct fake_machine machine;
    struct lb_named_events events = named(SIXTEEN);
    unsigned readings[LB_COUNTERS_MAX];
    (void)state;
    fake_machine_init_zen3(&machine, COUNTERS);
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    const struct lb_counter_info *info = lb_counters_info(session);
    assert_int_equal(lb_counters_count(session), LB_COUNTER_COUNT + EVENTS);
    assert_int_equal(lb_counters_passes(session), (HARDWARE + EVENTS) / COUNTERS);
    read_each_pass(&machine, session, readings);
    for (unsigned i = 0; i < EVENTS; i++) {
        unsigned c = LB_COUNTER_COUNT + i;
        char event[64];
        snprintf(event, sizeof event, "perf_raw::%s", events.names[i]);
        assert_string_equal(info[c].name, events.names[i]);
        assert_string_equal(info[c].event, event);
        assert_int_equal(info[c].status, LB_COUNTED);
        assert_false(info[c].known_answer);
        assert_int_equal(readings[c], 1);
    }
    for (unsigned c = 0; c < HARDWARE; c++)
        assert_int_equal(readings[c], 1);
    lb_counters_close(session);
    assert_int_equal(lb_fake_kernel_open_events(&machine.kernel), 0);
    fake_machine_remove(&machine);
}

static void one_that_never_gets_a_counter_is_not_scheduled_and_the_others_go_on(void **state)
{
    struct fake_machine machine;
    struct lb_named_events events = named(SIXTEEN);
    unsigned readings[LB_COUNTERS_MAX];
    (void)state;
    fake_machine_init_zen3(&machine, COUNTERS);
    machine.kernel.never_runs = 0x1005;
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    const struct lb_counter_info *info = lb_counters_info(session);
    read_each_pass(&machine, session, readings);
    for (unsigned i = 0; i < EVENTS; i++) {
        unsigned c = LB_COUNTER_COUNT + i;
        assert_int_equal(info[c].status, i == 4 ? LB_NOT_SCHEDULED : LB_COUNTED);
        assert_int_equal(readings[c], i == 4 ? 0 : 1);
    }
    assert_string_equal(info[LB_COUNTER_COUNT + 4].reason,
                        "perf_raw::r1005 opens, but never gets a hardware counter of its own");
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void an_event_that_the_kernel_refuses_has_its_sentence(void **state)
{
    struct fake_machine machine;
    struct lb_named_events events = named("r1001,r1002");
    (void)state;
    fake_machine_init_zen3(&machine, COUNTERS);
    machine.kernel.refusals[machine.kernel.refusal_count++] =
        (struct lb_fake_refusal){.type = PERF_TYPE_RAW, .config = 0x1001, .error = EINVAL};
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_COUNT];
    assert_int_equal(info[0].status, LB_UNSUPPORTED);
    assert_non_null(strstr(info[0].reason, "perf_raw::r1001"));
    assert_int_equal(info[1].status, LB_COUNTED);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

/* With exclude_kernel they would read 0: they belong to the group of software events. */
static void the_kernels_own_events_are_read_in_every_pass(void **state)
{
    struct fake_machine machine;
    struct lb_named_events events = named("perf::MINOR-FAULTS");
    (void)state;
    fake_machine_init_zen3(&machine, COUNTERS);
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    for (unsigned pass = 0; pass < lb_counters_passes(session); pass++) {
        struct lb_counter_delta deltas[LB_COUNTERS_MAX];
        lb_counters_begin(session, pass);
        lb_fake_kernel_advance(&machine.kernel, MILLISECOND_NS);
        lb_counters_end(session, pass, deltas);
        assert_int_equal(deltas[LB_COUNTER_COUNT].value, PERF_COUNT_SW_PAGE_FAULTS_MIN * 1000);
    }
    assert_true(lb_counters_passes(session) > 1);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void without_a_pmu_a_hardware_event_says_so(void **state)
{
    struct fake_machine machine;
    struct lb_named_events events = named("r11,faults");
    (void)state;
    fake_machine_init(&machine, 0);
    lb_fake_kernel_refuse(&machine.kernel, PERF_TYPE_HARDWARE, ENOENT);
    lb_fake_kernel_refuse(&machine.kernel, PERF_TYPE_RAW, ENOENT);
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_COUNT];
    assert_int_equal(info[0].status, LB_UNSUPPORTED);
    assert_non_null(strstr(info[0].reason, "no performance monitoring unit"));
    assert_int_equal(info[1].status, LB_COUNTED);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

#if defined(__x86_64__)
static void a_name_that_is_refused_for_what_is_behind_it_is_not_offered_again(void **state)
{
    struct lb_named_events events = {.count = 0};
    struct lb_error error;
    (void)state;
    assert_int_equal(lb_named_events_add(&events, "skx::INST_RETIRED:k", &error), LB_USAGE);
    assert_null(strstr(error.text, "did you mean"));
}

/* Both encode to a raw number, which is Intel's in one of them. */
static void an_event_of_another_cpu_is_not_counted_by_its_number(void **state)
{
    struct fake_machine machine;
    struct lb_named_events events =
        named("skx::L1D:REPLACEMENT,amd64_fam19h_zen3::RETIRED_INSTRUCTIONS");
    (void)state;
    fake_machine_init_zen3(&machine, COUNTERS);
    struct lb_counter_session *session = fake_machine_open_with(&machine, 0, &events);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_COUNT];
    assert_int_equal(info[0].status, LB_UNSUPPORTED);
    assert_non_null(strstr(info[0].reason, "an event of another CPU"));
    assert_int_equal(info[1].status, LB_COUNTED);
    assert_non_null(info[1].counts);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_kept_as_they_were_written_in_their_order),
        cmocka_unit_test(what_cannot_be_an_event_is_refused_in_a_line),
        cmocka_unit_test(sixteen_events_on_four_counters_are_each_counted_in_full),
        cmocka_unit_test(one_that_never_gets_a_counter_is_not_scheduled_and_the_others_go_on),
        cmocka_unit_test(an_event_that_the_kernel_refuses_has_its_sentence),
        cmocka_unit_test(the_kernels_own_events_are_read_in_every_pass),
        cmocka_unit_test(without_a_pmu_a_hardware_event_says_so),
#if defined(__x86_64__)
        cmocka_unit_test(a_name_that_is_refused_for_what_is_behind_it_is_not_offered_again),
        cmocka_unit_test(an_event_of_another_cpu_is_not_counted_by_its_number),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
