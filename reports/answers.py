"""The answer first: one sentence a family, made from the numbers and from nothing else.

The worst ratio is looked for among the steady cases; only a family that has none of these falls
back to the rest, and says so. The typical ratio is the median over all variants that are not the
reference.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from dataclasses import dataclass
from typing import Sequence

from . import cells, numbers
from .document import Benchmark, Case, Document
from .tables import anchor, point_text

_HARDLY = 1.15  # ratios closer than this are one plateau


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
class Answer:
    """What one machine says about one family."""

    family: str
    machine: str
    worst: Finding | None
    typical: str
    ratios: int
    fastest: Finding | None
    not_measured: Sequence[tuple[str, int]]  # reason, how many cases


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


def _answer(family: str, document: Document, benchmarks: dict[str, Benchmark]) -> Answer:
    cases = [c for c in document.cases if benchmarks[c.benchmark].family == family]
    compared = [c for c in cases if c.ratio]
    steady = [c for c in compared if c.steady] or compared
    ratios = [c.ratio.median for c in compared if c.ratio]
    worst = max(steady, key=lambda c: c.ratio.median, default=None)  # type: ignore
    best = min(steady, key=lambda c: c.ratio.median, default=None)  # type: ignore
    surely_faster = best is not None and best.ratio is not None and best.ratio.median < 1
    surely_faster = surely_faster and best.ratio.excludes_one  # type: ignore
    failed = Counter(f"{c.status}: {c.reason}" for c in cases if c.status != "ok")
    return Answer(
        family=family,
        machine=document.label,
        worst=_finding(worst, benchmarks[worst.benchmark], cases) if worst else None,
        typical=numbers.time(statistics.median(ratios)) if ratios else "",
        ratios=len(ratios),
        fastest=(
            _finding(best, benchmarks[best.benchmark], cases) if best and surely_faster else None
        ),
        not_measured=failed.most_common(),
    )


def answers(documents: Sequence[Document], family: str) -> list[Answer]:
    """What each machine says about `family`; machines that did not run it say nothing."""
    made = []
    for document in documents:
        benchmarks = {b.id: b for b in document.benchmarks}
        if any(b.family == family for b in document.benchmarks):
            made.append(_answer(family, document, benchmarks))
    return made


def not_counted(document: Document) -> list[tuple[str, list[str]]]:
    """Counters that this machine could not read: (reason, names)."""
    by_reason: dict[str, list[str]] = {}
    for counter in document.machine["counters"]:
        if counter["status"] not in cells.BELIEVED:
            reason = counter["reason"] or counter["status"]
            by_reason.setdefault(reason, []).append(counter["name"].replace("_", " "))
    return list(by_reason.items())
