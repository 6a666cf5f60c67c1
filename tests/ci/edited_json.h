/*
 * edited_json.h - a JSON document with one place of it changed, as the file that a module reads.
 */
#ifndef LB_TEST_EDITED_JSON_H
#define LB_TEST_EDITED_JSON_H

#include "tests/harness/cmocka_all.h"

#include "harness/base/error.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct edit {
    int line;            /* of the test */
    const char *pointer; /* "/run/complete"; "" is the document itself */
    const char *value;   /* JSON, or NaN; NULL: the member goes */
    const char *message; /* what is said of it */
};

/* What a test edits, and what reads it. */
struct edited {
    struct json_object *(*document)(void);
    enum lb_status (*read)(const char *path, struct lb_error *error);
};

static void take_away(struct json_object *document, const char *pointer)
{
    char parent[128];
    const char *last = strrchr(pointer, '/');
    struct json_object *holder = NULL;
    assert_non_null(last);
    snprintf(parent, sizeof parent, "%.*s", (int)(last - pointer), pointer);
    assert_int_equal(json_pointer_get(document, parent, &holder), 0);
    json_object_object_del(holder, last + 1);
}

static void edit_json(struct json_object **document, const struct edit *edit)
{
    if (edit->value)
        assert_int_equal(json_pointer_set(document, edit->pointer, json_tokener_parse(edit->value)),
                         0);
    else
        take_away(*document, edit->pointer);
}

/* Reads the document with these edits; `error` says nothing on success. */
static inline enum lb_status read_edited(const struct edited *of, const struct edit *edits,
                                         size_t count, char path[64], struct lb_error *error)
{
    struct json_object *document = of->document();
    snprintf(path, 64, "%s", "/tmp/edited_json.XXXXXX");
    int fd = mkstemp(path);
    assert_non_null(document);
    assert_true(fd >= 0);
    for (size_t i = 0; i < count; i++)
        edit_json(&document, &edits[i]);
    assert_int_equal(json_object_to_fd(fd, document, JSON_C_TO_STRING_PLAIN), 0);
    close(fd);
    error->text[0] = 0;
    enum lb_status status = of->read(path, error);
    unlink(path);
    json_object_put(document);
    return status;
}

/* Each edit alone is refused in one line with the file's name and the message. */
static inline void assert_refused(const struct edited *of, const struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct lb_error error;
        char path[64];
        enum lb_status status = read_edited(of, &edits[i], 1, path, &error);
        if (status != LB_USAGE || strncmp(error.text, path, strlen(path)) != 0 ||
            !strstr(error.text, edits[i].message) || strpbrk(error.text, "\n\033"))
            fail_msg("row of line %d: status %d, '%s'", edits[i].line, (int)status, error.text);
    }
}

#endif
