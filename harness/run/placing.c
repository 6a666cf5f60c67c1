/* placing.c - see placing.h. */
#include "harness/run/placing.h"

#include "harness/base/placement.h"
#include "harness/document/check.h"

#include <stdio.h>

static void tell(const struct lb_placing *placing, const char *trouble, struct json_object *checks)
{
    bool copied = placing->copies.count > 0, fixed = lb_placement_can_fix();
    char pages[320];
    const struct lb_check check = {.id = "placing",
                                   .title = "Luck of pages and addresses",
                                   .unit = "copies",
                                   .status = copied && fixed ? "pass" : "warn",
                                   .figure = placing->copies.count};
    if (copied)
        snprintf(pages, sizeof pages, "Replicates take turns at %u copies of the program.",
                 placing->copies.count);
    else
        snprintf(pages, sizeof pages,
                 "All processes share the pages of the program's code (%.100s): of layouts that "
                 "are within some 4 %% one may be faster by the luck of those.",
                 trouble);
    lb_check_add(checks, &check, "%s %s", pages,
                 fixed ? "A replicate's processes have their memory at the same addresses."
                       : "Each process has its memory at addresses of its own, so ratios scatter "
                         "more: personality() is refused (in docker, --security-opt "
                         "seccomp=unconfined allows it).");
}

void lb_placing_prepare(struct lb_placing *placing, const char *program, uint64_t seed,
                        struct json_object *checks)
{
    struct lb_error error = {""};
    *placing = (struct lb_placing){.draws = {.state = lb_mix64(seed)}};
    /* What cannot be copied leaves none. */
    lb_copies_make(program ? program : "/proc/self/exe", &placing->copies, &error);
    if (checks)
        tell(placing, error.text, checks);
}

void lb_placing_draw(struct lb_placing *placing, struct lb_child_options *child)
{
    child->file = lb_copies_path(&placing->copies, placing->drawn++);
    child->placement = lb_rng_next(&placing->draws) >> 1;
}

void lb_placing_free(struct lb_placing *placing)
{
    lb_copies_free(&placing->copies);
}
