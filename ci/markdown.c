/* markdown.c - see markdown.h. */
#include "ci/markdown.h"

#include "ci/escape.h"
#include "ci/row_text.h"

#include <string.h>

/* A row takes at most some 1,500 characters where names are long. */
enum { ROWS_MAX = 15, LINES_MAX = 15, TEXT_BYTES = 1024 };

/* Which rows a table is about. */
typedef bool pick_row(const struct lb_gate *gate, const struct lb_gate_row *row);

static bool fails(const struct lb_gate *gate, const struct lb_gate_row *row)
{
    return lb_gate_row_exit(gate, row) != LB_GATE_EXIT_PASS;
}

static bool passes_but_moved(const struct lb_gate *gate, const struct lb_gate_row *row)
{
    return !fails(gate, row) && (lb_gate_row_moved(row) || row->verdict == LB_GATE_NEW);
}

static size_t count(const struct lb_gate *gate, pick_row *pick)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->row_count; i++)
        found += pick(gate, &gate->rows[i]);
    return found;
}

static void print_left_out(FILE *out, size_t found, size_t shown)
{
    if (found > shown)
        fprintf(out, "\n%zu more: see `gate.json`.\n", found - shown);
}

static void print_row(FILE *out, const struct lb_gate *gate, const struct lb_gate_row *row)
{
    char text[TEXT_BYTES];
    fputs(fails(gate, row) ? "| **" : "| ", out);
    fputs(lb_gate_row_word(row), out);
    fputs(fails(gate, row) ? "** | " : " | ", out);
    lb_escape_markdown_code(out, row->case_id);
    fprintf(out, " | %s", row->metric == LB_GATE_CASE ? "" : lb_gate_metric_name(row->metric));
    fprintf(out, " | %s", lb_row_text_figure(row, row->base, text, sizeof text));
    fprintf(out, " | %s", lb_row_text_figure(row, row->head, text, sizeof text));
    fprintf(out, " | %s | ", lb_row_text_ratio(row, text, sizeof text));
    lb_escape_markdown(out, lb_row_text_why(row, text, sizeof text));
    fputs(" |\n", out);
}

static void print_table(FILE *out, const struct lb_gate *gate, pick_row *pick)
{
    size_t shown = 0;
    fputs("\n| | case | metric | base | head | ratio | why |\n"
          "|---|---|---|---:|---:|---:|---|\n",
          out);
    for (size_t i = 0; i < gate->row_count && shown < ROWS_MAX; i++) {
        if (!pick(gate, &gate->rows[i]))
            continue;
        print_row(out, gate, &gate->rows[i]);
        shown++;
    }
    print_left_out(out, count(gate, pick), shown);
}

/* What stands between fold and unfold is shown on a click. */
static void fold(FILE *out, const char *title, size_t number)
{
    fprintf(out, "\n<details><summary>%s (%zu)</summary>\n", title, number);
}

static void unfold(FILE *out)
{
    fputs("\n</details>\n", out);
}

static void print_notices(FILE *out, const struct lb_gate *gate, bool differences)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->notice_count; i++) {
        const struct lb_gate_notice *notice = &gate->notices[i];
        if ((notice->kind == LB_GATE_NOTICE_DIFFERS) != differences || found++ >= LINES_MAX)
            continue;
        fputs(found == 1 ? "\n- " : "- ", out);
        fputs(lb_gate_notice_name(notice->kind), out);
        fputs(": ", out);
        lb_escape_markdown_code(out, notice->subject);
        fputc(' ', out);
        lb_escape_markdown(out, notice->text);
        fputc('\n', out);
    }
    print_left_out(out, found, LINES_MAX);
}

static size_t count_differences(const struct lb_gate *gate)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->notice_count; i++)
        found += gate->notices[i].kind == LB_GATE_NOTICE_DIFFERS;
    return found;
}

/* The line of each row that fails; rows of one case share theirs. */
static void print_commands(FILE *out, const struct lb_gate *gate)
{
    char command[2 * TEXT_BYTES], last[2 * TEXT_BYTES] = "";
    size_t shown = 0;
    for (size_t i = 0; i < gate->row_count && shown < LINES_MAX; i++) {
        if (!fails(gate, &gate->rows[i]))
            continue;
        lb_gate_reproduce(gate, &gate->rows[i], command, sizeof command);
        if (strcmp(command, last) == 0)
            continue;
        fputs(shown++ ? "- " : "\n- ", out);
        lb_escape_markdown_code(out, command);
        fputc('\n', out);
        snprintf(last, sizeof last, "%s", command);
    }
}

/* Nothing for a side that has no name. */
static void print_side(FILE *out, const char *title, const struct lb_gate_side *side)
{
    const char *name = side->revision[0]  ? side->revision
                       : side->program[0] ? side->program
                                          : side->results;
    if (!name[0])
        return;
    fputs(title, out);
    lb_escape_markdown_code(out, name);
    if (side->commit[0] && strcmp(side->commit, name) != 0) {
        fputs(" (", out);
        lb_escape_markdown(out, side->commit);
        fputc(')', out);
    }
    fputs(", ", out);
}

void lb_markdown_print(FILE *out, const struct lb_gate *gate)
{
    size_t failing = count(gate, fails), moved = count(gate, passes_but_moved);
    size_t differences = count_differences(gate);
    fputs("### layoutbench: ", out);
    lb_escape_markdown(out, gate->headline);
    fputc('\n', out);
    print_notices(out, gate, true);
    if (failing) {
        print_table(out, gate, fails);
        fold(out, "Do it again", failing);
        print_commands(out, gate);
        unfold(out);
    }
    if (moved) {
        fold(out, "Other rows that moved, and new ones", moved);
        print_table(out, gate, passes_but_moved);
        unfold(out);
    }
    if (gate->notice_count > differences) {
        fold(out, "Notes", gate->notice_count - differences);
        print_notices(out, gate, false);
        unfold(out);
    }
    fputc('\n', out);
    print_side(out, "base ", &gate->base);
    print_side(out, "head ", &gate->head);
    fprintf(out, "%zu rows in %.3g s\n", gate->row_count, gate->seconds);
}
