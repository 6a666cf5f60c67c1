/*
 * cores.h - CPUs of different physical cores, for threads that are to run at once.
 *
 * Threads that share a core share its first cache and its time: no line would move between them.
 */
#ifndef LB_CORES_H
#define LB_CORES_H

#include <sched.h>
#include <stdint.h>

/*
 * How much a CPU can do beside the others of its machine, in a unit of that machine. 0: not told,
 * as on all x86 but Intel's hybrids: on AMD's mixed chips all look like one kind.
 */
int64_t lb_core_capacity(const char *root, int cpu);

/*
 * Fills cpus[0 .. count) with CPUs of `allowed` on cores of their own. cpus[0] is `first`, the one
 * that is measured on; LB_CPU_NONE: the one that runs this. The others are as near to it as may be:
 * those that share its last level of cache, then its package, then any, since what moves between
 * cores takes several times as long over a socket's border; of each first those of its own kind
 * (lb_core_capacity), in the order of their numbers.
 * Where sysfs does not say which core a CPU belongs to, it counts as a core of its own. Returns how
 * many there are, at most `count`.
 */
unsigned lb_cores_choose(const char *root, const cpu_set_t *allowed, int first, int *cpus,
                         unsigned count);

#endif
