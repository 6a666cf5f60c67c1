/*
 * test_refusals.c - every way in which the kernel refuses a counter has its own sentence, which
 * says what to do. Each errno comes from a fake kernel; those that this machine allows come from
 * the real one, too, in a child process.
 */
#include "harness/counters/refusals.h"
#include "tests/harness/fake_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

static const struct refusal_case {
    int line;
    int error;
    enum lb_reading_status status;
    const char *reason, *advice; /* must be in it */
} refusal_cases[] = {
    {__LINE__, ENOENT, LB_UNSUPPORTED, "has no event", "simulation"},
    {__LINE__, EINVAL, LB_UNSUPPORTED, "EINVAL", "newer kernel"},
    {__LINE__, EOPNOTSUPP, LB_UNSUPPORTED, "EOPNOTSUPP", "other counters"},
    {__LINE__, ENODEV, LB_UNSUPPORTED, "ENODEV", "--cpu"},
    {__LINE__, EBUSY, LB_NOT_SCHEDULED, "exclusively", "nmi_watchdog"},
    {__LINE__, ENOSPC, LB_NOT_SCHEDULED, "no hardware counter is left", "end other profilers"},
    {__LINE__, EMFILE, LB_UNSUPPORTED, "file descriptor", "ulimit -n"},
    {__LINE__, ENFILE, LB_UNSUPPORTED, "file descriptor", "fs.file-max"},
    {__LINE__, EACCES, LB_NOT_PERMITTED, "EACCES", "CAP_PERFMON"},
    {__LINE__, EPERM, LB_NOT_PERMITTED, "EPERM", "CAP_PERFMON"},
    {__LINE__, EIO, LB_UNSUPPORTED, "Input/output error", "report"},
};

static void check_info(int line, const struct lb_counter_info *info, enum lb_reading_status status,
                       const char *reason, const char *advice)
{
    if (info->status != status || !strstr(info->reason, reason) || !strstr(info->advice, advice))
        fail_msg("line %d: %s; %s; %s", line, lb_reading_status_name(info->status), info->reason,
                 info->advice);
    if (info->source || info->event[0] || info->pass != -1)
        fail_msg("line %d: a refused counter has no source, no event and no pass", line);
}

static void each_errno_has_its_status_and_its_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusal_cases / sizeof *refusal_cases; i++) {
        const struct refusal_case *c = &refusal_cases[i];
        struct fake_machine machine;
        fake_machine_init_zen3(&machine, 6);
        lb_fake_kernel_refuse(&machine.kernel, PERF_TYPE_RAW, c->error);
        struct lb_counter_session *session = fake_machine_open(&machine, 0);
        for (enum lb_counter k = 0; k < LB_COUNTER_PAGE_FAULTS; k++)
            check_info(c->line, &lb_counters_info(session)[k], c->status, c->reason, c->advice);
        assert_int_equal(lb_counters_info(session)[LB_COUNTER_PAGE_FAULTS].status, LB_COUNTED);
        lb_counters_close(session);
        fake_machine_remove(&machine);
    }
}

