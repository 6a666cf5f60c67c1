/*
 * test_events.c - the table of events: its rows are whole, libpfm4 takes what it should, and each
 * CPU gets its own. libpfm4 encodes for x86 PMUs that are not present; Arm's it has only in its
 * Arm builds, where the same test encodes those rows.
 */
#include "harness/counters/events.h"
#include "harness/counters/provider.h"
#include "harness/machine/machine.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct lb_event_table *const makers[] = {lb_events_intel, lb_events_amd,
                                                      lb_events_arm};

/* Calls `check` for every row of every maker's table. */
static void for_each_row(void (*check)(const struct lb_event_table *, const struct lb_event_row *))
{
    for (size_t m = 0; m < sizeof makers / sizeof *makers; m++)
        for (const struct lb_event_table *table = makers[m]; table->name; table++)
            for (size_t i = 0; i < table->row_count; i++)
                check(table, &table->rows[i]);
}

static void check_sentence(const struct lb_event_table *table, const struct lb_event_row *row)
{
    size_t length = strlen(row->counts);
    if (length < 20 || row->counts[length - 1] != '.')
        fail_msg("%s, %s: no sentence", table->name, row->event);
    if ((row->how == LB_EVENT_RAW) != (row->manual != NULL))
        fail_msg("%s, %s: raw rows, and only they, name their manual", table->name, row->event);
    if (strlen(row->event) >= sizeof((struct lb_counter_info *)0)->event)
        fail_msg("%s, %s: the name is too long", table->name, row->event);
}

static void every_row_says_what_it_counts_and_raw_rows_where_that_is_written(void **state)
{
    (void)state;
    for_each_row(check_sentence);
}

static bool is_arm(const struct lb_event_table *table)
{
    return strncmp(table->rows[0].event, "arm_", 4) == 0;
}

static bool encodes_here(const struct lb_event_table *table)
{
#if defined(__aarch64__)
    return is_arm(table);
#else
    return !is_arm(table);
#endif
}

static void check_encoding(const struct lb_event_table *table, const struct lb_event_row *row)
{
    struct lb_encoding encoding = {0};
    if (row->how != LB_EVENT_LIBRARY || !encodes_here(table))
        return;
    const char *words = lb_pfm_encode(row->event, &encoding);
    if (words)
        fail_msg("%s, %s: %s", table->name, row->event, words);
    if (encoding.type != PERF_TYPE_RAW || encoding.config == 0)
        fail_msg("%s, %s: type %u, config %llx", table->name, row->event, encoding.type,
                 (unsigned long long)encoding.config);
}

static void libpfm4_encodes_every_row_that_asks_it_to(void **state)
{
    (void)state;
    for_each_row(check_encoding);
}

