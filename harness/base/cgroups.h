/*
 * cgroups.h - the control groups that this process is in, and those above them: a limit of any of
 * them holds. In a container the upper names may not be there, and the top is the container's own.
 * Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/cgroups.rst.
 */
#ifndef LB_CGROUPS_H
#define LB_CGROUPS_H

struct lb_cgroup {
    const char *root; /* as sysfile.h has it */
    int version;      /* 2, or 1 */
    char path[1200];  /* of its folder, below root */
};

typedef void lb_cgroup_look(void *context, const struct lb_cgroup *cgroup);

/* Looks at each: those of version 2, and those of version 1 that have this controller ("cpu"). */
void lb_cgroups_each(const char *root, const char *controller, lb_cgroup_look *look, void *context);

#endif
