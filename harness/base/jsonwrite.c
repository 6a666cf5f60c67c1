/* jsonwrite.c - see jsonwrite.h. */
#include "harness/base/jsonwrite.h"

#include "harness/base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct json_object *lb_json_number(double number)
{
    if (!isfinite(number))
        return NULL;
    struct json_object *o = json_object_new_double(number);
    static char format[] = "%.9g"; /* json-c keeps the pointer, and takes it without const */
    json_object_set_serializer(o, json_object_double_to_json_string, format, NULL);
    return o;
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 127;
}

/* Copies what stands here so that every reader takes it. Returns how far it read. */
static size_t copy_clean(const char *text, char **out)
{
    size_t length = lb_utf8_length(text);
    const char *clean = length == 0 ? REPLACEMENT : is_control(*text) ? " " : text;
    size_t written = length == 0 ? strlen(REPLACEMENT) : length;
    memcpy(*out, clean, written);
    *out += written;
    return length ? length : 1;
}

struct json_object *lb_json_text(const char *text)
{
    char *copy = text ? malloc(strlen(REPLACEMENT) * strlen(text) + 1) : NULL, *end = copy;
    if (!copy)
        return NULL;
    while (*text)
        text += copy_clean(text, &end);
    *end = 0;
    struct json_object *o = json_object_new_string(copy);
    free(copy);
    return o;
}

struct json_object *lb_json_interval(const struct lb_interval *i)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "median", lb_json_number(i->median));
    json_object_object_add(o, "low", i->bounded ? lb_json_number(i->low) : NULL);
    json_object_object_add(o, "high", i->bounded ? lb_json_number(i->high) : NULL);
    return o;
}