#if defined(__x86_64__)
/* Event and unit mask by the makers' manuals; libpfm4 adds bits of its own above them. */
static void libpfm4_means_the_events_that_the_manuals_mean(void **state)
{
    (void)state;
    static const struct {
        int line;
        enum lb_counter counter;
        const char *cpu;
        uint64_t event_and_mask;
    } cases[] = {
        {__LINE__, LB_COUNTER_L3_MISSES, "Zen", 0x4843},
        {__LINE__, LB_COUNTER_L3_MISSES, "Zen 2", 0x4843},
        {__LINE__, LB_COUNTER_L3_MISSES, "Zen 3", 0x4843},
        {__LINE__, LB_COUNTER_L3_MISSES, "Zen 4", 0x4843},
        {__LINE__, LB_COUNTER_L3_MISSES, "Zen 5", 0x4843},
        {__LINE__, LB_COUNTER_L1D_MISSES, "Zen 2", 0xe060},
        {__LINE__, LB_COUNTER_L1D_MISSES, "Zen 3", 0x5f44},
        {__LINE__, LB_COUNTER_DTLB_MISSES, "Zen 4", 0xf045},
        {__LINE__, LB_COUNTER_L1D_MISSES, "Skylake-SP", 0x0151},
        {__LINE__, LB_COUNTER_L3_MISSES, "Cascade Lake", 0x20d1},
        {__LINE__, LB_COUNTER_DTLB_MISSES, "Ice Lake-SP", 0x0e08},
        {__LINE__, LB_COUNTER_DTLB_MISSES, "Sapphire Rapids", 0x0e12},
        {__LINE__, LB_COUNTER_BRANCH_MISSES, "Sapphire Rapids", 0x00c5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct lb_pmu pmu = {.microarchitecture = cases[i].cpu};
        const struct lb_event_table *table = lb_events_find(&pmu);
        const struct lb_event_row *row = table->rows;
        while (row->counter != cases[i].counter)
            row++;
        struct lb_encoding encoding = {.config = row->config};
        if (row->how == LB_EVENT_LIBRARY)
            assert_null(lb_pfm_encode(row->event, &encoding));
        if ((encoding.config & 0xffff) != cases[i].event_and_mask)
            fail_msg("line %d: %s is %llx", cases[i].line, row->event,
                     (unsigned long long)encoding.config);
    }
}
#endif

/* Issue 3, section 2: the microarchitectures as machine.h names them, and their tables. */
static const struct {
    int line;
    const char *cpu, *table;
} known_cpus[] = {
    {__LINE__, "Skylake-SP", "Skylake-SP"},
    {__LINE__, "Cascade Lake", "Cascade Lake"},
    {__LINE__, "Ice Lake-SP", "Ice Lake"},
    {__LINE__, "Sapphire Rapids", "Sapphire Rapids"},
    {__LINE__, "Emerald Rapids", "Sapphire Rapids"},
    {__LINE__, "Alder Lake P-core", "Alder Lake P-core"},
    {__LINE__, "Alder Lake E-core", "Alder Lake E-core"},
    {__LINE__, "Zen", "Zen 1"},
    {__LINE__, "Zen+", "Zen 1"},
    {__LINE__, "Zen 2", "Zen 2"},
    {__LINE__, "Zen 3", "Zen 3"},
    {__LINE__, "Zen 4", "Zen 4"},
    {__LINE__, "Zen 5", "Zen 5"},
    {__LINE__, "Neoverse N1", "Neoverse N1"},
    {__LINE__, "Neoverse V1", "Neoverse V1"},
    {__LINE__, "Neoverse N2", "Neoverse N2"},
    {__LINE__, "Cortex-A72", "Cortex-A72"},
};

static void each_known_cpu_has_its_own_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known_cpus / sizeof *known_cpus; i++) {
        const struct lb_pmu pmu = {.microarchitecture = known_cpus[i].cpu};
        const struct lb_event_table *table = lb_events_find(&pmu);
        if (strcmp(table->name, known_cpus[i].table) != 0)
            fail_msg("line %d: %s", known_cpus[i].line, table->name);
    }
}

static void every_table_has_a_row_for_what_every_pmu_counts(void **state)
{
    (void)state;
    static const enum lb_counter always[] = {LB_COUNTER_CYCLES,        LB_COUNTER_INSTRUCTIONS,
                                             LB_COUNTER_BRANCH_MISSES, LB_COUNTER_L1D_LOADS,
                                             LB_COUNTER_L1D_MISSES,    LB_COUNTER_L2_MISSES,
                                             LB_COUNTER_DTLB_MISSES};
    for (size_t c = 0; c < sizeof known_cpus / sizeof *known_cpus; c++) {
        const struct lb_pmu pmu = {.microarchitecture = known_cpus[c].cpu};
        const struct lb_event_table *table = lb_events_find(&pmu);
        for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
            size_t found = 0;
            for (size_t r = 0; r < table->row_count; r++)
                found += table->rows[r].counter == always[i];
            if (found == 0)
                fail_msg("%s has no row for %s", table->name, lb_counter_name(always[i]));
        }
    }
}

