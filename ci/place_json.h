/*
 * place_json.h - values of a JSON file that a person or a program wrote, taken one by one, each
 * refused with the file and its path when it is not what it must be.
 *
 * Every function that fails returns LB_USAGE with one line: "policy.json: $.time.allowance: not a
 * number". A place does not own its value.
 */
#ifndef LB_PLACE_JSON_H
#define LB_PLACE_JSON_H

#include "harness/base/error.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

struct lb_place {
    const char *file; /* as messages name it */
    char path[256];   /* "$.counts.simulated" */
    struct json_object *value;
};

/* Reads a file of this schema_version, an object, without what lb_json_read refuses. The caller
 * puts top->value, which is NULL on failure. */
enum lb_status lb_place_read(const char *file, int version, struct lb_place *top,
                             struct lb_error *error);

/* The same from a text, which `name` stands for in messages. */
enum lb_status lb_place_parse(const char *name, const char *text, int version, struct lb_place *top,
                              struct lb_error *error);

/* LB_USAGE in the place's name: "FILE: PATH: WHAT". */
enum lb_status lb_place_refuse(const struct lb_place *place, struct lb_error *error,
                               const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An object has no keys but these; an unknown one is named with the nearest that is known. */
enum lb_status lb_place_only(const struct lb_place *object, const char *const *keys, size_t count,
                             struct lb_error *error);

/* The name of one of its members, which the file chose: as lb_place_text, of the object. */
enum lb_status lb_place_name(const struct lb_place *object, const char *name, char *out,
                             size_t size, struct lb_error *error);

/* A member that must be there and have this type. */
enum lb_status lb_place_member(const struct lb_place *object, const char *key, enum json_type type,
                               struct lb_place *out, struct lb_error *error);

/* Item i of an array, which must have this type. */
enum lb_status lb_place_item(const struct lb_place *array, size_t i, enum json_type type,
                             struct lb_place *out, struct lb_error *error);

/* Members of these types. `null` where it is allowed: NaN, or an empty text. */
enum lb_status lb_place_number(const struct lb_place *object, const char *key, double low,
                               double high, double *out, struct lb_error *error);
enum lb_status lb_place_number_or_null(const struct lb_place *object, const char *key, double low,
                                       double high, double *out, struct lb_error *error);
enum lb_status lb_place_count(const struct lb_place *object, const char *key, uint64_t *out,
                              struct lb_error *error);
enum lb_status lb_place_bool(const struct lb_place *object, const char *key, bool *out,
                             struct lb_error *error);

/* LB_USAGE also when it does not fit, or holds a control character: texts are one line. */
enum lb_status lb_place_text(const struct lb_place *object, const char *key, char *out, size_t size,
                             struct lb_error *error);
enum lb_status lb_place_text_or_null(const struct lb_place *object, const char *key, char *out,
                                     size_t size, struct lb_error *error);

#endif
