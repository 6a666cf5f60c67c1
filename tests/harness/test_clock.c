/* test_clock.c - what the clocks promise, without ever asserting how fast this machine is. */
#include "harness/base/clock.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void neither_clock_steps_back(void **unused)
{
    (void)unused;
    uint64_t wall = lb_clock_wall_ns(), cpu = lb_clock_cpu_ns();
    for (int i = 0; i < 10000; i++) {
        uint64_t wall_now = lb_clock_wall_ns(), cpu_now = lb_clock_cpu_ns();
        assert_true(wall_now >= wall && cpu_now >= cpu);
        wall = wall_now;
        cpu = cpu_now;
    }
}

static void cpu_time_stands_still_while_the_thread_sleeps(void **unused)
{
    (void)unused;
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    uint64_t wall = lb_clock_wall_ns(), cpu = lb_clock_cpu_ns();
    nanosleep(&pause, NULL);
    cpu = lb_clock_cpu_ns() - cpu;
    wall = lb_clock_wall_ns() - wall;
    assert_true(wall >= 20u * 1000 * 1000);
    assert_true(cpu < wall);
}

static void a_calibration_fills_every_figure(void **unused)
{
    (void)unused;
    struct lb_clock_costs costs;
    lb_clock_calibrate(&costs);
    const struct lb_clock_cost *both[] = {&costs.wall, &costs.cpu};
    for (int i = 0; i < 2; i++) {
        assert_true(isfinite(both[i]->bracket_ns) && both[i]->bracket_ns >= 0);
        assert_true(isfinite(both[i]->call_ns) && both[i]->call_ns > 0);
        assert_true(isfinite(both[i]->step_ns) && both[i]->step_ns >= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neither_clock_steps_back),
        cmocka_unit_test(cpu_time_stands_still_while_the_thread_sleeps),
        cmocka_unit_test(a_calibration_fills_every_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
