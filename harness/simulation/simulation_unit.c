/* simulation_unit.c - see simulation_unit.h. */
#include "harness/simulation/simulation_unit.h"

#include "harness/base/build_info.h"
#include "harness/simulation/exec_simulated.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Valgrind's own, beside the layout. */
#define OVERHEAD_BYTES (UINT64_C(128) << 20)

#define FORK_SECONDS 0.05
#define MIB_SECONDS  0.007
#define OP_SECONDS   0.4e-6
#define LOAD_SECONDS 0.2e-6

/* ---- What to simulate ---------------------------------------------------------------------- */

void lb_simulator_init(struct lb_simulator *simulator, uint64_t seed)
{
    const struct lb_geometry *g = simulator->geometry;
    const struct lb_cache_shape *i1 = &lb_geometry_standard.l1d;
    const struct lb_cache_shape *shapes[] = {i1, &g->l1d, &g->last_level};
    static const char *const names[] = {"I1", "D1", "LL"};
    for (int i = 0; i < 3; i++)
        snprintf(simulator->options[i], LB_SIMULATION_OPTION_BYTES, "--%s=%" PRIu64 ",%u,%u",
                 names[i], shapes[i]->size_bytes, shapes[i]->ways, shapes[i]->line_bytes);
    snprintf(simulator->options[3], LB_SIMULATION_OPTION_BYTES, "%" PRIu64,
             g->last_level.size_bytes);
    snprintf(simulator->options[4], LB_SIMULATION_OPTION_BYTES, "--seed=%" PRIu64, seed);
}

/*
 * The copy of a process, building and verifying, and the simulated ops with their loads: medians
 * over the suite, on a core of 4 GHz. For the estimate and the order alone; a sort takes ten times
 * this.
 */
static double expected_seconds(const struct lb_case *any, uint64_t last_level_bytes)
{
    double mib = (double)any->variant->footprint_bytes(&any->point) / (1 << 20);
    double seconds = FORK_SECONDS + MIB_SECONDS * mib;
    for (unsigned m = 0; m < lb_benchmark_mode_count(any->benchmark); m++) {
        struct lb_model model = {0};
        struct lb_case c;
        if (!any->variant->run[m])
            continue;
        lb_case_of_mode(any, m, &c);
        if (c.variant->model)
            c.variant->model(&c.point, m, &model);
        double ops =
            (double)(lb_exec_simulated_warm(&c, last_level_bytes) + lb_exec_simulated_ops(&c));
        seconds += ops * (OP_SECONDS + LOAD_SECONDS * model.loads);
    }
    return seconds;
}

void lb_simulation_unit_init(struct lb_simulation_unit *unit, const struct lb_simulator *simulator,
                             const struct lb_case *c, size_t result)
{
    char geometry[LB_GEOMETRY_TEXT_BYTES];
    struct lb_fingerprint environment;
    *unit = (struct lb_simulation_unit){.c = c, .first = result, .count = 1};
    lb_geometry_describe(simulator->geometry, geometry);
    lb_machine_fingerprint_environment(simulator->machine,
                                       &(struct lb_environment){.compiler = lb_build_compiler,
                                                                .flags = lb_build_flags,
                                                                .valgrind = simulator->tool,
                                                                .geometry = geometry},
                                       &environment);
    snprintf(unit->key, sizeof unit->key, "%s/%s/%s/%s seed %" PRIu64 "; %s; %s; environment %s",
             c->benchmark->family, c->benchmark->name, c->variant->name, c->label, c->point.seed,
             simulator->tool, geometry, environment.digest);
    unit->seconds = expected_seconds(c, simulator->geometry->last_level.size_bytes);
}

bool lb_simulation_unit_holds(const struct lb_simulation_unit *unit, const struct lb_case *c)
{
    return unit->c->benchmark == c->benchmark && unit->c->variant == c->variant &&
           strcmp(unit->c->label, c->label) == 0;
}

uint64_t lb_simulation_unit_bytes(const struct lb_simulation_unit *unit)
{
    return OVERHEAD_BYTES + unit->c->variant->footprint_bytes(&unit->c->point);
}

/* ---- What was counted ---------------------------------------------------------------------- */

/* Whether the warm-up, where it was not a whole pass, did what exec_simulated.h demands of it. */
static enum lb_status check_warm(struct lb_simulation_unit *unit,
                                 const struct lb_simulator *simulator, const char *dumps,
                                 const struct lb_case *c, struct lb_error *error)
{
    char name[LB_CASE_ID_BYTES + sizeof LB_WARM_DUMP_PREFIX];
    struct lb_callgrind_counts warm;
    const struct lb_cache_shape *last = &simulator->geometry->last_level;
    uint64_t pass_ops = lb_benchmark_pass_ops(c->benchmark, &c->point, c->mode);
    if (unit->cold || lb_exec_simulated_warm(c, last->size_bytes) == pass_ops)
        return LB_OK;
    snprintf(name, sizeof name, "%s%s", LB_WARM_DUMP_PREFIX, c->id);
    enum lb_status status = lb_callgrind_find(dumps, name, &warm, error);
    double fetched = (double)(warm.last_read_misses + warm.last_write_misses);
    if (status == LB_OK &&
        fetched < LB_WARM_FETCHED * (double)last->size_bytes / (double)last->line_bytes)
        unit->cold = true;
    return status;
}

enum lb_status lb_simulation_unit_read(struct lb_simulation_unit *unit,
                                       const struct lb_simulator *simulator, const char *dumps,
                                       struct lb_simulated_mode *modes, size_t *count,
                                       struct lb_error *error)
{
    enum lb_status status = LB_OK;
    *count = 0;
    for (unsigned m = 0; m < lb_benchmark_mode_count(unit->c->benchmark) && status == LB_OK; m++) {
        struct lb_case c;
        if (!unit->c->variant->run[m])
            continue;
        lb_case_of_mode(unit->c, m, &c);
        struct lb_simulated_mode *mode = &modes[(*count)++];
        snprintf(mode->id, sizeof mode->id, "%s", c.id);
        mode->ops = lb_exec_simulated_ops(&c);
        status = lb_callgrind_find(dumps, c.id, &mode->counts, error);
        if (status == LB_OK)
            status = check_warm(unit, simulator, dumps, &c, error);
    }
    return status;
}
