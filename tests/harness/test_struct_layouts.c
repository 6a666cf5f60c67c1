/* What pahole reads from this test's own debug information, against sizeof and offsetof. */
#include "harness/base/spawn.h"
#include "harness/case/case.h"
#include "harness/run/struct_layouts.h"
#include "tests/harness/cmocka_all.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

/* A hole, a bit-field, an array, an alignment and padding at the end. */
struct test_record {
    char kind;
    uint64_t id;
    unsigned low : 3;
    unsigned high : 5;
    uint16_t codes[3];
    _Alignas(16) char tail;
};

struct test_state {
    struct test_record *records;
};

static uint64_t field(struct json_object *row, const char *key)
{
    return json_object_get_uint64(json_object_object_get(row, key));
}

static void expect_member(struct json_object *row, size_t i, const char *name, size_t offset,
                          size_t size)
{
    struct json_object *member =
        json_object_array_get_idx(json_object_object_get(row, "members"), i);
    assert_non_null(member);
    assert_string_equal(json_object_get_string(json_object_object_get(member, "name")), name);
    assert_int_equal(field(member, "offset_bytes"), offset);
    assert_int_equal(field(member, "size_bytes"), size);
}

#define EXPECT_MEMBER(row, i, name)                                                                \
    expect_member(row, i, #name, offsetof(struct test_record, name),                               \
                  sizeof(((struct test_record *)0)->name))

static void a_record_is_as_the_compiler_laid_it_out(void **state)
{
    (void)state;
    const struct lb_benchmark benchmark = {
        .family = "padding", .name = "test", .source_file = __FILE__};
    const struct lb_case c = {.benchmark = &benchmark};
    const struct lb_result result = {.c = &c};
    struct json_object *rows = NULL;
    struct lb_error error;
    char path[256];
    if (!lb_spawn_find("pahole", path, sizeof path)) {
        print_message("pahole is not installed\n");
        skip();
    }
    assert_int_equal(lb_struct_layouts(&result, 1, &rows, &error), LB_OK);
    assert_int_equal(json_object_array_length(rows), 1); /* the state is no record */
    struct json_object *row = json_object_array_get_idx(rows, 0);
    assert_string_equal(json_object_get_string(json_object_object_get(row, "record")),
                        "test_record");
    assert_int_equal(field(row, "size_bytes"), sizeof(struct test_record));
    assert_int_equal(field(row, "lines"), 1);
    assert_int_equal(field(row, "padding_bytes"), 15);
    EXPECT_MEMBER(row, 0, kind);
    EXPECT_MEMBER(row, 1, id);
    EXPECT_MEMBER(row, 4, codes);
    EXPECT_MEMBER(row, 5, tail);
    assert_int_equal(json_object_array_length(json_object_object_get(row, "members")), 6);
    json_object_put(rows);
}

static const char printed[] =
    "/* Used at: a/b.c */\n"
    "/* <12> a/b.c:7 */\n"
    "struct thing {\n"
    "\tuint8_t                    kind;                 /*     0     1 */\n"
    "\n"
    "\t/* XXX 7 bytes hole, try to pack */\n"
    "\n"
    "\tunion {\n"
    "\t\tint                inner;                /*     8     4 */\n"
    "\t} at;                                            /*     8     8 */\n"
    "\tunsigned int               bit:1;                /*    16: 0  4 */\n"
    "\n"
    "\t/* size: 24, cachelines: 1, members: 3 */\n"
    "\t/* sum members: 13, holes: 1, sum holes: 7 */\n"
    "\t/* padding: 4 */\n"
    "};\n"
    "/* <34> ./a/b.h:7 */\n"
    "struct of_a_header {\n\tint a; /* 0 4 */\n};\n";

static void holes_unions_and_bit_fields_are_read(void **state)
{
    (void)state;
    struct json_object *rows = lb_struct_layouts_parse(printed, "a/b.c", "padding/b");
    assert_int_equal(json_object_array_length(rows), 1);
    struct json_object *row = json_object_array_get_idx(rows, 0);
    assert_int_equal(field(row, "size_bytes"), 24);
    assert_int_equal(field(row, "holes_bytes"), 7);
    assert_int_equal(field(row, "padding_bytes"), 4);
    expect_member(row, 0, "kind", 0, 1);
    expect_member(row, 1, "at", 8, 8);
    expect_member(row, 2, "bit", 16, 4);
    assert_int_equal(json_object_array_length(json_object_object_get(row, "members")), 3);
    json_object_put(rows);
}

static void a_text_that_ends_anywhere_gives_no_half_record(void **state)
{
    (void)state;
    char cut[sizeof printed];
    const char *end = strstr(printed, "};\n");
    for (size_t length = 0; length < (size_t)(end - printed); length++) {
        memcpy(cut, printed, length);
        cut[length] = 0;
        struct json_object *rows = lb_struct_layouts_parse(cut, "a/b.c", "padding/b");
        assert_int_equal(json_object_array_length(rows), 0);
        json_object_put(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_as_the_compiler_laid_it_out),
        cmocka_unit_test(holes_unions_and_bit_fields_are_read),
        cmocka_unit_test(a_text_that_ends_anywhere_gives_no_half_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
