"""The sections of the page that hold figures: benchmarks by family, and the machines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping, Sequence

from markupsafe import Markup

from . import answers, closure, compare, machine_facts, numbers, plots, tables
from .document import Benchmark, Document, anchor
from .figures import pool, svg


@dataclass(frozen=True)
class Mode:
    """One table with its figures, one a machine."""

    name: str
    table: tables.Table
    figures: Sequence[tuple[str, Markup]]  # whose, and the figure


@dataclass(frozen=True)
class Whole:
    """hyperfine's figures for one whole process, in milliseconds."""

    machine: str
    variant: str
    case: str
    failed: str
    figures: Sequence[str]
    runs: int


@dataclass(frozen=True)
class StructLayout:
    """One struct: what pahole prints, and the picture of it."""

    record: str
    facts: str
    text: str
    figure: Markup


@dataclass(frozen=True)
class Section:
    """All that the page says about one benchmark."""

    benchmark: Benchmark
    anchor: str
    modes: Sequence[Mode]
    pattern: str
    whole: Sequence[Whole]
    structs: Sequence[StructLayout]
    warning: str


@dataclass(frozen=True)
class Family:
    name: str
    anchor: str
    answers: Sequence[answers.Answer]
    sections: Sequence[Section]


@dataclass(frozen=True)
class MachineSection:
    document: Document
    facts: Sequence[tuple[str, machine_facts.Facts]]
    counters: Sequence[machine_facts.CounterRow]
    figures: Sequence[Markup]


@dataclass(frozen=True)
class ClosureSection:
    """What a document says of time against misses, and the picture of it."""

    closure: closure.Closure
    figure: Markup


@dataclass(frozen=True)
class Sections:
    families: Sequence[Family]
    machines: Sequence[MachineSection]
    closures: Mapping[str, ClosureSection]  # by machine
    css: str


class _Figures:
    """Plans what to draw, so that all of it is drawn at once, on every core."""

    def __init__(self) -> None:
        self.jobs: list[pool.Job] = []

    def plan(self, data: pool.Data | None) -> list[int]:
        """The number of the figure to come, in a list; an empty list for no figure."""
        if data is None:
            return []
        self.jobs.append(pool.Job(f"f{len(self.jobs)}-", data))
        return [len(self.jobs) - 1]


@dataclass(frozen=True)
class _Plan:
    """One benchmark before its figures are drawn."""

    benchmark: Benchmark
    scopes: Sequence[tuple[str, tables.Scope]]
    curves: Sequence[Sequence[tuple[str, int]]]
    layouts: Sequence[tuple[Mapping[str, Any], Sequence[int]]]


def _both(first: Mapping[str, str], later: Mapping[str, str]) -> Mapping[str, str]:
    """What either says, in the first one's order; where both do, as the first says it."""
    return {**first, **later, **first}


def _merged(first: Benchmark, later: Benchmark) -> Benchmark:
    """A question may have grown between two runs: with all that its cases name in either."""
    return replace(
        first,
        variants=_both(first.variants, later.variants),
        other_work=_both(first.other_work, later.other_work),
        metrics=_both(first.metrics, later.metrics),
    )


def _benchmarks(documents: Sequence[Document]) -> list[Benchmark]:
    found: dict[str, Benchmark] = {}
    for document in documents:
        for benchmark in document.benchmarks:
            known = found.get(benchmark.id)
            found[benchmark.id] = _merged(known, benchmark) if known else benchmark
    return list(found.values())


