"""Machines for made-up results documents: what the `machine` object holds on each kind."""

from __future__ import annotations

from typing import Any

KIB, MIB = 1024, 1024 * 1024
NO_PMU = "no performance monitoring unit: the hypervisor does not expose one to this guest"
NO_PMU_ADVICE = "run on bare metal, or on an instance type that exposes the PMU"
HARDWARE = (
    "cycles instructions branch_misses l1d_loads l1d_misses l2_misses l3_misses dtlb_misses"
).split()
KERNEL = "page_faults context_switches migrations task_clock".split()
EVENTS = {
    "cycles": "PERF_COUNT_HW_CPU_CYCLES",
    "instructions": "RETIRED_INSTRUCTIONS",
    "branch_misses": "RETIRED_BRANCH_INSTRUCTIONS_MISPREDICTED",
    "l1d_loads": "LS_DISPATCH:LD_DISPATCH",
    "l1d_misses": "DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:ALL",
    "l2_misses": "CORE_TO_L2_CACHEABLE_REQUEST_ACCESS_STATUS:LS_RD_BLK_C",
    "l3_misses": "DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:MEM_IO_LOCAL",
    "dtlb_misses": "L1_DTLB_MISS:ALL_L2_MISSES",
    "page_faults": "PERF_COUNT_SW_PAGE_FAULTS",
    "context_switches": "PERF_COUNT_SW_CONTEXT_SWITCHES",
    "migrations": "PERF_COUNT_SW_CPU_MIGRATIONS",
    "task_clock": "PERF_COUNT_SW_TASK_CLOCK",
}


def cache(level: int, kind: str, size: int, ways: int, shared: int) -> dict[str, Any]:
    return {
        "level": level,
        "type": kind,
        "size_bytes": size,
        "line_bytes": 64,
        "ways": ways,
        "shared_by_cpus": shared,
    }


def _counter(name: str, status: str = "counted") -> dict[str, Any]:
    counted = status == "counted"
    return {
        "name": name,
        "status": status,
        "source": (None if status == "unsupported" else "kernel" if name in KERNEL else "hardware"),
        "event": None if status == "unsupported" else EVENTS[name],
        "counts": None if status == "unsupported" else f"what {EVENTS[name]} counts",
        "reason": (
            None
            if counted
            else (NO_PMU if status == "unsupported" else "read 0 where 1,000,000 were expected")
        ),
        "advice": (None if counted else NO_PMU_ADVICE if status == "unsupported" else None),
        "known_answer": (
            None
            if name in KERNEL or status == "unsupported"
            else {
                "loop": "a loop of 1,000,000 known events",
                "expected_low": 990000,
                "expected_high": 1010000,
                "read": 1000026 if counted else 0,
                "unit": "events",
            }
        ),
    }


def counters(hardware: dict[str, str] | None) -> list[dict[str, Any]]:
    """`hardware`: status by name where not counted; None: no PMU at all."""
    rows = []
    for name in HARDWARE:
        status = "unsupported" if hardware is None else hardware.get(name, "counted")
        rows.append(_counter(name, status))
    return rows + [_counter(name) for name in KERNEL]


def _measured(l1: int, l2: int, l3: int, ns: tuple[float, float, float, float]) -> dict[str, Any]:
    curve = []
    size = 8 * KIB
    while size <= 256 * MIB:
        step = 0 if size <= l1 else 1 if size <= l2 else 2 if size <= l3 else 3
        curve.append({"working_set_bytes": size, "ns_per_hop": ns[step]})
        size *= 2
    return {
        "method": "pointer chase over one random cycle, median of 5",
        "curve": curve,
        "levels": [
            {"level": i + 1, "capacity_bytes": size, "ns_per_hop": ns[i]}
            for i, size in enumerate((l1, l2, l3))
        ],
        "memory_ns_per_hop": ns[3],
    }


def _checks(closure: bool) -> list[dict[str, Any]]:
    rows = [
        ("clock_step", "The clock's step", "pass", 1.0, "ns", "CLOCK_MONOTONIC."),
        ("clock_cost", "The clock's cost", "pass", 22.4, "ns", "Outside the region."),
        (
            "add_chain",
            "Clock speed held",
            "warn",
            1.8,
            "%",
            "Drifted by 1.8 % over the run.",
        ),
        (
            "self_ratio",
            "A variant against itself",
            "pass",
            1.0004,
            "x",
            "The 99.9 % interval 0.9981 to 1.0019 holds 1.",
        ),
        (
            "counters_known",
            "Counters against known answers",
            "unknown",
            None,
            "",
            "No PMU.",
        ),
        ("models", "Simulation against models", "fail", 3.1, "%", "1 of 27 is off."),
    ]
    if closure:
        text = "Over 6 layouts, time is 60 ns a simulated L3 miss plus 2 ns, with r = 0.990."
        title = "Time against simulated misses"
        rows.append(("closure_slope", title, "pass", 60.0, "ns a miss", text))
        rows.append(("closure_correlation", title, "pass", 0.99, "r", text))
    keys = ("id", "title", "status", "figure", "unit", "text")
    return [dict(zip(keys, row)) for row in rows]


