/*
 * print_verdict.c - prints a made-up verdict in one of the gate's formats, for test_writers.py to
 * read back: print_verdict pass|regression|hostile|incomparable|interrupted|many FORMAT
 */
#include "ci/annotations.h"
#include "ci/junit.h"
#include "ci/markdown.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Markup, escapes, line ends, a terminal's commands, a turned direction, a byte that is no UTF-8.
 */
static const char hostile[] = "<b>&amp;\"']]>|\\|`*_x_*[a](b)::error::%0A,\n::warning::\t@x "
                              "\x1b[31m\xe2\x80\xae\xff\xc3\xa9";

static struct lb_gate_row *add(struct lb_gate *gate, const char *case_id, const char *benchmark,
                               enum lb_gate_metric metric, enum lb_gate_verdict verdict)
{
    enum lb_gate_source source = metric == LB_GATE_CASE   ? LB_GATE_NO_SOURCE
                                 : metric == LB_GATE_TIME ? LB_GATE_PAIRS
                                                          : LB_GATE_SIMULATED;
    struct lb_gate_row *row = lb_gate_add_row(gate, case_id, benchmark, metric, source, verdict);
    if (!row)
        abort();
    snprintf(row->source_file, sizeof row->source_file, "benchmarks/%s.c", benchmark);
    row->source_line = 12;
    return row;
}

static void set_figures(struct lb_gate_row *row, double base, double head)
{
    row->base = base;
    row->head = head;
    if (base > 0)
        row->ratio = head / base;
    if (row->metric == LB_GATE_TIME) {
        row->low = row->ratio * 0.99;
        row->high = row->ratio * 1.01;
        row->setup_seconds = 0.25;
        row->seconds = 0.5;
    }
}

static void add_pass(struct lb_gate *gate)
{
    set_figures(add(gate, "boxing/sum/inline/ws=16KiB", "boxing/sum", LB_GATE_TIME, LB_GATE_SAME),
                0.27, 0.27);
    set_figures(
        add(gate, "boxing/sum/inline/ws=16KiB", "boxing/sum", LB_GATE_INSTRUCTIONS, LB_GATE_SAME),
        1.25, 1.25);
}

static void add_regression(struct lb_gate *gate)
{
    const char *sum = "boxing/sum", *boxed = "boxing/sum/boxed_fresh/ws=16KiB";
    const char *lookup = "flat_index/lookup", *map = "flat_index/lookup/std_map/hit/ws=64MiB";
    struct lb_gate_row *row;
    add_pass(gate);
    set_figures(add(gate, boxed, sum, LB_GATE_TIME, LB_GATE_WORSE), 1.31, 1.42);
    set_figures(add(gate, boxed, sum, LB_GATE_INSTRUCTIONS, LB_GATE_WORSE), 4, 4.5);
    set_figures(add(gate, boxed, sum, LB_GATE_L3_MISSES, LB_GATE_WORSE), 0, 0.25);
    set_figures(add(gate, boxed, sum, LB_GATE_L1D_MISSES, LB_GATE_BETTER), 0.625, 0.5);
    row = add(gate, map, lookup, LB_GATE_TIME, LB_GATE_UNDECIDED);
    set_figures(row, 512, 520);
    row->smallest_change = 0.052;
    set_figures(add(gate, map, lookup, LB_GATE_INSTRUCTIONS, LB_GATE_SAME), 90, 90);
    row = add(gate, "boxing/assign/pool/ws=16KiB", "boxing/assign", LB_GATE_INSTRUCTIONS,
              LB_GATE_WORSE);
    set_figures(row, 10, 10.4);
    snprintf(row->accepted, sizeof row->accepted, "the check is wanted");
    row = add(gate, "slices/parse/views/ws=16MiB", "slices/parse", LB_GATE_CASE, LB_GATE_CHANGED);
    snprintf(row->reason, sizeof row->reason, "revision 1, now 2");
    add(gate, "slices/parse/copies/ws=16MiB", "slices/parse", LB_GATE_CASE, LB_GATE_NEW);
    row =
        add(gate, "slices/parse/copies/ws=16MiB", "slices/parse", LB_GATE_TIME, LB_GATE_NOT_GATED);
    snprintf(row->reason, sizeof row->reason, "create takes 80 ms");
    lb_gate_add_notice(gate, LB_GATE_NOTICE_UNUSED, "padding/*", "nothing needed it");
}

