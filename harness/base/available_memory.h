/*
 * available_memory.h - how much memory this process can still get: what the machine has available,
 * and what the limits of its control groups leave of it.
 */
#ifndef LB_AVAILABLE_MEMORY_H
#define LB_AVAILABLE_MEMORY_H

#include <stdint.h>

/*
 * The least of MemAvailable and of limit - use of the process's own cgroup and of all above it, v2
 * or v1, in bytes. File pages of a cgroup count as free: the kernel takes them back first.
 * UINT64_MAX: not known. `root` as in sysfile.h.
 */
uint64_t lb_available_memory(const char *root);

#endif
