/*
 * geometry.h - the caches that are simulated. Standard: the same on every machine, so that counts
 * compare from machine to machine. Machine: this machine's own, as near as the simulator can.
 */
#ifndef LB_GEOMETRY_H
#define LB_GEOMETRY_H

#include "harness/machine/machine.h"

#include <stdbool.h>

struct lb_cache_shape {
    uint64_t size_bytes;
    unsigned ways, line_bytes;
};

struct lb_geometry {
    const char *name; /* "standard", "machine" */
    struct lb_cache_shape l1d, last_level;
};

enum { LB_GEOMETRY_TEXT_BYTES = 96 };

/* L1d 32 KiB 8-way, last level 4 MiB 16-way, lines of 64 bytes; L1i as L1d. */
extern const struct lb_geometry lb_geometry_standard;

/*
 * This machine's L1d and last data cache. The simulator takes only powers of two of sets: the sets
 * are rounded down to one, then there are as many ways as keep the advertised size, rounded down.
 * (36 MiB 12-way has 49,152 sets; simulated are 32,768 of 18 ways, the same 36 MiB.) Unknown ways
 * are 8 for L1d and 16 for the last level, unknown lines 64 bytes.
 * LB_UNAVAILABLE when the kernel does not say what the caches are.
 */
enum lb_status lb_geometry_of_machine(const struct lb_machine *machine,
                                      struct lb_geometry *geometry, struct lb_error *error);

/* "L1d 32 KiB 8-way, last level 4 MiB 16-way, lines of 64 bytes" */
void lb_geometry_describe(const struct lb_geometry *geometry, char text[LB_GEOMETRY_TEXT_BYTES]);

/* One cache: "32 KiB 8-way". */
void lb_geometry_describe_cache(const struct lb_cache_shape *cache,
                                char text[LB_GEOMETRY_TEXT_BYTES]);

#endif
