/* struct_layouts.c - see struct_layouts.h. */
#include "harness/run/struct_layouts.h"

#include "harness/base/jsonwrite.h"
#include "harness/base/spawn.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 30000, NAME_BYTES = 128, LINE_BYTES = 512 };

struct record {
    char name[NAME_BYTES];
    const char *text; /* from "struct" */
    unsigned long long size, lines, holes, padding;
    struct json_object *members;
};

/* ---- Lines --------------------------------------------------------------------------------- */

static bool starts_with(const char *line, const char *start)
{
    return strncmp(line, start, strlen(start)) == 0;
}

static bool is_record(const struct lb_benchmark *b, const char *name)
{
    for (size_t i = 0; i < b->record_count; i++)
        if (strcmp(b->records[i].name, name) == 0)
            return true;
    return false;
}

/* "/" "* <58a28> benchmarks/padding/field_order.c:76 *" "/": is it this file? */
static bool declared_in(const char *line, const char *source_file)
{
    const char *file = starts_with(line, "/* <") ? strstr(line, "> ") : NULL;
    size_t length = strlen(source_file);
    return file && strncmp(file + 2, source_file, length) == 0 && file[2 + length] == ':';
}

/* The last word of a declaration, without array, bit-field and attribute: "hot" of "int hot[2]". */
static void member_name(char *declaration, char *name)
{
    char *end = strstr(declaration, " __attribute__");
    if (end)
        *end = 0;
    declaration[strcspn(declaration, ";:[")] = 0;
    for (end = declaration + strlen(declaration); end > declaration && isspace(end[-1]);)
        *--end = 0;
    while (end > declaration && (isalnum((unsigned char)end[-1]) || end[-1] == '_'))
        end--;
    snprintf(name, NAME_BYTES, "%.*s", NAME_BYTES - 1, end);
}

/* A member of the record itself stands behind one tab, and its offset and size at the line's end.
 */
static void take_member(struct record *r, char *line)
{
    unsigned long long offset, size;
    unsigned bit;
    char name[NAME_BYTES], *figures = strrchr(line, '/');
    while (figures && figures > line && strncmp(figures, "/*", 2) != 0)
        figures--;
    if (line[0] != '\t' || line[1] == '\t' || !figures || figures < line + 2)
        return;
    if (sscanf(figures, "/* %llu: %u %llu */", &offset, &bit, &size) != 3 &&
        sscanf(figures, "/* %llu %llu */", &offset, &size) != 2)
        return;
    *figures = 0;
    member_name(line + 1, name);
    struct json_object *member = json_object_new_object();
    json_object_object_add(member, "name", lb_json_text(name));
    json_object_object_add(member, "offset_bytes", json_object_new_uint64(offset));
    json_object_object_add(member, "size_bytes", json_object_new_uint64(size));
    json_object_array_add(r->members, member);
}

static void take_summary(struct record *r, const char *line)
{
    const char *holes = strstr(line, "sum holes: ");
    sscanf(line, "\t/* size: %llu, cachelines: %llu", &r->size, &r->lines);
    sscanf(line, "\t/* padding: %llu", &r->padding);
    if (holes)
        sscanf(holes, "sum holes: %llu", &r->holes);
}

/* ---- Records ------------------------------------------------------------------------------- */

static struct json_object *record_json(const struct record *r, const struct lb_benchmark *b,
                                       const char *end)
{
    struct json_object *o = json_object_new_object();
    char benchmark[NAME_BYTES];
    snprintf(benchmark, sizeof benchmark, "%s/%s", b->family, b->name);
    json_object_object_add(o, "benchmark", lb_json_text(benchmark));
    json_object_object_add(o, "record", lb_json_text(r->name));
    json_object_object_add(o, "size_bytes", json_object_new_uint64(r->size));
    json_object_object_add(o, "holes_bytes", json_object_new_uint64(r->holes));
    json_object_object_add(o, "padding_bytes", json_object_new_uint64(r->padding));
    json_object_object_add(o, "lines", json_object_new_uint64(r->lines));
    json_object_object_add(o, "members", r->members);
    json_object_object_add(o, "text", json_object_new_string_len(r->text, (int)(end - r->text)));
    return o;
}

