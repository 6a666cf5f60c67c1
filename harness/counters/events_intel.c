/*
 * events_intel.c - Intel server cores from Skylake-SP to Sapphire Rapids, and Alder Lake's two
 * kinds of core. See events.h.
 *
 * Why these: L1 misses are counted as lines brought in, whoever asked for them, since that is what
 * a layout causes; L2 and L3 misses as retired loads by where their data came from, the only
 * events of these levels that belong to one task and leave the other cores' traffic out.
 */
#include "harness/counters/events.h"

#define RAW(event, unit_mask) ((event) | (unit_mask) << 8)

static const char cycles[] = "Core clock cycles that were not halted, user mode.";
static const char instructions[] = "Instructions retired, user mode.";
static const char branch_misses[] = "Retired branches of any kind that were mispredicted.";
static const char loads[] =
    "Load instructions retired, software prefetches included; a load that is split over two "
    "lines counts once.";
static const char l1_replacement[] =
    "Lines brought into the L1 data cache: by loads, stores, and software and hardware "
    "prefetches.";
static const char l1_retired[] =
    "Load instructions retired that missed the L1 data cache; those that met a line already on "
    "its way, stores and prefetches are left out.";
static const char l2_retired[] =
    "Load instructions retired whose data came from beyond the L2; stores, and loads of lines "
    "that a prefetch had brought or was bringing, are left out.";
static const char l3_retired[] =
    "Load instructions retired whose data came from beyond the L3; stores, and loads of lines "
    "that a prefetch had brought or was bringing, are left out.";
static const char l3_architectural[] =
    "Requests of the core for a line that missed the L3: loads, stores, code and prefetches of "
    "the L1 and L2.";
static const char dtlb_walks[] =
    "Page table walks that loads caused by missing all levels of the data TLB, all page sizes; "
    "those on wrong paths are in, those of stores are not.";

/* libpfm4 has the same names on all of these. */
#define SERVER_ROWS(pmu)                                                                           \
    LB_EVENT_PFM(CYCLES, pmu "::UNHALTED_CORE_CYCLES", cycles),                                    \
        LB_EVENT_PFM(INSTRUCTIONS, pmu "::INSTRUCTION_RETIRED", instructions),                     \
        LB_EVENT_PFM(BRANCH_MISSES, pmu "::BR_MISP_RETIRED:ALL_BRANCHES", branch_misses),          \
        LB_EVENT_PFM(L1D_LOADS, pmu "::MEM_INST_RETIRED:ALL_LOADS", loads),                        \
        LB_EVENT_PFM(L1D_MISSES, pmu "::L1D:REPLACEMENT", l1_replacement),                         \
        LB_EVENT_PFM(L1D_MISSES, pmu "::MEM_LOAD_RETIRED:L1_MISS", l1_retired),                    \
        LB_EVENT_PFM(L2_MISSES, pmu "::MEM_LOAD_RETIRED:L2_MISS", l2_retired),                     \
        LB_EVENT_PFM(L3_MISSES, pmu "::MEM_LOAD_RETIRED:L3_MISS", l3_retired),                     \
        LB_EVENT_PFM(L3_MISSES, pmu "::LONGEST_LAT_CACHE:MISS", l3_architectural),                 \
        LB_EVENT_PFM(DTLB_MISSES, pmu "::DTLB_LOAD_MISSES:WALK_COMPLETED", dtlb_walks)

static const struct lb_event_row skylake_rows[] = {SERVER_ROWS("skx")};
static const struct lb_event_row cascade_lake_rows[] = {SERVER_ROWS("clx")};
static const struct lb_event_row ice_lake_rows[] = {SERVER_ROWS("icx")};
static const struct lb_event_row sapphire_rapids_rows[] = {SERVER_ROWS("spr")};

/* libpfm4 4.13 does not know Alder Lake. The codes agree with the kernel's list of events for perf.
 */
static const char golden_cove[] =
    "Intel, perfmon event list Alder Lake, P-core (Golden Cove); SDM volume 3B, chapter "
    "Performance-Monitoring Events, 12th generation";
static const char gracemont[] =
    "Intel, perfmon event list Alder Lake, E-core (Gracemont); SDM volume 3B, chapter "
    "Performance-Monitoring Events, 12th generation";

