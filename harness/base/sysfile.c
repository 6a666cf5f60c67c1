/* sysfile.c - see sysfile.h. */
#include "harness/base/sysfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool lb_sysfile_is_live(const char *root)
{
    return !root || !*root || strcmp(root, "/") == 0;
}

static bool full_path(char *out, size_t size, const char *root, const char *path, va_list args)
{
    int used = snprintf(out, size, "%s/", lb_sysfile_is_live(root) ? "" : root);
    if (used < 0 || (size_t)used >= size)
        return false;
    int more = vsnprintf(out + used, size - (size_t)used, path, args);
    return more >= 0 && (size_t)more < size - (size_t)used;
}

static FILE *open_v(const char *root, const char *path, va_list args)
{
    char full[4096];
    return full_path(full, sizeof full, root, path, args) ? fopen(full, "re") : NULL;
}

/* The length of the first line without blanks around it; -1: there is none. 0 leaves *out alone. */
static ssize_t line_v(const char *root, char *out, size_t size, const char *path, va_list args)
{
    FILE *file = open_v(root, path, args);
    if (!file)
        return -1;
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, file);
    fclose(file);
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        line[--length] = '\0';
    const char *start = line;
    while (length > 0 && isspace((unsigned char)*start))
        start++, length--;
    if (length > 0)
        snprintf(out, size, "%s", start);
    free(line);
    return length;
}

FILE *lb_sysfile_open(const char *root, const char *path, ...)
{
    va_list args;
    va_start(args, path);
    FILE *file = open_v(root, path, args);
    va_end(args);
    return file;
}

bool lb_sysfile_exists(const char *root, const char *path, ...)
{
    char full[4096];
    va_list args;
    va_start(args, path);
    bool fits = full_path(full, sizeof full, root, path, args);
    va_end(args);
    return fits && access(full, F_OK) == 0;
}

bool lb_sysfile_line(const char *root, char *out, size_t size, const char *path, ...)
{
    va_list args;
    va_start(args, path);
    ssize_t length = line_v(root, out, size, path, args);
    va_end(args);
    return length > 0;
}

bool lb_sysfile_number(const char *root, int64_t *out, const char *path, ...)
{
    char line[64];
    va_list args;
    va_start(args, path);
    ssize_t length = line_v(root, line, sizeof line, path, args);
    va_end(args);
    if (length <= 0)
        return false;
    char *end;
    errno = 0;
    long long number = strtoll(line, &end, 10);
    if (errno || end == line || *end)
        return false;
    *out = number;
    return true;
}

bool lb_sysfile_cpulist(const char *root, struct lb_cpulist *out, const char *path, ...)
{
    char line[4096] = "";
    va_list args;
    va_start(args, path);
    ssize_t length = line_v(root, line, sizeof line, path, args);
    va_end(args);
    return length >= 0 && lb_cpulist_parse(line, out);
}

bool lb_cpulist_parse(const char *text, struct lb_cpulist *out)
{
    struct lb_cpulist list = {{0}};
    while (*text) {
        char *end;
        if (!isdigit((unsigned char)*text))
            return false;
        unsigned long first = strtoul(text, &end, 10), last = first;
        if (*end == '-') {
            if (!isdigit((unsigned char)end[1]))
                return false;
            last = strtoul(end + 1, &end, 10);
        }
        if (first > last || last >= LB_CPUS_MAX || (*end && *end != ','))
            return false;
        for (unsigned long cpu = first; cpu <= last; cpu++)
            list.bits[cpu / 64] |= UINT64_C(1) << cpu % 64;
        text = *end ? end + 1 : end;
    }
    *out = list;
    return true;
}

bool lb_cpulist_has(const struct lb_cpulist *list, int cpu)
{
    return cpu >= 0 && cpu < LB_CPUS_MAX && (list->bits[cpu / 64] >> cpu % 64 & 1);
}

int lb_cpulist_count(const struct lb_cpulist *list)
{
    int count = 0;
    for (size_t i = 0; i < LB_CPUS_MAX / 64; i++)
        count += __builtin_popcountll(list->bits[i]);
    return count;
}

int lb_cpulist_next(const struct lb_cpulist *list, int after)
{
    for (int cpu = after + 1; cpu < LB_CPUS_MAX; cpu++)
        if (lb_cpulist_has(list, cpu))
            return cpu;
    return -1;
}
