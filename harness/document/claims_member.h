/*
 * claims_member.h - reading parts of a document that may have any shape, or not be there.
 */
#ifndef LB_CLAIMS_MEMBER_H
#define LB_CLAIMS_MEMBER_H

#include <json-c/json.h>

/* A member; NULL when it is null, not there, or `object` is no object. */
struct json_object *lb_claims_member(struct json_object *object, const char *key);

/* A member's text, "" when it is none; a member's number, NaN when it is none. */
const char *lb_claims_text(struct json_object *object, const char *key);
double lb_claims_number(struct json_object *object, const char *key);

#endif
