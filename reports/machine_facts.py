"""Everything about the machine and the build that matters to the numbers, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from . import numbers
from .cells import BELIEVED, SOURCE_BADGES, STATUS_BADGES
from .document import Document

Facts = list[tuple[str, str]]


def _or_unknown(value: Any) -> str:
    return "not known" if value is None else str(value)


def _yes(value: bool | None) -> str:
    return "not known" if value is None else "yes" if value else "no"


def cache_text(cache: Any) -> str:
    ways = f", {cache['ways']} ways" if cache["ways"] else ""
    shared = cache["shared_by_cpus"]
    shares = f", shared by {shared} CPUs" if shared and shared > 1 else ""
    return f"L{cache['level']} {cache['type']} {numbers.size(cache['size_bytes'])}{ways}{shares}"


def _cpu(document: Document) -> Facts:
    machine, cpu = document.machine, document.machine["cpu"]
    codes = [f"{k} {cpu[k]}" for k in ("family", "model", "stepping") if cpu[k] is not None]
    speed = f"{cpu['max_mhz']:g} MHz" if cpu["max_mhz"] is not None else "not known"
    return [
        ("CPU", _or_unknown(cpu["model_name"])),
        ("Microarchitecture", _or_unknown(cpu["microarchitecture"])),
        ("Architecture", ", ".join([cpu["architecture"], *codes])),
        ("Logical CPUs", str(cpu["logical_cpus"])),
        ("Physical cores", _or_unknown(cpu["physical_cores"])),
        ("Sockets", _or_unknown(cpu["sockets"])),
        ("NUMA nodes", _or_unknown(cpu["numa_nodes"])),
        ("Highest clock", speed),
        ("Caches, as advertised", "; ".join(map(cache_text, machine["caches"])) or "not known"),
        ("Caches, as measured", _measured(machine["caches_measured"])),
    ]


def _measured(measured: Any) -> str:
    if measured is None:
        return "not measured"
    parts = [
        f"L{row['level']} {numbers.size(row['capacity_bytes'])} at "
        f"{numbers.time(row['ns_per_hop'])} ns"
        for row in measured["levels"]
    ]
    if measured["memory_ns_per_hop"] is not None:
        parts.append(f"memory at {numbers.time(measured['memory_ns_per_hop'])} ns")
    return "; ".join(parts) or measured["method"]


def _system(document: Document) -> Facts:
    machine, memory = document.machine, document.machine["memory"]
    hypervisor = f", {machine['hypervisor']}" if machine["hypervisor"] else ""
    return [
        (
            "Memory",
            f"{numbers.size(memory['total_bytes'])}, "
            f"{numbers.size(memory['available_bytes'])} available",
        ),
        ("Swap", numbers.size(memory["swap_total_bytes"])),
        ("Page size", numbers.size(memory["page_bytes"])),
        ("Transparent huge pages", _or_unknown(memory["transparent_hugepages"])),
        ("Virtualised", _yes(machine["virtualised"]) + hypervisor),
        ("Frequency governor", _or_unknown(machine["governor"])),
        ("Turbo", _yes(machine["turbo"])),
        ("SMT", _yes(machine["smt"])),
        ("ASLR", _or_unknown(machine["aslr"])),
        ("perf_event_paranoid", _or_unknown(machine["perf_event_paranoid"])),
        ("Kernel", machine["kernel"]),
        ("Distribution", _or_unknown(machine["distribution"])),
        ("C library", machine["libc"]),
    ]


def _run(document: Document) -> Facts:
    run, tool = document.run, document.raw["tool"]
    libraries = ", ".join(
        f"{name} {version or '(absent)'}" for name, version in tool["libraries"].items()
    )
    floor = run["smallest_difference"]
    return [
        ("Command", " ".join(run["command"])),
        ("Started", run["started"]),
        ("Took", numbers.duration(run["duration_s"])),
        ("Complete", _yes(run["complete"])),
        ("Pinned to CPU", "not pinned" if run["cpu"] is None else str(run["cpu"])),
        ("Seed", str(run["seed"])),
        (
            "Smallest difference it could see",
            "not known" if floor is None else f"{floor * 100:.2g} %",
        ),
        ("Program", f"layoutbench {tool['version']} ({tool['commit'] or 'no commit'})"),
        ("Compiler", f"{tool['compiler']}, {tool['flags']} ({tool['build']})"),
        ("Libraries", libraries),
    ]


def facts(document: Document) -> list[tuple[str, Facts]]:
    """Headed lists of (name, value)."""
    return [
        ("Processor", _cpu(document)),
        ("System", _system(document)),
        ("Run and build", _run(document)),
    ]


@dataclass(frozen=True)
class CounterRow:
    """Portable counters on this machine: how they are read, and whether they proved themselves.

    Several names where all the rest is the same: without a PMU that is most of them.
    """

    names: Sequence[str]
    badge: str
    event: str
    counts: str
    known_answer: str
    trouble: str  # the reason and the advice where it is not counted


def _known_answer(found: Any, named: bool) -> str:
    if found is None:
        return "none: an event by its own name" if named else "not tried"
    read = "nothing" if found["read"] is None else numbers.count(found["read"])
    low, high = numbers.count(found["expected_low"]), numbers.count(found["expected_high"])
    return f"{found['loop']}: read {read}, expected {low} to {high} {found['unit']}"


def counters(document: Document) -> list[CounterRow]:
    rows: dict[tuple[str, ...], list[str]] = {}
    named = document.run.get("events", ())
    for raw in document.machine["counters"]:
        status, source = raw["status"], raw["source"]
        believed = status in BELIEVED and source
        rest = (
            SOURCE_BADGES[source] if believed else STATUS_BADGES.get(status, "unavailable"),
            raw["event"] or numbers.DASH,
            raw["counts"] or "",
            _known_answer(raw["known_answer"], raw["name"] in named),
            "; ".join(part for part in (raw["reason"], raw["advice"]) if part),
        )
        rows.setdefault(rest, []).append(raw["name"])
    return [CounterRow(names, *rest) for rest, names in rows.items()]
