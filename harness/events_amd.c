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
#include "harness/events.h"

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

#define PFM(counter_, event_, counts_)                                                             \
    {                                                                                              \
        .counter = LB_COUNTER_##counter_, .how = LB_EVENT_LIBRARY, .event = (event_),              \
        .counts = (counts_)                                                                        \
    }

/* The same names on all that libpfm4 knows. */
#define COMMON_ROWS(pmu)                                                                           \
    PFM(CYCLES, pmu "::CYCLES_NOT_IN_HALT", cycles),                                               \
        PFM(INSTRUCTIONS, pmu "::RETIRED_INSTRUCTIONS", instructions),                             \
        PFM(BRANCH_MISSES, pmu "::RETIRED_BRANCH_INSTRUCTIONS_MISPREDICTED", branch_misses),       \
        PFM(L1D_LOADS, pmu "::LS_DISPATCH:LD_DISPATCH", loads),                                    \
        PFM(DTLB_MISSES,                                                                           \
            pmu "::L1_DTLB_MISS:TLB_RELOAD_1G_L2_MISS:TLB_RELOAD_2M_L2_MISS:"                      \
                "TLB_RELOAD_COALESCED_PAGE_MISS:TLB_RELOAD_4K_L2_MISS",                            \
            dtlb_walks)

