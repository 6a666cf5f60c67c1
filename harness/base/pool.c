/* pool.c - see pool.h. */
#include "harness/base/pool.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static bool out_of_time(const struct lb_job *job)
{
    return job->end_by_ns && lb_clock_wall_ns() > job->end_by_ns;
}

static void start(struct lb_job *job)
{
    if (out_of_time(job)) {
        job->status = lb_fail(&job->error, LB_UNAVAILABLE, "no time was left for it");
        return;
    }
    job->fd = memfd_create("output", MFD_CLOEXEC);
    if (job->fd < 0) {
        job->status = lb_fail_errno(&job->error, LB_SYSTEM, "memfd_create");
        return;
    }
    struct lb_spawn spawn = job->spawn;
    spawn.out_fd = job->fd;
    job->started_ns = lb_clock_wall_ns();
    job->status = lb_spawn_start(&spawn, &job->pid, &job->error);
    if (job->status != LB_OK)
        close(job->fd);
}

static double seconds_of(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec * 1e-6;
}

static void end(struct lb_job *job, int wait_status, const struct rusage *usage)
{
    job->cpu_seconds = seconds_of(&usage->ru_utime) + seconds_of(&usage->ru_stime);
    if (WIFSIGNALED(wait_status)) {
        job->status = LB_CHILD;
        lb_spawn_describe(wait_status, &job->error);
        lb_spawn_read_back(job->fd, &job->text, NULL);
    } else {
        job->code = WEXITSTATUS(wait_status);
        job->status = lb_spawn_read_back(job->fd, &job->text, &job->error);
    }
    close(job->fd);
    job->pid = 0;
}

static void stop(struct lb_job *job, enum lb_status status, const char *why)
{
    kill(-job->pid, SIGKILL);
    kill(job->pid, SIGKILL);
    waitpid(job->pid, NULL, 0);
    lb_spawn_read_back(job->fd, &job->text, NULL);
    close(job->fd);
    job->pid = 0;
    job->status = lb_fail(&job->error, status, "%s", why);
}

/* True when the job is not running (any more). */
static bool settle(struct lb_job *job)
{
    int wait_status;
    struct rusage usage;
    unsigned long long limit = (unsigned long long)job->timeout_ms * 1000000ULL;
    if (!job->pid)
        return true;
    if (wait4(job->pid, &wait_status, WNOHANG, &usage) == job->pid)
        end(job, wait_status, &usage);
    else if (lb_interrupted())
        stop(job, LB_INTERRUPTED, "interrupted");
    else if (out_of_time(job))
        stop(job, LB_UNAVAILABLE, "no time was left for it");
    else if (lb_clock_wall_ns() - job->started_ns > limit)
        stop(job, LB_CHILD, "it took too long and was ended");
    return !job->pid;
}

enum lb_status lb_pool_run(struct lb_job *jobs, size_t count, unsigned parallel,
                           void (*done)(void *context, size_t ended, size_t count), void *context)
{
    size_t next = 0, running = 0, ended = 0;
    while (ended < count) {
        while (running < parallel && next < count && !lb_interrupted()) {
            start(&jobs[next++]);
            running++;
        }
        if (running == 0)
            break;
        size_t before = ended;
        running = 0;
        ended = 0;
        for (size_t i = 0; i < next; i++)
            *(settle(&jobs[i]) ? &ended : &running) += 1;
        if (done && ended > before)
            done(context, ended, count);
        if (running == parallel || (running && next == count))
            poll(NULL, 0, 1);
    }
    for (size_t i = next; i < count; i++)
        jobs[i].status = lb_fail(&jobs[i].error, LB_INTERRUPTED, "interrupted");
    return lb_interrupted() ? LB_INTERRUPTED : LB_OK;
}
