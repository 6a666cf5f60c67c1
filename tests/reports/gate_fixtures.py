"""Gate documents made in memory: valid by the schema's `gate`, one for each thing it can say."""

from __future__ import annotations

import copy
from typing import Any, Callable

from .fixtures import HOSTILE

_PAIRS = 12
_FIRST = ("base", "head")


def pairs(base: float, ratio: float, spread: float = 0.004, confirmed: bool = False) -> list[Any]:
    """Two dozen visits; a drift that both sides share, and noise that they do not."""
    made = []
    for i in range(_PAIRS * (2 if confirmed else 1)):
        drift = base * (1 + 0.02 * (i % 5))
        wobble = 1 + spread * ((i * 7919) % 13 - 6) / 6
        made.append(
            {
                "base_per_op": drift,
                "head_per_op": drift * ratio * wobble,
                "first": _FIRST[(i * 31 // 7) % 2],
                "confirmation": i >= _PAIRS,
            }
        )
    return made


def _row(case: str, metric: str, tier: str, base: float | None, head: float | None) -> Any:
    known = base is not None and head is not None and base > 0
    ratio = head / base if base and head is not None else None
    return {
        "id": f"{case}:{metric}",
        "case": case,
        "benchmark": "/".join(case.split("/")[:2]),
        "tier": tier,
        "metric": metric,
        "counted_by": "simulated" if tier == "exact" else None,
        "base_per_op": base,
        "head_per_op": head,
        "ratio": {"median": ratio, "low": ratio, "high": ratio} if known else None,
        "allowance_percent": 0.5,
        "allowance_per_op": 0.001,
        "smallest_change_percent": 0.5,
        "pairs": [],
        "verdict": "same",
        "evidence": None,
        "reason": None,
        "acknowledgement": None,
        "reproduce": f"scripts/gate HEAD~1 --filter '{case}'",
        "source": {"file": f"benchmarks/{'/'.join(case.split('/')[:2])}.c", "line": 184},
        "duration_s": None,
        "set_up_s": None,
    }


def count_row(case: str, metric: str, base: float | None, head: float | None, **more: Any) -> Any:
    return _row(case, metric, "exact", base, head) | more


def time_row(case: str, base: float, ratio: float, spread: float = 0.004, **more: Any) -> Any:
    made = _row(case, "cpu_ns", "time", base, base * ratio)
    made["ratio"].update(low=ratio * (1 - spread), high=ratio * (1 + spread))
    made.update(
        allowance_percent=2.0,
        allowance_per_op=None,
        smallest_change_percent=2.0 + spread * 200,
        pairs=pairs(base, ratio, spread, confirmed=ratio > 1.02),
        duration_s=0.7,
        set_up_s=0.2,
    )
    return made | more


def _side(revision: str, commit: str) -> Any:
    return {
        "revision": revision,
        "commit": commit,
        "file": f"build/gate/{commit}/layoutbench",
        "kind": "program",
        "version": "0.1.0",
        "compiler": "gcc (Debian 12.2.0-14) 12.2.0",
        "flags": "-O2 -g",
        "environment_fingerprint": "00112233445566778899aabbccddeeff",
        "machine_fingerprint": "ffeeddccbbaa99887766554433221100",
    }


def document(verdict: str = "pass", exit_status: int = 0, **more: Any) -> dict[str, Any]:
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
            "command": ["build/release/layoutbench-gate", "--base-binary", "old", "--head", "new"],
            "filters": [],
            "seed": 42,
            "started": "2026-05-01T10:00:00Z",
            "duration_s": 83.5,
            "cpu": 1,
            "strict": False,
            "complete": True,
        },
        "verdict": verdict,
        "exit_status": exit_status,
        "reason": None,
        "base": _side("HEAD~1", "aaaaaaaaaaaa"),
        "head": _side("HEAD", "bbbbbbbbbbbb"),
        "policy": {
            "file": "ci/policy.json",
            "time_allowance_percent": 2.0,
            "confidence": 0.99,
            "looks": [8, 12, 16, 20, 28, 40],
            "instructions_tolerance_percent": 0.1,
            "misses_tolerance_percent": 0.5,
            "misses_tolerance_per_op": 0.001,
        },
        "rows": [],
        "definitions_changed": [],
        "cases_vanished": [],
        "cases_new": [],
        "acknowledgements": {"file": "ci/accepted.json", "used": [], "unused": [], "expired": []},
    }
    return copy.deepcopy(made | more)


BOXED = "boxing/sum/boxed_shuffled/ws=256KiB"
INLINE = "boxing/sum/inline/ws=256KiB"