static const struct lb_event_row zen1_rows[] = {
    COMMON_ROWS("amd64_fam17h_zen1"),
    PFM(L1D_MISSES, "amd64_fam17h_zen1::REQUESTS_TO_L2_GROUP1:RD_BLK_L:RD_BLK_X:LS_RD_BLK_C_S",
        l1_requests),
    PFM(L2_MISSES, "amd64_fam17h_zen1::CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:LS_RD_BLK_C",
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
    PFM(L1D_MISSES, "amd64_fam17h_zen2::REQUESTS_TO_L2_GROUP1:RD_BLK_L:RD_BLK_X:LS_RD_BLK_C_S",
        l1_requests),
    PFM(L2_MISSES,
        "amd64_fam17h_zen2::DATA_CACHE_REFILLS_FROM_SYSTEM:LS_MABRESP_LCL_CACHE:"
        "LS_MABRESP_LCL_DRAM:LS_MABRESP_RMT_CACHE:LS_MABRESP_RMT_DRAM",
        l2_demand_fills),
    PFM(L2_MISSES, "amd64_fam17h_zen2::CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:LS_RD_BLK_C",
        l2_status),
    PFM(L3_MISSES,
        "amd64_fam17h_zen2::DATA_CACHE_REFILLS_FROM_SYSTEM:LS_MABRESP_LCL_DRAM:"
        "LS_MABRESP_RMT_DRAM",
        l3_demand_fills),
};

static const struct lb_event_row zen3_rows[] = {
    COMMON_ROWS("amd64_fam19h_zen3"),
    PFM(L1D_MISSES,
        "amd64_fam19h_zen3::ANY_DATA_CACHE_FILLS_FROM_SYSTEM:LCL_L2:INT_CACHE:EXT_CACHE_LCL:"
        "MEM_IO_LCL:EXT_CACHE_RMT:MEM_IO_RMT",
        l1_any_fills),
    PFM(L2_MISSES,
        "amd64_fam19h_zen3::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:INT_CACHE:EXT_CACHE_LCL:"
        "MEM_IO_LCL:EXT_CACHE_RMT:MEM_IO_RMT",
        l2_demand_fills),
    PFM(L3_MISSES, "amd64_fam19h_zen3::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:MEM_IO_LCL:MEM_IO_RMT",
        l3_demand_fills),
};

static const struct lb_event_row zen4_rows[] = {
    COMMON_ROWS("amd64_fam19h_zen4"),
    PFM(L1D_MISSES,
        "amd64_fam19h_zen4::ANY_DATA_CACHE_FILLS_FROM_SYSTEM:LCL_L2:LOCAL_CCX:"
        "NEAR_CACHE_NEAR_FAR:DRAM_IO_NEAR:FAR_CACHE_NEAR_FAR:DRAM_IO_FAR:ALT_MEM_NEAR_FAR",
        l1_any_fills),
    PFM(L2_MISSES,
        "amd64_fam19h_zen4::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:LOCAL_CCX:NEAR_CACHE_NEAR_FAR:"
        "DRAM_IO_NEAR:FAR_CACHE_NEAR_FAR:DRAM_IO_FAR:ALT_MEM_NEAR_FAR",
        l2_demand_fills),
    PFM(L3_MISSES,
        "amd64_fam19h_zen4::DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:DRAM_IO_NEAR:DRAM_IO_FAR",
        l3_demand_fills),
};

/* libpfm4 4.13 does not know Zen 5. */
static const char zen5_manual[] =
    "AMD, Performance Monitor Counters for Family 1Ah Model 00h-0Fh Processors (58550), core "
    "events by PMCx number";

#define ZEN5(counter_, event_, config_, counts_)                                                   \
    {                                                                                              \
        .counter = LB_COUNTER_##counter_, .how = LB_EVENT_RAW, .event = (event_),                  \
        .config = (config_), .counts = (counts_), .manual = zen5_manual                            \
    }

static const struct lb_event_row zen5_rows[] = {
    ZEN5(CYCLES, "ls_not_halted_cyc", RAW(0x76, 0), cycles),
    ZEN5(INSTRUCTIONS, "ex_ret_instr", RAW(0xc0, 0), instructions),
    ZEN5(BRANCH_MISSES, "ex_ret_brn_misp", RAW(0xc3, 0), branch_misses),
    ZEN5(L1D_LOADS, "ls_dispatch.ld_dispatch", RAW(0x29, 0x01), loads),
    ZEN5(L1D_MISSES, "ls_any_fills_from_sys.all", RAW(0x44, 0xff), l1_any_fills),
    ZEN5(L2_MISSES, "ls_dmnd_fills_from_sys, all but local_l2", RAW(0x43, 0xde), l2_demand_fills),
    ZEN5(L3_MISSES, "ls_dmnd_fills_from_sys.dram_io_all", RAW(0x43, 0x48), l3_demand_fills),
    ZEN5(DTLB_MISSES, "ls_l1_d_tlb_miss.all_l2_miss", RAW(0x45, 0xf0), dtlb_walks),
};

/* Which models are which: arch/x86/kernel/cpu/amd.c of Linux. */
static const uint16_t zen1_models[] = {0x00, 0x2f, LB_MODELS_END};
static const uint16_t zen2_models[] = {0x30, 0xff, LB_MODELS_END};
static const uint16_t zen3_models[] = {0x00, 0x0f, 0x20, 0x5f, LB_MODELS_END};
static const uint16_t zen4_models[] = {0x10, 0x1f, 0x60, 0xaf, LB_MODELS_END};
static const uint16_t zen5_models[] = {0x00, 0x2f, 0x40, 0x4f, 0x60, 0x7f, LB_MODELS_END};

#define ZEN(name_, family_, models_, rows_)                                                        \
    {                                                                                              \
        .name = (name_), .vendor = LB_VENDOR_AMD, .family = (family_), .models = (models_),        \
        .rows = (rows_), .row_count = sizeof(rows_) / sizeof *(rows_)                              \
    }

const struct lb_microarchitecture lb_events_amd[] = {
    ZEN("Zen 1", 0x17, zen1_models, zen1_rows), ZEN("Zen 2", 0x17, zen2_models, zen2_rows),
    ZEN("Zen 3", 0x19, zen3_models, zen3_rows), ZEN("Zen 4", 0x19, zen4_models, zen4_rows),
    ZEN("Zen 5", 0x1a, zen5_models, zen5_rows), {.name = NULL},
};
