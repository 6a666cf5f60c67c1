/* probe.c - see probe.h. The measuring; probe_levels.c reads the curve, probe_json.c writes it. */
#include "harness/machine/probe.h"

#include "harness/api.h"
#include "harness/base/available_memory.h"
#include "harness/base/pin.h"
#include "harness/base/stats.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define MS  UINT64_C(1000000)

static const uint64_t smallest_set = 8 * KIB, usual_largest_set = 128 * MIB,
                      largest_set_of_all = 512 * MIB;

/* ---- Where it runs, and in what ---- */

static enum lb_status go_to(int cpu, struct lb_pin_cpus *home, struct lb_error *error)
{
    lb_pin_note(home);
    return lb_pin_to(cpu, error);
}

/* Small pages, each touched; NULL when they are not to be had. */
static void *map_pages(uint64_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return NULL;
    madvise(pages, bytes, MADV_NOHUGEPAGE); /* refused by kernels that have none: all the better */
    for (uint64_t at = 0; at < bytes; at += 4 * KIB)
        ((volatile char *)pages)[at] = 1;
    return pages;
}

/* ---- The chase ---- */

struct line {
    const struct line *next;
    char rest[LB_CACHE_LINE_BYTES - sizeof(void *)];
};

struct chase {
    struct line *lines;
    uint32_t *order;
    const struct line *at;
    uint64_t patience_ends_ns; /* wall time: then samples are taken as they come */
};

static void build_cycle(struct chase *chase, uint64_t lines)
{
    lb_single_cycle(chase->order, lines, lines);
    for (uint64_t i = 0; i < lines; i++)
        chase->lines[i].next = &chase->lines[chase->order[i]];
    chase->at = chase->lines;
}

/* ns of CPU time per hop; goes on where the last walk stopped. */
static double walk(struct chase *chase, uint64_t hops)
{
    const struct line *at = chase->at;
    uint64_t start = lb_clock_cpu_ns();
    for (uint64_t hop = 0; hop < hops; hop++)
        at = at->next;
    chase->at = (const struct line *)(uintptr_t)lb_opaque((uintptr_t)at);
    return (double)(lb_clock_cpu_ns() - start) / (double)hops;
}

/*
 * A lap of more than 32 MiB is cut there, which has put out of most caches what building left in
 * them; a short one is repeated, for the clock's sake.
 */
static uint64_t lap_hops(uint64_t lines)
{
    const uint64_t most = 32 * MIB / LB_CACHE_LINE_BYTES, least = 16 * KIB;
    return lines < least ? least : lines > most ? most : lines;
}

/*
 * At least a lap, then on until two laps in a row agree within 5 %: caches with adaptive
 * replacement take several to settle. Returns the last latency.
 */
static double warm_up(struct chase *chase, uint64_t hops)
{
    uint64_t deadline = lb_clock_cpu_ns() + 40 * MS;
    double last = walk(chase, hops), now = last;
    while (lb_clock_cpu_ns() < deadline) {
        now = walk(chase, hops);
        if (fabs(now - last) <= 0.05 * last)
            break;
        last = now;
    }
    return now;
}

