/* refusals.c - see refusals.h. Which errno means what: perf_event_open(2), section ERRORS. */
#include "harness/counters/refusals.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char simulation_fills_in[] =
    "until then `layoutbench run` fills the cache columns by simulation";

__attribute__((format(printf, 2, 3))) static void say(char (*text)[256], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(*text, sizeof *text, format, args);
    va_end(args);
}

static void explain_blocked(const struct lb_refusal_context *context, struct lb_counter_info *info)
{
    if (context->blocked_errno == ENOSYS && !context->pmu->seccomp) {
        info->status = LB_UNSUPPORTED;
        say(&info->reason, "this kernel has no perf_event_open (ENOSYS)");
        say(&info->advice, "use a kernel built with CONFIG_PERF_EVENTS; %s", simulation_fills_in);
        return;
    }
    info->status = LB_NOT_PERMITTED;
    say(&info->reason, "a seccomp filter blocks perf_event_open (%s)",
        strerrorname_np(context->blocked_errno));
    say(&info->advice,
        "run outside the container, or start it with a seccomp profile that allows "
        "perf_event_open (Docker and Podman: --cap-add PERFMON, or --security-opt seccomp=FILE)");
}

static void explain_absent(const struct lb_refusal_context *context, struct lb_counter_info *info)
{
    info->status = LB_UNSUPPORTED;
    if (!context->hardware) {
        say(&info->reason, "this kernel has no software event %s (ENOENT)", context->event);
        say(&info->advice, "use a newer kernel");
    } else if (context->pmu->device[0]) {
        say(&info->reason, "the PMU %s has no event %s (ENOENT)", context->pmu->device,
            context->event);
        say(&info->advice, "nothing to set on this CPU; %s", simulation_fills_in);
    } else if (context->pmu->virtualised) {
        say(&info->reason, "no performance monitoring unit: the hypervisor exposes none (ENOENT)");
        say(&info->advice,
            "use bare metal or an instance type whose hypervisor passes the PMU on; "
            "%s",
            simulation_fills_in);
    } else {
        say(&info->reason, "no performance monitoring unit that the kernel can drive (ENOENT)");
        say(&info->advice,
            "look at the kernel's log for the PMU driver, and at the hypervisor's PMU setting if "
            "there is one; %s",
            simulation_fills_in);
    }
}

static void explain_denied(int error, const struct lb_refusal_context *context,
                           struct lb_counter_info *info)
{
    const char *name = strerrorname_np(error);
    int paranoid = context->pmu->paranoid;
    int needed = context->hardware ? 2 : 1;
    info->status = LB_NOT_PERMITTED;
    if (paranoid != LB_PARANOID_UNKNOWN && paranoid > needed) {
        say(&info->reason,
            "the kernel refuses %s to this user: kernel.perf_event_paranoid is %d "
            "(%s)",
            context->event, paranoid, name);
        say(&info->advice,
            "`sysctl kernel.perf_event_paranoid=%d` as root, or give the program CAP_PERFMON",
            needed);
    } else if (error == EPERM) {
        say(&info->reason, "the kernel refuses %s to this user (EPERM)", context->event);
        say(&info->advice, "give the program CAP_PERFMON (or CAP_SYS_ADMIN before Linux 5.8), and "
                           "look whether the kernel is locked down");
    } else {
        say(&info->reason, "the kernel refuses %s to this user (EACCES)", context->event);
        say(&info->advice, "give the program CAP_PERFMON, and look whether a security module "
                           "(SELinux, AppArmor) denies perf_event");
    }
}

/* The rest need no context but the event: status, reason (%s: the event), advice. */
static const struct plain_refusal {
    int error;
    enum lb_reading_status status;
    const char *reason, *advice;
} plain_refusals[] = {
    {EINVAL, LB_UNSUPPORTED, "the kernel does not take %s as it is encoded (EINVAL)",
     "a newer kernel may know this PMU's fields; please report the CPU and this event"},
    {EOPNOTSUPP, LB_UNSUPPORTED, "the PMU cannot count %s as asked (EOPNOTSUPP)",
     "nothing to set; the other counters are not affected"},
    {ENODEV, LB_UNSUPPORTED, "the PMU of %s is not there for this CPU (ENODEV)",
     "pin to a CPU of the other kind with --cpu"},
    {EBUSY, LB_NOT_SCHEDULED, "something else holds the PMU exclusively, so %s gets none (EBUSY)",
     "end other profilers, and `sysctl kernel.nmi_watchdog=0` as root frees a counter"},
    {ENOSPC, LB_NOT_SCHEDULED, "no hardware counter is left for %s (ENOSPC)",
     "end other profilers on this machine and run again"},
    {EMFILE, LB_UNSUPPORTED, "this process has no file descriptor left for %s (EMFILE)",
     "raise the limit: `ulimit -n 1024`"},
    {ENFILE, LB_UNSUPPORTED, "this machine has no file descriptor left for %s (ENFILE)",
     "raise fs.file-max as root, or end programs that hold many files"},
    {ENOMEM, LB_UNSUPPORTED, "the kernel has no memory for %s (ENOMEM)", "free memory"},
};

static void explain_plain(int error, const struct lb_refusal_context *context,
                          struct lb_counter_info *info)
{
    for (size_t i = 0; i < sizeof plain_refusals / sizeof *plain_refusals; i++) {
        const struct plain_refusal *refusal = &plain_refusals[i];
        if (refusal->error != error)
            continue;
        info->status = refusal->status;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        say(&info->reason, refusal->reason, context->event);
#pragma GCC diagnostic pop
        say(&info->advice, "%s", refusal->advice);
        return;
    }
    info->status = LB_UNSUPPORTED;
    say(&info->reason, "perf_event_open failed for %s: %s", context->event, strerror(error));
    say(&info->advice, "perf_event_open(2) lists the errors; please report this one");
}

void lb_refusal_explain(int error, const struct lb_refusal_context *context,
                        struct lb_counter_info *info)
{
    if (context->blocked_errno)
        explain_blocked(context, info);
    else if (error == ENOENT)
        explain_absent(context, info);
    else if (error == EACCES || error == EPERM)
        explain_denied(error, context, info);
    else
        explain_plain(error, context, info);
}

void lb_refusal_not_scheduled(const char *event, struct lb_counter_info *info)
{
    info->status = LB_NOT_SCHEDULED;
    say(&info->reason, "%s opens, but never gets a hardware counter of its own", event);
    say(&info->advice, "end other profilers; `sysctl kernel.nmi_watchdog=0` as root frees a "
                       "counter");
}

void lb_refusal_no_row(const char *microarchitecture, struct lb_counter_info *info)
{
    info->status = LB_UNSUPPORTED;
    say(&info->reason, "%s has no event for this that counts for one task", microarchitecture);
    say(&info->advice, "nothing to set; %s", "the simulation counts cache misses instead");
}

void lb_refusal_foreign(const char *event, struct lb_counter_info *info)
{
    info->status = LB_UNSUPPORTED;
    say(&info->reason, "%s is an event of another CPU: here its number counts something else",
        event);
    say(&info->advice, "ask for an event of this CPU: `layoutbench counters` shows some");
}

void lb_refusal_not_encoded(const char *event, const char *words, struct lb_counter_info *info)
{
    info->status = LB_UNSUPPORTED;
    say(&info->reason, "libpfm4 does not encode %s: %s", event, words);
    say(&info->advice, "install a newer libpfm4");
}
