"""The answer first: one comparison a family, made from the numbers and from nothing else.

What leads is not searched for. The author of a benchmark names the comparison that answers its
question, and one benchmark of each family leads; here it gets its numbers, at the steady point
where it is furthest from 1 (by the end of its interval that is nearer to 1, so that noise does not
lead), with the other end of its range beside it.

Not every ratio may be summed up (leading.py). A document from before authors named comparisons is
read as well: there the most telling ratio leads.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Sequence

from . import cells, numbers
from .document import Benchmark, Case, Document, anchor
from .leading import may_lead, strength, surely
from .tables import point_text

_HARDLY = 1.15  # ratios closer than this are one plateau
_REASONS = 5  # so many for what was not measured are told


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
    other_end: tuple[str, str] | None  # the steady ratio furthest from it on its curve, and where
    steady: bool

    @property
    def anchor(self) -> str:
        return anchor(self.case.id)

    @property
    def slower(self) -> bool:
        return self.case.ratio is not None and self.case.ratio.median > 1


@dataclass(frozen=True)
class Tally:
    """Ratios that compare the same work: how many lie beyond their intervals, and on which side."""

    slower: int
    faster: int
    alike: int
    set_aside: int  # ratios of other work

    @property
    def compared(self) -> int:
        return self.slower + self.faster + self.alike

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.slower + other.slower,
            self.faster + other.faster,
            self.alike + other.alike,
            self.set_aside + other.set_aside,
        )


@dataclass(frozen=True)
class Glance:
    """What one machine says about one benchmark, in a line."""

    benchmark: Benchmark
    headline: Finding | None  # what its author asks for
    worst: Finding | None
    fastest: Finding | None
    tally: Tally


@dataclass(frozen=True)
class Answer:
    """What one machine says about one family."""

    family: str
    machine: str
    named: bool  # authors name what leads; else the strongest ratio does
    lead: Finding | None
    no_lead: str  # why nothing leads, where nothing does
    dearest: Finding | None  # of the other benchmarks' headlines, where it costs
    cheapest: Finding | None  # and where it saves
    tally: Tally
    glances: Sequence[Glance]
    not_measured: Sequence[tuple[str, int]]  # reason, how many cases; the most frequent
    not_measured_more: int  # cases of further reasons


def _span(case: Case) -> str:
    ratio = case.ratio
    assert ratio is not None
    if ratio.low is None or ratio.high is None:
        return "no interval: too few values"
    return cells.interval_text(ratio.low, ratio.high)


def _where(case: Case, benchmark: Benchmark) -> str:
    return f"{benchmark.parameter} {point_text(case)}" if benchmark.parameter else point_text(case)


def _curve(cases: Sequence[Case], variant: str, mode: str) -> list[Case]:
    found = [c for c in cases if (c.variant, c.mode) == (variant, mode) and c.ratio]
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


def _onset_text(case: Case, curve: Sequence[Case]) -> str:
    start = _onset(case, curve) if case.parameter is None else 0
    before = curve[start - 1].level if start else None
    return f"once the data leave {before}" if before and before != curve[start].level else ""


def _other_end(case: Case, curve: Sequence[Case], benchmark: Benchmark) -> tuple[str, str] | None:
    def distance(c: Case) -> float:
        assert c.ratio is not None and case.ratio is not None
        return abs(math.log(c.ratio.median / case.ratio.median))

    others = (c for c in curve if c is not case and c.steady)
    end = max(others, key=distance, default=None)
    if end is None or end.ratio is None:
        return None
    return numbers.time(end.ratio.median), _where(end, benchmark)


def _finding(case: Case, benchmark: Benchmark, leading: Sequence[Case]) -> Finding:
    assert case.ratio is not None
    curve = _curve(leading, case.variant, case.mode)
    return Finding(
        benchmark=benchmark,
        case=case,
        ratio=numbers.time(case.ratio.median),
        span=_span(case),
        basis="wall" if case.ratio_basis == "wall" else "CPU",
        point=_where(case, benchmark),
        onset=_onset_text(case, curve),
        other_end=_other_end(case, curve, benchmark),
        steady=case.steady,
    )


def _named(benchmark: Benchmark, leading: Sequence[Case]) -> Case | None:
    """The point of the author's comparison that says most, steady ones before others."""
    if benchmark.headline is None:
        return None
    curve = _curve(leading, benchmark.headline.variant, benchmark.headline.mode)
    return max([c for c in curve if c.steady] or curve, key=strength, default=None)


