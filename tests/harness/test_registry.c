/* test_registry.c - a descriptor that is wrong is refused by name, before anything is measured. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/case/case.h"

#include <string.h>

static struct lb_error error;

static enum lb_status check(const struct lb_benchmark *b)
{
    const struct lb_benchmark *const list[] = {b, NULL};
    return lb_registry_check(list, &error);
}

static void well_formed_descriptors_pass(void **state)
{
    (void)state;
    assert_int_equal(lb_registry_check(lb_benchmark_list, &error), LB_OK);
}

static void two_benchmarks_of_one_name_are_refused(void **state)
{
    const struct lb_benchmark *const twice[] = {&fake_rungs, &fake_rungs, NULL};
    (void)state;
    assert_int_equal(lb_registry_check(twice, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "two benchmarks are named fake/rungs"));
}

static void two_variants_of_one_name_are_refused(void **state)
{
    struct lb_variant variants[] = {fake_variants[0], fake_variants[0]};
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.variants = variants;
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "two variants named 'plain'"));
}

static void names_with_other_letters_are_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.name = "Rungs";
    assert_int_equal(check(&b), LB_USAGE);
    b = fake_rungs;
    b.modes[1] = "in dependent";
    assert_int_equal(check(&b), LB_USAGE);
    struct lb_variant v = fake_variants[0];
    v.name = "a/b";
    b = fake_rungs;
    b.variants = &v;
    b.variant_count = 1;
    assert_int_equal(check(&b), LB_USAGE);
}

static void two_modes_of_one_name_are_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.modes[1] = b.modes[0];
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "two modes named 'dependent,hit'"));
}

static void a_parameter_is_spelled_like_other_names_and_has_each_value_once(void **state)
{
    struct lb_benchmark b = fake_parameter;
    const uint64_t twice[] = {8, 64, 8, 0};
    (void)state;
    b.parameter = "stride=";
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "parameter name 'stride='"));
    b = fake_parameter;
    b.parameter_values = twice;
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "the value 8 of stride_bytes twice"));
}

/* A name of that many letters. */
static const char *name_of(size_t length)
{
    static char name[256];
    memset(name, 'a', length);
    name[length] = 0;
    return name;
}

static void names_that_would_be_cut_are_refused(void **state)
{
    const size_t id = sizeof "fake//plain/dependent,hit/ws=1024MiB" - 1;
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.name = name_of(LB_CASE_ID_BYTES - 1 - id);
    assert_int_equal(check(&b), LB_OK);
    b.name = name_of(LB_CASE_ID_BYTES - id);
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "more than 191 characters; shorten a name"));
    b = fake_rungs;
    b.modes[1] = name_of(63); /* as `exec` reads it */
    assert_int_equal(check(&b), LB_OK);
    b.modes[1] = name_of(64);
    assert_int_equal(check(&b), LB_USAGE);
    b = fake_parameter;
    b.parameter = name_of(LB_POINT_LABEL_BYTES - sizeof "=64");
    assert_int_equal(check(&b), LB_OK);
    b.parameter = name_of(LB_POINT_LABEL_BYTES - sizeof "=64" + 1);
    assert_int_equal(check(&b), LB_USAGE);
}

static void a_missing_part_is_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.expected = NULL;
    assert_int_equal(check(&b), LB_USAGE);
    b = fake_rungs;
    b.reference_element_bytes = 0;
    assert_int_equal(check(&b), LB_USAGE);
    b = fake_parameter;
    b.parameter_values = NULL;
    assert_int_equal(check(&b), LB_USAGE);
    struct lb_variant v = fake_variants[0];
    v.create = NULL;
    b = fake_rungs;
    b.variants = &v;
    b.variant_count = 1;
    assert_int_equal(check(&b), LB_USAGE);
}

