/* copies.c - see copies.h. */
#include "harness/base/copies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Below this a spawned process has its own descriptors. */
enum { FIRST_FD = 10 };

/* In memory, and out of the way of what a child gets. */
static int memory_file(void)
{
    int low = memfd_create("copy", MFD_CLOEXEC);
    int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, FIRST_FD);
    if (low >= 0)
        close(low);
    return fd;
}

static bool copy_all(int from, int to)
{
    struct stat status;
    off_t at = 0;
    if (fstat(from, &status) != 0)
        return false;
    while (at < status.st_size)
        if (sendfile(to, from, &at, (size_t)(status.st_size - at)) <= 0)
            return false;
    return true;
}

static enum lb_status add_copy(struct lb_copies *copies, int program, struct lb_error *error)
{
    int fd = memory_file();
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot make a file in memory");
    char *path = copies->paths[copies->count];
    copies->fds[copies->count++] = fd;
    snprintf(path, LB_COPIES_PATH_BYTES, "/proc/self/fd/%d", fd);
    if (!copy_all(program, fd))
        return lb_fail_errno(error, LB_SYSTEM, "cannot copy a program into memory");
    if (access(path, X_OK) != 0)
        return lb_fail_errno(error, LB_UNAVAILABLE, "files in memory are not executed here");
    return LB_OK;
}

enum lb_status lb_copies_make(const char *program, struct lb_copies *copies, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    *copies = (struct lb_copies){.count = 0};
    int fd = open(program, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot read %s", program);
    for (int i = 0; i < LB_COPIES && status == LB_OK; i++)
        status = add_copy(copies, fd, error);
    close(fd);
    if (status != LB_OK)
        lb_copies_free(copies);
    return status;
}

const char *lb_copies_path(const struct lb_copies *copies, unsigned n)
{
    return copies->count ? copies->paths[n % copies->count] : NULL;
}

void lb_copies_free(struct lb_copies *copies)
{
    for (unsigned i = 0; i < copies->count; i++)
        close(copies->fds[i]);
    *copies = (struct lb_copies){.count = 0};
}