def _tally(leading: Sequence[Case], set_aside: int) -> Tally:
    apart = [c.ratio for c in leading if c.ratio and c.ratio.excludes_one]
    slower = sum(1 for ratio in apart if ratio.median > 1)
    return Tally(slower, len(apart) - slower, len(leading) - len(apart), set_aside)


def _glance(document: Document, benchmark: Benchmark, named: bool) -> Glance:
    cases = [c for c in document.cases if c.benchmark == benchmark.id]
    compared = [c for c in cases if c.ratio]
    leading = [c for c in compared if may_lead(c, benchmark, document)]
    steady = [c for c in leading if c.steady] or leading
    worst, best = max(steady, key=surely, default=None), min(steady, key=surely, default=None)
    if worst and not surely(worst) > 1:
        worst = None
    if best and not surely(best) < 1:
        best = None
    head = _named(benchmark, leading) if named else max(steady, key=strength, default=None)
    return Glance(
        benchmark=benchmark,
        headline=_finding(head, benchmark, leading) if head else None,
        worst=_finding(worst, benchmark, leading) if worst else None,
        fastest=_finding(best, benchmark, leading) if best else None,
        tally=_tally(leading, len(compared) - len(leading)),
    )


def _lead(glances: Sequence[Glance]) -> Finding | None:
    """The headline of the benchmark that leads its family; where there is none, the strongest."""
    headlines = [g.headline for g in glances if g.headline]
    for finding in headlines:
        if finding.benchmark.headline and finding.benchmark.headline.leads_family:
            return finding
    steady = [f for f in headlines if f.steady] or headlines
    return max(steady, key=lambda f: strength(f.case), default=None)


def _ends(others: Sequence[Finding]) -> tuple[Finding | None, Finding | None]:
    """Of these headlines the one that costs most, and the one that saves most."""
    steady = [f for f in others if f.steady] or list(others)
    dearest = max(steady, key=lambda f: surely(f.case), default=None)
    cheapest = min(steady, key=lambda f: surely(f.case), default=None)
    return (
        dearest if dearest and surely(dearest.case) > 1 else None,
        cheapest if cheapest and surely(cheapest.case) < 1 else None,
    )


def _no_lead(tally: Tally) -> str:
    if tally.compared:
        return (
            "The comparison that its author asks for was not measured here, or not of the same "
            "work; the tables have the others."
        )
    if tally.set_aside:
        return f"All ratios here ({tally.set_aside}) are of different work; the tables have them."
    return "Nothing here was compared with a reference."


def _answer(family: str, document: Document) -> Answer:
    benchmarks = [b for b in document.benchmarks if b.family == family]
    named = any(b.headline for b in benchmarks)
    glances = [_glance(document, benchmark, named) for benchmark in benchmarks]
    names = {b.id for b in benchmarks}
    failed = Counter(
        f"{c.status.replace('_', ' ')}: {c.reason}"
        for c in document.cases
        if c.benchmark in names and c.status != "ok"
    )
    lead = _lead(glances)
    dearest, cheapest = _ends([g.headline for g in glances if g.headline and g.headline != lead])
    tally = sum((g.tally for g in glances), Tally(0, 0, 0, 0))
    return Answer(
        family=family,
        machine=document.label,
        named=named,
        lead=lead,
        no_lead="" if lead else _no_lead(tally),
        dearest=dearest,
        cheapest=cheapest,
        tally=tally,
        glances=glances,
        not_measured=failed.most_common(_REASONS),
        not_measured_more=sum(n for _, n in failed.most_common()[_REASONS:]),
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
