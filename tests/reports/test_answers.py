"""The sentences come from the numbers."""

from __future__ import annotations

import json
from typing import Any

from reports import answers, document

from . import fixtures


def parsed(made: dict[str, Any]) -> document.Document:
    return document.parse(json.dumps(made).encode(), "a.json")


def with_ratios(ratios: dict[str, float]) -> document.Document:
    """boxing/sum with these ratios of boxed_shuffled by size; the others are out of the way."""
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for case in made["cases"]:
        case["notes"], case["point"]["near_edge"] = [], False
        if case["variant"] == "boxed_fresh":
            case["ratio"].update(median=1.0, low=0.99, high=1.01)
        size = case["point"]["label"].removeprefix("ws=")
        if case["variant"] == "boxed_shuffled":
            value = ratios[size]
            case["ratio"].update(median=value, low=value * 0.99, high=value * 1.01)
    return parsed(made)


RISING = {"16KiB": 1.1, "256KiB": 1.2, "2MiB": 8.0, "16MiB": 9.4, "64MiB": 9.0}


def test_the_worst_is_the_largest_ratio_and_says_since_where() -> None:
    (answer,) = answers.answers([with_ratios(RISING)], "boxing")
    assert answer.worst is not None
    assert (answer.worst.case.variant, answer.worst.ratio) == ("boxed_shuffled", "9.40")
    assert answer.worst.onset == "once the data leave L2"
    assert answer.worst.span == "9.31\u20139.49"
    assert answer.typical == "1.05"  # of five 1.00 and these five, one benchmark


def _set_ratio(case: dict[str, Any], value: float) -> None:
    case["ratio"].update(median=value, low=value * 0.99, high=value * 1.01)


def test_a_reference_that_does_nothing_an_op_does_not_lead() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for case in made["cases"]:
        if case["id"] == "boxing/sum/inline/ws=64MiB":
            case["time"]["cpu_ns_per_op"].update(median=1e-6, low=1e-6, high=1e-6)
        elif case["id"].endswith("ws=64MiB"):
            _set_ratio(case, 900.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.worst is not None and float(answer.worst.ratio) < 900
    assert answer.set_aside == 2


def test_a_ratio_of_different_work_does_not_lead() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    by_id = {case["id"]: case for case in made["cases"]}
    _set_ratio(by_id["boxing/sum/boxed_fresh/ws=64MiB"], 3e8)
    _set_ratio(by_id["boxing/sum/boxed_fresh/ws=16MiB"], 1e-6)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.worst is not None and float(answer.worst.ratio) < 1000
    assert answer.set_aside == 2
    assert answer.fastest is None or float(answer.fastest.ratio) > 0.001


def test_noise_does_not_lead() -> None:
    """A wide interval counts by its lower end."""
    made = fixtures.document(specs=fixtures.SPECS[:1])
    by_id = {case["id"]: case for case in made["cases"]}
    by_id["boxing/sum/boxed_fresh/ws=64MiB"]["ratio"].update(median=500.0, low=1.01, high=900.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.worst is not None and answer.worst.case.variant == "boxed_shuffled"


def test_what_is_typical_is_the_median_over_benchmarks() -> None:
    """However many cases each has: boxing/sum has twice as many as boxing/assign."""
    made = fixtures.document(specs=fixtures.SPECS[:2])
    for case in made["cases"]:
        if case["ratio"]:
            _set_ratio(case, 2.0 if case["benchmark"] == "boxing/sum" else 4.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert (answer.typical, answer.compared) == ("3.00", 2)
    assert [(g.benchmark.name, g.typical) for g in answer.glances] == [("sum", 2), ("assign", 4)]


def test_a_document_of_counts_has_no_answer_and_says_why() -> None:
    (answer, *_) = answers.answers([parsed(fixtures.counts_only())], "boxing")
    assert answer.worst is None and answer.typical == ""
    assert answer.not_measured == [("not timed: only counts were asked for", 15)]


def test_a_flat_curve_has_no_onset() -> None:
    (answer,) = answers.answers([with_ratios(dict.fromkeys(RISING, 3.0))], "boxing")
    assert answer.worst is not None and answer.worst.onset == ""


def test_a_peak_in_the_middle_has_no_onset() -> None:
    ratios = RISING | {"16MiB": 1.1, "64MiB": 1.1}
    (answer,) = answers.answers([with_ratios(ratios)], "boxing")
    assert answer.worst is not None and answer.worst.onset == ""


def test_an_unsteady_case_is_not_the_headline() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.worst is not None and answer.worst.case.label != "ws=2MiB"


def test_what_could_not_be_measured_is_said_with_its_reason() -> None:
    (answer, *_) = answers.answers([parsed(fixtures.every_status())], "boxing")
    assert ("skipped: needs 4 GiB; 2 GiB are free", 1) in answer.not_measured


def test_a_faster_layout_is_named_only_when_its_interval_leaves_out_1() -> None:
    slow = with_ratios(RISING | {"16KiB": 0.995})
    fast = with_ratios(RISING | {"16KiB": 0.5})
    assert answers.answers([slow], "boxing")[0].fastest is None
    found = answers.answers([fast], "boxing")[0].fastest
    assert found is not None and found.ratio == "0.500"
