/*
 * events_arm.c - Neoverse N1, N2, V1, V2, Cortex-A72, and any other core with a PMUv3. See
 * events.h.
 *
 * The numbers of the events are the architecture's, and the same on all cores; which of them a
 * core has, and what it counts by them, differs. Which level LL_CACHE_MISS_RD is about depends on
 * a setting of the firmware (CPUECTLR.EXTLLC), so its sentence names both.
 */
#include "harness/counters/events.h"

static const char cycles[] = "Core clock cycles, user mode.";
static const char instructions[] = "Instructions architecturally executed, user mode.";
static const char branch_retired[] = "Branches executed that were mispredicted.";
static const char branch_speculative[] =
    "Branches that were mispredicted or not predicted, those on wrong paths included.";
static const char loads[] =
    "Reads of the L1 data cache by loads, each line touched counts; those on wrong paths are in.";
static const char l1_refill[] =
    "Lines read into the L1 data cache because of a load or store that missed it, those on wrong "
    "paths included; hardware prefetches are left out.";
static const char l1_refill_unsure[] =
    "Lines read into the L1 data cache; whether hardware prefetches are in is the core's choice.";
static const char l2_refill[] =
    "Lines read into the L2, by misses of the L1 caches, data and code, and by page table walks; "
    "stores that read a line first are in.";
static const char ll_miss[] =
    "Reads that the last-level cache did not hold: the system's cache or the cluster's L3, "
    "whichever the firmware declared; answered by memory or another chip.";
static const char dtlb_walk[] =
    "Page table walks that loads and stores caused by missing both levels of the TLB.";
static const char dtlb_refill[] =
    "Refills of the first level of the data TLB, from its second level or by a walk.";

#define NEOVERSE_ROWS(pmu)                                                                         \
    LB_EVENT_PFM(CYCLES, pmu "::CPU_CYCLES", cycles),                                              \
        LB_EVENT_PFM(INSTRUCTIONS, pmu "::INST_RETIRED", instructions),                            \
        LB_EVENT_PFM(BRANCH_MISSES, pmu "::BR_MIS_PRED_RETIRED", branch_retired),                  \
        LB_EVENT_PFM(L1D_LOADS, pmu "::L1D_CACHE_RD", loads),                                      \
        LB_EVENT_PFM(L1D_MISSES, pmu "::L1D_CACHE_REFILL", l1_refill),                             \
        LB_EVENT_PFM(L2_MISSES, pmu "::L2D_CACHE_REFILL", l2_refill),                              \
        LB_EVENT_PFM(L3_MISSES, pmu "::LL_CACHE_MISS_RD", ll_miss),                                \
        LB_EVENT_PFM(DTLB_MISSES, pmu "::DTLB_WALK", dtlb_walk)

static const struct lb_event_row n1_rows[] = {NEOVERSE_ROWS("arm_n1")};
static const struct lb_event_row n2_rows[] = {NEOVERSE_ROWS("arm_n2")};
static const struct lb_event_row v1_rows[] = {NEOVERSE_ROWS("arm_v1")};
static const struct lb_event_row v2_rows[] = {NEOVERSE_ROWS("arm_v2")};

/* libpfm4 4.13 knows neither of these two. */
static const char a72_manual[] =
    "Arm Cortex-A72 MPCore Processor Technical Reference Manual (100095), section 11.8 Events";
static const char architecture_manual[] =
    "Arm Architecture Reference Manual for A-profile (DDI 0487), The Performance Monitors "
    "Extension, PMU events and event numbers";

/* Its L2 is the last level of the core's cluster: it has no event for an L3. */
static const struct lb_event_row a72_rows[] = {
    LB_EVENT_RAW_ROW(CYCLES, "CPU_CYCLES", 0x11, cycles, a72_manual),
    LB_EVENT_RAW_ROW(INSTRUCTIONS, "INST_RETIRED", 0x08, instructions, a72_manual),
    LB_EVENT_RAW_ROW(BRANCH_MISSES, "BR_MIS_PRED", 0x10, branch_speculative, a72_manual),
    LB_EVENT_RAW_ROW(L1D_LOADS, "L1D_CACHE_RD", 0x40, loads, a72_manual),
    LB_EVENT_RAW_ROW(L1D_MISSES, "L1D_CACHE_REFILL", 0x03, l1_refill_unsure, a72_manual),
    LB_EVENT_RAW_ROW(L2_MISSES, "L2D_CACHE_REFILL", 0x17, l2_refill, a72_manual),
    LB_EVENT_RAW_ROW(DTLB_MISSES, "L1D_TLB_REFILL", 0x05, dtlb_refill, a72_manual),
};

static const struct lb_event_row pmuv3_rows[] = {
    LB_EVENT_RAW_ROW(CYCLES, "CPU_CYCLES", 0x11, cycles, architecture_manual),
    LB_EVENT_RAW_ROW(INSTRUCTIONS, "INST_RETIRED", 0x08, instructions, architecture_manual),
    LB_EVENT_RAW_ROW(BRANCH_MISSES, "BR_MIS_PRED_RETIRED", 0x22, branch_retired,
                     architecture_manual),
    LB_EVENT_RAW_ROW(BRANCH_MISSES, "BR_MIS_PRED", 0x10, branch_speculative, architecture_manual),
    LB_EVENT_RAW_ROW(L1D_LOADS, "L1D_CACHE_RD", 0x40, loads, architecture_manual),
    LB_EVENT_RAW_ROW(L1D_MISSES, "L1D_CACHE_REFILL", 0x03, l1_refill_unsure, architecture_manual),
    LB_EVENT_RAW_ROW(L2_MISSES, "L2D_CACHE_REFILL", 0x17, l2_refill, architecture_manual),
    LB_EVENT_RAW_ROW(L3_MISSES, "LL_CACHE_MISS_RD", 0x37, ll_miss, architecture_manual),
    LB_EVENT_RAW_ROW(DTLB_MISSES, "DTLB_WALK", 0x34, dtlb_walk, architecture_manual),
    LB_EVENT_RAW_ROW(DTLB_MISSES, "L1D_TLB_REFILL", 0x05, dtlb_refill, architecture_manual),
};

const struct lb_event_table lb_events_arm[] = {
    LB_EVENT_TABLE("Neoverse N1", n1_rows, "Neoverse N1"),
    LB_EVENT_TABLE("Neoverse N2", n2_rows, "Neoverse N2"),
    LB_EVENT_TABLE("Neoverse V1", v1_rows, "Neoverse V1"),
    LB_EVENT_TABLE("Neoverse V2", v2_rows, "Neoverse V2"),
    LB_EVENT_TABLE("Cortex-A72", a72_rows, "Cortex-A72"),
    {.name = NULL},
};

const struct lb_event_table lb_events_pmuv3 =
    LB_EVENT_TABLE("a core with Arm's PMUv3", pmuv3_rows, NULL);
