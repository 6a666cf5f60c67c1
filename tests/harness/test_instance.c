/* test_instance.c - a layout that finds no memory is skipped with what it needs. */
#include "cmocka_all.h"

#include "fake_benchmarks.h"

#include "harness/case/instance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MIB = 1 << 20 };

static void *greedy_create(const struct lb_point *point, struct lb_arena *arena)
{
    lb_scratch_alloc(arena, MIB);
    lb_arena_alloc(arena, UINT64_C(1) << 60, 0);
    return fake_create(point, arena);
}

/* Under the address sanitizer malloc ends the process instead of returning NULL, unless told so. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void *greedy_for_a_moment_create(const struct lb_point *point, struct lb_arena *arena)
{
    free(lb_temporary(arena, MIB));
    lb_scratch_alloc(arena, MIB);
    free(lb_temporary(arena, UINT64_C(1) << 60));
    return fake_create(point, arena);
}

static void *refused_create(const struct lb_point *point, struct lb_arena *arena)
{
    (void)point;
    lb_out_of_memory(arena, 5 * MIB); /* of what is not the arena's: a mapping, say */
}

static void *starved_create(const struct lb_point *point, struct lb_arena *arena)
{
    (void)point, (void)arena;
    errno = ENOMEM; /* as malloc leaves it */
    return NULL;
}

static void *broken_create(const struct lb_point *point, struct lb_arena *arena)
{
    (void)point, (void)arena;
    return NULL;
}

static enum lb_status create(void *(*function)(const struct lb_point *, struct lb_arena *),
                             struct lb_error *error)
{
    const struct lb_variant variant = {
        .name = "v", .create = function, .run = {fake_run}, .footprint_bytes = fake_footprint};
    const struct lb_benchmark benchmark = {
        .family = "fake", .name = "instance", .variants = &variant, .variant_count = 1};
    const struct lb_case c = {.benchmark = &benchmark,
                              .variant = &variant,
                              .point = {.working_set_bytes = 3 * MIB, .elements = 1}};
    struct lb_instance instance;
    enum lb_status status = lb_instance_create(&instance, &c, -1, error);
    if (status == LB_OK)
        lb_instance_destroy(&instance);
    return status;
}

static void an_arena_without_memory_skips_the_case_with_all_that_was_asked_for(void **state)
{
    struct lb_error error;
    (void)state;
    assert_int_equal(create(greedy_create, &error), LB_UNAVAILABLE);
    assert_non_null(
        strstr(error.text, "needs 1099511627778 MiB of memory")); /* 2^60, 1 MiB, pages */
}

static void a_temporary_without_memory_skips_the_case_with_all_that_was_asked_for(void **state)
{
    struct lb_error error;
    (void)state;
    assert_int_equal(create(greedy_for_a_moment_create, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "needs 1099511627777 MiB of memory")); /* 2^60, 1 MiB */
    assert_int_equal(create(refused_create, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "needs 5 MiB of memory"));
}

static void a_malloc_without_memory_skips_the_case_with_its_footprint(void **state)
{
    struct lb_error error;
    (void)state;
    assert_int_equal(create(starved_create, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "needs 3 MiB of memory"));
}

static void a_create_that_fails_with_memory_enough_is_no_skip(void **state)
{
    struct lb_error error;
    (void)state;
    errno = ENOMEM; /* of something before */
    assert_int_equal(create(broken_create, &error), LB_SYSTEM);
    assert_int_equal(create(fake_create, &error), LB_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_without_memory_skips_the_case_with_all_that_was_asked_for),
        cmocka_unit_test(a_temporary_without_memory_skips_the_case_with_all_that_was_asked_for),
        cmocka_unit_test(a_malloc_without_memory_skips_the_case_with_its_footprint),
        cmocka_unit_test(a_create_that_fails_with_memory_enough_is_no_skip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
