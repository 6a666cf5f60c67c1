/*
 * check.h - a line of "Can this run be believed?": an object of the document's `machine.checks`,
 * and how it reads on a terminal.
 */
#ifndef LB_CHECK_H
#define LB_CHECK_H

#include <stdio.h>

struct json_object;

struct lb_check {
    const char *id, *title, *unit;
    const char *status; /* "pass", "warn", "fail", "unknown" */
    double figure;      /* in `unit`; NAN: not known, null in the document */
};

/* Appends the check to an array, with one sentence. */
void lb_check_add(struct json_object *array, const struct lb_check *check, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The panel, one line a sentence (two figures may share one). Nothing when there are none. */
void lb_check_print(FILE *out, struct json_object *array);

#endif
