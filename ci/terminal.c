/* terminal.c - see terminal.h. */
#include "ci/terminal.h"

#include "ci/row_text.h"

#include <math.h>
#include <string.h>

/* Beyond these a reader is served better by gate.json. */
enum { ROWS_MAX = 40, NOTICES_MAX = 12, TEXT_BYTES = 1536 };

/* Texts come from files: what could steer a terminal is shown as a question mark. */
static void print_plain(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, out);
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static void print_row(FILE *out, const struct lb_gate *gate, const struct lb_gate_row *row)
{
    char text[TEXT_BYTES];
    fputs("  ", out);
    print_plain(out, lb_row_text_sentence(row, text, sizeof text));
    fputc('\n', out);
    if (lb_gate_row_exit(gate, row) == LB_GATE_EXIT_PASS || row->metric == LB_GATE_ENVIRONMENT)
        return;
    lb_gate_reproduce(gate, row, text, sizeof text);
    fputs("      again: ", out);
    print_plain(out, text);
    fputc('\n', out);
}

/* Rows that make the gate fail with this status, or (PASS) that moved and pass. */
static void print_rows(FILE *out, const struct lb_gate *gate, enum lb_gate_exit status,
                       const char *title)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->row_count; i++) {
        const struct lb_gate_row *row = &gate->rows[i];
        if (lb_gate_row_exit(gate, row) != status ||
            (status == LB_GATE_EXIT_PASS && !lb_gate_row_moved(row)))
            continue;
        if (found++ == 0)
            fprintf(out, "\n%s:\n", title);
        if (found <= ROWS_MAX)
            print_row(out, gate, row);
    }
    if (found > ROWS_MAX)
        fprintf(out, "  and %zu more, which are in the JSON\n", found - ROWS_MAX);
}

/* ---- What is listed ------------------------------------------------------------------------ */

static void print_notices(FILE *out, const struct lb_gate *gate, enum lb_gate_notice_kind kind,
                          const char *title)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->notice_count; i++) {
        if (gate->notices[i].kind != kind)
            continue;
        if (found++ == 0)
            fprintf(out, "\n%s:\n", title);
        if (found > NOTICES_MAX)
            continue;
        fputs("  ", out);
        print_plain(out, gate->notices[i].subject);
        fputs(": ", out);
        print_plain(out, gate->notices[i].text);
        fputc('\n', out);
    }
    if (found > NOTICES_MAX)
        fprintf(out, "  and %zu more, which are in the JSON\n", found - NOTICES_MAX);
}

static void print_new(FILE *out, const struct lb_gate *gate)
{
    size_t found = 0;
    for (size_t i = 0; i < gate->row_count; i++) {
        if (gate->rows[i].verdict != LB_GATE_NEW)
            continue;
        if (found++ == 0)
            fputs("\nNew, not judged:\n", out);
        if (found <= NOTICES_MAX) {
            fputs("  ", out);
            print_plain(out, gate->rows[i].case_id);
            fputc('\n', out);
        }
    }
    if (found > NOTICES_MAX)
        fprintf(out, "  and %zu more, which are in the JSON\n", found - NOTICES_MAX);
}

/* What passed without being judged must not look judged. */
static void print_not_judged(FILE *out, const struct lb_gate *gate)
{
    size_t timed = 0, other = 0;
    for (size_t i = 0; i < gate->row_count; i++)
        if (gate->rows[i].verdict == LB_GATE_NOT_GATED) {
            timed += gate->rows[i].metric == LB_GATE_TIME;
            other += gate->rows[i].metric != LB_GATE_TIME;
        }
    if (timed + other)
        fprintf(out, "\nNot judged: %zu times, %zu other rows; each reason is in the JSON.\n",
                timed, other);
}

static const char *name_of(const struct lb_gate_side *side)
{
    return side->revision[0] ? side->revision : side->program[0] ? side->program : side->results;
}

void lb_terminal_print(FILE *out, const struct lb_gate *gate)
{
    print_plain(out, gate->headline);
    fputs("\n  ", out);
    print_plain(out, name_of(&gate->base));
    fputs(" -> ", out);
    print_plain(out, name_of(&gate->head));
    fprintf(out, ", in %.0f s (counts %.0f s, time %.0f s)\n", gate->seconds, gate->counts_seconds,
            gate->time_seconds);
    print_rows(out, gate, LB_GATE_EXIT_INCOMPARABLE, "Incomparable");
    print_rows(out, gate, LB_GATE_EXIT_REGRESSION, "Worse");
    print_rows(out, gate, LB_GATE_EXIT_SET_CHANGED, "Vanished, redefined or failed");
    print_rows(out, gate, LB_GATE_EXIT_UNDECIDED, "Undecided");
    print_rows(out, gate, LB_GATE_EXIT_PASS, "Moved, and passes");
    print_new(out, gate);
    print_notices(out, gate, LB_GATE_NOTICE_CODE, "Other instructions than before");
    print_notices(out, gate, LB_GATE_NOTICE_EXPIRED, "Acknowledgements that have expired");
    print_notices(out, gate, LB_GATE_NOTICE_UNUSED, "Acknowledgements that nothing needed");
    print_notices(out, gate, LB_GATE_NOTICE_ADVICE, "Advice");
    print_not_judged(out, gate);
}
