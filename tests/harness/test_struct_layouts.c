/* What pahole reads from this test's own debug information, against sizeof and offsetof. */
#include "harness/base/spawn.h"
#include "harness/case/case.h"
#include "harness/case/registry.h"
#include "harness/run/struct_layouts.h"
#include "tests/harness/cmocka_all.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static const struct lb_record test_records[] = {
    LB_RECORD(test_record, LB_MEMBER(test_record, kind), LB_MEMBER(test_record, id),
              LB_BIT_FIELD(low), LB_BIT_FIELD(high), LB_MEMBER(test_record, codes),
              LB_MEMBER(test_record, tail)),
};

static uint64_t field(struct json_object *row, const char *key)
{
    return json_object_get_uint64(json_object_object_get(row, key));
}

static const char *text(struct json_object *row, const char *key)
{
    return json_object_get_string(json_object_object_get(row, key));
}

static void expect_member(struct json_object *row, const char *name, size_t offset, size_t size)
{
    struct json_object *members = json_object_object_get(row, "members"), *member = NULL;
    for (size_t i = 0; i < json_object_array_length(members) && !member; i++)
        if (strcmp(text(json_object_array_get_idx(members, i), "name"), name) == 0)
            member = json_object_array_get_idx(members, i);
    if (!member)
        fail_msg("%s has no member '%s' by pahole", text(row, "record"), name);
    if (field(member, "offset_bytes") != offset || field(member, "size_bytes") != size)
        fail_msg("%s.%s: %" PRIu64 " bytes at %" PRIu64 " by pahole, %zu at %zu by the compiler",
                 text(row, "record"), name, field(member, "size_bytes"),
                 field(member, "offset_bytes"), size, offset);
}

/* Holes and padding are what is left over, so a member that is not named shows, too. */
static void expect_as_compiled(struct json_object *row, const struct lb_record *record)
{
    size_t count = 0;
    assert_string_equal(text(row, "record"), record->name);
    assert_int_equal(field(row, "size_bytes"), record->size_bytes);
    assert_int_equal(field(row, "lines"),
                     (record->size_bytes + LB_CACHE_LINE_BYTES - 1) / LB_CACHE_LINE_BYTES);
    for (; count < LB_RECORD_MEMBERS_MAX && record->members[count].name; count++) {
        const struct lb_record_member *m = &record->members[count];
        if (m->size_bytes > 0)
            expect_member(row, m->name, m->offset_bytes, m->size_bytes);
    }
    assert_int_equal(json_object_array_length(json_object_object_get(row, "members")), count);
}

/* Bytes that no member covers: what pahole must call holes and padding. No bit-fields. */
static void expect_what_is_left_over(struct json_object *row, const struct lb_record *record)
{
    size_t end = 0, covered = 0;
    for (size_t i = 0; i < LB_RECORD_MEMBERS_MAX && record->members[i].name; i++) {
        const struct lb_record_member *m = &record->members[i];
        if (m->size_bytes == 0)
            return;
        covered += m->size_bytes;
        end = m->offset_bytes + m->size_bytes > end ? m->offset_bytes + m->size_bytes : end;
    }
    assert_int_equal(field(row, "padding_bytes"), record->size_bytes - end);
    assert_int_equal(field(row, "holes_bytes"), end - covered);
}

static bool there_is_a_pahole(void)
{
    char path[256];
    return lb_spawn_find("pahole", path, sizeof path);
}

static void a_record_is_as_the_compiler_laid_it_out(void **state)
{
    (void)state;
    const struct lb_benchmark benchmark = {.family = "any",
                                           .name = "test",
                                           .source_file = __FILE__,
                                           .records = test_records,
                                           .record_count = LB_COUNT_OF(test_records)};
    const struct lb_case c = {.benchmark = &benchmark};
    const struct lb_result result = {.c = &c};
    struct json_object *rows = NULL;
    struct lb_error error;
    if (!there_is_a_pahole()) {
        print_message("pahole is not installed\n");
        skip();
    }
    assert_int_equal(lb_struct_layouts(&result, 1, &rows, &error), LB_OK);
    assert_int_equal(json_object_array_length(rows), 1); /* the state is no record */
    struct json_object *row = json_object_array_get_idx(rows, 0);
    expect_as_compiled(row, &test_records[0]);
    assert_int_equal(field(row, "padding_bytes"), 15);
    assert_string_equal(text(row, "benchmark"), "any/test");
    json_object_put(rows);
}

