/* syscalls.c - the real system calls below the counters' providers. See provider.h. */
#include "harness/counters/provider.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int real_perf_event_open(void *context, void *attr, pid_t pid, int cpu, int group_fd,
                                unsigned long flags)
{
    (void)context;
    return (int)syscall(SYS_perf_event_open, attr, pid, cpu, group_fd, flags);
}

static int real_ioctl(void *context, int fd, unsigned long request, unsigned long argument)
{
    (void)context;
    return ioctl(fd, request, argument);
}

static ssize_t real_read(void *context, int fd, void *buffer, size_t bytes)
{
    (void)context;
    return read(fd, buffer, bytes);
}

static int real_close(void *context, int fd)
{
    (void)context;
    return close(fd);
}

static uint64_t nanoseconds_of(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

static int real_thread_usage(void *context, bool clock, uint64_t *values)
{
    (void)context;
    struct rusage usage;
    struct timespec now = {0};
    if (getrusage(RUSAGE_THREAD, &usage) < 0)
        return -1;
    if (clock && clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) < 0)
        return -1;
    values[LB_COUNTER_PAGE_FAULTS] = (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
    values[LB_COUNTER_CONTEXT_SWITCHES] = (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
    values[LB_COUNTER_TASK_CLOCK] = nanoseconds_of(&now);
    return 0;
}

static void real_spin(void *context, uint64_t nanoseconds)
{
    (void)context;
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (nanoseconds_of(&now) - nanoseconds_of(&start) < nanoseconds);
}

const struct lb_syscalls lb_real_syscalls = {
    .perf_event_open = real_perf_event_open,
    .ioctl = real_ioctl,
    .read = real_read,
    .close = real_close,
    .thread_usage = real_thread_usage,
    .spin = real_spin,
};
