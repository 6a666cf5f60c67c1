"""Several documents on one page: names that tell them apart, and two runs of one machine."""

from __future__ import annotations

import dataclasses
import math
from statistics import median
from typing import Sequence

from . import cells, numbers
from .cells import Cell, basis_time, missing
from .document import Benchmark, Case, Document, Interval


def labelled(documents: Sequence[Document]) -> list[Document]:
    """The documents with labels of their own: a name that stands twice gets its run's number."""
    names = [d.label for d in documents]
    made, seen = [], dict.fromkeys(names, 0)
    for document in documents:
        name = document.label
        seen[name] += 1
        if names.count(name) > 1:
            document = dataclasses.replace(document, label=f"{name}, run {seen[name]}")
        made.append(document)
    return made


def same_machine(documents: Sequence[Document]) -> bool:
    """True for two runs of one machine: then there is a difference to show.

    Or of two that are alike in all that is known of them: names are no part of the fingerprint.
    """
    prints = {d.machine["fingerprints"]["machine"] for d in documents}
    return len(documents) == 2 and len(prints) == 1


def same_question(benchmark: str, documents: Sequence[Document]) -> bool:
    """False where documents ask something else of it: by revision, op or reference."""
    asked = {
        (b.revision, b.op, b.reference)
        for d in documents
        for b in d.benchmarks
        if b.id == benchmark
    }
    return len(asked) < 2


def environment_differences(documents: Sequence[Document]) -> list[str]:
    """Fields of the environment in which the documents differ: name, then each value."""
    fields = [d.machine["fingerprints"]["environment_fields"] for d in documents]
    made = []
    for name in dict.fromkeys(name for each in fields for name in each):
        values = [str(each.get(name, "absent")) for each in fields]
        if len(set(values)) > 1:
            made.append(f"{name}: " + " / ".join(values))
    return made


def change(first: Case | None, second: Case, wall: bool) -> Interval | None:
    """Time of the second run relative to the first; None where either has none.

    The two medians were measured apart, so nothing pairs them: the interval is from the lowest of
    one over the highest of the other, which is wide, and knows nothing of what changed in between.
    """
    old = basis_time(first, wall) if first else None
    new = basis_time(second, wall)
    if old is None or new is None or old.median <= 0:
        return None
    low = high = None
    if None not in (old.low, old.high, new.low, new.high) and old.low > 0:  # type: ignore
        low = new.low / old.high  # type: ignore
        high = new.high / old.low  # type: ignore
    return Interval(new.median / old.median, low, high)


def change_cell(first: Case | None, second: Case, wall: bool) -> Cell:
    found = change(first, second, wall)
    if found is None:
        return missing("only one of the two runs has a time")
    return Cell(numbers.time(found.median), found.median, "change")


def change_span_cell(first: Case | None, second: Case, wall: bool) -> Cell:
    found = change(first, second, wall)
    if found is None or found.low is None or found.high is None:
        return missing("one of the two runs has no interval")
    return Cell(cells.interval_text(found.low, found.high), found.low, "span")


LARGEST = 10  # so many changes are named


@dataclasses.dataclass(frozen=True)
class Change:
    """One case whose change is beyond both intervals."""

    case: Case
    ratio: str
    span: str


@dataclasses.dataclass(frozen=True)
class Changes:
    """The whole difference of two runs in a sentence, and the largest of it in rows."""

    compared: int
    machines: Sequence[str]  # their names where they differ; empty: one machine
    left_out: int  # cases of benchmarks that ask something else in the second run
    slower: int
    faster: int
    median: str
    largest: Sequence[Change]


def _largest(found: Sequence[tuple[Case, Interval]]) -> list[Change]:
    beyond = [(case, c) for case, c in found if c.excludes_one and c.median > 0]
    beyond.sort(key=lambda pair: -abs(math.log(pair[1].median)))
    return [
        Change(case, numbers.time(c.median), cells.interval_text(c.low, c.high))
        for case, c in beyond[:LARGEST]
        if c.low is not None and c.high is not None
    ]


def changes(documents: Sequence[Document]) -> Changes | None:
    if not same_machine(documents):
        return None
    first, second = documents
    asked: dict[str, Benchmark] = {
        b.id: b for b in second.benchmarks if same_question(b.id, documents)
    }
    found = [
        (case, change(first.by_id.get(case.id), case, asked[case.benchmark].blocks))
        for case in second.cases
        if case.benchmark in asked
    ]
    pairs = [(case, c) for case, c in found if c]
    known = [c for _, c in pairs]
    left_out = sum(1 for case in second.cases if case.benchmark not in asked)
    if not known and not left_out:
        return None
    names = list(dict.fromkeys(d.machine["name"] for d in documents))
    return Changes(
        compared=len(known),
        machines=names if len(names) > 1 else [],
        left_out=left_out,
        slower=sum(1 for c in known if c.excludes_one and c.median > 1),
        faster=sum(1 for c in known if c.excludes_one and c.median < 1),
        median=numbers.time(median(c.median for c in known)) if known else numbers.DASH,
        largest=_largest(pairs),
    )
