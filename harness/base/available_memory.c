/* available_memory.c - see available_memory.h; Documentation/admin-guide/cgroup-v[12] name the
 * files. */
#include "harness/base/available_memory.h"

#include "harness/base/cgroups.h"
#include "harness/base/sysfile.h"

#include <string.h>

static const struct version {
    const char *limit, *use;
    const char *file_pages[2]; /* in memory.stat, of all below */
} v2 = {"memory.max", "memory.current", {"active_file", "inactive_file"}},
  v1 = {"memory.limit_in_bytes",
        "memory.usage_in_bytes",
        {"total_active_file", "total_inactive_file"}};

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The figure of a line "NAME FIGURE ...", or `otherwise`. */
static uint64_t figure(const char *root, const char *path, const char *name, uint64_t otherwise)
{
    FILE *file = lb_sysfile_open(root, "%s", path);
    char line[256], word[64];
    unsigned long long found = otherwise, number;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "%63s %llu", word, &number) == 2 && strcmp(word, name) == 0)
            found = number;
    if (file)
        fclose(file);
    return found;
}

/* What one cgroup's limit leaves. "max" is no number, and no limit. */
static uint64_t left_in(const struct lb_cgroup *cgroup)
{
    const struct version *v = cgroup->version == 2 ? &v2 : &v1;
    char stat[sizeof cgroup->path + 16];
    int64_t limit, use;
    if (!lb_sysfile_number(cgroup->root, &limit, "%s/%s", cgroup->path, v->limit) ||
        !lb_sysfile_number(cgroup->root, &use, "%s/%s", cgroup->path, v->use))
        return UINT64_MAX;
    snprintf(stat, sizeof stat, "%s/memory.stat", cgroup->path);
    for (size_t i = 0; i < 2; i++)
        use -= (int64_t)figure(cgroup->root, stat, v->file_pages[i], 0);
    return use < 0 ? (uint64_t)limit : use < limit ? (uint64_t)(limit - use) : 0;
}

static void look(void *context, const struct lb_cgroup *cgroup)
{
    uint64_t *least = context;
    *least = lesser(*least, left_in(cgroup));
}

uint64_t lb_available_memory(const char *root)
{
    uint64_t kib = figure(root, "proc/meminfo", "MemAvailable:", UINT64_MAX);
    uint64_t least = kib == UINT64_MAX ? kib : kib << 10;
    lb_cgroups_each(root, "memory", look, &least);
    return least;
}
