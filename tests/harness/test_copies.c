/* test_copies.c - a program several times over, to be executed from memory. */
#include "tests/harness/cmocka_all.h"

#include "harness/base/copies.h"
#include "harness/base/spawn.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static unsigned open_descriptors(void)
{
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void make(const char *program, struct lb_copies *copies)
{
    struct lb_error error;
    if (lb_copies_make(program, copies, &error) != LB_OK)
        fail_msg("%s", error.text);
}

/* As many bytes as the first file has are the same in the second. */
static void assert_starts_with(const char *start, const char *whole)
{
    char a[4096], b[4096];
    FILE *first = fopen(start, "re"), *second = fopen(whole, "re");
    assert_true(first && second);
    for (size_t n; (n = fread(a, 1, sizeof a, first)) > 0;) {
        assert_int_equal(fread(b, 1, n, second), n);
        assert_memory_equal(a, b, n);
    }
    fclose(first);
    fclose(second);
}

static void copies_are_files_of_their_own_with_what_is_executed(void **state)
{
    struct lb_copies copies;
    struct stat one, two, program;
    (void)state;
    make("/proc/self/exe", &copies);
    assert_int_equal(copies.count, LB_COPIES);
    assert_int_equal(stat("/proc/self/exe", &program), 0);
    assert_int_equal(stat(lb_copies_path(&copies, 0), &one), 0);
    assert_int_equal(stat(lb_copies_path(&copies, 1), &two), 0);
    assert_int_not_equal(one.st_ino, two.st_ino);
    assert_int_equal(one.st_size, two.st_size);
    assert_true(one.st_size < program.st_size); /* this test was built with -g */
    assert_starts_with(lb_copies_path(&copies, 1), "/proc/self/exe");
    assert_string_equal(lb_copies_path(&copies, LB_COPIES + 1), lb_copies_path(&copies, 1));
    lb_copies_free(&copies);
}

static void a_copy_runs_under_the_name_of_the_program(void **state)
{
    struct lb_copies copies;
    char *text = NULL;
    int code;
    (void)state;
    assert_int_equal(lb_copies_make("/bin/sh", &copies, NULL), LB_OK);
    const char *argv[] = {"/bin/sh", "-c", "echo $0; readlink /proc/$$/exe", NULL};
    struct lb_spawn spawn = {
        .argv = argv, .file = lb_copies_path(&copies, 3), .err_fd = -1, .extra_fd = -1};
    assert_int_equal(lb_spawn_capture(&spawn, 5000, &text, &code, NULL), LB_OK);
    assert_int_equal(strncmp(text, "/bin/sh\n/memfd:", 15), 0);
    free(text);
    lb_copies_free(&copies);
}

static void what_is_no_elf_file_is_copied_whole(void **state)
{
    struct lb_copies copies;
    struct stat one, file;
    (void)state;
    make("/etc/passwd", &copies);
    assert_int_equal(stat("/etc/passwd", &file), 0);
    assert_int_equal(stat(lb_copies_path(&copies, 0), &one), 0);
    assert_int_equal(one.st_size, file.st_size);
    lb_copies_free(&copies);
}

static void copies_take_a_share_of_the_memory_at_most(void **state)
{
    (void)state;
    assert_int_equal(lb_copies_that_fit(1000, UINT64_MAX), LB_COPIES);
    assert_int_equal(lb_copies_that_fit(1000, 16 * 8000), LB_COPIES);
    assert_int_equal(lb_copies_that_fit(1000, 16 * 8000 - 1), LB_COPIES - 1);
    assert_int_equal(lb_copies_that_fit(1000, 16 * 2000), 2);
    assert_int_equal(lb_copies_that_fit(1000, 15999), 0);
    assert_int_equal(lb_copies_that_fit(0, 15), 0);
}

static void a_program_that_cannot_be_read_leaves_nothing(void **state)
{
    struct lb_copies copies;
    struct lb_error error;
    (void)state;
    unsigned before = open_descriptors();
    assert_int_equal(lb_copies_make("/nonexistent/program", &copies, &error), LB_SYSTEM);
    assert_non_null(strstr(error.text, "/nonexistent/program"));
    assert_null(lb_copies_path(&copies, 0));
    assert_int_equal(open_descriptors(), before);
}

static void freeing_closes_all_and_leaves_no_path(void **state)
{
    struct lb_copies copies;
    (void)state;
    unsigned before = open_descriptors();
    assert_int_equal(lb_copies_make("/bin/sh", &copies, NULL), LB_OK);
    assert_int_equal(open_descriptors(), before + LB_COPIES);
    lb_copies_free(&copies);
    assert_int_equal(open_descriptors(), before);
    assert_null(lb_copies_path(&copies, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_files_of_their_own_with_what_is_executed),
        cmocka_unit_test(what_is_no_elf_file_is_copied_whole),
        cmocka_unit_test(copies_take_a_share_of_the_memory_at_most),
        cmocka_unit_test(a_copy_runs_under_the_name_of_the_program),
        cmocka_unit_test(a_program_that_cannot_be_read_leaves_nothing),
        cmocka_unit_test(freeing_closes_all_and_leaves_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
