"""The gate's section, walked in a real browser, against the gate document it came from."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any, Callable

import pytest

from reports import document, gate, page
from reports.errors import InputError
from reports.figures import pairs

from . import fixtures, gate_fixtures
from .browser import Browser
from .test_accessibility import needs_axe, violations
from .test_cli import reports
from .test_tables import agree

# Every table of the section, a list of cells a row.
WALK = """
return [...document.querySelectorAll("#gate table")].map(table =>
  [...table.tBodies[0].rows].map(tr => ({
    id: tr.dataset.row, cells: [...tr.cells].map(cell => cell.textContent.trim())})));
"""
DOTS = """
return Object.fromEntries([...document.querySelectorAll("#gate figure")].map(figure =>
  [figure.dataset.row, [figure.querySelectorAll("circle, path").length,
                        figure.querySelectorAll(".confirming").length]]));
"""


@pytest.fixture(scope="session")
def render_gate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """render_gate(name) -> the page of a small run with the gate document of this name."""
    folder = tmp_path_factory.mktemp("gates")
    results = document.parse(json.dumps(fixtures.few()).encode(), "results.json")

    def make(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            verdict = gate.parse(json.dumps(gate_fixtures.GATES[name]()).encode(), "gate.json")
            path.write_text(page.render([results], verdict), encoding="utf-8")
        return path

    return make


def is_figure(text: str, value: float | None, has_figure: bool) -> bool:
    """A cell shows the document's number; a dash for what is not known, nothing for no figure."""
    return agree(text, value) if has_figure else text == ""


def check_row(cells: list[str], row: dict[str, Any]) -> None:
    has_figure, ratio = row["metric"] not in ("case", "environment"), row["ratio"]
    _, case, metric, base, head, unit, median, span, count, smallest, evidence = cells
    assert case == " ".join(row["case"].split())
    assert metric.split(" ")[0] in (row["metric"].split("_")[0], "")
    assert row["source"] is None or metric.endswith(row["source"])
    assert is_figure(base, row["base_per_op"], has_figure), (base, row)
    assert is_figure(head, row["head_per_op"], has_figure), (head, row)
    assert unit == row["unit"]
    assert is_figure(median, ratio and ratio["median"], has_figure), (median, row)
    bounded = ratio is not None and ratio["low"] is not None
    assert agree(span, (ratio["low"], ratio["high"])) if bounded else span == ""
    assert count == (str(len(row["pairs"])) if row["pairs"] else "")
    known = row["smallest_change_percent"]
    assert agree(smallest, known) if known is not None else smallest == ""
    assert " ".join((row["reason"] or "").split()) in evidence
    assert " ".join((row["accepted"] or "").split()) in evidence


