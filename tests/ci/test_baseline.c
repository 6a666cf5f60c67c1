/* test_baseline.c - when a stored baseline stays as it was, and what is left beside it. */
#include "ci/baseline.h"
#include "tests/ci/edited_json.h"

#include <sys/stat.h>

#define COUNTED "tests/ci/toy_counts.json"

static char folder[] = "/tmp/test_baseline.XXXXXX";
static char stored[sizeof folder + 16], document[sizeof folder + 16], accepted[sizeof folder + 16];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(stored, sizeof stored, "%s/stored.json", folder);
    snprintf(document, sizeof document, "%s/head.json", folder);
    snprintf(accepted, sizeof accepted, "%s/accepted.json", folder);
    return 0;
}

/* Fails where something else was left behind. */
static int remove_folder(void **state)
{
    (void)state;
    unlink(stored);
    unlink(document);
    unlink(accepted);
    return rmdir(folder);
}

/* The made-up document without the simulation's counts of its first cases. */
static void make_document(const char *path, size_t uncounted)
{
    struct json_object *whole = json_object_from_file(COUNTED);
    assert_non_null(whole);
    for (size_t i = 0; i < uncounted; i++) {
        char pointer[64];
        snprintf(pointer, sizeof pointer, "/cases/%zu/simulated", i);
        edit_json(&whole, &(struct edit){__LINE__, pointer, "{}", ""});
    }
    assert_int_equal(json_object_to_file_ext(path, whole, JSON_C_TO_STRING_PLAIN), 0);
    json_object_put(whole);
}

/* What it says goes to `said`. */
static enum lb_status write_baseline(const struct lb_gate_options *options, char said[4096],
                                     enum lb_gate_exit *exit_status)
{
    struct lb_error error;
    memset(said, 0, 4096);
    FILE *out = fmemopen(said, 4096, "w");
    assert_non_null(out);
    enum lb_status status = lb_baseline_write(options, out, exit_status, &error);
    fclose(out);
    return status;
}

static size_t stored_cases(void)
{
    struct json_object *cases = NULL, *whole = json_object_from_file(stored);
    assert_non_null(whole);
    assert_int_equal(json_pointer_get(whole, "/cases", &cases), 0);
    size_t counted = 0;
    for (size_t i = 0; i < json_object_array_length(cases); i++) {
        struct json_object *one = json_object_array_get_idx(cases, i), *simulated = NULL;
        json_object_object_get_ex(one, "simulated", &simulated);
        counted += json_object_object_length(simulated) > 0;
    }
    json_object_put(whole);
    return counted;
}

static void a_document_in_which_nothing_was_counted_is_not_stored(void **state)
{
    const struct lb_gate_options options = {.write_baseline = stored, .head_results = document};
    enum lb_gate_exit exit_status = LB_GATE_EXIT_PASS;
    char said[4096];
    (void)state;
    make_document(document, 10);
    unlink(stored);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_SET_CHANGED);
    assert_non_null(strstr(said, "not stored: nothing was counted"));
    assert_int_not_equal(access(stored, F_OK), 0);
    make_document(document, 9); /* one is enough */
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_PASS);
    assert_non_null(strstr(said, "stored the counts of 1 cases in "));
}

static void counts_that_were_lost_leave_the_stored_ones_and_new_ones_replace_them(void **state)
{
    const struct lb_gate_options options = {.write_baseline = stored, .head_results = document};
    enum lb_gate_exit exit_status = LB_GATE_EXIT_PASS;
    char said[4096];
    (void)state;
    make_document(stored, 0);
    make_document(document, 1);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_SET_CHANGED);
    assert_non_null(strstr(said, "lost its counts: the head has none"));
    assert_int_equal(stored_cases(), 10);
    make_document(stored, 1);
    make_document(document, 0);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_PASS);
    assert_int_equal(stored_cases(), 10);
}

