/* test_atomic_file.c - the old file or the whole new one, and what cannot be written is said. */
#include "cmocka_all.h"

#include "harness/base/atomic_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/test_atomic_file-XXXXXX";
static char path[128];
static struct lb_error error;

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_atomic_file-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/below/results.json", folder);
    return 0;
}

static void content(const char *expected)
{
    char text[64] = "";
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    size_t got = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[got] = 0;
    assert_string_equal(text, expected);
}

static int files_below(void)
{
    char below[128];
    int count = 0;
    snprintf(below, sizeof below, "%s/below", folder);
    DIR *d = opendir(below);
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        count += e->d_name[0] != '.';
    closedir(d);
    return count;
}

static void a_commit_replaces_the_whole_file(void **state)
{
    struct lb_atomic_file file;
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
        assert_int_equal(lb_atomic_commit(&file, i ? "new" : "old, and longer", &error), LB_OK);
    }
    content("new");
    assert_int_equal(files_below(), 1);
}

static void an_abandoned_file_leaves_the_old_one(void **state)
{
    struct lb_atomic_file file;
    (void)state;
    assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
    assert_int_equal(lb_atomic_commit(&file, "old", &error), LB_OK);
    assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
    assert_int_equal(files_below(), 2);
    lb_atomic_abandon(&file);
    lb_atomic_abandon(&file);
    content("old");
    assert_int_equal(files_below(), 1);
}

/* /dev/full opens and takes nothing: a full disk. */
static void a_full_disk_leaves_the_old_one(void **state)
{
    struct lb_atomic_file file;
    (void)state;
    assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
    assert_int_equal(lb_atomic_commit(&file, "old", &error), LB_OK);
    assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
    close(file.fd);
    file.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(lb_atomic_commit(&file, "new", &error), LB_SYSTEM);
    assert_non_null(strstr(error.text, "No space left on device"));
    content("old");
    assert_int_equal(files_below(), 1);
}

static void room_is_taken_when_it_opens_and_given_back_by_a_commit(void **state)
{
    struct lb_atomic_file file;
    struct stat st;
    (void)state;
    assert_int_equal(lb_atomic_open(&file, path, 1 << 20, &error), LB_OK);
    if (fallocate(file.fd, 0, 0, 1) != 0) {
        lb_atomic_abandon(&file);
        print_message("this machine's /tmp cannot reserve room\n");
        skip();
    }
    assert_int_equal(fstat(file.fd, &st), 0);
    assert_true(st.st_blocks * 512 >= 1 << 20);
    assert_int_equal(lb_atomic_commit(&file, "new", &error), LB_OK);
    content("new");
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size == 3 && st.st_blocks * 512 < 1 << 20);
}

static void one_path_written_in_two_ways_is_the_same(void **state)
{
    struct lb_atomic_file a, b;
    char other[160];
    (void)state;
    assert_int_equal(lb_atomic_open(&a, path, 0, &error), LB_OK);
    snprintf(other, sizeof other, "%s/./below/../below/results.json", folder);
    assert_int_equal(lb_atomic_open(&b, other, 0, &error), LB_OK);
    assert_true(lb_atomic_same(&a, &b));
    lb_atomic_abandon(&b);
    snprintf(other, sizeof other, "%s/below/trace.json", folder);
    assert_int_equal(lb_atomic_open(&b, other, 0, &error), LB_OK);
    assert_false(lb_atomic_same(&a, &b));
    lb_atomic_abandon(&a);
    lb_atomic_abandon(&b);
}

static void leave(const char *ending, time_t hours_ago)
{
    char left[192];
    const struct timespec then = {.tv_sec = time(NULL) - hours_ago * 3600};
    snprintf(left, sizeof left, "%s.tmp.%s", path, ending);
    FILE *f = fopen(left, "we");
    assert_non_null(f);
    assert_int_equal(futimens(fileno(f), (const struct timespec[]){then, then}), 0);
    fclose(f);
}

static void what_a_killed_process_left_is_removed_and_nothing_else(void **state)
{
    struct lb_atomic_file file;
    (void)state;
    assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
    lb_atomic_abandon(&file);
    leave("2147483647", 25); /* above any process's number */
    leave("2147483646", 23); /* whoever writes it may be in another container */
    leave("1", 25);          /* lives */
    leave("1x", 25);
    leave("", 25);
    assert_int_equal(files_below(), 5);
    assert_int_equal(lb_atomic_open(&file, path, 0, &error), LB_OK);
    lb_atomic_abandon(&file);
    assert_int_equal(files_below(), 4);
}

static void what_cannot_be_written_is_known_before(void **state)
{
    struct lb_atomic_file file;
    (void)state;
    assert_int_equal(lb_atomic_open(&file, "/proc/no/results.json", 0, &error), LB_SYSTEM);
    assert_int_equal(lb_atomic_open(&file, "/tmp", 0, &error), LB_SYSTEM);
    assert_non_null(strstr(error.text, "not a regular file"));
    assert_int_equal(lb_atomic_open(&file, path, 1ULL << 60, &error), LB_SYSTEM);
    assert_non_null(strstr(error.text, "are free there"));
    lb_atomic_abandon(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_commit_replaces_the_whole_file, make_folder),
        cmocka_unit_test_setup(an_abandoned_file_leaves_the_old_one, make_folder),
        cmocka_unit_test_setup(a_full_disk_leaves_the_old_one, make_folder),
        cmocka_unit_test_setup(room_is_taken_when_it_opens_and_given_back_by_a_commit, make_folder),
        cmocka_unit_test_setup(one_path_written_in_two_ways_is_the_same, make_folder),
        cmocka_unit_test_setup(what_a_killed_process_left_is_removed_and_nothing_else, make_folder),
        cmocka_unit_test_setup(what_cannot_be_written_is_known_before, make_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