def _machine(
    name: str, cpu: dict[str, Any], caches: list[dict[str, Any]], **other: Any
) -> dict[str, Any]:
    machine = {
        "name": name,
        "cpu": {
            "model_name": None,
            "vendor": None,
            "architecture": "x86_64",
            "family": None,
            "model": None,
            "stepping": None,
            "microarchitecture": None,
            "logical_cpus": 2,
            "physical_cores": 2,
            "sockets": 1,
            "numa_nodes": 1,
            "threads_per_core": 1,
            "max_mhz": None,
        }
        | cpu,
        "caches": caches,
        "caches_measured": None,
        "memory": {
            "total_bytes": 24 << 30,
            "available_bytes": 22 << 30,
            "swap_total_bytes": 0,
            "page_bytes": 4096,
            "transparent_hugepages": "madvise",
        },
        "kernel": "6.1.0-18-amd64",
        "distribution": "Debian GNU/Linux 12 (bookworm)",
        "libc": "glibc 2.36",
        "virtualised": False,
        "hypervisor": None,
        "governor": "performance",
        "turbo": True,
        "smt": True,
        "aslr": 2,
        "perf_event_paranoid": 1,
        "conditions": [],
        "counters": [],
        "checks": _checks(True),
        "fingerprints": {
            "environment": "e" * 16,
            "environment_fields": {"compiler": "gcc 12.2.0", "libc": "2.36"},
            "machine": f"machine-{name}",
            "machine_fields": {"cpu": str(cpu.get("model_name")), "kernel": "6.1"},
        },
    }
    return machine | other


def vm_without_pmu() -> dict[str, Any]:
    return _machine(
        "vm-2core",
        {
            "model_name": "AMD EPYC 9B45",
            "vendor": "AuthenticAMD",
            "family": 26,
            "model": 2,
            "stepping": 1,
            "microarchitecture": "Zen 5",
        },
        [
            cache(1, "data", 48 * KIB, 12, 1),
            cache(1, "instruction", 32 * KIB, 8, 1),
            cache(2, "unified", MIB, 16, 1),
            cache(3, "unified", 32 * MIB, 16, 2),
        ],
        caches_measured=_measured(48 * KIB, MIB, 4 * MIB, (1.05, 3.7, 14.2, 160.0)),
        virtualised=True,
        hypervisor="KVM",
        governor=None,
        turbo=None,
        smt=None,
        conditions=[
            {
                "id": "no_pmu",
                "severity": "warning",
                "message": "This machine has no PMU.",
                "advice": "Misses come from the simulation; use bare metal to count them.",
            },
            {
                "id": "steal",
                "severity": "info",
                "message": "Neighbours took 0.4 % of the CPU.",
                "advice": "Nothing: samples were dropped where it mattered.",
            },
        ],
        counters=counters(None),
    )


def with_pmu() -> dict[str, Any]:
    return _machine(
        "metal-zen3",
        {
            "model_name": "AMD Ryzen 9 5950X 16-Core Processor",
            "vendor": "AuthenticAMD",
            "family": 25,
            "model": 33,
            "stepping": 0,
            "microarchitecture": "Zen 3",
            "logical_cpus": 32,
            "physical_cores": 16,
            "threads_per_core": 2,
            "max_mhz": 4950.2,
        },
        [
            cache(1, "data", 32 * KIB, 8, 2),
            cache(1, "instruction", 32 * KIB, 8, 2),
            cache(2, "unified", 512 * KIB, 8, 2),
            cache(3, "unified", 32 * MIB, 16, 16),
        ],
        caches_measured=_measured(32 * KIB, 512 * KIB, 30 * MIB, (0.8, 2.5, 11.0, 82.0)),
        counters=counters({}),
    )


def arm() -> dict[str, Any]:
    return _machine(
        "arm-n1",
        {
            "model_name": "Neoverse-N1",
            "vendor": "ARM",
            "architecture": "aarch64",
            "microarchitecture": "Neoverse N1",
            "logical_cpus": 64,
            "physical_cores": 64,
            "numa_nodes": 2,
        },
        [
            cache(1, "data", 64 * KIB, 4, 1),
            cache(1, "instruction", 64 * KIB, 4, 1),
            cache(2, "unified", MIB, 8, 1),
            cache(3, "unified", 32 * MIB, 16, 64),
        ],
        caches_measured=None,
        smt=False,
        counters=counters({"l1d_misses": "untrusted", "l3_misses": "unsupported"}),
    )


def hybrid() -> dict[str, Any]:
    return _machine(
        "laptop-hybrid",
        {
            "model_name": "12th Gen Intel(R) Core(TM) i7-1260P",
            "vendor": "GenuineIntel",
            "family": 6,
            "model": 154,
            "stepping": 3,
            "microarchitecture": "Alder Lake",
            "logical_cpus": 16,
            "physical_cores": 12,
            "threads_per_core": None,
        },
        [
            cache(1, "data", 48 * KIB, 12, 2),
            cache(1, "data", 32 * KIB, 8, 1),
            cache(1, "instruction", 32 * KIB, 8, 2),
            cache(2, "unified", 1280 * KIB, 10, 2),
            cache(2, "unified", 2 * MIB, 16, 4),
            cache(3, "unified", 18 * MIB, 12, 16),
        ],
        caches_measured=_measured(48 * KIB, 1280 * KIB, 14 * MIB, (1.1, 3.3, 16.0, 95.0)),
        counters=counters({}),
    )
