/* case_json.c - see case_json.h. */
#include "harness/document/case_json.h"

#include "harness/base/jsonwrite.h"
#include "harness/case/memory.h"
#include "harness/case/metrics_json.h"
#include "harness/case/model.h"
#include "harness/simulation/simulation_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void add(struct json_object *o, const char *key, struct json_object *value)
{
    json_object_object_add(o, key, value);
}

static struct json_object *u64_or_null(uint64_t value)
{
    return value == UINT64_MAX ? NULL : json_object_new_uint64(value);
}

static struct json_object *stated(double value)
{
    return value > 0 ? lb_json_number(value) : NULL;
}

/* ---- Point, time, ratio -------------------------------------------------------------------- */

static struct json_object *point_json(const struct lb_case *c, const struct lb_point_label *label)
{
    struct json_object *o = json_object_new_object();
    add(o, "label", lb_json_text(c->label));
    add(o, "working_set_bytes", json_object_new_uint64(c->point.working_set_bytes));
    add(o, "parameter",
        c->benchmark->parameter ? json_object_new_uint64(c->point.parameter) : NULL);
    add(o, "elements", json_object_new_uint64(c->point.elements));
    add(o, "level", lb_json_text(label->level));
    add(o, "near_edge", json_object_new_boolean(label->near_edge));
    return o;
}

static const char *interval_kind(const struct lb_figures *f)
{
    if (!f->cpu_ns_per_op.bounded)
        return "none";
    return f->within_process ? "within_process" : "replicates";
}

static struct json_object *time_json(const struct lb_figures *f)
{
    struct json_object *o = json_object_new_object();
    add(o, "wall_ns_per_op", lb_json_interval(&f->wall_ns_per_op));
    add(o, "cpu_ns_per_op", lb_json_interval(&f->cpu_ns_per_op));
    add(o, "confidence", lb_json_number(LB_CONFIDENCE));
    add(o, "interval_kind", lb_json_text(interval_kind(f)));
    add(o, "replicates", json_object_new_int64(f->replicates));
    add(o, "visits", json_object_new_int64(f->visits));
    add(o, "samples_kept", json_object_new_uint64(f->kept));
    add(o, "samples_dropped", json_object_new_uint64(f->dropped));
    return o;
}

static struct json_object *ratio_json(const struct lb_figures *f, const struct lb_result *reference)
{
    struct json_object *o = lb_json_interval(&f->ratio);
    add(o, "to", lb_json_text(reference->c->id));
    add(o, "basis", lb_json_text(f->ratio_of_wall ? "wall" : "cpu"));
    return o;
}

/* ---- Counters ------------------------------------------------------------------------------ */

static void add_reading(struct json_object *readings, const struct lb_counter_info *info,
                        const struct lb_counter_total *total)
{
    struct json_object *o = json_object_new_object();
    enum lb_reading_status status = info->status;
    const char *reason = info->reason;
    double per_op = total->ops ? (double)total->value / (double)total->ops : NAN;
    if (status == LB_COUNTED && (total->lost || !total->ops)) {
        status = LB_LOST;
        reason = total->lost ? "the counter went away during the run"
                             : "no sample that was kept has read it";
    } else if (status == LB_COUNTED && total->time_running_ns < total->time_enabled_ns) {
        status = LB_MULTIPLEXED;
        reason = "other users of the PMU took turns with it";
        add(o, "time_enabled_ns", json_object_new_uint64(total->time_enabled_ns));
        add(o, "time_running_ns", json_object_new_uint64(total->time_running_ns));
    }
    bool believed = status == LB_COUNTED;
    if ((status == LB_MULTIPLEXED || status == LB_UNTRUSTED) && total->ops)
        add(o, "raw", json_object_new_uint64(total->value));
    add(o, "value_per_op", believed ? lb_json_number(per_op) : NULL);
    add(o, "status", lb_json_text(lb_reading_status_name(status)));
    add(o, "source", lb_json_text(info->source));
    add(o, "event", info->event[0] ? lb_json_text(info->event) : NULL);
    if (!believed)
        add(o, "reason", lb_json_text(reason));
    json_object_object_add(readings, info->name, o);
}

static struct json_object *counters_json(const struct lb_result *r,
                                         const struct lb_counter_session *counters)
{
    struct json_object *readings = json_object_new_object();
    unsigned count = counters && r->outcome == LB_CASE_OK ? lb_counters_count(counters) : 0;
    for (unsigned i = 0; i < count; i++)
        add_reading(readings, &lb_counters_info(counters)[i], &r->counters[i]);
    return readings;
}

/* ---- Memory and model ---------------------------------------------------------------------- */

