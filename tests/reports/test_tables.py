"""Every cell of every table, walked in a real browser, against the document it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable
from urllib.parse import unquote

import pytest

from . import fixtures
from .browser import Browser

# Reads each table as a person would: rows by id, columns by the key in the heading.
WALK = """
return [...document.querySelectorAll("table.cases")].map(table => ({
  keys: [...table.querySelectorAll("thead th[data-k]")].map(
      th => [th.dataset.k, Number(th.dataset.m || 0)]),
  rows: [...table.tBodies[0].rows].map(tr => ({
    id: tr.id,
    failed: tr.querySelector(".failed")?.textContent ?? null,
    cells: [...tr.cells].slice(2).map(td => td.textContent.trim()),
  })),
  marks: Object.fromEntries([...(table.closest(".scroll").nextElementSibling
      ?.querySelectorAll("span:has(sup)") ?? [])].map(
      s => [s.querySelector("sup").textContent, s.textContent])),
}));
"""


RAN = ("ok", "not_timed")


def shown(text: str) -> tuple[float, float]:
    """The number that a cell shows, and half a unit of its last digit."""
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(text), 0.5 * 10.0 ** (int(exponent or 0) - decimals) * (1 + 1e-9)


def reading(case: dict[str, Any], pool: str, name: str, source: str) -> float | None:
    found = case[pool].get(name)
    return found["value_per_op"] if found and found["source"] == source else None


def expected(case: dict[str, Any], key: str, blocks: bool) -> Any:
    """What the document says for a column, found without the report's code."""
    time = case["time"] and case["time"]["wall_ns_per_op" if blocks else "cpu_ns_per_op"]
    name, _, kind = key.partition(".")
    if key == "time":
        return time and time["median"]
    if key == "interval":
        return (time["low"], time["high"]) if time and time["low"] is not None else None
    if key == "ratio":
        return case["ratio"]["median"] if case["ratio"] else 1.0 if time else None
    if name == "metric":
        return case["metrics"].get(kind, {"value": None})["value"]
    if key in ("bytes_per_element", "allocations_per_element"):
        return case["memory"] and case["memory"][key]
    if kind == "model":
        return case["model"][name] if case["model"] else None
    if kind == "off_by":
        model = case["model"][name] if case["model"] else None
        found = reading(case, "simulated", name, "simulated")
        if model is None or found is None or (model == 0 and found != 0):
            return None
        return (found / model - 1) * 100 if model else 0.0
    if kind == "simulated_machine":
        return reading(case, "simulated", name + "_machine", "simulated")
    return reading(case, "simulated" if kind == "simulated" else "counters", name, kind)


def agree(text: str, value: Any) -> bool:
    if value is None:
        return text.startswith("\u2014")
    if isinstance(value, tuple):
        return all(agree(t, v) for t, v in zip(text.split("\u2013"), value, strict=True))
    number, slack = shown(text.removesuffix(" %"))
    return abs(number - value) <= slack


def walk(browser: Browser, page: Path, documents: list[dict[str, Any]]) -> int:
    """Checks each cell; returns how many held a number."""
    browser.open(page)
    by_id = [{c["id"]: c for c in d["cases"]} for d in documents]
    blocks = {f"{b['family']}/{b['name']}": b["blocks"] for d in documents for b in d["benchmarks"]}
    ids, compared = set(), 0
    for table in browser.run(WALK):
        for row in table["rows"]:
            name = unquote(row["id"])
            ids.add(name)
            if row["failed"] is not None:
                cases = [cases[name] for cases in by_id if name in cases]
                assert all(c["status"] != "ok" and c["reason"] in row["failed"] for c in cases)
                continue
            for (key, machine), text in zip(table["keys"], row["cells"], strict=True):
                case = by_id[machine].get(name)
                ok = case is not None and case["status"] in RAN
                value = expected(case, key, blocks[case["benchmark"]]) if ok else None
                assert agree(text, value), (name, key, machine, text, value)
                if value is None:
                    assert text[1:] in table["marks"], (name, key, "a dash without a reason")
                compared += value is not None
    assert ids == {name for cases in by_id for name in cases}
    return compared


@pytest.mark.parametrize("name", fixtures.ONE_DOCUMENT)
def test_every_number_is_the_documents_number(
    name: str, browser: Browser, render: Callable[..., Path]
) -> None:
    made = fixtures.ONE_DOCUMENT[name]()
    assert walk(browser, render(name, made), [made]) > (1 if name == "counts_only" else 5) * len(
        made["cases"]
    )


def test_every_number_of_two_machines_is_its_own_machines(
    browser: Browser, render: Callable[..., Path]
) -> None:
    made = fixtures.two_machines()
    assert walk(browser, render("two_machines", *made), made) > 10 * len(made[0]["cases"])


@pytest.mark.parametrize("name, order", [("grown", 1), ("shrunk", -1)])
def test_a_variant_of_one_run_alone_has_its_rows_whichever_document_comes_first(
    name: str, order: int, browser: Browser, render: Callable[..., Path]
) -> None:
    made = fixtures.before_and_after_a_variant()[::order]
    assert walk(browser, render(name, *made), made) > 5 * len(made[0]["cases"])
    page = browser.run("return document.body.textContent")
    for said in ("boxed_shuffled: maps a file first", "one op in 100 is slower"):
        assert said in page
    listed = "return [...document.querySelectorAll('dl.variants dt')].map(e => e.textContent)"
    assert browser.run(listed) == ["inline reference", "boxed_fresh", "boxed_shuffled"]


def test_misses_in_the_machines_own_caches_are_columns_of_their_own(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("with_pmu", fixtures.with_pmu()))
    headings = browser.run(
        "return [...document.querySelectorAll('th[data-k=\"l1d_misses.simulated_machine\"]')]"
        ".map(th => th.textContent.trim())"
    )
    assert headings and all(text.startswith("own caches") for text in headings)


def test_allocations_are_said_to_be_those_of_building(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("vm_without_pmu", fixtures.vm_without_pmu()))
    tables, headings = browser.run(
        "return [document.querySelectorAll('table.cases').length,"
        "[...document.querySelectorAll('table.cases thead th')]"
        ".filter(th => th.textContent.includes('Allocations while building')).length]"
    )
    assert tables == headings > 0
    page = browser.run("return document.body.textContent")
    assert "Allocations while building: allocator calls that built the layout" in page


def test_an_event_that_was_asked_for_is_a_column_or_is_said_to_be_missing(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("named_events", fixtures.named_events()))
    tables, counted = browser.run(
        "return [document.querySelectorAll('table.cases').length,"
        "document.querySelectorAll('th[data-k=\"icx::L1D:REPLACEMENT.hardware\"]').length]"
    )
    assert tables == counted > 0
    page = browser.run("return document.body.textContent")
    assert "r1b1 by counter" in page
    assert "none: an event by its own name" in page
    assert "perf_raw::r1b1 opens, but never gets a hardware counter of its own" in page
