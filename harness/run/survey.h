/*
 * survey.h - what a run finds out about its machine before it measures, and how that stands in the
 * document: the machine as the kernel tells it, its counters, its caches as the suite measures
 * them, its clocks, the conditions it is in.
 */
#ifndef LB_SURVEY_H
#define LB_SURVEY_H

#include "harness/commands/options.h"
#include "harness/document/case_json.h"
#include "harness/machine/conditions.h"
#include "harness/machine/machine.h"
#include "harness/machine/probe.h"
#include "harness/simulation/simulate.h"

struct lb_survey {
    struct lb_machine machine;
    struct lb_counter_session *counters; /* NULL: off */
    struct lb_cache_curve curve;         /* no points: not measured */
    struct lb_probe_checks probes;
    bool probed;
    struct lb_conditions conditions;
    struct json_object *checks; /* array; other modules append theirs */
};

/* What can be read: the machine, for the CPU of the options. Measures nothing. */
enum lb_status lb_survey_read(struct lb_survey *survey, const struct lb_options *options,
                              struct lb_error *error);

/* Opens and proves the counters, measures caches, clocks and core: about 3 s on that CPU. */
enum lb_status lb_survey_measure(struct lb_survey *survey, const struct lb_options *options,
                                 struct lb_error *error);

/* Where a case's working set lies; labels nothing when the caches were not measured. */
void lb_survey_label(const struct lb_survey *survey, const struct lb_case *c,
                     struct lb_point_label *label);

/*
 * The `machine` object of the document. `simulation` NULL: nothing was simulated. The caller owns
 * what it gets.
 */
struct json_object *lb_survey_to_json(const struct lb_survey *survey,
                                      const struct lb_options *options,
                                      const struct lb_simulation *simulation);

void lb_survey_free(struct lb_survey *survey);

#endif
