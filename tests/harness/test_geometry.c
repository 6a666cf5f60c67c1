/* test_geometry.c - which caches are simulated. */
#include "harness/simulation/geometry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)

static void machine_with(struct lb_machine *machine, int64_t l1_bytes, int l1_ways,
                         int64_t last_bytes, int last_ways)
{
    memset(machine, 0, sizeof *machine);
    machine->cache_count = 3;
    machine->caches[0] = (struct lb_cache){1, LB_CACHE_INSTRUCTION, 64 * KIB, 64, 4, 1};
    machine->caches[1] = (struct lb_cache){1, LB_CACHE_DATA, l1_bytes, 64, l1_ways, 1};
    machine->caches[2] = (struct lb_cache){3, LB_CACHE_UNIFIED, last_bytes, 64, last_ways, 8};
}

static void assert_shape(const struct lb_cache_shape *shape, int64_t bytes, unsigned ways)
{
    uint64_t sets = shape->size_bytes / shape->ways / shape->line_bytes;
    assert_int_equal(shape->size_bytes, bytes);
    assert_int_equal(shape->ways, ways);
    assert_int_equal(shape->line_bytes, 64);
    assert_int_equal(sets * shape->ways * shape->line_bytes, shape->size_bytes);
    assert_int_equal(sets & (sets - 1), 0);
}

static void the_standard_geometry_is_the_documented_one(void **unused)
{
    (void)unused;
    char text[LB_GEOMETRY_TEXT_BYTES];
    assert_shape(&lb_geometry_standard.l1d, 32 * KIB, 8);
    assert_shape(&lb_geometry_standard.last_level, 4 * MIB, 16);
    lb_geometry_describe(&lb_geometry_standard, text);
    assert_string_equal(text, "L1d 32 KiB 8-way, last level 4 MiB 16-way, lines of 64 bytes");
}

static void sets_become_a_power_of_two_and_ways_keep_the_size(void **unused)
{
    (void)unused;
    static const struct {
        int64_t bytes;
        int ways;
        int64_t simulated_bytes;
        unsigned simulated_ways;
    } rows[] = {
        {32 * MIB, 16, 32 * MIB, 16},     /* fits as it is */
        {30 * MIB, 15, 30 * MIB, 15},     /* 32,768 sets as well */
        {36 * MIB, 12, 36 * MIB, 18},     /* 49,152 sets */
        {33 * MIB, 11, 32 * MIB, 16},     /* 49,152 sets; 16.5 ways round down */
        {105 * MIB, 15, 104 * MIB, 26},   /* 114,688 sets */
        {1280 * KIB, 20, 1280 * KIB, 20}, /* 1,024 sets */
        {32 * MIB, LB_UNKNOWN, 32 * MIB, 16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_machine machine;
        struct lb_geometry geometry;
        machine_with(&machine, 48 * KIB, 12, rows[i].bytes, rows[i].ways);
        assert_int_equal(lb_geometry_of_machine(&machine, &geometry, NULL), LB_OK);
        assert_shape(&geometry.l1d, 48 * KIB, 12);
        assert_shape(&geometry.last_level, rows[i].simulated_bytes, rows[i].simulated_ways);
    }
}

static void the_last_level_is_the_highest_that_holds_data(void **unused)
{
    (void)unused;
    struct lb_machine machine;
    struct lb_geometry geometry;
    machine_with(&machine, 32 * KIB, 8, 32 * MIB, 16);
    machine.caches[2].level = 2; /* a core without an L3 */
    machine.caches[2].size_bytes = 512 * KIB;
    machine.caches[2].ways = 8;
    assert_int_equal(lb_geometry_of_machine(&machine, &geometry, NULL), LB_OK);
    assert_shape(&geometry.last_level, 512 * KIB, 8);
    assert_string_equal(geometry.name, "machine");
}

static void a_machine_that_does_not_say_has_no_geometry(void **unused)
{
    (void)unused;
    struct lb_machine machine;
    struct lb_geometry geometry;
    struct lb_error error;
    machine_with(&machine, 32 * KIB, 8, LB_UNKNOWN, 16);
    assert_int_equal(lb_geometry_of_machine(&machine, &geometry, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "--geometry standard"));
    machine.cache_count = 0;
    assert_int_equal(lb_geometry_of_machine(&machine, &geometry, &error), LB_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_geometry_is_the_documented_one),
        cmocka_unit_test(sets_become_a_power_of_two_and_ways_keep_the_size),
        cmocka_unit_test(the_last_level_is_the_highest_that_holds_data),
        cmocka_unit_test(a_machine_that_does_not_say_has_no_geometry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
