/* test_summary.c - the table on the terminal: its figures. */
#include "cmocka_all.h"
#include "fake_benchmarks.h"

#include "harness/document/summary.h"

#include <stdio.h>
#include <string.h>

/* What the table says of a reference, and of a variant whose ratio has an interval around it. */
static char *table(double reference_ns, double ratio)
{
    const struct lb_case cases[] = {
        {.benchmark = &fake_rungs, .variant = &fake_variants[0], .label = "ws=16KiB"},
        {.benchmark = &fake_rungs, .variant = &fake_variants[1], .label = "ws=16KiB"},
    };
    const struct lb_figures figures[] = {
        {.timed = true, .cpu_ns_per_op = {.median = reference_ns}},
        {.timed = true,
         .cpu_ns_per_op = {.median = reference_ns * ratio},
         .compared = true,
         .ratio = {.median = ratio, .low = ratio / 2, .high = ratio * 2, .bounded = true}},
    };
    const struct lb_result results[] = {{.c = &cases[0], .figures = figures[0]},
                                        {.c = &cases[1], .figures = figures[1]}};
    struct lb_comparison comparison = {.first = 0, .count = 2};
    const struct lb_plan plan = {.comparisons = &comparison, .comparison_count = 1};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    lb_summary_print(out, results, &plan);
    fclose(out);
    return text;
}

static void a_figure_has_three_digits_however_small_it_is(void **state)
{
    static const struct {
        int line; /* of this file */
        double ns, ratio;
        const char *time, *quotient;
    } rows[] = {
        {__LINE__, 1610, 46.54, " 1610 ", "46.5 [23.3, 93.1]"},
        {__LINE__, 2.5, 0.828, " 2.50 ", "0.828 [0.414, 1.66]"},
        {__LINE__, 0.0123, 0.0456, " 0.0123 ", "0.0456 [0.0228, 0.0912]"},
        {__LINE__, 0.00012345, 0.001, " 0.000123 ", "0.00100 [0.000500, 0.00200]"},
        {__LINE__, 1e-12, 0.1, " 0.000000000 ", "0.100 [0.0500, 0.200]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = table(rows[i].ns, rows[i].ratio);
        if (!strstr(text, rows[i].time) || !strstr(text, rows[i].quotient))
            fail_msg("line %d: %s", rows[i].line, text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_has_three_digits_however_small_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
