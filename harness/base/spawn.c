/* spawn.c - see spawn.h. */
#include "harness/base/spawn.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/base/placement.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CAPTURE_MAX_BYTES = 64 << 20, ENVIRONMENT_BYTES = 512, EXEC_FAILED = 127 };

struct environment {
    char storage[LB_SPAWN_ENVIRONMENT_BYTES];
    char *list[8];
};

const char *lb_spawn_self(void)
{
    static char path[4096];
    if (!path[0] && readlink("/proc/self/exe", path, sizeof path - 1) < 0)
        snprintf(path, sizeof path, "/proc/self/exe");
    return path;
}

/*
 * Every variable set or not, the strings take ENVIRONMENT_BYTES and the placement's in all: LB_PAD
 * fills the rest.
 */
static enum lb_status make_environment(const struct lb_spawn *spawn,
                                       struct environment *environment, struct lb_error *error)
{
    char *storage = environment->storage, **list = environment->list;
    size_t used = 0, n = 0;
    size_t total = ENVIRONMENT_BYTES + lb_placement_stack_bytes(spawn->placement);
    const char *path = getenv("PATH"), *home = getenv("HOME");
    struct {
        const char *name, *value;
    } wanted[] = {{"LC_ALL", "C"},
                  {"LD_PRELOAD", spawn->preload},
                  {"PATH", spawn->path ? (path ? path : "/usr/bin:/bin") : NULL},
                  {"HOME", spawn->path ? home : NULL},
                  {"XDG_CACHE_HOME", spawn->path ? getenv("XDG_CACHE_HOME") : NULL}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!wanted[i].value)
            continue;
        size_t room = sizeof environment->storage - used;
        size_t length =
            (size_t)snprintf(storage + used, room, "%s=%s", wanted[i].name, wanted[i].value);
        if (length >= room)
            return lb_fail(error, LB_UNAVAILABLE,
                           "cannot start %s: %s does not fit into an environment of %zu bytes; "
                           "shorten it",
                           spawn->argv[0], wanted[i].name, sizeof environment->storage);
        list[n++] = storage + used;
        used += length + 1;
    }
    if (used + 8 < total) {
        list[n++] = storage + used;
        memcpy(storage + used, "LB_PAD=", 7);
        memset(storage + used + 7, '.', total - used - 8);
        storage[total - 1] = 0;
    }
    list[n] = NULL;
    return LB_OK;
}

static void redirect(int fd, int onto)
{
    if (fd < 0)
        fd = open("/dev/null", O_RDWR);
    if (fd == onto)
        fcntl(fd, F_SETFD, 0);
    else
        dup2(fd, onto);
}

static void become(const struct lb_spawn *spawn, char *const *environment, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXEC_FAILED);
    setpgid(0, 0); /* Ctrl-C goes to us; we end our children in order */
    redirect(-1, 0);
    redirect(spawn->out_fd, 1);
    redirect(spawn->err_fd, 2);
    if (spawn->extra_fd >= 0)
        redirect(spawn->extra_fd, 3);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL); /* what is ignored would be ignored there, too */
    if (spawn->placement)
        lb_placement_fix();
    const char *file = spawn->file ? spawn->file : spawn->argv[0];
    execvpe(file, (char *const *)(uintptr_t)spawn->argv, environment);
    dprintf(2, "cannot execute %s: %s\n", file, strerror(errno));
    _exit(EXEC_FAILED);
}

bool lb_spawn_find(const char *name, char *path, size_t size)
{
    const char *dirs = getenv("PATH");
    while (dirs && *dirs) {
        size_t length = strcspn(dirs, ":");
        snprintf(path, size, "%.*s/%s", (int)length, dirs, name);
        if (access(path, X_OK) == 0)
            return true;
        dirs += length + (dirs[length] == ':');
    }
    return false;
}

enum lb_status lb_spawn_start(const struct lb_spawn *spawn, pid_t *pid, struct lb_error *error)
{
    char path[4096];
    const char *name = spawn->argv[0];
    if (strchr(name, '/') ? access(name, X_OK) != 0 : !lb_spawn_find(name, path, sizeof path))
        return lb_fail(error, LB_UNAVAILABLE, "%s is not installed", spawn->argv[0]);
    struct environment environment;
    enum lb_status status = make_environment(spawn, &environment, error);
    if (status != LB_OK)
        return status;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot start %s", spawn->argv[0]);
    if (child == 0)
        become(spawn, environment.list, parent);
    *pid = child;
    return LB_OK;
}

void lb_spawn_describe(int status, struct lb_error *error)
{
    if (WIFSIGNALED(status))
        lb_fail(error, LB_CHILD, "killed by SIG%s (%s)%s", sigabbrev_np(WTERMSIG(status)),
                strsignal(WTERMSIG(status)), WTERMSIG(status) == SIGKILL ? ": out of memory?" : "");
    else
        lb_fail(error, LB_CHILD, "ended with status %d", WEXITSTATUS(status));
}

enum lb_status lb_spawn_wait(pid_t pid, int timeout_ms, int *code, struct lb_error *error)
{
    uint64_t start = lb_clock_wall_ns();
    int status;
    for (;;) {
        pid_t got = waitpid(pid, &status, timeout_ms < 0 ? 0 : WNOHANG);
        if (got == pid)
            break;
        bool late = timeout_ms >= 0 &&
                    lb_clock_wall_ns() - start > (uint64_t)timeout_ms * UINT64_C(1000000);
        if (late || lb_interrupted() || (got < 0 && errno != EINTR)) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return late ? lb_fail(error, LB_CHILD, "not done after %d s", timeout_ms / 1000)
                        : lb_fail(error, LB_INTERRUPTED, "interrupted");
        }
        if (timeout_ms >= 0)
            poll(NULL, 0, 2);
    }
    if (WIFSIGNALED(status)) {
        lb_spawn_describe(status, error);
        return LB_CHILD;
    }
    *code = WEXITSTATUS(status);
    return LB_OK;
}

enum lb_status lb_spawn_read_back(int fd, char **text, struct lb_error *error)
{
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0 || size > CAPTURE_MAX_BYTES)
        return lb_fail(error, LB_SYSTEM, "too much output");
    char *buffer = malloc((size_t)size + 1);
    if (!buffer)
        return lb_fail(error, LB_NO_MEMORY, "out of memory");
    ssize_t got = pread(fd, buffer, (size_t)size, 0);
    buffer[got > 0 ? got : 0] = 0;
    *text = buffer;
    return LB_OK;
}

enum lb_status lb_spawn_capture(const struct lb_spawn *spawn, int timeout_ms, char **text,
                                int *code, struct lb_error *error)
{
    struct lb_spawn captured = *spawn;
    pid_t pid;
    int fd = memfd_create("output", MFD_CLOEXEC);
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "memfd_create");
    captured.out_fd = fd;
    enum lb_status status = lb_spawn_start(&captured, &pid, error);
    if (status == LB_OK)
        status = lb_spawn_wait(pid, timeout_ms, code, error);
    if (status == LB_OK)
        status = lb_spawn_read_back(fd, text, error);
    close(fd);
    return status;
}
