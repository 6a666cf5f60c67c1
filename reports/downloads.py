"""What a reader can take away: the document without its raw samples, and all cases as CSV.

Both are embedded compressed, as data: URLs that work without JavaScript; with it they come out
unpacked.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
from dataclasses import dataclass
from typing import Any, Iterator, Sequence

from .document import Case, Document

_INTERVALS = ("median", "low", "high")
_MEMORY = ("bytes_per_element", "allocations_per_element", "resident_bytes", "heap_bytes")


@dataclass(frozen=True)
class Download:
    """A file to save: its name, what it is, and its content as a gzip data: URL."""

    name: str
    text: str
    kind: str
    url: str
    bytes: int


def _pack(name: str, text: str, kind: str, content: str) -> Download:
    data = content.encode("utf-8")
    packed = base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")
    return Download(name, text, kind, f"data:application/gzip;base64,{packed}", len(data))


def without_samples(raw: Any) -> dict[str, Any]:
    return {**raw, "cases": [{**case, "samples": None} for case in raw["cases"]]}


def _fields(case: Case) -> Iterator[tuple[str, Any]]:
    """Every figure of one case, under its path in the document. Null is an empty field."""
    yield "id", case.id
    yield "status", case.status
    yield "reason", case.reason
    yield "working_set_bytes", case.working_set_bytes
    yield "parameter", case.parameter
    yield "notes", " ".join(case.notes)
    for name, interval in (("cpu_ns_per_op", case.cpu), ("wall_ns_per_op", case.wall)):
        for part in _INTERVALS:
            yield f"{name}.{part}", getattr(interval, part, None)
    for part in _INTERVALS:
        yield f"ratio.{part}", getattr(case.ratio, part, None)
    for pool, readings in (("counters", case.counters), ("simulated", case.simulated)):
        for name, found in readings.items():
            yield f"{pool}.{name}", found.value
            yield f"{pool}.{name}.source", found.source if found.value is not None else found.status
    for name in _MEMORY:
        yield f"memory.{name}", (case.raw["memory"] or {}).get(name)
    for name, value in (case.raw["model"] or {}).items():
        yield f"model.{name}", value
    for name, metric in case.raw["metrics"].items():
        yield f"metrics.{name}", metric["value"]


def _defused(value: Any) -> Any:
    """A spreadsheet runs a text that begins like a formula; a quote in front keeps it text."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def cases_csv(documents: Sequence[Document]) -> str:
    """One line a case and machine; numbers exactly as the documents have them."""
    rows: list[dict[str, Any]] = []
    columns: dict[str, None] = {"machine": None, "started": None}
    for document in documents:
        for case in document.cases:
            row = {"machine": document.label, "started": document.run["started"]}
            row.update(_fields(case))
            columns.update(dict.fromkeys(row))
            rows.append(row)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_defused(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def downloads(documents: Sequence[Document]) -> list[Download]:
    made = []
    for i, document in enumerate(documents):
        number = f"-{i + 1}" if len(documents) > 1 else ""
        content = json.dumps(
            without_samples(document.raw), ensure_ascii=False, separators=(",", ":")
        )
        text = f"the results document of {document.label}, without raw samples"
        made.append(_pack(f"results{number}.json", text, "application/json", content))
    text = "all cases as CSV"
    made.append(_pack("results.csv", text, "text/csv", cases_csv(documents)))
    return made
