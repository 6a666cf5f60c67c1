/* jsonread.c - see jsonread.h. A recursive descent over RFC 8259's grammar that builds nothing. */
#include "harness/base/jsonread.h"

#include "harness/base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64, PATH_BYTES = 256 };
#define FILE_MAX_BYTES (1LL << 30)

/* A key as it stands in the text, without its quotes. */
struct key {
    const char *start;
    size_t length;
};

struct scan {
    const char *name, *text, *at;
    unsigned depth;
    char path[PATH_BYTES];
    struct key *keys; /* of all objects that are open, innermost last */
    size_t key_count, key_capacity;
    struct lb_error *error;
};

static enum lb_status value(struct scan *s);

static enum lb_status refuse(const struct scan *s, const char *what)
{
    unsigned line = 1;
    for (const char *c = s->text; c < s->at; c++)
        line += *c == '\n';
    return lb_fail(s->error, LB_USAGE, "%s:%u: %s: %s", s->name, line, s->path, what);
}

static void skip_space(struct scan *s)
{
    s->at += strspn(s->at, " \t\r\n");
}

static size_t path_push(struct scan *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a step to the path, and returns what path_pop needs. A path too long is cut. */
static size_t path_push(struct scan *s, const char *format, ...)
{
    size_t length = strlen(s->path);
    va_list args;
    va_start(args, format);
    vsnprintf(s->path + length, PATH_BYTES - length, format, args);
    va_end(args);
    return length;
}

static void path_pop(struct scan *s, size_t length)
{
    s->path[length] = 0;
}

static enum lb_status string(struct scan *s, struct key *key)
{
    if (*s->at != '"')
        return refuse(s, *s->at ? "a string is expected here" : "the text ends too early");
    key->start = ++s->at;
    for (size_t length; *s->at != '"'; s->at += length) {
        if ((unsigned char)*s->at < 0x20)
            return refuse(s,
                          *s->at ? "a control character in a string" : "the text ends in a string");
        if (*s->at == '\\' && !*++s->at)
            return refuse(s, "the text ends in a string");
        length = lb_utf8_length(s->at);
        if (!length)
            return refuse(s, "not UTF-8 text");
    }
    key->length = (size_t)(s->at++ - key->start);
    return LB_OK;
}

/* As int64 or uint64, which is what json-c can hold. */
static bool fits(const char *digits)
{
    errno = 0;
    if (*digits == '-')
        strtoll(digits, NULL, 10);
    else
        strtoull(digits, NULL, 10);
    return errno == 0;
}

static enum lb_status number(struct scan *s)
{
    const char *start = s->at;
    char *end;
    bool integer = true;
    s->at += *s->at == '-';
    if (!isdigit((unsigned char)*s->at) || (s->at[0] == '0' && isdigit((unsigned char)s->at[1])))
        return refuse(s, "not a number");
    s->at += strspn(s->at, "0123456789");
    if (*s->at == '.' || *s->at == 'e' || *s->at == 'E') {
        integer = false;
        s->at += strspn(s->at, ".eE+-0123456789");
    }
    if (integer && !fits(start))
        return refuse(s, "an integer too large to be read exactly");
    double d = strtod(start, &end);
    if (end != s->at)
        return refuse(s, "not a number");
    return isfinite(d) ? LB_OK : refuse(s, "a number too large to be finite");
}

static bool add_key(struct scan *s, const struct key *key)
{
    if (s->key_count == s->key_capacity) {
        size_t larger = s->key_capacity ? 2 * s->key_capacity : 256;
        struct key *keys = realloc(s->keys, larger * sizeof *keys);
        if (!keys)
            return false;
        s->keys = keys;
        s->key_capacity = larger;
    }
    s->keys[s->key_count++] = *key;
    return true;
}

static bool seen(const struct scan *s, size_t from, const struct key *key)
{
    for (size_t i = from; i < s->key_count; i++)
        if (s->keys[i].length == key->length &&
            memcmp(s->keys[i].start, key->start, key->length) == 0)
            return true;
    return false;
}

static enum lb_status member(struct scan *s, size_t first_key)
{
    struct key key;
    skip_space(s);
    enum lb_status status = string(s, &key);
    if (status != LB_OK)
        return status;
    size_t above = path_push(s, ".%.*s", (int)key.length, key.start);
    if (seen(s, first_key, &key))
        return refuse(s, "this key stands twice");
    if (!add_key(s, &key))
        return refuse(s, "out of memory");
    skip_space(s);
    if (*s->at != ':')
        return refuse(s, "a ':' is expected here");
    s->at++;
    status = value(s);
    if (status == LB_OK)
        path_pop(s, above);
    return status;
}

/* Behind a member: a comma with something after it, or the end, which is left to be seen. */
static enum lb_status separator(struct scan *s, char end)
{
    skip_space(s);
    if (*s->at == end)
        return LB_OK;
    if (*s->at != ',')
        return refuse(s,
                      *s->at ? "a comma or the end is expected here" : "the text ends too early");
    s->at++;
    skip_space(s);
    return *s->at == end ? refuse(s, "nothing stands behind the comma") : LB_OK;
}

static enum lb_status object(struct scan *s)
{
    size_t first_key = s->key_count;
    s->at++;
    skip_space(s);
    while (*s->at != '}') {
        enum lb_status status = member(s, first_key);
        if (status != LB_OK)
            return status;
        status = separator(s, '}');
        if (status != LB_OK)
            return status;
    }
    s->at++;
    s->key_count = first_key;
    return LB_OK;
}

static enum lb_status array(struct scan *s)
{
    size_t index = 0;
    s->at++;
    skip_space(s);
    while (*s->at != ']') {
        size_t above = path_push(s, "[%zu]", index++);
        enum lb_status status = value(s);
        if (status != LB_OK)
            return status;
        path_pop(s, above);
        status = separator(s, ']');
        if (status != LB_OK)
            return status;
    }
    s->at++;
    return LB_OK;
}

static enum lb_status literal(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++)
        if (strncmp(s->at, words[i], strlen(words[i])) == 0) {
            s->at += strlen(words[i]);
            return LB_OK;
        }
    if (strncmp(s->at, "NaN", 3) == 0 || strncmp(s->at, "Infinity", 8) == 0 ||
        strncmp(s->at, "-Infinity", 9) == 0)
        return refuse(s, "NaN and infinities are no JSON: unknown is null");
    return refuse(s, *s->at ? "not JSON" : "the text ends too early");
}

