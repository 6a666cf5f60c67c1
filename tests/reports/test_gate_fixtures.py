"""The made-up gate documents are gate documents: the schema, read by plain jsonschema, says so."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from reports.schema import SCHEMA_FILE

from . import fixtures, gate_fixtures

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
GATE = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], "$ref": "#/$defs/gate"}
VALIDATOR = jsonschema.Draft202012Validator(GATE)


@pytest.mark.parametrize("name", gate_fixtures.GATES)
def test_each_gate_fixture_is_valid_by_the_schema(name: str) -> None:
    errors = VALIDATOR.iter_errors(gate_fixtures.GATES[name]())
    assert [(list(e.absolute_path), e.message) for e in errors] == []


def test_a_gate_document_is_no_results_document_nor_the_other_way_round() -> None:
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(gate_fixtures.passed())
    assert not VALIDATOR.is_valid(fixtures.few())


@pytest.mark.parametrize(
    "path, value",
    [
        ("document", "layoutbench"),
        ("schema_version", 2),
        ("verdict", "fine"),
        ("exit_status", 2),
        ("rows.0.verdict", "slower"),
        ("rows.0.pairs.0.base_ns_per_op", None),
        ("rows.0.pairs.0.surprise", 1),
        ("rows.0.source_line", 0),
        ("notices", None),
    ],
)
def test_the_schema_refuses(path: str, value: Any) -> None:
    assert not VALIDATOR.is_valid(fixtures.changed(gate_fixtures.passed(), path, value))


def test_the_fixtures_have_every_word_of_the_schema() -> None:
    made = [make() for make in gate_fixtures.GATES.values()]
    rows = [row for document in made for row in document["rows"]]
    notices = [notice for document in made for notice in document["notices"]]
    for definition, key, found in (
        ("gate", "verdict", made),
        ("gate", "exit_status", made),
        ("gate_row", "verdict", rows),
        ("gate_row", "evidence", rows),
        ("gate_row", "source", rows),
        ("gate_row", "metric", rows),
        ("gate_notice", "kind", notices),
    ):
        words = SCHEMA["$defs"][definition]["properties"][key]["enum"]
        assert set(words) == {each[key] for each in found}, (definition, key)
