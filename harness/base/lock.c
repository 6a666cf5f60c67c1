/* lock.c - see lock.h. */
#include "harness/base/lock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* In /tmp, which every user can write; sticky, so the file may belong to another user. */
static const char path[] = "/tmp/layoutbench.lock";

static int open_lock(void)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd >= 0)
        fchmod(fd, 0666); /* whoever holds it next puts a name in, whatever the umask was */
    if (fd < 0) /* with O_CREAT, a file of another user in a sticky folder may be refused */
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd >= 0 ? fd : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static void read_holder(int fd, char *text, size_t size)
{
    ssize_t got = pread(fd, text, size - 1, 0);
    text[got > 0 ? got : 0] = 0;
    text[strcspn(text, "\n")] = 0;
}

enum lb_status lb_lock_machine(bool wait, struct lb_error *error)
{
    char holder[64], self[32];
    int fd = open_lock();
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot open %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        read_holder(fd, holder, sizeof holder);
        if (strtol(holder, NULL, 10) == getppid()) {
            close(fd);
            return LB_OK;
        }
        if (!wait) {
            close(fd);
            return lb_fail(error, LB_SYSTEM,
                           "another run is measuring on this machine (process %s); wait for it, "
                           "or say --wait",
                           holder);
        }
        fprintf(stderr, "layoutbench: waiting for the run of process %s to end\n", holder);
        if (flock(fd, LOCK_EX) != 0)
            return lb_fail_errno(error, LB_INTERRUPTED, "waiting for %s", path);
    }
    int length = snprintf(self, sizeof self, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0 && pwrite(fd, self, (size_t)length, 0) < 0)
        return LB_OK; /* the name of the holder is a courtesy */
    return LB_OK;
}

void lb_lock_warn(void)
{
    char holder[64];
    int fd = open_lock();
    if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0) {
        read_holder(fd, holder, sizeof holder);
        fprintf(stderr, "layoutbench: the run of process %s is measuring, and this disturbs it\n",
                holder);
    }
    if (fd >= 0)
        close(fd);
}
