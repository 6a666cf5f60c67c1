/* test_conditions.c - every sentence is complete, and each condition is said once. */
#include "harness/machine/conditions.h"

#include "harness/base/jsonread.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_condition_has_its_words(void **unused)
{
    (void)unused;
    for (int id = 0; id < LB_CONDITION_COUNT; id++) {
        struct lb_conditions conditions = {0};
        const char *name = lb_condition_name((enum lb_condition_id)id);
        const char *advice = lb_condition_advice((enum lb_condition_id)id);
        assert_non_null(name);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        assert_int_equal(advice[strlen(advice) - 1], '.');
        assert_null(strstr(advice, "{}"));
        lb_conditions_note_detail(&conditions, (enum lb_condition_id)id, "DETAIL");
        const char *message = conditions.noticed[0].message;
        assert_null(strstr(message, "{}"));
        assert_int_equal(message[strlen(message) - 1], '.');
        for (int other = 0; other < id; other++)
            assert_string_not_equal(name, lb_condition_name((enum lb_condition_id)other));
    }
}

static void a_detail_takes_its_place_in_the_message(void **unused)
{
    (void)unused;
    struct lb_conditions conditions = {0};
    lb_conditions_note_detail(&conditions, LB_CONDITION_SWAP, "%d MiB", 12);
    assert_string_equal(conditions.noticed[0].message, "12 MiB of swap are in use.");
}

static void conditions_keep_the_order_of_the_table_and_come_once(void **unused)
{
    (void)unused;
    struct lb_conditions conditions = {0};
    lb_conditions_note(&conditions, LB_CONDITION_SMT);
    lb_conditions_note_detail(&conditions, LB_CONDITION_STEAL, "1 %%");
    lb_conditions_note(&conditions, LB_CONDITION_NO_PAHOLE);
    lb_conditions_note_detail(&conditions, LB_CONDITION_STEAL, "2 %%");
    assert_int_equal(conditions.count, 3);
    assert_int_equal(conditions.noticed[0].id, LB_CONDITION_NO_PAHOLE);
    assert_int_equal(conditions.noticed[1].id, LB_CONDITION_SMT);
    assert_int_equal(conditions.noticed[2].id, LB_CONDITION_STEAL);
    assert_non_null(strstr(conditions.noticed[2].message, "2 %"));
}

static void all_conditions_fit_at_once_and_into_the_document(void **unused)
{
    (void)unused;
    struct lb_conditions conditions = {0};
    for (int id = LB_CONDITION_COUNT; id-- > 0;)
        lb_conditions_note(&conditions, (enum lb_condition_id)id);
    assert_int_equal(conditions.count, LB_CONDITION_COUNT);
    struct json_object *array = lb_conditions_to_json(&conditions), *value;
    assert_int_equal(json_object_array_length(array), LB_CONDITION_COUNT);
    for (size_t i = 0; i < LB_CONDITION_COUNT; i++) {
        struct json_object *row = json_object_array_get_idx(array, i);
        assert_int_equal(json_object_object_length(row), 4);
        assert_true(json_object_object_get_ex(row, "severity", &value));
        assert_string_equal(json_object_get_string(value),
                            lb_condition_severity((enum lb_condition_id)i) == LB_SEVERITY_WARNING
                                ? "warning"
                                : "info");
    }
    json_object_put(array);
}

static void a_process_name_cut_in_mid_character_leaves_a_document_that_can_be_read(void **unused)
{
    (void)unused;
    struct lb_conditions conditions = {0};
    lb_conditions_note_detail(&conditions, LB_CONDITION_BUSY_PROCESSES, "%s", "caf\xc3");
    struct json_object *array = lb_conditions_to_json(&conditions), *message;
    assert_int_equal(lb_json_scan("f", json_object_to_json_string(array), NULL), LB_OK);
    message = json_object_object_get(json_object_array_get_idx(array, 0), "message");
    assert_string_equal(json_object_get_string(message),
                        "Other processes are busy: caf\xef\xbf\xbd.");
    json_object_put(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_has_its_words),
        cmocka_unit_test(a_detail_takes_its_place_in_the_message),
        cmocka_unit_test(conditions_keep_the_order_of_the_table_and_come_once),
        cmocka_unit_test(all_conditions_fit_at_once_and_into_the_document),
        cmocka_unit_test(a_process_name_cut_in_mid_character_leaves_a_document_that_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