static void take_line(struct record *r, const char *start, size_t length)
{
    char line[LINE_BYTES];
    if (length >= sizeof line)
        return;
    memcpy(line, start, length);
    line[length] = 0;
    if (starts_with(line, "\t/*"))
        take_summary(r, line);
    else
        take_member(r, line);
}

struct json_object *lb_struct_layouts_parse(const char *text, const struct lb_benchmark *b)
{
    struct json_object *rows = json_object_new_array();
    struct record r = {.text = NULL};
    bool here = false; /* the declaration's place, which stands before the struct, is this file */
    for (const char *line = text, *next; *line; line = next) {
        size_t length = strcspn(line, "\n");
        next = line + length + (line[length] == '\n');
        if (!r.text && starts_with(line, "/* <"))
            here = declared_in(line, b->source_file);
        else if (!r.text && here && sscanf(line, "struct %127[a-zA-Z0-9_] {", r.name) == 1 &&
                 is_record(b, r.name)) {
            r.text = line;
            r.members = json_object_new_array();
        } else if (r.text && *line == '}') {
            json_object_array_add(rows, record_json(&r, b, line + length));
            r = (struct record){.text = NULL};
            here = false;
        } else if (r.text)
            take_line(&r, line, length);
    }
    json_object_put(r.members); /* of a text that was cut: pahole was killed */
    return rows;
}

/* ---- The program --------------------------------------------------------------------------- */

static void add_rows(struct json_object *all, const struct lb_benchmark *b, const char *text)
{
    struct json_object *rows = lb_struct_layouts_parse(text, b);
    for (size_t i = 0; i < json_object_array_length(rows); i++)
        json_object_array_add(all, json_object_get(json_object_array_get_idx(rows, i)));
    json_object_put(rows);
}

/* Of all benchmarks among the results; how many of them name records. */
static size_t add_all_rows(struct json_object *all, const struct lb_result *results, size_t count,
                           const char *text)
{
    const struct lb_benchmark *last = NULL;
    size_t naming = 0;
    for (size_t i = 0; i < count; i++) {
        const struct lb_benchmark *b = results[i].c->benchmark;
        if (b != last && b->record_count > 0) {
            add_rows(all, b, text);
            naming++;
        }
        last = b;
    }
    return naming;
}

static enum lb_status check_found(size_t naming, size_t found, int code, struct lb_error *error)
{
    if (code != 0)
        return lb_fail(error, LB_UNAVAILABLE, "pahole failed with status %d: run it by hand on %s",
                       code, lb_spawn_self());
    if (naming > 0 && found == 0)
        return lb_fail(error, LB_UNAVAILABLE,
                       "pahole found none of the records that benchmarks name: build with -g");
    return LB_OK;
}

enum lb_status lb_struct_layouts(const struct lb_result *results, size_t count,
                                 struct json_object **rows, struct lb_error *error)
{
    const char *argv[] = {"pahole", "-F", "dwarf", "-I", "-c", "64", lb_spawn_self(), NULL};
    struct lb_spawn spawn = {.argv = argv, .path = true, .err_fd = -1, .extra_fd = -1};
    char *text = NULL;
    int code = 0;
    enum lb_status status = lb_spawn_capture(&spawn, TIMEOUT_MS, &text, &code, error);
    if (status == LB_INTERRUPTED)
        return status;
    if (status != LB_OK)
        return LB_UNAVAILABLE;
    struct json_object *all = json_object_new_array();
    size_t naming = add_all_rows(all, results, count, text);
    free(text);
    status = check_found(naming, json_object_array_length(all), code, error);
    if (status == LB_OK)
        *rows = all;
    else
        json_object_put(all);
    return status;
}
