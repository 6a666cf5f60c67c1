/* provider_fake.c - see provider_fake.h. */
#include "harness/counters/provider_fake.h"

#include <assert.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

void lb_fake_kernel_init(struct lb_fake_kernel *kernel, unsigned counters)
{
    memset(kernel, 0, sizeof *kernel);
    kernel->counters = counters;
    kernel->refuses_groups = true;
    kernel->descriptors = LB_FAKE_EVENTS_MAX;
}

void lb_fake_kernel_refuse(struct lb_fake_kernel *kernel, uint32_t type, int error)
{
    assert(kernel->refusal_count < LB_FAKE_REFUSALS_MAX);
    kernel->refusals[kernel->refusal_count++] =
        (struct lb_fake_refusal){.type = type, .any_config = true, .error = error};
}

unsigned lb_fake_kernel_open_events(const struct lb_fake_kernel *kernel)
{
    unsigned count = 0;
    for (unsigned i = 0; i < kernel->event_count; i++)
        count += kernel->events[i].open;
    return count;
}

/* Hardware events of a group: what it needs of the PMU. */
static unsigned needs(const struct lb_fake_kernel *kernel, int leader)
{
    unsigned count = 0;
    for (unsigned i = 0; i < kernel->event_count; i++) {
        const struct lb_fake_event *event = &kernel->events[i];
        count += event->open && event->leader == leader && !event->software;
    }
    return count;
}

static bool can_run(const struct lb_fake_kernel *kernel, int leader)
{
    for (unsigned i = 0; i < kernel->event_count; i++) {
        const struct lb_fake_event *event = &kernel->events[i];
        if (event->open && event->leader == leader && !event->software && kernel->never_runs &&
            event->config == kernel->never_runs)
            return false;
    }
    return true;
}

static void run_group(struct lb_fake_kernel *kernel, int leader, bool running, uint64_t nanoseconds)
{
    for (unsigned i = 0; i < kernel->event_count; i++) {
        struct lb_fake_event *event = &kernel->events[i];
        if (!event->open || event->leader != leader)
            continue;
        event->enabled_ns += nanoseconds;
        if (!running)
            continue;
        event->running_ns += nanoseconds;
        event->count += event->config * nanoseconds / 1000;
    }
}

/* Groups get their counters whole, in the order in which they were opened, or not at all. */
void lb_fake_kernel_advance(struct lb_fake_kernel *kernel, uint64_t nanoseconds)
{
    unsigned free_counters =
        kernel->counters > kernel->counters_held ? kernel->counters - kernel->counters_held : 0;
    kernel->now_ns += nanoseconds;
    for (unsigned i = 0; i < kernel->event_count; i++) {
        const struct lb_fake_event *event = &kernel->events[i];
        if (!event->open || event->leader != (int)i || !event->enabled)
            continue;
        unsigned needed = needs(kernel, (int)i);
        bool running = needed <= free_counters && can_run(kernel, (int)i);
        free_counters -= running ? needed : 0;
        run_group(kernel, (int)i, running, nanoseconds);
    }
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int refusal_of(const struct lb_fake_kernel *kernel, const struct perf_event_attr *attr)
{
    for (unsigned i = 0; i < kernel->refusal_count; i++) {
        const struct lb_fake_refusal *refusal = &kernel->refusals[i];
        if (refusal->type == attr->type && (refusal->any_config || refusal->config == attr->config))
            return refusal->error;
    }
    return 0;
}

static int add_event(struct lb_fake_kernel *kernel, const struct perf_event_attr *attr,
                     int group_fd)
{
    int index = (int)kernel->event_count;
    assert(index < LB_FAKE_EVENTS_MAX);
    struct lb_fake_event *event = &kernel->events[index];
    *event = (struct lb_fake_event){
        .open = true,
        .leader = group_fd < 0 ? index : group_fd - LB_FAKE_FIRST_FD,
        .software = attr->type == PERF_TYPE_SOFTWARE,
        .type = attr->type,
        .config = attr->config,
    };
    kernel->event_count++;
    if (kernel->refuses_groups && needs(kernel, event->leader) > kernel->counters) {
        event->open = false;
        kernel->event_count--;
        return fail(EINVAL);
    }
    return LB_FAKE_FIRST_FD + index;
}

static int fake_open(void *context, void *attr, pid_t pid, int cpu, int group_fd,
                     unsigned long flags)
{
    struct lb_fake_kernel *kernel = context;
    (void)pid, (void)cpu;
    if (kernel->blocked_errno)
        return fail(kernel->blocked_errno);
    if (flags & ~(unsigned long)PERF_FLAG_FD_CLOEXEC)
        return fail(EINVAL);
    int error = refusal_of(kernel, attr);
    if (error)
        return fail(error);
    if (lb_fake_kernel_open_events(kernel) >= kernel->descriptors)
        return fail(EMFILE);
    return add_event(kernel, attr, group_fd);
}

static struct lb_fake_event *event_of(struct lb_fake_kernel *kernel, int fd)
{
    unsigned index = (unsigned)(fd - LB_FAKE_FIRST_FD);
    assert(index < kernel->event_count && kernel->events[index].open);
    return &kernel->events[index];
}

static int fake_ioctl(void *context, int fd, unsigned long request, unsigned long argument)
{
    assert(argument == PERF_IOC_FLAG_GROUP);
    event_of(context, fd)->enabled = request == PERF_EVENT_IOC_ENABLE;
    return 0;
}

static ssize_t fake_read(void *context, int fd, void *buffer, size_t bytes)
{
    struct lb_fake_kernel *kernel = context;
    const struct lb_fake_event *leader = event_of(kernel, fd);
    if (kernel->reads_end)
        return 0;
    uint64_t *words = buffer;
    uint64_t size = 0;
    for (unsigned i = 0; i < kernel->event_count; i++) {
        const struct lb_fake_event *event = &kernel->events[i];
        if (event->open && event->leader == leader->leader)
            words[3 + size++] = event->count;
    }
    words[0] = size;
    words[1] = leader->enabled_ns;
    words[2] = leader->running_ns;
    assert(bytes >= (3 + size) * sizeof *words);
    return (ssize_t)((3 + size) * sizeof *words);
}

/* Closed events at the end give their place back, so that long tests do not run out of it. */
static int fake_close(void *context, int fd)
{
    struct lb_fake_kernel *kernel = context;
    event_of(kernel, fd)->open = false;
    while (kernel->event_count > 0 && !kernel->events[kernel->event_count - 1].open)
        kernel->event_count--;
    return 0;
}

static int fake_thread_usage(void *context, bool clock, uint64_t *values)
{
    const struct lb_fake_kernel *kernel = context;
    (void)clock;
    if (kernel->usage_errno)
        return fail(kernel->usage_errno);
    memcpy(values, kernel->usage, sizeof kernel->usage);
    return 0;
}

static void fake_spin(void *context, uint64_t nanoseconds)
{
    lb_fake_kernel_advance(context, nanoseconds);
}

struct lb_syscalls lb_fake_syscalls(struct lb_fake_kernel *kernel)
{
    return (struct lb_syscalls){
        .source = "fake",
        .perf_event_open = fake_open,
        .ioctl = fake_ioctl,
        .read = fake_read,
        .close = fake_close,
        .thread_usage = fake_thread_usage,
        .spin = fake_spin,
        .context = kernel,
    };
}
