/* baseline.c - see baseline.h. */
#include "ci/baseline.h"

#include "ci/acknowledgements.h"
#include "ci/judge.h"
#include "ci/sides.h"
#include "ci/terminal.h"
#include "harness/base/atomic_file.h"
#include "harness/base/spawn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct baseline {
    const struct lb_gate_options *options;
    struct lb_atomic_file file;
    char candidate[LB_GATE_PATH_BYTES]; /* "": the user's own document */
    const char *document;               /* what is to be stored */
    FILE *out;
    struct lb_error *error;
};

/* ---- What is to be stored ------------------------------------------------------------------ */

static size_t count_believed(const struct lb_results *results)
{
    size_t believed = 0;
    for (size_t i = 0; i < results->case_count; i++)
        believed += results->cases[i].readings[LB_GATE_SIMULATED][LB_GATE_INSTRUCTIONS] ==
                    LB_READING_BELIEVED;
    return believed;
}

static enum lb_status make_document(struct baseline *b, struct lb_results *results)
{
    const struct lb_gate_options *o = b->options;
    if (o->head_results) {
        b->document = o->head_results;
        return lb_results_read(b->document, results, b->error);
    }
    snprintf(b->candidate, sizeof b->candidate, "%s.candidate", o->write_baseline);
    b->document = b->candidate;
    return lb_side_simulate(LB_SIDE_HEAD, o->head_binary, o->filters, o->filter_count, o->seed,
                            o->quiet, b->document, results, b->error);
}

/* ---- What changes -------------------------------------------------------------------------- */

static bool has_failed(const struct lb_gate *gate)
{
    for (size_t i = 0; i < gate->row_count; i++)
        if (gate->rows[i].verdict == LB_GATE_FAILED && !gate->rows[i].accepted[0])
            return true;
    return false;
}

/* Of a baseline that is new, nothing else compares. */
static enum lb_status add_failed(const struct baseline *b, const struct lb_results *results,
                                 struct lb_gate *gate)
{
    struct lb_acknowledgements accepted = {.count = 0};
    const char *file = lb_judge_accepted_file(b->options);
    char today[LB_DATE_BYTES];
    enum lb_status status = file ? lb_acknowledgements_read(file, &accepted, b->error) : LB_OK;
    lb_date_today(today);
    for (size_t i = 0; i < results->case_count && status == LB_OK; i++) {
        const struct lb_results_case *c = &results->cases[i];
        if (c->status != LB_RESULT_FAILED)
            continue;
        struct lb_gate_row *row =
            lb_gate_add_row(gate, c->id, "", LB_GATE_CASE, LB_GATE_NO_SOURCE, LB_GATE_FAILED);
        if (row)
            lb_acknowledgements_accept(&accepted, today, row);
        else
            status = lb_fail(b->error, LB_NO_MEMORY, "out of memory");
        fprintf(b->out, "%s: %s\n", c->id, c->reason);
    }
    lb_acknowledgements_free(&accepted);
    return status;
}

/* *red: the new one must not be stored. */
static enum lb_status show_new(const struct baseline *b, const struct lb_results *results,
                               bool *red)
{
    struct lb_gate gate = {.row_count = 0};
    fprintf(b->out, "%s is new\n", b->options->write_baseline);
    enum lb_status status = add_failed(b, results, &gate);
    *red = has_failed(&gate);
    lb_gate_free(&gate);
    return status;
}

/* *red as above. */
static enum lb_status show_changes(const struct baseline *b, const struct lb_results *results,
                                   bool *red)
{
    struct lb_gate gate;
    struct lb_gate_options compared = *b->options;
    compared.base_results = b->options->write_baseline;
    compared.head_results = b->document;
    compared.head_binary = NULL;
    if (access(compared.base_results, F_OK) != 0)
        return show_new(b, results, red);
    enum lb_status status = lb_judge(&compared, &gate, b->error);
    if (status == LB_OK) {
        fprintf(b->out, "against what is stored in %s:\n", compared.base_results);
        lb_terminal_print(b->out, &gate);
        *red = has_failed(&gate);
    }
    lb_gate_free(&gate);
    return status;
}

/* ---- Storing ------------------------------------------------------------------------------- */

static enum lb_status store(struct baseline *b)
{
    char *text = NULL;
    int fd = open(b->document, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return lb_fail_errno(b->error, LB_SYSTEM, "%s", b->document);
    enum lb_status status = lb_spawn_read_back(fd, &text, b->error);
    if (status == LB_OK)
        status = lb_atomic_commit(&b->file, text, b->error);
    free(text);
    close(fd);
    return status;
}

enum lb_status lb_baseline_write(const struct lb_gate_options *options, FILE *out,
                                 enum lb_gate_exit *exit_status, struct lb_error *error)
{
    struct baseline b = {.options = options, .out = out, .error = error};
    struct lb_results results = {.case_count = 0};
    bool red = false;
    *exit_status = LB_GATE_EXIT_PASS;
    enum lb_status status = lb_atomic_open(&b.file, options->write_baseline, 0, error);
    if (status == LB_OK)
        status = make_document(&b, &results);
    size_t believed = status == LB_OK ? count_believed(&results) : 0;
    if (status == LB_OK)
        status = show_changes(&b, &results, &red);
    if (status == LB_OK && (red || !believed)) {
        fprintf(out, "\nnot stored: %s\n",
                red ? "a case fails, or lost its counts" : "nothing was counted");
        *exit_status = LB_GATE_EXIT_SET_CHANGED;
    } else if (status == LB_OK) {
        status = store(&b);
        if (status == LB_OK)
            fprintf(out, "\nstored the counts of %zu cases in %s\n", believed,
                    options->write_baseline);
    }
    lb_results_free(&results);
    lb_atomic_abandon(&b.file);
    if (b.candidate[0])
        unlink(b.candidate);
    return status;
}
