/* claims_pair.c - see claims_pair.h. */
#include "harness/document/claims_pair.h"

#include "harness/document/claims_member.h"
#include "harness/run/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More than any run numbers: what a document says must not decide how much memory is asked for. */
enum { REPLICATES_MAX = 1 << 16 };

/* A cell of a column; 0 when there is none. */
static uint64_t sample_at(struct json_object *samples, const char *column, size_t i)
{
    struct json_object *array = lb_claims_member(samples, column);
    return json_object_is_type(array, json_type_array)
               ? json_object_get_uint64(json_object_array_get_idx(array, i))
               : 0;
}

/*
 * Samples stand in the order taken, so visits ascend; a row that does not is nobody's. What was
 * dropped when it was measured (or has no ops) is dropped here.
 */
static void add_sample(struct lb_result *r, struct json_object *samples, size_t i)
{
    uint64_t replicate = sample_at(samples, "replicate", i);
    uint64_t round = sample_at(samples, "round", i);
    struct lb_visit *last = r->visit_count ? &r->visits[r->visit_count - 1] : NULL;
    struct lb_taken taken = {.ops = sample_at(samples, "ops", i),
                             .wall_ns = sample_at(samples, "wall_ns", i),
                             .cpu_ns = sample_at(samples, "cpu_ns", i),
                             .kept = true};
    if (!sample_at(samples, "kept", i) || !taken.ops || replicate >= REPLICATES_MAX ||
        round > UINT32_MAX)
        return;
    if (last &&
        (replicate < last->replicate || (replicate == last->replicate && round < last->round)))
        return;
    if (!last || replicate != last->replicate || round != last->round)
        r->visits[r->visit_count++] =
            (struct lb_visit){.replicate = (unsigned)replicate, .round = (unsigned)round};
    taken.visit = (unsigned)r->visit_count - 1;
    r->taken[r->taken_count++] = taken;
}

static enum lb_status read_samples(struct json_object *c, const struct lb_case *stand_in,
                                   struct lb_result *r)
{
    struct json_object *samples = lb_claims_member(c, "samples");
    struct json_object *kept = lb_claims_member(samples, "kept");
    size_t n = json_object_is_type(kept, json_type_array) ? json_object_array_length(kept) : 0;
    lb_result_init(r, stand_in);
    r->taken = calloc(n + 1, sizeof *r->taken);
    r->visits = calloc(n + 1, sizeof *r->visits);
    if (!r->taken || !r->visits)
        return LB_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        add_sample(r, samples, i);
    return LB_OK;
}

/* Cases of one benchmark at one point stand at once, and are visited in the same rounds. */
static bool in_turn(struct json_object *a, struct json_object *b)
{
    const char *point = lb_claims_text(lb_claims_member(a, "point"), "label");
    return strcmp(lb_claims_text(a, "benchmark"), lb_claims_text(b, "benchmark")) == 0 &&
           strcmp(point, lb_claims_text(lb_claims_member(b, "point"), "label")) == 0;
}

enum lb_status lb_claims_pair(struct json_object *of, struct json_object *to, bool wall,
                              struct lb_interval *ratio, bool *within_process)
{
    const struct lb_benchmark basis = {.blocks =
                                           wall}; /* ratios of blocking ones are of wall time */
    const struct lb_case stand_in = {.benchmark = &basis};
    struct lb_result a = {0}, b = {0};
    *ratio = (struct lb_interval){NAN, NAN, NAN, false};
    *within_process = false;
    if (!in_turn(of, to))
        return LB_OK;
    enum lb_status status = read_samples(of, &stand_in, &a);
    if (status == LB_OK)
        status = read_samples(to, &stand_in, &b);
    if (status == LB_OK)
        status = lb_result_ratio(&a, &b, LB_CONFIDENCE, ratio, within_process);
    lb_result_free(&a);
    lb_result_free(&b);
    return status;
}
