/* test_check.c - a check is the same in the document and on the terminal. */
#include "cmocka_all.h"

#include "harness/document/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *printed(struct json_object *checks)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    lb_check_print(out, checks);
    fclose(out);
    return text;
}

static void an_unknown_figure_is_null(void **state)
{
    const struct lb_check check = {
        .id = "a", .title = "A", .unit = "%", .status = "unknown", .figure = NAN};
    struct json_object *checks = json_object_new_array();
    (void)state;
    lb_check_add(checks, &check, "%s is not known.", "It");
    struct json_object *row = json_object_array_get_idx(checks, 0);
    assert_true(json_object_object_get_ex(row, "figure", NULL));
    assert_null(json_object_object_get(row, "figure"));
    assert_string_equal(json_object_get_string(json_object_object_get(row, "text")),
                        "It is not known.");
    json_object_put(checks);
}

static void a_sentence_has_one_line_also_where_two_figures_share_it(void **state)
{
    struct lb_check check = {.id = "a", .title = "A", .unit = "%", .status = "pass", .figure = 1};
    struct json_object *checks = json_object_new_array();
    (void)state;
    lb_check_add(checks, &check, "Two figures.");
    lb_check_add(checks, &check, "Two figures.");
    check.status = "warn";
    lb_check_add(checks, &check, "Another.");
    char *text = printed(checks);
    assert_string_equal(text, "\nCan this run be believed?\n"
                              "  pass     Two figures.\n"
                              "  warn     Another.\n");
    free(text);
    json_object_put(checks);
}

static void without_checks_nothing_is_printed(void **state)
{
    struct json_object *checks = json_object_new_array();
    (void)state;
    char *text = printed(checks);
    assert_string_equal(text, "");
    free(text);
    json_object_put(checks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_figure_is_null),
        cmocka_unit_test(a_sentence_has_one_line_also_where_two_figures_share_it),
        cmocka_unit_test(without_checks_nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