static struct json_object *memory_json(const struct lb_result *r)
{
    const struct lb_memory_use *m = &r->memory;
    const struct lb_case *c = r->c;
    struct json_object *o = json_object_new_object();
    double n = (double)c->point.elements;
    bool sized = m->heap_bytes != LB_MEMORY_UNKNOWN && m->arena_bytes != LB_MEMORY_UNKNOWN;
    bool counted = m->allocations != LB_MEMORY_UNKNOWN;
    add(o, "status", lb_json_text(sized && counted ? "ok" : "unknown"));
    add(o, "reason",
        sized && counted ? NULL
                         : lb_json_text("the pass that counts allocations did not run, failed, or "
                                        "leaves this size out"));
    add(o, "allocator", m->allocator[0] ? lb_json_text(m->allocator) : NULL);
    add(o, "footprint_bytes",
        c->variant->footprint_bytes ? json_object_new_uint64(c->variant->footprint_bytes(&c->point))
                                    : NULL);
    add(o, "arena_bytes", u64_or_null(m->arena_bytes));
    add(o, "heap_bytes", u64_or_null(m->heap_bytes));
    add(o, "bytes_per_element",
        sized ? lb_json_number((double)(m->heap_bytes + m->arena_bytes) / n) : NULL);
    add(o, "allocations", u64_or_null(m->allocations));
    add(o, "allocations_per_element", counted ? lb_json_number((double)m->allocations / n) : NULL);
    add(o, "resident_bytes", u64_or_null(m->resident_bytes));
    add(o, "huge_page_bytes", u64_or_null(m->huge_page_bytes));
    return o;
}

static double predicted(const struct lb_model *model, const struct lb_cache_shape *cache)
{
    return lb_model_is_at_edge(model, cache->size_bytes)
               ? NAN
               : lb_model_misses(model, cache->size_bytes);
}

static struct json_object *model_json(const struct lb_case *c)
{
    struct lb_model model = {0};
    if (!c->variant->model)
        return NULL;
    c->variant->model(&c->point, c->mode, &model);
    struct json_object *o = json_object_new_object();
    bool lines_stated = lb_model_states_lines(&model);
    add(o, "lines", lines_stated ? lb_json_number(lb_model_touches(&model)) : NULL);
    add(o, "useful_bytes_per_line", stated(model.useful_bytes_per_line));
    add(o, "bytes", stated(model.bytes));
    add(o, "loads", stated(model.loads));
    add(o, "allocations", lb_json_number(model.allocations));
    add(o, "exact", json_object_new_boolean(model.exact));
    add(o, "l1d_misses",
        lines_stated ? lb_json_number(predicted(&model, &lb_geometry_standard.l1d)) : NULL);
    add(o, "l3_misses",
        lines_stated ? lb_json_number(predicted(&model, &lb_geometry_standard.last_level)) : NULL);
    return o;
}

/* ---- Samples ------------------------------------------------------------------------------- */

