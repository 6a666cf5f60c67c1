"""The answer first: one sentence a family, made from the numbers and from nothing else.

Not every ratio may lead. An op that takes next to no time does next to nothing, and a ratio of
thousands compares different work (a page fault, a walk over an emptied table), not layouts: both
stay in the tables. Of the rest the worst is looked for among the steady cases, by the lower end of
its interval, so that noise does not lead either; a family without steady cases falls back to all,
and says so. What is typical is the median over benchmarks, each by its own median: a benchmark
with many cases has no more say than one with few.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import Sequence

from . import cells, numbers
from .document import Benchmark, Case, Document, anchor
from .tables import point_text

_HARDLY = 1.15  # ratios closer than this are one plateau
LEAST_NS_PER_OP = 0.005  # about a fiftieth of a clock cycle: nothing is done an op
MOST_RATIO = 1000


@dataclass(frozen=True)
class Finding:
    """One ratio in words: who, against whom, how much, where, and since where."""

    benchmark: Benchmark
    case: Case
    ratio: str
    span: str  # its interval, or why there is none
    basis: str
    point: str
    onset: str  # "once the data leave L2", or empty
    first: str  # the ratio at the smallest point, where the onset is not that
    steady: bool

    @property
    def anchor(self) -> str:
        return anchor(self.case.id)

    @property
    def slower(self) -> bool:
        return self.case.ratio is not None and self.case.ratio.median > 1


@dataclass(frozen=True)
class Glance:
    """What one machine says about one benchmark, in a line."""

    benchmark: Benchmark
    worst: Finding | None
    fastest: Finding | None
    typical: float | None  # median of the ratios that may lead
    ratios: int
    set_aside: int  # ratios that may not


@dataclass(frozen=True)
class Answer:
    """What one machine says about one family."""

    family: str
    machine: str
    worst: Finding | None
    typical: str
    fastest: Finding | None
    glances: Sequence[Glance]
    not_measured: Sequence[tuple[str, int]]  # reason, how many cases

    @property
    def compared(self) -> int:
        """Benchmarks that have a ratio to speak of."""
        return sum(1 for glance in self.glances if glance.ratios)

    @property
    def set_aside(self) -> int:
        return sum(glance.set_aside for glance in self.glances)


def _span(case: Case) -> str:
    ratio = case.ratio
    assert ratio is not None
    if ratio.low is None or ratio.high is None:
        return "no interval: too few values"
    return cells.interval_text(ratio.low, ratio.high)


def _same_curve(case: Case, cases: Sequence[Case]) -> list[Case]:
    key = (case.benchmark, case.variant, case.mode)
    found = [c for c in cases if (c.benchmark, c.variant, c.mode) == key and c.ratio]
    return sorted(found, key=lambda c: c.point)


def _onset(case: Case, curve: Sequence[Case]) -> int:
    """Index of the first point from which on the ratio is nearer to this one than to the first.

    0 where there is no such point: the ratio hardly moves, or it does not stay.
    """
    ratios = [c.ratio.median for c in curve if c.ratio]
    assert case.ratio is not None
    here, first = case.ratio.median, ratios[0]
    if abs(math.log(here / first)) < math.log(_HARDLY):
        return 0
    middle = math.sqrt(first * here)
    start = len(ratios)
    while start > 0 and (ratios[start - 1] > middle) == (here > middle):
        start -= 1
    return start if start <= curve.index(case) else 0


def _finding(case: Case, benchmark: Benchmark, cases: Sequence[Case]) -> Finding:
    assert case.ratio is not None
    curve = _same_curve(case, cases)
    onset, first = "", ""
    positive = all(c.ratio and c.ratio.median > 0 for c in curve)
    if len(curve) > 1 and case.parameter is None and positive:
        start = _onset(case, curve)
        before = curve[start - 1].level if start else None
        if before and before != curve[start].level:
            onset = f"once the data leave {before}"
            assert curve[0].ratio is not None
            first = f"{numbers.time(curve[0].ratio.median)} at {point_text(curve[0])}"
    return Finding(
        benchmark=benchmark,
        case=case,
        ratio=numbers.time(case.ratio.median),
        span=_span(case),
        basis="wall" if case.ratio_basis == "wall" else "CPU",
        point=point_text(case),
        onset=onset,
        first=first,
        steady=case.steady,
    )


def _ns(case: Case, basis: str) -> float:
    interval = cells.basis_time(case, basis == "wall")
    return interval.median if interval else 0.0


def _may_lead(case: Case, document: Document) -> bool:
    """True where both sides do something an op, and the same kind of something."""
    if case.ratio is None or case.ratio.median <= 0:
        return False
    sides = [case]
    if reference := document.by_id.get(case.raw["ratio"]["to"]):
        sides.append(reference)
    working = all(_ns(side, case.ratio_basis) >= LEAST_NS_PER_OP for side in sides)
    return working and 1 / MOST_RATIO <= case.ratio.median <= MOST_RATIO


def _surely(case: Case) -> float:
    """The end of the ratio's interval that is nearer to no difference."""
    ratio = case.ratio
    assert ratio is not None
    if ratio.low is None or ratio.high is None:
        return ratio.median
    return ratio.low if ratio.median > 1 else ratio.high


