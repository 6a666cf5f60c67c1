"""A results document as the report sees it: read, refused or indexed; numbers stay as they came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Mapping
from urllib.parse import quote

from . import schema, strictjson
from .errors import InputError

Json = Mapping[str, Any]

MEDIANS_APART = "medians_apart"  # the note; as in harness/run/result.c, for documents without it
_APART, _SLACK = 1.5, 0.01

# Not among them: a core whose speed moved meets both sides of a ratio, and what is within one
# process is an interval's basis.
_SHAKY = {"unsteady", "few_samples", "unstable", "stolen", MEDIANS_APART, "interrupted"}


def anchor(text: str) -> str:
    """A case's or benchmark's id as the fragment of a URL: the same text, escaped."""
    return quote(text, safe="/=,-_.~")


@dataclass(frozen=True)
class Interval:
    """A median and its interval; low and high are None where there were too few values."""

    median: float
    low: float | None
    high: float | None

    @property
    def excludes_one(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Reading:
    """One counter of one case: a value, or None and the reason."""

    value: float | None
    status: str
    source: str | None
    event: str | None
    reason: str


@dataclass(frozen=True)
class Case:
    """One row. `raw` is the document's own object, for what has no field here."""

    id: str
    benchmark: str
    variant: str
    mode: str
    label: str
    working_set_bytes: int
    parameter: int | None
    level: str | None
    status: str
    reason: str
    notes: tuple[str, ...]
    cpu: Interval | None
    wall: Interval | None
    ratio: Interval | None
    ratio_basis: str
    counters: Mapping[str, Reading]
    simulated: Mapping[str, Reading]
    quotient: float | None  # of its median and the reference's; None: there is no ratio
    raw: Json

    @property
    def point(self) -> tuple[int, int]:
        """Where the case stands on its benchmark's axis; the same on every machine."""
        return (self.working_set_bytes, self.parameter or 0)

    @property
    def anchor(self) -> str:
        return anchor(self.id)

    @property
    def ran(self) -> bool:
        """True where something of it is known: it was timed, or at least counted."""
        return self.status in ("ok", "not_timed")

    @property
    def steady(self) -> bool:
        """False where the run itself says that the ratio is not to be leaned on."""
        return not _SHAKY & set(self.notes) and not self.raw["point"]["near_edge"]


@dataclass(frozen=True)
class Headline:
    """The comparison that a benchmark's author names: of this variant, in this mode."""

    variant: str
    mode: str
    leads_family: bool


@dataclass(frozen=True)
class Benchmark:
    id: str
    family: str
    name: str
    question: str
    learns: str
    op: str
    reference: str
    modes: tuple[str, ...]
    parameter: str | None
    blocks: bool
    not_simulable: str | None
    variants: Mapping[str, str]
    headline: Headline | None
    other_work: Mapping[str, str]  # variant -> "who: what", where its ratio is of other work
    metrics: Mapping[str, str]  # what its cases report beyond time: name -> what is counted
    source: str
    revision: int

    @property
    def anchor(self) -> str:
        return anchor(self.id)


@dataclass(frozen=True)
class Document:
    """One run on one machine. `label` tells it from the others on the page."""

    file: str
    label: str
    raw: Json
    benchmarks: tuple[Benchmark, ...]
    cases: tuple[Case, ...]
    by_id: Mapping[str, Case]

    @property
    def machine(self) -> Json:
        machine: Json = self.raw["machine"]
        return machine

    @property
    def run(self) -> Json:
        run: Json = self.raw["run"]
        return run


def _interval(raw: Json | None) -> Interval | None:
    return Interval(raw["median"], raw["low"], raw["high"]) if raw else None


def _readings(raw: Json) -> dict[str, Reading]:
    return {
        name: Reading(r["value_per_op"], r["status"], r["source"], r["event"], r.get("reason", ""))
        for name, r in raw.items()
    }


def _case(raw: Json) -> Case:
    time, ratio, point = raw["time"], raw["ratio"], raw["point"]
    return Case(
        id=raw["id"],
        benchmark=raw["benchmark"],
        variant=raw["variant"],
        mode=raw["mode"],
        label=point["label"],
        working_set_bytes=point["working_set_bytes"],
        parameter=point["parameter"],
        level=point["level"],
        status=raw["status"],
        reason=raw["reason"] or "",
        notes=tuple(raw["notes"]),
        cpu=_interval(time["cpu_ns_per_op"]) if time else None,
        wall=_interval(time["wall_ns_per_op"]) if time else None,
        ratio=_interval(ratio),
        ratio_basis=ratio["basis"] if ratio else "",
        counters=_readings(raw["counters"]),
        simulated=_readings(raw["simulated"]),
        quotient=None,
        raw=raw,
    )


def _quotient(case: Case, by_id: Mapping[str, Case]) -> float | None:
    """What the two medians shown make of the ratio; None where one is not known, or is 0."""
    reference = by_id.get(case.raw["ratio"]["to"]) if case.ratio else None
    if reference is None:
        return None
    sides = [c.wall if case.ratio_basis == "wall" else c.cpu for c in (case, reference)]
    own, other = sides
    return own.median / other.median if own and other and other.median > 0 else None


