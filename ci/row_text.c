/* row_text.c - see row_text.h. */
#include "ci/row_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIGURE_BYTES = 64, WHY_BYTES = 3 * LB_GATE_TEXT_BYTES };

static bool has_figure(const struct lb_gate_row *row)
{
    return lb_gate_metric_unit(row->metric)[0];
}

const char *lb_row_text_figure(const struct lb_gate_row *row, double value, char *text, size_t size)
{
    if (isnan(value))
        snprintf(text, size, "%s", has_figure(row) ? "?" : "");
    else
        snprintf(text, size, row->metric == LB_GATE_TIME ? "%.4g %s" : "%.6g %s", value,
                 lb_gate_metric_unit(row->metric));
    return text;
}

const char *lb_row_text_ratio(const struct lb_gate_row *row, char *text, size_t size)
{
    if (isnan(row->ratio))
        snprintf(text, size, "%s",
                 !has_figure(row)                  ? ""
                 : row->base == 0 && row->head > 0 ? "from 0"
                                                   : "?");
    else if (isnan(row->low) || isnan(row->high))
        snprintf(text, size, "%.5g", row->ratio);
    else
        snprintf(text, size, "%.4g (%.4g to %.4g)", row->ratio, row->low, row->high);
    return text;
}

/* Appends with "; " before all but the first; nothing for an empty text. */
static void join(char *text, size_t size, const char *before, const char *more)
{
    size_t used = strlen(text);
    if (more[0])
        snprintf(text + used, size - used, "%s%s%s", used ? "; " : "", before, more);
}

const char *lb_row_text_why(const struct lb_gate_row *row, char *text, size_t size)
{
    char percent[FIGURE_BYTES] = "";
    text[0] = 0;
    join(text, size, "", row->reason);
    join(text, size, "accepted: ", row->accepted);
    join(text, size, "", lb_gate_evidence_words(row->evidence));
    if (row->verdict != LB_GATE_UNDECIDED)
        return text;
    if (row->counts_agree)
        join(text, size, "", "its counts are the same");
    if (!isnan(row->smallest_change)) {
        snprintf(percent, sizeof percent, "%.2g %%", 100 * row->smallest_change);
        join(text, size, "could have seen a slowdown of ", percent);
    }
    return text;
}

const char *lb_row_text_sentence(const struct lb_gate_row *row, char *text, size_t size)
{
    char base[FIGURE_BYTES], head[FIGURE_BYTES], ratio[FIGURE_BYTES], why[WHY_BYTES];
    const char *metric = row->metric == LB_GATE_CASE ? "" : lb_gate_metric_name(row->metric);
    snprintf(text, size, "%s: %s%s%s", row->case_id, metric, *metric ? " " : "",
             lb_gate_row_word(row));
    size_t used = strlen(text);
    if (!isnan(row->base) || !isnan(row->head))
        snprintf(text + used, size - used, ", %s to %s, %s",
                 lb_row_text_figure(row, row->base, base, sizeof base),
                 lb_row_text_figure(row, row->head, head, sizeof head),
                 lb_row_text_ratio(row, ratio, sizeof ratio));
    join(text, size, "", lb_row_text_why(row, why, sizeof why));
    return text;
}
