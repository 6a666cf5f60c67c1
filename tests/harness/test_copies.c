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

static void copies_are_files_of_their_own_with_the_same_bytes(void **state)
{
    struct lb_copies copies;
    struct lb_error error;
    struct stat one, two, program;
    (void)state;
    if (lb_copies_make("/bin/sh", &copies, &error) != LB_OK)
        fail_msg("%s", error.text);
    assert_int_equal(copies.count, LB_COPIES);
    assert_int_equal(stat("/bin/sh", &program), 0);
    assert_int_equal(stat(lb_copies_path(&copies, 0), &one), 0);
    assert_int_equal(stat(lb_copies_path(&copies, 1), &two), 0);
    assert_int_not_equal(one.st_ino, two.st_ino);
    assert_int_equal(one.st_size, program.st_size);
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
        cmocka_unit_test(copies_are_files_of_their_own_with_the_same_bytes),
        cmocka_unit_test(a_copy_runs_under_the_name_of_the_program),
        cmocka_unit_test(a_program_that_cannot_be_read_leaves_nothing),
        cmocka_unit_test(freeing_closes_all_and_leaves_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