def _glance(document: Document, benchmark: Benchmark) -> Glance:
    cases = [c for c in document.cases if c.benchmark == benchmark.id]
    compared = [c for c in cases if c.ratio]
    leading = [c for c in compared if _may_lead(c, document)]
    steady = [c for c in leading if c.steady] or leading
    worst, best = max(steady, key=_surely, default=None), min(steady, key=_surely, default=None)
    if best and not (best.ratio and best.ratio.median < 1 and best.ratio.excludes_one):
        best = None
    ratios = [c.ratio.median for c in leading if c.ratio]
    return Glance(
        benchmark=benchmark,
        worst=_finding(worst, benchmark, cases) if worst else None,
        fastest=_finding(best, benchmark, cases) if best else None,
        typical=statistics.median(ratios) if ratios else None,
        ratios=len(ratios),
        set_aside=len(compared) - len(leading),
    )


def _lead(findings: Sequence[Finding | None], worst: bool) -> Finding | None:
    """The most telling of the findings, steady ones before others."""
    known = [f for f in findings if f]
    known = [f for f in known if f.steady] or known
    sign = 1 if worst else -1
    return max(known, key=lambda f: sign * _surely(f.case), default=None)


def _answer(family: str, document: Document) -> Answer:
    benchmarks = [b for b in document.benchmarks if b.family == family]
    glances = [_glance(document, benchmark) for benchmark in benchmarks]
    names = {b.id for b in benchmarks}
    failed = Counter(
        f"{c.status.replace('_', ' ')}: {c.reason}"
        for c in document.cases
        if c.benchmark in names and c.status != "ok"
    )
    typical = [g.typical for g in glances if g.typical is not None]
    return Answer(
        family=family,
        machine=document.label,
        worst=_lead([g.worst for g in glances], worst=True),
        typical=numbers.time(statistics.median(typical)) if typical else "",
        fastest=_lead([g.fastest for g in glances], worst=False),
        glances=glances,
        not_measured=failed.most_common(),
    )


def answers(documents: Sequence[Document], family: str) -> list[Answer]:
    """What each machine says about `family`; machines that did not run it say nothing."""
    return [
        _answer(family, document)
        for document in documents
        if any(b.family == family for b in document.benchmarks)
    ]


def not_counted(document: Document) -> list[tuple[str, list[str]]]:
    """Counters that this machine could not read: (reason, names)."""
    by_reason: dict[str, list[str]] = {}
    for counter in document.machine["counters"]:
        if counter["status"] not in cells.BELIEVED:
            reason = counter["reason"] or counter["status"]
            by_reason.setdefault(reason, []).append(counter["name"].replace("_", " "))
    return list(by_reason.items())
