/* cpu_quota.c - see cpu_quota.h. */
#include "harness/base/cpu_quota.h"

#include "harness/base/cgroups.h"
#include "harness/base/sysfile.h"

#include <math.h>
#include <stdbool.h>

/* "max" is no number, and -1 no limit. */
static bool read_quota(const struct lb_cgroup *cgroup, int64_t *quota, int64_t *period)
{
    char line[64];
    long long q, p;
    if (cgroup->version == 1)
        return lb_sysfile_number(cgroup->root, quota, "%s/cpu.cfs_quota_us", cgroup->path) &&
               lb_sysfile_number(cgroup->root, period, "%s/cpu.cfs_period_us", cgroup->path);
    if (!lb_sysfile_line(cgroup->root, line, sizeof line, "%s/cpu.max", cgroup->path) ||
        sscanf(line, "%lld %lld", &q, &p) != 2)
        return false;
    *quota = q;
    *period = p;
    return true;
}

static void look(void *context, const struct lb_cgroup *cgroup)
{
    double *least = context;
    int64_t quota, period;
    if (read_quota(cgroup, &quota, &period) && quota > 0 && period > 0)
        *least = fmin(*least, (double)quota / (double)period);
}

double lb_cpu_quota(const char *root)
{
    double least = INFINITY;
    lb_cgroups_each(root, "cpu", look, &least);
    return least;
}
