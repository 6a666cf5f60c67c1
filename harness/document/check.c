/* check.c - see check.h. */
#include "harness/document/check.h"

#include "harness/base/jsonwrite.h"

#include <stdarg.h>
#include <string.h>

void lb_check_add(struct json_object *array, const struct lb_check *check, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct json_object *row = json_object_new_object();
    json_object_object_add(row, "id", lb_json_text(check->id));
    json_object_object_add(row, "title", lb_json_text(check->title));
    json_object_object_add(row, "status", lb_json_text(check->status));
    json_object_object_add(row, "figure", lb_json_number(check->figure));
    json_object_object_add(row, "unit", lb_json_text(check->unit));
    json_object_object_add(row, "text", lb_json_text(text));
    json_object_array_add(array, row);
}

static const char *text_of(struct json_object *row, const char *key)
{
    return json_object_get_string(json_object_object_get(row, key));
}

void lb_check_print(FILE *out, struct json_object *array)
{
    size_t count = array ? json_object_array_length(array) : 0;
    const char *last = "";
    if (count)
        fputs("\nCan this run be believed?\n", out);
    for (size_t i = 0; i < count; i++) {
        struct json_object *row = json_object_array_get_idx(array, i);
        const char *text = text_of(row, "text");
        if (strcmp(text, last) != 0)
            fprintf(out, "  %-7s  %s\n", text_of(row, "status"), text);
        last = text;
    }
}
