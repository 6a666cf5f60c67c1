"""The closure: over the layouts of one dependent lookup, time against simulated misses.

Two witnesses that never met. Slope and r are the document's, computed by the harness; here the
points are looked up and drawn, and nothing is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import fmean
from typing import Sequence

from .cells import BELIEVED
from .document import Case, Document
from .figures.scatter import Point, Scatter

# The cases that the harness fits its line to.
_CASES = re.compile(r"flat_index/lookup/[^/]+/dependent,hit/ws=16MiB$")
SLOPE, CORRELATION = "closure_slope", "closure_correlation"


@dataclass(frozen=True)
class Row:
    """One layout: its case, and the two figures."""

    case: Case
    misses: float
    ns: float


@dataclass(frozen=True)
class Closure:
    """What one machine's document says, with the points it says it of."""

    machine: str
    text: str
    rows: Sequence[Row]
    slope: float | None
    correlation: float | None

    def figure(self) -> Scatter:
        """The line goes through the means, as every least-squares line does."""
        offset = None
        if self.slope is not None:
            offset = fmean(r.ns for r in self.rows) - self.slope * fmean(
                r.misses for r in self.rows
            )
        return Scatter(
            title=f"Dependent lookup on {self.machine}: time against simulated L3 misses",
            x_label="simulated L3 misses per lookup",
            y_label="CPU ns per lookup",
            points=[Point(r.case.variant, r.misses, r.ns) for r in self.rows],
            slope=self.slope,
            offset=offset,
        )


def _rows(document: Document) -> list[Row]:
    made = []
    for case in document.cases:
        misses = case.simulated.get("l3_misses")
        if not _CASES.match(case.id) or case.cpu is None or misses is None:
            continue
        if misses.status in BELIEVED and misses.value is not None:
            made.append(Row(case, misses.value, case.cpu.median))
    return sorted(made, key=lambda row: row.misses)


def closure(document: Document) -> Closure | None:
    """None where the document has no such check, or nothing to draw."""
    checks = {check["id"]: check for check in document.machine["checks"]}
    rows = _rows(document)
    if SLOPE not in checks or len(rows) < 2:
        return None
    return Closure(
        machine=document.label,
        text=checks[SLOPE]["text"],
        rows=rows,
        slope=checks[SLOPE]["figure"],
        correlation=checks[CORRELATION]["figure"] if CORRELATION in checks else None,
    )
