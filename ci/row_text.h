/*
 * row_text.h - what one row says, in words that all writers share. Not escaped.
 */
#ifndef LB_ROW_TEXT_H
#define LB_ROW_TEXT_H

#include "ci/verdict.h"

/*
 * Each fills `text` and returns it. A figure that is not known reads "?"; where there is none to
 * know (LB_GATE_CASE), or no ground for a text, it is empty.
 */

/* One side's figure with its unit: "1.31 ns". */
const char *lb_row_text_figure(const struct lb_gate_row *row, double value, char *text,
                               size_t size);

/* "1.083 (1.071 to 1.095)"; without an interval "1.083"; "from 0" where the base is 0. */
const char *lb_row_text_ratio(const struct lb_gate_row *row, char *text, size_t size);

/*
 * Why it is so: the reason, the acknowledgement, the evidence, the smallest slowdown that an
 * undecided row could have shown; joined by "; ".
 */
const char *lb_row_text_why(const struct lb_gate_row *row, char *text, size_t size);

/* All of it: "boxing/sum/inline/ws=16KiB: time slower, 1.31 ns to 1.42 ns, 1.083 (...); ..." */
const char *lb_row_text_sentence(const struct lb_gate_row *row, char *text, size_t size);

#endif
