/*
 * events_amd.c - AMD Zen 1 to 5. See events.h.
 *
 * Why these: the kernel's generic cache events count L2 misses on Zen, and the L3's own counters
 * belong to the uncore. What a task can count are the fills of its L1 data cache by where they
 * came from, so a miss of a level is a fill from beyond it. Zen 1 has no such event in libpfm4.
 *
 * Encodings of raw rows: event bits 7-0 in config 7-0, unit mask in 15-8, event bits 11-8 in
 * 35-32 (/sys/bus/event_source/devices/cpu/format).
 */
#include "harness/counters/events.h"

#define RAW(event, unit_mask) ((event) | (unit_mask) << 8)

static const char cycles[] = "Core clock cycles that were not halted, user mode.";
static const char instructions[] = "Instructions retired, user mode.";
static const char branch_misses[] = "Retired branches of any kind that were mispredicted.";
static const char loads[] =
    "Load operations dispatched to the load-store unit: some of them on wrong paths; those that "
    "also store are left out.";
static const char l1_any_fills[] =
    "Lines brought into the L1 data cache, wherever from: by loads, stores, and software and "
    "hardware prefetches.";
static const char l1_requests[] =
    "Requests of the L1 data cache to the L2 for a line: by loads, stores, and software and "
    "hardware prefetches.";
static const char l2_demand_fills[] =
    "Lines brought into the L1 data cache by loads and stores from beyond the L2; prefetched "
    "lines are left out.";
static const char l2_status[] =
    "Requests of the L1 data cache that missed the L2, prefetches into the L1 included, those of "
    "the L2's own prefetcher left out.";
static const char l3_demand_fills[] =
    "Lines brought into the L1 data cache by loads and stores from memory, near or far; "
    "prefetched lines are left out.";
static const char dtlb_walks[] =
    "Loads and stores that missed both levels of the data TLB and walked the page table, all "
    "page sizes.";

/* The same names on all that libpfm4 knows. */
#define COMMON_ROWS(pmu)                                                                           \
    LB_EVENT_PFM(CYCLES, pmu "::CYCLES_NOT_IN_HALT", cycles),                                      \
        LB_EVENT_PFM(INSTRUCTIONS, pmu "::RETIRED_INSTRUCTIONS", instructions),                    \
        LB_EVENT_PFM(BRANCH_MISSES, pmu "::RETIRED_BRANCH_INSTRUCTIONS_MISPREDICTED",              \
                     branch_misses),                                                               \
        LB_EVENT_PFM(L1D_LOADS, pmu "::LS_DISPATCH:LD_DISPATCH", loads),                           \
        LB_EVENT_PFM(DTLB_MISSES,                                                                  \
                     pmu "::L1_DTLB_MISS:TLB_RELOAD_1G_L2_MISS:TLB_RELOAD_2M_L2_MISS:"             \
                         "TLB_RELOAD_COALESCED_PAGE_MISS:TLB_RELOAD_4K_L2_MISS",                   \
                     dtlb_walks)

static const struct lb_event_row zen1_rows[] = {
    COMMON_ROWS("amd64_fam17h_zen1"),
    LB_EVENT_PFM(L1D_MISSES,
                 "amd64_fam17h_zen1::REQUESTS_TO_L2_GROUP1:RD_BLK_L:RD_BLK_X:LS_RD_BLK_C_S",
                 l1_requests),
    LB_EVENT_PFM(L2_MISSES,
                 "amd64_fam17h_zen1::CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:LS_RD_BLK_C",
                 l2_status),
    /* libpfm4 4.13 has event 0x43 for Zen 2 only; Zen 1 has it too. */
    {.counter = LB_COUNTER_L3_MISSES,
     .how = LB_EVENT_RAW,
     .event = "LsRefillsFromSys[LS_MABRESP_LCL_DRAM,LS_MABRESP_RMT_DRAM]",
     .config = RAW(0x43, 0x48),
     .counts = l3_demand_fills,
     .manual = "AMD PPR for Family 17h Models 01h,08h B2 (54945), Core Performance Monitor "
               "Counters, LS Events, PMCx043"},
};

static const struct lb_event_row zen2_rows[] = {
    COMMON_ROWS("amd64_fam17h_zen2"),
    LB_EVENT_PFM(L1D_MISSES,
                 "amd64_fam17h_zen2::REQUESTS_TO_L2_GROUP1:RD_BLK_L:RD_BLK_X:LS_RD_BLK_C_S",
                 l1_requests),
    LB_EVENT_PFM(L2_MISSES,
                 "amd64_fam17h_zen2::DATA_CACHE_REFILLS_FROM_SYSTEM:LS_MABRESP_LCL_CACHE:"
                 "LS_MABRESP_LCL_DRAM:LS_MABRESP_RMT_CACHE:LS_MABRESP_RMT_DRAM",
                 l2_demand_fills),
    LB_EVENT_PFM(L2_MISSES,
                 "amd64_fam17h_zen2::CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:LS_RD_BLK_C",
                 l2_status),
    LB_EVENT_PFM(L3_MISSES,
                 "amd64_fam17h_zen2::DATA_CACHE_REFILLS_FROM_SYSTEM:LS_MABRESP_LCL_DRAM:"
                 "LS_MABRESP_RMT_DRAM",
                 l3_demand_fills),
};

