/* test_simulate.c - whose fault it is that a layout died under valgrind. */
#include "cmocka_all.h"

#include "harness/simulation/simulate.h"

static void
only_a_build_for_its_own_cpu_may_have_instructions_that_valgrind_does_not_know(void **state)
{
    static const char illegal[] = "killed by SIGILL (Illegal instruction)";
    (void)state;
    assert_true(lb_simulation_excuses("-O2 -march=native", illegal));
    assert_true(lb_simulation_excuses("-mcpu=neoverse-v2 -O2", illegal));
    assert_false(lb_simulation_excuses("-O2 -g", illegal));
    assert_false(lb_simulation_excuses("-O2 -march=native", "killed by SIGSEGV"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            only_a_build_for_its_own_cpu_may_have_instructions_that_valgrind_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