def _apart(ratio: Interval, quotient: float) -> bool:
    if ratio.low is not None and ratio.high is not None:
        if not ratio.low * (1 - _SLACK) <= quotient <= ratio.high * (1 + _SLACK):
            return True
    return not ratio.median / _APART <= quotient <= ratio.median * _APART


def _with_quotient(case: Case, by_id: Mapping[str, Case]) -> Case:
    quotient = _quotient(case, by_id)
    if case.ratio is None or quotient is None:
        return case
    notes = case.notes
    if MEDIANS_APART not in notes and _apart(case.ratio, quotient):
        notes += (MEDIANS_APART,)
    return replace(case, quotient=quotient, notes=notes)


_BETTER = {"lower": " (lower is better)", "higher": " (higher is better)", "none": ""}


def _metric_text(raw: Json) -> str:
    return raw["summary"] + _BETTER[raw["better"]]


def _headline(raw: Json | None) -> Headline | None:
    return Headline(raw["variant"], raw["mode"], raw["leads_family"]) if raw else None


def _other_work(raw: Json) -> dict[str, str]:
    """By variant. Where it is the reference that does other work, it says so for all of them."""
    said = {
        v["name"]: f"{v['name']}: {v['other_work']}" for v in raw["variants"] if "other_work" in v
    }
    reference = raw["reference"]
    if (why := said.pop(reference, None)) is None:
        return said
    return {v["name"]: why for v in raw["variants"] if v["name"] != reference}


def _benchmark(raw: Json) -> Benchmark:
    return Benchmark(
        id=f"{raw['family']}/{raw['name']}",
        family=raw["family"],
        name=raw["name"],
        question=raw["question"],
        learns=raw["learns"],
        op=raw["op"],
        reference=raw["reference"],
        modes=tuple(raw["modes"]),
        parameter=raw["parameter"],
        blocks=raw["blocks"],
        not_simulable=raw["not_simulable"],
        variants={v["name"]: v["summary"] for v in raw["variants"]},
        headline=_headline(raw.get("headline")),
        other_work=_other_work(raw),
        metrics={m["name"]: _metric_text(m) for m in raw["metrics"]},
        source=f"{raw['source_file']}:{raw['source_line']}",
        revision=raw["revision"],
    )


def _check_benchmarks(raw: Json, file: str) -> dict[str, set[str]]:
    """The variants of each benchmark; refuses one that stands twice."""
    variants: dict[str, set[str]] = {}
    for i, benchmark in enumerate(raw["benchmarks"]):
        name = f"{benchmark['family']}/{benchmark['name']}"
        if name in variants:
            raise InputError(file, f"$.benchmarks[{i}]", f"{name} stands here twice")
        variants[name] = {v["name"] for v in benchmark["variants"]}
        named = benchmark.get("headline")
        if named and named["variant"] not in variants[name]:
            reason = f"{name} has no variant {named['variant']}"
            raise InputError(file, f"$.benchmarks[{i}].headline.variant", reason)
    return variants


def _check_samples(samples: Json | None, file: str, path: str) -> None:
    if samples and len({len(column) for column in samples.values()}) > 1:
        raise InputError(file, path + ".samples", "its columns differ in length")


def _check_consistent(raw: Json, file: str) -> None:
    """What the schema cannot say: names must lead somewhere, and each to one place."""
    variants = _check_benchmarks(raw, file)
    ids: set[str] = set()
    for i, case in enumerate(raw["cases"]):
        path = f"$.cases[{i}]"
        if case["id"] in ids:
            raise InputError(file, path + ".id", f"{case['id']} stands here twice")
        ids.add(case["id"])
        if case["benchmark"] not in variants:
            reason = f"no benchmark {case['benchmark']} in $.benchmarks"
            raise InputError(file, path + ".benchmark", reason)
        if case["variant"] not in variants[case["benchmark"]]:
            reason = f"{case['benchmark']} has no variant {case['variant']}"
            raise InputError(file, path + ".variant", reason)
        _check_samples(case["samples"], file, path)


def parse(data: bytes, file: str) -> Document:
    """The document that `data` holds; raises InputError with file, JSON path and reason."""
    raw = strictjson.read(data, file)
    schema.validate(raw, file)
    _check_consistent(raw, file)
    found = {c.id: c for c in map(_case, raw["cases"])}
    cases = tuple(_with_quotient(c, found) for c in found.values())
    return Document(
        file=file,
        label=raw["machine"]["name"],
        raw=raw,
        benchmarks=tuple(_benchmark(b) for b in raw["benchmarks"]),
        cases=cases,
        by_id={c.id: c for c in cases},
    )


def load(file: str) -> Document:
    """Reads one file; raises InputError."""
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise InputError(file, "", error.strerror or str(error)) from error
    return parse(data, file)
