/* place_json.c - see place_json.h. */
#include "ci/place_json.h"

#include "harness/base/jsonread.h"
#include "harness/base/suggest.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum lb_status lb_place_refuse(const struct lb_place *place, struct lb_error *error,
                               const char *format, ...)
{
    char what[384];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return lb_fail(error, LB_USAGE, "%s: %s: %s", place->file, place->path, what);
}

/* Takes the document over. */
static enum lb_status open_top(const char *file, struct json_object *document, int version,
                               struct lb_place *top, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    *top = (struct lb_place){.file = file, .path = "$", .value = document};
    if (!json_object_is_type(document, json_type_object))
        status = lb_place_refuse(top, error, "not an object");
    if (status == LB_OK)
        status = lb_json_check_version(file, document, version, error);
    if (status != LB_OK) {
        json_object_put(document);
        top->value = NULL;
    }
    return status;
}

enum lb_status lb_place_read(const char *file, int version, struct lb_place *top,
                             struct lb_error *error)
{
    struct json_object *document = NULL;
    top->value = NULL;
    enum lb_status status = lb_json_read(file, &document, error);
    return status == LB_OK ? open_top(file, document, version, top, error) : status;
}

enum lb_status lb_place_parse(const char *name, const char *text, int version, struct lb_place *top,
                              struct lb_error *error)
{
    top->value = NULL;
    enum lb_status status = lb_json_scan(name, text, error);
    return status == LB_OK ? open_top(name, json_tokener_parse(text), version, top, error) : status;
}

/* Texts are one line, and nothing in them steers a terminal. */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            return false;
    return true;
}

static enum lb_status check_name(const struct lb_place *object, const char *name,
                                 struct lb_error *error)
{
    return is_plain(name, strlen(name))
               ? LB_OK
               : lb_place_refuse(object, error, "a field's name holds a control character");
}

enum lb_status lb_place_name(const struct lb_place *object, const char *name, char *out,
                             size_t size, struct lb_error *error)
{
    if (strlen(name) >= size)
        return lb_place_refuse(object, error, "a field's name is longer than %zu bytes", size - 1);
    snprintf(out, size, "%s", name);
    return check_name(object, name, error);
}

enum lb_status lb_place_only(const struct lb_place *object, const char *const *keys, size_t count,
                             struct lb_error *error)
{
    json_object_object_foreach(object->value, key, unused)
    {
        struct lb_suggestion nearest = {0};
        size_t i = 0;
        (void)unused;
        while (i < count && strcmp(keys[i], key) != 0)
            lb_suggest(&nearest, key, keys[i++]);
        if (i < count)
            continue;
        if (check_name(object, key, error) != LB_OK)
            return LB_USAGE;
        return lb_place_refuse(object, error, "unknown field '%.100s'%s%s%s", key,
                               nearest.text[0] ? "; did you mean '" : "", nearest.text,
                               nearest.text[0] ? "'?" : "");
    }
    return LB_OK;
}

/* ---- Types --------------------------------------------------------------------------------- */

static const char *type_name(enum json_type type)
{
    switch (type) {
    case json_type_object:
        return "an object";
    case json_type_array:
        return "an array";
    case json_type_string:
        return "a text";
    case json_type_boolean:
        return "true or false";
    case json_type_int:
        return "a whole number";
    default:
        return "a number";
    }
}

/* A whole number is a number. */
static bool has_type(struct json_object *value, enum json_type type)
{
    return json_object_is_type(value, type) ||
           (type == json_type_double && json_object_is_type(value, json_type_int));
}

static enum lb_status check_type(const struct lb_place *place, enum json_type type,
                                 struct lb_error *error)
{
    return has_type(place->value, type) ? LB_OK
                                        : lb_place_refuse(place, error, "not %s", type_name(type));
}

/* The member if it is there: `out` is its place either way. */
static bool find(const struct lb_place *object, const char *key, struct lb_place *out)
{
    out->file = object->file;
    out->value = NULL;
    snprintf(out->path, sizeof out->path, "%.190s.%.60s", object->path, key);
    return json_object_object_get_ex(object->value, key, &out->value);
}

enum lb_status lb_place_member(const struct lb_place *object, const char *key, enum json_type type,
                               struct lb_place *out, struct lb_error *error)
{
    if (!find(object, key, out))
        return lb_place_refuse(out, error, "missing");
    return check_type(out, type, error);
}

enum lb_status lb_place_item(const struct lb_place *array, size_t i, enum json_type type,
                             struct lb_place *out, struct lb_error *error)
{
    out->file = array->file;
    out->value = json_object_array_get_idx(array->value, i);
    snprintf(out->path, sizeof out->path, "%.230s[%zu]", array->path, i);
    return check_type(out, type, error);
}

/* ---- Values -------------------------------------------------------------------------------- */

enum lb_status lb_place_number(const struct lb_place *object, const char *key, double low,
                               double high, double *out, struct lb_error *error)
{
    struct lb_place place;
    enum lb_status status = lb_place_member(object, key, json_type_double, &place, error);
    if (status != LB_OK)
        return status;
    *out = json_object_get_double(place.value);
    if (!(*out >= low && *out <= high))
        return lb_place_refuse(&place, error, "%g is not from %g to %g", *out, low, high);
    return LB_OK;
}

enum lb_status lb_place_number_or_null(const struct lb_place *object, const char *key, double low,
                                       double high, double *out, struct lb_error *error)
{
    struct lb_place place;
    *out = NAN;
    if (find(object, key, &place) && !place.value)
        return LB_OK;
    return lb_place_number(object, key, low, high, out, error);
}

enum lb_status lb_place_count(const struct lb_place *object, const char *key, uint64_t *out,
                              struct lb_error *error)
{
    struct lb_place place;
    enum lb_status status = lb_place_member(object, key, json_type_int, &place, error);
    if (status != LB_OK)
        return status;
    int64_t number = json_object_get_int64(place.value);
    if (number < 0)
        return lb_place_refuse(&place, error, "below 0");
    *out = json_object_get_uint64(place.value);
    return LB_OK;
}

enum lb_status lb_place_bool(const struct lb_place *object, const char *key, bool *out,
                             struct lb_error *error)
{
    struct lb_place place;
    enum lb_status status = lb_place_member(object, key, json_type_boolean, &place, error);
    if (status == LB_OK)
        *out = json_object_get_boolean(place.value);
    return status;
}

enum lb_status lb_place_text(const struct lb_place *object, const char *key, char *out, size_t size,
                             struct lb_error *error)
{
    struct lb_place place;
    enum lb_status status = lb_place_member(object, key, json_type_string, &place, error);
    if (status != LB_OK)
        return status;
    const char *text = json_object_get_string(place.value);
    size_t length = (size_t)json_object_get_string_len(place.value);
    if (!is_plain(text, length))
        return lb_place_refuse(&place, error, "holds a control character");
    if (length >= size)
        return lb_place_refuse(&place, error, "longer than %zu bytes", size - 1);
    memcpy(out, text, length + 1);
    return LB_OK;
}

enum lb_status lb_place_text_or_null(const struct lb_place *object, const char *key, char *out,
                                     size_t size, struct lb_error *error)
{
    struct lb_place place;
    *out = 0;
    if (find(object, key, &place) && !place.value)
        return LB_OK;
    return lb_place_text(object, key, out, size, error);
}
