"""The sentences come from the numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reports import answers, document

from . import fixtures


def parsed(made: dict[str, Any]) -> document.Document:
    return document.parse(json.dumps(made).encode(), "a.json")


def _set_ratio(made: dict[str, Any], case: dict[str, Any], value: float) -> None:
    """The ratio, and a time that agrees with it."""
    case["ratio"].update(median=value, low=value * 0.99, high=value * 1.01)
    reference = next(c for c in made["cases"] if c["id"] == case["ratio"]["to"])
    for key in ("cpu_ns_per_op", "wall_ns_per_op"):
        case["time"][key] = {k: v * value for k, v in reference["time"][key].items()}


def with_ratios(ratios: dict[str, float]) -> document.Document:
    """boxing/sum with these ratios of boxed_shuffled by size; the others are out of the way."""
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for case in made["cases"]:
        case["notes"], case["point"]["near_edge"] = [], False
        if case["variant"] == "boxed_fresh":
            _set_ratio(made, case, 1.0)
        size = case["point"]["label"].removeprefix("ws=")
        if case["variant"] == "boxed_shuffled":
            _set_ratio(made, case, ratios[size])
    return parsed(made)


RISING = {"16KiB": 1.1, "256KiB": 1.2, "2MiB": 8.0, "16MiB": 9.4, "64MiB": 9.0}


def test_the_lead_is_the_authors_comparison_and_says_since_where() -> None:
    (answer,) = answers.answers([with_ratios(RISING)], "boxing")
    assert answer.lead is not None
    assert (answer.lead.case.variant, answer.lead.ratio) == ("boxed_shuffled", "9.40")
    assert answer.lead.onset == "once the data leave L2"
    assert answer.lead.span == "9.31\u20139.49"
    assert answer.lead.other_end == ("1.10", "16 KiB")


def test_a_larger_ratio_of_another_layout_does_not_lead() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:2])
    for case in made["cases"]:
        if case["variant"] == "boxed_fresh":
            _set_ratio(made, case, 500.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.lead is not None and answer.lead.case.variant == "boxed_shuffled"


def test_a_document_without_headlines_is_led_by_its_strongest_ratio() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:2])
    for benchmark in made["benchmarks"]:
        benchmark.pop("headline", None)
    by_id = {case["id"]: case for case in made["cases"]}
    _set_ratio(made, by_id["boxing/assign/boxed_fresh/ws=64MiB"], 500.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.lead is not None and answer.lead.ratio == "500"


def _with_other_work(name: str) -> document.Document:
    """boxing/sum where `name` does other work, and boxed_fresh has the largest ratios."""
    made = fixtures.document(specs=(replace(fixtures.SPECS[0], other_work=name),))
    for case in made["cases"]:
        if case["variant"] == "boxed_fresh":
            _set_ratio(made, case, 500.0)
    return parsed(made)


def test_other_work_is_in_no_summary() -> None:
    (answer,) = answers.answers([_with_other_work("boxed_fresh")], "boxing")
    (glance,) = answer.glances
    assert answer.tally.set_aside == 5 and answer.tally.compared == 5
    assert glance.worst is not None and glance.worst.case.variant == "boxed_shuffled"


def test_a_reference_that_does_other_work_leaves_no_answer() -> None:
    (answer,) = answers.answers([_with_other_work("inline")], "boxing")
    assert answer.lead is None and answer.tally.set_aside == 10


def test_slower_faster_and_alike_are_told_apart_by_their_intervals() -> None:
    made = fixtures.document(specs=fixtures.SPECS[1:2])
    compared = [case for case in made["cases"] if case["ratio"]]
    for case, value in zip(compared, (2.0, 3.0, 0.5, 1.001, 0.999)):
        _set_ratio(made, case, value)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.tally == answers.Tally(slower=2, faster=1, alike=2, set_aside=0)


def test_a_reference_that_does_nothing_an_op_does_not_lead() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for case in made["cases"]:
        if case["id"] == "boxing/sum/inline/ws=64MiB":
            case["time"]["cpu_ns_per_op"].update(median=1e-6, low=1e-6, high=1e-6)
        elif case["id"].endswith("ws=64MiB"):
            case["ratio"].update(median=900.0, low=890.0, high=910.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.lead is not None and float(answer.lead.ratio) < 900
    assert answer.tally.set_aside == 2


def test_a_ratio_of_different_work_does_not_lead() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    by_id = {case["id"]: case for case in made["cases"]}
    _set_ratio(made, by_id["boxing/sum/boxed_fresh/ws=64MiB"], 3e8)
    _set_ratio(made, by_id["boxing/sum/boxed_fresh/ws=16MiB"], 1e-6)
    (answer,) = answers.answers([parsed(made)], "boxing")
    (glance,) = answer.glances
    assert glance.worst is not None and float(glance.worst.ratio) < 1000
    assert answer.tally.set_aside == 2
    assert glance.fastest is None or float(glance.fastest.ratio) > 0.001


def test_noise_does_not_lead() -> None:
    """A wide interval counts by its lower end."""
    made = fixtures.document(specs=fixtures.SPECS[:1])
    by_id = {case["id"]: case for case in made["cases"]}
    by_id["boxing/sum/boxed_fresh/ws=64MiB"]["ratio"].update(median=500.0, low=1.01, high=900.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    worst = answer.glances[0].worst
    assert worst is not None and worst.case.variant == "boxed_shuffled"


def test_the_other_benchmarks_dearest_and_cheapest_comparisons_are_named() -> None:
    specs = tuple(replace(fixtures.SPECS[1], name=name, headline="boxed_fresh") for name in "abcd")
    made = fixtures.document(specs=specs)
    for benchmark in made["benchmarks"][1:]:
        benchmark["headline"]["leads_family"] = False
    ratios = {"a": 1.5, "b": 4.0, "c": 0.25, "d": 2.0}
    for case in made["cases"]:
        if case["ratio"]:
            _set_ratio(made, case, ratios[case["benchmark"][-1]])
    (answer,) = answers.answers([parsed(made)], "boxing")
    found = (answer.lead, answer.dearest, answer.cheapest)
    assert [f.benchmark.name for f in found if f] == ["a", "b", "c"]


def test_a_document_of_counts_has_no_answer_and_says_why() -> None:
    (answer, *_) = answers.answers([parsed(fixtures.counts_only())], "boxing")
    assert answer.lead is None and answer.tally.compared == 0
    assert answer.not_measured == [("not timed: only counts were asked for", 15)]


def test_a_ratio_that_the_medians_contradict_does_not_lead() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for case in made["cases"]:
        case["notes"], case["point"]["near_edge"] = [], False
        if case["ratio"]:
            _set_ratio(made, case, 2.0)
    by_id = {case["id"]: case for case in made["cases"]}
    by_id["boxing/sum/boxed_shuffled/ws=16MiB"]["ratio"].update(median=9.0, low=8.0, high=10.0)
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.lead is not None and answer.lead.ratio == "2.00"


def test_a_flat_curve_has_no_onset() -> None:
    (answer,) = answers.answers([with_ratios(dict.fromkeys(RISING, 3.0))], "boxing")
    assert answer.lead is not None and answer.lead.onset == ""


def test_a_peak_in_the_middle_has_no_onset() -> None:
    ratios = RISING | {"16MiB": 1.1, "64MiB": 1.1}
    (answer,) = answers.answers([with_ratios(ratios)], "boxing")
    assert answer.lead is not None and answer.lead.onset == ""


def test_an_unsteady_case_is_not_the_headline() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.lead is not None and answer.lead.case.label != "ws=2MiB"


def test_what_could_not_be_measured_is_said_with_its_reason() -> None:
    (answer, *_) = answers.answers([parsed(fixtures.every_status())], "boxing")
    assert ("skipped: needs 4 GiB; 2 GiB are free", 1) in answer.not_measured


def test_a_faster_layout_is_named_only_when_its_interval_leaves_out_1() -> None:
    slow = with_ratios(RISING | {"16KiB": 0.995})
    fast = with_ratios(RISING | {"16KiB": 0.5})
    assert answers.answers([slow], "boxing")[0].glances[0].fastest is None
    found = answers.answers([fast], "boxing")[0].glances[0].fastest
    assert found is not None and found.ratio == "0.500"


@pytest.mark.parametrize("ratio, named", [(1.005, None), (1.5, "1.50")])
def test_a_dearer_layout_is_named_only_when_its_interval_leaves_out_1(
    ratio: float, named: str | None
) -> None:
    made = fixtures.document(specs=fixtures.SPECS[1:2])
    for case in made["cases"]:
        if case["ratio"]:
            _set_ratio(made, case, ratio)
    found = answers.answers([parsed(made)], "boxing")[0].glances[0].worst
    assert (found and found.ratio) == named


def _without_intervals(made: dict[str, Any], keep: str = "") -> document.Document:
    """boxing/sum where boxed_shuffled, but at `keep`, has ratios without an interval."""
    for case in made["cases"]:
        case["notes"], case["point"]["near_edge"] = [], False
        if case["variant"] == "boxed_shuffled" and case["point"]["label"] != keep:
            case["ratio"].update(low=None, high=None)
    return parsed(made)


def test_a_ratio_without_an_interval_does_not_lead_where_another_has_one() -> None:
    found = _without_intervals(fixtures.document(specs=fixtures.SPECS[:1]), keep="ws=16KiB")
    (answer,) = answers.answers([found], "boxing")
    assert answer.lead is not None and answer.lead.case.label == "ws=16KiB"
    (glance,) = answer.glances
    assert glance.worst is not None and glance.worst.case.variant == "boxed_fresh"


def test_where_no_ratio_has_an_interval_the_largest_median_leads() -> None:
    found = _without_intervals(fixtures.document(specs=fixtures.SPECS[:1]))
    (answer,) = answers.answers([found], "boxing")
    most = max(c.ratio.median for c in found.cases if c.ratio and c.variant == "boxed_shuffled")
    assert answer.lead is not None and answer.lead.case.ratio is not None
    assert answer.lead.case.ratio.median == most
    assert answer.lead.span == "no interval: too few values"


def _with_one_point(ratio: float, notes: list[str]) -> document.Document:
    """boxing/sum, steady, but for boxed_shuffled at 16 KiB."""
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for case in made["cases"]:
        case["notes"], case["point"]["near_edge"] = [], False
        if case["variant"] == "boxed_shuffled":
            at_16 = case["point"]["label"] == "ws=16KiB"
            _set_ratio(made, case, ratio if at_16 else RISING[case["point"]["label"][3:]])
            case["notes"] = notes if at_16 else []
    return parsed(made)


@pytest.mark.parametrize("ratio, notes", [(0.01, ["unsteady"]), (1e-6, []), (5000.0, [])])
def test_the_other_end_is_a_steady_ratio_that_may_be_summed_up(
    ratio: float, notes: list[str]
) -> None:
    (answer,) = answers.answers([_with_one_point(ratio, notes)], "boxing")
    assert answer.lead is not None and answer.lead.other_end == ("1.20", "256 KiB")


@pytest.mark.parametrize("note", ["unsteady", "few_samples", "unstable", "stolen", "interrupted"])
def test_a_row_to_distrust_does_not_lead(note: str) -> None:
    (answer,) = answers.answers([_with_one_point(50.0, [note])], "boxing")
    assert answer.lead is not None and answer.lead.ratio == "9.40"


@pytest.mark.parametrize("note", ["drifting", "within_process"])
def test_a_note_that_leaves_the_ratio_alone_lets_it_lead(note: str) -> None:
    (answer,) = answers.answers([_with_one_point(50.0, [note])], "boxing")
    assert answer.lead is not None and answer.lead.ratio == "50.0"


def _only_fresh(made: dict[str, Any]) -> answers.Answer:
    """The answer of boxing/sum where the layout that its author asks about was skipped."""
    for case in made["cases"]:
        if case["variant"] == "boxed_shuffled":
            fixtures.spoil(case, "skipped", "made up")
    return answers.answers([parsed(made)], "boxing")[0]


def test_ratios_without_the_one_asked_for_are_not_called_nothing() -> None:
    answer = _only_fresh(fixtures.document(specs=fixtures.SPECS[:1]))
    assert answer.lead is None and answer.tally.compared == 5
    assert answer.no_lead.startswith("The comparison that its author asks for was not measured")


def test_ratios_of_different_work_alone_are_counted_and_not_called_nothing() -> None:
    (answer,) = answers.answers([_with_other_work("inline")], "boxing")
    assert "(10) are of different work" in answer.no_lead


def test_a_run_without_any_ratio_says_so() -> None:
    (answer, *_) = answers.answers([parsed(fixtures.counts_only())], "boxing")
    assert answer.no_lead == "Nothing here was compared with a reference."


def test_of_many_reasons_the_most_frequent_are_told_and_the_rest_counted() -> None:
    made = fixtures.document(specs=fixtures.SPECS[:1])
    for i, case in enumerate(made["cases"]):
        fixtures.spoil(case, "error", f"made up: {max(i, 7)}")
    (answer,) = answers.answers([parsed(made)], "boxing")
    assert answer.not_measured[0] == ("error: made up: 7", 8)
    assert (len(answer.not_measured), answer.not_measured_more) == (5, 15 - 8 - 4)