static const struct lb_event_row zen3_rows[] = {
    COMMON_ROWS("amd64_fam19h_zen3"),
    LB_EVENT_PFM(
        L1D_MISSES,
        "amd64_fam19h_zen3::ANY_DATA_CACHE_FILLS_FROM_SYSTEM:LCL_L2:INT_CACHE:EXT_CACHE_LCL:"
        "MEM_IO_LCL:EXT_CACHE_RMT:MEM_IO_RMT",
        l1_any_fills),
    LB_EVENT_PFM(L2_MISSES,
                 "amd64_fam19h_zen3::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:INT_CACHE:EXT_CACHE_LCL:"
                 "MEM_IO_LCL:EXT_CACHE_RMT:MEM_IO_RMT",
                 l2_demand_fills),
    LB_EVENT_PFM(L3_MISSES,
                 "amd64_fam19h_zen3::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:MEM_IO_LCL:MEM_IO_RMT",
                 l3_demand_fills),
};

static const struct lb_event_row zen4_rows[] = {
    COMMON_ROWS("amd64_fam19h_zen4"),
    LB_EVENT_PFM(L1D_MISSES,
                 "amd64_fam19h_zen4::ANY_DATA_CACHE_FILLS_FROM_SYSTEM:LCL_L2:LOCAL_CCX:"
                 "NEAR_CACHE_NEAR_FAR:DRAM_IO_NEAR:FAR_CACHE_NEAR_FAR:DRAM_IO_FAR:ALT_MEM_NEAR_FAR",
                 l1_any_fills),
    LB_EVENT_PFM(
        L2_MISSES,
        "amd64_fam19h_zen4::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:LOCAL_CCX:NEAR_CACHE_NEAR_FAR:"
        "DRAM_IO_NEAR:FAR_CACHE_NEAR_FAR:DRAM_IO_FAR:ALT_MEM_NEAR_FAR",
        l2_demand_fills),
    LB_EVENT_PFM(L3_MISSES,
                 "amd64_fam19h_zen4::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:DRAM_IO_NEAR:DRAM_IO_FAR",
                 l3_demand_fills),
};

/* libpfm4 4.13 does not know Zen 5. The codes agree with the Linux kernel's list of events for
 * perf. */
static const char zen5_manual[] =
    "AMD, Performance Monitor Counters for Family 1Ah Model 00h-0Fh Processors (58550), core "
    "events by PMCx number";

static const struct lb_event_row zen5_rows[] = {
    LB_EVENT_RAW_ROW(CYCLES, "ls_not_halted_cyc", RAW(0x76, 0), cycles, zen5_manual),
    LB_EVENT_RAW_ROW(INSTRUCTIONS, "ex_ret_instr", RAW(0xc0, 0), instructions, zen5_manual),
    LB_EVENT_RAW_ROW(BRANCH_MISSES, "ex_ret_brn_misp", RAW(0xc3, 0), branch_misses, zen5_manual),
    LB_EVENT_RAW_ROW(L1D_LOADS, "ls_dispatch.ld_dispatch", RAW(0x29, 0x01), loads, zen5_manual),
    LB_EVENT_RAW_ROW(L1D_MISSES, "ls_any_fills_from_sys.all", RAW(0x44, 0xff), l1_any_fills,
                     zen5_manual),
    LB_EVENT_RAW_ROW(L2_MISSES, "ls_dmnd_fills_from_sys, all but local_l2", RAW(0x43, 0xde),
                     l2_demand_fills, zen5_manual),
    LB_EVENT_RAW_ROW(L3_MISSES, "ls_dmnd_fills_from_sys.dram_io_all", RAW(0x43, 0x48),
                     l3_demand_fills, zen5_manual),
    LB_EVENT_RAW_ROW(DTLB_MISSES, "ls_l1_d_tlb_miss.all_l2_miss", RAW(0x45, 0xf0), dtlb_walks,
                     zen5_manual),
};

const struct lb_event_table lb_events_amd[] = {
    LB_EVENT_TABLE("Zen 1", zen1_rows, "Zen", "Zen+"), LB_EVENT_TABLE("Zen 2", zen2_rows, "Zen 2"),
    LB_EVENT_TABLE("Zen 3", zen3_rows, "Zen 3"),       LB_EVENT_TABLE("Zen 4", zen4_rows, "Zen 4"),
    LB_EVENT_TABLE("Zen 5", zen5_rows, "Zen 5"),       {.name = NULL},
};
