/*
 * jsonwrite.h - the few ways in which this project writes values into json-c objects.
 *
 * json-c's null is NULL: what is not known is added as NULL.
 */
#ifndef LB_JSONWRITE_H
#define LB_JSONWRITE_H

#include "harness/base/stats.h"

#include <json-c/json.h>

/* Nine significant digits: more than any figure here has. NULL when it is not finite. */
struct json_object *lb_json_number(double number);

/*
 * A line of text from anywhere; NULL for NULL. Readers refuse what is not UTF-8 and control
 * characters: the one becomes U+FFFD, the other a space.
 */
struct json_object *lb_json_text(const char *text);

/* {median, low, high}; low and high null unless bounded. */
struct json_object *lb_json_interval(const struct lb_interval *interval);

#endif
