/* test_counters.c - the counters of the machine that the tests run on, whatever it has. */
#include "harness/counters/counters.h"
#include "harness/counters/counters_json.h"
#include "tests/harness/cmocka_all.h"

#include <json-c/json.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096, PAGES = 256 };

static struct lb_counter_session *open_session(void)
{
    struct lb_counter_session *session = NULL;
    struct lb_error error;
    assert_int_equal(lb_counters_open(-1, NULL, &session, &error), LB_OK);
    return session;
}

static void every_counter_is_found_by_its_name(void **state)
{
    (void)state;
    for (int c = 0; c < LB_COUNTER_COUNT; c++)
        assert_int_equal(lb_counter_by_name(lb_counter_name((enum lb_counter)c)), c);
    assert_int_equal(lb_counter_by_name("cache_misses"), -1);
}

static void a_counter_is_counted_or_says_why_not(void **state)
{
    (void)state;
    struct lb_counter_session *session = open_session();
    const struct lb_counter_info *info = lb_counters_info(session);
    for (int c = 0; c < LB_COUNTER_COUNT; c++) {
        bool counted = info[c].status == LB_COUNTED;
        assert_int_equal(counted, info[c].reason[0] == '\0');
        assert_int_equal(counted, info[c].source != NULL);
        assert_int_equal(counted, info[c].pass >= 0);
        assert_int_equal(counted, info[c].counts != NULL);
    }
    lb_counters_close(session);
}

static void an_unavailable_counter_is_not_zero(void **state)
{
    (void)state;
    struct lb_counter_session *session = open_session();
    const struct lb_counter_info *info = lb_counters_info(session);
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    memset(deltas, 0xff, sizeof deltas);
    lb_counters_begin(session, 0);
    lb_counters_end(session, 0, deltas);
    for (int c = 0; c < LB_COUNTER_COUNT; c++)
        if (info[c].status != LB_COUNTED)
            assert_false(deltas[c].valid);
    lb_counters_close(session);
}

/* MADV_NOHUGEPAGE, or one fault would bring in 512 pages. */
static char *new_pages(void)
{
    char *pages = mmap(NULL, (size_t)PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    madvise(pages, (size_t)PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
    return pages;
}

/* The address sanitizer would touch pages of its own, one for each eight of these. */
__attribute__((no_sanitize("address"))) static void touch(char *pages)
{
    for (size_t i = 0; i < PAGES; i++)
        ((volatile char *)pages)[i * PAGE_BYTES] = 1;
}

static void each_page_touched_first_is_one_fault(void **state)
{
    (void)state;
    struct lb_counter_session *session = open_session();
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    lb_counters_begin(session, 0);
    lb_counters_end(session, 0, deltas);
    char *pages = new_pages();
    lb_counters_begin(session, 0);
    touch(pages);
    lb_counters_end(session, 0, deltas);
    assert_true(deltas[LB_COUNTER_PAGE_FAULTS].valid);
    assert_int_equal(deltas[LB_COUNTER_PAGE_FAULTS].value, PAGES);
    munmap(pages, (size_t)PAGES * PAGE_BYTES);
    lb_counters_close(session);
}

static void the_document_has_null_where_a_counter_cannot_be_had(void **state)
{
    (void)state;
    struct lb_counter_session *session = open_session();
    const struct lb_counter_info *info = lb_counters_info(session);
    struct json_object *array = lb_counters_to_json(session);
    assert_int_equal(json_object_array_length(array), LB_COUNTER_COUNT);
    for (size_t c = 0; c < LB_COUNTER_COUNT; c++) {
        struct json_object *counter = json_object_array_get_idx(array, c), *source, *reason;
        assert_true(json_object_object_get_ex(counter, "source", &source));
        assert_true(json_object_object_get_ex(counter, "reason", &reason));
        assert_int_equal(source == NULL, info[c].status != LB_COUNTED);
        assert_int_equal(reason == NULL, info[c].status == LB_COUNTED);
    }
    json_object_put(array);
    lb_counters_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counter_is_found_by_its_name),
        cmocka_unit_test(a_counter_is_counted_or_says_why_not),
        cmocka_unit_test(an_unavailable_counter_is_not_zero),
        cmocka_unit_test(each_page_touched_first_is_one_fault),
        cmocka_unit_test(the_document_has_null_where_a_counter_cannot_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
