/*
 * guest_questions.c - what the emulated machine is asked that no command of layoutbench says:
 * whether libpfm4's Arm build encodes the table's Arm rows, what a multiplexed counter reads, and
 * how the document reports the case that it was read of.
 *
 * usage: questions encode | multiplex | multiplexed-case | print FILE
 */
#include "harness/counters/events.h"
#include "harness/counters/session.h"
#include "harness/document/case_json.h"
#include "harness/run/visit.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>

/* One line a row of libpfm4's: table, event, and its words if it does not encode it. */
static int encode(void)
{
    for (const struct lb_event_table *table = lb_events_arm; table->name; table++)
        for (size_t i = 0; i < table->row_count; i++) {
            struct lb_encoding encoding;
            const struct lb_event_row *row = &table->rows[i];
            if (row->how != LB_EVENT_LIBRARY)
                continue;
            const char *words = lb_pfm_encode(row->event, &encoding);
            printf("%s\t%s\t%s\n", table->name, row->event, words ? words : "encoded");
        }
    return 0;
}

/*
 * Two passes' events on at once ask for more counters than there are, so the kernel gives each its
 * turn: what a stranger's events do to a run. One line a counter that the bracket read.
 */
static int multiplex(void)
{
    const struct lb_counter_setup setup = {.cpu = 0, .root = "", .sys = &lb_real_syscalls};
    struct lb_counter_session *session;
    struct lb_counter_delta deltas[LB_COUNTERS_MAX];
    if (lb_session_open(&setup, &session, NULL) != LB_OK || lb_counters_passes(session) < 2)
        return 1;
    lb_counters_begin(session, 0);
    for (unsigned pass = 1; pass < lb_counters_passes(session); pass++) {
        struct lb_group *other = &session->passes.groups[pass];
        if (other->provider->enable(other, true) != 0)
            return 1;
    }
    lb_real_syscalls.spin(NULL, 200000000);
    lb_counters_end(session, 0, deltas);
    for (unsigned c = 0; c < LB_COUNTER_COUNT; c++)
        if (deltas[c].valid)
            printf("%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", lb_counter_name(c),
                   deltas[c].value, deltas[c].time_enabled_ns, deltas[c].time_running_ns);
    lb_counters_close(session);
    return 0;
}

/* A descriptor that says no more of the case than its process is asked for. */
static const struct lb_variant inline_variant = {.name = "inline", .summary = "the reference"};
static const struct lb_benchmark boxing_sum = {.family = "boxing",
                                               .name = "sum",
                                               .op = "element",
                                               .variants = &inline_variant,
                                               .variant_count = 1};
static const struct lb_case boxing_case = {
    .benchmark = &boxing_sum, .variant = &inline_variant, .id = "boxing/sum/inline/ws=16KiB"};

/* For what reads the list of benchmarks; there is none here. */
const struct lb_benchmark *const lb_benchmark_list[] = {NULL};

/* What a profiler does that is attached to the process: a group as large as the PMU, its own. */
static bool attach_profiler(pid_t pid)
{
    int leader = -1;
    for (int i = 0; i < 6; i++) {
        struct perf_event_attr attr = {
            .type = PERF_TYPE_RAW, .size = sizeof attr, .config = 0x08, .exclude_kernel = 1};
        int fd = lb_real_syscalls.perf_event_open(NULL, &attr, pid, -1, leader, 0);
        if (fd < 0)
            return false;
        leader = leader < 0 ? fd : leader;
    }
    return true;
}

/* The case's own process, and a visit to it while somebody else counts there. */
static bool visit_under_profiler(struct lb_result *result)
{
    const struct lb_child_options options = {
        .program = "/layoutbench", .seed = 1, .cpu = 0, .counters = true};
    const struct lb_visit_options visit = {.cpu = 0, .samples = 8, .warming_ms = 30};
    struct lb_child_ready ready;
    struct lb_child child;
    struct lb_error error;
    bool done = lb_child_start(&child, boxing_case.id, &options, &error) == LB_OK &&
                lb_child_wait_ready(&child, &ready, &error) == LB_OK &&
                attach_profiler(child.pid) &&
                lb_visit_make(&visit, &child, 0, 0, result, &error) == LB_OK;
    lb_child_kill(&child);
    return done;
}

static int multiplexed_case(void)
{
    const struct lb_counter_setup setup = {.cpu = 0, .root = "", .sys = &lb_real_syscalls};
    const struct lb_point_label label = {.level = NULL};
    struct lb_counter_session *session;
    struct lb_result result;
    lb_result_init(&result, &boxing_case);
    if (lb_session_open(&setup, &session, NULL) != LB_OK || !visit_under_profiler(&result) ||
        lb_result_analyse(&result, NULL) != LB_OK)
        return 1;
    struct json_object *row = lb_case_to_json(&result, NULL, session, &label);
    printf("%s\n", json_object_to_json_string_ext(row, JSON_C_TO_STRING_PLAIN));
    json_object_put(row);
    lb_result_free(&result);
    lb_counters_close(session);
    return 0;
}

static int print(const char *path)
{
    char buffer[4096];
    size_t got;
    FILE *file = fopen(path, "r");
    if (!file)
        return 1;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        fwrite(buffer, 1, got, stdout);
    fclose(file);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "encode") == 0)
        return encode();
    if (argc == 2 && strcmp(argv[1], "multiplex") == 0)
        return multiplex();
    if (argc == 2 && strcmp(argv[1], "multiplexed-case") == 0)
        return multiplexed_case();
    if (argc == 3 && strcmp(argv[1], "print") == 0)
        return print(argv[2]);
    return 2;
}
