/*
 * numa.h - the CPUs that share a memory node with the one that measures.
 *
 * A page lies on the node of the CPU that touches it first. A layout that is built anywhere may lie
 * on the other socket, and its neighbour's here: their ratio is then one of nodes.
 */
#ifndef LB_NUMA_H
#define LB_NUMA_H

#include <sched.h>
#include <stdbool.h>

/*
 * Fills *near with those CPUs of `allowed` that are of the node of `cpu`. False, and *near is
 * `allowed`, where the kernel does not say which these are (LB_CPU_NONE, no sysfs).
 */
bool lb_numa_near(const char *root, int cpu, const cpu_set_t *allowed, cpu_set_t *near);

/*
 * Keeps the calling process on that node, where it is known; what it touches from here on lies
 * there as long as the node has room. Pinning to one CPU (pin.h) may follow.
 */
void lb_numa_stay_near(int cpu);

#endif
