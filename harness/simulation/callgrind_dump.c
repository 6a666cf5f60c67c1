/*
 * callgrind_dump.c - see callgrind_dump.h.
 *
 * Of a dump only three lines matter: which client request wrote it ("desc: Trigger: Client
 * Request: NAME"), which events it holds in which order ("events: ..."), and their sums
 * ("totals: ..."). The format leaves out zeros at a line's end.
 */
#include "harness/simulation/callgrind_dump.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define TRIGGER "desc: Trigger: Client Request: "
#define EVENTS  "events: "
#define TOTALS  "totals: "

enum { WORDS_MAX = 32, FIELD_MISSING = -1 };

static const struct {
    const char *event;
    size_t offset;
} fields[] = {
#define X(field, event) {event, offsetof(struct lb_callgrind_counts, field)},
    LB_CALLGRIND_EVENTS(X)
#undef X
};
enum { FIELDS = sizeof fields / sizeof *fields };

static int field_of(const char *word, size_t length)
{
    for (int i = 0; i < FIELDS; i++)
        if (strlen(fields[i].event) == length && strncmp(fields[i].event, word, length) == 0)
            return i;
    return FIELD_MISSING;
}

/* The part of the line behind `key`, or NULL when it begins otherwise. */
static const char *behind(const char *line, const char *key)
{
    size_t length = strlen(key);
    return strncmp(line, key, length) == 0 ? line + length : NULL;
}

static bool line_is(const char *rest, const char *text)
{
    size_t length = strlen(text);
    return strncmp(rest, text, length) == 0 && (rest[length] == '\n' || rest[length] == 0);
}

/* Which field stands in each column. */
static size_t read_columns(const char *line, int *columns)
{
    size_t count = 0;
    while (*line && *line != '\n' && count < WORDS_MAX) {
        size_t length = strcspn(line, " \n");
        if (length)
            columns[count++] = field_of(line, length);
        line += length + (line[length] == ' ');
    }
    return count;
}

static enum lb_status missing_event(const int *columns, size_t count, struct lb_error *error)
{
    for (int i = 0; i < FIELDS; i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++)
            found |= columns[k] == i;
        if (!found)
            return lb_fail(error, LB_PROTOCOL, "callgrind's dump has no event '%s'",
                           fields[i].event);
    }
    return LB_OK;
}

static enum lb_status read_totals(const char *line, const int *columns, size_t count,
                                  struct lb_callgrind_counts *counts, struct lb_error *error)
{
    memset(counts, 0, sizeof *counts);
    for (size_t k = 0; *line && *line != '\n'; k++) {
        char *end;
        errno = 0;
        unsigned long long value = strtoull(line, &end, 10);
        if (end == line || errno || *line == '-' || k >= count)
            return lb_fail(error, LB_PROTOCOL, "callgrind's dump has totals that are no counts");
        if (columns[k] != FIELD_MISSING)
            *(uint64_t *)((char *)counts + fields[columns[k]].offset) = value;
        line = end + strspn(end, " ");
    }
    return LB_OK;
}

enum lb_status lb_callgrind_find(const char *text, const char *name,
                                 struct lb_callgrind_counts *counts, struct lb_error *error)
{
    int columns[WORDS_MAX];
    size_t count = 0;
    bool wanted = false;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        const char *rest;
        line += *line == '\n';
        if ((rest = behind(line, TRIGGER)))
            wanted = line_is(rest, name);
        else if ((rest = behind(line, EVENTS)))
            count = read_columns(rest, columns);
        else if (wanted && (rest = behind(line, TOTALS)))
            return missing_event(columns, count, error) == LB_OK
                       ? read_totals(rest, columns, count, counts, error)
                       : LB_PROTOCOL;
    }
    return lb_fail(error, LB_PROTOCOL, "callgrind wrote no dump named '%s'", name);
}
