"""Results documents made in memory: valid by the schema, and as real runs shape them.

Nothing is random: the same call gives the same document.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, Callable

from . import fixture_machines as machines
from . import fixture_rows as rows
from .fixture_rows import HOSTILE, SPECS, Spec, Variant


def document(
    machine: dict[str, Any] | None = None, specs: tuple[Spec, ...] = SPECS
) -> dict[str, Any]:
    """A complete standard run of `specs` on `machine` (default: the VM without a PMU)."""
    machine = machine or machines.vm_without_pmu()
    return {
        "schema_version": 1,
        "tool": {
            "name": "layoutbench",
            "version": "0.1.0",
            "commit": "0123456789ab",
            "compiler": "gcc (Debian 12.2.0-14) 12.2.0",
            "flags": "-O2 -g",
            "build": "release",
            "libraries": {"json-c": "0.16", "libpfm4": "4.13", "valgrind": None},
        },
        "run": {
            "command": ["build/release/layoutbench", "run", "--profile", "standard"],
            "profile": "standard",
            "filters": [],
            "seed": 42,
            "input_generator": "splitmix64/1",
            "started": "2026-05-01T10:00:00Z",
            "duration_s": 341.5,
            "cpu": 1,
            "complete": True,
            "smallest_difference": 0.0031,
            "simulation": rows.simulation(),
        },
        "machine": machine,
        "benchmarks": [rows.benchmark(spec) for spec in specs],
        "cases": [case for spec in specs for case in rows.cases(machine, spec)],
        "whole_process": rows.whole_process(specs),
        "struct_layouts": rows.struct_layouts() if specs is SPECS else [],
        "claims": rows.claims() if specs is SPECS else [],
    }


def spoil(case: dict[str, Any], status: str, reason: str) -> None:
    """Makes the case one that did not run, as the harness writes it."""
    case.update(
        status=status,
        reason=reason,
        time=None,
        ratio=None,
        memory=None,
        checksum=None,
        samples=None,
        notes=[],
        counters={},
        simulated={},
    )


def only_counted(case: dict[str, Any]) -> None:
    """Makes the case one of `layoutbench simulate --output`."""
    kept = case["simulated"]
    spoil(case, "not_timed", "only counts were asked for")
    case["simulated"] = kept


# For machines whose page differs only in its machine: what has rungs, a parameter, blocks.
FEW = (SPECS[0], SPECS[3], SPECS[7])


def vm_without_pmu() -> dict[str, Any]:
    return document()


def few() -> dict[str, Any]:
    """A small complete document: struct layouts and claims too."""
    made = document(specs=FEW)
    made["claims"] = rows.claims()
    made["struct_layouts"] = rows.struct_layouts()
    for layout in made["struct_layouts"]:
        layout["benchmark"] = "boxing/sum"
    return made


def with_pmu() -> dict[str, Any]:
    """Simulated in the machine's own geometry, too."""
    made = document(machines.with_pmu(), FEW)
    for case in made["cases"]:
        for name in ("l1d_misses", "l3_misses"):
            reading = dict(case["simulated"][name])
            if reading["value_per_op"] is not None:
                reading["value_per_op"] *= 0.9
            case["simulated"][name + "_machine"] = reading
    return made


def named_events() -> dict[str, Any]:
    """A run with `--events`: one is counted, one opens and never gets a counter."""
    made = document(machines.with_pmu(), FEW)
    never = "perf_raw::r1b1 opens, but never gets a hardware counter of its own"
    readings = {
        "icx::L1D:REPLACEMENT": {
            "value_per_op": 0.875,
            "status": "counted",
            "source": "hardware",
            "event": "icx::L1D:REPLACEMENT",
        },
        "r1b1": rows.unread("not_scheduled", never)
        | {"source": "hardware", "event": "perf_raw::r1b1"},
    }
    made["run"]["events"] = list(readings)
    for name, found in readings.items():
        made["machine"]["counters"].append(
            {
                "name": name,
                "status": found["status"],
                "source": "hardware",
                "event": found["event"],
                "counts": "L1D cache" if found["status"] == "counted" else None,
                "reason": found.get("reason"),
                "advice": "end other profilers" if "reason" in found else None,
                "known_answer": None,
            }
        )
    for case in made["cases"]:
        case["counters"].update({name: dict(found) for name, found in readings.items()})
    return made


def arm() -> dict[str, Any]:
    return document(machines.arm(), FEW)


def hybrid() -> dict[str, Any]:
    return document(machines.hybrid(), FEW)


def interrupted() -> dict[str, Any]:
    made = document(specs=SPECS[:2])
    made["run"].update(complete=False, smallest_difference=None, simulation=None)
    made["cases"] = made["cases"][:-3]
    made["machine"]["caches_measured"] = None
    made["machine"]["checks"] = []
    made["whole_process"] = []
    return made


def counts_only() -> dict[str, Any]:
    made = document(specs=FEW)
    made["run"].update(profile="counts", smallest_difference=None)
    made["machine"].update(checks=[], caches_measured=None)
    made["whole_process"] = []
    for case in made["cases"]:
        only_counted(case)
    return made


def _a_reading_of_each_status(case: dict[str, Any]) -> None:
    names = ("cycles", "instructions", "l1d_misses", "l3_misses", "dtlb_misses")
    statuses = ("multiplexed", "not_permitted", "not_scheduled", "lost", "untrusted")
    for name, status in zip(names, statuses):
        case["counters"][name] = rows.unread(status, f"made up: {status}")
    case["counters"]["cycles"].update(
        raw=12.5, time_enabled_ns=100, time_running_ns=50, source="hardware"
    )


