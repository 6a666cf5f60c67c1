"""From cases to what a figure shows: which series, which counter, which lines for the caches."""

from __future__ import annotations

import dataclasses
from typing import Callable, Iterable, Sequence

from . import numbers
from .cells import BELIEVED, basis_time
from .columns import Scope
from .document import Case, Document, Json
from .figures.chase import Chase
from .figures.curves import Curves, Edge, Misses, Series
from .figures.struct import Member, Struct
from .figures.topology import Level, Topology

_LEVEL_NAMES = {1: "L1", 2: "L2", 3: "L3", 4: "L4"}


def edges(document: Document) -> list[Edge]:
    """Where the caches of the machine end: as advertised, and as the suite's chase measured."""
    found: dict[tuple[int, int, bool], str] = {}
    for cache in document.machine["caches"]:
        if cache["type"] != "instruction" and cache["size_bytes"]:
            level, size = cache["level"], cache["size_bytes"]
            found[level, size, False] = f"{_level(level)} {numbers.size(size)}"
    measured = document.machine["caches_measured"] or {"levels": []}
    for row in measured["levels"]:
        level, size = row["level"], row["capacity_bytes"]
        if found.pop((level, size, False), None) is None:
            found[level, size, True] = f"{_level(level)} measured {numbers.size(size)}"
        else:
            found[level, size, True] = f"{_level(level)} {numbers.size(size)}"
    return [Edge(label, size, real) for (_, size, real), label in sorted(found.items())]


def _level(level: int) -> str:
    return _LEVEL_NAMES.get(level, f"L{level}")


def _x(case: Case) -> float:
    return float(case.working_set_bytes if case.parameter is None else case.parameter)


Point = tuple[float, float, float, float]  # x, median, low, high


_GAP = float("nan")  # breaks the line: what is not known is not drawn across


def _series(
    variants: Sequence[str], cases: Iterable[Case], value: Callable[[Case], Point | None]
) -> list[Series]:
    points: dict[str, list[Point]] = {name: [] for name in variants}
    for case in cases:
        if _x(case) > 0:
            points[case.variant].append(value(case) or (_x(case), _GAP, _GAP, _GAP))
    made = []
    for i, name in enumerate(variants):
        columns = list(zip(*sorted(points[name], key=lambda point: point[0])))
        if columns and any(median == median for median in columns[1]):
            made.append(Series(name, i, *columns))
    return made


def _time_point(wall: bool) -> Callable[[Case], Point | None]:
    def value(case: Case) -> Point | None:
        found = basis_time(case, wall)
        if found is None or found.median <= 0:
            return None
        low = found.median if found.low is None or found.low <= 0 else found.low
        high = found.median if found.high is None else found.high
        return _x(case), found.median, low, high

    return value


def _count_point(pool: str, name: str) -> Callable[[Case], Point | None]:
    def value(case: Case) -> Point | None:
        found = (case.simulated if pool == "simulated" else case.counters).get(name)
        if found is None or found.status not in BELIEVED or found.value is None:
            return None
        return _x(case), found.value, found.value, found.value

    return value


def _model_point(key: str) -> Callable[[Case], Point | None]:
    def value(case: Case) -> Point | None:
        model = case.raw["model"]
        if not case.ran or model is None or model[key] is None:
            return None
        return _x(case), model[key], model[key], model[key]

    return value


def _misses(variants: Sequence[str], cases: Sequence[Case]) -> list[Misses]:
    """A panel a cache level: hardware's counts where there are any, else the simulation's."""
    made = []
    for name, title in (("l1d_misses", "L1 misses"), ("l3_misses", "L3 misses")):
        for pool, source in (("counters", "hardware"), ("simulated", "simulated")):
            series = _series(variants, cases, _count_point(pool, name))
            if series:
                models = _series(variants, cases, _model_point(name))
                # The model is of the simulated geometry: beside other counts it would mislead.
                models = models if pool == "simulated" else []
                made.append(Misses(title, source, series, models))
                break
    return made


