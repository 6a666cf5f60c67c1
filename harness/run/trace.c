/*
 * trace.c - see trace.h. The format: "Trace Event Format", JSON object form; complete events (X)
 * for visits and samples, metadata events (M) for names. Times are in microseconds with the
 * nanoseconds behind the point, from when the trace was opened.
 */
#include "harness/run/trace.h"

#include "harness/base/clock.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define ROOM_BYTES (16ULL << 20)

enum lb_status lb_trace_open(struct lb_trace *trace, const char *path, struct lb_error *error)
{
    memset(trace, 0, sizeof *trace);
    trace->began_ns = lb_clock_wall_ns();
    enum lb_status status = lb_atomic_open(&trace->file, path, ROOM_BYTES, error);
    if (status != LB_OK)
        return status;
    int fd = dup(trace->file.fd);
    trace->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (!trace->stream) {
        lb_atomic_abandon(&trace->file);
        return lb_fail_errno(error, LB_SYSTEM, "cannot write %s", path);
    }
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", trace->stream);
    return LB_OK;
}

/* The events between the brackets: commas before all but the first. */
static FILE *next_event(struct lb_trace *trace)
{
    fputs(trace->events++ ? ",\n" : "\n", trace->stream);
    return trace->stream;
}

/* Ids and names are [a-z0-9_,/=] by the registry's check: nothing to escape. */
static void name_benchmark(struct lb_trace *trace, const struct lb_benchmark *b)
{
    if (trace->benchmark == b)
        return;
    trace->benchmark = b;
    trace->benchmarks++;
    fprintf(next_event(trace),
            "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%u,\"tid\":0,"
            "\"args\":{\"name\":\"%s/%s\"}}",
            trace->benchmarks, b->family, b->name);
    fprintf(next_event(trace),
            "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":0,"
            "\"args\":{\"name\":\"all variants\"}}",
            trace->benchmarks);
    for (size_t v = 0; v < b->variant_count; v++)
        fprintf(next_event(trace),
                "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":%zu,"
                "\"args\":{\"name\":\"%s\"}}",
                trace->benchmarks, v + 1, b->variants[v].name);
}

static double microseconds(uint64_t from_ns, uint64_t to_ns)
{
    return to_ns > from_ns ? (double)(to_ns - from_ns) / 1e3 : 0;
}

static void begin_slice(struct lb_trace *trace, const struct lb_case *c, const char *category,
                        uint64_t start_ns, uint64_t duration_ns)
{
    size_t variant = (size_t)(c->variant - c->benchmark->variants);
    fprintf(next_event(trace),
            "{\"ph\":\"X\",\"cat\":\"%s\",\"name\":\"%s\",\"pid\":%u,\"tid\":%zu,\"ts\":%.3f,"
            "\"dur\":%.3f,\"args\":{",
            category, strcmp(category, "visit") == 0 ? c->id : category, trace->benchmarks,
            variant + 1, microseconds(trace->began_ns, start_ns), (double)duration_ns / 1e3);
}

static void add_sample(struct lb_trace *trace, const struct lb_result *r, const struct lb_taken *t)
{
    begin_slice(trace, r->c, "sample", t->start_ns, t->wall_ns);
    fprintf(trace->stream,
            "\"ops\":%" PRIu64 ",\"cpu_ns\":%" PRIu64 ",\"minor_faults\":%" PRIu64
            ",\"major_faults\":%" PRIu64 ",\"voluntary_switches\":%" PRIu64
            ",\"involuntary_switches\":%" PRIu64 ",\"migrated\":%s,\"kept\":%s}}",
            t->ops, t->cpu_ns, t->minor_faults, t->major_faults, t->voluntary_switches,
            t->involuntary_switches, t->migrated ? "true" : "false", t->kept ? "true" : "false");
}

void lb_trace_visit(struct lb_trace *trace, const struct lb_result *r, uint64_t start_ns,
                    uint64_t end_ns)
{
    unsigned last = (unsigned)r->visit_count - 1;
    const struct lb_visit *visit = &r->visits[last];
    size_t first = r->taken_count;
    while (first > 0 && r->taken[first - 1].visit == last)
        first--;
    name_benchmark(trace, r->c->benchmark);
    begin_slice(trace, r->c, "visit", start_ns, end_ns - start_ns);
    fprintf(trace->stream,
            "\"replicate\":%u,\"round\":%u,\"steady\":%s,\"steal_ns\":", visit->replicate,
            visit->round, visit->steady ? "true" : "false");
    if (visit->steal_ns == UINT64_MAX)
        fputs("null}}", trace->stream);
    else
        fprintf(trace->stream, "%" PRIu64 "}}", visit->steal_ns);
    for (size_t i = first; i < r->taken_count; i++)
        add_sample(trace, r, &r->taken[i]);
}

void lb_trace_phase(struct lb_trace *trace, const struct lb_case *c, const char *what,
                    uint64_t start_ns, uint64_t end_ns)
{
    name_benchmark(trace, c->benchmark);
    fprintf(next_event(trace),
            "{\"ph\":\"X\",\"cat\":\"phase\",\"name\":\"%s\",\"pid\":%u,\"tid\":0,\"ts\":%.3f,"
            "\"dur\":%.3f,\"args\":{\"point\":\"%s\"}}",
            what, trace->benchmarks, microseconds(trace->began_ns, start_ns),
            (double)(end_ns - start_ns) / 1e3, c->label);
}

enum lb_status lb_trace_commit(struct lb_trace *trace, struct lb_error *error)
{
    FILE *stream = trace->stream;
    trace->stream = NULL;
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        enum lb_status status =
            lb_fail_errno(error, LB_SYSTEM, "cannot write %s", trace->file.path);
        lb_atomic_abandon(&trace->file);
        return status;
    }
    return lb_atomic_commit(&trace->file, "\n]}\n", error);
}

void lb_trace_abandon(struct lb_trace *trace)
{
    if (!trace->stream)
        return;
    fclose(trace->stream);
    trace->stream = NULL;
    lb_atomic_abandon(&trace->file);
}
