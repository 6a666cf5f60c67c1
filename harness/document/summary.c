/* summary.c - see summary.h. */
#include "harness/document/summary.h"

#include <math.h>
#include <string.h>

static void print_header(FILE *out, const struct lb_case *c)
{
    fprintf(out, "\n%s/%s  %s\n  %-34s %26s  %s\n", c->benchmark->family, c->benchmark->name,
            c->label, "", "CPU ns per op", "ratio to the reference");
}

enum { DECIMALS_MAX = 9 };

static int decimals_of(double value)
{
    double decimals = value > 0 ? 2 - floor(log10(value)) : 2;
    return (int)fmax(0, fmin(decimals, DECIMALS_MAX));
}

/* Three significant digits, never in powers of ten: "0.00828", "46.5", "1610". */
static const char *figure(double value, char *text, size_t size)
{
    int decimals = decimals_of(value);
    snprintf(text, size, "%.*f", decimals, value);
    return text;
}

/* "1.23 [1.20, 1.25]", or without brackets where there is no interval. */
static void format_interval(const struct lb_interval *i, char *text, size_t size)
{
    char median[32], low[32], high[32];
    figure(i->median, median, sizeof median);
    if (i->bounded)
        snprintf(text, size, "%s [%s, %s]", median, figure(i->low, low, sizeof low),
                 figure(i->high, high, sizeof high));
    else
        snprintf(text, size, "%s", median);
}

static void print_row(FILE *out, const struct lb_result *r)
{
    char name[128], time[128], ratio[128] = "reference";
    const char *mode = lb_benchmark_mode_name(r->c->benchmark, r->c->mode);
    const struct lb_figures *f = &r->figures;
    snprintf(name, sizeof name, "%s%s%s", r->c->variant->name, *mode ? "/" : "", mode);
    if (r->outcome != LB_CASE_OK || !f->timed) {
        fprintf(out, "  %-34s %26s  %s\n", name, "-",
                r->outcome == LB_CASE_OK ? "not measured" : r->reason);
        return;
    }
    format_interval(&f->cpu_ns_per_op, time, sizeof time);
    if (f->compared)
        format_interval(&f->ratio, ratio, sizeof ratio);
    else if (r->c->variant != &r->c->benchmark->variants[0])
        snprintf(ratio, sizeof ratio, "-");
    fprintf(out, "  %-34s %26s  %s%s\n", name, time, ratio,
            f->notes[LB_NOTE_FEW_SAMPLES] ? "  (few samples)" : "");
}

static bool measured(const struct lb_result *results, const struct lb_comparison *c)
{
    for (size_t i = c->first; i < c->first + c->count; i++)
        if (results[i].figures.timed)
            return true;
    return false;
}

void lb_summary_print(FILE *out, const struct lb_result *results, const struct lb_plan *plan)
{
    for (size_t k = 0; k < plan->comparison_count; k++) {
        const struct lb_comparison *c = &plan->comparisons[k];
        const struct lb_benchmark *b = results[c->first].c->benchmark;
        bool last = k + 1 == plan->comparison_count ||
                    results[plan->comparisons[k + 1].first].c->benchmark != b ||
                    !measured(results, &plan->comparisons[k + 1]);
        if (!measured(results, c) || !last)
            continue;
        print_header(out, results[c->first].c);
        for (size_t i = c->first; i < c->first + c->count; i++)
            print_row(out, &results[i]);
    }
}

static bool told_before(const struct lb_result *results, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (results[k].outcome == results[i].outcome &&
            strcmp(results[k].reason, results[i].reason) == 0)
            return true;
    return false;
}

void lb_summary_troubles(FILE *out, const struct lb_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        bool told_by_the_run_before = results[i].outcome == LB_CASE_KEPT;
        if (results[i].outcome == LB_CASE_OK || told_by_the_run_before || told_before(results, i))
            continue;
        for (size_t k = i + 1; k < count; k++)
            same += results[k].outcome == results[i].outcome &&
                    strcmp(results[k].reason, results[i].reason) == 0;
        fprintf(out, "%s: %s: %s", results[i].outcome == LB_CASE_SKIPPED ? "skipped" : "ERROR",
                results[i].c->id, results[i].reason);
        if (same)
            fprintf(out, " (and %zu more)", same);
        fputc('\n', out);
    }
}
