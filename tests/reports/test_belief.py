"""What the page says of the run itself and of the machine, where the document does not know."""

from __future__ import annotations

import json
from typing import Any

from reports import document, machine_facts, verdicts

from . import fixtures

FLOOR = "Smallest difference it can see"


def parsed(made: dict[str, Any]) -> document.Document:
    return document.parse(json.dumps(made).encode(), "a.json")


def floors(made: dict[str, Any]) -> list[tuple[str, str]]:
    checks = verdicts.belief(parsed(made)).checks
    return [(check.status, check.figure) for check in checks if check.title == FLOOR]


def test_a_smallest_difference_that_is_not_known_is_said_to_be_unknown() -> None:
    made = fixtures.few()
    assert floors(made) == [("pass", "0.31 %")]
    assert floors(fixtures.changed(made, "run.smallest_difference", None)) == [
        ("unknown", "\u2014")
    ]


def test_a_run_of_counts_has_no_smallest_difference() -> None:
    assert floors(fixtures.counts_only()) == []


def test_caches_that_are_not_advertised_are_not_known() -> None:
    made = fixtures.changed(fixtures.few(), "machine.caches", [])
    ((_, processor), *_) = machine_facts.facts(parsed(made))
    assert dict(processor)["Caches, as advertised"] == "not known"
