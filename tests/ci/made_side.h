/*
 * made_side.h - two sides made case by case, for what needs counts and outcomes, which a list has
 * not; and the gate that tells of them.
 */
#ifndef LB_TEST_MADE_SIDE_H
#define LB_TEST_MADE_SIDE_H

#include "tests/harness/cmocka_all.h"

#include "ci/results.h"
#include "ci/verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MADE_MAX = 16 };

static struct lb_results base, head;
static struct lb_gate gate;

/* After each test. */
static int forget_sides(void **state)
{
    (void)state;
    lb_gate_free(&gate);
    lb_results_free(&base);
    lb_results_free(&head);
    return 0;
}

/* The benchmark of this name, which is defined as all of them are when it is new. */
static size_t made_benchmark(struct lb_results *side, const char *name)
{
    const struct lb_results_benchmark *known = lb_results_benchmark(side, name);
    if (known)
        return (size_t)(known - side->benchmarks);
    assert_true(side->benchmark_count < MADE_MAX);
    struct lb_results_benchmark *b = &side->benchmarks[side->benchmark_count];
    *b = (struct lb_results_benchmark){
        .definition = {"read", "1", "", "1", "toy/1"}, .source_file = "toy.c", .source_line = 7};
    snprintf(b->name, sizeof b->name, "%s", name);
    return side->benchmark_count++;
}

/* "toy/sum" of "toy/sum/inline/ws=16MiB". */
static void made_case(struct lb_results *side, const char *id)
{
    char name[LB_GATE_ID_BYTES];
    const char *family_end = strchr(id, '/');
    assert_non_null(family_end);
    const char *end = strchr(family_end + 1, '/');
    assert_non_null(end);
    assert_true(side->case_count < MADE_MAX);
    snprintf(name, sizeof name, "%.*s", (int)(end - id), id);
    struct lb_results_case *c = &side->cases[side->case_count];
    snprintf(c->id, sizeof c->id, "%s", id);
    c->benchmark = made_benchmark(side, name);
    c->working_set_bytes = 4096;
    c->elements = 511;
    c->cpu_ns_per_op = NAN;
    for (int s = 0; s < LB_GATE_SOURCE_COUNT; s++)
        for (int m = LB_GATE_INSTRUCTIONS; m < LB_GATE_METRIC_COUNT; m++)
            c->counts[s][m] = NAN;
    side->case_count++;
}

/* Cases that ran and have no counts; NULL ends the ids. */
static void make_side(struct lb_results *side, const char *const *ids)
{
    *side = (struct lb_results){.name = "made"};
    assert_int_equal(lb_results_make_room(side, MADE_MAX, MADE_MAX, NULL), LB_OK);
    for (; *ids; ids++)
        made_case(side, *ids);
    assert_int_equal(lb_results_sort(side, NULL), LB_OK);
}

static inline void make_sides(const char *const *of_base, const char *const *of_head)
{
    forget_sides(NULL);
    make_side(&base, of_base);
    make_side(&head, of_head);
}

/* To change it. */
static inline struct lb_results_case *case_of(struct lb_results *side, const char *id)
{
    const struct lb_results_case *c = lb_results_case(side, id);
    assert_non_null(c);
    return &side->cases[c - side->cases];
}

/* One more field of a fingerprint. */
static inline void add_field(struct lb_results_field *fields, size_t *count, const char *name,
                             const char *value)
{
    struct lb_results_field *field = &fields[(*count)++];
    snprintf(field->name, sizeof field->name, "%s", name);
    snprintf(field->value, sizeof field->value, "%s", value);
}

#define IDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
