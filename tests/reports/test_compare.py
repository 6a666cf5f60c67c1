"""Two documents: labels, and the difference of two runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports import columns, compare, document

from . import fixtures


def parsed(*made: dict[str, Any]) -> list[document.Document]:
    return compare.labelled([document.parse(json.dumps(m).encode(), "a") for m in made])


def test_a_name_that_stands_twice_gets_its_runs_number() -> None:
    assert [d.label for d in parsed(*fixtures.two_runs())] == ["vm-2core, run 1", "vm-2core, run 2"]
    assert [d.label for d in parsed(*fixtures.two_machines())] == ["metal-zen3", "vm-2core"]


def test_only_two_runs_of_one_machine_have_a_difference() -> None:
    assert compare.changes(parsed(*fixtures.two_machines())) is None
    assert compare.changes(parsed(fixtures.few())) is None


def test_the_difference_counts_what_both_intervals_agree_on() -> None:
    found = compare.changes(parsed(*fixtures.two_runs()))
    assert found is not None
    assert (found.slower, found.faster, found.compared - found.slower) == (found.slower, 0, 1)
    assert found.median == "1.07"
    assert [change.ratio for change in found.largest] == ["1.07"] * 10
    assert all(change.span.startswith("1.03") for change in found.largest)


def test_the_interval_of_a_change_is_the_widest_that_the_two_allow() -> None:
    first, second = parsed(*fixtures.two_runs())
    case = second.cases[3]
    old, new = first.by_id[case.id].cpu, case.cpu
    found = compare.change(first.by_id[case.id], case, wall=False)
    assert found and old and new and old.low and old.high and new.low and new.high
    assert (found.low, found.high) == (new.low / old.high, new.high / old.low)


def test_a_case_of_one_run_alone_has_no_change() -> None:
    second = parsed(*fixtures.two_runs())[1]
    assert compare.change(None, second.cases[0], wall=False) is None


@pytest.mark.parametrize(
    "field, value", [("revision", 2), ("op", "page"), ("reference", "boxed_fresh")]
)
def test_a_benchmark_that_asks_something_else_is_left_out_of_the_difference(
    field: str, value: Any
) -> None:
    first, second = fixtures.two_runs()
    second["benchmarks"][0][field] = value
    found, whole = (
        compare.changes(parsed(first, other)) for other in (second, fixtures.two_runs()[1])
    )
    assert found is not None and whole is not None
    assert (found.left_out, whole.left_out) == (15, 0)
    assert found.compared == whole.compared - 15
    assert all(change.case.benchmark != "boxing/sum" for change in found.largest)


def test_two_runs_that_ask_nothing_alike_say_so() -> None:
    first, second = fixtures.two_runs()
    for benchmark in second["benchmarks"]:
        benchmark["revision"] = 2
    found = compare.changes(parsed(first, second))
    assert found is not None and (found.compared, found.left_out) == (0, len(second["cases"]))


def test_a_table_of_different_questions_has_no_column_of_changes() -> None:
    first, second = fixtures.two_runs()
    second["benchmarks"][0]["revision"] = 2
    documents = parsed(first, second)
    for benchmark in documents[1].benchmarks:
        cases = [[c for c in d.cases if c.benchmark == benchmark.id] for d in documents]
        made = columns.choose(columns.Scope(benchmark, documents, cases))
        keys = {column.key for column in made}
        assert ("change" in keys) == (benchmark.id != "boxing/sum")
