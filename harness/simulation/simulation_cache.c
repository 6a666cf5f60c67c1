/* simulation_cache.c - see simulation_cache.h. */
#include "harness/simulation/simulation_cache.h"

#include "harness/base/atomic_file.h"
#include "harness/base/program_id.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define FIRST_LINE "layoutbench simulation 1\n"

enum { ENTRY_BYTES = 8192, COUNTS = sizeof(struct lb_callgrind_counts) / sizeof(uint64_t) };
_Static_assert(ENTRY_BYTES > LB_SIMULATION_KEY_BYTES + LB_MODES_MAX * (LB_CASE_ID_BYTES + 256),
               "an entry of the longest key, ids and numbers has room");

/* ---- Folders ------------------------------------------------------------------------------- */

static bool all_folder(char *path, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length = cache && *cache == '/' ? snprintf(path, size, "%s/layoutbench/simulations", cache)
                 : home && *home == '/'
                     ? snprintf(path, size, "%s/.cache/layoutbench/simulations", home)
                     : 0;
    return length > 0 && (size_t)length < size;
}

static bool is_digest(const char *name)
{
    return strlen(name) == LB_DIGEST_BYTES - 1 &&
           strspn(name, "0123456789abcdef") == LB_DIGEST_BYTES - 1;
}

/* The program's folder that was used longest ago, of how many. */
static size_t oldest_folder(const char *all, char *oldest, size_t size)
{
    DIR *dir = opendir(all);
    size_t count = 0;
    time_t least = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", all, entry->d_name);
        if (!is_digest(entry->d_name) || stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
            continue;
        if (count++ == 0 || st.st_mtime < least) {
            least = st.st_mtime;
            snprintf(oldest, size, "%s", path);
        }
    }
    if (dir)
        closedir(dir);
    return count;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_old_programs(const char *all)
{
    char oldest[4096];
    while (oldest_folder(all, oldest, sizeof oldest) > LB_SIMULATION_PROGRAMS)
        if (nftw(oldest, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
            return;
}

void lb_simulation_cache_open(struct lb_simulation_cache *cache, const char **why)
{
    char program[LB_DIGEST_BYTES], all[2048];
    cache->folder[0] = 0;
    *why = NULL;
    if (!all_folder(all, sizeof all)) {
        *why = "neither XDG_CACHE_HOME nor HOME names a folder";
    } else if (!lb_program_id(program)) {
        *why = "the program's own file cannot be read";
    } else {
        snprintf(cache->folder, sizeof cache->folder, "%s/%s", all, program);
        utimensat(AT_FDCWD, cache->folder, NULL, 0);
        remove_old_programs(all);
    }
}

/* ---- Entries ------------------------------------------------------------------------------- */

static void path_of(const struct lb_simulation_cache *cache, const char *key, char *path,
                    size_t size)
{
    snprintf(path, size, "%s/%016" PRIx64, cache->folder,
             lb_program_hash(LB_HASH_BEGIN, key, strlen(key)));
}

static uint64_t sum_of(const char *text, size_t length)
{
    return lb_program_hash(LB_HASH_BEGIN, text, length);
}

/* Reads a whole small file. False when there is none, or it is larger than any entry. */
static bool read_entry(const char *path, char *text)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t length = fread(text, 1, ENTRY_BYTES, f);
    bool whole = !ferror(f) && length < ENTRY_BYTES;
    fclose(f);
    text[whole ? length : 0] = 0;
    return whole && strlen(text) == length;
}

/* The last line is the sum of all before it. */
static bool is_whole(const char *text)
{
    const char *last = strstr(text, "\nsum ");
    char expected[64];
    if (!last)
        return false;
    snprintf(expected, sizeof expected, "\nsum %016" PRIx64 "\n",
             sum_of(text, (size_t)(last + 1 - text)));
    return strcmp(last, expected) == 0;
}

static bool read_mode(const char *line, struct lb_simulated_mode *mode)
{
    uint64_t *counts = (uint64_t *)&mode->counts;
    int used = 0;
    if (sscanf(line, "mode %191s %" SCNu64 "%n", mode->id, &mode->ops, &used) != 2 || !mode->ops)
        return false;
    line += used;
    for (int i = 0; i < COUNTS; i++, line += used)
        if (sscanf(line, " %" SCNu64 "%n", &counts[i], &used) != 1)
            return false;
    return *line == '\n';
}

static bool read_modes(const char *text, struct lb_simulated_mode *modes, size_t *count)
{
    *count = 0;
    for (const char *line = text; (line = strstr(line, "\nmode ")); line++)
        if (*count == LB_MODES_MAX || !read_mode(line + 1, &modes[(*count)++]))
            return false;
    return *count > 0;
}

bool lb_simulation_cache_load(const struct lb_simulation_cache *cache, const char *key,
                              struct lb_simulated_mode *modes, size_t *count)
{
    char path[4096], text[ENTRY_BYTES + 1], head[LB_SIMULATION_KEY_BYTES + 64];
    if (!cache->folder[0])
        return false;
    path_of(cache, key, path, sizeof path);
    int length = snprintf(head, sizeof head, FIRST_LINE "key %s\n", key);
    return read_entry(path, text) && is_whole(text) && strncmp(text, head, (size_t)length) == 0 &&
           read_modes(text, modes, count);
}

enum lb_status lb_simulation_cache_store(const struct lb_simulation_cache *cache, const char *key,
                                         const struct lb_simulated_mode *modes, size_t count,
                                         struct lb_error *error)
{
    char path[4096], text[ENTRY_BYTES];
    struct lb_atomic_file file;
    if (!cache->folder[0])
        return LB_OK;
    size_t used = (size_t)snprintf(text, sizeof text, FIRST_LINE "key %s\n", key);
    for (size_t i = 0; i < count; i++) {
        const uint64_t *counts = (const uint64_t *)&modes[i].counts;
        used += (size_t)snprintf(text + used, sizeof text - used, "mode %s %" PRIu64, modes[i].id,
                                 modes[i].ops);
        for (int k = 0; k < COUNTS; k++)
            used += (size_t)snprintf(text + used, sizeof text - used, " %" PRIu64, counts[k]);
        used += (size_t)snprintf(text + used, sizeof text - used, "\n");
    }
    snprintf(text + used, sizeof text - used, "sum %016" PRIx64 "\n", sum_of(text, used));
    path_of(cache, key, path, sizeof path);
    enum lb_status status = lb_atomic_open(&file, path, 0, error);
    return status == LB_OK ? lb_atomic_commit(&file, text, error) : status;
}
