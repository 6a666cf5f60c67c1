"""The comparison tables: a benchmark in one mode, rows by point and variant."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass, field
from typing import Sequence

from markupsafe import Markup, escape

from . import numbers
from .cells import Cell
from .columns import ALLOCATIONS, Absent, Column, Scope, absences, choose
from .document import MEDIANS_APART, Benchmark, Case, Document, anchor

# What a row says below its name, and what is said of it below the table.
NOTES = {
    "unsteady": ("unsteady", "did not settle while it was warmed"),
    "few_samples": ("few samples", "too few were kept to lean on"),
    "within_process": (
        "one process",
        "the interval is over visits of one process, not over processes",
    ),
    "unstable": ("unstable", "near the edge of a cache, where times do not repeat"),
    "stolen": ("stolen", "a neighbour took CPU time meanwhile"),
    "drifting": ("drifting", "the clock of the core moved during visits"),
    MEDIANS_APART: (
        "medians N\u00d7",
        "the quotient of the two medians is N, which the ratio contradicts. The ratio is the "
        "median over pairs of processes that ran in turn; where the times of a side fall into "
        "two groups, a median alone may come from either. Neither figure is a finding: read the "
        "interval",
    ),
    "interrupted": ("interrupted", "Ctrl-C ended the run before all was measured of it"),
    "blocks": ("blocks", "the kernel sleeps or switches by design"),
}
BAR_WIDTH = 60  # as in report.css
STYLED = {"time", "span", "ratio", "ref", "model", "off"}  # kinds of cell that report.css knows


@dataclass(frozen=True)
class Heading:
    """One column's heading; `span` is that of its group where the group starts, else 0."""

    column: Column
    span: int
    index: int  # of the column in the table, for sorting


@dataclass
class Row:
    id: str
    anchor: str
    variant: str
    is_reference: bool
    series: int
    point: str
    point_value: int
    level: str
    starts_point: bool
    notes: str
    failed: str  # "skipped: why" or "error: why", on every machine
    differs: bool
    cells: list[Markup] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    id: str
    benchmark: Benchmark
    mode: str
    axis: str
    headings: Sequence[Heading]
    rows: Sequence[Row]
    reasons: Sequence[tuple[str, str]]
    absent: Sequence[Absent]
    notes: Sequence[tuple[str, str]]

    @property
    def grouped(self) -> bool:
        return any(h.column.title or h.column.badge for h in self.headings)


