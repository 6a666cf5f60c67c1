/* test_jsonread.c - what must be refused is refused, by name and place. */
#include "harness/base/jsonread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void plain_documents_pass(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        " {\"a\": [1, -2.5e3, true, false, null, \"x\\\"y\\\\\"], \"b\": {\"a\": 0}}\n",
        "18446744073709551615",
        "-9223372036854775808",
        "0.125",
        "\"\xc2\xb5 \xe2\x82\xac \xf0\x9f\x90\xa7 \xed\x9f\xbf \xf4\x8f\xbf\xbf\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(lb_json_scan("f", texts[i], NULL), LB_OK);
}

static void what_json_c_would_swallow_is_refused_by_place(void **state)
{
    static const struct {
        int line; /* of this file */
        const char *text, *message;
    } rows[] = {
        {__LINE__, "{\"cases\": [{\"x\": NaN}]}", "f:1: $.cases[0].x: NaN"},
        {__LINE__, "{\"x\": Infinity}", "f:1: $.x: NaN and infinities"},
        {__LINE__, "{\"x\": -Infinity}", "f:1: $.x: NaN and infinities"},
        {__LINE__, "{\"a\": 1,\n\"x\": 1e400}", "f:2: $.x: a number too large to be finite"},
        {__LINE__, "{\"x\": 36893488147419103232}", "$.x: an integer too large"},
        {__LINE__, "{\"x\": -9223372036854775809}", "$.x: an integer too large"},
        {__LINE__, "{\"a\": {\"x\": 1, \"y\": 2, \"x\": 3}}", "$.a.x: this key stands twice"},
        {__LINE__, "", "$: the text ends too early"},
        {__LINE__, "{\"x\": [1, 2", "$.x: the text ends too early"},
        {__LINE__, "{\"x\": \"abc", "$.x: the text ends in a string"},
        {__LINE__, "{\"x\" 1}", "$.x: a ':' is expected"},
        {__LINE__, "{} {}", "$: something stands behind"},
        {__LINE__, "{\"x\": 01}", "$.x: not a number"},
        {__LINE__, "{\"x\": 1.2.3}", "$.x: not a number"},
        {__LINE__, "{'x': 1}", "$: a string is expected"},
        {__LINE__, "{\"x\": 1,}", "$: nothing stands behind the comma"},
        {__LINE__, "[1, ]", "$: nothing stands behind the comma"},
        {__LINE__, "<html>", "$: not JSON"},
        {__LINE__, "{\"x\": \"\xff\"}", "$.x: not UTF-8"},
        {__LINE__, "{\"x\": \"\xc3\"}", "$.x: not UTF-8"},             /* cut */
        {__LINE__, "{\"x\": \"\xe2\x82\"}", "$.x: not UTF-8"},         /* cut */
        {__LINE__, "{\"x\": \"\xc0\xaf\"}", "$.x: not UTF-8"},         /* overlong */
        {__LINE__, "{\"x\": \"\xe0\x80\xaf\"}", "$.x: not UTF-8"},     /* overlong */
        {__LINE__, "{\"x\": \"\xed\xa0\x80\"}", "$.x: not UTF-8"},     /* half of a pair */
        {__LINE__, "{\"x\": \"\xf4\x90\x80\x80\"}", "$.x: not UTF-8"}, /* beyond U+10FFFF */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lb_error error = {""};
        if (lb_json_scan("f", rows[i].text, &error) != LB_USAGE ||
            !strstr(error.text, rows[i].message))
            fail_msg("row of line %d: got '%s'", rows[i].line, error.text);
    }
}

static void nesting_without_end_is_refused(void **state)
{
    char deep[4096];
    (void)state;
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    assert_int_equal(lb_json_scan("f", deep, NULL), LB_USAGE);
}

static enum lb_status read_file(const char *text, size_t length, struct lb_error *error)
{
    char path[] = "/tmp/test_jsonread-XXXXXX";
    struct json_object *object = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    close(fd);
    enum lb_status status = lb_json_read(path, &object, error);
    if (status == LB_OK)
        status = lb_json_check_version("f", object, 1, error);
    json_object_put(object);
    unlink(path);
    return status;
}

static void a_file_of_another_version_is_refused(void **state)
{
    struct lb_error error;
    (void)state;
    assert_int_equal(read_file("{\"schema_version\": 1}", 21, &error), LB_OK);
    assert_int_equal(read_file("{\"schema_version\": 2}", 21, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "is 2, this program reads 1"));
    assert_int_equal(read_file("{}", 2, &error), LB_USAGE);
    assert_int_equal(read_file("[1]", 3, &error), LB_USAGE);
}

static void a_file_with_a_nul_byte_or_none_at_all_is_refused(void **state)
{
    struct lb_error error;
    struct json_object *object;
    (void)state;
    assert_int_equal(read_file("{}\0{}", 5, &error), LB_USAGE);
    assert_int_equal(lb_json_read("/nonexistent/x.json", &object, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "/nonexistent/x.json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_documents_pass),
        cmocka_unit_test(what_json_c_would_swallow_is_refused_by_place),
        cmocka_unit_test(nesting_without_end_is_refused),
        cmocka_unit_test(a_file_of_another_version_is_refused),
        cmocka_unit_test(a_file_with_a_nul_byte_or_none_at_all_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