static void add_hostile(struct lb_gate *gate)
{
    struct lb_gate_row *row = add(gate, hostile, hostile, LB_GATE_TIME, LB_GATE_WORSE);
    set_figures(row, 1, 2);
    snprintf(row->source_file, sizeof row->source_file, "%s", hostile);
    row = add(gate, hostile, hostile, LB_GATE_CASE, LB_GATE_FAILED);
    snprintf(row->reason, sizeof row->reason, "%s", hostile);
    row = add(gate, hostile, hostile, LB_GATE_INSTRUCTIONS, LB_GATE_WORSE);
    snprintf(row->accepted, sizeof row->accepted, "%s", hostile);
    snprintf(gate->base.revision, sizeof gate->base.revision, "%s", hostile);
    lb_gate_add_notice(gate, LB_GATE_NOTICE_DIFFERS, hostile, "%s", hostile);
    lb_gate_add_notice(gate, LB_GATE_NOTICE_CODE, hostile, "%s", hostile);
}

static void add_many(struct lb_gate *gate)
{
    for (int i = 0; i < 400; i++) {
        char benchmark[LB_GATE_ID_BYTES], case_id[LB_GATE_ID_BYTES];
        snprintf(benchmark, sizeof benchmark, "boxing/question_%d", i / 20);
        snprintf(case_id, sizeof case_id, "boxing/question_%d/<%0150d>/ws=1KiB", i / 20, i);
        struct lb_gate_row *row = add(gate, case_id, benchmark, LB_GATE_TIME, LB_GATE_WORSE);
        set_figures(row, 1, 2);
        memset(row->reason, '*', sizeof row->reason - 1);
        if (i % 2)
            row->verdict = LB_GATE_BETTER;
    }
}

static void add_rows(struct lb_gate *gate, const char *which)
{
    if (strcmp(which, "pass") == 0)
        add_pass(gate);
    else if (strcmp(which, "regression") == 0)
        add_regression(gate);
    else if (strcmp(which, "hostile") == 0)
        add_hostile(gate);
    else if (strcmp(which, "many") == 0)
        add_many(gate);
    else if (strcmp(which, "incomparable") == 0)
        lb_gate_add_notice(gate, LB_GATE_NOTICE_DIFFERS, "compiler", "gcc 12, clang 14");
}

int main(int argc, char **argv)
{
    struct lb_gate gate = {.seconds = 83.5};
    if (argc != 3)
        return 2;
    snprintf(gate.base.revision, sizeof gate.base.revision, "main");
    snprintf(gate.base.commit, sizeof gate.base.commit, "0123456789ab");
    add_rows(&gate, argv[1]);
    lb_gate_conclude(&gate);
    if (strcmp(argv[1], "incomparable") == 0)
        gate.exit = LB_GATE_EXIT_INCOMPARABLE;
    if (strcmp(argv[1], "interrupted") == 0)
        gate.exit = LB_GATE_EXIT_INTERRUPTED;
    if (gate.exit != LB_GATE_EXIT_PASS && gate.row_count == 0)
        snprintf(gate.headline, sizeof gate.headline, "no row: %s", argv[1]);
    if (strcmp(argv[2], "markdown") == 0)
        lb_markdown_print(stdout, &gate);
    else if (strcmp(argv[2], "annotations") == 0)
        lb_annotations_print(stdout, &gate);
    else
        lb_junit_print(stdout, &gate);
    lb_gate_free(&gate);
    return 0;
}
