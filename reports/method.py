"""How it was measured: what was kept and dropped, and how the samples of each case spread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

from . import numbers
from .cells import basis_time
from .document import Benchmark, Case, Document, Json

BINS = 24
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
INTERVAL_KINDS = {"replicates": "processes", "within_process": "visits", "none": "too few"}


@dataclass(frozen=True)
class Spread:
    """The kept samples of one case, ns per op; `bins` is a histogram, a digit (base 36) a bin."""

    quantiles: Sequence[str]  # least, quarter, median, three quarters, most
    bins: str


@dataclass(frozen=True)
class MethodRow:
    id: str
    machine: str
    replicates: int
    visits: int
    kept: int
    dropped: int
    interval: str
    confidence: str
    spread: Spread | None


def _kept_ns_per_op(case: Case, wall: bool) -> list[float]:
    """In ascending order; empty where the document has no samples."""
    samples = case.raw["samples"]
    if not samples:
        return []
    columns = zip(samples["kept"], samples["ops"], samples["wall_ns" if wall else "cpu_ns"])
    return sorted(total / ops for kept, ops, total in columns if kept and ops > 0)


def _quantile(values: Sequence[float], share: float) -> float:
    """Of values in ascending order, between the two nearest."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def _histogram(values: Sequence[float]) -> str:
    """BINS digits, each the height of its bin; a bin that holds anything is never 0."""
    least, width = values[0], (values[-1] - values[0]) / BINS
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, int((value - least) / width)) if width else 0] += 1
    top = (len(_DIGITS) - 1) / max(counts)
    return "".join(_DIGITS[math.ceil(count * top)] for count in counts)


def _spread(values: Sequence[float]) -> Spread:
    quantiles = [_quantile(values, share) for share in (0, 0.25, 0.5, 0.75, 1)]
    return Spread([numbers.significant(q, 4) for q in quantiles], _histogram(values))


def _row(case: Case, benchmark: Benchmark, machine: str) -> MethodRow | None:
    time = case.raw["time"]
    if time is None or basis_time(case, benchmark.blocks) is None:
        return None
    values, kind = _kept_ns_per_op(case, benchmark.blocks), time["interval_kind"]
    return MethodRow(
        id=case.id,
        machine=machine,
        replicates=time["replicates"],
        visits=time["visits"],
        kept=time["samples_kept"],
        dropped=time["samples_dropped"],
        interval=INTERVAL_KINDS[kind],
        confidence=numbers.DASH if kind == "none" else f"{time['confidence'] * 100:g} %",
        spread=_spread(values) if values else None,
    )


def rows(document: Document) -> list[MethodRow]:
    benchmarks = {b.id: b for b in document.benchmarks}
    made = [_row(c, benchmarks[c.benchmark], document.label) for c in document.cases]
    return [row for row in made if row]


@dataclass(frozen=True)
class Simulation:
    """How misses were simulated on one machine, or why they were not."""

    machine: str
    text: str


def _shape(raw: Json) -> str:
    return f"{numbers.size(raw['size_bytes'])} {raw['ways']}-way"


def simulation(document: Document) -> Simulation:
    raw = document.run["simulation"]
    if raw is None:
        return Simulation(document.label, "nothing was to be simulated.")
    if raw["tool"] is None:
        return Simulation(document.label, f"nothing was simulated: {raw['reason']}.")
    shapes = "; ".join(
        f"{g['name']} geometry: L1d {_shape(g['l1d'])}, last level {_shape(g['last_level'])}, "
        f"lines of {g['l1d']['line_bytes']} bytes"
        for g in raw["geometries"]
    )
    text = f"{raw['cases_simulated']} cases by {raw['tool']}, {shapes}."
    return Simulation(document.label, text)