static struct json_object *samples_json(const struct lb_result *r)
{
    static const char *const columns[] = {"replicate",
                                          "round",
                                          "ops",
                                          "wall_ns",
                                          "cpu_ns",
                                          "steal_ns",
                                          "minor_faults",
                                          "voluntary_switches",
                                          "involuntary_switches",
                                          "migrated",
                                          "kept"};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    struct json_object *o = json_object_new_object(), *array[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        add(o, columns[i], array[i] = json_object_new_array_ext((int)r->taken_count));
    for (size_t i = 0; i < r->taken_count; i++) {
        const struct lb_taken *t = &r->taken[i];
        const struct lb_visit *v = &r->visits[t->visit];
        struct json_object *row[COLUMNS] = {
            json_object_new_int64(v->replicate),
            json_object_new_int64(v->round),
            json_object_new_uint64(t->ops),
            json_object_new_uint64(t->wall_ns),
            json_object_new_uint64(t->cpu_ns),
            u64_or_null(v->steal_ns),
            json_object_new_uint64(t->minor_faults + t->major_faults),
            json_object_new_uint64(t->voluntary_switches),
            json_object_new_uint64(t->involuntary_switches),
            json_object_new_boolean(t->migrated),
            json_object_new_boolean(t->kept)};
        for (int k = 0; k < COLUMNS; k++)
            json_object_array_add(array[k], row[k]);
    }
    return o;
}

/* ---- The case ------------------------------------------------------------------------------ */

static struct json_object *notes_json(const struct lb_figures *f)
{
    struct json_object *notes = json_object_new_array();
    for (int i = 0; i < LB_NOTE_COUNT; i++)
        if (f->notes[i])
            json_object_array_add(notes, lb_json_text(lb_note_name((enum lb_note)i)));
    return notes;
}

static const char *outcome_name(enum lb_outcome outcome)
{
    static const char *const names[] = {[LB_CASE_OK] = "ok",
                                        [LB_CASE_SKIPPED] = "skipped",
                                        [LB_CASE_ERROR] = "error",
                                        [LB_CASE_NOT_TIMED] = "not_timed"};
    return names[outcome];
}

/* As the interrupted run wrote it; its allocations may have been counted since. */
static struct json_object *kept_json(const struct lb_result *r)
{
    struct json_object *o = json_object_get(r->kept);
    if (lb_result_outcome(r) == LB_CASE_OK)
        add(o, "memory", memory_json(r));
    return o;
}

struct json_object *lb_case_to_json(const struct lb_result *r, const struct lb_result *reference,
                                    const struct lb_counter_session *counters,
                                    const struct lb_point_label *label)
{
    const struct lb_case *c = r->c;
    if (r->outcome == LB_CASE_KEPT)
        return kept_json(r);
    bool ok = r->outcome == LB_CASE_OK;
    char benchmark[LB_CASE_ID_BYTES], checksum[32];
    struct json_object *o = json_object_new_object();
    snprintf(benchmark, sizeof benchmark, "%s/%s", c->benchmark->family, c->benchmark->name);
    snprintf(checksum, sizeof checksum, "%016" PRIx64, r->checksum);
    add(o, "id", lb_json_text(c->id));
    add(o, "benchmark", lb_json_text(benchmark));
    add(o, "variant", lb_json_text(c->variant->name));
    add(o, "mode", lb_json_text(lb_benchmark_mode_name(c->benchmark, c->mode)));
    add(o, "point", point_json(c, label));
    add(o, "status", lb_json_text(outcome_name(r->outcome)));
    add(o, "reason", ok ? NULL : lb_json_text(r->reason));
    add(o, "notes", notes_json(&r->figures));
    add(o, "time", ok ? time_json(&r->figures) : NULL);
    add(o, "ratio", ok && r->figures.compared ? ratio_json(&r->figures, reference) : NULL);
    add(o, "counters", counters_json(r, counters));
    add(o, "simulated", json_object_new_object());
    add(o, "memory", ok ? memory_json(r) : NULL);
    add(o, "metrics", lb_metrics_to_json(&r->metrics));
    add(o, "model", model_json(c));
    add(o, "checksum", r->verified ? lb_json_text(checksum) : NULL);
    add(o, "samples", samples_json(r));
    return o;
}

static struct json_object *headline_json(const struct lb_headline *h)
{
    struct json_object *o = json_object_new_object();
    add(o, "variant", lb_json_text(h->variant));
    add(o, "mode", lb_json_text(h->mode ? h->mode : ""));
    add(o, "leads_family", json_object_new_boolean(h->leads_family));
    return o;
}

struct json_object *lb_benchmark_to_json(const struct lb_benchmark *b)
{
    struct json_object *o = json_object_new_object(), *modes = json_object_new_array(),
                       *variants = json_object_new_array();
    for (unsigned m = 0; m < LB_MODES_MAX && b->modes[m]; m++)
        json_object_array_add(modes, lb_json_text(b->modes[m]));
    for (size_t v = 0; v < b->variant_count; v++) {
        struct json_object *variant = json_object_new_object();
        add(variant, "name", lb_json_text(b->variants[v].name));
        add(variant, "summary", lb_json_text(b->variants[v].summary));
        if (b->variants[v].other_work)
            add(variant, "other_work", lb_json_text(b->variants[v].other_work));
        json_object_array_add(variants, variant);
    }
    add(o, "family", lb_json_text(b->family));
    add(o, "name", lb_json_text(b->name));
    add(o, "question", lb_json_text(b->question));
    add(o, "learns", lb_json_text(b->learns));
    add(o, "op", lb_json_text(b->op));
    add(o, "revision", json_object_new_int64(b->revision));
    add(o, "reference", lb_json_text(b->variants[0].name));
    if (b->headline.variant)
        add(o, "headline", headline_json(&b->headline));
    add(o, "modes", modes);
    add(o, "parameter", lb_json_text(b->parameter));
    add(o, "metrics", lb_metrics_named_json(b));
    add(o, "blocks", json_object_new_boolean(b->blocks));
    add(o, "not_simulable", lb_json_text(b->not_simulable));
    add(o, "variants", variants);
    add(o, "source_file", lb_json_text(b->source_file));
    add(o, "source_line", json_object_new_int64(b->source_line));
    return o;
}
