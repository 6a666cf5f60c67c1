"""The two panels of judgement: can the run be believed, and do the claims hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from . import numbers
from .document import Document, anchor

# Word and mark: never colour alone.
CHECK_MARKS = {"pass": "\u2713", "warn": "!", "fail": "\u2717", "unknown": "?"}
# A run that cannot see a difference of a tenth is a noisy one, and says so.
COARSE = 0.1
VERDICTS = {
    "holds": ("holds", "\u2713"),
    "direction_holds": ("direction holds, size differs", "~"),
    "does_not_hold": ("does not hold", "\u2717"),
    "not_measurable": ("not measurable here", "?"),
}


@dataclass(frozen=True)
class Check:
    status: str
    mark: str
    title: str
    figure: str
    text: str


@dataclass(frozen=True)
class Belief:
    machine: str
    checks: Sequence[Check]
    kept: int
    dropped: int


def _check(raw: Any) -> Check:
    known = raw["figure"] is not None
    figure = f"{numbers.count(raw['figure'])} {raw['unit']}".strip() if known else numbers.DASH
    return Check(raw["status"], CHECK_MARKS[raw["status"]], raw["title"], figure, raw["text"])


def _smallest_difference(floor: float | None) -> Check:
    title = "Smallest difference it can see"
    if floor is None:
        text = "It was not measured: this run's own noise is not known."
        return Check("unknown", CHECK_MARKS["unknown"], title, numbers.DASH, text)
    text = "A smaller difference between two layouts is this run's own noise."
    status = "warn" if floor > COARSE else "pass"
    return Check(status, CHECK_MARKS[status], title, f"{numbers.count(floor * 100)} %", text)


def _own_checks(document: Document) -> list[Check]:
    """What the document's head says about the run itself."""
    run, made = document.run, []
    if not run["complete"]:
        text = "It was interrupted; what was measured until then is here."
        made.append(Check("warn", CHECK_MARKS["warn"], "The run is whole", "no", text))
    if run["profile"] != "counts":
        made.append(_smallest_difference(run["smallest_difference"]))
    return made


def belief(document: Document) -> Belief:
    times = [c.raw["time"] for c in document.cases if c.raw["time"]]
    return Belief(
        machine=document.label,
        checks=_own_checks(document) + [_check(raw) for raw in document.machine["checks"]],
        kept=sum(t["samples_kept"] for t in times),
        dropped=sum(t["samples_dropped"] for t in times),
    )


@dataclass(frozen=True)
class MachineVerdict:
    """What one machine says about one claim. A figure that is not known is None."""

    machine: str
    verdict: str
    text: str
    mark: str
    time: str | None
    count: str | None
    unit: str
    reason: str
    evidence: Sequence[tuple[str, str]]  # case id, anchor or ""


@dataclass(frozen=True)
class Claim:
    id: str
    statement: str
    article: str
    machines: Sequence[MachineVerdict]


def _figure(value: float | None) -> str | None:
    return None if value is None else numbers.count(value)


def _machine_verdict(document: Document, raw: Any) -> MachineVerdict:
    text, mark = VERDICTS[raw["verdict"]]
    return MachineVerdict(
        machine=document.label,
        verdict=raw["verdict"],
        text=text,
        mark=mark,
        time=_figure(raw["time_figure"]),
        count=_figure(raw["count_figure"]),
        unit=raw["unit"],
        reason=raw["reason"] or "",
        evidence=[(c, anchor(c) if c in document.by_id else "") for c in raw["cells"]],
    )


def claims(documents: Sequence[Document]) -> list[Claim]:
    """One row a claim, in the first document's order, with each machine's verdict."""
    found: dict[str, tuple[Any, list[MachineVerdict]]] = {}
    for document in documents:
        for raw in document.raw["claims"]:
            found.setdefault(raw["id"], (raw, []))[1].append(_machine_verdict(document, raw))
    return [
        Claim(raw["id"], raw["statement"], raw["article"], machines)
        for raw, machines in found.values()
    ]


_TALLIES = {
    "holds": "{} hold",
    "direction_holds": "{} hold in direction but not in size",
    "does_not_hold": "{} do not hold",
    "not_measurable": "{} could not be measured here",
}


def tallies(rows: Sequence[Claim]) -> list[tuple[str, str]]:
    """The claims in a sentence, for each machine: how many end in which verdict."""
    found: dict[str, dict[str, int]] = {}
    for claim in rows:
        for machine in claim.machines:
            count = found.setdefault(machine.machine, dict.fromkeys(VERDICTS, 0))
            count[machine.verdict] += 1
    return [
        (name, "; ".join(_TALLIES[v].format(n) for v, n in count.items() if n))
        for name, count in found.items()
    ]
