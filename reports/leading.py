"""Which ratios may be summed up, and how much each of them surely says.

Where a variant, or the reference, does other work an op, its author says so; an op that takes next
to no time does next to nothing, and a ratio of thousands compares no layouts either. All of these
stay in the tables, and out of the answers.
"""

from __future__ import annotations

import math

from . import cells
from .document import Benchmark, Case, Document

LEAST_NS_PER_OP = 0.005  # about a fiftieth of a clock cycle: nothing is done an op
MOST_RATIO = 1000


def _ns(case: Case, basis: str) -> float:
    interval = cells.basis_time(case, basis == "wall")
    return interval.median if interval else 0.0


def may_lead(case: Case, benchmark: Benchmark, document: Document) -> bool:
    """True where both sides do something an op, and the same kind of something."""
    if case.variant in benchmark.other_work or case.ratio is None or case.ratio.median <= 0:
        return False
    sides = [case]
    if reference := document.by_id.get(case.raw["ratio"]["to"]):
        sides.append(reference)
    working = all(_ns(side, case.ratio_basis) >= LEAST_NS_PER_OP for side in sides)
    return working and 1 / MOST_RATIO <= case.ratio.median <= MOST_RATIO


def surely(case: Case) -> float:
    """The end of the ratio's interval that is nearer to no difference; 1 if that lies inside.

    1 as well where there is no interval: then nothing is sure.
    """
    ratio = case.ratio
    assert ratio is not None
    if ratio.low is None or ratio.high is None:
        return 1.0
    return max(ratio.low, 1.0) if ratio.median > 1 else min(ratio.high, 1.0)


def strength(case: Case) -> tuple[float, bool, float]:
    """Sorts by how far a ratio surely lies from 1.

    Those without an interval come last, and where there are no others their medians decide.
    """
    ratio, sure = case.ratio, surely(case)
    assert ratio is not None
    bounded = ratio.low is not None and ratio.high is not None
    distance = abs(math.log(sure)) if sure > 0 else 0.0
    return distance, bounded, 0.0 if bounded else abs(math.log(ratio.median))