def every_status() -> dict[str, Any]:
    """Each case status, note, reading status, and each null that the schema allows."""
    made = document(machines.with_pmu())
    by_id = {case["id"]: case for case in made["cases"]}
    spoil(
        by_id["boxing/sum/boxed_fresh/ws=64MiB"],
        "error",
        "the child died of signal 11 (SIGSEGV)",
    )
    spoil(by_id["boxing/sum/boxed_fresh/ws=16MiB"], "skipped", "needs 4 GiB; 2 GiB are free")
    only_counted(by_id["boxing/sum/boxed_fresh/ws=256KiB"])
    _a_reading_of_each_status(by_id["boxing/sum/boxed_shuffled/ws=16MiB"])
    few = by_id["boxing/sum/boxed_shuffled/ws=16KiB"]
    for interval in (
        few["time"]["cpu_ns_per_op"],
        few["time"]["wall_ns_per_op"],
        few["ratio"],
    ):
        interval.update(low=None, high=None)
    few["time"]["interval_kind"] = "none"
    few["notes"] = ["unsteady", "few_samples", "within_process", "unstable", "stolen", "drifting"]
    few["notes"] += ["interrupted"]
    few["memory"] = {key: None for key in few["memory"]} | {
        "status": "unknown",
        "reason": "the allocation shim could not be loaded",
    }
    few["model"] = None
    few["samples"] = None
    few["metrics"] = {
        "p99_ns": {"value": 12.5, "unit": "ns", "better": "lower", "status": "ok"},
        "growths": {
            "value": None,
            "unit": "",
            "better": "lower",
            "status": "unknown",
            "reason": "not counted",
        },
    }
    made["whole_process"][0].update(status="error", reason="exit status 1")
    for key in "mean_s median_s min_s max_s stddev_s user_s system_s".split():
        made["whole_process"][0][key] = None
    for key in ("model_name", "vendor", "physical_cores", "sockets", "numa_nodes"):
        made["machine"]["cpu"][key] = None
    return made


def hostile_names() -> dict[str, Any]:
    """Names that are HTML, script, quotes, right-to-left: all of it is text."""
    variants = (Variant(HOSTILE, 0.2, 8, 0), Variant("</td></table>", 1.1, 40, 1))
    spec = Spec(
        "<img src=x onerror=alert(1)>",
        "a&b]]>",
        HOSTILE,
        "{{ op }}",
        variants,
        ('"m"', "n'"),
    )
    made = document(specs=(spec,))
    made["machine"]["name"] = HOSTILE
    made["machine"]["conditions"][0]["advice"] = "<style>*{display:none}</style>"
    made["claims"] = rows.claims()
    made["claims"][0].update(statement=HOSTILE, cells=[made["cases"][1]["id"]])
    made["struct_layouts"] = rows.struct_layouts()
    made["struct_layouts"][0].update(
        benchmark=made["cases"][0]["benchmark"], record=HOSTILE, text="</pre>" + HOSTILE
    )
    return made


def many_cases(count: int = 1000) -> dict[str, Any]:
    """`count` cases: benchmarks of five variants at the five rungs."""
    variants = tuple(Variant(f"layout_{i}", 0.2 + i * 0.4, 8 + 8 * i, i % 2) for i in range(5))
    families = ("boxing", "padding", "density", "flat_index", "slices")
    specs = tuple(
        Spec(families[i % 5], f"question_{i:02}", f"Question {i}?", "element", variants)
        for i in range(count // 25)
    )
    made = document(machines.with_pmu(), specs)
    made["benchmarks"].sort(key=lambda b: families.index(b["family"]))
    return made


def two_machines() -> list[dict[str, Any]]:
    return [with_pmu(), document(specs=FEW)]


def two_runs() -> list[dict[str, Any]]:
    """The same machine twice; the second run is 7 % slower everywhere but in one case."""
    first, second = document(specs=FEW), document(specs=FEW)
    second["run"]["started"] = "2026-05-02T10:00:00Z"
    for case in second["cases"][1:]:
        for key in ("cpu_ns_per_op", "wall_ns_per_op"):
            interval = case["time"][key]
            case["time"][key] = {name: v * 1.07 for name, v in interval.items()}
    return [first, second]


def before_and_after_a_variant() -> list[dict[str, Any]]:
    """A run, and one after a layout of other work, and a metric, were added to its benchmark."""
    spec = replace(SPECS[0], headline="", other_work="boxed_shuffled")
    older = replace(spec, variants=spec.variants[:2])
    before = document(machines.with_pmu(), (older,))
    before["benchmarks"][0]["metrics"] = []
    after = document(specs=(spec,))
    metric = {"value": 61.5, "unit": "ns", "better": "lower", "status": "ok"}
    for case in after["cases"]:
        case["metrics"] = {"p99_ns": dict(metric)}
    return [before, after]


ONE_DOCUMENT: dict[str, Callable[[], dict[str, Any]]] = {
    "vm_without_pmu": vm_without_pmu,
    "with_pmu": with_pmu,
    "named_events": named_events,
    "arm": arm,
    "hybrid": hybrid,
    "interrupted": interrupted,
    "every_status": every_status,
    "counts_only": counts_only,
    "hostile_names": hostile_names,
}


def changed(made: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one place changed: changed(doc, "cases.0.time", None)."""
    made = copy.deepcopy(made)
    at: Any = made
    *parents, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    for part in parents:
        at = at[part]
    at[last] = value
    return made
