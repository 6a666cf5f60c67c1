/* activity.c - see activity.h. */
#include "harness/machine/activity.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice": guest is in user. */
static bool parse_cpu_line(const char *line, struct lb_activity *out)
{
    uint64_t ticks[8];
    if (sscanf(line,
               "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
               " %" SCNu64 " %" SCNu64,
               &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6],
               &ticks[7]) != 8)
        return false;
    out->cpu_ticks = 0;
    for (int i = 0; i < 8; i++)
        out->cpu_ticks += ticks[i];
    out->steal_ticks = ticks[7];
    return true;
}

/* "pid (name) state ppid ...": a name may hold blanks and brackets, so its end is the last one. */
static bool parse_process(char *line, struct lb_process_time *out)
{
    char *open = strchr(line, '('), *close = strrchr(line, ')');
    uint64_t user, system;
    if (!open || !close || close < open ||
        sscanf(close + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
               &user, &system) != 2)
        return false;
    *close = '\0';
    out->pid = atoi(line);
    snprintf(out->name, sizeof out->name, "%s", open + 1);
    out->ticks = user + system;
    return true;
}

static int by_pid(const void *a, const void *b)
{
    const struct lb_process_time *x = a, *y = b;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

static void look_at_processes(const char *root, struct lb_activity *out)
{
    char line[1024], path[4096];
    snprintf(path, sizeof path, "%s/proc", lb_sysfile_is_live(root) ? "" : root);
    DIR *directory = opendir(path);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct lb_process_time *process = &out->processes[out->process_count];
        if (out->process_count == LB_ACTIVITY_PROCESSES_MAX)
            break;
        if (isdigit((unsigned char)*entry->d_name) && atoi(entry->d_name) != getpid() &&
            lb_sysfile_line(root, line, sizeof line, "proc/%s/stat", entry->d_name) &&
            parse_process(line, process))
            out->process_count++;
    }
    closedir(directory);
    qsort(out->processes, out->process_count, sizeof *out->processes, by_pid);
}

enum lb_status lb_activity_look(const char *root, struct lb_activity *out, struct lb_error *error)
{
    char line[512];
    out->process_count = 0;
    if (!lb_sysfile_line(root, line, sizeof line, "proc/stat") || !parse_cpu_line(line, out))
        return lb_fail(error, LB_SYSTEM, "cannot read /proc/stat");
    look_at_processes(root, out);
    return LB_OK;
}

/* Keeps the busiest LB_ACTIVITY_BUSY_MAX, in order. */
static void note_busy(struct lb_activity_share *out, const struct lb_process_time *process,
                      double cpus)
{
    size_t at = out->busy_count < LB_ACTIVITY_BUSY_MAX ? out->busy_count++ : out->busy_count - 1;
    if (at == LB_ACTIVITY_BUSY_MAX - 1 && out->busy[at].cpus >= cpus)
        return;
    for (; at > 0 && out->busy[at - 1].cpus < cpus; at--)
        out->busy[at] = out->busy[at - 1];
    out->busy[at].pid = process->pid;
    out->busy[at].cpus = cpus;
    memcpy(out->busy[at].name, process->name, sizeof process->name);
}

void lb_activity_compare(const struct lb_activity *before, const struct lb_activity *after,
                         int logical_cpus, struct lb_activity_share *out)
{
    const double busy = 0.2;
    double passed = (double)after->cpu_ticks - (double)before->cpu_ticks;
    *out = (struct lb_activity_share){.steal = NAN};
    if (passed <= 0)
        return;
    out->steal = ((double)after->steal_ticks - (double)before->steal_ticks) / passed;
    for (size_t a = 0, b = 0; a < after->process_count; a++) {
        const struct lb_process_time *now = &after->processes[a];
        while (b < before->process_count && before->processes[b].pid < now->pid)
            b++;
        bool known = b < before->process_count && before->processes[b].pid == now->pid;
        if (!known && before->process_count == LB_ACTIVITY_PROCESSES_MAX)
            continue; /* not new, but beyond what the first look held */
        uint64_t since = known ? before->processes[b].ticks : 0;
        double cpus =
            now->ticks >= since ? (double)(now->ticks - since) * logical_cpus / passed : 0;
        if (cpus >= busy)
            note_busy(out, now, cpus);
    }
}
