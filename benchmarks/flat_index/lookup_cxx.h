/*
 * lookup_cxx.h - what lookup_cxx.cpp offers to C: libstdc++'s own containers. Without a C++
 * compiler it is not there, and the weak symbols are NULL.
 */
#ifndef LB_FLAT_INDEX_LOOKUP_CXX_H
#define LB_FLAT_INDEX_LOOKUP_CXX_H

#include "lookup_run.h"

#ifdef __cplusplus
extern "C" {
#define LOOKUP_CXX_SYMBOL
#else
#define LOOKUP_CXX_SYMBOL __attribute__((weak))
#endif

/* `state` is a struct lookup_state, `mode` an enum lookup_mode. */
LOOKUP_CXX_SYMBOL void *lookup_cxx_map_build(const struct lb_point *point);
LOOKUP_CXX_SYMBOL void lookup_cxx_map_free(void *container);
LOOKUP_CXX_SYMBOL uint64_t lookup_cxx_map_run(const void *state, unsigned mode, uint64_t first_op,
                                              uint64_t ops);
LOOKUP_CXX_SYMBOL void *lookup_cxx_unordered_build(const struct lb_point *point);
LOOKUP_CXX_SYMBOL void lookup_cxx_unordered_free(void *container);
LOOKUP_CXX_SYMBOL uint64_t lookup_cxx_unordered_run(const void *state, unsigned mode,
                                                    uint64_t first_op, uint64_t ops);
/* Nodes of the key's bucket that a lookup looks at. `container` as lookup_cxx_unordered_build. */
LOOKUP_CXX_SYMBOL uint64_t lookup_cxx_unordered_probes(const void *container, uint64_t key);

#ifdef __cplusplus
}
#endif
#endif
