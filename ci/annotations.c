/* annotations.c - see annotations.h. */
#include "ci/annotations.h"

#include "ci/escape.h"
#include "ci/row_text.h"

#include <string.h>

/* GitHub's limit for each kind in one step; the last place says how many benchmarks are missing. */
enum { SHOWN_MAX = 10, ROWS_MAX = 8, TEXT_BYTES = 2048 };

typedef bool pick_row(const struct lb_gate *gate, const struct lb_gate_row *row);

static bool fails(const struct lb_gate *gate, const struct lb_gate_row *row)
{
    return lb_gate_row_exit(gate, row) != LB_GATE_EXIT_PASS;
}

static bool is_unsure(const struct lb_gate *gate, const struct lb_gate_row *row)
{
    return !fails(gate, row) && row->verdict == LB_GATE_UNDECIDED && !row->accepted[0];
}

/* Whether rows[i] is its benchmark's first of these. */
static bool is_first(const struct lb_gate *gate, size_t i, pick_row *pick)
{
    if (!pick(gate, &gate->rows[i]))
        return false;
    for (size_t k = 0; k < i; k++)
        if (pick(gate, &gate->rows[k]) &&
            strcmp(gate->rows[k].benchmark, gate->rows[i].benchmark) == 0)
            return false;
    return true;
}

static size_t count_benchmarks(const struct lb_gate *gate, pick_row *pick)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->row_count; i++)
        found += is_first(gate, i, pick);
    return found;
}

static void print_place(FILE *out, const struct lb_gate_row *row)
{
    if (!row->source_file[0])
        return;
    fputs("file=", out);
    lb_escape_command_property(out, row->source_file);
    if (row->source_line > 0)
        fprintf(out, ",line=%d", row->source_line);
    fputc(',', out);
}

/* The benchmark of rows[first], with its rows from there on. */
static void print_benchmark(FILE *out, const char *level, const struct lb_gate *gate, size_t first,
                            pick_row *pick)
{
    const char *benchmark = gate->rows[first].benchmark;
    size_t rows = 0;
    fprintf(out, "::%s ", level);
    print_place(out, &gate->rows[first]);
    fputs("title=layoutbench ", out);
    lb_escape_command_property(out, benchmark);
    fputs("::", out);
    for (size_t i = first; i < gate->row_count; i++) {
        char text[TEXT_BYTES];
        if (!pick(gate, &gate->rows[i]) || strcmp(gate->rows[i].benchmark, benchmark) != 0)
            continue;
        if (rows++ >= ROWS_MAX)
            continue;
        lb_escape_command(out, rows > 1 ? "\n" : "");
        lb_escape_command(out, lb_row_text_sentence(&gate->rows[i], text, sizeof text));
    }
    if (rows > ROWS_MAX)
        fprintf(out, "%%0A%zu more rows: see gate.json", rows - ROWS_MAX);
    fputc('\n', out);
}

static void print_all(FILE *out, const char *level, const struct lb_gate *gate, pick_row *pick)
{
    size_t found = count_benchmarks(gate, pick), shown = 0;
    size_t limit = found > SHOWN_MAX ? SHOWN_MAX - 1 : found;
    for (size_t i = 0; i < gate->row_count && shown < limit; i++) {
        if (!is_first(gate, i, pick))
            continue;
        print_benchmark(out, level, gate, i, pick);
        shown++;
    }
    if (found > shown)
        fprintf(out, "::%s title=layoutbench::%zu more benchmarks: see gate.json\n", level,
                found - shown);
}

void lb_annotations_print(FILE *out, const struct lb_gate *gate)
{
    if (gate->exit != LB_GATE_EXIT_PASS && count_benchmarks(gate, fails) == 0) {
        fputs("::error title=layoutbench::", out);
        lb_escape_command(out, gate->headline);
        fputc('\n', out);
    }
    print_all(out, "error", gate, fails);
    print_all(out, "warning", gate, is_unsure);
}
