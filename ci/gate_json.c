/* gate_json.c - see gate_json.h. */
#include "ci/gate_json.h"

#include "harness/base/build_info.h"
#include "harness/base/jsonwrite.h"

#include <math.h>
#include <string.h>

enum { SCHEMA_VERSION = 1, TEXT_BYTES = 1024 };

static void add(struct json_object *o, const char *key, struct json_object *value)
{
    json_object_object_add(o, key, value);
}

/* An empty text is none. */
static struct json_object *text_or_null(const char *text)
{
    return text && *text ? lb_json_text(text) : NULL;
}

static struct json_object *percent(double fraction)
{
    return lb_json_number(100 * fraction);
}

static struct json_object *tool_json(void)
{
    struct json_object *o = json_object_new_object();
    add(o, "name", lb_json_text("layoutbench-gate"));
    add(o, "version", lb_json_text(lb_build_version));
    add(o, "commit", text_or_null(lb_build_commit));
    add(o, "compiler", lb_json_text(lb_build_compiler));
    add(o, "flags", lb_json_text(lb_build_flags));
    return o;
}

static struct json_object *run_json(const struct lb_gate *gate, const struct lb_gate_call *call)
{
    struct json_object *o = json_object_new_object(), *command = json_object_new_array();
    for (int i = 0; i < call->argc; i++)
        json_object_array_add(command, lb_json_text(call->argv[i]));
    add(o, "command", command);
    add(o, "started", lb_json_text(call->started));
    add(o, "duration_s", lb_json_number(gate->seconds));
    add(o, "counts_duration_s", lb_json_number(gate->counts_seconds));
    add(o, "time_duration_s", lb_json_number(gate->time_seconds));
    add(o, "strict", json_object_new_boolean(gate->strict));
    return o;
}

static struct json_object *side_json(const struct lb_gate_side *side)
{
    struct json_object *o = json_object_new_object();
    add(o, "revision", text_or_null(side->revision));
    add(o, "commit", text_or_null(side->commit));
    add(o, "program", text_or_null(side->program));
    add(o, "results", text_or_null(side->results));
    add(o, "environment_fingerprint", text_or_null(side->environment));
    add(o, "machine_fingerprint", text_or_null(side->machine));
    return o;
}

/* ---- Rows ---------------------------------------------------------------------------------- */

static struct json_object *ratio_json(const struct lb_gate_row *row)
{
    struct json_object *o;
    if (!isfinite(row->ratio))
        return NULL;
    o = json_object_new_object();
    add(o, "median", lb_json_number(row->ratio));
    add(o, "low", lb_json_number(row->low));
    add(o, "high", lb_json_number(row->high));
    return o;
}

static struct json_object *pairs_json(const struct lb_gate_row *row)
{
    struct json_object *array = json_object_new_array();
    for (size_t i = 0; row->measured && i < row->measured_count; i++) {
        struct json_object *o = json_object_new_object();
        add(o, "base_ns_per_op", lb_json_number(row->measured[i].base));
        add(o, "head_ns_per_op", lb_json_number(row->measured[i].head));
        add(o, "head_first", json_object_new_boolean(row->measured[i].head_first));
        add(o, "confirming", json_object_new_boolean(row->measured[i].confirming));
        json_object_array_add(array, o);
    }
    return array;
}

static void add_names(struct json_object *o, const struct lb_gate_row *row)
{
    char id[LB_GATE_ID_BYTES + 64];
    const char *source = lb_gate_source_name(row->source);
    const char *metric = lb_gate_metric_name(row->metric);
    snprintf(id, sizeof id, "%s:%s:%s", row->case_id, metric, source);
    add(o, "id", lb_json_text(id));
    add(o, "case", lb_json_text(row->case_id));
    add(o, "benchmark", lb_json_text(row->benchmark));
    add(o, "metric", lb_json_text(metric));
    add(o, "unit", lb_json_text(lb_gate_metric_unit(row->metric)));
    add(o, "source", row->source == LB_GATE_NO_SOURCE ? NULL : lb_json_text(source));
    add(o, "verdict", lb_json_text(lb_gate_verdict_name(row->verdict)));
}