static long involuntary_switches(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

/*
 * The median of 5 samples that nothing interrupted. Who comes back from a switch finds other lines
 * in the caches: the sample is dropped, and a lap brings ours back. On a CPU so busy that 12 tries
 * leave none, or that patience ends, the median of 5 disturbed ones has to do.
 */
static double measure_set(struct chase *chase, uint64_t bytes)
{
    enum { SAMPLES = 5, TRIES = 12 };
    const double sample_ns = 2e6;
    double clean[SAMPLES], disturbed[SAMPLES], scratch[SAMPLES];
    size_t cleans = 0;
    uint64_t lap = lap_hops(bytes / LB_CACHE_LINE_BYTES);
    build_cycle(chase, bytes / LB_CACHE_LINE_BYTES);
    uint64_t hops = (uint64_t)(sample_ns / warm_up(chase, lap)) + 1;
    bool patient = lb_clock_wall_ns() < chase->patience_ends_ns;
    for (size_t try = 0; try < (patient ? TRIES : SAMPLES) && cleans < SAMPLES; try++) {
        long before = involuntary_switches();
        double ns = walk(chase, hops);
        if (involuntary_switches() == before) {
            clean[cleans++] = ns;
        } else {
            disturbed[try % SAMPLES] = ns;
            if (patient)
                walk(chase, lap);
        }
    }
    return cleans ? lb_stats_median(clean, cleans, scratch)
                  : lb_stats_median(disturbed, SAMPLES, scratch);
}

static uint64_t largest_set(const struct lb_machine *machine)
{
    int64_t last_cache = lb_machine_last_cache_bytes(machine);
    uint64_t largest = usual_largest_set;
    while (last_cache >= (int64_t)(64 * MIB) && largest < largest_set_of_all &&
           largest < 4 * (uint64_t)last_cache)
        largest *= 2;
    /* The order of the cycle takes a sixteenth more; leave most of the memory alone. */
    while (largest > (uint64_t)machine->memory_available_bytes / 4)
        largest /= 2;
    return largest;
}

/* 8, 11.3, 16, 22.6 ... KiB; whole octaves beyond 128 MiB. */
static uint64_t next_set(uint64_t bytes)
{
    bool octave = (bytes & (bytes - 1)) == 0;
    if (octave && bytes >= usual_largest_set)
        return 2 * bytes;
    if (octave)
        return (uint64_t)((double)bytes * M_SQRT2) / LB_CACHE_LINE_BYTES * LB_CACHE_LINE_BYTES;
    uint64_t up = smallest_set;
    while (up < bytes)
        up *= 2;
    return up;
}

enum lb_status lb_probe_caches(int cpu, const struct lb_machine *machine,
                               struct lb_cache_curve *out, struct lb_error *error)
{
    struct lb_pin_cpus home;
    struct chase chase = {.patience_ends_ns = lb_clock_wall_ns() + 4000 * MS};
    uint64_t largest = largest_set(machine);
    *out = (struct lb_cache_curve){.memory_ns_per_hop = NAN};
    enum lb_status status = go_to(cpu, &home, error);
    if (status != LB_OK)
        return status;
    while (largest >= 8 * MIB && !chase.order) {
        chase.lines = map_pages(largest);
        chase.order =
            chase.lines ? malloc(largest / LB_CACHE_LINE_BYTES * sizeof *chase.order) : NULL;
        if (chase.order)
            break;
        if (chase.lines)
            munmap(chase.lines, largest);
        largest /= 2;
    }
    if (chase.order) {
        for (uint64_t bytes = smallest_set; bytes <= largest; bytes = next_set(bytes))
            out->points[out->point_count++] =
                (struct lb_curve_point){bytes, measure_set(&chase, bytes)};
        lb_probe_find_levels(machine, out);
        munmap(chase.lines, largest);
        free(chase.order);
    } else {
        status = lb_fail(error, LB_NO_MEMORY, "no memory for the cache curve");
    }
    lb_pin_return(&home);
    return status;
}

/* ---- The core ---- */

double lb_probe_add_ns(void)
{
    enum { ADDS = 16, ROUNDS = 65536 };
    uint64_t sum = lb_opaque(0), step = lb_opaque(1);
    uint64_t start = lb_clock_cpu_ns();
    /* A register and not a constant is added: some cores fold chains of small constants. */
    for (int round = 0; round < ROUNDS; round++) {
#define FOUR_ADDS                                                                                  \
    sum = lb_opaque(sum + step);                                                                   \
    sum = lb_opaque(sum + step);                                                                   \
    sum = lb_opaque(sum + step);                                                                   \
    sum = lb_opaque(sum + step);
        FOUR_ADDS FOUR_ADDS FOUR_ADDS FOUR_ADDS
#undef FOUR_ADDS
    }
    return (double)(lb_clock_cpu_ns() - start) / ((double)ADDS * ROUNDS);
}

/* The least of so many is free of what a neighbour takes for a moment. */
enum { ADD_TRIES = 5 };

double lb_probe_add_ns_on(int cpu)
{
    struct lb_pin_cpus home;
    if (go_to(cpu, &home, NULL) != LB_OK)
        return NAN;
    double least = INFINITY;
    for (int i = 0; i < ADD_TRIES; i++)
        least = fmin(least, lb_probe_add_ns());
    lb_pin_return(&home);
    return least;
}

static void measure_adds(struct lb_probe_checks *out)
{
    enum { SAMPLES = 15 };
    double samples[SAMPLES];
    for (int i = 0; i < SAMPLES; i++)
        samples[i] = lb_probe_add_ns();
    lb_stats_sort(samples, SAMPLES);
    out->add_ns = samples[0];
    out->add_spread = samples[SAMPLES / 2] / samples[0];
}

/* Two 64-bit words: what every x86-64 and AArch64 core loads at once. */
typedef uint64_t words __attribute__((vector_size(16), may_alias));

/* Four sums, so that no addition waits for another. */
static uint64_t read_all(const words *data, uint64_t bytes)
{
    words a = {0}, b = {0}, c = {0}, d = {0};
    for (uint64_t i = 0; i < bytes / sizeof *data; i += 4) {
        a += data[i];
        b += data[i + 1];
        c += data[i + 2];
        d += data[i + 3];
    }
    a += b + c + d;
    return a[0] + a[1];
}

static void measure_reading(struct lb_probe_checks *out)
{
    const uint64_t bytes = 128 * MIB;
    out->read_gb_per_s = NAN;
    out->read_set_bytes = 0;
    void *data = lb_available_memory("/") / 2 > bytes ? map_pages(bytes) : NULL;
    if (!data)
        return;
    double least_ns = INFINITY;
    for (int i = 0; i < 5; i++) {
        uint64_t start = lb_clock_cpu_ns();
        lb_opaque(read_all(data, bytes));
        least_ns = fmin(least_ns, (double)(lb_clock_cpu_ns() - start));
    }
    munmap(data, bytes);
    out->read_gb_per_s = (double)bytes / least_ns;
    out->read_set_bytes = bytes;
}

enum lb_status lb_probe_checks(int cpu, struct lb_probe_checks *out, struct lb_error *error)
{
    struct lb_pin_cpus home;
    enum lb_status status = go_to(cpu, &home, error);
    if (status != LB_OK)
        return status;
    lb_clock_calibrate(&out->clocks);
    measure_adds(out);
    measure_reading(out);
    lb_pin_return(&home);
    return LB_OK;
}
