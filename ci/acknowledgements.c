/* acknowledgements.c - see acknowledgements.h. */
#include "ci/acknowledgements.h"

#include "ci/globs.h"
#include "ci/place_json.h"
#include "harness/base/suggest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCHEMA_VERSION = 1 };
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Reading ------------------------------------------------------------------------------- */

static enum lb_status read_metric(const struct lb_place *entry, enum lb_gate_metric *metric,
                                  struct lb_error *error)
{
    char name[64];
    struct lb_suggestion nearest = {0};
    struct lb_place place;
    enum lb_status status = lb_place_member(entry, "metric", json_type_string, &place, error);
    if (status == LB_OK)
        status = lb_place_text(entry, "metric", name, sizeof name, error);
    if (status != LB_OK)
        return status;
    *metric = lb_gate_metric_of(name);
    if (*metric != LB_GATE_METRIC_COUNT)
        return LB_OK;
    for (int i = 0; i < LB_GATE_METRIC_COUNT; i++)
        lb_suggest(&nearest, name, lb_gate_metric_name((enum lb_gate_metric)i));
    return lb_place_refuse(&place, error, "unknown metric '%s'%s%s%s", name,
                           nearest.text[0] ? "; did you mean '" : "", nearest.text,
                           nearest.text[0] ? "'?" : "");
}

static bool is_date(const char *text)
{
    struct tm day = {.tm_isdst = 0}, same;
    const char *end = strptime(text, "%Y-%m-%d", &day);
    char again[LB_DATE_BYTES];
    if (strlen(text) != LB_DATE_BYTES - 1 || !end || *end)
        return false;
    /* The 31st of February becomes a day of March. */
    time_t seconds = timegm(&day);
    return strftime(again, sizeof again, "%Y-%m-%d", gmtime_r(&seconds, &same)) > 0 &&
           strcmp(again, text) == 0;
}

static enum lb_status read_entry(const struct lb_place *place, struct lb_acknowledgement *out,
                                 struct lb_error *error)
{
    static const char *const keys[] = {"cases", "metric", "limit", "reason", "expires"};
    enum lb_status status = lb_place_only(place, keys, COUNT_OF(keys), error);
    if (status == LB_OK)
        status = lb_place_text(place, "cases", out->cases, sizeof out->cases, error);
    if (status == LB_OK)
        status = read_metric(place, &out->metric, error);
    if (status == LB_OK)
        status = lb_place_number_or_null(place, "limit", 0, 1e6, &out->limit, error);
    if (status == LB_OK)
        status = lb_place_text(place, "reason", out->reason, sizeof out->reason, error);
    if (status == LB_OK)
        status = lb_place_text(place, "expires", out->expires, sizeof out->expires, error);
    if (status != LB_OK)
        return status;
    if (!out->cases[0] || !out->reason[0])
        return lb_place_refuse(place, error, "%s is empty", out->cases[0] ? "reason" : "cases");
    if (!isnan(out->limit) && (out->metric == LB_GATE_CASE || out->metric == LB_GATE_ENVIRONMENT))
        return lb_place_refuse(place, error, "limit: has to be null: '%s' has no figure",
                               lb_gate_metric_name(out->metric));
    if (!is_date(out->expires))
        return lb_place_refuse(place, error, "expires: '%s' is not a day like 2026-12-31",
                               out->expires);
    return LB_OK;
}

