/*
 * guest_questions.c - what the emulated machine is asked that no command of layoutbench says:
 * whether libpfm4's Arm build encodes the table's Arm rows, and what a multiplexed counter reads.
 *
 * usage: questions encode | multiplex | print FILE
 */
#include "harness/counters/events.h"
#include "harness/counters/session.h"

#include <inttypes.h>
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
    if (argc == 3 && strcmp(argv[1], "print") == 0)
        return print(argv[2]);
    return 2;
}
