/* atomic_file.c - see atomic_file.h. */
#include "harness/base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* mkdir -p of everything before the last slash. */
static enum lb_status make_folder(const char *path, struct lb_error *error)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return lb_fail_errno(error, LB_SYSTEM, "cannot make the folder %s", folder);
        *slash = '/';
    }
    return LB_OK;
}

enum { DAY_SECONDS = 86400 };

/* A process that is not seen may write in another container: what is left must be old as well. */
static bool is_left(const char *temporary)
{
    struct stat st;
    char *end, *digits = strrchr(temporary, '.') + 1;
    long pid = strtol(digits, &end, 10);
    return *digits && !*end && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH &&
           stat(temporary, &st) == 0 && st.st_mtime + DAY_SECONDS < time(NULL);
}

/* What processes that were killed left here. */
static void remove_left(const char *path)
{
    char pattern[4160];
    glob_t left;
    snprintf(pattern, sizeof pattern, "%s.tmp.*", path);
    if (glob(pattern, GLOB_NOSORT, NULL, &left) != 0)
        return;
    for (size_t i = 0; i < left.gl_pathc; i++)
        if (is_left(left.gl_pathv[i]))
            unlink(left.gl_pathv[i]);
    globfree(&left);
}

/*
 * Takes the room that the text is going to need, so that nobody else fills the disk meanwhile. A
 * file system that cannot reserve (posix_fallocate would write zeros there) is asked what is free.
 */
static bool reserve(int fd, unsigned long long room)
{
    struct statvfs fs;
    if (room == 0 || fallocate(fd, 0, 0, (off_t)room) == 0)
        return true;
    if (errno == EOPNOTSUPP || errno == ENOSYS)
        return fstatvfs(fd, &fs) != 0 || (unsigned long long)fs.f_bavail * fs.f_frsize >= room;
    return false;
}

enum lb_status lb_atomic_open(struct lb_atomic_file *file, const char *path,
                              unsigned long long room, struct lb_error *error)
{
    struct stat st;
    file->fd = -1;
    if (strlen(path) >= sizeof file->path)
        return lb_fail(error, LB_SYSTEM, "the path of the output is too long");
    snprintf(file->path, sizeof file->path, "%s", path);
    snprintf(file->temporary, sizeof file->temporary, "%s.tmp.%ld", path, (long)getpid());
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return lb_fail(error, LB_SYSTEM, "cannot write %s: it is not a regular file", path);
    enum lb_status status = make_folder(path, error);
    if (status != LB_OK)
        return status;
    remove_left(path);
    file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot write %s", path);
    if (reserve(file->fd, room))
        return LB_OK;
    lb_atomic_abandon(file);
    return lb_fail(error, LB_SYSTEM, "cannot write %s: less than %llu MiB are free there", path,
                   room >> 20);
}

/* One path has one temporary file, which then is open twice. */
bool lb_atomic_same(const struct lb_atomic_file *a, const struct lb_atomic_file *b)
{
    struct stat of_a, of_b;
    return fstat(a->fd, &of_a) == 0 && fstat(b->fd, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static enum lb_status write_whole(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t put = write(fd, text, left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return LB_SYSTEM;
        text += put;
        left -= (size_t)put;
    }
    return LB_OK;
}

/* The file ends behind what was written; what was reserved beyond goes back. */
static bool give_back(int fd)
{
    return ftruncate(fd, lseek(fd, 0, SEEK_CUR)) == 0;
}

enum lb_status lb_atomic_commit(struct lb_atomic_file *file, const char *text,
                                struct lb_error *error)
{
    bool written =
        write_whole(file->fd, text) == LB_OK && give_back(file->fd) && fsync(file->fd) == 0;
    if (written)
        written = close(file->fd) == 0;
    else
        close(file->fd);
    file->fd = -1;
    if (written && rename(file->temporary, file->path) == 0)
        return LB_OK;
    enum lb_status status = lb_fail_errno(error, LB_SYSTEM, "cannot write %s", file->path);
    unlink(file->temporary);
    return status;
}

void lb_atomic_abandon(struct lb_atomic_file *file)
{
    if (file->fd < 0)
        return;
    close(file->fd);
    unlink(file->temporary);
    file->fd = -1;
}
