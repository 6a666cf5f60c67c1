/*
 * sysfile.h - small files of /proc, /sys and /etc below one root folder.
 *
 * Every reader of this machine goes through a root, so that tests can hold up the captured tree of
 * another machine. NULL, "" and "/" are this machine. Paths are printf formats, relative to the
 * root, without a leading slash: "sys/devices/system/cpu/cpu%d/topology/core_id".
 * A file that is not there is no error: the function returns false and leaves *out alone.
 */
#ifndef LB_SYSFILE_H
#define LB_SYSFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { LB_CPUS_MAX = 8192 }; /* the largest NR_CPUS that x86 kernels are built with */

/* A set of CPU (or node) numbers, as the kernel's lists "0-3,8" say it. */
struct lb_cpulist {
    uint64_t bits[LB_CPUS_MAX / 64];
};

/* True when the root is this machine and not a captured tree. */
bool lb_sysfile_is_live(const char *root);

/* Opens for reading; NULL when it cannot be. The caller closes it. */
FILE *lb_sysfile_open(const char *root, const char *path, ...)
    __attribute__((format(printf, 2, 3)));

bool lb_sysfile_exists(const char *root, const char *path, ...)
    __attribute__((format(printf, 2, 3)));

/* The first line, without its end and surrounding blanks. False for an empty one, too. */
bool lb_sysfile_line(const char *root, char *out, size_t size, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* The first line as a decimal number. False when it is anything else. */
bool lb_sysfile_number(const char *root, int64_t *out, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/* The first line as a list of numbers. False when it is anything else; it may be empty. */
bool lb_sysfile_cpulist(const char *root, struct lb_cpulist *out, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

bool lb_cpulist_parse(const char *text, struct lb_cpulist *out);
bool lb_cpulist_has(const struct lb_cpulist *list, int cpu);
int lb_cpulist_count(const struct lb_cpulist *list);

/* The smallest member above `after` (-1: the first of all), or -1. */
int lb_cpulist_next(const struct lb_cpulist *list, int after);

#endif