/* A pahole that does what the script says, in front of any other. */
static enum lb_status with_a_pahole(const char *script, const struct lb_result *result,
                                    struct lb_error *error)
{
    char folder[] = "/tmp/layoutbench-test-XXXXXX", tool[64];
    char *before = strdup(getenv("PATH"));
    struct json_object *rows = NULL;
    assert_non_null(mkdtemp(folder));
    snprintf(tool, sizeof tool, "%s/pahole", folder);
    FILE *f = fopen(tool, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", script);
    fclose(f);
    chmod(tool, 0700);
    setenv("PATH", folder, 1);
    enum lb_status status = lb_struct_layouts(result, 1, &rows, error);
    setenv("PATH", before, 1);
    free(before);
    unlink(tool);
    rmdir(folder);
    json_object_put(rows);
    return status;
}

static void a_pahole_that_fails_or_finds_nothing_is_unavailable_with_the_reason(void **state)
{
    const struct lb_benchmark names_none = {
        .family = "any", .name = "none", .source_file = __FILE__};
    struct lb_benchmark names_one = names_none;
    const struct lb_case one = {.benchmark = &names_one}, none = {.benchmark = &names_none};
    const struct lb_result result_of_one = {.c = &one}, result_of_none = {.c = &none};
    struct lb_error error;
    (void)state;
    names_one.records = test_records;
    names_one.record_count = LB_COUNT_OF(test_records);
    assert_int_equal(with_a_pahole("exit 3", &result_of_one, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "pahole failed with status 3"));
    assert_int_equal(with_a_pahole("echo", &result_of_one, &error), LB_UNAVAILABLE);
    assert_non_null(strstr(error.text, "found none of the records"));
    assert_int_equal(with_a_pahole("echo", &result_of_none, &error), LB_OK);
}

static struct json_object *row_of(struct json_object *rows, const struct lb_record *record)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++)
        if (strcmp(text(json_object_array_get_idx(rows, i), "record"), record->name) == 0)
            return json_object_array_get_idx(rows, i);
    fail_msg("pahole has no record %s", record->name);
    return NULL;
}

static size_t expect_all_records(const struct lb_benchmark *b)
{
    const struct lb_case c = {.benchmark = b};
    const struct lb_result result = {.c = &c};
    struct json_object *rows = NULL;
    struct lb_error error;
    assert_int_equal(lb_struct_layouts(&result, 1, &rows, &error), LB_OK);
    assert_int_equal(json_object_array_length(rows), b->record_count);
    for (size_t i = 0; i < b->record_count; i++) {
        struct json_object *row = row_of(rows, &b->records[i]);
        expect_as_compiled(row, &b->records[i]);
        expect_what_is_left_over(row, &b->records[i]);
    }
    json_object_put(rows);
    return b->record_count;
}

static void every_record_of_the_suite_is_as_sizeof_and_offsetof_say(void **state)
{
    size_t records = 0;
    (void)state;
    if (!there_is_a_pahole()) {
        print_message("pahole is not installed\n");
        skip();
    }
    for (size_t i = 0; lb_benchmark_list[i]; i++)
        if (lb_benchmark_list[i]->record_count > 0)
            records += expect_all_records(lb_benchmark_list[i]);
    assert_true(records > 0);
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

static const struct lb_record printed_records[] = {{.name = "thing"}, {.name = "of_a_header"}};
static const struct lb_benchmark printed_benchmark = {.family = "padding",
                                                      .name = "b",
                                                      .source_file = "a/b.c",
                                                      .records = printed_records,
                                                      .record_count = 2};

static void holes_unions_and_bit_fields_are_read(void **state)
{
    (void)state;
    struct json_object *rows = lb_struct_layouts_parse(printed, &printed_benchmark);
    assert_int_equal(json_object_array_length(rows), 1);
    struct json_object *row = json_object_array_get_idx(rows, 0);
    assert_int_equal(field(row, "size_bytes"), 24);
    assert_int_equal(field(row, "holes_bytes"), 7);
    assert_int_equal(field(row, "padding_bytes"), 4);
    expect_member(row, "kind", 0, 1);
    expect_member(row, "at", 8, 8);
    expect_member(row, "bit", 16, 4);
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
        struct json_object *rows = lb_struct_layouts_parse(cut, &printed_benchmark);
        assert_int_equal(json_object_array_length(rows), 0);
        json_object_put(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_as_the_compiler_laid_it_out),
        cmocka_unit_test(a_pahole_that_fails_or_finds_nothing_is_unavailable_with_the_reason),
        cmocka_unit_test(every_record_of_the_suite_is_as_sizeof_and_offsetof_say),
        cmocka_unit_test(holes_unions_and_bit_fields_are_read),
        cmocka_unit_test(a_text_that_ends_anywhere_gives_no_half_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
