"""Which columns a table has: decided by what its cases hold, one source a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

from . import cells, compare
from .cells import BELIEVED, SOURCE_BADGES, STATUS_BADGES, Cell
from .document import Benchmark, Case, Document, Reading

Maker = Callable[[Case], Cell]


@dataclass(frozen=True)
class Column:
    """One physical column: of one machine, from one source."""

    key: str
    group: str  # columns side by side with the same group share a heading
    unit: str
    title: str  # below the group's heading; empty: the group has one column
    badge: str
    machine: int  # index of the document it reads
    make: Maker


@dataclass(frozen=True)
class Absent:
    """A figure for which no case of a table has a number: said once, instead of in each cell."""

    title: str
    badge: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Counter:
    """A counter that has columns of its own: title, unit, and the model's key for it."""

    name: str
    title: str
    unit: str
    model_key: str = ""


COUNTERS = (
    Counter("l1d_misses", "L1 misses", "per op", "l1d_misses"),
    Counter("l3_misses", "L3 misses", "per op", "l3_misses"),
    Counter("instructions", "Instructions", "per op"),
    Counter("useful_bytes_per_line", "Useful bytes", "per line", "useful_bytes_per_line"),
)


# How the readings end that were simulated with this machine's own cache sizes.
OWN_GEOMETRY = "_machine"


@dataclass(frozen=True)
class Scope:
    """The cases of one table, by machine: a benchmark in one mode."""

    benchmark: Benchmark
    documents: Sequence[Document]
    cases: Sequence[Sequence[Case]]  # per document

    @property
    def several(self) -> bool:
        return len(self.documents) > 1

    def machine_title(self, machine: int, title: str) -> str:
        if not self.several:
            return title
        label = self.documents[machine].label
        return f"{label}: {title}" if title else label


def _counters(scope: Scope) -> tuple[Counter, ...]:
    """Those of every run, and the events that a run was asked for by name."""
    names = dict.fromkeys(n for d in scope.documents for n in d.run.get("events", ()))
    return COUNTERS + tuple(Counter(name, name, "per op") for name in names)


def _time_columns(scope: Scope) -> list[Column]:
    wall = scope.benchmark.blocks
    group = "Wall time" if wall else "CPU time"
    unit = f"ns per {scope.benchmark.op}"
    columns = []
    for i in range(len(scope.documents)):
        columns.append(
            Column(
                "time",
                group,
                unit,
                scope.machine_title(i, "median"),
                "",
                i,
                lambda case: cells.time(case, wall),
            )
        )
        columns.append(
            Column(
                "interval",
                group,
                unit,
                scope.machine_title(i, "interval"),
                "",
                i,
                lambda case: cells.time_interval(case, wall),
            )
        )
    return columns


def _ratio_columns(scope: Scope) -> list[Column]:
    reference = scope.benchmark.reference
    if len(scope.benchmark.variants) < 2:
        return []
    return [
        Column(
            "ratio",
            "Ratio",
            f"to {reference}",
            scope.machine_title(i, ""),
            "",
            i,
            lambda case: cells.ratio(case, reference),
        )
        for i in range(len(scope.documents))
    ]


def _change_columns(scope: Scope) -> list[Column]:
    """Two runs of one machine: the second against the first, where both ask the same."""
    asked = compare.same_question(scope.benchmark.id, scope.documents)
    if not asked or not compare.same_machine(scope.documents):
        return []
    first, wall = {c.id: c for c in scope.cases[0]}, scope.benchmark.blocks
    group, unit = "Change", "second run to first: advice"
    return [
        Column(
            "change",
            group,
            unit,
            "ratio",
            "",
            1,
            lambda case: compare.change_cell(first.get(case.id), case, wall),
        ),
        Column(
            "change_interval",
            group,
            unit,
            "interval",
            "",
            1,
            lambda case: compare.change_span_cell(first.get(case.id), case, wall),
        ),
    ]


def _sources(cases: Sequence[Case], name: str) -> list[str]:
    """The providers of `name` whose numbers are to be believed, most frequent first."""
    tally: dict[str, int] = {}
    for case in cases:
        found = case.counters.get(name)
        if found and found.source and found.status in BELIEVED and found.value is not None:
            tally[found.source] = tally.get(found.source, 0) + 1
    return sorted(tally, key=lambda source: -tally[source])


def _has_simulated(cases: Sequence[Case], name: str) -> bool:
    return any(case.simulated[name].value is not None for case in cases if name in case.simulated)


