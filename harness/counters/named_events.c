/* named_events.c - see named_events.h. */
#include "harness/counters/named_events.h"

#include "harness/base/suggest.h"
#include "harness/counters/provider.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static enum lb_status unknown(const char *name, const char *words, struct lb_error *error)
{
    struct lb_suggestion nearest = {0};
    lb_pfm_suggest(name, &nearest);
    if (strcmp(nearest.text, name) == 0) /* known, and refused for what is behind it */
        nearest.text[0] = '\0';
    return lb_fail(error, LB_USAGE, "--events: libpfm4 does not take '%s' (%s)%s%s%s", name, words,
                   nearest.text[0] ? "; did you mean '" : "", nearest.text,
                   nearest.text[0] ? "'?" : "");
}

static enum lb_status add(struct lb_named_events *events, const char *name, struct lb_error *error)
{
    struct lb_encoding encoding;
    if (lb_counter_by_name(name) >= 0)
        return lb_fail(error, LB_USAGE, "--events: '%s' is counted in every run", name);
    for (unsigned i = 0; i < events->count; i++)
        if (strcmp(events->names[i], name) == 0)
            return lb_fail(error, LB_USAGE, "--events: '%s' stands there twice", name);
    if (events->count == LB_NAMED_EVENTS_MAX)
        return lb_fail(error, LB_USAGE, "at most %d --events", LB_NAMED_EVENTS_MAX);
    const char *words = lb_pfm_encode(name, &encoding);
    if (words)
        return unknown(name, words, error);
    strcpy(events->names[events->count++], name);
    return LB_OK;
}

/* As the results document wants them, too. */
static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isgraph((unsigned char)text[i]))
            return false;
    return length > 0 && length < LB_EVENT_NAME_BYTES;
}

enum lb_status lb_named_events_add(struct lb_named_events *events, const char *list,
                                   struct lb_error *error)
{
    enum lb_status status = LB_OK;
    for (const char *from = list, *comma; from && status == LB_OK;
         from = comma ? comma + 1 : NULL) {
        char name[LB_EVENT_NAME_BYTES];
        comma = strchr(from, ',');
        size_t length = comma ? (size_t)(comma - from) : strlen(from);
        if (!is_name(from, length))
            return lb_fail(error, LB_USAGE,
                           "--events wants names of events, a comma between them, not '%s'", list);
        snprintf(name, sizeof name, "%.*s", (int)length, from);
        status = add(events, name, error);
    }
    return status;
}

/* libpfm4 knows fewer models of a microarchitecture than the tables do: their PMU is ours as well.
 */
static bool is_ours(const struct lb_pfm_event *found, const struct lb_event_table *table)
{
    size_t length = strlen(found->pmu);
    for (size_t i = 0; i < table->row_count; i++)
        if (strncmp(table->rows[i].event, found->pmu, length) == 0 &&
            strncmp(table->rows[i].event + length, "::", 2) == 0)
            return true;
    return found->present;
}

bool lb_named_events_row(const struct lb_named_events *events, unsigned index,
                         const struct lb_event_table *table, struct lb_named_row *row)
{
    const char *name = events->names[index];
    struct lb_pfm_event found;
    struct lb_encoding encoding = {0};
    lb_pfm_find(name, &found);
    snprintf(row->event, sizeof row->event, "%s%s%s", strstr(name, "::") ? "" : found.pmu,
             strstr(name, "::") ? "" : "::", name);
    lb_pfm_encode(name, &encoding);
    row->row = (struct lb_event_row){
        .counter = (enum lb_counter)(LB_COUNTER_COUNT + index),
        .how = found.software ? LB_EVENT_SOFTWARE : LB_EVENT_LIBRARY,
        .event = row->event,
        .counts = found.words,
        .config = encoding.config,
    };
    return is_ours(&found, table);
}