enum lb_status lb_acknowledgements_read(const char *file, struct lb_acknowledgements *all,
                                        struct lb_error *error)
{
    static const char *const keys[] = {"schema_version", "accepted"};
    struct lb_place top, array, item;
    *all = (struct lb_acknowledgements){.count = 0};
    enum lb_status status = lb_place_read(file, SCHEMA_VERSION, &top, error);
    if (status == LB_OK)
        status = lb_place_only(&top, keys, COUNT_OF(keys), error);
    if (status == LB_OK)
        status = lb_place_member(&top, "accepted", json_type_array, &array, error);
    size_t count = status == LB_OK ? json_object_array_length(array.value) : 0;
    if (status == LB_OK) {
        all->entries = calloc(count + 1, sizeof *all->entries);
        if (!all->entries)
            status = lb_fail(error, LB_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < count && status == LB_OK; i++) {
        status = lb_place_item(&array, i, json_type_object, &item, error);
        if (status == LB_OK)
            status = read_entry(&item, &all->entries[all->count++], error);
    }
    json_object_put(top.value);
    return status;
}

void lb_acknowledgements_free(struct lb_acknowledgements *all)
{
    free(all->entries);
    *all = (struct lb_acknowledgements){.count = 0};
}

void lb_date_today(char date[LB_DATE_BYTES])
{
    time_t now = time(NULL);
    struct tm utc;
    strftime(date, LB_DATE_BYTES, "%Y-%m-%d", gmtime_r(&now, &utc));
}

/* ---- Applying ------------------------------------------------------------------------------ */

static bool expired(const struct lb_acknowledgement *entry, const char *today)
{
    return strcmp(entry->expires, today) < 0;
}

/* How much worse the row is, at worst: of an undecided one, what it could not rule out. */
static double growth(const struct lb_gate_row *row)
{
    return (row->verdict == LB_GATE_UNDECIDED ? row->high : row->ratio) - 1;
}

/* What failed, vanished or changed has no figure that could be agreed to, whatever it is about. */
static enum lb_gate_metric metric_to_accept(const struct lb_gate_row *row)
{
    bool whole = row->verdict == LB_GATE_FAILED || row->verdict == LB_GATE_VANISHED ||
                 row->verdict == LB_GATE_CHANGED;
    return whole ? LB_GATE_CASE : row->metric;
}

static bool covers(const struct lb_acknowledgement *entry, const struct lb_gate_row *row)
{
    return entry->metric == metric_to_accept(row) && lb_glob_means(entry->cases, row->case_id);
}

static bool within(const struct lb_acknowledgement *entry, const struct lb_gate_row *row)
{
    return isnan(entry->limit) || growth(row) <= entry->limit;
}

static void tell_beyond(struct lb_gate_row *row, double limit)
{
    size_t used = strlen(row->reason);
    snprintf(row->reason + used, sizeof row->reason - used, "%sbeyond the %g %% that were accepted",
             used ? "; " : "", 100 * limit);
}

static void accept(struct lb_acknowledgement *entry, const char *today, struct lb_gate_row *row)
{
    if (expired(entry, today) || !covers(entry, row) || row->accepted[0])
        return;
    entry->used = true;
    if (within(entry, row))
        snprintf(row->accepted, sizeof row->accepted, "%s", entry->reason);
    else
        tell_beyond(row, entry->limit);
}

static enum lb_status tell(const struct lb_acknowledgement *entry, const char *today, bool partial,
                           struct lb_gate *gate)
{
    const char *metric = lb_gate_metric_name(entry->metric);
    if (expired(entry, today))
        return lb_gate_add_notice(gate, LB_GATE_NOTICE_EXPIRED, entry->cases,
                                  "%s: expired on %s, and no longer holds: %.200s", metric,
                                  entry->expires, entry->reason);
    if (!entry->used && !partial)
        return lb_gate_add_notice(gate, LB_GATE_NOTICE_UNUSED, entry->cases,
                                  "%s: nothing needed it: remove it (%.200s)", metric,
                                  entry->reason);
    return LB_OK;
}

void lb_acknowledgements_accept(struct lb_acknowledgements *all, const char *today,
                                struct lb_gate_row *row)
{
    for (size_t k = 0; k < all->count; k++)
        accept(&all->entries[k], today, row);
}

enum lb_status lb_acknowledgements_apply(struct lb_acknowledgements *all, const char *today,
                                         bool partial, struct lb_gate *gate, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    lb_gate_conclude(gate); /* an undecided row whose counts agree needs none */
    for (size_t i = 0; i < gate->row_count; i++)
        if (lb_gate_row_exit(gate, &gate->rows[i]) != LB_GATE_EXIT_PASS)
            lb_acknowledgements_accept(all, today, &gate->rows[i]);
    for (size_t k = 0; k < all->count && status == LB_OK; k++)
        status = tell(&all->entries[k], today, partial, gate);
    return status == LB_OK ? LB_OK : lb_fail(error, status, "out of memory");
}