/* The stored document becomes one of another compiler. */
static void store_elsewhere(void)
{
    static const struct edit compiler = {
        __LINE__, "/machine/fingerprints/environment_fields/compiler", "\"clang 14\"", ""};
    struct json_object *whole = json_object_from_file(stored);
    assert_non_null(whole);
    edit_json(&whole, &compiler);
    assert_int_equal(json_object_to_file_ext(stored, whole, JSON_C_TO_STRING_PLAIN), 0);
    json_object_put(whole);
}

static void counts_that_were_lost_leave_what_another_environment_stored(void **state)
{
    const struct lb_gate_options options = {.write_baseline = stored, .head_results = document};
    enum lb_gate_exit exit_status = LB_GATE_EXIT_PASS;
    char said[4096];
    (void)state;
    make_document(stored, 0);
    store_elsewhere();
    make_document(document, 1);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_SET_CHANGED);
    assert_non_null(strstr(said, "lost its counts: the head has none"));
    assert_int_equal(stored_cases(), 10);
    make_document(document, 0); /* another environment alone is no reason */
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_PASS);
    assert_non_null(strstr(said, "compiler: environment not comparable"));
}

/* The first case of the document has failed. */
static void make_failed_document(const char *path)
{
    static const struct edit failed = {__LINE__, "/cases/0/status", "\"error\"", ""};
    static const struct edit reason = {__LINE__, "/cases/0/reason", "\"killed\"", ""};
    make_document(path, 0);
    struct json_object *whole = json_object_from_file(path);
    assert_non_null(whole);
    edit_json(&whole, &failed);
    edit_json(&whole, &reason);
    assert_int_equal(json_object_to_file_ext(path, whole, JSON_C_TO_STRING_PLAIN), 0);
    json_object_put(whole);
}

static void a_first_baseline_holds_a_failed_case_only_if_a_reviewer_agreed(void **state)
{
    struct lb_gate_options options = {.write_baseline = stored, .head_results = document};
    enum lb_gate_exit exit_status = LB_GATE_EXIT_PASS;
    char said[4096];
    (void)state;
    make_failed_document(document);
    unlink(stored);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_SET_CHANGED);
    assert_non_null(strstr(said, ": killed"));
    assert_int_not_equal(access(stored, F_OK), 0);
    options.accepted = accepted;
    FILE *file = fopen(accepted, "we");
    assert_non_null(file);
    fputs("{\"schema_version\": 1, \"accepted\": [{\"cases\": \"*\", \"metric\": \"case\", "
          "\"limit\": null, \"reason\": \"known\", \"expires\": \"2999-12-31\"}]}",
          file);
    fclose(file);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_OK);
    assert_int_equal(exit_status, LB_GATE_EXIT_PASS);
    assert_int_equal(access(stored, F_OK), 0);
}

/* It writes half a document where it is told to, and ends with an error. */
static void make_program(const char *path)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\necho '{' >'%s.candidate'\nexit 3\n", stored);
    fclose(file);
    assert_int_equal(chmod(path, 0700), 0);
}

static void a_program_that_cannot_count_leaves_the_stored_file_and_no_candidate(void **state)
{
    const struct lb_gate_options options = {
        .write_baseline = stored, .head_binary = document, .quiet = true};
    enum lb_gate_exit exit_status = LB_GATE_EXIT_PASS;
    char said[4096];
    (void)state;
    make_document(stored, 0);
    make_program(document);
    assert_int_equal(write_baseline(&options, said, &exit_status), LB_CHILD);
    assert_int_equal(stored_cases(), 10);
    snprintf(said, sizeof said, "%s.candidate", stored);
    assert_int_not_equal(access(said, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_in_which_nothing_was_counted_is_not_stored),
        cmocka_unit_test(counts_that_were_lost_leave_the_stored_ones_and_new_ones_replace_them),
        cmocka_unit_test(counts_that_were_lost_leave_what_another_environment_stored),
        cmocka_unit_test(a_first_baseline_holds_a_failed_case_only_if_a_reviewer_agreed),
        cmocka_unit_test(a_program_that_cannot_count_leaves_the_stored_file_and_no_candidate),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