class Reasons:
    """Numbers the reasons of a table's dashes: each is printed once, below the table."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, why: str) -> str:
        if why not in self._marks:
            i, letters = len(self._marks), string.ascii_lowercase
            mark = letters[i] if i < 26 else letters[i // 26 - 1] + letters[i % 26]
            self._marks[why] = mark
        return self._marks[why]

    def listed(self) -> list[tuple[str, str]]:
        return [(mark, why) for why, mark in self._marks.items()]


class BarScale:
    """Ratios as bars on a log scale that a whole table shares; 1 is where the bars start."""

    def __init__(self, ratios: Sequence[float]) -> None:
        positive = [r for r in ratios if r > 0] + [1.0]
        self.low, self.high = math.log(min(positive)), math.log(max(positive))
        if self.high - self.low < 0.1:
            self.low, self.high = self.low - 0.05, self.high + 0.05

    def x(self, ratio: float) -> float:
        if ratio <= 0:
            return 0.0
        share = (math.log(ratio) - self.low) / (self.high - self.low)
        return round(min(1.0, max(0.0, share)) * (BAR_WIDTH - 2) + 1, 1)

    def draw(self, cell: Cell) -> Markup:
        """The bar, its interval as a whisker, and a tick at 1."""
        assert cell.interval is not None
        one, end = self.x(1.0), self.x(cell.interval.median)
        kind = "slow" if cell.interval.median > 1 else "fast"
        line = f"M{one:g} 1V9"
        if cell.interval.low is not None and cell.interval.high is not None:
            low, high = self.x(cell.interval.low), self.x(cell.interval.high)
            line += f"M{low:g} 5H{high:g}"
        return Markup(
            f'<svg class=bar><path class={kind} d="M{one:g} 5H{end:g}"/>'
            f'<path d="{line}"/></svg>'
        )


def _cell_html(cell: Cell, reasons: Reasons, scale: BarScale) -> Markup:
    if cell.why:
        return Markup(f"<td>{numbers.DASH}<sup>{reasons.mark(cell.why)}</sup>")
    bar = scale.draw(cell) if cell.interval else ""
    start = f"<td class={cell.kind}>" if cell.kind in STYLED else "<td>"
    return Markup(f"{start}{escape(cell.text)}{bar}")


def point_text(case: Case) -> str:
    if case.parameter is not None:
        return numbers.count(case.parameter)
    return numbers.size(case.working_set_bytes)


OTHER_WORK = "other work"


def _note(case: Case, name: str) -> str:
    if name == MEDIANS_APART and case.quotient is not None:
        return f"medians {numbers.time(case.quotient)}\u00d7"
    return NOTES.get(name, (name, ""))[0]


def _notes(cases: Sequence[Case], benchmark: Benchmark) -> list[str]:
    names = dict.fromkeys(_note(case, note) for case in cases for note in case.notes)
    other = (
        [OTHER_WORK] if any(c.ratio and c.variant in benchmark.other_work for c in cases) else []
    )
    return other + list(names)


def _other_work_legend(scope: Scope) -> list[tuple[str, str]]:
    shown = {c.variant for cases in scope.cases for c in cases if c.ratio}
    reasons = dict.fromkeys(why for v, why in scope.benchmark.other_work.items() if v in shown)
    if not reasons:
        return []
    return [(OTHER_WORK, "the ratio is not of layouts alone. " + "; ".join(reasons))]


def _allocations_legend(columns: Sequence[Column]) -> list[tuple[str, str]]:
    if all(c.group != ALLOCATIONS for c in columns):
        return []
    return [(ALLOCATIONS, "allocator calls that built the layout; what ops allocate is not in it")]


def _notes_legend(scope: Scope, columns: Sequence[Column]) -> list[tuple[str, str]]:
    """What the words mean that stand in the rows and over the columns."""
    used = {note for cases in scope.cases for case in cases for note in case.notes}
    shown = dict.fromkeys(c.group for c in columns if c.key.startswith("metric."))
    metrics = scope.benchmark.metrics
    said = [texts for name, texts in NOTES.items() if name in used]
    return (
        _other_work_legend(scope)
        + said
        + _allocations_legend(columns)
        + [(name, metrics[name]) for name in shown if name in metrics]
    )


def _failure(cases: Sequence[Case]) -> str:
    if any(case.ran for case in cases):
        return ""
    return "; ".join(dict.fromkeys(f"{c.status}: {c.reason}" for c in cases))


def _headings(columns: Sequence[Column]) -> list[Heading]:
    made = []
    for i, column in enumerate(columns):
        starts = i == 0 or columns[i - 1].group != column.group
        same = [c for c in columns[i:] if c.group == column.group]
        made.append(Heading(column, len(same) if starts else 0, i))
    return made


def _in_order(scope: Scope) -> list[list[Case | None]]:
    """Rows of cases, one a machine, by point and then in the author's order of variants."""
    rows: dict[str, list[Case | None]] = {}
    for i, cases in enumerate(scope.cases):
        for case in cases:
            rows.setdefault(case.id, [None] * len(scope.documents))[i] = case
    variants = list(scope.benchmark.variants)

    def order(row: list[Case | None]) -> tuple[tuple[int, int], int]:
        case = next(c for c in row if c)
        return case.point, variants.index(case.variant)

    return sorted(rows.values(), key=order)


def _row(cases: Sequence[Case | None], benchmark: Benchmark, previous: Row | None) -> Row:
    present = [case for case in cases if case]
    case = present[0]
    point = point_text(case)
    variants = list(benchmark.variants)
    return Row(
        id=case.id,
        anchor=anchor(case.id),
        variant=case.variant,
        is_reference=case.variant == benchmark.reference,
        series=variants.index(case.variant),
        point=point,
        point_value=case.point[1] or case.point[0],
        level=case.level or "",
        starts_point=previous is None or previous.point != point,
        notes=", ".join(_notes(present, benchmark)),
        failed=_failure(present),
        differs=any(c.ratio.excludes_one for c in present if c.ratio),
    )


def build(scope: Scope, mode: str) -> Table:
    columns = choose(scope)
    ratios = [c.ratio.median for cases in scope.cases for c in cases if c.ratio]
    scale, reasons = BarScale(ratios), Reasons()
    rows: list[Row] = []
    for cases in _in_order(scope):
        row = _row(cases, scope.benchmark, rows[-1] if rows else None)
        if not row.failed:
            for column in columns:
                case = cases[column.machine]
                made = column.make(case) if case else Cell("", why="not in this run")
                row.cells.append(_cell_html(made, reasons, scale))
        rows.append(row)
    return Table(
        id=anchor(scope.benchmark.id + (f":{mode}" if mode else "")),
        benchmark=scope.benchmark,
        mode=mode,
        axis=scope.benchmark.parameter or "Working set",
        headings=_headings(columns),
        rows=rows,
        reasons=reasons.listed(),
        absent=absences(scope),
        notes=_notes_legend(scope, columns),
    )


def scopes(benchmark: Benchmark, documents: Sequence[Document]) -> list[tuple[str, Scope]]:
    """The tables of one benchmark: (mode, cases) for each mode that any machine has."""
    found: dict[str, list[list[Case]]] = {}
    for i, document in enumerate(documents):
        for case in document.cases:
            if case.benchmark == benchmark.id:
                by_machine = found.setdefault(case.mode, [[] for _ in documents])
                by_machine[i].append(case)
    return [(mode, Scope(benchmark, documents, cases)) for mode, cases in found.items()]