static void a_headline_is_a_ratio_of_this_benchmark(void **state)
{
    struct lb_benchmark b = fake_rungs;
    struct lb_variant variants[] = {fake_variants[0], fake_variants[1]};
    (void)state;
    b.variants = variants;
    b.headline = (struct lb_headline){.variant = "other", .mode = b.modes[0]};
    assert_int_equal(check(&b), LB_OK);
    b.headline.mode = b.modes[1]; /* which it does not have */
    assert_int_equal(check(&b), LB_USAGE);
    b.headline = (struct lb_headline){.variant = "plain", .mode = b.modes[0]};
    assert_int_equal(check(&b), LB_USAGE);
    b.headline = (struct lb_headline){.leads_family = true};
    assert_int_equal(check(&b), LB_USAGE);
    b.headline = (struct lb_headline){.variant = "other", .mode = b.modes[0]};
    variants[0].other_work = "sleeps";
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "compares different work"));
}

static void a_family_has_one_lead(void **state)
{
    struct lb_benchmark a = fake_rungs, b = fake_rungs;
    const struct lb_benchmark *const both[] = {&a, &b, NULL};
    (void)state;
    a.headline = (struct lb_headline){"other", a.modes[0], true};
    b.headline = a.headline;
    b.name = "again";
    assert_int_equal(lb_registry_check(both, &error), LB_USAGE);
    assert_non_null(strstr(error.text, "both lead their family"));
    b.headline.leads_family = false;
    assert_int_equal(lb_registry_check(both, &error), LB_OK);
}

static void a_metric_without_unit_or_summary_is_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.metrics[0] = (struct lb_metric){"probes", "probes per op", "slots seen", LB_NO_BETTER};
    assert_int_equal(check(&b), LB_OK);
    b.metrics[0].unit = "";
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "metric probes needs a unit"));
    b.metrics[0] = (struct lb_metric){"probes", "probes per op", NULL, LB_NO_BETTER};
    assert_int_equal(check(&b), LB_USAGE);
    b.metrics[0] = (struct lb_metric){"per op", "probes", "slots seen", LB_NO_BETTER};
    assert_int_equal(check(&b), LB_USAGE);
}

static void two_metrics_of_one_name_are_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    (void)state;
    b.metrics[0] = b.metrics[1] =
        (struct lb_metric){"probes", "probes per op", "slots seen", LB_NO_BETTER};
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "two metrics named 'probes'"));
}

static void an_allocator_that_is_not_known_is_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    struct lb_variant v = fake_variants[0];
    (void)state;
    b.variants = &v;
    b.variant_count = 1;
    v.allocator = "jemalloc";
    assert_int_equal(check(&b), LB_OK);
    v.allocator = "jmalloc";
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "no allocator 'jmalloc' is known"));
}

static const char *measure_nothing(const struct lb_measurement *m)
{
    (void)m;
    return NULL;
}

static void measuring_without_named_metrics_is_refused(void **state)
{
    struct lb_benchmark b = fake_rungs;
    struct lb_variant v = fake_variants[0];
    (void)state;
    v.measure = measure_nothing;
    b.variants = &v;
    b.variant_count = 1;
    assert_int_equal(check(&b), LB_USAGE);
    assert_non_null(strstr(error.text, "no metrics are named"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_descriptors_pass),
        cmocka_unit_test(two_benchmarks_of_one_name_are_refused),
        cmocka_unit_test(two_variants_of_one_name_are_refused),
        cmocka_unit_test(names_with_other_letters_are_refused),
        cmocka_unit_test(two_modes_of_one_name_are_refused),
        cmocka_unit_test(a_parameter_is_spelled_like_other_names_and_has_each_value_once),
        cmocka_unit_test(names_that_would_be_cut_are_refused),
        cmocka_unit_test(a_missing_part_is_refused),
        cmocka_unit_test(a_headline_is_a_ratio_of_this_benchmark),
        cmocka_unit_test(a_family_has_one_lead),
        cmocka_unit_test(a_metric_without_unit_or_summary_is_refused),
        cmocka_unit_test(two_metrics_of_one_name_are_refused),
        cmocka_unit_test(measuring_without_named_metrics_is_refused),
        cmocka_unit_test(an_allocator_that_is_not_known_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