static void no_two_errnos_share_a_reason(void **state)
{
    (void)state;
    enum { COUNT = sizeof refusal_cases / sizeof *refusal_cases };
    struct lb_counter_info info[COUNT];
    struct lb_pmu pmu = {.device = "cpu", .paranoid = 2};
    struct lb_refusal_context context = {.pmu = &pmu, .event = "x", .hardware = true};
    for (size_t i = 0; i < COUNT; i++) {
        lb_refusal_explain(refusal_cases[i].error, &context, &info[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(info[i].reason, info[k].reason);
    }
}

static void explain(int error, const struct lb_pmu *pmu, bool hardware, int blocked_errno,
                    struct lb_counter_info *info)
{
    const struct lb_refusal_context context = {
        .pmu = pmu, .event = "x", .hardware = hardware, .blocked_errno = blocked_errno};
    memset(info, 0, sizeof *info);
    info->pass = -1;
    lb_refusal_explain(error, &context, info);
}

static void a_machine_without_a_pmu_is_told_so_by_its_kind(void **state)
{
    (void)state;
    struct lb_counter_info info;
    struct lb_pmu pmu = {.virtualised = true};
    explain(ENOENT, &pmu, true, 0, &info);
    check_info(__LINE__, &info, LB_UNSUPPORTED, "the hypervisor exposes none", "bare metal");
    pmu.virtualised = false;
    explain(ENOENT, &pmu, true, 0, &info);
    check_info(__LINE__, &info, LB_UNSUPPORTED, "no performance monitoring unit", "kernel's log");
    explain(ENOENT, &pmu, false, 0, &info);
    check_info(__LINE__, &info, LB_UNSUPPORTED, "no software event", "newer kernel");
}

static void the_paranoid_level_is_named_with_the_one_that_would_do(void **state)
{
    (void)state;
    struct lb_counter_info info;
    struct lb_pmu pmu = {.device = "cpu", .paranoid = 3};
    explain(EACCES, &pmu, true, 0, &info);
    check_info(__LINE__, &info, LB_NOT_PERMITTED, "paranoid is 3", "perf_event_paranoid=2");
    pmu.paranoid = 2;
    explain(EACCES, &pmu, false, 0, &info);
    check_info(__LINE__, &info, LB_NOT_PERMITTED, "paranoid is 2", "perf_event_paranoid=1");
    explain(EACCES, &pmu, true, 0, &info); /* 2 would permit it: something else refuses */
    check_info(__LINE__, &info, LB_NOT_PERMITTED, "EACCES", "SELinux");
}

static void a_filter_is_told_apart_from_a_kernel_without_the_call(void **state)
{
    (void)state;
    struct lb_counter_info info;
    struct lb_pmu pmu = {.device = "cpu", .paranoid = 2, .seccomp = true};
    explain(EPERM, &pmu, true, EPERM, &info);
    check_info(__LINE__, &info, LB_NOT_PERMITTED, "seccomp filter", "--cap-add PERFMON");
    explain(ENOSYS, &pmu, true, ENOSYS, &info);
    check_info(__LINE__, &info, LB_NOT_PERMITTED, "seccomp filter", "--cap-add PERFMON");
    pmu.seccomp = false;
    explain(ENOSYS, &pmu, true, ENOSYS, &info);
    check_info(__LINE__, &info, LB_UNSUPPORTED, "no perf_event_open", "CONFIG_PERF_EVENTS");
}

static void a_blocked_call_of_a_fake_kernel_is_recognised(void **state)
{
    (void)state;
    struct fake_machine machine;
    fake_machine_init_zen3(&machine, 6);
    fake_machine_write(&machine, "/proc/self/status", "Name:\ttest\nSeccomp:\t2\n");
    machine.kernel.blocked_errno = EPERM;
    struct lb_counter_session *session = fake_machine_open(&machine, 0);
    const struct lb_counter_info *info = lb_counters_info(session);
    check_info(__LINE__, &info[LB_COUNTER_CYCLES], LB_NOT_PERMITTED, "seccomp filter", "PERFMON");
    assert_int_equal(info[LB_COUNTER_PAGE_FAULTS].status, LB_COUNTED);
    lb_counters_close(session);
    fake_machine_remove(&machine);
}

/* ---- The real thing ------------------------------------------------------------------------- */

/*
 * Runs `spoil`, then opens the counters of this machine, in a child. `spoil` returns false where
 * this machine does not allow it. Copies the infos out, or skips the test.
 */
static void open_in_spoiled_child(bool (*spoil)(void), struct lb_counter_info *info)
{
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct lb_counter_session *session;
        if (!spoil())
            _exit(77);
        if (lb_counters_open(-1, NULL, &session, NULL) != LB_OK)
            _exit(1);
        size_t bytes = LB_COUNTER_COUNT * sizeof *info;
        _exit(write(pipe_fds[1], lb_counters_info(session), bytes) == (ssize_t)bytes ? 0 : 2);
    }
    close(pipe_fds[1]);
    char *into = (char *)info;
    size_t left = LB_COUNTER_COUNT * sizeof *info;
    ssize_t got;
    while (left > 0 && (got = read(pipe_fds[0], into, left)) > 0) {
        into += got;
        left -= (size_t)got;
    }
    close(pipe_fds[0]);
    int status;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        print_message("this machine, or this user, cannot make the kernel refuse so\n");
        skip();
    }
    assert_int_equal(status, 0);
    assert_int_equal(left, 0);
}

