/* kernel.h - a benchmark's kernel as a plain function, for the peer harness (C and C++). */
#ifndef LB_PEER_KERNEL_H
#define LB_PEER_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Builds the case's layout in this process and warms it with one pass; ends the program if it
 * cannot. */
void *peer_kernel_open(const char *case_id);

/* The next `ops` ops, exactly as the harness would run them. */
void peer_kernel_run(void *kernel, uint64_t ops);

#ifdef __cplusplus
}
#endif
#endif