static enum lb_status value(struct scan *s)
{
    enum lb_status status;
    struct key ignored;
    skip_space(s);
    if (++s->depth > DEPTH_MAX)
        return refuse(s, "nested too deep");
    if (*s->at == '{')
        status = object(s);
    else if (*s->at == '[')
        status = array(s);
    else if (*s->at == '"')
        status = string(s, &ignored);
    else if (isdigit((unsigned char)*s->at) || (*s->at == '-' && s->at[1] != 'I'))
        status = number(s);
    else
        status = literal(s);
    s->depth--;
    return status;
}

enum lb_status lb_json_scan(const char *name, const char *text, struct lb_error *error)
{
    struct scan s = {.name = name, .text = text, .at = text, .path = "$", .error = error};
    enum lb_status status = value(&s);
    if (status == LB_OK) {
        skip_space(&s);
        if (*s.at)
            status = refuse(&s, "something stands behind the document");
    }
    free(s.keys);
    return status;
}

static enum lb_status read_text(const char *path, char **text, struct lb_error *error)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return lb_fail_errno(error, LB_USAGE, "cannot read %s", path);
    enum lb_status status = LB_OK;
    long long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (size < 0 || size > FILE_MAX_BYTES || fseek(f, 0, SEEK_SET) != 0)
        status = lb_fail(error, LB_USAGE, "%s: not a file of at most 1 GiB", path);
    *text = status == LB_OK ? malloc((size_t)size + 1) : NULL;
    if (status == LB_OK && !*text)
        status = lb_fail(error, LB_NO_MEMORY, "out of memory");
    if (status == LB_OK) {
        size_t got = fread(*text, 1, (size_t)size, f);
        (*text)[got] = 0;
        if (strlen(*text) < got)
            status = lb_fail(error, LB_USAGE, "%s: holds a NUL byte: not JSON", path);
    }
    fclose(f);
    if (status != LB_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

enum lb_status lb_json_read(const char *path, struct json_object **out, struct lb_error *error)
{
    char *text = NULL;
    enum lb_status status = read_text(path, &text, error);
    if (status != LB_OK)
        return status;
    status = lb_json_scan(path, text, error);
    *out = status == LB_OK ? json_tokener_parse(text) : NULL;
    if (status == LB_OK && !*out)
        status = lb_fail(error, LB_USAGE, "%s: not JSON", path);
    free(text);
    return status;
}

enum lb_status lb_json_check_version(const char *name, struct json_object *document, int version,
                                     struct lb_error *error)
{
    struct json_object *field;
    if (!json_object_is_type(document, json_type_object) ||
        !json_object_object_get_ex(document, "schema_version", &field) ||
        !json_object_is_type(field, json_type_int))
        return lb_fail(error, LB_USAGE, "%s: $.schema_version: no results document", name);
    if (json_object_get_int(field) != version)
        return lb_fail(error, LB_USAGE,
                       "%s: $.schema_version: is %d, this program reads %d; run 'make bench' again",
                       name, json_object_get_int(field), version);
    return LB_OK;
}