def _reading_maker(pool: str, name: str, source: str) -> Maker:
    def make(case: Case) -> Cell:
        readings = case.simulated if pool == "simulated" else case.counters
        return cells.reading(case, readings.get(name), source)

    return make


def _believed(case: Case, name: str) -> Reading | None:
    """What the model is held against: the simulation, whose geometry it is for."""
    return case.simulated.get(name)


def _counter_columns(scope: Scope, counter: Counter) -> list[Column]:
    made = []

    def add(kind: str, title: str, badge: str, machine: int, make: Maker) -> None:
        heading = scope.machine_title(machine, title)
        key = f"{counter.name}.{kind}"
        made.append(Column(key, counter.title, counter.unit, heading, badge, machine, make))

    for i, cases in enumerate(scope.cases):
        for source in _sources(cases, counter.name):
            make = _reading_maker("counters", counter.name, source)
            add(source, "", SOURCE_BADGES[source], i, make)
        if not _has_simulated(cases, counter.name):
            continue
        make = _reading_maker("simulated", counter.name, "simulated")
        add("simulated", "", "simulated", i, make)
        own = counter.name + OWN_GEOMETRY
        if _has_simulated(cases, own):
            make = _reading_maker("simulated", own, "simulated")
            add("simulated_machine", "own caches", "simulated", i, make)
        if counter.model_key and not scope.several:
            key, name = counter.model_key, counter.name
            add("model", "model", "", i, lambda case: cells.model(case, key))
            add(
                "off_by",
                "off by",
                "",
                i,
                lambda case: cells.off_by(case, _believed(case, name), key),
            )
    return made


ALLOCATIONS = "Allocations while building"


def _memory_columns(scope: Scope) -> list[Column]:
    columns = []
    for key, title in (
        ("bytes_per_element", "Bytes"),
        ("allocations_per_element", ALLOCATIONS),
    ):
        for i, cases in enumerate(scope.cases):
            make: Maker = lambda case, key=key: cells.memory(case, key)  # type: ignore
            heading = scope.machine_title(i, "")
            columns.append(Column(key, title, "per element", heading, "", i, make))
    return columns


def _metric_columns(scope: Scope) -> list[Column]:
    """The extra figures that a benchmark names itself, with their units."""
    columns = []
    named: dict[str, str] = {}
    for cases in scope.cases:
        for case in cases:
            for name, found in case.raw["metrics"].items():
                named.setdefault(name, found["unit"])
    for name, unit in named.items():
        for i in range(len(scope.documents)):
            make: Maker = lambda case, name=name: cells.metric(case, name)  # type: ignore
            heading = scope.machine_title(i, "")
            columns.append(Column(f"metric.{name}", name, unit, heading, "", i, make))
    return columns


# A model that is nearer than this to what was counted needs no column that says so.
MODEL_TOLERANCE = 0.02


def _has_something_to_say(column: Column, scope: Scope) -> bool:
    values = [column.make(case).value for case in scope.cases[column.machine]]
    if column.key.endswith(".off_by"):
        return any(abs(value) > MODEL_TOLERANCE for value in values if value is not None)
    return any(value is not None for value in values)


def absences(scope: Scope) -> list[Absent]:
    """Counters that a table has no number of, with the reasons, in words."""
    titles: dict[tuple[int, str, tuple[str, ...]], list[str]] = {}
    for counter in _counters(scope):
        for i, cases in enumerate(scope.cases):
            if _sources(cases, counter.name):
                continue
            readings = [c.counters[counter.name] for c in cases if counter.name in c.counters]
            if readings:
                badge = STATUS_BADGES.get(readings[0].status, "unavailable")
                reasons = tuple(dict.fromkeys(r.reason for r in readings))
                titles.setdefault((i, badge, reasons), []).append(counter.title)
    return [
        Absent(scope.machine_title(i, f"{', '.join(names)} by counter"), badge, reasons)
        for (i, badge, reasons), names in titles.items()
    ]


def choose(scope: Scope) -> list[Column]:
    """The columns of a table, left to right: those that have a number to show, or else time."""
    made = _time_columns(scope) + _change_columns(scope) + _ratio_columns(scope)
    for counter in _counters(scope):
        made += _counter_columns(scope, counter)
    made += _memory_columns(scope) + _metric_columns(scope)
    return [c for c in made if _has_something_to_say(c, scope)] or _time_columns(scope)
