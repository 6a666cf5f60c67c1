/* cgroups.c - see cgroups.h. */
#include "harness/base/cgroups.h"

#include "harness/base/sysfile.h"

#include <stdbool.h>
#include <string.h>

#define MOUNT "sys/fs/cgroup"

/* Whether "cpu,cpuacct" has "cpu". */
static bool lists(const char *controllers, const char *controller)
{
    size_t length = strlen(controller);
    while (strncmp(controllers, controller, length) != 0 ||
           (controllers[length] != ',' && controllers[length] != '\0')) {
        controllers = strchr(controllers, ',');
        if (!controllers)
            return false;
        controllers++;
    }
    return true;
}

/* A group, and all above it. */
static void look_up(struct lb_cgroup *cgroup, const char *mount, char *group, lb_cgroup_look *look,
                    void *context)
{
    for (;;) {
        snprintf(cgroup->path, sizeof cgroup->path, "%s%s", mount, group);
        look(context, cgroup);
        char *slash = strrchr(group, '/');
        if (!slash)
            return;
        *slash = '\0';
    }
}

/* Lines of "NUMBER:CONTROLLERS:GROUP"; without controllers it is of version 2. */
void lb_cgroups_each(const char *root, const char *controller, lb_cgroup_look *look, void *context)
{
    char line[1024], mount[64];
    struct lb_cgroup cgroup = {.root = root};
    FILE *file = lb_sysfile_open(root, "proc/self/cgroup");
    snprintf(mount, sizeof mount, MOUNT "/%s", controller);
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        cgroup.version = controllers[1] ? 1 : 2;
        if (cgroup.version == 2 || lists(controllers + 1, controller))
            look_up(&cgroup, cgroup.version == 2 ? MOUNT : mount, group, look, context);
    }
    if (file)
        fclose(file);
}