static void add_figures(struct json_object *o, const struct lb_gate_row *row)
{
    add(o, "base_per_op", lb_json_number(row->base));
    add(o, "head_per_op", lb_json_number(row->head));
    add(o, "ratio", ratio_json(row));
    add(o, "allowance_percent", percent(row->allowance));
    add(o, "allowance_per_op", lb_json_number(row->allowance_per_op));
    add(o, "pairs", pairs_json(row));
    add(o, "confirmed", json_object_new_boolean(row->confirmed));
    add(o, "pair_deviation_percent", percent(row->pair_deviation));
    add(o, "smallest_change_percent", percent(row->smallest_change));
    add(o, "set_up_s", lb_json_number(row->setup_seconds));
    add(o, "duration_s", lb_json_number(row->seconds));
}

static struct json_object *row_json(const struct lb_gate *gate, const struct lb_gate_row *row)
{
    struct json_object *o = json_object_new_object();
    char line[TEXT_BYTES] = "";
    add_names(o, row);
    add(o, "exit_status", json_object_new_int((int)lb_gate_row_exit(gate, row)));
    add_figures(o, row);
    add(o, "evidence",
        row->evidence == LB_GATE_NO_EVIDENCE ? NULL
                                             : lb_json_text(lb_gate_evidence_name(row->evidence)));
    add(o, "counts_agree", json_object_new_boolean(row->counts_agree));
    add(o, "reason", text_or_null(row->reason));
    add(o, "accepted", text_or_null(row->accepted));
    add(o, "source_file", text_or_null(row->source_file));
    add(o, "source_line", row->source_line > 0 ? json_object_new_int(row->source_line) : NULL);
    if (row->metric != LB_GATE_ENVIRONMENT)
        lb_gate_reproduce(gate, row, line, sizeof line);
    add(o, "reproduce", text_or_null(line));
    return o;
}

/* ---- The document -------------------------------------------------------------------------- */

static struct json_object *rows_json(const struct lb_gate *gate)
{
    struct json_object *array = json_object_new_array();
    for (size_t i = 0; i < gate->row_count; i++)
        json_object_array_add(array, row_json(gate, &gate->rows[i]));
    return array;
}

static struct json_object *notices_json(const struct lb_gate *gate)
{
    struct json_object *array = json_object_new_array();
    for (size_t i = 0; i < gate->notice_count; i++) {
        struct json_object *o = json_object_new_object();
        add(o, "kind", lb_json_text(lb_gate_notice_name(gate->notices[i].kind)));
        add(o, "subject", lb_json_text(gate->notices[i].subject));
        add(o, "text", lb_json_text(gate->notices[i].text));
        json_object_array_add(array, o);
    }
    return array;
}

bool lb_gate_json_print(FILE *out, const struct lb_gate *gate, const struct lb_gate_call *call)
{
    struct json_object *o = json_object_new_object(), *policy = json_object_new_object();
    add(policy, "file", text_or_null(call->policy_file));
    add(policy, "accepted_file", text_or_null(call->accepted_file));
    add(o, "document", lb_json_text("layoutbench-gate"));
    add(o, "schema_version", json_object_new_int(SCHEMA_VERSION));
    add(o, "tool", tool_json());
    add(o, "run", run_json(gate, call));
    add(o, "verdict", lb_json_text(lb_gate_exit_name(gate->exit)));
    add(o, "exit_status", json_object_new_int((int)gate->exit));
    add(o, "headline", lb_json_text(gate->headline));
    add(o, "base", side_json(&gate->base));
    add(o, "head", side_json(&gate->head));
    add(o, "policy", policy);
    add(o, "rows", rows_json(gate));
    add(o, "notices", notices_json(gate));
    const char *text =
        json_object_to_json_string_ext(o, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    if (text)
        fprintf(out, "%s\n", text);
    json_object_put(o);
    return text != NULL;
}