def _layouts(benchmark: Benchmark, documents: Sequence[Document]) -> list[Mapping[str, Any]]:
    """The structs of a benchmark; machines of one architecture agree, so each stands once."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for document in documents:
        for layout in document.raw["struct_layouts"]:
            if layout["benchmark"] == benchmark.id:
                found.setdefault((layout["record"], layout["text"]), layout)
    return list(found.values())


def _plan(benchmark: Benchmark, documents: Sequence[Document], figures: _Figures) -> _Plan:
    scopes = tables.scopes(benchmark, documents)
    curves = []
    for mode, scope in scopes:
        planned = plots.all_curves(scope, mode)
        curves.append([(d.label, i) for d, c in zip(documents, planned) for i in figures.plan(c)])
    layouts = _layouts(benchmark, documents)
    pictures = [(layout, figures.plan(plots.struct(layout))) for layout in layouts]
    return _Plan(benchmark, scopes, curves, pictures)


_WHOLE_KEYS = ("median_s", "min_s", "max_s", "user_s", "system_s")


def _whole(benchmark: Benchmark, documents: Sequence[Document]) -> list[Whole]:
    made = []
    for document in documents:
        for row in document.raw["whole_process"]:
            case = document.by_id.get(row["case"])
            if case is None or case.benchmark != benchmark.id:
                continue
            values = [row[key] for key in _WHOLE_KEYS]
            made.append(
                Whole(
                    machine=document.label,
                    variant=case.variant,
                    case=case.id,
                    failed="" if row["status"] == "ok" else f"{row['status']}: {row['reason']}",
                    figures=[
                        numbers.DASH if v is None else numbers.milliseconds(v) for v in values
                    ],
                    runs=row["runs"],
                )
            )
    return made


def _struct_facts(layout: Mapping[str, Any]) -> str:
    return (
        f"{layout['size_bytes']} bytes on {layout['lines']} lines, "
        f"{layout['holes_bytes']} in holes, {layout['padding_bytes']} of padding at the end"
    )


def _question_warning(benchmark: Benchmark, documents: Sequence[Document]) -> str:
    if compare.same_question(benchmark.id, documents):
        return ""
    what = "revision, op or reference differ"
    return f"The documents asked different questions ({what}): do not compare these rows."


def _section(
    plan: _Plan,
    made: Sequence[tables.Table],
    documents: Sequence[Document],
    drawn: Sequence[Markup],
) -> Section:
    benchmark = plan.benchmark
    return Section(
        benchmark=benchmark,
        anchor=benchmark.anchor,
        modes=[
            Mode(table.mode, table, [(label, drawn[i]) for label, i in curves])
            for table, curves in zip(made, plan.curves)
        ],
        pattern=f"{benchmark.id}/*",
        whole=_whole(benchmark, documents),
        structs=[
            StructLayout(layout["record"], _struct_facts(layout), layout["text"], drawn[i])
            for layout, numbers_ in plan.layouts
            for i in numbers_
        ],
        warning=_question_warning(benchmark, documents),
    )


class Build:
    """Plans all figures and starts to draw them; `finish` puts the sections together."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        figures = _Figures()
        self.benchmarks = [_plan(b, documents, figures) for b in _benchmarks(documents)]
        self.machines = [
            figures.plan(plots.topology(d)) + figures.plan(plots.chase(d)) for d in documents
        ]
        found = [c for d in documents if (c := closure.closure(d))]
        self.closures = [(c, figures.plan(c.figure())) for c in found]
        self.drawing = pool.Drawing(figures.jobs)
        self.tables = [
            [tables.build(scope, mode) for mode, scope in plan.scopes] for plan in self.benchmarks
        ]

    def _families(self, drawn: Sequence[Markup]) -> list[Family]:
        by_family: dict[str, list[Section]] = {}
        for plan, made in zip(self.benchmarks, self.tables):
            section = _section(plan, made, self.documents, drawn)
            by_family.setdefault(plan.benchmark.family, []).append(section)
        return [
            Family(
                name,
                f"family:{anchor(name)}",
                answers.answers(self.documents, name),
                sections,
            )
            for name, sections in by_family.items()
        ]

    def finish(self) -> Sections:
        """Waits for the figures."""
        markups, css = svg.share_classes(self.drawing.figures())
        drawn = [Markup(markup) for markup in markups]
        machines = [
            MachineSection(
                document,
                machine_facts.facts(document),
                machine_facts.counters(document),
                [drawn[i] for i in plan],
            )
            for document, plan in zip(self.documents, self.machines)
        ]
        closures = {
            found.machine: ClosureSection(found, drawn[i])
            for found, plan in self.closures
            for i in plan
        }
        return Sections(self._families(drawn), machines, closures, css)
