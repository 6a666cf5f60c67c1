/*
 * density.h - what the benchmarks of this family share: the walk over passes, the random index
 * stream, and a load that stays one scalar load.
 */
#ifndef LB_DENSITY_H
#define LB_DENSITY_H

#include "harness/api.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/*
 * One 8-byte load. gcc and clang differ in what they vectorise at -O2; behind this they make the
 * same scalar code for every layout, so that only the layout differs.
 */
LB_ALWAYS_INLINE uint64_t load_word(const uint64_t *word)
{
    return lb_opaque(*word);
}

/* As above for a sum: one scalar add from memory, and one register for any number of words. */
LB_ALWAYS_INLINE uint64_t add_word(uint64_t sum, const uint64_t *word)
{
    return lb_opaque(sum + *word);
}

/*
 * The share of the mapping around `address` that lies in huge pages, as the kernel tells it
 * (Documentation/filesystems/proc.rst, smaps). NaN: it does not tell.
 */
static inline double huge_page_share(const void *address)
{
    char line[256];
    uint64_t begin, end, kib, at = (uint64_t)(uintptr_t)address;
    double mapping_kib = 0, share = NAN;
    FILE *smaps = fopen("/proc/self/smaps", "re");
    while (smaps && isnan(share) && fgets(line, sizeof line, smaps)) {
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2)
            mapping_kib = begin <= at && at < end ? (double)(end - begin) / 1024 : 0;
        else if (mapping_kib > 0 && sscanf(line, "AnonHugePages: %" SCNu64 " kB", &kib) == 1)
            share = (double)kib / mapping_kib;
    }
    if (smaps)
        fclose(smaps);
    return share;
}

/* Sets the metric that both benchmarks of pages name. */
static inline void set_huge_page_share(const struct lb_measurement *m, const void *address)
{
    double share = huge_page_share(address);
    if (isnan(share))
        lb_metric_unknown(m, "huge_share", "/proc/self/smaps does not tell");
    else
        lb_metric_set(m, "huge_share", share);
}

enum { INDEX_BYTES = sizeof(uint32_t) };

/* Adds the index stream to a model, which holds figures of the layout alone so far. */
static inline void model_add_index_stream(const struct lb_point *point, struct lb_model *model)
{
    model->streamed_lines += lb_lines_of(INDEX_BYTES);
    model->streamed_footprint_lines += (double)point->elements * lb_lines_of(INDEX_BYTES);
}

#endif
