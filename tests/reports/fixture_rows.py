"""What fixtures.py puts into its documents: benchmarks, their cases, and the other rows.

The times follow a plain cache model, so that the plots look like plots. Nothing is random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KIB, MIB = 1024, 1024 * 1024
RUNGS = (16 * KIB, 256 * KIB, 2 * MIB, 16 * MIB, 64 * MIB)
HOSTILE = "<script>alert(\"x\")</script> & '<b>' \u202e \u65e5\u672c"
REPLICATES, SAMPLES_EACH = 6, 8


@dataclass(frozen=True)
class Variant:
    name: str
    lines: float  # new lines per op
    bytes_each: float
    allocations: float
    base_ns: float = 0.3


@dataclass(frozen=True)
class Spec:
    family: str
    name: str
    question: str
    op: str
    variants: tuple[Variant, ...]
    modes: tuple[str, ...] = ()
    parameter: str | None = None
    values: tuple[int, ...] = ()
    blocks: bool = False
    not_simulable: str | None = None
    headline: str = ""  # a variant's name; it leads its family
    other_work: str = ""  # a variant's name


_BOXES = (
    Variant("inline", 0.125, 8, 0),
    Variant("boxed_fresh", 0.625, 40, 1, 0.5),
    Variant("boxed_shuffled", 1.125, 40, 1, 0.6),
)
_INDEX = (
    Variant("flat_inline", 1.24, 33.6, 0, 2.0),
    Variant("std_map", 6.0, 64.0, 1, 9.0),
    Variant("std_unordered_map", 3.8, 43.6, 1, 4.0),
    Variant("chained", 3.1, 40.0, 1, 3.5),
    Variant("bisection", 5.2, 16.0, 0, 6.0),
    Variant("open_pointers", 2.24, 41.0, 1, 2.5),
)
SPECS = (
    Spec(
        "boxing",
        "sum",
        "What does reading an int64 through a box cost?",
        "element",
        _BOXES,
        headline="boxed_shuffled",
    ),
    Spec("boxing", "assign", "What does storing into a box cost?", "store", _BOXES[:2]),
    Spec(
        "padding",
        "field_order",
        "What does the order of a struct's fields cost?",
        "record",
        (
            Variant("declared", 1.0, 64, 0),
            Variant("sorted", 0.75, 48, 0),
            Variant("packed", 0.64, 41, 0, 0.4),
        ),
        modes=("scan_one", "random"),
    ),
    Spec(
        "density",
        "stride",
        "What does the distance between accesses cost?",
        "access",
        (Variant("array", 1.0, 8, 0),),
        parameter="stride_bytes",
        values=(8, 16, 32, 64, 128, 512, 4096, 8192),
    ),
    Spec(
        "density",
        "chase",
        "What does one hop to an address not known before cost?",
        "hop",
        (
            Variant("shuffled", 1.0, 64, 0),
            Variant("in_order", 1.0, 64, 0),
            Variant("page_local", 1.0, 64, 0),
        ),
    ),
    Spec(
        "flat_index",
        "lookup",
        "What does finding a record by key cost?",
        "lookup",
        _INDEX,
        modes=("dependent,hit", "independent,hit"),
    ),
    Spec(
        "slices",
        "parse",
        "What does a copy of each field cost?",
        "field",
        (Variant("views", 0.3, 16, 0, 4.0), Variant("malloc_copies", 0.9, 48, 1, 25.0)),
    ),
    Spec(
        "slices",
        "gather",
        "What does copying pieces into one buffer cost against writev?",
        "message",
        (Variant("writev", 2.0, 0, 0, 900.0), Variant("copied", 4.0, 0, 0, 950.0)),
        blocks=True,
        not_simulable="the kernel does the copying",
    ),
)


def size_label(size: int) -> str:
    return f"ws={size // MIB}MiB" if size >= MIB else f"ws={size // KIB}KiB"


def _level(size: int) -> str:
    for limit, level in ((48 * KIB, "L1"), (MIB, "L2"), (4 * MIB, "L3")):
        if size <= limit:
            return level
    return "RAM"


def _ns(variant: Variant, mode: str, size: int) -> float:
    reach = size * max(1.0, variant.bytes_each / 16)
    step = 0.1 if reach < 48 * KIB else 1.2 if reach < MIB else 6.0
    if reach > 4 * MIB:
        step = 60.0
    if "shuffled" not in variant.name and "dependent" not in mode.split(","):
        step *= 0.12
    return variant.base_ns + variant.lines * step


def _interval(median: float, spread: float = 0.02) -> dict[str, Any]:
    return {
        "median": median,
        "low": median * (1 - spread),
        "high": median * (1 + spread),
    }


def unread(status: str, reason: str) -> dict[str, Any]:
    return {
        "value_per_op": None,
        "status": status,
        "source": None,
        "event": None,
        "reason": reason,
    }


def _counters(
    machine: dict[str, Any], variant: Variant, ns: float, misses: tuple[float, float]
) -> dict[str, Any]:
    values = {
        "cycles": ns * 4,
        "instructions": 4 + 2 * variant.lines,
        "branch_misses": 0.002,
        "l1d_loads": 1 + variant.lines,
        "l1d_misses": misses[0] * 1.03,
        "l2_misses": (misses[0] + misses[1]) / 2,
        "l3_misses": misses[1] * 0.4,
        "dtlb_misses": misses[1] / 40,
        "page_faults": 0,
        "context_switches": 0,
        "migrations": 0,
        "task_clock": ns,
    }
    readings = {}
    for counter in machine["counters"]:
        name, status = counter["name"], counter["status"]
        if status != "counted":
            readings[name] = unread(status, counter["reason"]) | {
                "source": counter["source"],
                "event": counter["event"],
            }
            if status == "untrusted":
                readings[name]["raw"] = 0
            continue
        readings[name] = {
            "value_per_op": values[name],
            "status": "counted",
            "source": counter["source"],
            "event": counter["event"],
        }
    return readings


def _simulated(
    spec: Spec, variant: Variant, size: int, misses: tuple[float, float]
) -> dict[str, Any]:
    values = {
        "instructions": 4 + 2 * variant.lines,
        "l1d_loads": 1 + variant.lines,
        "l1d_misses": misses[0],
        "l3_misses": misses[1],
        "useful_bytes_per_line": min(64.0, 8 / variant.lines),
    }
    if spec.not_simulable:
        return {name: unread("unsupported", spec.not_simulable + " \u2026") for name in values}
    if not spec.parameter and size not in (256 * KIB, 16 * MIB):
        return {name: unread("unsupported", "not simulated at this rung") for name in values}
    events = {
        "instructions": "Ir",
        "l1d_loads": "Dr",
        "l1d_misses": "D1mr+D1mw",
        "l3_misses": "DLmr+DLmw",
        "useful_bytes_per_line": "SpLoss1",
    }
    return {
        name: {
            "value_per_op": value,
            "status": "simulated",
            "source": "simulated",
            "event": events[name],
        }
        for name, value in values.items()
    }


def simulation() -> dict[str, Any]:
    return {
        "tool": "callgrind 3.19.0",
        "reason": None,
        "geometries": [
            {
                "name": "standard",
                "l1d": {"size_bytes": 32 * KIB, "ways": 8, "line_bytes": 64},
                "last_level": {"size_bytes": 4 * MIB, "ways": 16, "line_bytes": 64},
            }
        ],
        "cases_simulated": 100,
        "cases_cached": 20,
        "duration_s": 61.5,
    }


def _samples(ns: float) -> dict[str, Any]:
    count = REPLICATES * SAMPLES_EACH
    ops = max(1, round(1.2e6 / ns))
    wobble = [1 + 0.01 * ((i * 7919) % 13 - 6) / 6 for i in range(count)]
    return {
        "replicate": [i // SAMPLES_EACH for i in range(count)],
        "round": [0] * count,
        "ops": [ops] * count,
        "wall_ns": [ops * ns * w * 1.002 for w in wobble],
        "cpu_ns": [ops * ns * w for w in wobble],
        "steal_ns": [0 if i % 3 else None for i in range(count)],
        "minor_faults": [0] * count,
        "voluntary_switches": [0] * count,
        "involuntary_switches": [1 if i == 5 else 0 for i in range(count)],
        "migrated": [False] * count,
        "kept": [i != 5 for i in range(count)],
    }


def _time(ns: float) -> dict[str, Any]:
    count = REPLICATES * SAMPLES_EACH
    return {
        "wall_ns_per_op": _interval(ns * 1.002),
        "cpu_ns_per_op": _interval(ns),
        "confidence": 0.95,
        "interval_kind": "replicates",
        "replicates": REPLICATES,
        "visits": REPLICATES,
        "samples_kept": count - 1,
        "samples_dropped": 1,
    }


def case_id(spec: Spec, variant: Variant, mode: str, label: str) -> str:
    middle = [mode] if mode else []
    return "/".join([spec.family, spec.name, variant.name, *middle, label])


def _case(
    machine: dict[str, Any],
    spec: Spec,
    variant: Variant,
    mode: str,
    size: int,
    parameter: int | None,
) -> dict[str, Any]:
    label = size_label(size) if parameter is None else f"{spec.parameter}={parameter}"
    scale = 1.0 if parameter is None else min(1.0, parameter / 64)
    shaped = Variant(variant.name, variant.lines * scale, variant.bytes_each, variant.allocations)
    shaped = shaped if parameter is not None else variant
    ns = _ns(shaped, mode, size)
    elements = (size // 8 - 1) | 1
    model_l1 = shaped.lines if size > 32 * KIB else 0.0
    model_l3 = shaped.lines if size > 4 * MIB else 0.0
    misses = (model_l1 * 1.004, model_l3 * 0.97)
    reference = spec.variants[0]
    base = _ns(reference, mode, size) if parameter is None else ns
    is_reference = variant is reference
    heap = int(variant.bytes_each * elements)
    return {
        "id": case_id(spec, variant, mode, label),
        "benchmark": f"{spec.family}/{spec.name}",
        "variant": variant.name,
        "mode": mode,
        "point": {
            "label": label,
            "working_set_bytes": size,
            "parameter": parameter,
            "elements": elements,
            "level": _level(size),
            "near_edge": size == 2 * MIB,
        },
        "status": "ok",
        "reason": None,
        "notes": (["unstable"] if size == 2 * MIB else []) + (["blocks"] if spec.blocks else []),
        "time": _time(ns),
        "ratio": (
            None
            if is_reference
            else {"to": case_id(spec, reference, mode, label)}
            | {"basis": "wall" if spec.blocks else "cpu"}
            | _interval(ns / base, 0.01)
        ),
        "counters": _counters(machine, shaped, ns, misses),
        "simulated": _simulated(spec, shaped, size, misses),
        "memory": {
            "status": "ok",
            "reason": None,
            "allocator": "glibc 2.36",
            "footprint_bytes": heap,
            "arena_bytes": 0,
            "heap_bytes": heap,
            "bytes_per_element": variant.bytes_each,
            "allocations": int(variant.allocations * elements),
            "allocations_per_element": variant.allocations,
            "resident_bytes": heap + 4096,
            "huge_page_bytes": None,
        },
        "metrics": {},
        "model": {
            "lines": shaped.lines,
            "useful_bytes_per_line": min(64.0, 8 / shaped.lines),
            "bytes": 8.0,
            "loads": 1.0,
            "allocations": 0.0,
            "exact": True,
            "l1d_misses": model_l1,
            "l3_misses": model_l3,
        },
        "checksum": "00c0ffee",
        "samples": _samples(ns),
    }


def _headline(spec: Spec) -> dict[str, Any]:
    if not spec.headline:
        return {}
    mode = spec.modes[0] if spec.modes else ""
    return {"headline": {"variant": spec.headline, "mode": mode, "leads_family": True}}


def benchmark(spec: Spec) -> dict[str, Any]:
    return {
        "family": spec.family,
        "name": spec.name,
        "question": spec.question,
        "learns": "A layout costs lines, and a line costs what the level it comes from costs.",
        "op": spec.op,
        "revision": 1,
        "reference": spec.variants[0].name,
        **_headline(spec),
        "modes": list(spec.modes),
        "parameter": spec.parameter,
        "metrics": [
            {
                "name": "p99_ns",
                "unit": "ns",
                "better": "lower",
                "summary": "one op in 100 is slower",
            }
        ],
        "blocks": spec.blocks,
        "not_simulable": spec.not_simulable,
        "variants": [
            {
                "name": v.name,
                "summary": f"{v.lines:g} lines an op, {v.bytes_each:g} bytes each",
                **({"other_work": "maps a file first"} if v.name == spec.other_work else {}),
            }
            for v in spec.variants
        ],
        "source_file": f"benchmarks/{spec.family}/{spec.name}.c",
        "source_line": 184,
    }


def cases(machine: dict[str, Any], spec: Spec) -> list[dict[str, Any]]:
    points = [(size, None) for size in RUNGS] if not spec.parameter else []
    points += [(64 * MIB, value) for value in spec.values]
    return [
        _case(machine, spec, variant, mode, size, parameter)
        for mode in spec.modes or ("",)
        for size, parameter in points
        for variant in spec.variants
    ]


def whole_process(specs: tuple[Spec, ...]) -> list[dict[str, Any]]:
    rows = []
    for spec in (s for s in specs if not s.parameter):
        for i, variant in enumerate(spec.variants):
            name = case_id(spec, variant, spec.modes[0] if spec.modes else "", "ws=256KiB")
            rows.append(
                {
                    "case": name,
                    "status": "ok",
                    "reason": None,
                    "command": ["build/release/layoutbench", "exec", name],
                    "runs": 5,
                    "mean_s": 0.0042 + i / 1000,
                    "median_s": 0.0041 + i / 1000,
                    "min_s": 0.0040,
                    "max_s": 0.0049 + i / 1000,
                    "stddev_s": 0.0002,
                    "user_s": 0.003,
                    "system_s": 0.001,
                }
            )
    return rows


def struct_layouts() -> list[dict[str, Any]]:
    text = (
        "struct declared {\n\tchar flag; /* 0 1 */\n\n\t/* XXX 7 bytes hole, try to pack */\n\n"
        "\tlong id; /* 8 8 */\n\tint n; /* 16 4 */\n\n\t/* size: 24, cachelines: 1 */\n};"
    )
    members = [("flag", 0, 1), ("id", 8, 8), ("n", 16, 4)]
    wide = [("header", 0, 16), ("key", 16, 8), ("name", 24, 64), ("flag", 88, 1)]
    return [
        {
            "benchmark": "padding/field_order",
            "record": record,
            "size_bytes": size,
            "holes_bytes": holes,
            "padding_bytes": padding,
            "lines": (size + 63) // 64,
            "members": [{"name": n, "offset_bytes": o, "size_bytes": s} for n, o, s in rows],
            "text": text,
        }
        for record, size, holes, padding, rows in (
            ("declared", 24, 7, 4, members),
            ("wide", 96, 0, 7, wide),
        )
    ]


def claims() -> list[dict[str, Any]]:
    shuffled = "boxing/sum/boxed_shuffled/ws=16MiB"
    return [
        {
            "id": "C2",
            "statement": "An int64 takes 8 bytes inline and 32 behind an interface.",
            "article": "32 bytes",
            "verdict": "direction_holds",
            "reason": None,
            "time_figure": None,
            "count_figure": 40.0,
            "unit": "bytes per element",
            "cells": [shuffled, "boxing/sum/inline/ws=16MiB"],
        },
        {
            "id": "C9",
            "statement": "Boxing a value costs many times a plain store.",
            "article": "12.3 ns against 0.2 ns",
            "verdict": "holds",
            "reason": None,
            "time_figure": 1.83,
            "count_figure": 1.0,
            "unit": "x",
            "cells": ["boxing/assign/boxed_fresh/ws=16KiB"],
        },
        {
            "id": "C16",
            "statement": "A flat index is the smallest of three.",
            "article": "42, 58, 28 MB",
            "verdict": "does_not_hold",
            "reason": None,
            "time_figure": 3.1,
            "count_figure": 1.9,
            "unit": "x",
            "cells": ["flat_index/lookup/std_map/dependent,hit/ws=64MiB"],
        },
        {
            "id": "C21",
            "statement": "Thread-local tables make the start slow.",
            "article": "1.2 s against 87 microseconds",
            "verdict": "not_measurable",
            "reason": "its benchmark flat_index/tenants was not run",
            "time_figure": None,
            "count_figure": None,
            "unit": "s",
            "cells": ["flat_index/tenants/eager/ws=16MiB"],
        },
    ]
