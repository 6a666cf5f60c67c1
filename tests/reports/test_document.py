"""A document that breaks the contract is refused by file, path and reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports import document
from reports.errors import InputError

from . import fixtures, gate_fixtures

BROKEN = [
    ("schema_version", 2, "$.schema_version: version 2, but this report reads version 1"),
    ("schema_version", True, "$.schema_version: version True"),
    ("cases.3.time", 7, "$.cases[3].time"),
    ("cases.3.time.cpu_ns_per_op.median", "1", "$.cases[3].time.cpu_ns_per_op.median: '1' is"),
    ("cases.3.status", "maybe", "$.cases[3].status: 'maybe' is not one of"),
    ("cases.0.surprise", 1, "$.cases[0]: Additional properties are not allowed"),
    ("cases.0.samples.ops.2", -1, "$.cases[0].samples.ops[2]: -1 is less than the minimum"),
    ("cases.0.samples.ops.2", True, "$.cases[0].samples.ops[2]: True is not of type"),
    ("cases.0.samples.kept.2", 1, "$.cases[0].samples.kept[2]: 1 is not of type 'boolean'"),
    ("cases.0.samples.ops", [1], "$.cases[0].samples: its columns differ in length"),
    ("cases.1.id", "boxing/sum/inline/ws=16KiB", "$.cases[1].id: boxing/sum/inline/ws=16KiB"),
    ("cases.1.benchmark", "no/such", "$.cases[1].benchmark: no benchmark no/such"),
    ("cases.1.variant", "other", "$.cases[1].variant: boxing/sum has no variant other"),
    ("machine.cpu.logical_cpus", 0, "$.machine.cpu.logical_cpus: 0 is less than the minimum of 1"),
    ("machine.cpu.logical_cpus", None, "$.machine.cpu.logical_cpus: None is not of type"),
    ("benchmarks.0.headline.variant", "no", "$.benchmarks[0].headline.variant: boxing/sum has no"),
    ("run", [], "$.run: [] is not of type 'object'"),
]


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    return fixtures.document(specs=fixtures.SPECS[:2])


@pytest.mark.parametrize("path, value, wanted", BROKEN, ids=[b[2] for b in BROKEN])
def test_a_broken_document_is_refused_with_its_place(
    sound: dict[str, Any], path: str, value: Any, wanted: str
) -> None:
    broken = fixtures.changed(sound, path, value)
    with pytest.raises(InputError) as caught:
        document.parse(json.dumps(broken).encode(), "a.json")
    text = str(caught.value)
    assert text.startswith(f"a.json: {wanted}")
    assert "\n" not in text and len(text) < 450


@pytest.mark.parametrize("data", [b"[]", b"{}", b"null", b'"x"', b"1"])
def test_json_that_is_no_results_document_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not a results document"):
        document.parse(data, "a.json")


REFUSED = [
    (gate_fixtures.passed(), "$: this is a gate document: give it with --gate, beside a results"),
    ({}, "$: not a results document: it has no schema_version; give what layoutbench run --output"),
    ({"schema_version": 2}, "version 1: use the report of the layoutbench that measured"),
]


@pytest.mark.parametrize("data, wanted", REFUSED, ids=[wanted for _, wanted in REFUSED])
def test_a_document_of_another_kind_is_refused_with_what_to_do(
    data: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(InputError) as caught:
        document.parse(json.dumps(data).encode(), "a.json")
    assert wanted in str(caught.value)


def test_a_sample_that_is_a_whole_float_is_an_integer_to_the_schema(
    sound: dict[str, Any],
) -> None:
    document.parse(json.dumps(fixtures.changed(sound, "cases.0.samples.ops.2", 3.0)).encode(), "a")


def test_the_ratio_of_the_reference_is_not_invented(sound: dict[str, Any]) -> None:
    parsed = document.parse(json.dumps(sound).encode(), "a.json")
    assert parsed.cases[0].ratio is None
