/* test_place_json.c - values taken out of a file one by one, each refused by its place. */
#include "tests/harness/cmocka_all.h"

#include "ci/place_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct lb_place top;
static struct lb_error error;

/* The members of an object of version 1. */
static void parse(const char *members)
{
    char text[512];
    json_object_put(top.value);
    snprintf(text, sizeof text, "{\"schema_version\": 1, %s}", members);
    if (lb_place_parse("f", text, 1, &top, &error) != LB_OK)
        fail_msg("%s", error.text);
}

static int forget(void **state)
{
    (void)state;
    json_object_put(top.value);
    top.value = NULL;
    return 0;
}

static void assert_says(enum lb_status status, const char *sentence)
{
    assert_int_equal(status, LB_USAGE);
    assert_string_equal(error.text, sentence);
}

static void a_number_lies_within_its_bounds_and_they_belong_to_it(void **state)
{
    double number = 0;
    (void)state;
    parse("\"low\": 0, \"high\": 2.5, \"below\": -1e-9, \"above\": 2.6, \"text\": \"1\"");
    assert_int_equal(lb_place_number(&top, "low", 0, 2.5, &number, &error), LB_OK);
    assert_true(number == 0);
    assert_int_equal(lb_place_number(&top, "high", 0, 2.5, &number, &error), LB_OK);
    assert_true(number == 2.5);
    assert_says(lb_place_number(&top, "below", 0, 2.5, &number, &error),
                "f: $.below: -1e-09 is not from 0 to 2.5");
    assert_says(lb_place_number(&top, "above", 0, 2.5, &number, &error),
                "f: $.above: 2.6 is not from 0 to 2.5");
    assert_says(lb_place_number(&top, "text", 0, 2.5, &number, &error), "f: $.text: not a number");
}

static void null_is_unknown_where_it_is_allowed_and_missing_is_not(void **state)
{
    double number = 1;
    char text[8] = "before";
    (void)state;
    parse("\"null\": null, \"three\": 3, \"word\": \"abc\"");
    assert_int_equal(lb_place_number_or_null(&top, "null", 0, 9, &number, &error), LB_OK);
    assert_true(isnan(number));
    assert_int_equal(lb_place_number_or_null(&top, "three", 0, 9, &number, &error), LB_OK);
    assert_true(number == 3);
    assert_int_equal(lb_place_text_or_null(&top, "null", text, sizeof text, &error), LB_OK);
    assert_string_equal(text, "");
    assert_int_equal(lb_place_text_or_null(&top, "word", text, sizeof text, &error), LB_OK);
    assert_string_equal(text, "abc");
    assert_says(lb_place_number_or_null(&top, "none", 0, 9, &number, &error), "f: $.none: missing");
    assert_says(lb_place_text_or_null(&top, "none", text, sizeof text, &error),
                "f: $.none: missing");
    assert_says(lb_place_number(&top, "null", 0, 9, &number, &error), "f: $.null: not a number");
    assert_says(lb_place_text(&top, "null", text, sizeof text, &error), "f: $.null: not a text");
}

static void a_count_is_exact_up_to_the_largest_and_never_below_zero(void **state)
{
    uint64_t count = 0;
    (void)state;
    parse("\"largest\": 18446744073709551615, \"below\": -1, \"part\": 1.0");
    assert_int_equal(lb_place_count(&top, "largest", &count, &error), LB_OK);
    assert_true(count == UINT64_MAX);
    assert_says(lb_place_count(&top, "below", &count, &error), "f: $.below: below 0");
    assert_says(lb_place_count(&top, "part", &count, &error), "f: $.part: not a whole number");
}