def _still() -> list[Any]:
    return [
        time_row(INLINE, 0.27, 1.001),
        count_row(INLINE, "instructions", 1.25, 1.25),
        count_row(INLINE, "l1d_misses", 0.125, 0.125),
        count_row(INLINE, "l3_misses", 0.0, 0.0),
    ]


def passed() -> dict[str, Any]:
    return document(rows=_still(), cases_new=["boxing/sum/tagged/ws=256KiB"])


def acknowledgement(**more: Any) -> dict[str, Any]:
    made = {
        "case": "boxing/*",
        "metric": "instructions",
        "limit_percent": 5.0,
        "reason": "the check of the type is wanted",
        "expires": "2026-12-31",
    }
    return made | more


def regression() -> dict[str, Any]:
    """A row of each verdict, and each kind of evidence."""
    lookup = "flat_index/lookup/std_map/dependent,hit/ws=64MiB"
    rows = _still() + [
        time_row(BOXED, 1.31, 1.083, verdict="worse", evidence="time_and_counts"),
        count_row(BOXED, "instructions", 4.0, 4.5, verdict="worse", evidence="time_and_counts"),
        count_row(BOXED, "l1d_misses", 0.625, 0.5, verdict="better", evidence="counts_alone"),
        count_row(BOXED, "l3_misses", 0.0, 0.25, verdict="worse", evidence="counts_alone"),
        time_row(lookup, 512.0, 1.011, 0.05, verdict="undecided", reason="40 pairs were too few"),
        count_row(
            "boxing/assign/pool/ws=256KiB",
            "instructions",
            10.0,
            10.4,
            verdict="accepted",
            acknowledgement="boxing/*",
            evidence="counts_alone",
        ),
        count_row(
            lookup,
            "instructions",
            212.5,
            None,
            verdict="failed",
            counted_by=None,
            smallest_change_percent=None,
            reason="the child died of signal 11 (SIGSEGV)",
        ),
    ]
    return document(
        "regression",
        1,
        rows=rows,
        definitions_changed=[
            {"case": "slices/parse/views/ws=16MiB", "fields": ["revision"], "acknowledged": True}
        ],
        acknowledgements={
            "file": "ci/accepted.json",
            "used": [acknowledgement()],
            "unused": [acknowledgement(case="padding/*", expires=None)],
            "expired": [acknowledgement(case="slices/*", expires="2026-01-31")],
        },
    )


def set_changed() -> dict[str, Any]:
    return document(
        "set_changed",
        4,
        reason="2 cases vanished",
        rows=_still(),
        cases_vanished=[
            {"case": "boxing/sum/boxed_fresh/ws=256KiB", "acknowledged": False},
            {"case": "boxing/sum/boxed_aged/ws=256KiB", "acknowledged": False},
        ],
    )


def incomparable() -> dict[str, Any]:
    made = document("incomparable", 5, reason="compiler: gcc 12.2.0 / clang 14.0.6")
    made["base"].update(
        revision=None,
        commit=None,
        file="ci/baseline.json",
        kind="document",
        environment_fingerprint=None,
    )
    return made


def undecided() -> dict[str, Any]:
    rows = _still() + [time_row(BOXED, 1.31, 1.012, 0.06, verdict="undecided")]
    made = document("undecided", 3, reason="1 row undecided and --strict", rows=rows)
    made["run"]["strict"] = True
    return made


def failed() -> dict[str, Any]:
    made = document("failed", 6, reason="interrupted by signal 2", rows=_still()[:1])
    made["run"]["complete"] = False
    return made


def hostile_names() -> dict[str, Any]:
    """Names that are HTML, script, quotes, right-to-left: all of it is text."""
    case = f"{HOSTILE}/</td>/{{{{ x }}}}/ws=1"
    rows = [
        time_row(case, 1.0, 1.1, verdict="worse", evidence="time_alone", reproduce=HOSTILE),
        count_row(case, "instructions", 1.0, None, verdict="failed", reason=HOSTILE),
    ]
    rows[0]["source"]["file"] = HOSTILE
    return document(
        "regression",
        1,
        reason=HOSTILE,
        rows=rows,
        cases_new=[HOSTILE],
        cases_vanished=[{"case": "<img src=x onerror=alert(1)>", "acknowledged": False}],
        definitions_changed=[{"case": HOSTILE, "fields": [HOSTILE], "acknowledged": False}],
        acknowledgements={
            "file": HOSTILE,
            "used": [acknowledgement(reason=HOSTILE)],
            "unused": [],
            "expired": [],
        },
    )


GATES: dict[str, Callable[[], dict[str, Any]]] = {
    "passed": passed,
    "regression": regression,
    "undecided": undecided,
    "set_changed": set_changed,
    "incomparable": incomparable,
    "failed": failed,
    "hostile_names": hostile_names,
}
