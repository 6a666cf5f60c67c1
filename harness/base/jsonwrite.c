/* jsonwrite.c - see jsonwrite.h. */
#include "harness/base/jsonwrite.h"

#include <math.h>

struct json_object *lb_json_number(double number)
{
    if (!isfinite(number))
        return NULL;
    struct json_object *o = json_object_new_double(number);
    static char format[] = "%.9g"; /* json-c keeps the pointer, and takes it without const */
    json_object_set_serializer(o, json_object_double_to_json_string, format, NULL);
    return o;
}

struct json_object *lb_json_text(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

struct json_object *lb_json_interval(const struct lb_interval *i)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "median", lb_json_number(i->median));
    json_object_object_add(o, "low", i->bounded ? lb_json_number(i->low) : NULL);
    json_object_object_add(o, "high", i->bounded ? lb_json_number(i->high) : NULL);
    return o;
}
