/* test_jsonwrite.c - whatever text goes into a document, every reader takes it. */
#include "cmocka_all.h"

#include "harness/base/jsonread.h"
#include "harness/base/jsonwrite.h"

#include <string.h>

static void what_readers_would_refuse_is_replaced_and_the_rest_is_kept(void **state)
{
    static const struct {
        int line; /* of this file */
        const char *text, *written;
    } rows[] = {
        {__LINE__, "", ""},
        {__LINE__, "plain \"text\" \\ of / any kind", "plain \"text\" \\ of / any kind"},
        {__LINE__, "\xc2\xb5s \xe2\x82\xac \xf0\x9f\x90\xa7",
         "\xc2\xb5s \xe2\x82\xac \xf0\x9f\x90\xa7"},
        {__LINE__, "caf\xe9", "caf\xef\xbf\xbd"},                   /* Latin-1 */
        {__LINE__, "cut \xe2\x82", "cut \xef\xbf\xbd\xef\xbf\xbd"}, /* in mid-character */
        {__LINE__, "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},         /* overlong */
        {__LINE__, "\xe2\x82 \xac", "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd"},
        {__LINE__, "a\tb\nc\x7f", "a b c "},
        {__LINE__, "\x1b[31mred\x1b[0m", " [31mred [0m"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_object *o = lb_json_text(rows[i].text);
        if (strcmp(json_object_get_string(o), rows[i].written) != 0)
            fail_msg("line %d: '%s'", rows[i].line, json_object_get_string(o));
        json_object_put(o);
    }
    assert_null(lb_json_text(NULL));
}

static void any_three_bytes_can_be_read_back(void **state)
{
    static const char bytes[] = "\x01\t\x1f a\"\\\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc2\xdf\xe0\xe2"
                                "\xed\xef\xf0\xf1\xf4\xf5\xff";
    (void)state;
    for (size_t i = 0; bytes[i]; i++)
        for (size_t j = 0; bytes[j]; j++)
            for (size_t k = 0; bytes[k]; k++) {
                const char text[] = {bytes[i], bytes[j], bytes[k], 0};
                struct json_object *o = lb_json_text(text);
                const char *written = json_object_to_json_string(o);
                assert_int_equal(lb_json_scan("f", written, NULL), LB_OK);
                assert_null(strstr(written, "\\u00"));
                json_object_put(o);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_readers_would_refuse_is_replaced_and_the_rest_is_kept),
        cmocka_unit_test(any_three_bytes_can_be_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
