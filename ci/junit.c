/* junit.c - see junit.h. */
#include "ci/junit.h"

#include "ci/escape.h"
#include "ci/row_text.h"

#include <math.h>
#include <string.h>

enum { TEXT_BYTES = 2048 };

enum outcome { PASSED, FAILURE, ERROR, SKIPPED, OUTCOMES };

struct tally {
    size_t tests, of[OUTCOMES];
};

static enum outcome outcome_of(const struct lb_gate_row *row)
{
    if (row->accepted[0])
        return PASSED;
    switch (row->verdict) {
    case LB_GATE_WORSE:
        return FAILURE;
    case LB_GATE_UNDECIDED:
    case LB_GATE_NOT_GATED:
        return SKIPPED;
    case LB_GATE_FAILED:
    case LB_GATE_VANISHED:
    case LB_GATE_CHANGED:
    case LB_GATE_NOT_COMPARABLE:
        return ERROR;
    default:
        return PASSED;
    }
}

static bool no_row_explains(const struct lb_gate *gate)
{
    for (size_t i = 0; i < gate->row_count; i++)
        if (lb_gate_row_exit(gate, &gate->rows[i]) != LB_GATE_EXIT_PASS)
            return false;
    return gate->exit != LB_GATE_EXIT_PASS;
}

/* Of one benchmark; NULL: of all. */
static struct tally tally(const struct lb_gate *gate, const char *benchmark)
{
    struct tally sum = {0};
    for (size_t i = 0; i < gate->row_count; i++) {
        if (benchmark && strcmp(gate->rows[i].benchmark, benchmark) != 0)
            continue;
        sum.tests++;
        sum.of[outcome_of(&gate->rows[i])]++;
    }
    return sum;
}

/* Leaves the tag open, for more attributes. */
static void open_tag(FILE *out, const char *tag, const char *name, const struct tally *sum)
{
    fprintf(out, "<%s name=\"", tag);
    lb_escape_xml(out, name);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", sum->tests,
            sum->of[FAILURE], sum->of[ERROR], sum->of[SKIPPED]);
}

static void print_outcome(FILE *out, const struct lb_gate *gate, const struct lb_gate_row *row)
{
    static const char *const tags[] = {"system-out", "failure", "error", "skipped"};
    enum outcome outcome = outcome_of(row);
    const char *tag = tags[outcome];
    char text[TEXT_BYTES];
    if (outcome == PASSED && !row->accepted[0])
        return;
    fprintf(out, "<%s", tag);
    if (outcome != PASSED) {
        if (outcome != SKIPPED)
            fprintf(out, " type=\"%s\"", lb_gate_verdict_name(row->verdict));
        fputs(" message=\"", out);
        lb_escape_xml(out, lb_row_text_sentence(row, text, sizeof text));
        fputc('"', out);
    }
    fputc('>', out);
    if (outcome == PASSED)
        lb_row_text_sentence(row, text, sizeof text);
    else
        lb_gate_reproduce(gate, row, text, sizeof text);
    lb_escape_xml(out, text);
    fprintf(out, "</%s>", tag);
}

static void print_row(FILE *out, const struct lb_gate *gate, const struct lb_gate_row *row)
{
    fputs("    <testcase classname=\"", out);
    lb_escape_xml(out, row->benchmark);
    fputs("\" name=\"", out);
    lb_escape_xml(out, row->case_id);
    fprintf(out, " %s", lb_gate_metric_name(row->metric));
    if (row->source != LB_GATE_NO_SOURCE)
        fprintf(out, " %s", lb_gate_source_name(row->source));
    fputc('"', out);
    if (row->source_file[0]) {
        fputs(" file=\"", out);
        lb_escape_xml(out, row->source_file);
        fputc('"', out);
    }
    if (!isnan(row->seconds))
        fprintf(out, " time=\"%.3f\"",
                row->seconds + (isnan(row->setup_seconds) ? 0 : row->setup_seconds));
    fputc('>', out);
    print_outcome(out, gate, row);
    fputs("</testcase>\n", out);
}

/* The suite of the benchmark of rows[first]; nothing if an earlier row has made it. */
static void print_suite(FILE *out, const struct lb_gate *gate, size_t first)
{
    const char *benchmark = gate->rows[first].benchmark;
    struct tally sum = tally(gate, benchmark);
    for (size_t i = 0; i < first; i++)
        if (strcmp(gate->rows[i].benchmark, benchmark) == 0)
            return;
    fputs("  ", out);
    open_tag(out, "testsuite", benchmark, &sum);
    fputs(">\n", out);
    for (size_t i = first; i < gate->row_count; i++)
        if (strcmp(gate->rows[i].benchmark, benchmark) == 0)
            print_row(out, gate, &gate->rows[i]);
    fputs("  </testsuite>\n", out);
}

static void print_own_suite(FILE *out, const struct lb_gate *gate)
{
    struct tally sum = {.tests = 1, .of = {[ERROR] = 1}};
    fputs("  ", out);
    open_tag(out, "testsuite", "layoutbench-gate", &sum);
    fprintf(out, ">\n    <testcase classname=\"layoutbench-gate\" name=\"gate\"><error type=\"%s\"",
            lb_gate_exit_name(gate->exit));
    fputs(" message=\"", out);
    lb_escape_xml(out, gate->headline);
    fputs("\"></error></testcase>\n  </testsuite>\n", out);
}

void lb_junit_print(FILE *out, const struct lb_gate *gate)
{
    bool own = no_row_explains(gate);
    struct tally sum = tally(gate, NULL);
    sum.tests += own;
    sum.of[ERROR] += own;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    open_tag(out, "testsuites", "layoutbench-gate", &sum);
    fprintf(out, " time=\"%.3f\">\n", gate->seconds);
    for (size_t i = 0; i < gate->row_count; i++)
        print_suite(out, gate, i);
    if (own)
        print_own_suite(out, gate);
    fputs("</testsuites>\n", out);
}