static const struct lb_event_row golden_cove_rows[] = {
    LB_EVENT_RAW_ROW(CYCLES, "CPU_CLK_UNHALTED.THREAD_P", RAW(0x3c, 0), cycles, golden_cove),
    LB_EVENT_RAW_ROW(INSTRUCTIONS, "INST_RETIRED.ANY_P", RAW(0xc0, 0), instructions, golden_cove),
    LB_EVENT_RAW_ROW(BRANCH_MISSES, "BR_MISP_RETIRED.ALL_BRANCHES", RAW(0xc5, 0), branch_misses,
                     golden_cove),
    LB_EVENT_RAW_ROW(L1D_LOADS, "MEM_INST_RETIRED.ALL_LOADS", RAW(0xd0, 0x81), loads, golden_cove),
    LB_EVENT_RAW_ROW(L1D_MISSES, "L1D.REPLACEMENT", RAW(0x51, 0x01), l1_replacement, golden_cove),
    LB_EVENT_RAW_ROW(L2_MISSES, "MEM_LOAD_RETIRED.L2_MISS", RAW(0xd1, 0x10), l2_retired,
                     golden_cove),
    LB_EVENT_RAW_ROW(L3_MISSES, "MEM_LOAD_RETIRED.L3_MISS", RAW(0xd1, 0x20), l3_retired,
                     golden_cove),
    LB_EVENT_RAW_ROW(DTLB_MISSES, "DTLB_LOAD_MISSES.WALK_COMPLETED", RAW(0x12, 0x0e), dtlb_walks,
                     golden_cove),
};

static const char load_uops[] = "Load micro-operations retired.";
static const char l1_load_uops[] =
    "Load micro-operations retired that missed the L1 data cache; stores and prefetches are left "
    "out.";
static const char l2_load_uops[] =
    "Load micro-operations retired that missed the L2, which four of these cores share; stores "
    "and prefetches are left out.";
static const char l3_load_uops[] =
    "Load micro-operations retired whose data came from memory; stores and prefetches are left "
    "out.";

static const struct lb_event_row gracemont_rows[] = {
    LB_EVENT_RAW_ROW(CYCLES, "CPU_CLK_UNHALTED.CORE_P", RAW(0x3c, 0), cycles, gracemont),
    LB_EVENT_RAW_ROW(INSTRUCTIONS, "INST_RETIRED.ANY_P", RAW(0xc0, 0), instructions, gracemont),
    LB_EVENT_RAW_ROW(BRANCH_MISSES, "BR_MISP_RETIRED.ALL_BRANCHES", RAW(0xc5, 0), branch_misses,
                     gracemont),
    LB_EVENT_RAW_ROW(L1D_LOADS, "MEM_UOPS_RETIRED.ALL_LOADS", RAW(0xd0, 0x81), load_uops,
                     gracemont),
    LB_EVENT_RAW_ROW(L1D_MISSES, "MEM_LOAD_UOPS_RETIRED.L1_MISS", RAW(0xd1, 0x08), l1_load_uops,
                     gracemont),
    LB_EVENT_RAW_ROW(L2_MISSES, "MEM_LOAD_UOPS_RETIRED.L2_MISS", RAW(0xd1, 0x10), l2_load_uops,
                     gracemont),
    LB_EVENT_RAW_ROW(L3_MISSES, "MEM_LOAD_UOPS_RETIRED.DRAM_HIT", RAW(0xd1, 0x80), l3_load_uops,
                     gracemont),
    LB_EVENT_RAW_ROW(DTLB_MISSES, "DTLB_LOAD_MISSES.WALK_COMPLETED", RAW(0x08, 0x0e), dtlb_walks,
                     gracemont),
};

/* With its E-cores off, such a CPU is no hybrid: all of it is Golden Cove. */
const struct lb_event_table lb_events_intel[] = {
    LB_EVENT_TABLE("Skylake-SP", skylake_rows, "Skylake-SP"),
    LB_EVENT_TABLE("Cascade Lake", cascade_lake_rows, "Cascade Lake", "Cooper Lake"),
    LB_EVENT_TABLE("Ice Lake", ice_lake_rows, "Ice Lake-SP"),
    LB_EVENT_TABLE("Sapphire Rapids", sapphire_rapids_rows, "Sapphire Rapids", "Emerald Rapids"),
    LB_EVENT_TABLE("Alder Lake P-core", golden_cove_rows, "Alder Lake P-core", "Alder Lake",
                   "Raptor Lake P-core", "Raptor Lake"),
    LB_EVENT_TABLE("Alder Lake E-core", gracemont_rows, "Alder Lake E-core", "Alder Lake-N",
                   "Raptor Lake E-core"),
    {.name = NULL},
};
