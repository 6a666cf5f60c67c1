"""The gate's verdict on the page: what layoutbench-gate wrote, judged by it and only shown here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from markupsafe import Markup

from . import numbers, schema, strictjson
from .document import Document, Json
from .errors import InputError
from .figures import pairs
from .tables import anchor

# Word and mark: never colour alone. The class is one of those that the page has for verdicts.
VERDICTS = {
    "pass": ("pass", "\u2713", "pass"),
    "regression": ("regression", "\u2717", "fail"),
    "undecided": ("undecided", "?", "warn"),
    "set_changed": ("the set changed, or a row failed", "\u2717", "fail"),
    "incomparable": ("incomparable", "?", "warn"),
    "harness_failed": ("the harness failed", "\u2717", "fail"),
    "interrupted": ("interrupted", "!", "warn"),
}
_EXIT_STATUSES = dict(zip(VERDICTS, (0, 1, 3, 4, 5, 6, 130)))
_NOTHING_JUDGED = ("nothing was judged", "\u2717", "fail")  # set_changed, too, by the gate's word
_MARKS = {
    "same": "=",
    "better": "\u2193",
    "worse": "\u2191",
    "new": "+",
    "vanished": "\u2212",
    "changed": "\u2260",
    "not_gated": "\u2013",
}
_WORDS = {
    "not_comparable": "not comparable",
    "not_gated": "not judged",
}
_TIME_WORDS = {"worse": "slower", "better": "faster"}
_COUNT_WORDS = {"worse": "more", "better": "fewer"}
_EVIDENCE = {
    None: "",
    "agree": "time and counts agree",
    "time_alone": "time alone: the counts are the same",
    "counts_alone": "counts alone: the time is the same",
    "time_uncounted": "time; its counts are not known",
    "counts_untimed": "counts; it was not timed, or undecided",
    "contradict": "time and counts moved in opposite directions",
}
_NOTICES = {
    "differs": "differs",
    "code": "other code",
    "unused": "unused acknowledgement",
    "expired": "expired acknowledgement",
    "advice": "advice",
}
_QUIET = {"same", "new", "not_gated"}  # verdicts of rows that did not move
_COMPARED = {"same", "better", "worse", "undecided"}


@dataclass(frozen=True)
class Row:
    """One row of the gate's table. Figures are text; `why` says why there is none."""

    id: str
    case: str
    link: str  # anchor of the case on this page, or empty
    metric: str
    badge: str
    verdict: str
    word: str
    mark: str
    kind: str  # pass, fail, warn
    base: str
    head: str
    unit: str
    ratio: str
    span: str
    pairs: int
    smallest: str
    evidence: str
    why: str
    figure: Markup | None

    @property
    def moved(self) -> bool:
        return self.verdict not in _QUIET


@dataclass(frozen=True)
class Gate:
    """The section: the verdict, the rows that moved, all rows, and what else is to be said."""

    word: str
    mark: str
    kind: str
    headline: str
    facts: Sequence[tuple[str, str]]
    moved: Sequence[Row]
    rows: Sequence[Row]
    compared: bool  # some row says same, better, worse or undecided
    again: Sequence[str]  # lines for a shell
    notices: Sequence[tuple[str, str, str]]


def _check_consistent(raw: Json, file: str) -> None:
    """What the schema cannot say."""
    if _EXIT_STATUSES[raw["verdict"]] != raw["exit_status"]:
        reason = f"{raw['exit_status']} is not the status of {raw['verdict']}"
        raise InputError(file, "$.exit_status", reason)
    seen: set[str] = set()
    for i, row in enumerate(raw["rows"]):
        if row["id"] in seen:
            raise InputError(file, f"$.rows[{i}].id", f"{row['id']} stands here twice")
        seen.add(row["id"])


def parse(data: bytes, file: str) -> Json:
    """The gate document that `data` holds; raises InputError with file, JSON path and reason."""
    raw: Json = strictjson.read(data, file)
    schema.validate_gate(raw, file)
    _check_consistent(raw, file)
    return raw


def load(file: str) -> Json:
    """Reads one file; raises InputError."""
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise InputError(file, "", error.strerror or str(error)) from error
    return parse(data, file)


def _word(raw: Json) -> str:
    words = _TIME_WORDS if raw["metric"] == "time" else _COUNT_WORDS
    word = (_WORDS | words).get(raw["verdict"], raw["verdict"])
    return f"{word}, accepted" if raw["accepted"] is not None else word


def _kind(raw: Json) -> str:
    if raw["accepted"] is not None:
        return "accepted"
    if raw["verdict"] == "undecided":
        return "warn"
    return "fail" if raw["exit_status"] else "pass"


