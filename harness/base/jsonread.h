/*
 * jsonread.h - reads a JSON document that must not be believed blindly.
 *
 * json-c takes NaN, infinities, 1e400, duplicate keys, integers of any size and bytes that are no
 * UTF-8 without complaint.
 * Here a scan over the text refuses them first, with the place as a JSON path ("$.cases[3].time")
 * and a line; only then json-c builds the objects.
 */
#ifndef LB_JSONREAD_H
#define LB_JSONREAD_H

#include "harness/base/error.h"

struct json_object;

/*
 * LB_USAGE, naming file, line and path, when the file cannot be opened, is empty, truncated, not
 * JSON, nested deeper than 64, over 1 GiB, or holds what the scan refuses. The caller puts *object.
 */
enum lb_status lb_json_read(const char *path, struct json_object **out, struct lb_error *error);

/* The scan alone, over text that ends with a NUL; `name` stands for the file in messages. */
enum lb_status lb_json_scan(const char *name, const char *text, struct lb_error *error);

/* LB_USAGE unless the document's schema_version is this one. */
enum lb_status lb_json_check_version(const char *name, struct json_object *document, int version,
                                     struct lb_error *error);

#endif