static bool filter_perf_event_open(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* The source is a string of the child, at the same address as here: the same program. */
static void check_real_fallback(const struct lb_counter_info *info)
{
    assert_int_equal(info[LB_COUNTER_PAGE_FAULTS].status, LB_COUNTED);
    assert_string_equal(info[LB_COUNTER_PAGE_FAULTS].source, "rusage");
    assert_int_equal(info[LB_COUNTER_CONTEXT_SWITCHES].status, LB_COUNTED);
    assert_string_equal(info[LB_COUNTER_CONTEXT_SWITCHES].source, "rusage");
}

static void a_real_seccomp_filter_is_named(void **state)
{
    (void)state;
    struct lb_counter_info info[LB_COUNTER_COUNT];
    open_in_spoiled_child(filter_perf_event_open, info);
    check_info(__LINE__, &info[LB_COUNTER_CYCLES], LB_NOT_PERMITTED, "seccomp filter", "PERFMON");
    check_info(__LINE__, &info[LB_COUNTER_MIGRATIONS], LB_NOT_PERMITTED, "seccomp", "PERFMON");
    check_real_fallback(info);
}

/* No descriptor is left: the limit is the lowest free one. */
static bool use_up_descriptors(void)
{
    int lowest = open("/dev/null", O_RDONLY);
    close(lowest);
    struct rlimit limit = {(rlim_t)lowest, (rlim_t)lowest};
    return lowest >= 0 && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static void a_real_lack_of_descriptors_is_named(void **state)
{
    (void)state;
    struct lb_counter_info info[LB_COUNTER_COUNT];
    open_in_spoiled_child(use_up_descriptors, info);
    check_info(__LINE__, &info[LB_COUNTER_CYCLES], LB_UNSUPPORTED, "EMFILE", "ulimit -n");
    check_real_fallback(info);
}

/* Only root can become somebody else, and only at level 2 or above is that somebody refused. */
static bool become_nobody(void)
{
    struct lb_pmu pmu;
    lb_pmu_read("", -1, &pmu);
    const struct passwd *nobody = getpwnam("nobody");
    return geteuid() == 0 && pmu.paranoid >= 2 && nobody && setgid(nobody->pw_gid) == 0 &&
           setuid(nobody->pw_uid) == 0;
}

static void a_real_ordinary_user_is_told_the_level_and_still_gets_faults(void **state)
{
    (void)state;
    struct lb_counter_info info[LB_COUNTER_COUNT];
    open_in_spoiled_child(become_nobody, info);
    check_info(__LINE__, &info[LB_COUNTER_MIGRATIONS], LB_NOT_PERMITTED, "perf_event_paranoid is",
               "perf_event_paranoid=1");
    check_real_fallback(info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_errno_has_its_status_and_its_sentence),
        cmocka_unit_test(no_two_errnos_share_a_reason),
        cmocka_unit_test(a_machine_without_a_pmu_is_told_so_by_its_kind),
        cmocka_unit_test(the_paranoid_level_is_named_with_the_one_that_would_do),
        cmocka_unit_test(a_filter_is_told_apart_from_a_kernel_without_the_call),
        cmocka_unit_test(a_blocked_call_of_a_fake_kernel_is_recognised),
        cmocka_unit_test(a_real_seccomp_filter_is_named),
        cmocka_unit_test(a_real_lack_of_descriptors_is_named),
        cmocka_unit_test(a_real_ordinary_user_is_told_the_level_and_still_gets_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
