/* protocol.c - see protocol.h. */
#include "harness/case/protocol.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool take_line(struct lb_line_reader *reader, char *line)
{
    char *from = reader->buffer + reader->start;
    char *newline = memchr(from, '\n', reader->end - reader->start);
    if (!newline)
        return false;
    size_t length = (size_t)(newline - from);
    size_t kept = length < LB_LINE_BYTES ? length : LB_LINE_BYTES - 1;
    memcpy(line, from, kept);
    line[kept] = 0;
    reader->start += length + 1;
    return true;
}

static enum lb_status refill(struct lb_line_reader *reader, int timeout_ms, struct lb_error *error)
{
    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    if (reader->end == sizeof reader->buffer)
        return lb_fail(error, LB_PROTOCOL, "a line of more than %zu bytes", sizeof reader->buffer);
    struct pollfd p = {.fd = reader->fd, .events = POLLIN};
    int ready = poll(&p, 1, timeout_ms);
    reader->timed_out = ready == 0;
    if (ready < 0)
        return errno == EINTR ? lb_fail(error, LB_INTERRUPTED, "interrupted")
                              : lb_fail_errno(error, LB_SYSTEM, "poll");
    if (ready == 0)
        return lb_fail(error, LB_CHILD, "no answer for %d s", timeout_ms / 1000);
    ssize_t got =
        read(reader->fd, reader->buffer + reader->end, sizeof reader->buffer - reader->end);
    if (got < 0 && errno == EINTR)
        return lb_fail(error, LB_INTERRUPTED, "interrupted");
    if (got <= 0)
        return lb_fail(error, LB_CHILD, "the other side closed the connection");
    reader->end += (size_t)got;
    return LB_OK;
}

enum lb_status lb_line_read(struct lb_line_reader *reader, int timeout_ms, char *line,
                            struct lb_error *error)
{
    while (!take_line(reader, line)) {
        enum lb_status status = refill(reader, timeout_ms, error);
        if (status != LB_OK)
            return status;
    }
    return LB_OK;
}

static enum lb_status write_all(int fd, const char *text, size_t length, struct lb_error *error)
{
    while (length > 0) {
        ssize_t put = send(fd, text, length, MSG_NOSIGNAL);
        if (put < 0 && errno == ENOTSOCK)
            put = write(fd, text, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return lb_fail_errno(error, LB_CHILD, "cannot write to the other side");
        text += put;
        length -= (size_t)put;
    }
    return LB_OK;
}

enum lb_status lb_line_write(int fd, struct lb_error *error, const char *format, ...)
{
    char line[LB_LINE_BYTES + 1];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, LB_LINE_BYTES, format, args);
    va_end(args);
    if (length >= LB_LINE_BYTES)
        length = LB_LINE_BYTES - 1;
    for (char *c = line; *c; c++)
        if (*c == '\n')
            *c = ' ';
    line[length] = '\n';
    return write_all(fd, line, (size_t)length + 1, error);
}

/* A figure has up to 20 digits; a line that is cut off would be another figure. */
_Static_assert(LB_LINE_BYTES > 9 * 21 + LB_COUNTERS_MAX * (4 + 3 * 21) + 32,
               "a sample with all counters fits a line");

enum lb_status lb_sample_write(int fd, const struct lb_sample *s, struct lb_error *error)
{
    char text[LB_LINE_BYTES];
    size_t size = sizeof text;
    int n = snprintf(text, size,
                     "s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
                     " %" PRIu64 " %d",
                     s->ops, s->wall_ns, s->cpu_ns, s->minor_faults, s->major_faults,
                     s->voluntary_switches, s->involuntary_switches, s->migrated);
    for (int i = 0; i < LB_COUNTERS_MAX && n > 0 && (size_t)n < size; i++) {
        const struct lb_counter_delta *d = &s->counters[i];
        if (d->lost)
            n += snprintf(text + n, size - (size_t)n, " %d=lost", i);
        else if (d->valid)
            n += snprintf(text + n, size - (size_t)n, " %d=%" PRIu64 ":%" PRIu64 ":%" PRIu64, i,
                          d->value, d->time_enabled_ns, d->time_running_ns);
    }
    if (s->start_ns && n > 0 && (size_t)n < size)
        snprintf(text + n, size - (size_t)n, " at=%" PRIu64, s->start_ns);
    return lb_line_write(fd, error, "%s", text);
}

static bool parse_start(const char *word, struct lb_sample *sample)
{
    int used = 0;
    return sscanf(word, "at=%" SCNu64 "%n", &sample->start_ns, &used) == 1 && !word[used];
}

static bool parse_counter(const char *word, struct lb_sample *sample)
{
    int number, used = 0;
    if (sscanf(word, "%d=%n", &number, &used) != 1 || !used || number < 0 ||
        number >= LB_COUNTERS_MAX)
        return false;
    struct lb_counter_delta *d = &sample->counters[number];
    if (strcmp(word + used, "lost") == 0) {
        d->lost = true;
        return true;
    }
    d->valid = sscanf(word + used, "%" SCNu64 ":%" SCNu64 ":%" SCNu64, &d->value,
                      &d->time_enabled_ns, &d->time_running_ns) == 3;
    return d->valid;
}

enum lb_status lb_sample_parse(const char *line, struct lb_sample *s, struct lb_error *error)
{
    char text[LB_LINE_BYTES];
    int used = 0, migrated = 0;
    memset(s, 0, sizeof *s);
    if (sscanf(line,
               "s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %d%n",
               &s->ops, &s->wall_ns, &s->cpu_ns, &s->minor_faults, &s->major_faults,
               &s->voluntary_switches, &s->involuntary_switches, &migrated, &used) != 8 ||
        !s->ops)
        return lb_fail(error, LB_PROTOCOL, "not a sample: '%s'", line);
    s->migrated = migrated;
    snprintf(text, sizeof text, "%s", line + used);
    char *rest = text;
    for (char *word = strtok_r(rest, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (!parse_start(word, s) && !parse_counter(word, s))
            return lb_fail(error, LB_PROTOCOL, "not a counter in a sample: '%s'", word);
    return LB_OK;
}

enum lb_status lb_metric_write(int fd, const char *name, const struct lb_metric_value *value,
                               struct lb_error *error)
{
    if (isfinite(value->value))
        return lb_line_write(fd, error, "m %s %.17g", name, value->value);
    return lb_line_write(fd, error, "m %s - %s", name, value->reason);
}

enum lb_status lb_metric_parse(const char *line, struct lb_metric_values *values,
                               struct lb_error *error)
{
    char name[1024];
    int used = 0;
    double number;
    bool named = sscanf(line, "m %1023s %n", name, &used) == 1 && used > 0;
    struct lb_metric_value *value = named ? lb_metrics_find(values, name) : NULL;
    if (!value)
        return lb_fail(error, LB_PROTOCOL, "not a metric of this benchmark: '%.200s'", line);
    bool unknown = strncmp(line + used, "- ", 2) == 0;
    if (unknown) {
        value->value = NAN;
        snprintf(value->reason, sizeof value->reason, "%s", line + used + 2);
        return LB_OK;
    }
    int length = 0;
    if (sscanf(line + used, "%lf%n", &number, &length) != 1 || line[used + length] ||
        !isfinite(number))
        return lb_fail(error, LB_PROTOCOL, "not a metric's value: '%.200s'", line);
    value->value = number;
    value->reason[0] = 0;
    return LB_OK;
}
