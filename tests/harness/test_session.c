/* test_session.c - choosing events and reading them, over fake machines. */
#include "tests/harness/fake_machine.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MILLISECOND_NS = 1000000, HARDWARE_COUNTERS = LB_COUNTER_PAGE_FAULTS };

static void eight_events_on_four_counters_are_all_counted_in_two_passes(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 4);
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    const struct lb_counter_info *info = lb_counters_info(session);
    assert_string_equal(session->table->name, "Zen 3");
    assert_int_equal(lb_counters_passes(session), 2);
    for (int c = 0; c < LB_COUNTER_COUNT; c++) {
        assert_int_equal(info[c].status, LB_COUNTED);
        assert_string_equal(info[c].source, "fake");
        assert_int_equal(info[c].pass, c < 4 || c >= HARDWARE_COUNTERS ? 0 : 1);
    }
    lb_counters_close(session);
    assert_int_equal(lb_fake_kernel_open_events(&machine.kernel), 0);
    fake_machine_remove(&machine);
}

/* Brackets a millisecond with each pass in turn, three times round. */
static void each_sample_reads_its_own_pass_and_nothing_else(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 4);
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    const struct lb_counter_info *info = lb_counters_info(session);
    for (unsigned sample = 0; sample < 6; sample++) {
        struct lb_counter_delta deltas[LB_COUNTERS_MAX];
        unsigned pass = sample % lb_counters_passes(session);
        lb_counters_begin(session, pass);
        lb_fake_kernel_advance(&machine.kernel, MILLISECOND_NS);
        lb_counters_end(session, pass, deltas);
        for (int c = 0; c < HARDWARE_COUNTERS; c++) {
            assert_int_equal(deltas[c].valid, info[c].pass == (int)pass);
            assert_false(deltas[c].lost);
            if (!deltas[c].valid)
                continue;
            assert_int_equal(deltas[c].time_enabled_ns, MILLISECOND_NS);
            assert_int_equal(deltas[c].time_running_ns, MILLISECOND_NS);
            assert_true(deltas[c].value > 0);
        }
        assert_true(deltas[LB_COUNTER_PAGE_FAULTS].valid);
        assert_int_equal(deltas[LB_COUNTER_PAGE_FAULTS].value, PERF_COUNT_SW_PAGE_FAULTS * 1000);
    }
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void a_shared_pmu_shows_in_the_times_and_scales_nothing(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 8);
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    assert_int_equal(lb_counters_passes(session), 1);
    lb_counters_begin(session, 0);
    lb_fake_kernel_advance(&machine.kernel, MILLISECOND_NS);
    machine.kernel.counters_held = 1; /* somebody else's event takes a counter */
    lb_fake_kernel_advance(&machine.kernel, MILLISECOND_NS);
    lb_counters_end(session, 0, deltas);
    const struct lb_counter_delta *cycles = &deltas[LB_COUNTER_CYCLES];
    assert_true(cycles->valid);
    assert_int_equal(cycles->time_enabled_ns, 2 * MILLISECOND_NS);
    assert_int_equal(cycles->time_running_ns, MILLISECOND_NS);
    uint64_t raw = session->passes.groups[0].events[0].encoding.config * 1000;
    assert_int_equal(cycles->value, raw);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void a_counter_lost_half_way_is_lost_and_never_a_smaller_number(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 8);
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    lb_counters_begin(session, 0);
    lb_fake_kernel_advance(&machine.kernel, MILLISECOND_NS);
    machine.kernel.reads_end = true;
    lb_counters_end(session, 0, deltas);
    for (int c = 0; c < LB_COUNTER_COUNT; c++) {
        assert_true(deltas[c].lost);
        assert_false(deltas[c].valid);
        assert_int_equal(deltas[c].value, 0);
    }
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void an_ordinary_user_still_gets_faults_and_switches(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 8);
    lb_fake_kernel_refuse(&machine.kernel, PERF_TYPE_SOFTWARE, EACCES);
    machine.sys.source = NULL; /* the providers' own names */
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    const struct lb_counter_info *info = lb_counters_info(session);
    static const enum lb_counter fall_back[] = {LB_COUNTER_PAGE_FAULTS, LB_COUNTER_CONTEXT_SWITCHES,
                                                LB_COUNTER_TASK_CLOCK};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(info[fall_back[i]].status, LB_COUNTED);
        assert_string_equal(info[fall_back[i]].source, "rusage");
    }
    assert_int_equal(info[LB_COUNTER_MIGRATIONS].status, LB_NOT_PERMITTED);
    assert_non_null(strstr(info[LB_COUNTER_MIGRATIONS].advice, "perf_event_paranoid=1"));

    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    lb_counters_begin(session, 0);
    machine.kernel.usage[LB_COUNTER_PAGE_FAULTS] += 256;
    lb_counters_end(session, 0, deltas);
    assert_true(deltas[LB_COUNTER_PAGE_FAULTS].valid);
    assert_int_equal(deltas[LB_COUNTER_PAGE_FAULTS].value, 256);
    assert_false(deltas[LB_COUNTER_MIGRATIONS].valid);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

