"""How it was measured: what was kept and dropped, and how the samples of each case spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy

from . import numbers
from .cells import basis_time
from .document import Benchmark, Case, Document, Json
from .tables import anchor

BINS = 24
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
INTERVAL_KINDS = {
    "replicates": "over fresh processes",
    "within_process": "within one process",
    "none": "none: too few values",
}


@dataclass(frozen=True)
class Spread:
    """The kept samples of one case, ns per op; `bins` is a histogram, a digit (base 36) a bin."""

    quantiles: Sequence[str]  # least, quarter, median, three quarters, most
    bins: str


@dataclass(frozen=True)
class MethodRow:
    id: str
    anchor: str
    machine: str
    replicates: int
    visits: int
    kept: int
    dropped: int
    interval: str
    confidence: str
    spread: Spread | None


def _kept_ns_per_op(case: Case, wall: bool) -> numpy.ndarray | None:
    samples = case.raw["samples"]
    if not samples:
        return None
    kept = numpy.array(samples["kept"], dtype=bool)
    ops = numpy.array(samples["ops"], dtype=float)
    total = numpy.array(samples["wall_ns" if wall else "cpu_ns"], dtype=float)
    kept &= ops > 0
    return total[kept] / ops[kept] if kept.any() else None


def _spread(values: numpy.ndarray) -> Spread:
    quantiles = numpy.quantile(values, (0, 0.25, 0.5, 0.75, 1))
    counts, _ = numpy.histogram(values, bins=BINS)
    scaled = numpy.ceil(counts * (len(_DIGITS) - 1) / max(1, counts.max())).astype(int)
    return Spread(
        [numbers.significant(q, 4) for q in quantiles], "".join(_DIGITS[i] for i in scaled)
    )


def _row(case: Case, benchmark: Benchmark, machine: str) -> MethodRow | None:
    time = case.raw["time"]
    if time is None or basis_time(case, benchmark.blocks) is None:
        return None
    values = _kept_ns_per_op(case, benchmark.blocks)
    return MethodRow(
        id=case.id,
        anchor=anchor(case.id),
        machine=machine,
        replicates=time["replicates"],
        visits=time["visits"],
        kept=time["samples_kept"],
        dropped=time["samples_dropped"],
        interval=INTERVAL_KINDS[time["interval_kind"]],
        confidence=f"{time['confidence'] * 100:g} %",
        spread=_spread(values) if values is not None else None,
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