@pytest.mark.parametrize("name", gate_fixtures.GATES)
def test_every_number_of_the_gate_is_the_documents(
    name: str, browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    made = gate_fixtures.GATES[name]()
    browser.open(render_gate(name))
    assert browser.console == []
    tables = browser.run(WALK)
    quiet = ("same", "new", "not_gated")
    moved = [row for row in made["rows"] if row["verdict"] not in quiet]
    wanted = [rows for rows in (moved, made["rows"]) if rows]
    assert [[row["id"] for row in table] for table in tables] == [
        [row["id"] for row in rows] for rows in wanted
    ]
    for table, rows in zip(tables, wanted):
        for shown, row in zip(table, rows):
            check_row(shown["cells"], row)


@pytest.mark.parametrize("name", gate_fixtures.GATES)
def test_the_verdict_stands_first_in_words(
    name: str, browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    made = gate_fixtures.GATES[name]()
    browser.open(render_gate(name))
    first = browser.run("return document.querySelector('main > section').id")
    said = browser.run("return document.querySelector('.gate-verdict').textContent")
    assert first == "gate"
    wanted = gate.VERDICTS[made["verdict"]][0]
    assert ("nothing was judged" if name == "nothing_judged" else wanted) in said
    assert made["headline"].strip() in said


def test_each_pair_of_a_row_that_moved_is_a_dot(
    browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    browser.open(render_gate("regression"))
    rows = [
        row
        for row in gate_fixtures.regression()["rows"]
        if row["pairs"] and row["verdict"] != "same"
    ]
    assert browser.run(DOTS) == {
        row["id"]: [len(row["pairs"]), sum(p["confirming"] for p in row["pairs"])] for row in rows
    }


def marked(changes: list[float]) -> Any:
    """The figure of pairs that changed by so many percent, as an element tree."""
    row = gate_fixtures.time_row("a/b/c/ws=1", 1.0, 1.0)
    row["ratio"].update(low=None, high=None)
    pair = dict(row["pairs"][0], base_ns_per_op=2.0)
    row["pairs"] = [dict(pair, head_ns_per_op=2 + v / 50) for v in changes]
    return ElementTree.fromstring(str(pairs.draw(row)))


def test_a_dot_lies_where_its_pair_says() -> None:
    figure = marked([0, 2, 10, -5])
    heights = [float(dot.get("cy", "")) for dot in figure.iter("circle")]
    lines = {line.get("class"): float(line.get("y1", "")) for line in figure.iter("line")}
    assert heights[0] == lines["none"] and heights[1] == lines["allowance"]
    assert heights[2] < lines["allowance"] < lines["none"] < heights[3]
    assert {"+10 %", "-5.0 %"} <= {text.text for text in figure.iter("text")}


def test_a_pair_far_out_is_a_triangle_at_the_edge_and_squeezes_nothing() -> None:
    figure = marked([0, 1] * 10 + [90])
    assert len(list(figure.iter("circle"))) == 20 and len(list(figure.iter("path"))) == 1
    low, high = (float(list(figure.iter("circle"))[i].get("cy", "")) for i in (0, 1))
    assert low - high > 20


def test_a_pair_whose_base_took_no_time_has_no_dot() -> None:
    row = gate_fixtures.time_row("a/b/c/ws=1", 1.0, 1.0)
    row["pairs"] = [dict(pair, base_ns_per_op=0.0) for pair in row["pairs"]]
    assert pairs.draw(row) is None


def test_names_from_a_gate_document_are_text_and_never_markup(
    browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    browser.open(render_gate("hostile_names"))
    assert browser.run("return document.querySelectorAll('script, style').length") == 2
    assert browser.run("return document.querySelectorAll('#gate img, #gate b > b').length") == 0
    text = browser.run("return document.getElementById('gate').textContent")
    assert text.count(fixtures.HOSTILE.strip()) >= 8


def test_a_row_leads_to_its_case_where_the_page_has_it(
    browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    browser.open(render_gate("regression"))
    links = browser.run(
        "return [...document.querySelectorAll('#gate a')].map(a => a.hash.slice(1))"
    )
    assert links
    assert all(browser.run("return !!document.getElementById(arguments[0])", i) for i in links)


def test_a_gate_that_judged_nothing_says_neither_that_the_set_changed_nor_that_no_row_moved(
    browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    said = {}
    for name in ("nothing_judged", "harness_failed", "passed"):
        browser.open(render_gate(name))
        said[name] = browser.run("return document.getElementById('gate').textContent")
    assert "changed" not in said["nothing_judged"]
    assert {name for name, text in said.items() if "No row moved" in text} == {"passed"}


def test_an_undecided_row_passes_in_words_only_where_it_passes() -> None:
    said = {}
    for name in ("undecided", "regression"):
        raw = gate_fixtures.GATES[name]()
        said[name] = [
            shown.why
            for shown, row in zip(gate.section(raw, []).rows, raw["rows"])
            if row["verdict"] == "undecided" and row["counts_agree"]
        ]
    assert said["undecided"] == ["its counts are the same"]
    assert said["regression"] == ["its counts are the same, so it passes"]


def test_a_page_without_a_gate_says_nothing_of_one(
    browser: Browser, render: Callable[..., Path]
) -> None:
    browser.open(render("few", fixtures.few()))
    assert browser.run("return document.querySelector('#gate, a[href=\"#gate\"]')") is None


BROKEN = [
    ("document", "layoutbench", "$: not a document of layoutbench-gate: give what its --output"),
    ("schema_version", 2, "$.schema_version: 1 was expected"),
    ("exit_status", 0, "$.exit_status: 0 is not the status of regression"),
    ("rows.1.id", f"{gate_fixtures.INLINE}:time:pairs", "$.rows[1].id: boxing/sum/inline"),
    ("rows.0.pairs.3.head_ns_per_op", None, "$.rows[0].pairs[3].head_ns_per_op: None is not"),
    ("rows.0.verdict", "slower", "$.rows[0].verdict: 'slower' is not one of"),
]


@pytest.mark.parametrize("path, value, wanted", BROKEN, ids=[b[2] for b in BROKEN])
def test_a_broken_gate_document_is_refused_with_its_place(
    path: str, value: Any, wanted: str
) -> None:
    broken = fixtures.changed(gate_fixtures.regression(), path, value)
    with pytest.raises(InputError) as caught:
        gate.parse(json.dumps(broken).encode(), "gate.json")
    assert str(caught.value).startswith(f"gate.json: {wanted}")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(fixtures.document(specs=fixtures.SPECS[:1])), encoding="utf-8")
    return path


def test_the_command_takes_a_gate_document(results: Path, tmp_path: Path) -> None:
    verdict, made = tmp_path / "gate.json", tmp_path / "report.html"
    verdict.write_text(json.dumps(gate_fixtures.regression()), encoding="utf-8")
    done = reports(str(results), "--gate", str(verdict), "--output", str(made))
    assert (done.returncode, done.stderr) == (0, "")
    assert '<section id="gate">' in made.read_text(encoding="utf-8")


@pytest.mark.parametrize("data, place", [(b"{", "line 1"), (b"[]", "$"), (b'{"a": NaN}', "$.a")])
def test_a_bad_gate_document_is_one_line_and_exit_2_and_the_old_page_stays(
    data: bytes, place: str, results: Path, tmp_path: Path
) -> None:
    verdict, made = tmp_path / "gate.json", tmp_path / "report.html"
    verdict.write_bytes(data)
    made.write_text("old", encoding="utf-8")
    done = reports(str(results), "--gate", str(verdict), "--output", str(made))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"reports: {verdict}: {place}")
    assert done.stderr.count("\n") == 1
    assert made.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("width", [360, 1400])
def test_a_page_with_a_gate_never_scrolls_sideways(
    width: int, browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    browser.resize(width, 800)
    browser.open(render_gate("regression"))
    browser.run("for (const d of document.querySelectorAll('#gate details')) d.open = true")
    reach = browser.run("return document.documentElement.scrollWidth")
    browser.resize(1400, 1000)
    assert reach <= width


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_gates_section(
    scheme: str, browser: Browser, render_gate: Callable[[str], Path]
) -> None:
    browser.prefer(scheme)
    browser.open(render_gate("regression"))
    found = violations(browser, "#gate")
    browser.prefer("light")
    assert found == []
