"""From a case to the text of one cell: a number with its provenance, or a dash with its reason.

A cell never invents: what is null in the document is a dash here, and why is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import numbers
from .document import Case, Interval, Reading

BELIEVED = ("counted", "simulated")
# What a reader sees for each place that a number can come from.
SOURCE_BADGES = {
    "hardware": "hardware",
    "kernel": "kernel",
    "rusage": "rusage",
    "simulated": "simulated",
    "fake": "fake",
}
STATUS_BADGES = {
    "multiplexed": "multiplexed",
    "unsupported": "unavailable",
    "not_permitted": "unavailable",
    "not_scheduled": "unavailable",
    "lost": "unavailable",
    "untrusted": "untrusted",
}


@dataclass(frozen=True)
class Cell:
    """`value` is what the table sorts by; `why` says why there is none."""

    text: str
    value: float | None = None
    kind: str = ""
    why: str = ""
    interval: Interval | None = None


def missing(why: str) -> Cell:
    return Cell(numbers.DASH, kind="none", why=why or "no reason was recorded")


def did_not_run(case: Case) -> Cell:
    return missing(f"{case.status.replace('_', ' ')}: {case.reason}")


def basis_time(case: Case, wall: bool) -> Interval | None:
    return case.wall if wall else case.cpu


def time(case: Case, wall: bool) -> Cell:
    interval = basis_time(case, wall)
    if interval is None:
        return did_not_run(case)
    return Cell(numbers.time(interval.median), interval.median, "time")


def interval_text(low: float, high: float) -> str:
    return f"{numbers.time(low)}\u2013{numbers.time(high)}"


def time_interval(case: Case, wall: bool) -> Cell:
    interval = basis_time(case, wall)
    if interval is None:
        return did_not_run(case)
    if interval.low is None or interval.high is None:
        return missing("too few values for an interval")
    return Cell(interval_text(interval.low, interval.high), interval.low, "span")


def ratio(case: Case, reference: str) -> Cell:
    if case.status != "ok":
        return did_not_run(case)
    if case.ratio is None:
        if case.variant == reference:
            return Cell("1", 1.0, "ref")
        return missing("the reference has no time at this point")
    return Cell(numbers.time(case.ratio.median), case.ratio.median, "ratio", "", case.ratio)


def reading(case: Case, found: Reading | None, source: str) -> Cell:
    """The value if it is to be believed and comes from `source`: a column has one source."""
    if not case.ran:
        return did_not_run(case)
    if found is None:
        return missing("not asked for in this case")
    if found.status not in BELIEVED or found.value is None:
        return missing(f"{found.status.replace('_', ' ')}: {found.reason}")
    if found.source != source:
        return missing(f"read from {found.source}, which this column is not")
    return Cell(numbers.count(found.value), found.value, source)


def model(case: Case, key: str) -> Cell:
    if case.raw["model"] is None:
        return missing("this variant states no model")
    value = case.raw["model"][key]
    if value is None:
        return missing("the model says nothing about it")
    return Cell(numbers.count(value), value, "model")


def off_by(case: Case, found: Reading | None, key: str) -> Cell:
    """How far a believed reading lies from the model, relative to the model."""
    expected = model(case, key)
    if expected.value is None:
        return expected
    if found is None or found.status not in BELIEVED or found.value is None:
        return missing("nothing was counted to hold the model against")
    if found.value == expected.value:
        return Cell("0.0 %", 0.0, "off")
    if expected.value == 0:
        return missing("the model says 0, so there is no relative difference")
    share = found.value / expected.value - 1
    return Cell(numbers.percent(share), share, "off")


def memory(case: Case, key: str) -> Cell:
    if not case.ran:
        return did_not_run(case)
    found = case.raw["memory"]
    if found is None:
        return missing(case.reason or "memory was not measured")
    if found[key] is None:
        return missing(found["reason"] or "not known")
    return Cell(numbers.count(found[key]), found[key], "memory")


def metric(case: Case, name: str) -> Cell:
    if not case.ran:
        return did_not_run(case)
    found = case.raw["metrics"].get(name)
    if found is None:
        return missing("this case does not report it")
    if found["value"] is None:
        return missing(found.get("reason", ""))
    return Cell(numbers.count(found["value"]), found["value"], "metric")
