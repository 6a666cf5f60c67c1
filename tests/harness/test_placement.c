/* test_placement.c - where a process has its memory is the same for one number, and not for two. */
#include "cmocka_all.h"

#include "harness/base/placement.h"
#include "harness/base/spawn.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From the top of the heap, since nothing so large was freed before; and a mapping of its own. */
enum { SMALL = 100000, BIG = 1 << 20 };

/* What the test does as a program: move, and tell where things come to lie. */
static int tell_addresses(const char *number)
{
    char on_stack;
    if (lb_placement_move(strtoull(number, NULL, 10), NULL) != LB_OK)
        return 1;
    void *heap = malloc(SMALL), *mapping = malloc(BIG);
    printf("%p %p %p\n", heap, mapping, (void *)&on_stack);
    free(heap);
    free(mapping);
    return 0;
}

struct addresses {
    uintptr_t heap, mapping, stack;
};

static struct addresses addresses_of(uint64_t number)
{
    char text[32], *output = NULL;
    int code = -1;
    struct addresses found = {0};
    const char *argv[] = {lb_spawn_self(), "tell", text, NULL};
    struct lb_spawn spawn = {.argv = argv, .placement = number, .err_fd = -1, .extra_fd = -1};
    snprintf(text, sizeof text, "%" PRIu64, number);
    assert_int_equal(lb_spawn_capture(&spawn, 10000, &output, &code, NULL), LB_OK);
    assert_int_equal(code, 0);
    assert_int_equal(sscanf(output, "0x%" SCNxPTR " 0x%" SCNxPTR " 0x%" SCNxPTR, &found.heap,
                            &found.mapping, &found.stack),
                     3);
    free(output);
    return found;
}

static void need_fixed_addresses(void)
{
    if (SANITIZED) {
        print_message("this machine runs no sanitized program at addresses of our choice\n");
        skip();
    }
    if (!lb_placement_can_fix()) {
        print_message("this machine does not allow personality(), or its container does not\n");
        skip();
    }
}

static void one_number_is_one_place(void **state)
{
    (void)state;
    need_fixed_addresses();
    struct addresses one = addresses_of(123456789012345), again = addresses_of(123456789012345);
    assert_memory_equal(&one, &again, sizeof one);
}

static void another_number_moves_heap_mappings_and_stack(void **state)
{
    (void)state;
    need_fixed_addresses();
    struct addresses one = addresses_of(UINT64_C(1) | 5 << 8 | UINT64_C(9007) << 24);
    struct addresses two = addresses_of(UINT64_C(3) | 9 << 8 | UINT64_C(9057) << 24);
    assert_int_equal(two.heap - one.heap, 4 * 4096);
    assert_int_equal(one.mapping - two.mapping, 50 * 4096);
    assert_int_equal(one.stack - two.stack, 2 * 16);
}

static void no_number_moves_nothing(void **state)
{
    (void)state;
    void *before = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(before, 4096);
    assert_int_equal(lb_placement_move(0, NULL), LB_OK);
    void *after = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(after, 4096);
    assert_ptr_equal(before, after);
    assert_int_equal(lb_placement_stack_bytes(0), 0);
}

static void the_stack_moves_by_less_than_a_page(void **state)
{
    (void)state;
    assert_int_equal(lb_placement_stack_bytes(255), 255 * 16);
    assert_int_equal(lb_placement_stack_bytes(256), 0);
}

static void asking_whether_addresses_can_be_fixed_changes_nothing(void **state)
{
    (void)state;
    struct addresses one, two;
    lb_placement_can_fix();
    one = addresses_of(0);
    two = addresses_of(0);
    for (int i = 0; i < 5 && one.stack == two.stack; i++)
        two = addresses_of(0);
    FILE *f = fopen("/proc/sys/kernel/randomize_va_space", "re");
    int randomized = f ? fgetc(f) : '0';
    if (f)
        fclose(f);
    if (randomized != '0')
        assert_int_not_equal(one.stack, two.stack);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "tell") == 0)
        return tell_addresses(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_number_is_one_place),
        cmocka_unit_test(another_number_moves_heap_mappings_and_stack),
        cmocka_unit_test(no_number_moves_nothing),
        cmocka_unit_test(the_stack_moves_by_less_than_a_page),
        cmocka_unit_test(asking_whether_addresses_can_be_fixed_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
