/* copies.c - see copies.h. */
#include "harness/base/copies.h"

#include "harness/base/available_memory.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
    return pread(fd, to, size, (off_t)offset) == (ssize_t)size;
}

/*
 * Of a program's file: what is executed ends with the last segment. Behind it stand symbols and
 * debugging information, which are most of a file. All of what is no 64-bit ELF file.
 */
static uint64_t bytes_to_copy(int program, uint64_t file_bytes)
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    uint64_t end = 0;
    if (!read_at(program, &header, sizeof header, 0) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phentsize != sizeof segment)
        return file_bytes;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        if (!read_at(program, &segment, sizeof segment, header.e_phoff + i * sizeof segment))
            return file_bytes;
        if (segment.p_offset + segment.p_filesz > end)
            end = segment.p_offset + segment.p_filesz;
    }
    return end > 0 && end < file_bytes ? end : file_bytes;
}

static bool copy_bytes(int from, int to, uint64_t bytes)
{
    off_t at = 0;
    while ((uint64_t)at < bytes)
        if (sendfile(to, from, &at, (size_t)(bytes - (uint64_t)at)) <= 0)
            return false;
    return true;
}

unsigned lb_copies_that_fit(uint64_t bytes, uint64_t available_bytes)
{
    uint64_t fit = available_bytes / LB_COPIES_MEMORY_SHARE / (bytes ? bytes : 1);
    return fit < LB_COPIES ? (unsigned)fit : LB_COPIES;
}

static enum lb_status add_copy(struct lb_copies *copies, int program, uint64_t bytes,
                               struct lb_error *error)
{
    int fd = memory_file();
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot make a file in memory");
    char *path = copies->paths[copies->count];
    copies->fds[copies->count++] = fd;
    snprintf(path, LB_COPIES_PATH_BYTES, "/proc/self/fd/%d", fd);
    if (!copy_bytes(program, fd, bytes))
        return lb_fail_errno(error, LB_SYSTEM, "cannot copy a program into memory");
    if (access(path, X_OK) != 0)
        return lb_fail_errno(error, LB_UNAVAILABLE,
                             "files in memory are not executed here (sysctl vm.memfd_noexec)");
    return LB_OK;
}

enum lb_status lb_copies_make(const char *program, struct lb_copies *copies, struct lb_error *error)
{
    enum lb_status status = LB_OK;
    *copies = (struct lb_copies){.count = 0};
    int fd = open(program, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return lb_fail_errno(error, LB_SYSTEM, "cannot read %s", program);
    struct stat file;
    if (fstat(fd, &file) != 0)
        status = lb_fail_errno(error, LB_SYSTEM, "cannot read %s", program);
    uint64_t bytes = status == LB_OK ? bytes_to_copy(fd, (uint64_t)file.st_size) : 0;
    unsigned fit = lb_copies_that_fit(bytes, lb_available_memory("/"));
    if (status == LB_OK && fit < 2)
        status = lb_fail(error, LB_UNAVAILABLE, "memory is too scarce for copies of %.1f MB",
                         (double)bytes * 1e-6);
    for (unsigned i = 0; i < fit && status == LB_OK; i++)
        status = add_copy(copies, fd, bytes, error);
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