static void a_text_fits_and_is_one_line(void **state)
{
    char text[4];
    (void)state;
    parse("\"fits\": \"abc\", \"long\": \"abcd\", \"lines\": \"a\\nb\", \"nul\": \"a\\u0000\", "
          "\"del\": \"\\u007f\", \"word\": \"\xc3\xa9\"");
    assert_int_equal(lb_place_text(&top, "fits", text, sizeof text, &error), LB_OK);
    assert_string_equal(text, "abc");
    assert_int_equal(lb_place_text(&top, "word", text, sizeof text, &error), LB_OK);
    assert_string_equal(text, "\xc3\xa9");
    assert_says(lb_place_text(&top, "long", text, sizeof text, &error),
                "f: $.long: longer than 3 bytes");
    static const char *const steering[] = {"lines", "nul", "del"};
    for (size_t i = 0; i < COUNT_OF(steering); i++) {
        assert_int_equal(lb_place_text(&top, steering[i], text, sizeof text, &error), LB_USAGE);
        assert_non_null(strstr(error.text, "holds a control character"));
    }
}

static void a_name_that_the_file_chose_is_as_strict(void **state)
{
    char name[4];
    (void)state;
    parse("\"a\": {}");
    assert_int_equal(lb_place_name(&top, "abc", name, sizeof name, &error), LB_OK);
    assert_string_equal(name, "abc");
    assert_says(lb_place_name(&top, "abcd", name, sizeof name, &error),
                "f: $: a field's name is longer than 3 bytes");
    assert_says(lb_place_name(&top, "a\nb", name, sizeof name, &error),
                "f: $: a field's name holds a control character");
}

static void a_path_leads_through_members_and_items(void **state)
{
    struct lb_place array, item;
    bool flag = false;
    (void)state;
    parse("\"a\": [true, {\"b\": 1, \"c\": true}]");
    assert_int_equal(lb_place_member(&top, "a", json_type_array, &array, &error), LB_OK);
    assert_int_equal(lb_place_item(&array, 1, json_type_object, &item, &error), LB_OK);
    assert_int_equal(lb_place_bool(&item, "c", &flag, &error), LB_OK);
    assert_true(flag);
    assert_says(lb_place_bool(&item, "b", &flag, &error), "f: $.a[1].b: not true or false");
    assert_says(lb_place_item(&array, 0, json_type_string, &item, &error), "f: $.a[0]: not a text");
    assert_says(lb_place_member(&top, "a", json_type_object, &item, &error),
                "f: $.a: not an object");
    assert_says(lb_place_member(&top, "b", json_type_object, &item, &error), "f: $.b: missing");
}

static void an_unknown_field_is_named_with_the_nearest_that_is_known(void **state)
{
    static const char *const keys[] = {"schema_version", "allowance", "reason"};
    (void)state;
    parse("\"reason\": 1");
    assert_int_equal(lb_place_only(&top, keys, COUNT_OF(keys), &error), LB_OK);
    parse("\"alowance\": 1");
    assert_says(lb_place_only(&top, keys, COUNT_OF(keys), &error),
                "f: $: unknown field 'alowance'; did you mean 'allowance'?");
    parse("\"xyz\": 1");
    assert_says(lb_place_only(&top, keys, COUNT_OF(keys), &error), "f: $: unknown field 'xyz'");
}

static void what_is_no_document_of_this_version_leaves_nothing_to_free(void **state)
{
    static const char *const texts[] = {
        "", "{", "[1]", "null", "{}", "{\"schema_version\": 2}", "{\"schema_version\": \"1\"}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct lb_place place;
        assert_int_equal(lb_place_parse("f", texts[i], 1, &place, &error), LB_USAGE);
        assert_int_equal(strncmp(error.text, "f:", 2), 0);
        assert_null(place.value);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_lies_within_its_bounds_and_they_belong_to_it),
        TEST(null_is_unknown_where_it_is_allowed_and_missing_is_not),
        TEST(a_count_is_exact_up_to_the_largest_and_never_below_zero),
        TEST(a_text_fits_and_is_one_line),
        TEST(a_name_that_the_file_chose_is_as_strict),
        TEST(a_path_leads_through_members_and_items),
        TEST(an_unknown_field_is_named_with_the_nearest_that_is_known),
        TEST(what_is_no_document_of_this_version_leaves_nothing_to_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