/* Every name in a table is one that a CPU can really have: machine.c knows it. */
static void no_table_is_for_a_name_that_no_cpu_has(void **state)
{
    (void)state;
    static const struct lb_cpu_id ids[] = {
        {.vendor = "GenuineIntel", .family = 6},
        {.vendor = "GenuineIntel", .family = 6, .core = LB_CORE_PERFORMANCE},
        {.vendor = "GenuineIntel", .family = 6, .core = LB_CORE_EFFICIENT},
        {.vendor = "AuthenticAMD", .family = 0x17},
        {.vendor = "AuthenticAMD", .family = 0x19},
        {.vendor = "AuthenticAMD", .family = 0x1a},
        {.vendor = "Arm", .family = 8},
    };
    size_t names = 0;
    bool found[64] = {false};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        for (int model = 0; model < 0x1000; model++)
            for (int stepping = 0; stepping < 16; stepping++) {
                struct lb_cpu_id id = ids[i];
                id.model = model;
                id.stepping = stepping;
                const char *cpu = lb_machine_microarchitecture(&id);
                names = 0;
                for (size_t m = 0; m < sizeof makers / sizeof *makers; m++)
                    for (const struct lb_event_table *table = makers[m]; table->name; table++)
                        for (const char *const *name = table->microarchitectures; *name; name++)
                            found[names++] |= cpu && strcmp(cpu, *name) == 0;
            }
    for (size_t i = 0; i < names; i++)
        if (!found[i])
            fail_msg("name %zu of the tables belongs to no CPU", i);
}

static void a_cpu_nobody_knows_gets_the_kernels_generic_events(void **state)
{
    (void)state;
    const struct lb_pmu unknown[] = {
        {.microarchitecture = NULL},
        {.microarchitecture = "Haswell", .device = "cpu"},
    };
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_ptr_equal(lb_events_find(&unknown[i]), &lb_events_generic);
}

static void an_arm_core_nobody_knows_gets_what_the_architecture_promises(void **state)
{
    (void)state;
    const struct lb_pmu pmu = {.microarchitecture = "Cortex-A55", .device = "armv8_pmuv3_0"};
    assert_ptr_equal(lb_events_find(&pmu), &lb_events_pmuv3);
    for (size_t i = 0; i < lb_events_pmuv3.row_count; i++)
        check_sentence(&lb_events_pmuv3, &lb_events_pmuv3.rows[i]);
}

/* The kernel's own events are encoded here; libpfm4, which spells them so, must agree. */
static void check_kernel_row(const struct lb_event_row *row, uint32_t type)
{
    struct lb_encoding encoding = {0};
    char name[64];
    snprintf(name, sizeof name, "%s", row->event);
    assert_null(lb_pfm_encode(name, &encoding));
    assert_int_equal(encoding.type, type);
    assert_int_equal(encoding.config, row->config);
}

static void the_kernels_events_are_what_libpfm4_calls_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < lb_events_generic.row_count; i++) {
        const struct lb_event_row *row = &lb_events_generic.rows[i];
        bool cache = row->how == LB_EVENT_CACHE;
        check_kernel_row(row, cache ? PERF_TYPE_HW_CACHE : PERF_TYPE_HARDWARE);
    }
    for (size_t i = 0; i < lb_events_software.row_count; i++)
        if (lb_events_software.rows[i].how == LB_EVENT_SOFTWARE)
            check_kernel_row(&lb_events_software.rows[i], PERF_TYPE_SOFTWARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_what_it_counts_and_raw_rows_where_that_is_written),
        cmocka_unit_test(libpfm4_encodes_every_row_that_asks_it_to),
#if defined(__x86_64__)
        cmocka_unit_test(libpfm4_means_the_events_that_the_manuals_mean),
#endif
        cmocka_unit_test(each_known_cpu_has_its_own_table),
        cmocka_unit_test(every_table_has_a_row_for_what_every_pmu_counts),
        cmocka_unit_test(no_table_is_for_a_name_that_no_cpu_has),
        cmocka_unit_test(an_arm_core_nobody_knows_gets_what_the_architecture_promises),
        cmocka_unit_test(a_cpu_nobody_knows_gets_the_kernels_generic_events),
        cmocka_unit_test(the_kernels_events_are_what_libpfm4_calls_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
