"""Gate documents made in memory: valid by the schema's `gate`, one for each thing it can say."""

from __future__ import annotations

import copy
from typing import Any, Callable

from .fixtures import HOSTILE

_LOOK = 12
_UNITS = {"case": "", "environment": "", "time": "ns"} | dict.fromkeys(
    ("l1d_misses", "l3_misses"), "misses"
)
_STATUSES = {"pass": 0, "regression": 1, "undecided": 3, "set_changed": 4, "incomparable": 5}
_STATUSES |= {"harness_failed": 6, "interrupted": 130}
BOXED = "boxing/sum/boxed_shuffled/ws=256KiB"
INLINE = "boxing/sum/inline/ws=256KiB"
LOOKUP = "flat_index/lookup/std_map/dependent,hit/ws=64MiB"


def pairs(base: float, ratio: float, spread: float, count: int) -> list[dict[str, Any]]:
    """A drift that both sides share, and noise that they do not."""
    made = []
    for i in range(count):
        drift = base * (1 + 0.02 * (i % 5))
        wobble = 1 + spread * ((i * 7919) % 13 - 6) / 6
        made.append(
            {
                "base_ns_per_op": drift,
                "head_ns_per_op": drift * ratio * wobble,
                "head_first": (i * 31 // 7) % 2 == 1,
                "confirming": i >= _LOOK and count == 2 * _LOOK,
            }
        )
    return made


def row(case: str, metric: str, source: str | None, **more: Any) -> dict[str, Any]:
    """A row without a figure, by default one that is the same."""
    benchmark = "/".join(case.split("/")[:2])
    made: dict[str, Any] = {
        "id": f"{case}:{metric}:{source or 'none'}",
        "case": case,
        "benchmark": benchmark,
        "metric": metric,
        "unit": _UNITS.get(metric, metric),
        "source": source,
        "verdict": "same",
        "exit_status": 0,
        "base_per_op": None,
        "head_per_op": None,
        "ratio": None,
        "allowance_percent": 0.0,
        "allowance_per_op": 0.0,
        "pairs": [],
        "confirmed": False,
        "pair_deviation_percent": None,
        "smallest_change_percent": None,
        "set_up_s": None,
        "duration_s": None,
        "evidence": None,
        "counts_agree": False,
        "reason": None,
        "accepted": None,
        "source_file": f"benchmarks/{benchmark}.c",
        "source_line": 184,
        "reproduce": f"scripts/gate HEAD~1 --filter '{case}'",
    }
    return made | more


def count_row(
    case: str, metric: str, base: float | None, head: float | None, **more: Any
) -> dict[str, Any]:
    ratio = head / base if base and head is not None else None
    figures = {
        "base_per_op": base,
        "head_per_op": head,
        "ratio": None if ratio is None else {"median": ratio, "low": None, "high": None},
        "allowance_percent": 0.1 if metric == "instructions" else 0.5,
        "allowance_per_op": 0.0 if metric == "instructions" else 0.001,
        "smallest_change_percent": 0.1 if metric == "instructions" else 0.5,
    }
    source = more.pop("source", "simulated")
    return row(case, metric, source, **(figures | more))


def time_row(
    case: str, base: float, ratio: float, spread: float = 0.004, **more: Any
) -> dict[str, Any]:
    confirmed = more.get("verdict") == "worse"
    figures = {
        "base_per_op": base,
        "head_per_op": base * ratio,
        "ratio": {"median": ratio, "low": ratio * (1 - spread), "high": ratio * (1 + spread)},
        "allowance_percent": 2.0,
        "pairs": pairs(base, ratio, spread, 2 * _LOOK if confirmed else _LOOK),
        "confirmed": confirmed,
        "pair_deviation_percent": spread * 60,
        "smallest_change_percent": 2.0 + spread * 200,
        "set_up_s": 0.2,
        "duration_s": 0.7,
    }
    return row(case, "time", "pairs", **(figures | more))


def _side(revision: str, commit: str) -> dict[str, Any]:
    return {
        "revision": revision,
        "commit": commit,
        "program": f"build/gate/{commit}/layoutbench",
        "results": None,
        "environment_fingerprint": "00112233445566778899aabbccddeeff",
        "machine_fingerprint": "ffeeddccbbaa99887766554433221100",
    }


def document(verdict: str = "pass", **more: Any) -> dict[str, Any]:
    made = {
        "document": "layoutbench-gate",
        "schema_version": 1,
        "tool": {
            "name": "layoutbench-gate",
            "version": "0.1.0",
            "commit": "0123456789ab",
            "compiler": "gcc (Debian 12.2.0-14) 12.2.0",
            "flags": "-O2 -g",
        },
        "run": {
            "command": ["build/release/layoutbench-gate", "--base-binary", "old"],
            "started": "2026-05-01T10:00:00Z",
            "duration_s": 83.5,
            "counts_duration_s": 41.25,
            "time_duration_s": 40.0,
            "strict": False,
        },
        "verdict": verdict,
        "exit_status": _STATUSES[verdict],
        "headline": f"{verdict}: made up",
        "base": _side("HEAD~1", "aaaaaaaaaaaa"),
        "head": _side("HEAD", "bbbbbbbbbbbb"),
        "policy": {"file": "ci/policy.json", "accepted_file": None},
        "rows": [],
        "notices": [],
    }
    return copy.deepcopy(made | more)


def _still() -> list[dict[str, Any]]:
    return [
        time_row(INLINE, 0.27, 1.001),
        count_row(INLINE, "instructions", 1.25, 1.25),
        count_row(INLINE, "l1d_misses", 0.125, 0.125),
        count_row(INLINE, "l3_misses", 0.0, 0.0),
    ]


def passed() -> dict[str, Any]:
    new = row("boxing/sum/tagged/ws=256KiB", "case", None, verdict="new")
    return document(rows=[*_still(), new])


def _worse(evidence: str) -> dict[str, Any]:
    return {"verdict": "worse", "evidence": evidence, "exit_status": 1}


def regression() -> dict[str, Any]:
    """A row of each verdict but one, each evidence, each source, and each notice."""
    pool, tagged = "boxing/assign/pool/ws=256KiB", "boxing/sum/tagged/ws=256KiB"
    parse, gone = "slices/parse/views/ws=16MiB", "slices/parse/copies/ws=16MiB"
    why = "the check of the type is wanted"
    rows = _still() + [
        time_row(BOXED, 1.31, 1.083, **_worse("agree")),
        count_row(BOXED, "instructions", 4.0, 4.5, **_worse("agree")),
        count_row(BOXED, "l1d_misses", 0.625, 0.5, verdict="better", evidence="contradict"),
        count_row(BOXED, "l3_misses", 0.0, 0.25, **_worse("counts_alone")),
        time_row(LOOKUP, 512.0, 1.011, 0.05, verdict="undecided", counts_agree=True),
        count_row(LOOKUP, "l1d_misses", 8.0, 9.0, source="hardware", **_worse("counts_untimed")),
        time_row(tagged, 0.5, 1.05, **_worse("time_alone")),
        time_row(
            pool, 9.0, 1.04, **(_worse("time_uncounted") | {"exit_status": 0, "accepted": why})
        ),
        row(
            LOOKUP,
            "l3_misses",
            "simulated",
            verdict="failed",
            exit_status=4,
            reason="died of SIGSEGV",
        ),
        row(parse, "case", None, verdict="changed", exit_status=4, reason="revision 1, now 2"),
        row(
            gone,
            "case",
            None,
            verdict="vanished",
            exit_status=4,
            source_file=None,
            source_line=None,
        ),
        row(parse, "time", "stored", verdict="not_gated", reason="stored times are advice"),
        row("boxing/sum/nan_boxed/ws=256KiB", "case", None, verdict="new"),
    ]
    kinds = ("code", "unused", "expired", "advice")
    notices = [{"kind": k, "subject": "boxing/*", "text": f"made up: {k}"} for k in kinds]
    policy = {"file": "ci/policy.json", "accepted_file": "ci/accepted.json"}
    return document("regression", rows=rows, notices=notices, policy=policy)


def set_changed() -> dict[str, Any]:
    gone = row("boxing/sum/boxed_fresh/ws=256KiB", "case", None, verdict="vanished", exit_status=4)
    return document("set_changed", rows=[*_still(), gone])


def nothing_judged() -> dict[str, Any]:
    """The gate's word for it is set_changed, though no row is to blame."""
    new = row("boxing/sum/tagged/ws=256KiB", "case", None, verdict="new")
    return document("set_changed", rows=[new], headline="NOTHING JUDGED: made up")


def incomparable() -> dict[str, Any]:
    notice = {"kind": "differs", "subject": "compiler", "text": "gcc 12.2.0 / clang 14.0.6"}
    differs = {"verdict": "not_comparable", "exit_status": 5}
    rows = [
        row("compiler", "environment", None, reason="gcc 12.2.0, clang 14.0.6", **differs),
        row(INLINE, "instructions", "simulated", **differs),
    ]
    made = document("incomparable", rows=rows, notices=[notice])
    made["base"].update(revision=None, commit=None, program=None, results="ci/baseline.json")
    made["base"]["environment_fingerprint"] = None
    return made


def undecided() -> dict[str, Any]:
    """With --strict, which fails an undecided row whatever its counts say."""
    unsure = {"verdict": "undecided", "exit_status": 3}
    rows = [
        time_row(BOXED, 1.31, 1.012, 0.06, **unsure),
        time_row(LOOKUP, 512.0, 1.011, 0.05, counts_agree=True, **unsure),
    ]
    made = document("undecided", rows=[*_still(), *rows])
    made["run"]["strict"] = True
    return made


def harness_failed() -> dict[str, Any]:
    return document("harness_failed", policy={"file": None, "accepted_file": None})


def interrupted() -> dict[str, Any]:
    return document("interrupted", rows=_still()[:1])


def hostile_names() -> dict[str, Any]:
    """Names that are HTML, script, quotes, right-to-left: all of it is text."""
    case = f"{HOSTILE}/</td>/{{{{ x }}}}/ws=1"
    worse = _worse("time_alone") | {"reproduce": HOSTILE, "source_file": HOSTILE}
    rows = [
        time_row(case, 1.0, 1.1, **worse),
        row(case, "instructions", "simulated", verdict="failed", exit_status=4, reason=HOSTILE),
        row("<img src=x onerror=alert(1)>", "case", None, verdict="vanished", exit_status=4),
        row("<b>x</b>", "case", None, verdict="changed", accepted=HOSTILE),
    ]
    notices = [{"kind": "differs", "subject": HOSTILE, "text": HOSTILE}]
    return document("regression", headline=HOSTILE, rows=rows, notices=notices)


GATES: dict[str, Callable[[], dict[str, Any]]] = {
    "passed": passed,
    "regression": regression,
    "undecided": undecided,
    "set_changed": set_changed,
    "nothing_judged": nothing_judged,
    "incomparable": incomparable,
    "harness_failed": harness_failed,
    "interrupted": interrupted,
    "hostile_names": hostile_names,
}