def _curves(scope: Scope, machine: int, mode: str) -> Curves | None:
    """The figure of one machine; None where nothing has a time."""
    benchmark, document = scope.benchmark, scope.documents[machine]
    variants, cases = list(benchmark.variants), scope.cases[machine]
    series = _series(variants, cases, _time_point(benchmark.blocks))
    if not series:
        return None
    basis = "Wall" if benchmark.blocks else "CPU"
    where = f" on {document.label}" if scope.several else ""
    title = f"{benchmark.id}{f' ({mode})' if mode else ''}{where}: time and misses"
    is_bytes = benchmark.parameter is None
    return Curves(
        title=f"{title} per {benchmark.op} against {benchmark.parameter or 'working set'}",
        time_label=f"{basis} ns per {benchmark.op}",
        x_label="Working set" if is_bytes else str(benchmark.parameter),
        x_is_bytes=is_bytes,
        series=series,
        misses=_misses(variants, cases),
        edges=edges(document) if is_bytes else (),
    )


def all_curves(scope: Scope, mode: str) -> list[Curves | None]:
    """The figures of all machines, on one time axis: side by side, heights compare."""
    made = [_curves(scope, i, mode) for i in range(len(scope.documents))]
    series = [s for c in made if c for s in c.series]
    values = [v for s in series for v in (*s.lows, *s.highs) if v > 0]
    if not values:
        return made
    reach = (min(values), max(values))
    return [dataclasses.replace(c, time_range=reach) if c else None for c in made]


def chase(document: Document) -> Chase | None:
    """The curve of the suite's own pointer chase, where it was measured."""
    measured = document.machine["caches_measured"]
    points = [(p["working_set_bytes"], p["ns_per_hop"]) for p in (measured or {}).get("curve", ())]
    points = sorted(p for p in points if p[0] > 0 and p[1] > 0)
    if len(points) < 2:
        return None
    xs, values = zip(*points)
    series = Series("chase", 0, xs, values, values, values)
    title = f"Pointer chase on {document.label}: ns per hop against working set"
    return Chase(title, series, edges(document))


def struct(layout: Json) -> Struct:
    """A size may stand in JSON as 128.0, here and in `topology`; figures count in integers."""
    members = [
        Member(m["name"], int(m["offset_bytes"]), int(m["size_bytes"])) for m in layout["members"]
    ]
    size = int(layout["size_bytes"])
    return Struct(f"struct {layout['record']}: {size} bytes as they lie in memory", size, members)


def _memory(total_bytes: int, nodes: int | None) -> str:
    """All of it once: how much lies in each node is not in the document."""
    size = numbers.size(total_bytes)
    return f"{size} in {nodes} NUMA nodes" if nodes and nodes > 1 else size


def topology(document: Document) -> Topology:
    """Rows from memory down to the CPUs; a level that has two kinds of cache has two rows."""
    machine, cpu = document.machine, document.machine["cpu"]
    cpus = int(cpu["logical_cpus"])
    rows = [Level("Memory", _memory(machine["memory"]["total_bytes"], cpu["numa_nodes"]), 1)]
    kinds: dict[tuple[int, str], int] = {}
    for cache in machine["caches"]:
        key = (cache["level"], cache["type"])
        kinds[key] = kinds.get(key, 0) + 1
    for cache in sorted(machine["caches"], key=lambda c: -c["level"]):
        key = (cache["level"], cache["type"])
        short = {"data": "d", "instruction": "i"}.get(cache["type"], "")
        text, shared = numbers.size(cache["size_bytes"]), cache["shared_by_cpus"]
        # With two kinds of core, how many blocks there are of each is not in the document.
        alone = kinds[key] == 1 and shared
        if not alone:
            text += f", one for {shared} CPUs" if shared else ""
        rows.append(
            Level(f"L{cache['level']}{short}", text, max(1, int(cpus // shared)) if alone else 1)
        )
    rows.append(Level("CPUs", "CPU", cpus))
    title = f"{document.label}: memory, caches and {cpus} CPUs"
    return Topology(title, rows)
