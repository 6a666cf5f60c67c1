/* geometry.c - see geometry.h. */
#include "harness/simulation/geometry.h"

#include <inttypes.h>
#include <stdio.h>

enum { L1D_WAYS = 8, LAST_LEVEL_WAYS = 16, LINE_BYTES = 64 };

const struct lb_geometry lb_geometry_standard = {
    .name = "standard",
    .l1d = {UINT64_C(32) << 10, L1D_WAYS, LINE_BYTES},
    .last_level = {UINT64_C(4) << 20, LAST_LEVEL_WAYS, LINE_BYTES},
};

static uint64_t power_of_two_at_most(uint64_t n)
{
    uint64_t power = 1;
    while (power <= n / 2)
        power *= 2;
    return power;
}

static bool is_power_of_two(int n)
{
    return n > 0 && (n & (n - 1)) == 0;
}

static void shape(const struct lb_cache *cache, unsigned usual_ways, struct lb_cache_shape *out)
{
    unsigned ways = cache->ways > 0 ? (unsigned)cache->ways : usual_ways;
    unsigned line = is_power_of_two(cache->line_bytes) ? (unsigned)cache->line_bytes : LINE_BYTES;
    uint64_t size = (uint64_t)cache->size_bytes;
    uint64_t sets = power_of_two_at_most(size / ((uint64_t)ways * line));
    out->line_bytes = line;
    out->ways = (unsigned)(size / (sets * line));
    out->size_bytes = sets * out->ways * line;
}

/* Data or unified, of this level; at level 0: of the highest. */
static const struct lb_cache *data_cache(const struct lb_machine *machine, int level)
{
    const struct lb_cache *found = NULL;
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct lb_cache *cache = &machine->caches[i];
        if (cache->type == LB_CACHE_INSTRUCTION || cache->size_bytes < 1024)
            continue;
        if (level ? cache->level == level : !found || cache->level > found->level)
            found = cache;
    }
    return found;
}

enum lb_status lb_geometry_of_machine(const struct lb_machine *machine,
                                      struct lb_geometry *geometry, struct lb_error *error)
{
    const struct lb_cache *l1d = data_cache(machine, 1), *last = data_cache(machine, 0);
    if (!l1d || last == l1d)
        return lb_fail(error, LB_UNAVAILABLE,
                       "this machine does not say what caches it has: use --geometry standard");
    geometry->name = "machine";
    shape(l1d, L1D_WAYS, &geometry->l1d);
    shape(last, LAST_LEVEL_WAYS, &geometry->last_level);
    return LB_OK;
}

void lb_geometry_describe_cache(const struct lb_cache_shape *cache,
                                char text[LB_GEOMETRY_TEXT_BYTES])
{
    bool mib = cache->size_bytes % (1 << 20) == 0;
    snprintf(text, LB_GEOMETRY_TEXT_BYTES, "%" PRIu64 " %s %u-way",
             cache->size_bytes >> (mib ? 20 : 10), mib ? "MiB" : "KiB", cache->ways);
}

void lb_geometry_describe(const struct lb_geometry *geometry, char text[LB_GEOMETRY_TEXT_BYTES])
{
    char l1d[LB_GEOMETRY_TEXT_BYTES], last[LB_GEOMETRY_TEXT_BYTES];
    lb_geometry_describe_cache(&geometry->l1d, l1d);
    lb_geometry_describe_cache(&geometry->last_level, last);
    snprintf(text, LB_GEOMETRY_TEXT_BYTES, "L1d %.20s, last level %.20s, lines of %u bytes", l1d,
             last, geometry->last_level.line_bytes);
}
