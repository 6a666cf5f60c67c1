/* claims_member.c - see claims_member.h. */
#include "harness/document/claims_member.h"

#include <math.h>

struct json_object *lb_claims_member(struct json_object *object, const char *key)
{
    struct json_object *member = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &member);
    return member;
}

const char *lb_claims_text(struct json_object *object, const char *key)
{
    struct json_object *text = lb_claims_member(object, key);
    return json_object_is_type(text, json_type_string) ? json_object_get_string(text) : "";
}

double lb_claims_number(struct json_object *object, const char *key)
{
    struct json_object *number = lb_claims_member(object, key);
    return json_object_is_type(number, json_type_double) ||
                   json_object_is_type(number, json_type_int)
               ? json_object_get_double(number)
               : NAN;
}
