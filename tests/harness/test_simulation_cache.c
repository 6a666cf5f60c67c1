/* test_simulation_cache.c - finished simulations, kept in a folder of the test's own. */
#include "harness/simulation/simulation_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A shell makes and breaks the folders of these tests; what it is given is ours. */
/* NOLINTBEGIN(cert-env33-c) */

static char folder[64];

static const struct lb_simulated_mode two_modes[] = {
    {"a/b/c/hit/ws=1MiB", 7, {1, 2, 3, 4, 5, 6, UINT64_MAX, 8}},
    {"a/b/c/miss/ws=1MiB", 9, {0, 0, 0, 0, 0, 0, 0, 0}},
};

static int make_folder(void **unused)
{
    (void)unused;
    snprintf(folder, sizeof folder, "/tmp/layoutbench-test-XXXXXX");
    return mkdtemp(folder) && setenv("XDG_CACHE_HOME", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **unused)
{
    (void)unused;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void open_cache(struct lb_simulation_cache *cache)
{
    const char *why;
    lb_simulation_cache_open(cache, &why);
    assert_null(why);
}

static void store_two(const struct lb_simulation_cache *cache, const char *key)
{
    assert_int_equal(lb_simulation_cache_store(cache, key, two_modes, 2, NULL), LB_OK);
}

static bool is_known(const struct lb_simulation_cache *cache, const char *key)
{
    struct lb_simulated_mode modes[LB_MODES_MAX];
    size_t count;
    return lb_simulation_cache_load(cache, key, modes, &count);
}

/* The path of the only entry. */
static void entry_path(const struct lb_simulation_cache *cache, char *path, size_t size)
{
    char command[4096];
    snprintf(command, sizeof command, "find %s -type f", cache->folder);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(path, (int)size, f));
    path[strcspn(path, "\n")] = 0;
    pclose(f);
}

static void what_was_stored_is_known_in_another_run(void **unused)
{
    (void)unused;
    struct lb_simulation_cache cache;
    struct lb_simulated_mode modes[LB_MODES_MAX];
    size_t count;
    open_cache(&cache);
    assert_false(is_known(&cache, "key"));
    store_two(&cache, "key");
    open_cache(&cache);
    assert_true(lb_simulation_cache_load(&cache, "key", modes, &count));
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(modes[i].id, two_modes[i].id);
        assert_int_equal(modes[i].ops, two_modes[i].ops);
        assert_memory_equal(&modes[i].counts, &two_modes[i].counts, sizeof modes[i].counts);
    }
    assert_false(is_known(&cache, "key2"));
}

static void an_entry_that_was_changed_anywhere_does_not_exist(void **unused)
{
    (void)unused;
    struct lb_simulation_cache cache;
    char path[4096], text[4096];
    open_cache(&cache);
    store_two(&cache, "key");
    entry_path(&cache, path, sizeof path);
    FILE *f = fopen(path, "r");
    size_t length = fread(text, 1, sizeof text, f);
    fclose(f);
    for (size_t at = 0; at < length; at++) {
        f = fopen(path, "r+");
        fseek(f, (long)at, SEEK_SET);
        fputc(text[at] ^ 1, f);
        fclose(f);
        assert_false(is_known(&cache, "key"));
        f = fopen(path, "r+");
        fwrite(text, 1, length, f);
        fclose(f);
        assert_true(is_known(&cache, "key"));
    }
    for (size_t kept = 0; kept < length; kept++) {
        assert_int_equal(truncate(path, (off_t)kept), 0);
        assert_false(is_known(&cache, "key"));
        store_two(&cache, "key");
    }
}

static void an_entry_of_another_key_is_not_taken_for_this_one(void **unused)
{
    (void)unused;
    struct lb_simulation_cache cache;
    char path[4096], other[4096], command[10000];
    open_cache(&cache);
    store_two(&cache, "key");
    entry_path(&cache, path, sizeof path);
    snprintf(command, sizeof command, "mv %s %s.old", path, path);
    assert_int_equal(system(command), 0);
    store_two(&cache, "another");
    snprintf(command, sizeof command, "rm %s.old", path);
    assert_int_equal(system(command), 0);
    entry_path(&cache, other, sizeof other);
    snprintf(command, sizeof command, "mv %s %s", other, path); /* as if both hashed alike */
    assert_int_equal(system(command), 0);
    assert_false(is_known(&cache, "key"));
}

static void folders_of_older_programs_are_removed_and_nothing_else(void **unused)
{
    (void)unused;
    struct lb_simulation_cache cache;
    char path[256], count[16], command[256];
    open_cache(&cache);
    store_two(&cache, "key");
    snprintf(path, sizeof path, "%s/layoutbench/simulations/notes", folder);
    assert_int_equal(mkdir(path, 0777), 0);
    for (int i = 0; i < 12; i++) {
        snprintf(command, sizeof command,
                 "d=%s/layoutbench/simulations/%016x; mkdir -p $d; : >$d/entry; "
                 "touch -d '2020-01-%02d' $d",
                 folder, i, i + 1);
        assert_int_equal(system(command), 0);
    }
    open_cache(&cache);
    assert_true(is_known(&cache, "key"));
    assert_int_equal(access(path, F_OK), 0);
    snprintf(command, sizeof command, "ls %s/layoutbench/simulations | wc -l", folder);
    FILE *f = popen(command, "r");
    assert_non_null(fgets(count, sizeof count, f));
    pclose(f);
    assert_int_equal(atoi(count), LB_SIMULATION_PROGRAMS + 1);
}

static void without_a_home_nothing_is_kept_and_it_is_said(void **unused)
{
    (void)unused;
    struct lb_simulation_cache cache;
    const char *why;
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    lb_simulation_cache_open(&cache, &why);
    assert_non_null(why);
    store_two(&cache, "key");
    assert_false(is_known(&cache, "key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_stored_is_known_in_another_run, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(an_entry_that_was_changed_anywhere_does_not_exist,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_entry_of_another_key_is_not_taken_for_this_one,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(folders_of_older_programs_are_removed_and_nothing_else,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(without_a_home_nothing_is_kept_and_it_is_said, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
/* NOLINTEND(cert-env33-c) */
