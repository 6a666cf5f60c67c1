/* select.h - which cases a command line asks for. */
#ifndef LB_SELECT_H
#define LB_SELECT_H

#include "harness/case/case.h"
#include "harness/commands/options.h"
#include "harness/machine/machine.h"

/* By --filter, --working-set, --profile and the advertised L3. As lb_cases_make. */
enum lb_status lb_select_cases(const struct lb_options *options, const struct lb_machine *machine,
                               struct lb_case_list *cases, struct lb_error *error);

#endif
