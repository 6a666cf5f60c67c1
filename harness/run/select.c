/* select.c - see select.h. */
#include "harness/run/select.h"

#include <string.h>

enum lb_status lb_select_cases(const struct lb_options *options, const struct lb_machine *machine,
                               struct lb_case_list *cases, struct lb_error *error)
{
    struct lb_rungs rungs = {.count = 0};
    int64_t l3_bytes = lb_machine_cache_bytes(machine, 3);
    /* A guest's advertised L3 is its host's, shared with others: 64 MiB is beyond what it gets. */
    if (machine->virtualised == 1 && strcmp(options->profile, "thorough") != 0)
        l3_bytes = 0;
    for (size_t i = 0; i < options->working_set_count; i++)
        lb_rungs_add(&rungs, options->working_sets[i]);
    if (!rungs.count)
        lb_rungs_of_profile(options->profile, l3_bytes > 0 ? (uint64_t)l3_bytes : 0, &rungs);
    if (options->filter_count > 0) { /* who names cases wants all of them */
        rungs.modes = rungs.modes_beside = rungs.modes_below = rungs.parameters = 0;
        rungs.beyond_bytes = rungs.layout_bytes = 0;
    }
    return lb_cases_make(lb_benchmark_list, &rungs, options->filters, options->filter_count,
                         options->seed, cases, error);
}
