/* counts_document.c - see counts_document.h. */
#include "harness/document/counts_document.h"

#include "harness/base/pin.h"
#include "harness/document/document.h"
#include "harness/run/survey.h"

#include <math.h>
#include <stdlib.h>

#define REASON "only counts were asked for"

/* A case that crashed or answered wrongly is an error here, too: nothing else ran it. */
static void mark(struct lb_result *results, size_t count, const struct lb_simulated *simulated)
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].outcome != LB_CASE_OK)
            continue;
        if (simulated && simulated[i].failed)
            lb_result_fail(&results[i], LB_CASE_ERROR, simulated[i].reason);
        else
            lb_result_fail(&results[i], LB_CASE_NOT_TIMED, REASON);
    }
}

enum lb_status lb_counts_document_make(const struct lb_counts_parts *p, char **text,
                                       struct lb_error *error)
{
    struct lb_options options = *p->options;
    struct lb_survey survey;
    struct lb_plan plan = {0};
    struct lb_point_label *labels = calloc(p->cases->count + 1, sizeof *labels);
    options.profile = "counts";
    options.cpu = LB_CPU_NONE;
    enum lb_status status = lb_survey_read(&survey, &options, error);
    if (status == LB_OK)
        status = lb_plan_make(p->cases, lb_profile_by_name("standard"), &plan, error);
    if (status == LB_OK && !labels)
        status = lb_fail(error, LB_NO_MEMORY, "out of memory");
    mark(p->results, p->cases->count, p->simulation->cases[0]);
    if (status == LB_OK) {
        struct lb_document_parts parts = {
            .options = &options,
            .argc = p->argc,
            .argv = p->argv,
            .started = p->started,
            .duration_seconds = p->simulation->seconds,
            .complete = p->complete,
            .smallest_difference = NAN,
            .results = p->results,
            .result_count = p->cases->count,
            .plan = &plan,
            .labels = labels,
            .simulation = p->simulation,
            .machine = lb_survey_to_json(&survey, &options, p->simulation),
        };
        *text = lb_document_make(&parts);
        if (!*text)
            status = lb_fail(error, LB_NO_MEMORY, "out of memory");
    }
    lb_plan_free(&plan);
    lb_survey_free(&survey);
    free(labels);
    return status;
}
