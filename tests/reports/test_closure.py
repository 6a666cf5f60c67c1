"""Time against misses is drawn as the document has it; nothing is fitted here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest

from reports import closure, document

from . import fixture_rows, fixtures
from .browser import Browser


def of(made: dict[str, Any]) -> closure.Closure | None:
    return closure.closure(document.parse(json.dumps(made).encode(), "a.json"))


def lookups() -> dict[str, Any]:
    return fixtures.document(specs=fixtures.SPECS[5:6])


def test_slope_and_r_are_the_documents() -> None:
    found = of(lookups())
    assert found is not None
    assert (found.slope, found.correlation) == (60.0, 0.99)
    assert found.text.startswith("Over 6 layouts")


def test_the_points_are_the_dependent_lookups_that_have_both_figures() -> None:
    made = lookups()
    by_id = {case["id"]: case for case in made["cases"]}
    lost = by_id["flat_index/lookup/std_map/dependent,hit/ws=16MiB"]
    lost["simulated"]["l3_misses"] = fixture_rows.unread("lost", "made up")
    found = of(made)
    assert found is not None and len(found.rows) == 5
    for row in found.rows:
        case = by_id[row.case.id]
        assert row.ns == case["time"]["cpu_ns_per_op"]["median"]
        assert row.misses == case["simulated"]["l3_misses"]["value_per_op"]


def test_the_line_goes_through_the_means() -> None:
    found = of(lookups())
    assert found is not None
    drawn = found.figure()
    assert drawn.slope == 60.0 and drawn.offset is not None
    mean_x = sum(p.x for p in drawn.points) / len(drawn.points)
    mean_y = sum(p.y for p in drawn.points) / len(drawn.points)
    assert drawn.offset + drawn.slope * mean_x == pytest.approx(mean_y)


def test_without_the_check_nothing_is_drawn() -> None:
    made = lookups()
    made["machine"]["checks"] = []
    assert of(made) is None


def test_a_line_that_is_not_known_is_not_drawn_but_the_points_are() -> None:
    made = lookups()
    for check in made["machine"]["checks"]:
        if check["id"].startswith("closure"):
            check.update(status="unknown", figure=None)
    found = of(made)
    assert found is not None and found.figure().offset is None and len(found.rows) == 6


def test_the_page_has_the_figure_as_advice_with_its_table(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    labels = browser.run(
        "return [...document.querySelectorAll('#believe svg.scatter text')]"
        ".map(t => t.textContent.replace('\u200b', '').trim())"
    )
    rows = browser.run(
        "return [...document.querySelectorAll('#believe table.closure tbody th')]"
        ".map(th => th.textContent)"
    )
    assert len(rows) == 6 and set(rows) <= set(labels)
    assert (
        browser.run("return document.querySelector('#believe h4 .badge').textContent") == "advice"
    )
