/* test_arena.c - memory is zeroed, present, aligned, and accounted for by kind. */
#include "cmocka_all.h"

#include "harness/case/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

static void blocks_are_zeroed_aligned_and_apart(void **state)
{
    static const uint64_t sizes[] = {1, 63, 64, 100, 4095, 4096, 4097, 70000, 1 << 20};
    (void)state;
    struct lb_arena *arena = lb_arena_new(false);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            unsigned char *block = lb_arena_alloc(arena, sizes[i], 0);
            assert_int_equal((uintptr_t)block % LB_CACHE_LINE_BYTES, 0);
            for (uint64_t b = 0; b < sizes[i]; b++)
                assert_int_equal(block[b], 0);
            memset(block, 0xff, sizes[i]); /* a later block that overlaps would not be zero */
        }
    lb_arena_free(arena);
}

static void an_alignment_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    struct lb_arena *arena = lb_arena_new(false);
    for (size_t alignment = 8; alignment <= 4 << 20; alignment *= 2) {
        assert_int_equal((uintptr_t)lb_arena_alloc(arena, 24, alignment) % alignment, 0);
        assert_int_equal((uintptr_t)lb_arena_alloc(arena, 100000, alignment) % alignment, 0);
    }
    lb_arena_free(arena);
}

/* The address sanitizer would touch pages of its own, one for each eight of these. */
__attribute__((no_sanitize("address"))) static void touch(unsigned char *block, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 4096)
        ((volatile unsigned char *)block)[i]++;
}

static void no_page_fault_is_left_for_the_timed_region(void **state)
{
    enum { BYTES = 8 << 20 };
    (void)state;
    struct lb_arena *arena = lb_arena_new(false);
    unsigned char *block = lb_arena_alloc(arena, BYTES, 0);
    long before = faults();
    touch(block, BYTES);
    assert_true(faults() - before < 8); /* not BYTES / 4096 = 2048 */
    lb_arena_free(arena);
}

static void what_create_maps_by_itself_is_the_layouts(void **state)
{
    (void)state;
    struct lb_arena_use use;
    struct lb_arena *arena = lb_arena_new(false);
    lb_arena_alloc(arena, 100, 0);
    lb_arena_add_mapped(arena, 1 << 20);
    lb_arena_use(arena, &use);
    assert_int_equal(use.layout_bytes, 100 + (1 << 20));
    assert_int_equal(use.layout_blocks, 2);
    lb_arena_free(arena);
}

static void scratch_is_not_the_layouts(void **state)
{
    struct lb_arena_use use;
    (void)state;
    struct lb_arena *arena = lb_arena_new(false);
    lb_arena_alloc(arena, 1000, 0);
    lb_arena_alloc(arena, 50000, 0);
    lb_scratch_alloc(arena, 300000);
    lb_arena_use(arena, &use);
    assert_int_equal(use.layout_bytes, 51000);
    assert_int_equal(use.layout_blocks, 2);
    assert_true(use.scratch_bytes >= 300000 && use.scratch_bytes < 310000);
    lb_arena_free(arena);
}

static void large_blocks_do_not_all_start_in_the_same_cache_set(void **state)
{
    unsigned seen = 0;
    (void)state;
    struct lb_arena *arena = lb_arena_new(false);
    for (int i = 0; i < 8; i++) {
        uintptr_t set = (uintptr_t)lb_arena_alloc(arena, 1 << 16, 0) / LB_CACHE_LINE_BYTES % 64;
        assert_true(set < 32 && !(seen & (1U << set)));
        seen |= 1U << set;
    }
    lb_arena_free(arena);
}

/* Under the address sanitizer malloc ends the process instead of returning NULL, unless told so. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* As in `expected`: there is no case to skip any more, and a signal would not say why. */
static void a_temporary_without_memory_or_an_arena_ends_the_process_and_says_why(void **state)
{
    int status;
    char text[256] = "";
    (void)state;
    FILE *said = tmpfile();
    assert_non_null(said);
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(said), STDERR_FILENO);
        lb_temporary(NULL, UINT64_C(1) << 60);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
    rewind(said);
    while (fgets(text, sizeof text, said) && !strstr(text, "out of memory"))
        ; /* the address sanitizer warns first */
    fclose(said);
    assert_string_equal(text, "out of memory: 1152921504606846976 bytes were asked for\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
        cmocka_unit_test(an_alignment_that_is_asked_for_is_kept),
        cmocka_unit_test(no_page_fault_is_left_for_the_timed_region),
        cmocka_unit_test(scratch_is_not_the_layouts),
        cmocka_unit_test(what_create_maps_by_itself_is_the_layouts),
        cmocka_unit_test(a_temporary_without_memory_or_an_arena_ends_the_process_and_says_why),
        cmocka_unit_test(large_blocks_do_not_all_start_in_the_same_cache_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
