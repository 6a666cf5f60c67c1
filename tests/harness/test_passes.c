/* test_passes.c - events into passes, over a fake PMU with few counters. */
#include "harness/counters/passes.h"
#include "harness/counters/provider_fake.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { EVENTS = 18, COUNTERS = 4 };

struct fixture {
    struct lb_fake_kernel kernel;
    struct lb_syscalls sys;
    struct lb_event events[EVENTS];
    struct lb_placement placements[EVENTS];
    struct lb_passes passes;
};

/* Event i counts i + 1 a microsecond. */
static void set_up(struct fixture *f, unsigned counters)
{
    lb_fake_kernel_init(&f->kernel, counters);
    f->sys = lb_fake_syscalls(&f->kernel);
    for (unsigned i = 0; i < EVENTS; i++) {
        f->events[i] = (struct lb_event){.counter = (enum lb_counter)(i % LB_COUNTER_COUNT)};
        f->events[i].encoding = (struct lb_encoding){.type = PERF_TYPE_RAW, .config = i + 1};
    }
}

static void plan(struct fixture *f, unsigned count)
{
    lb_passes_plan(&lb_provider_hardware, &f->sys, f->events, count, f->placements, &f->passes);
}

static void tear_down(struct fixture *f)
{
    lb_passes_close(&f->passes);
    assert_int_equal(lb_fake_kernel_open_events(&f->kernel), 0);
}

static void events_that_fit_share_one_pass(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, COUNTERS);
    plan(&f, COUNTERS);
    assert_int_equal(f.passes.count, 1);
    assert_int_equal(f.passes.groups[0].size, COUNTERS);
    tear_down(&f);
}

/* Reads pass `pass` over a millisecond and checks that each event counted all of it. */
static void check_pass(struct fixture *f, unsigned pass, unsigned *seen)
{
    struct lb_group *group = &f->passes.groups[pass];
    struct lb_snapshot before, after;
    assert_int_equal(group->provider->enable(group, true), 0);
    group->provider->read(group, &before);
    lb_fake_kernel_advance(&f->kernel, 1000000);
    group->provider->read(group, &after);
    assert_int_equal(group->provider->enable(group, false), 0);
    assert_true(before.valid && after.valid);
    assert_int_equal(after.time_running_ns - before.time_running_ns, 1000000);
    for (unsigned i = 0; i < group->size; i++) {
        uint64_t rate = group->events[i].encoding.config;
        assert_int_equal(after.values[i] - before.values[i], rate * 1000);
        seen[rate - 1]++;
    }
}

static void eighteen_events_are_each_counted_in_full_on_four_counters(void **state)
{
    (void)state;
    for (int refuses = 0; refuses < 2; refuses++) {
        struct fixture f;
        set_up(&f, COUNTERS);
        f.kernel.refuses_groups = refuses;
        plan(&f, EVENTS);
        assert_int_equal(f.passes.count, (EVENTS + COUNTERS - 1) / COUNTERS);
        unsigned seen[EVENTS] = {0};
        for (unsigned pass = 0; pass < f.passes.count; pass++)
            check_pass(&f, pass, seen);
        for (unsigned i = 0; i < EVENTS; i++)
            assert_int_equal(seen[i], 1);
        tear_down(&f);
    }
}

static void a_held_counter_makes_the_passes_smaller(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, COUNTERS);
    f.kernel.counters_held = 1; /* the NMI watchdog does this */
    plan(&f, COUNTERS);
    assert_int_equal(f.passes.count, 2);
    assert_int_equal(f.passes.groups[0].size, COUNTERS - 1);
    tear_down(&f);
}

static void an_event_that_never_runs_alone_is_placed_nowhere(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, COUNTERS);
    f.kernel.counters_held = COUNTERS;
    plan(&f, 2);
    assert_int_equal(f.passes.count, 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(f.placements[i].pass, LB_PASS_NONE);
        assert_int_equal(f.placements[i].error, 0);
    }
    tear_down(&f);
}

static void a_refused_event_keeps_its_errno_and_the_others_go_on(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, COUNTERS);
    f.kernel.refusals[0] =
        (struct lb_fake_refusal){.type = PERF_TYPE_RAW, .config = 2, .error = EBUSY};
    f.kernel.refusal_count = 1;
    plan(&f, 3);
    assert_int_equal(f.placements[0].pass, 0);
    assert_int_equal(f.placements[1].pass, LB_PASS_NONE);
    assert_int_equal(f.placements[1].error, EBUSY);
    assert_int_equal(f.placements[2].pass, 0);
    tear_down(&f);
}

static void running_out_of_descriptors_loses_whole_passes_by_name(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f, COUNTERS);
    f.kernel.descriptors = COUNTERS + 1; /* enough to try each pass, not for all at once */
    plan(&f, EVENTS);
    for (unsigned i = 0; i < EVENTS; i++) {
        bool first = i < COUNTERS;
        assert_int_equal(f.placements[i].pass, first ? 0 : LB_PASS_NONE);
        assert_int_equal(f.placements[i].error, first ? 0 : EMFILE);
    }
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_that_fit_share_one_pass),
        cmocka_unit_test(eighteen_events_are_each_counted_in_full_on_four_counters),
        cmocka_unit_test(a_held_counter_makes_the_passes_smaller),
        cmocka_unit_test(an_event_that_never_runs_alone_is_placed_nowhere),
        cmocka_unit_test(a_refused_event_keeps_its_errno_and_the_others_go_on),
        cmocka_unit_test(running_out_of_descriptors_loses_whole_passes_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
