"""The made-up documents are documents: the schema, read by plain jsonschema, says so."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from reports.schema import SCHEMA_FILE

from . import fixtures

DOCUMENTS = dict(fixtures.ONE_DOCUMENT) | {
    "machine_1": lambda: fixtures.two_machines()[0],
    "machine_2": lambda: fixtures.two_machines()[1],
    "run_2": lambda: fixtures.two_runs()[1],
    "many_cases": lambda: fixtures.many_cases(50),
}


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_fixture_is_valid_by_the_schema(name: str, validator: Any) -> None:
    errors = [(list(e.absolute_path), e.message) for e in validator.iter_errors(DOCUMENTS[name]())]
    assert errors == []


def test_a_thousand_cases_are_a_thousand() -> None:
    assert len(fixtures.many_cases()["cases"]) == 1000


def test_the_statuses_fixture_has_every_status_of_the_schema() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["$defs"]
    made = fixtures.every_status()
    readings = [
        reading["status"]
        for case in made["cases"] + fixtures.vm_without_pmu()["cases"]
        for pool in ("counters", "simulated")
        for reading in case[pool].values()
    ]
    assert set(schema["reading_status"]["enum"]) == set(readings)
    assert set(schema["status"]["enum"]) == {case["status"] for case in made["cases"]}
