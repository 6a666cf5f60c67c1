/*
 * program_id.c - see program_id.h.
 *
 * Every object that is loaded counts: libstdc++ holds a part of std::map, libc holds memcpy. An
 * object's build id stands for its contents; one without (clang's linker makes none unless told
 * to) is read whole.
 */
#include "harness/base/program_id.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct digest {
    uint64_t hash;
    bool complete;
};

uint64_t lb_program_hash(uint64_t hash, const void *bytes, uint64_t count)
{
    const unsigned char *byte = bytes;
    for (uint64_t i = 0; i < count; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t round_up_to_4(uint64_t n)
{
    return (n + 3) & ~UINT64_C(3);
}

/* Adds the GNU build id of a note segment, if it holds one. */
static bool add_build_id(const unsigned char *notes, uint64_t bytes, struct digest *digest)
{
    uint64_t at = 0;
    ElfW(Nhdr) note;
    while (at + sizeof note <= bytes) {
        memcpy(&note, notes + at, sizeof note);
        uint64_t name = at + sizeof note, id = name + round_up_to_4(note.n_namesz);
        if (id + note.n_descsz > bytes)
            return false;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(notes + name, "GNU", 4) == 0) {
            digest->hash = lb_program_hash(digest->hash, notes + id, note.n_descsz);
            return true;
        }
        at = id + round_up_to_4(note.n_descsz);
    }
    return false;
}

static bool add_file(const char *path, struct digest *digest)
{
    struct stat st;
    void *bytes = MAP_FAILED;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (bytes == MAP_FAILED)
        return false;
    digest->hash = lb_program_hash(digest->hash, bytes, (uint64_t)st.st_size);
    munmap(bytes, (size_t)st.st_size);
    return true;
}

static int add_object(struct dl_phdr_info *info, size_t size, void *context)
{
    struct digest *digest = context;
    (void)size;
    bool program = !info->dlpi_name[0];
    if (!program && !strchr(info->dlpi_name, '/'))
        return 0; /* the kernel's vDSO: not a file, and none of our code's */
    for (ElfW(Half) i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        const unsigned char *bytes = (const unsigned char *)(info->dlpi_addr + segment->p_vaddr);
        if (segment->p_type == PT_NOTE && add_build_id(bytes, segment->p_memsz, digest))
            return 0;
    }
    if (!add_file(program ? "/proc/self/exe" : info->dlpi_name, digest))
        digest->complete = false;
    return 0;
}

bool lb_program_id(char text[LB_DIGEST_BYTES])
{
    struct digest digest = {.hash = LB_HASH_BEGIN, .complete = true};
    dl_iterate_phdr(add_object, &digest);
    snprintf(text, LB_DIGEST_BYTES, "%016" PRIx64, digest.hash);
    return digest.complete;
}
