/*
 * conditions.h - what about a machine makes measurements worse, in words.
 *
 * Every such sentence that a user can see stands in the table of conditions.c, each with what to do
 * about it. doctor.c notices most of them; any module may add one.
 */
#ifndef LB_CONDITIONS_H
#define LB_CONDITIONS_H

#include <stddef.h>

struct json_object;

enum lb_condition_id {
    LB_CONDITION_PARANOID,
    LB_CONDITION_PARANOID_KERNEL,
    LB_CONDITION_NO_PMU,
    LB_CONDITION_LIBPFM_UNKNOWN,
    LB_CONDITION_NO_VALGRIND,
    LB_CONDITION_NO_MISSES,
    LB_CONDITION_NO_HYPERFINE,
    LB_CONDITION_NO_PAHOLE,
    LB_CONDITION_GOVERNOR,
    LB_CONDITION_TURBO,
    LB_CONDITION_SMT,
    LB_CONDITION_HYBRID,
    LB_CONDITION_BATTERY,
    LB_CONDITION_SINGLE_CPU,
    LB_CONDITION_CPU_QUOTA,
    LB_CONDITION_LOAD,
    LB_CONDITION_BUSY_PROCESSES,
    LB_CONDITION_STEAL,
    LB_CONDITION_VIRTUALISED,
    LB_CONDITION_CLOCKSOURCE,
    LB_CONDITION_HUGE_PAGES_ALWAYS,
    LB_CONDITION_HUGE_PAGES_NEVER,
    LB_CONDITION_ASLR_OFF,
    LB_CONDITION_SWAP,
    LB_CONDITION_LOW_MEMORY,
    LB_CONDITION_SPLIT_LOCK,
    LB_CONDITION_COUNT
};

enum lb_severity {
    LB_SEVERITY_INFO,    /* explains figures; nothing is wrong */
    LB_SEVERITY_WARNING, /* makes figures worse, or fewer */
};

struct lb_condition {
    enum lb_condition_id id;
    char message[256];
};

/* Conditions noticed, in the order of the table. */
struct lb_conditions {
    size_t count;
    struct lb_condition noticed[LB_CONDITION_COUNT];
};

const char *lb_condition_name(enum lb_condition_id id); /* the stable id: "no_pmu" */
enum lb_severity lb_condition_severity(enum lb_condition_id id);
const char *lb_condition_advice(enum lb_condition_id id);

/* Adds a condition, once: a second time replaces the first. */
void lb_conditions_note(struct lb_conditions *conditions, enum lb_condition_id id);

/* The same; `detail` (printf) takes the place of the {} in its message. */
void lb_conditions_note_detail(struct lb_conditions *conditions, enum lb_condition_id id,
                               const char *detail, ...) __attribute__((format(printf, 3, 4)));

/* Array of the schema's `condition` objects; the caller owns it. */
struct json_object *lb_conditions_to_json(const struct lb_conditions *conditions);

#endif