/* The event of the fake kernel that `info` of a session with one pass is about. */
static const struct lb_fake_event *event_at(const struct fake_machine *machine,
                                            const struct lb_counter_session *session,
                                            enum lb_counter counter)
{
    const struct lb_group *group = &session->passes.groups[0];
    for (unsigned i = 0; i < group->size; i++)
        if (group->events[i].counter == counter)
            return &machine->kernel.events[group->fds[i] - LB_FAKE_FIRST_FD];
    return NULL;
}

static void write_hybrid(const struct fake_machine *machine, const char *model)
{
    char cpuinfo[512], *end = cpuinfo;
    for (int cpu = 0; cpu < 4; cpu++)
        end += sprintf(end,
                       "processor\t: %d\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
                       "model\t\t: %s\nstepping\t: 2\nflags\t\t: fpu\n\n",
                       cpu, model);
    fake_machine_write(machine, "/proc/cpuinfo", cpuinfo);
    fake_machine_write(machine, "/sys/bus/event_source/devices/cpu_core/type", "4\n");
    fake_machine_write(machine, "/sys/bus/event_source/devices/cpu_core/cpus", "0-1\n");
    fake_machine_write(machine, "/sys/bus/event_source/devices/cpu_atom/type", "10\n");
    fake_machine_write(machine, "/sys/bus/event_source/devices/cpu_atom/cpus", "2,3\n");
}

static void a_hybrid_machine_counts_on_the_pmu_of_the_core_it_is_pinned_to(void **state)
{
    (void)state;
    static const struct {
        int cpu;
        const char *name;
        uint32_t type;
        uint64_t dtlb_misses;
    } cores[] = {{1, "Alder Lake P-core", 4, 0x0e12}, {2, "Alder Lake E-core", 10, 0x0e08}};
    for (int i = 0; i < 2; i++) {
        struct fake_machine machine;
        fake_machine_init(&machine, 8);
        write_hybrid(&machine, "151");
        struct lb_counter_session *session = fake_machine_open(&machine, cores[i].cpu);
        assert_string_equal(session->table->name, cores[i].name);
        const struct lb_fake_event *event = event_at(&machine, session, LB_COUNTER_DTLB_MISSES);
        assert_int_equal(event->type, cores[i].type);
        assert_int_equal(event->config, cores[i].dtlb_misses);
        lb_counters_close(session);
        fake_machine_remove(&machine);
    }
}

static void generic_events_of_an_unknown_hybrid_go_to_that_pmu_too(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init(&machine, 8);
    write_hybrid(&machine, "255");
    struct lb_counter_session *session = fake_machine_open(&machine, 3);
    assert_ptr_equal(session->table, &lb_events_generic);
    const struct lb_fake_event *event = event_at(&machine, session, LB_COUNTER_INSTRUCTIONS);
    assert_int_equal(event->type, PERF_TYPE_HARDWARE);
    assert_int_equal(event->config, (uint64_t)10 << 32 | PERF_COUNT_HW_INSTRUCTIONS);
    assert_int_equal(lb_counters_info(session)[LB_COUNTER_L2_MISSES].status, LB_UNSUPPORTED);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void the_next_best_event_stands_in_for_one_that_is_refused(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init(&machine, 8);
    fake_machine_write(&machine, "/proc/cpuinfo",
                       "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n"
                       "model\t\t: 106\nstepping\t: 6\nflags\t\t: fpu\n\n");
    fake_machine_write(&machine, "/sys/bus/event_source/devices/cpu/type", "4\n");
    struct lb_encoding first;
    assert_null(lb_pfm_encode("icx::L1D:REPLACEMENT", &first));
    machine.kernel.refusals[0] =
        (struct lb_fake_refusal){.type = first.type, .config = first.config, .error = ENOENT};
    machine.kernel.refusal_count = 1;
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    const struct lb_counter_info *info = &lb_counters_info(session)[LB_COUNTER_L1D_MISSES];
    assert_int_equal(info->status, LB_COUNTED);
    assert_string_equal(info->event, "icx::MEM_LOAD_RETIRED:L1_MISS");
    assert_string_equal(info->reason, "");
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

static void events_that_get_no_counter_are_not_scheduled(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 4);
    machine.kernel.counters_held = 4;
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    const struct lb_counter_info *info = lb_counters_info(session);
    for (int c = 0; c < HARDWARE_COUNTERS; c++) {
        assert_int_equal(info[c].status, LB_NOT_SCHEDULED);
        assert_int_equal(info[c].pass, -1);
        assert_non_null(strstr(info[c].advice, "nmi_watchdog"));
    }
    assert_int_equal(lb_counters_passes(session), 1);
    assert_int_equal(info[LB_COUNTER_PAGE_FAULTS].status, LB_COUNTED);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_events_on_four_counters_are_all_counted_in_two_passes),
        cmocka_unit_test(each_sample_reads_its_own_pass_and_nothing_else),
        cmocka_unit_test(a_shared_pmu_shows_in_the_times_and_scales_nothing),
        cmocka_unit_test(a_counter_lost_half_way_is_lost_and_never_a_smaller_number),
        cmocka_unit_test(an_ordinary_user_still_gets_faults_and_switches),
        cmocka_unit_test(a_hybrid_machine_counts_on_the_pmu_of_the_core_it_is_pinned_to),
        cmocka_unit_test(generic_events_of_an_unknown_hybrid_go_to_that_pmu_too),
        cmocka_unit_test(the_next_best_event_stands_in_for_one_that_is_refused),
        cmocka_unit_test(events_that_get_no_counter_are_not_scheduled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