def _number(raw: Json, value: float) -> str:
    """Time is noise after the fourth digit; a count is exact, and gated by tenths of percents."""
    if raw["metric"] == "time":
        return numbers.significant(value, 4)
    text = numbers.significant(value, 6)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _has_figure(raw: Json) -> bool:
    """Rows about a case as a whole, or about the environment, have none to know."""
    return raw["unit"] != ""


def _figure(raw: Json, value: float | None) -> str:
    if not _has_figure(raw):
        return ""
    return numbers.DASH if value is None else _number(raw, value)


def _ratio(raw: Json) -> tuple[str, str]:
    """The ratio and its interval, which exact rows have not."""
    ratio = raw["ratio"]
    if ratio is None:
        return (numbers.DASH if _has_figure(raw) else ""), ""
    if ratio["low"] is None or ratio["high"] is None:
        return _number(raw, ratio["median"]), ""
    low, high = (_number(raw, ratio[key]) for key in ("low", "high"))
    return _number(raw, ratio["median"]), f"{low}\u2013{high}"


def _why(raw: Json) -> str:
    parts = [raw["reason"], raw["accepted"] and f"accepted: {raw['accepted']}"]
    if raw["ratio"] is None and raw["base_per_op"] == 0 and raw["head_per_op"]:
        parts.append("the base is 0, so there is no ratio")
    if raw["verdict"] == "undecided" and raw["counts_agree"]:
        passes = ", so it passes" if raw["exit_status"] == 0 else ""
        parts.append(f"its counts are the same{passes}")
    return "; ".join(part for part in parts if part)


def _row(raw: Json, documents: Sequence[Document]) -> Row:
    ratio, span = _ratio(raw)
    smallest = raw["smallest_change_percent"]
    return Row(
        id=raw["id"],
        case=raw["case"],
        link=anchor(raw["case"]) if any(raw["case"] in d.by_id for d in documents) else "",
        metric="" if raw["metric"] == "case" else raw["metric"].replace("_", " "),
        badge=raw["source"] or "",
        verdict=raw["verdict"],
        word=_word(raw),
        mark=_MARKS.get(raw["verdict"], "?"),
        kind=_kind(raw),
        base=_figure(raw, raw["base_per_op"]),
        head=_figure(raw, raw["head_per_op"]),
        unit=raw["unit"],
        ratio=ratio,
        span=span,
        pairs=len(raw["pairs"]),
        smallest="" if smallest is None else f"{numbers.significant(smallest, 2)} %",
        evidence=_EVIDENCE[raw["evidence"]],
        why=_why(raw),
        figure=pairs.draw(raw) if raw["verdict"] not in _QUIET and raw["pairs"] else None,
    )


def _side(raw: Json) -> str:
    name = raw["revision"] or raw["program"] or raw["results"] or "not named"
    return f"{name} ({raw['commit']})" if raw["commit"] not in (None, name) else name


def _facts(raw: Json) -> list[tuple[str, str]]:
    run = raw["run"]
    took = numbers.duration(run["duration_s"])
    counts, time = run["counts_duration_s"], run["time_duration_s"]
    return [
        ("Base", _side(raw["base"])),
        ("Head", _side(raw["head"])),
        ("Started", run["started"]),
        ("Took", f"{took}: counts {numbers.duration(counts)}, time {numbers.duration(time)}"),
        ("Policy", raw["policy"]["file"] or "built in"),
        ("Acknowledgements", raw["policy"]["accepted_file"] or "none"),
        ("Undecided rows", "fail (strict)" if run["strict"] else "pass if their counts agree"),
    ]


def _again(raw: Json) -> list[str]:
    """The lines that do the rows that moved again; rows of one case share theirs."""
    lines = [r["reproduce"] for r in raw["rows"] if r["verdict"] not in _QUIET]
    return [line for line in dict.fromkeys(lines) if line]


def _verdict(raw: Json) -> tuple[str, str, str]:
    """Its word, mark and class; where no row is to blame for a changed set, nothing was judged."""
    status = _EXIT_STATUSES["set_changed"]
    if raw["exit_status"] == status and all(r["exit_status"] != status for r in raw["rows"]):
        return _NOTHING_JUDGED
    return VERDICTS[raw["verdict"]]


def section(raw: Json, documents: Sequence[Document]) -> Gate:
    """What the page says of a gate document."""
    word, mark, kind = _verdict(raw)
    rows = [_row(row, documents) for row in raw["rows"]]
    return Gate(
        word=word,
        mark=mark,
        kind=kind,
        headline=raw["headline"],
        facts=_facts(raw),
        moved=[row for row in rows if row.moved],
        rows=rows,
        compared=any(row.verdict in _COMPARED for row in rows),
        again=_again(raw),
        notices=[(_NOTICES[n["kind"]], n["subject"], n["text"]) for n in raw["notices"]],
    )
