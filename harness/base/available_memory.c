/* available_memory.c - see available_memory.h; Documentation/admin-guide/cgroup-v[12] name the
 * files. */
#include "harness/base/available_memory.h"

#include "harness/base/sysfile.h"

#include <string.h>

static const struct version {
    const char *mount, *limit, *use;
    const char *file_pages[2]; /* in memory.stat, of all below */
} v2 = {"sys/fs/cgroup", "memory.max", "memory.current", {"active_file", "inactive_file"}},
  v1 = {"sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
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
static uint64_t left_in(const char *root, const struct version *v, const char *group)
{
    char stat[1200];
    int64_t limit, use;
    if (!lb_sysfile_number(root, &limit, "%s%s/%s", v->mount, group, v->limit) ||
        !lb_sysfile_number(root, &use, "%s%s/%s", v->mount, group, v->use))
        return UINT64_MAX;
    snprintf(stat, sizeof stat, "%s%s/memory.stat", v->mount, group);
    for (size_t i = 0; i < 2; i++)
        use -= (int64_t)figure(root, stat, v->file_pages[i], 0);
    return use < 0 ? (uint64_t)limit : use < limit ? (uint64_t)(limit - use) : 0;
}

/* The limits of all above hold as well. In a container the upper names may not be there. */
static uint64_t left_from(const char *root, const struct version *v, char *group)
{
    uint64_t least = left_in(root, v, group);
    for (char *slash = strrchr(group, '/'); slash; slash = strrchr(group, '/')) {
        *slash = '\0';
        least = lesser(least, left_in(root, v, group));
    }
    return least;
}

/* Lines of "NUMBER:CONTROLLERS:GROUP"; without controllers it is v2's. */
static uint64_t left_by_cgroups(const char *root)
{
    uint64_t least = UINT64_MAX;
    char line[1024];
    FILE *file = lb_sysfile_open(root, "proc/self/cgroup");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        if (!controllers[1])
            least = lesser(least, left_from(root, &v2, group));
        else if (strcmp(controllers + 1, "memory") == 0)
            least = lesser(least, left_from(root, &v1, group));
    }
    if (file)
        fclose(file);
    return least;
}

uint64_t lb_available_memory(const char *root)
{
    uint64_t kib = figure(root, "proc/meminfo", "MemAvailable:", UINT64_MAX);
    return lesser(kib == UINT64_MAX ? kib : kib << 10, left_by_cgroups(root));
}
