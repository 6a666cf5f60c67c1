/* simulation_json.c - see simulation_json.h. */
#include "harness/simulation/simulation_json.h"

#include "harness/api.h"
#include "harness/base/jsonwrite.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define OFFSET(field) offsetof(struct lb_simulated_figures, field)

/* `in_machine`: stands in the machine's own geometry as well; the others are the same in it. */
static const struct figure {
    const char *name, *event;
    size_t offset;
    bool in_machine;
} figures[] = {
    {"instructions", "Ir: instructions executed", OFFSET(instructions), false},
    {"l1d_loads", "Dr: data reads, one a reading instruction of any width", OFFSET(l1d_loads),
     false},
    {"l1d_misses", "D1mr + D1mw: data reads and writes that miss L1d", OFFSET(l1d_misses), true},
    {"l3_misses", "DLmr + DLmw: data reads and writes that miss the last level",
     OFFSET(last_level_misses), true},
    {"useful_bytes_per_line", "line - SpLoss1 / (D1mr + D1mw): bytes touched of a line in L1d",
     OFFSET(useful_bytes_per_line), false},
};

static void add_figure(struct json_object *readings, const struct lb_simulation *simulation,
                       const struct figure *f, size_t g, size_t i)
{
    const struct lb_simulated *s = &simulation->cases[g][i];
    const struct lb_geometry *geometry = &simulation->geometries[g];
    struct json_object *o = json_object_new_object();
    char event[400], name[64], caches[LB_GEOMETRY_TEXT_BYTES];
    struct lb_simulated_figures values;
    double value;
    lb_simulated_figures(s, geometry, &values);
    memcpy(&value, (const char *)&values + f->offset, sizeof value);
    bool known = isfinite(value);
    enum lb_reading_status status = known                       ? LB_SIMULATED
                                    : s->status == LB_SIMULATED ? LB_UNSUPPORTED
                                                                : s->status;
    lb_geometry_describe(geometry, caches);
    snprintf(event, sizeof event, "%s %s; %s", simulation->tool, f->event, caches);
    snprintf(name, sizeof name, "%s%s", f->name, g ? "_machine" : "");
    json_object_object_add(o, "value_per_op", lb_json_number(value));
    json_object_object_add(o, "status", lb_json_text(lb_reading_status_name(status)));
    json_object_object_add(o, "source", known ? lb_json_text("simulated") : NULL);
    json_object_object_add(o, "event", simulation->tool[0] ? lb_json_text(event) : NULL);
    if (!known && s->status == LB_SIMULATED)
        json_object_object_add(o, "reason", lb_json_text("fewer than 1,000 lines were fetched"));
    else if (!known)
        json_object_object_add(o, "reason", lb_json_text(s->reason));
    json_object_object_add(readings, name, o);
}

struct json_object *lb_simulated_to_json(const struct lb_simulation *simulation, size_t i)
{
    struct json_object *readings = json_object_new_object();
    for (size_t g = 0; g < simulation->geometry_count; g++)
        for (size_t f = 0; f < LB_COUNT_OF(figures) && simulation->cases[g]; f++)
            if (g == 0 || figures[f].in_machine)
                add_figure(readings, simulation, &figures[f], g, i);
    return readings;
}

static struct json_object *shape_json(const struct lb_cache_shape *shape)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "size_bytes", json_object_new_uint64(shape->size_bytes));
    json_object_object_add(o, "ways", json_object_new_uint64(shape->ways));
    json_object_object_add(o, "line_bytes", json_object_new_uint64(shape->line_bytes));
    return o;
}

struct json_object *lb_simulation_to_json(const struct lb_simulation *s)
{
    if (!s)
        return NULL;
    struct json_object *o = json_object_new_object(), *geometries = json_object_new_array();
    for (size_t g = 0; g < s->geometry_count; g++) {
        struct json_object *geometry = json_object_new_object();
        json_object_object_add(geometry, "name", lb_json_text(s->geometries[g].name));
        json_object_object_add(geometry, "l1d", shape_json(&s->geometries[g].l1d));
        json_object_object_add(geometry, "last_level", shape_json(&s->geometries[g].last_level));
        json_object_array_add(geometries, geometry);
    }
    json_object_object_add(o, "tool", s->tool[0] ? lb_json_text(s->tool) : NULL);
    json_object_object_add(o, "reason", s->reason[0] ? lb_json_text(s->reason) : NULL);
    json_object_object_add(o, "geometries", geometries);
    json_object_object_add(o, "cases_simulated", json_object_new_uint64(s->simulated));
    json_object_object_add(o, "cases_cached", json_object_new_uint64(s->cached));
    json_object_object_add(o, "duration_s", lb_json_number(s->seconds));
    return o;
}
