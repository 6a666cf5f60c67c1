/* counters_json.c - see counters_json.h. Unknown is null, never an empty string or 0. */
#include "harness/counters/counters_json.h"

#include "harness/base/jsonwrite.h"

static struct json_object *text_or_null(const char *text)
{
    return text && text[0] ? lb_json_text(text) : NULL;
}

static struct json_object *known_answer(const struct lb_counter_info *info)
{
    if (!info->known_answer)
        return NULL;
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "loop", lb_json_text(info->loop));
    json_object_object_add(object, "expected_low", json_object_new_double(info->expected_low));
    json_object_object_add(object, "expected_high", json_object_new_double(info->expected_high));
    json_object_object_add(object, "read", json_object_new_double(info->read));
    json_object_object_add(object, "unit", lb_json_text(info->unit));
    return object;
}

static struct json_object *counter_to_json(const struct lb_counter_info *info)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "name", lb_json_text(info->name));
    json_object_object_add(object, "status", lb_json_text(lb_reading_status_name(info->status)));
    json_object_object_add(object, "source", text_or_null(info->source));
    json_object_object_add(object, "event", text_or_null(info->event));
    json_object_object_add(object, "counts", text_or_null(info->counts));
    json_object_object_add(object, "reason", text_or_null(info->reason));
    json_object_object_add(object, "advice", text_or_null(info->advice));
    json_object_object_add(object, "known_answer", known_answer(info));
    return object;
}

struct json_object *lb_counters_to_json(const struct lb_counter_session *session)
{
    const struct lb_counter_info *info = lb_counters_info(session);
    struct json_object *array = json_object_new_array();
    for (unsigned c = 0; array && c < lb_counters_count(session); c++)
        json_object_array_add(array, counter_to_json(&info[c]));
    return array;
}
