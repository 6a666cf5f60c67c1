/* counters_text.c - see counters_text.h. */
#include "harness/counters/counters_text.h"
#include "harness/counters/counters_json.h"

#include <json-c/json.h>
#include <string.h>

/*
 * Counters that cannot be had mostly share their reason and advice: each is printed once, under
 * the last of the counters in a row that it belongs to.
 */
static bool shares_refusal(const struct lb_counter_info *a, const struct lb_counter_info *b)
{
    return a->status == b->status && strcmp(a->reason, b->reason) == 0 &&
           strcmp(a->advice, b->advice) == 0;
}

static void print_known_answer(FILE *out, const struct lb_counter_info *info)
{
    if (info->known_answer)
        fprintf(out, "    known answer: read %.4g, expected %.4g to %.4g %s (%s)\n", info->read,
                info->expected_low, info->expected_high, info->unit, info->loop);
}

static void print_counter(FILE *out, const struct lb_counter_info *info)
{
    fprintf(out, "%-17s %-14s %-9s %s\n", info->name, lb_reading_status_name(info->status),
            info->source ? info->source : "-", info->event[0] ? info->event : "-");
    if (info->counts)
        fprintf(out, "    %s\n", info->counts);
    print_known_answer(out, info);
}

enum lb_status lb_counters_print(FILE *out, const struct lb_counter_session *session)
{
    const struct lb_counter_info *info = lb_counters_info(session);
    fprintf(out, "%-17s %-14s %-9s %s\n", "counter", "status", "source", "event");
    unsigned count = lb_counters_count(session);
    for (unsigned c = 0; c < count; c++) {
        print_counter(out, &info[c]);
        if (c + 1 < count && shares_refusal(&info[c], &info[c + 1]))
            continue;
        if (info[c].reason[0])
            fprintf(out, "    why: %s\n", info[c].reason);
        if (info[c].advice[0])
            fprintf(out, "    do:  %s\n", info[c].advice);
    }
    unsigned passes = lb_counters_passes(session);
    fprintf(out, "\n%u pass%s: %s\n", passes, passes == 1 ? "" : "es",
            passes == 1 ? "every sample is measured with all counters at once"
                        : "samples take turns, each is measured with the counters of one pass");
    return ferror(out) ? LB_SYSTEM : LB_OK;
}

enum lb_status lb_counters_print_json(FILE *out, const struct lb_counter_session *session)
{
    struct json_object *array = lb_counters_to_json(session);
    if (!array)
        return LB_NO_MEMORY;
    fprintf(out, "%s\n",
            json_object_to_json_string_ext(array, JSON_C_TO_STRING_PRETTY |
                                                      JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(array);
    return ferror(out) ? LB_SYSTEM : LB_OK;
}
